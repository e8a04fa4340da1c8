"""Relativistic pairing GAN with R1 and R2 (Huang et al. 2024, arXiv:2501.05441, R3GAN)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn.functional import softplus as sp

from ganstudio.objectives.base import Game, squared_slopes

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.experiment import RelativisticSpec
    from ganstudio.objectives.terms import Judge


class Relativistic(Game):
    """D says which of a pair is the real one; only differences of logits matter."""

    separable = True
    pairs = True
    penalises = True

    def __init__(self, spec: RelativisticSpec) -> None:
        self.gamma = spec.gamma
        self.fades = spec.fades

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """E sp(-(l(x) - l(G(z))))."""
        return sp(fake - real).mean()

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """E sp(-(l(G(z)) - l(x)))."""
        assert real is not None
        return sp(real - fake).mean()

    def penalty(self, judge: Judge, x: Tensor, g: Tensor) -> Tensor:
        """Gamma/2 (R1 + R2): the mean squared slope of D at real and at generated samples."""
        return self.gamma / 2 * squared_slopes(judge, x, g)
