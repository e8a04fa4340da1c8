"""What goes into and comes out of a session of several games."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.scalars import COMMON

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.experiment import Experiment
    from ganstudio.scalars import Scalar
    from ganstudio.training.messages.events import Alerted, Covered, Measured


@dataclass(frozen=True, kw_only=True)
class StartGroup:
    """Run several games side by side with one clock, paused at step 0; points of the plane only.

    A duel: 2 to 4 experiments on the same data, seed and latents, from the same initial weights where their networks
    are the same. A seed band: one experiment and ``seeds`` > 0, trained with the seeds seed, seed + 1, ... as one
    batched computation. Or the group in ``resume``, a group's folder, as it stood; then nothing of these.
    run: folder to record in; None: one is made under ``runs`` at the first step. runs: also where a member's own folder
    is made when it is opened as a run. measure: as in ``Start``; the members take turns, and the first one's settings
    say how. threads, slower, discard: as in ``Start``.
    """

    experiments: tuple[Experiment, ...] = ()
    seeds: int = 0
    run: Path | None = None
    runs: Path | None = None
    resume: Path | None = None
    threads: int | None = None
    play: bool = False
    measure: bool = True
    slower: float | None = None
    discard: bool = False


@dataclass(frozen=True)
class OpenMember:
    """Keep member ``index`` of the group as a run of its own, as it stands now, and tell where: MemberKept."""

    index: int


@dataclass(frozen=True)
class WatchPlanes:
    """Which part of the plane the landscapes shall cover from now on: (x_low, x_high, y_low, y_high), data units."""

    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class GroupOpened:
    """A group stands ready.

    experiments, names: one a member; a name is what the member differs in, such as "saturating", "k = 5", "seed 3".
    real: up to 2,000 points of p_data (n, 2), data units. plane: bounds (x_low, x_high, y_low, y_high) that hold them.
    run: the group's folder, None until the first step makes one. seconds: of training so far, all members together.
    scalars: the numbers that each step of every member has.
    What was recorded already follows as ``GroupScalars`` and ``OfMember``.
    """

    experiments: tuple[Experiment, ...]
    names: tuple[str, ...]
    band: bool
    step: int
    data_name: str
    real: npt.NDArray[np.float32]
    plane: tuple[float, float, float, float]
    run: Path | None = None
    seconds: float = 0.0
    device: str = ""
    threads: int = 1
    scalars: tuple[Scalar, ...] = COMMON


@dataclass(frozen=True)
class GroupScalars:
    """Every step since the last such event: for each member rows as in ``Scalars``, float64 (members, n, 2 + 7)."""

    rows: npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class GroupFrame:
    """What the members look like at a step: latest wins.

    generated: (members, n, 2) averaged G of the same latents, data units. landscapes: (members, h, w) D(x) as
    probabilities on the centres of cells over ``bounds``, row 0 at the lowest y; None of a moment of the past, of which
    no D is kept. past, beside, visit, asked: as in ``Frame``.
    """

    step: int
    generated: npt.NDArray[np.float32]
    landscapes: npt.NDArray[np.float32] | None
    bounds: tuple[float, float, float, float]
    past: bool = False
    beside: GroupFrame | None = None
    visit: int = 0
    asked: bool = False


@dataclass(frozen=True)
class OfMember:
    """What a game alone would tell, of member ``index``. The estimates of several members are of the same steps."""

    index: int
    event: Measured | Covered | Alerted


@dataclass(frozen=True, kw_only=True)
class MemberKept:
    """A member stands in a run folder with a checkpoint, which ``Start(resume=run)`` goes on with."""

    index: int
    run: Path


GroupCommand = StartGroup | OpenMember | WatchPlanes
GroupEvent = GroupOpened | GroupScalars | GroupFrame | OfMember | MemberKept
