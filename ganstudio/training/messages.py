"""What goes into a session and what comes out: frozen, plain, and fit to cross a process boundary.

Arrays are numpy; ``n`` counts samples, ``d`` latent dimensions. Points are in the data's own units (float32, (n, 2)),
images are uint8 (n, height, width, channels).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.experiment import Experiment

    Samples = npt.NDArray[np.float32] | npt.NDArray[np.uint8]

StepPhase = Literal["discriminator", "generator", "both"]
State = Literal["paused", "playing", "finished"]

# The scalars of a step, in the order of a row. A step that moved one player only has NaN for the other's.
SCALARS = (
    "d_loss",
    "g_loss",
    "d_real",
    "d_fake",
    "value",
    "d_gradient",
    "g_gradient",
)
"""d_real, d_fake: means of D(x) and D(G(z)) as probabilities. value: V(D, G) = E log D(x) + E log(1 - D(G(z))), nats,
on the minibatch before D moved on it. d_gradient, g_gradient: 2-norms over all of a player's weights."""


# --- commands ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Start:
    """Build ``experiment`` and stand ready at step 0, paused; or go on with the run in ``resume``, a run folder.

    run: folder to record in; None: one is made under ``runs`` at the first step. Exactly one of experiment and resume.
    """

    experiment: Experiment | None = None
    run: Path | None = None
    runs: Path | None = None
    resume: Path | None = None
    play: bool = False


@dataclass(frozen=True)
class Play:
    """Train until paused, or until the schedule's last step."""


@dataclass(frozen=True)
class Pause:
    """Stand still after the step in progress."""


@dataclass(frozen=True)
class Step:
    """While paused: one update of D, of G, or a whole step (k of D, one of G)."""

    phase: StepPhase = "both"


@dataclass(frozen=True)
class Adjust:
    """Set a live field of the experiment, such as ``schedule.discriminator_steps``, from the next step on.

    A whole sub-spec may be given as a mapping with its ``kind``: ``optimisers.generator``, ``objective``.
    """

    path: str
    value: Any


@dataclass(frozen=True)
class Reset:
    """Back to step 0 with the same seed and the settings in force, in a new run folder."""


@dataclass(frozen=True)
class Save:
    """Write a checkpoint now."""


@dataclass(frozen=True)
class Quit:
    """End the session: checkpoint if anything is unsaved, then close."""


@dataclass(frozen=True)
class Watch:
    """Which layers frames shall contain: any of "generated", "landscape", "manifold" (plane), "gallery" (images).

    bounds: (x_low, x_high, y_low, y_high) of the plane that is visible, data units; None: where the data lies.
    """

    layers: frozenset[str] = frozenset({"generated", "gallery"})
    bounds: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class RenderLatent:
    """Show G(z) for these latents, out of turn, with the newest published weights. Newest request wins."""

    request: int
    latents: npt.NDArray[np.float32]


Command = Start | Play | Pause | Step | Adjust | Reset | Save | Quit | Watch | RenderLatent


# --- events -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An experiment stands ready.

    real: up to 2,000 samples of p_data. latents: (n, d) the fixed ones that frames show.
    plane: bounds (x_low, x_high, y_low, y_high) that hold the data, None for images.
    skipped: (name, reason) of what could not be read, the first of skipped_count.
    run: the folder, None until the first step makes one.
    Scalars already recorded follow as ``Scalars``.
    """

    experiment: Experiment
    run: Path | None
    step: int
    seconds: float
    data_name: str
    data_count: int | None
    data_shape: tuple[int, ...]
    real: Samples
    latents: npt.NDArray[np.float32]
    plane: tuple[float, float, float, float] | None
    skipped: tuple[tuple[str, str], ...]
    skipped_count: int
    generator_parameters: int
    discriminator_parameters: int
    device: str
    threads: int


@dataclass(frozen=True)
class RunCreated:
    """The run's folder, made at its first step."""

    run: Path


@dataclass(frozen=True)
class Scalars:
    """Every step since the last such event: rows of (step, seconds of training, *SCALARS), float64 (n, 2 + 7)."""

    rows: npt.NDArray[np.float64]


@dataclass(frozen=True)
class StateChanged:
    """Training began, stood still, or reached the schedule's last step."""

    state: State
    step: int


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What the players look like at a step: latest wins, only the layers that are watched.

    layers: "generated" (n, 2) points; "landscape" (h, w) D(x) as probabilities, row 0 at the lowest y, over ``bounds``;
    "manifold" (a, a, 2) G on a grid of z (the first two dimensions, the rest 0; (a, 1, 2) when z is 1-D);
    "gallery" (n, h, w, c) G of fixed latents.
    """

    step: int
    layers: Mapping[str, npt.NDArray[Any]]
    bounds: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The answer to a RenderLatent: G(z) for each latent, in order."""

    request: int
    step: int
    samples: Samples


@dataclass(frozen=True)
class Adjusted:
    """A live field has its new value from ``step`` on; ``experiment`` is what is in force now."""

    step: int
    path: str
    value: Any
    experiment: Experiment


@dataclass(frozen=True)
class Notice:
    """Something the user must know, in a sentence: a command that was refused, a disk that is full, a loss gone NaN."""

    message: str


@dataclass(frozen=True)
class Checkpointed:
    """A checkpoint is safely on disk."""

    step: int
    path: Path


@dataclass(frozen=True)
class Failed:
    """The session ended by an error. message: for people; details: the traceback.

    expected: bad data, settings or a full disk, as against an error of the program's own.
    """

    message: str
    details: str = field(default="")
    expected: bool = False


@dataclass(frozen=True)
class Closed:
    """The session ended in order."""


Event = (
    Opened | RunCreated | Scalars | StateChanged | Frame | Rendered | Adjusted | Notice | Checkpointed | Failed | Closed
)
