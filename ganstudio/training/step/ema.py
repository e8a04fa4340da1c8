"""The average of G's weights over its recent past, which makes better samples than any single moment of it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Generic, TypeVar

import torch
from torch import Tensor

from ganstudio.training.step.schedules import average_memory

if TYPE_CHECKING:
    from torch import nn

Network = TypeVar("Network", bound="nn.Module")


class ExponentialMovingAverage(Generic[Network]):
    """Follows a network: ``module`` has its averaged weights, in evaluation mode and without gradients.

    The memory is warmed up, min(decay, (1 + t) / (10 + t)) at update t: without that a decay of 0.999 still holds a
    share of the initial weights after thousands of steps (measured: high quality .001 where the raw G had .95).
    """

    def __init__(self, network: Network) -> None:
        self.module: Network = deepcopy(network).eval().requires_grad_(False)
        self.updates = 0
        self._follow(network)
        self._averaged = [p.detach() for p in self.module.parameters()]
        self._buffers = list(self.module.buffers())

    @torch.no_grad()
    def update(self, network: Network, decay: float) -> None:
        """Take one step of the average towards the network's weights; buffers are copied."""
        memory = average_memory(decay, self.updates)
        if network is not self._followed:
            self._follow(network)
        torch._foreach_lerp_(self._averaged, self._weights, 1 - memory)
        if self._buffers:
            torch._foreach_copy_(self._buffers, list(network.buffers()))
        self.updates += 1

    def _follow(self, network: Network) -> None:
        # Once: to list the weights takes an eighth of the calls of a small game's step.
        self._followed, self._weights = network, list[Tensor](network.parameters())


@torch.no_grad()
def copy_into(kept: nn.Module, network: nn.Module) -> None:
    """Give a network the weights and buffers of another one of its kind."""
    torch._foreach_copy_([*kept.parameters(), *kept.buffers()], [*network.parameters(), *network.buffers()])
