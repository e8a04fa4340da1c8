"""Wasserstein GAN with gradient penalty (Gulrajani et al. 2017, arXiv:1704.00028)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from ganstudio.objectives.base import Game

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.experiment import WassersteinSpec
    from ganstudio.objectives.terms import Judge


class Wasserstein(Game):
    """The critic's slope is drawn towards 1 on straight lines between real and generated samples."""

    separable = True
    penalises = True

    def __init__(self, spec: WassersteinSpec) -> None:
        self.weight = spec.penalty

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """E l(G(z)) - E l(x): minus the estimate of the earth mover's distance."""
        return fake.mean() - real.mean()

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """-E l(G(z))."""
        return -fake.mean()

    def penalty(self, judge: Judge, x: Tensor, g: Tensor) -> Tensor:
        """Lambda E (||grad l(u x + (1 - u) G(z))|| - 1)^2, one u a pair."""
        share = torch.rand([len(x), *[1] * (x.dim() - 1)], device=x.device)
        between = torch.lerp(g.detach(), x.detach(), share).requires_grad_()
        (gradient,) = torch.autograd.grad(judge(between).sum(), between, create_graph=True)
        penalty: Tensor = (gradient.flatten(1).norm(dim=1) - 1).square().mean()
        return self.weight * penalty
