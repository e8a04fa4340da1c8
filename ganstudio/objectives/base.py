"""What games share: G judged alone, D's gradient free, or its slope held small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.experiment import Spec
    from ganstudio.objectives import Judge


class Game:
    """A game in which G's samples are judged one by one."""

    fades = False
    repels = False

    def repulsion(self, codes_nc: Tensor) -> Tensor:
        """Never asked for."""
        raise AssertionError("this objective repels no samples")


class Unpenalised(Game):
    """A game without pairing and without a penalty."""

    pairs = False
    penalises = False
    every = 1

    def __init__(self, spec: Spec) -> None:
        pass

    def penalty(self, judge: Judge, x: Tensor, g: Tensor) -> Tensor:
        """Never asked for."""
        raise AssertionError("this objective has no penalty")


def squared_slopes(judge: Judge, x: Tensor, g: Tensor) -> Tensor:
    """R1 + R2: E ||grad l(x)||^2 + E ||grad l(G(z))||^2, from as many real samples x as generated ones g, (n, *shape).

    Roth et al. 2017 (arXiv:1705.09367), Mescheder et al. 2018 (arXiv:1801.04406).
    """
    here = torch.cat([x, g]).detach().requires_grad_()
    (slopes,) = torch.autograd.grad(judge(here).sum(), here, create_graph=True)
    return slopes.square().sum() / len(x)
