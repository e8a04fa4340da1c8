"""A network that reads off a sample what G was given with it: no player, it learns from real samples alone."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ganstudio.networks.mlp import perceptron

if TYPE_CHECKING:
    from ganstudio.experiment import ReaderStageSpec


class Reader(nn.Module):
    """Samples (n, *shape) to what was given with each, (n, *given), both in model units; fully connected."""

    def __init__(self, spec: ReaderStageSpec, shape: tuple[int, ...], given: tuple[int, ...]) -> None:
        super().__init__()
        self.given = given
        self.layers = perceptron([prod(shape), *[spec.width] * spec.depth, prod(given)], "leaky_relu")

    def forward(self, samples: Tensor) -> Tensor:
        """Read samples."""
        flat: Tensor = self.layers(torch.flatten(samples, 1))
        return flat.view(-1, *self.given)

    def error(self, samples: Tensor, given: Tensor) -> Tensor:
        """How far what is read lies from what was given: the mean squared difference, ()."""
        lost: Tensor = (self(samples) - given).square().mean()
        return lost
