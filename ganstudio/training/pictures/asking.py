"""What D says of single points of the plane, where it may be trained to judge more than a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.networks import Discriminator
    from ganstudio.training.step.trainer import Trainer

PACKS = 4
"""Packs that a point is judged in."""


class Onlooker:
    """Asks the discriminator of one game, or a copy of it, about points, always in the same company.

    Where D is told classes, a point is judged with the class of all that D takes it most for real with. Where D judges
    packs, a point is judged in ``PACKS`` packs, beside real samples of the data: what makes such a pack look generated
    is the point.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._companions: Tensor | None = None
        if (beside := trainer.discriminator.packing - 1) > 0:
            drawn = trainer.dataset.draw(PACKS * beside, np.random.default_rng(0))
            self._companions = torch.from_numpy(drawn).to(trainer.device).view(PACKS, beside, *drawn.shape[1:])

    def ask(self, discriminator: Discriminator, points_n2: Tensor) -> Tensor:
        """D's outputs (n,) for points in model units, or the means over the packs."""
        if self._companions is None:
            return discriminator.judge_at_best(points_n2)
        outputs = [self._in_pack(discriminator, points_n2, beside) for beside in self._companions]
        return torch.stack(outputs).mean(0)

    def _in_pack(self, discriminator: Discriminator, points: Tensor, beside: Tensor) -> Tensor:
        packs = torch.cat([points[:, None], beside.expand(len(points), *beside.shape)], 1)
        return discriminator.judge_at_best(packs)
