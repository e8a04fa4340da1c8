"""What comes out of a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ganstudio.scalars import COMMON
from ganstudio.training.messages.finding import FoundDirections, FoundLatents
from ganstudio.training.messages.sentences import Composed
from ganstudio.training.messages.stages import Stages
from ganstudio.training.messages.troubles import Broken, Closed, Failed, Notice, Refused, Superseded

if TYPE_CHECKING:
    from collections.abc import Mapping
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


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What the players look like at a step: latest wins, only the layers that are watched.

    layers: "generated" (n, 2) points; "landscape" (h, w) D(x) as probabilities, row 0 at the lowest y, over ``bounds``,
    or an autoencoder's energies, and with these "margin" (), the margin in force; for it there is no "optimal";
    "manifold" (a, a, 2) G on a grid of z (the first two dimensions, the rest 0; (a, 1, 2) when z is 1-D), and with it
    "manifold_density" (a - 1, a - 1), the prior's mass over its image's area in each cell of the grid (1-D: length);
    "arrows" (1 + k, n, 2): points that G in training makes, then for each update the step -dL/dx that they feel, in the
    objective's units per data unit: saturating, non-saturating and combined for minimax, for others their own alone;
    with minimax "vanishing" (), the ratio of the first two steps' root mean squares;
    "optimal" (h, w) D*(x) = p_data/(p_data + p_g) like "landscape", NaN where neither has mass, and with it
    "difference" (h, w) D(x) - D*(x) and "optimal_step" (), the step of both: they take longer than a frame;
    "energies_real" (n,) and "energies_fake" (n,), what D's autoencoder gives some samples of the data and some of G;
    "gallery" G of fixed latents, in people's units; "sheet" G of the watched ones; "way" as many samples in "way_0",
    "way_1" and so on as G goes through on its way to the gallery, each in units of its kind in ``Opened.way``.
    past: whether it is of a moment that was asked for with ``Revisit``: then only what G's average makes is there.
    beside: the same layers of the other moment that was asked for. visit: the last ``Revisit`` that was answered, 0:
    none. asked: somebody waits for this frame.
    """

    step: int
    layers: Mapping[str, npt.NDArray[Any]]
    bounds: tuple[float, float, float, float] | None = None
    past: bool = False
    beside: Frame | None = None
    visit: int = 0
    asked: bool = False


@dataclass(frozen=True, kw_only=True)
class Nearest:
    """The real sample to learn from that a sample of G is nearest to. different: in how many steps they differ.

    aside: in how many steps samples kept aside, which can be no copies, differ from theirs, least and median; None:
    none is kept aside.
    """

    sample: Samples
    different: int
    aside: tuple[int, int] | None


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The answer to a RenderLatent: G(z) for each latent, in order. game: that of which they are, as in ``Opened``.

    nearest: that of the first, where it was asked for and is known. nearest_later: the samples that it is looked up
    among are still read, and the same is answered again when they are.
    """

    request: int
    game: int = 0
    step: int
    samples: Samples
    nearest: Nearest | None = None
    nearest_later: bool = False


@dataclass(frozen=True, kw_only=True)
class Walked:
    """The answer to a Walk: for each latent in order what every level made, coarse to fine, in people's units.

    added: what each level but the base added to the coarser image, (n, h, w, c) in model units; of pictures made of
    normals, those that a reader reads off them (n, h/2, w/2, 3), where there is one. game: as in ``Opened``.
    """

    request: int
    game: int = 0
    step: int
    steps: tuple[Samples, ...]
    added: tuple[npt.NDArray[np.float32], ...]


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """The answer to an Inspect: what D's autoencoder makes of each sample, in order, and their energies (n,).

    game: as in ``Opened``.
    """

    request: int
    game: int = 0
    step: int
    samples: Samples
    reconstructions: Samples
    energies: npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Enlarged:
    """The answer to an Enlarge: the picture enlarged in several ways, uint8 (H, W, c) of one size, by their names.

    "bicubic", "generator", "content" where the run keeps the content stage's G, and "original" where the picture was
    made smaller first. game: as in ``Opened``.
    """

    request: int
    game: int = 0
    step: int
    pictures: Mapping[str, npt.NDArray[np.uint8]]


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
