"""A network that reads off a sample what G was given with it: no player, it learns from real samples alone."""

from __future__ import annotations

from contextlib import contextmanager
from math import prod
from typing import TYPE_CHECKING, ClassVar, Literal

import torch
from torch import Tensor, nn

from ganstudio.networks.mlp import perceptron

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.experiment import ReaderBase, ReaderStageSpec


class Reader(nn.Module):
    """Samples (n, *shape) to what was given with each, (n, *given), both in model units.

    told_as: by which numbers its errors are told. unit: of what it reads. pairs: whether what G's loss has of it takes
    the real sample that gave what G was given.
    """

    told_as: ClassVar[Literal["reading", "features"]] = "reading"
    unit: ClassVar[str] = "squared model units"
    pairs: ClassVar[bool] = False

    def forward(self, samples: Tensor) -> Tensor:
        """Read samples."""
        raise NotImplementedError

    if TYPE_CHECKING:

        def __init__(self, spec: ReaderBase, shape: tuple[int, ...], given: tuple[int, ...]) -> None: ...

        def __call__(self, samples: Tensor) -> Tensor:
            """Read samples."""
            ...

    def error(self, samples: Tensor, given: Tensor) -> Tensor:
        """How far what is read lies from what was given: a number, ()."""
        raise NotImplementedError

    def lost(self, made: Tensor, drawn: Tensor | None, given: Tensor) -> Tensor:
        """What G's loss has of it, once it has learnt, for samples that were made of what was given: a number, ()."""
        return self.error(made, given)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Read each sample by itself, as it does once it has learnt; gradients pass through it."""
        learning = self.training
        self.eval()
        try:
            yield
        finally:
            self.train(learning)


class DenseReader(Reader):
    """Fully connected."""

    def __init__(self, spec: ReaderStageSpec, shape: tuple[int, ...], given: tuple[int, ...]) -> None:
        nn.Module.__init__(self)
        self.given = given
        self.layers = perceptron([prod(shape), *[spec.width] * spec.depth, prod(given)], "leaky_relu")

    def forward(self, samples: Tensor) -> Tensor:
        """Read samples."""
        flat: Tensor = self.layers(torch.flatten(samples, 1))
        return flat.view(-1, *self.given)

    def error(self, samples: Tensor, given: Tensor) -> Tensor:
        """Their mean squared difference, ()."""
        lost: Tensor = (self(samples) - given).square().mean()
        return lost
