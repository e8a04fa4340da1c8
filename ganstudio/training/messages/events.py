"""What comes out of a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ganstudio.scalars import COMMON
from ganstudio.training.messages.finding import FoundDirections, FoundLatents
from ganstudio.training.messages.pictures import Enlarged, Frame, Inspected, Rendered, Walked
from ganstudio.training.messages.sentences import Composed
from ganstudio.training.messages.stages import Stages
from ganstudio.training.messages.troubles import Broken, Closed, Failed, Notice, Refused, Superseded

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.experiment import Experiment, LabelSpec, LatentSpec
    from ganstudio.measurements.alerts import Alert
    from ganstudio.measurements.coverage import ModeCoverage
    from ganstudio.measurements.estimate import DivergenceEstimate
    from ganstudio.modalities import Modality, Samples
    from ganstudio.scalars import Scalar

State = Literal["paused", "playing", "finished"]
Why = Literal["asked", "diverged", "unwritable"]
Doing = Literal["", "opening", "data", "threads", "step", "command"]

SCALARS = tuple(scalar.name for scalar in COMMON)
"""The scalars that every game has, at the beginning of a row; ``Opened`` says which this one has behind them.

A step that moved one player only has NaN for the other's. d_real, d_fake: means of D(x) and D(G(z)) as probabilities,
or of the energies where D is an autoencoder, whose value is that of sigmoid(-energy): the bound on the JSD is then
loose, but not wrong. value: V(D, G) = E log D(x) + E log(1 - D(G(z))), nats, on the minibatch before D moved on it.
d_gradient, g_gradient: 2-norms over all of a player's weights.
"""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An experiment stands ready.

    modality: what a sample is, and so in which units samples are told. game: its number, which answers about it carry.
    real: up to 2,000 samples of p_data. latents: (n, d) the fixed ones that frames show. label: the class that G is
    given behind the codes, if it is; columns: how many of the fixed ones stand side by side so that each column is of
    one class, and of the real ones beside them; 0: they stand in no order.
    plane: bounds (x_low, x_high, y_low, y_high) that hold the data; None where they are no points of the plane.
    skipped: (name, reason) of what could not be read, the first of skipped_count.
    notes: what else is worth knowing of the data, a sentence each, such as that their source is gone.
    given, given_kind: what each of the fixed latents is given with, in people's units, and what that is; None: nothing.
    The first of the real samples are then those that it was made of, in the same order.
    way: what kinds of samples G goes through on its way from the fixed latents, but the last, ``modality``.
    run: the folder, None until the first step makes one.
    scalars: the numbers that each step of it has. Those already recorded follow as ``Scalars``.
    stages: after which step each stage begins, and its kind; the last is the game itself.
    """

    experiment: Experiment
    run: Path | None
    step: int
    seconds: float
    data_name: str
    data_count: int | None
    modality: Modality
    real: Samples
    latents: npt.NDArray[np.float32]
    plane: tuple[float, float, float, float] | None
    skipped: tuple[tuple[str, str], ...]
    skipped_count: int
    generator_parameters: int
    discriminator_parameters: int
    device: str
    threads: int
    notes: tuple[str, ...] = ()
    label: LabelSpec | None = None
    columns: int = 0
    game: int = 0
    scalars: tuple[Scalar, ...] = COMMON
    stages: tuple[tuple[int, str], ...] = ()
    given: Samples | None = None
    given_kind: Modality | None = None
    way: tuple[Modality, ...] = ()

    @property
    def latent(self) -> LatentSpec:
        """What G is given: z, the codes and the class."""
        return self.experiment.latent_of_all(self.modality.shape).with_label(self.label)


@dataclass(frozen=True)
class RunCreated:
    """The run's folder, made at its first step."""

    run: Path


@dataclass(frozen=True)
class Scalars:
    """Every step since the last such event: rows of (step, seconds of training, *names), float64 (n, 2 + names).

    names: those of the game's scalars, which another objective may change.
    """

    rows: npt.NDArray[np.float64]
    names: tuple[str, ...] = SCALARS


@dataclass(frozen=True)
class StateChanged:
    """Training began, stood still, or reached the schedule's last step.

    why: whether somebody asked for it, or the numbers are no longer finite, or the run can't be written.
    """

    state: State
    step: int
    why: Why = "asked"


@dataclass(frozen=True)
class Estimated:
    """An estimate of the divergences at a step, made of G as it was then."""

    step: int
    seconds: float
    estimate: DivergenceEstimate


@dataclass(frozen=True)
class Measured:
    """Estimates that have become known, in order of their steps; after Opened those that the run holds already."""

    estimates: tuple[Estimated, ...]


@dataclass(frozen=True)
class Covered:
    """How much of the data's mixture G reaches at a step; only where its modes are known."""

    step: int
    coverage: ModeCoverage


@dataclass(frozen=True)
class Alerted:
    """What is wrong with the game, all that holds now, the gravest first; empty once all is well again."""

    alerts: tuple[Alert, ...]


@dataclass(frozen=True)
class Adjusted:
    """A live field has its new value from ``step`` on; ``experiment`` is what is in force now.

    scalars: the numbers that the next steps have; None: it is of a group, whose games keep theirs.
    """

    step: int
    path: str
    value: Any
    experiment: Experiment
    scalars: tuple[Scalar, ...] | None = None


@dataclass(frozen=True)
class Checkpointed:
    """A checkpoint is safely on disk."""

    step: int
    path: Path


@dataclass(frozen=True)
class MomentsKept:
    """Of which steps the run holds a moment of G, rising: told when it is opened, and whenever another one is kept."""

    steps: tuple[int, ...]


@dataclass(frozen=True)
class Pulse:
    """The process of the training lives. doing: what its session is busy with, for how many seconds; "": it waits.

    "opening", "data" (being read), "threads" (being counted), "step" or "command".
    """

    doing: Doing
    seconds: float


Event = (
    Opened
    | RunCreated
    | Scalars
    | StateChanged
    | Frame
    | Rendered
    | Inspected
    | Enlarged
    | Composed
    | FoundDirections
    | FoundLatents
    | Walked
    | Measured
    | Alerted
    | Covered
    | Adjusted
    | Notice
    | Checkpointed
    | MomentsKept
    | Stages
    | Pulse
    | Broken
    | Failed
    | Refused
    | Superseded
    | Closed
)
