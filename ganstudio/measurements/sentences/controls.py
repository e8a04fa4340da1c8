"""What is no GAN: likelihood gone on with for as long, and rewards that say nothing. Needs torch."""

from __future__ import annotations

import time
from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.networks.descent import build_optimiser, descend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from ganstudio.data import Dataset
    from ganstudio.networks.sequence import SequenceGenerator

RATE = 3e-3
"""Where likelihood begins again: a rate that has run to zero looks as if nothing more could be learnt."""
BATCH = 128
_SLICE = 0.05  # seconds


def continued(generator: SequenceGenerator, dataset: Dataset, seconds: float, seed: int) -> Iterator[SequenceGenerator]:
    """G learning by likelihood alone for so many seconds of its own work, at a rate that falls to 0.

    Yields every few hundredths of a second, the same network each time, which stands as it then is.
    """
    own, random = deepcopy(generator).train().requires_grad_(True), np.random.default_rng(seed)
    weights = list(own.parameters())
    adam = build_optimiser(torch.optim.Adam, weights, lr=RATE, betas=(0.9, 0.999), fused=True)
    spent, began = 0.0, time.thread_time()
    while (spent := time.thread_time() - began) < seconds:
        until = spent + _SLICE
        while (spent := time.thread_time() - began) < min(until, seconds):
            adam.param_groups[0]["lr"] = RATE * max(0.0, 1 - spent / seconds)
            words = torch.from_numpy(dataset.draw(BATCH, random).argmax(-1))
            _move(adam, weights, -own.log_probabilities(words).sum(1).mean())
        yield own
    yield own


def rewarded_for_nothing(
    generator: SequenceGenerator, steps: int, seed: int, *, rate: float, likelihood: Callable[[], Tensor] | None = None
) -> SequenceGenerator:
    """G moved so many times towards whatever it makes, each word with the same reward 1.

    likelihood: what is added to the loss, of the network that it is asked for; None: nothing.
    """
    own, random = deepcopy(generator).train().requires_grad_(True), torch.Generator().manual_seed(seed)
    weights = list(own.parameters())
    adam = build_optimiser(torch.optim.Adam, weights, lr=rate, betas=(0.5, 0.999), fused=True)
    for _ in range(steps):
        words = own.draw(torch.rand((BATCH, own.length), generator=random) * 2 - 1)
        loss = -own.log_probabilities(words).sum(1).mean()
        _move(adam, weights, loss if likelihood is None else loss + likelihood())
    return own.eval().requires_grad_(False)


def _move(adam: torch.optim.Optimizer, weights: list[torch.nn.Parameter], loss: Tensor) -> None:
    descend(adam, weights, torch.autograd.grad(loss, weights))
