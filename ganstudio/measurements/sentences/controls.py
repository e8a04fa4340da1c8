"""What is no GAN: likelihood gone on with for as long, and rewards that say nothing. Needs torch."""

from __future__ import annotations

import time
from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.networks.descent import build_optimiser, descend

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.data import Dataset
    from ganstudio.networks.sequence import SequenceGenerator

RATE = 3e-3
"""Where likelihood begins again: a rate that has run to zero looks as if nothing more could be learnt."""
BATCH = 128
SLICE = 0.2  # seconds


class _Control:
    """A copy of G that learns for so many seconds of its own work, some at a time. network: it, as it stands."""

    def __init__(self, generator: SequenceGenerator, seconds: float, rate: float, beta: float) -> None:
        self.network = deepcopy(generator).train().requires_grad_(True)
        self._weights = list(self.network.parameters())
        self._adam = build_optimiser(torch.optim.Adam, self._weights, lr=rate, betas=(beta, 0.999), fused=True)
        self._seconds, self.spent = seconds, 0.0

    @property
    def done(self) -> bool:
        """Whether its time is over."""
        return self.spent >= self._seconds

    def go_on(self, seconds: float = SLICE) -> None:
        """Learn for some more of its time."""
        began, before = time.thread_time(), self.spent
        while not self.done and self.spent - before < seconds:
            gradients = torch.autograd.grad(self._loss(), self._weights)
            descend(self._adam, self._weights, gradients)
            self.spent = before + time.thread_time() - began

    def _loss(self) -> Tensor:
        raise NotImplementedError


class Continued(_Control):
    """Likelihood alone, begun again at a rate that falls to 0."""

    def __init__(self, generator: SequenceGenerator, dataset: Dataset, seconds: float, seed: int) -> None:
        super().__init__(generator, seconds, RATE, 0.9)
        self._dataset, self._random = dataset, np.random.default_rng(seed)

    def _loss(self) -> Tensor:
        self._adam.param_groups[0]["lr"] = RATE * max(0.0, 1 - self.spent / self._seconds)
        words = torch.from_numpy(self._dataset.draw(BATCH, self._random).argmax(-1))
        return -self.network.log_probabilities(words).sum(1).mean()


class Rewarded(_Control):
    """Every word that G writes has the same reward, 1."""

    def __init__(self, generator: SequenceGenerator, seconds: float, seed: int, *, rate: float) -> None:
        super().__init__(generator, seconds, rate, 0.5)
        self._random = torch.Generator().manual_seed(seed)

    def _loss(self) -> Tensor:
        dice = torch.rand((BATCH, self.network.length), generator=self._random) * 2 - 1
        return -self.network.log_probabilities(self.network.draw(dice)).sum(1).mean()
