"""Least squares GAN (Mao et al. 2016, arXiv:1611.04076), labels a = 0, b = c = 1: descends a Pearson chi-square."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.objectives.base import Game

if TYPE_CHECKING:
    from torch import Tensor


class LeastSquares(Game):
    """D's output is driven to 1 on real and 0 on generated samples."""

    separable = True

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """1/2 E (l(x) - 1)^2 + 1/2 E l(G(z))^2."""
        return ((real - 1).square().mean() + fake.square().mean()) / 2

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """1/2 E (l(G(z)) - 1)^2."""
        return (fake - 1).square().mean() / 2
