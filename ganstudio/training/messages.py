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
    from ganstudio.measurements.alerts import Alert
    from ganstudio.measurements.coverage import ModeCoverage
    from ganstudio.measurements.estimate import DivergenceEstimate

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
    measure: estimate divergences on the way, as the experiment says; else the time is all for training.
    """

    experiment: Experiment | None = None
    run: Path | None = None
    runs: Path | None = None
    resume: Path | None = None
    play: bool = False
    measure: bool = True


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
    """Which layers frames shall contain: "generated", "landscape", "manifold", "arrows", "optimal" (plane), "gallery".

    bounds: (x_low, x_high, y_low, y_high) of the plane that is visible, data units; None: where the data lies.
    """

    layers: frozenset[str] = frozenset({"generated", "gallery"})
    bounds: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class RenderLatent:
    """Show G(z) for these latents, out of turn, with the newest published weights. Newest request wins."""

    request: int
    latents: npt.NDArray[np.float32]


@dataclass(frozen=True)
class SlowStep:
    """While paused: carry out one whole step, which counts like any other, and tell its ``Stages``.

    bounds: (x_low, x_high, y_low, y_high) that D's landscapes shall cover, data units; None: where the data lies.
    """

    bounds: tuple[float, float, float, float] | None = None


Command = Start | Play | Pause | Step | SlowStep | Adjust | Reset | Save | Quit | Watch | RenderLatent


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
    "manifold" (a, a, 2) G on a grid of z (the first two dimensions, the rest 0; (a, 1, 2) when z is 1-D), and with it
    "manifold_density" (a - 1, a - 1), the prior's mass over its image's area in each cell of the grid (1-D: length);
    "arrows" (1 + k, n, 2): points that G in training makes, then for each update the step -dL/dx that they feel, in the
    objective's units per data unit: saturating, non-saturating and combined for minimax, for others their own alone;
    with minimax "vanishing" (), the ratio of the first two steps' root mean squares;
    "optimal" (h, w) D*(x) = p_data/(p_data + p_g) like "landscape", NaN where neither has mass, and with it
    "difference" (h, w) D(x) - D*(x) and "optimal_step" (), the step of both: they take longer than a frame;
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


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of a step. player: whose move it belongs to; round: which of the k moves of D, from 1; 1 for G.

    name, D's: "draw_z", "generate", "draw_x", "judge", "discriminator_loss", "discriminator_gradient",
    "discriminator_moves". G's: "g_draw_z", "g_generate", "g_judge", "generator_loss", "generator_gradient",
    "generator_moves".

    numbers, over the whole minibatch: "count", "dimensions" (of z), "noise" (instance noise, data units); "d_real",
    "d_fake" means of D(x), D(G(z)) as probabilities and "l_real", "l_fake" of the logits, with "_after" behind them for
    the same samples once the player has moved; "loss" without and "penalty" what is added to it; "gradient" 2-norm over
    the player's weights, "rate" its learning rate; "distance" root mean square way of a generated point, data units, or change
    of a pixel, grey levels.

    layers, of at most 500 points or 25 images, in one order: "latents" (n, d); "generated", "real" as D sees them, and
    "moved", what the same z give after G's move; "verdict_real", "verdict_fake" (n,) D's probabilities; "pull_real",
    "pull_fake" (n,) minus the loss's derivative in a sample's logit, times the count: how hard it pulls D up;
    "landscape" (h, w) D over the bounds as in ``Frame``, "landscape_before" the same ahead of D's move; "arrows"
    (2, n, 2) generated points and minus the gradient of each one's own loss in its place, data units; "wanted"
    (n, h, w, c) uint8 the same for images, 128 where D does not care; "gradient_norms" (a,) 2-norm of each layer of
    weights, input first.
    """

    name: str
    player: Literal["discriminator", "generator"]
    round: int
    numbers: Mapping[str, float]
    layers: Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, kw_only=True)
class Stages:
    """A step that was carried out, taken apart. step: the count after it. experiment: the settings it was made with.

    bounds: of the landscapes, (x_low, x_high, y_low, y_high) in data units; None for images.
    """

    step: int
    experiment: Experiment
    stages: tuple[Stage, ...]
    bounds: tuple[float, float, float, float] | None


Event = (
    Opened
    | RunCreated
    | Scalars
    | StateChanged
    | Frame
    | Rendered
    | Measured
    | Alerted
    | Covered
    | Adjusted
    | Notice
    | Checkpointed
    | Stages
    | Failed
    | Closed
)


# --- several games at once --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class StartGroup:
    """Run several games side by side with one clock, paused at step 0; points of the plane only.

    A duel: 2 to 4 experiments on the same data, seed and latents, from the same initial weights where their networks
    are the same. A seed band: one experiment and ``seeds`` > 0, trained with the seeds seed, seed + 1, ... as one
    batched computation. runs: where a member's folder is made when it is kept.
    """

    experiments: tuple[Experiment, ...]
    seeds: int = 0
    runs: Path | None = None
    play: bool = False


@dataclass(frozen=True)
class OpenMember:
    """Keep member ``index`` of the group as a run of its own, as it stands now, and tell where: MemberKept."""

    index: int


@dataclass(frozen=True, kw_only=True)
class GroupOpened:
    """A group stands ready.

    experiments, names: one a member; a name is what the member differs in, such as "saturating", "k = 5", "seed 3".
    real: up to 2,000 points of p_data (n, 2), data units. plane: bounds (x_low, x_high, y_low, y_high) that hold them.
    """

    experiments: tuple[Experiment, ...]
    names: tuple[str, ...]
    band: bool
    step: int
    data_name: str
    real: npt.NDArray[np.float32]
    plane: tuple[float, float, float, float]


@dataclass(frozen=True)
class GroupScalars:
    """Every step since the last such event: for each member rows as in ``Scalars``, float64 (members, n, 2 + 7)."""

    rows: npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class GroupFrame:
    """What the members look like at a step: latest wins.

    generated: (members, n, 2) averaged G of the same latents, data units. landscapes: (members, h, w) D(x) as
    probabilities on the centres of cells over ``bounds``, row 0 at the lowest y.
    """

    step: int
    generated: npt.NDArray[np.float32]
    landscapes: npt.NDArray[np.float32]
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class MemberKept:
    """A member stands in a run folder with a checkpoint, which ``Start(resume=run)`` goes on with."""

    index: int
    run: Path


GroupCommand = StartGroup | OpenMember
GroupEvent = GroupOpened | GroupScalars | GroupFrame | MemberKept
AnyCommand = Command | GroupCommand
AnyEvent = Event | GroupEvent
