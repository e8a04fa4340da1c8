"""What goes into a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ganstudio.training.messages.finding import FindDirections, FindLatents
from ganstudio.training.messages.sentences import Compose

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.experiment import Experiment
    from ganstudio.modalities import Samples
    from ganstudio.run import Change

StepPhase = Literal["discriminator", "generator", "both"]


@dataclass(frozen=True, kw_only=True)
class Start:
    """Build ``experiment`` and stand ready at step 0, paused; or go on with the run in ``resume``, a run folder.

    run: folder to record in; None: one is made under ``runs`` at the first step. Exactly one of experiment and resume.
    at: the step of the checkpoint to go on from; None: the newest. ``resume`` may also be a checkpoint's own folder.
    branch: not that run itself goes on but a new one, in ``run`` or under ``runs``, which has it as its parent.
    threads: of the processor to compute with; None: as many as the run began with, or a new one's settings say.
    changes: what was changed by hand in another run, to be done again at the same steps.
    slower: both players' learning rates are multiplied by this, as a change by hand; with ``resume`` only.
    discard: take the place of the game before also where its last steps could not be written (see ``Refused``).
    measure: estimate divergences on the way, as the experiment says; else the time is all for training.
    """

    experiment: Experiment | None = None
    run: Path | None = None
    runs: Path | None = None
    resume: Path | None = None
    at: int | None = None
    branch: bool = False
    threads: int | None = None
    changes: tuple[Change, ...] = ()
    play: bool = False
    measure: bool = True
    slower: float | None = None
    discard: bool = False


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
class SkipStage:
    """End the present stage, after its first step at the earliest; what follows it keeps its length."""


@dataclass(frozen=True)
class RepeatStage:
    """Begin a stage once more: the present one from here, or one that is over, after which the game goes on.

    place: among the stages, from 0.
    """

    place: int


@dataclass(frozen=True)
class Restage:
    """Change the settings that make the stages from the next step on, all of them or none. settings: path and value."""

    settings: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Share:
    """From now on a game of a pyramid has this share of the steps, next to those of the others; 0: it rests.

    place: of the game, counted from the coarsest.
    """

    place: int
    share: int


@dataclass(frozen=True)
class Reset:
    """Back to step 0 with the same seed and the settings in force, in a new run folder. discard: as in ``Start``."""

    discard: bool = False


@dataclass(frozen=True)
class GoBack:
    """Where numbers went wrong: back to the last checkpoint, from before that, with both learning rates times ``rate``.

    Where there is none, a new run from step 0 with these rates. What was recorded after the checkpoint is kept aside.
    """

    rate: float = 0.5


@dataclass(frozen=True)
class Save:
    """Write a checkpoint now."""


@dataclass(frozen=True)
class Quit:
    """End the session: checkpoint if anything is unsaved, then close.

    abandoned: whoever gave the commands is gone without a word; the run keeps a mark of that (``take_abandoned``).
    """

    abandoned: bool = False


@dataclass(frozen=True)
class Watch:
    """Which layers frames shall contain.

    layers: "generated", "landscape", "manifold", "arrows", "optimal" (plane), "gallery", "way" (with the gallery); of
    energies "energies" too.
    bounds: (x_low, x_high, y_low, y_high) of the plane that is visible, data units; None: where the data lies.
    sheet: latents (n, width) float32 that frames shall show what G makes of, as the layer "sheet"; None: no such layer.
    like: which of the fixed samples the sheet's are given the same as, where G is given more than latents.
    """

    layers: frozenset[str] = frozenset({"generated", "gallery"})
    bounds: tuple[float, float, float, float] | None = None
    sheet: npt.NDArray[np.float32] | None = field(default=None, compare=False)
    like: int = 0


@dataclass(frozen=True, kw_only=True)
class RenderLatent:
    """Show G(z) for these latents, out of turn, with the newest published weights. Newest request wins.

    like: which of the fixed samples G is given the same as, where it is given more than latents.
    nearest: tell the real sample that the first is nearest to, too, where that is known of samples of the kind.
    game: the number of the game that is asked, as in ``Opened``; no other answers. None: whichever is there.
    """

    request: int
    latents: npt.NDArray[np.float32]
    like: int = 0
    nearest: bool = False
    game: int | None = None


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Show what each generator of a pyramid or a chain makes on the way to G(z), out of turn. Newest request wins.

    real: an image (h, w, c) in people's units; at: the places of the levels, counted from the coarsest, that are given
    what belongs to it in place of what was made. None: no level is. In a chain it is what the second
    is given. game: as in ``RenderLatent``.
    """

    request: int
    latents: npt.NDArray[np.float32]
    real: Samples | None = None
    at: frozenset[int] = frozenset()
    game: int | None = None


@dataclass(frozen=True, kw_only=True)
class Inspect:
    """Show what D's autoencoder makes of these samples, out of turn. Newest request wins; of another D there is none.

    samples: in people's units. game: as in ``RenderLatent``.
    """

    request: int
    samples: Samples
    game: int | None = None


@dataclass(frozen=True, kw_only=True)
class Enlarge:
    """Show what G makes of a small picture, out of turn and again with every frame. Newest request wins.

    Only of a G that makes pictures of any size. picture: uint8 (h, w, 1, 3 or 4); None: no more of it. shrink: make it
    smaller first. invention: where the G that is shown lies between that of the content stage, 0, and the game's, 1.
    game: as in ``RenderLatent``.
    """

    request: int
    picture: npt.NDArray[np.uint8] | None
    shrink: bool = False
    invention: float = 1.0
    game: int | None = None


@dataclass(frozen=True, kw_only=True)
class Revisit:
    """Show G, or those of several games, as they were at a moment that the run keeps. Newest request wins.

    run: its folder. step: of the moment, or of one near it; None: G as it is now, and goes on being trained.
    beside: the step of another moment, which frames shall show next to that. game: as in ``RenderLatent``.
    Frames carry the number of the last request that was answered; latent renders and walks are of that moment too.
    """

    request: int
    run: Path
    step: int | None = None
    beside: int | None = None
    game: int | None = None


@dataclass(frozen=True)
class SlowStep:
    """While paused: carry out one whole step, which counts like any other, and tell its ``Stages``.

    bounds: (x_low, x_high, y_low, y_high) that D's landscapes shall cover, data units; None: where the data lies.
    """

    bounds: tuple[float, float, float, float] | None = None


Command = (
    Start
    | Play
    | Pause
    | Step
    | SlowStep
    | Adjust
    | SkipStage
    | RepeatStage
    | Restage
    | Share
    | Reset
    | GoBack
    | Save
    | Quit
    | Watch
    | RenderLatent
    | Inspect
    | Enlarge
    | Compose
    | Walk
    | Revisit
    | FindDirections
    | FindLatents
)
