"""Hinge loss (Lim and Ye 2017, arXiv:1705.02894): D cares only for samples inside its margin of 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn.functional import relu

from ganstudio.objectives.base import Game

if TYPE_CHECKING:
    from torch import Tensor


class Hinge(Game):
    """The margin is inside the mean: each sample has its own hinge."""

    separable = True

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """E [1 - l(x)]+ + E [1 + l(G(z))]+."""
        return relu(1 - real).mean() + relu(1 + fake).mean()

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """-E l(G(z))."""
        return -fake.mean()
