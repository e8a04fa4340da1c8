"""A step that was carried out, taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from ganstudio.experiment import Experiment
    from ganstudio.modalities import Modality


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of a step. player: whose move it belongs to; round: which of the k moves of D, from 1; 1 for G.

    game: of several games the one that it is of, by its name; "" of that whose samples are shown. during: the kind of
    the stage before the game that the step is of; "": it is of the game itself. learner: the network that learns in
    the player's place; "": the player.

    name, D's: "draw_z", "generate", "draw_x", "judge", "discriminator_loss", "discriminator_gradient",
    "discriminator_moves". G's: "g_draw_z", "g_generate", "g_judge", "generator_loss", "generator_gradient",
    "generator_moves". Of a move without D: "draw", "make" (where G's samples are wanted), "loss", "gradient", "moves".

    numbers, over the whole minibatch: "count", "dimensions" (of z), "noise" (instance noise, data units); "d_real",
    "d_fake" means of D(x), D(G(z)) as probabilities and "l_real", "l_fake" of the logits, with "_after" behind them for
    the same samples once the player has moved; "loss" without and "penalty" what is added to it; "gradient" 2-norm over
    the player's weights, "rate" its learning rate; "distance" root mean square way of a generated point, data units, or
    change of a pixel, grey levels.

    layers, of at most 500 points or 25 other samples, in one order: "latents" (n, d); "given", what G is given with
    each; "generated", "real" as D sees them, and "moved", what the same z give after G's move; "verdict_real",
    "verdict_fake" (n,) D's probabilities;
    "pull_real", "pull_fake" (n,) minus the loss's derivative in a sample's logit, times the count: how hard it pulls D
    up; "landscape" (h, w) D over the bounds as in ``Frame``, "landscape_before" the same ahead of D's move; "arrows"
    (2, n, 2) generated points and minus the gradient of each one's own loss in its place, data units; "wanted"
    the same for other samples, as samples themselves: 0 in model units is where D does not care; "gradient_norms" (a,)
    2-norm of each layer of weights, input first.
    """

    name: str
    player: Literal["discriminator", "generator"]
    round: int
    numbers: Mapping[str, float]
    layers: Mapping[str, npt.NDArray[Any]]
    game: str = ""
    during: str = ""
    learner: str = ""


@dataclass(frozen=True, kw_only=True)
class Stages:
    """A step that was carried out, taken apart. step: the count after it. experiment: the settings it was made with.

    bounds: of the landscapes, (x_low, x_high, y_low, y_high) in data units; None where samples are no points.
    kinds: by the game's name what its samples are, and what its G is given with each; None: nothing.
    """

    step: int
    experiment: Experiment
    stages: tuple[Stage, ...]
    bounds: tuple[float, float, float, float] | None
    kinds: Mapping[str, tuple[Modality, Modality | None]] = field(default_factory=dict)
