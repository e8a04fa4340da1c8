"""The minimax game (Goodfellow et al. 2014, arXiv:1406.2661) and three updates for its generator.

min_G max_D V(D, G) = E log D(x) + E log(1 - D(G(z))), D = sigmoid(l), so log D = -sp(-l) and log(1 - D) = -sp(l).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn.functional import softplus as sp

from ganstudio.objectives.base import Unpenalised

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from ganstudio.experiment import MinimaxSpec


def value(real: Tensor, fake: Tensor) -> Tensor:
    """V(D, G) in nats from logits (n,): -log 4 + 2 JSD at the optimal D, and never more than that on fresh samples."""
    return -(sp(-real).mean() + sp(fake).mean())


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


class Minimax(Unpenalised):
    """D ascends V; G takes the update that its spec names."""

    def __init__(self, spec: MinimaxSpec) -> None:
        self.generator_update = GENERATOR_UPDATES[spec.generator_update]

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """-V."""
        return sp(-real).mean() + sp(fake).mean()

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """One of the three updates."""
        return self.generator_update(fake)
