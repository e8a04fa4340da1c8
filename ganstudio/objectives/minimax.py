"""The minimax game (Goodfellow et al. 2014, arXiv:1406.2661) and three updates for its generator.

min_G max_D V(D, G) = E log D(x) + E log(1 - D(G(z))), D = sigmoid(l), so log D = -sp(-l) and log(1 - D) = -sp(l).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn.functional import softplus as sp

from ganstudio.objectives.base import Game, squared_slopes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from ganstudio.experiment import MinimaxSpec
    from ganstudio.objectives.terms import Judge


def saturating(fake: Tensor) -> Tensor:
    """E log(1 - D(G(z))): the game's own; its gradient in l, -D, vanishes where D is sure."""
    return -sp(fake).mean()


def non_saturating(fake: Tensor) -> Tensor:
    """-E log D(G(z)): same fixed point, and its gradient in l, -(1 - D), is strongest where D is sure."""
    return sp(-fake).mean()


def combined(fake: Tensor) -> Tensor:
    """The sum of both, which is -E l: near the optimal D it descends KL(p_g || p_data) (Huszár 2016)."""
    return -fake.mean()


GENERATOR_UPDATES: dict[str, Callable[[Tensor], Tensor]] = {
    "saturating": saturating,
    "non_saturating": non_saturating,
    "combined": combined,
}


class Minimax(Game):
    """D ascends V, less its slope where that is penalised; G takes the update that its spec names."""

    separable = True
    every = 4  # a second derivative costs as much as all the rest of a step, and its noise hardly matters

    def __init__(self, spec: MinimaxSpec) -> None:
        self.gamma = spec.gamma
        self.penalises = spec.gamma > 0
        self.fades = spec.fades
        self.real_label = spec.real_label
        self.generator_update = GENERATOR_UPDATES[spec.generator_update]

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """-V; with smoothed labels a < 1, -E [a log D(x) + (1 - a) log(1 - D(x))] - E log(1 - D(G(z))).

        Its optimal D is a p_data / (p_data + p_g), which can't be surer than a (Goodfellow 2016, arXiv:1701.00160).
        """
        if self.real_label < 1:
            # -log(1 - D) = sp(l) = sp(-l) + l, so that a sp(-l) + (1 - a) sp(l) = sp(-l) + (1 - a) l.
            return sp(-real).mean() + (1 - self.real_label) * real.mean() + sp(fake).mean()
        return sp(-real).mean() + sp(fake).mean()

    def updates(self) -> Mapping[str, Callable[[Tensor], Tensor]]:
        """All three."""
        return GENERATOR_UPDATES

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """One of the three updates."""
        return self.generator_update(fake)

    def penalty(self, judge: Judge, x: Tensor, g: Tensor) -> Tensor:
        """Gamma/2 (R1 + R2): without it the game only circles its fixed point (Mescheder et al. 2018)."""
        return self.gamma / 2 * squared_slopes(judge, x, g)
