"""What games share: G judged alone, D's gradient free, or its slope held small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.experiment import Spec
    from ganstudio.objectives import Judge


class Unpenalised:
    """A game without pairing and without a penalty."""

    pairs = False
    penalises = False

    def __init__(self, spec: Spec) -> None:
        pass

    def penalty(self, judge: Judge, x: Tensor, g: Tensor, real: Tensor, fake: Tensor) -> Tensor:
        """Never asked for."""
        raise AssertionError("this objective has no penalty")


def squared_slopes(x: Tensor, g: Tensor, real: Tensor, fake: Tensor) -> Tensor:
    """R1 + R2: E ||grad l(x)||^2 + E ||grad l(G(z))||^2 (Roth et al. 2017, arXiv:1705.09367; Mescheder et al. 2018).

    x, g are samples (n, *shape) that track gradients, real, fake their logits (n,).
    """
    slopes = torch.autograd.grad(real.sum() + fake.sum(), [x, g], create_graph=True)
    return sum((slope.flatten(1).square().sum(1).mean() for slope in slopes), start=x.new_zeros(()))
