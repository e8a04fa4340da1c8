"""Perceptrons of one shape side by side, as one batched computation.

Legend for names of tensors: s members, n samples, d latent dimensions, p weights of one network.
"""

from __future__ import annotations

import itertools
from math import prod
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ganstudio.networks.mlp import MLPDiscriminator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.networks.mlp import MLPGenerator


class StackedMLP(nn.Module):
    """Member i maps its samples (n, before) as ``networks[i]`` does: (s, n, before) to (s, n, after).

    All weights are one tensor (s, p), a member's in a row, so that the gradient's norms, the optimiser's step and the
    average of the weights are one operation each.
    """

    def __init__(self, networks: Sequence[MLPGenerator | MLPDiscriminator]) -> None:
        super().__init__()
        first = networks[0]
        self._shapes = [parameter.shape for parameter in first.parameters()]
        self._sizes = [prod(shape) for shape in self._shapes]
        self._activation = first.layers[1]
        self._fourier = first.fourier if isinstance(first, MLPDiscriminator) else None  # the same for all members
        rows = [torch.cat([p.detach().flatten() for p in network.parameters()]) for network in networks]
        self.weights_sp = nn.Parameter(torch.stack(rows))

    def forward(self, samples: Tensor) -> Tensor:
        """Map samples (s, n, before), each member its own."""
        # Split, whose backward is a single concatenation; slices would each fill a gradient of the full size.
        parts = self.weights_sp.split_with_sizes(self._sizes, dim=1)
        layers = list(zip(parts[::2], self._shapes[::2], parts[1::2], strict=True))
        if self._fourier is not None:
            samples = self._fourier(samples)
        # Features before samples: with the long dimension last a layer takes half the time or less (measured).
        features = samples.transpose(1, 2).contiguous()
        for index, (weights, shape, biases) in enumerate(layers):
            if index:
                features = self._activation(features)
            features = torch.baddbmm(biases.unsqueeze(2), weights.view(-1, *shape), features)
        return features.transpose(1, 2)

    @torch.no_grad()
    def hand_out(self, member: int, network: nn.Module) -> None:
        """Copy a member's weights over those of a network of its shape."""
        for parameter, values in zip(network.parameters(), self._of_member(self.weights_sp, member), strict=True):
            parameter.copy_(values)

    def member_state(self, state: dict[str, Any], member: int) -> dict[str, Any]:
        """What a member's own ``PlayerOptimiser`` would have as its state, from that of the stacked weights."""
        return {kind: self._of_optimiser(stacked, member) for kind, stacked in state.items()}

    def _of_optimiser(self, stacked: dict[str, Any], member: int) -> dict[str, Any]:
        count = len(self._shapes)
        state: dict[int, dict[str, Any]] = {index: {} for index in range(count)} if stacked["state"] else {}
        for name, value in stacked["state"].get(0, {}).items():
            # Moments lie beside the weights, (s, p); a count of steps, or None, is the same for every weight.
            beside = isinstance(value, Tensor) and value.shape == self.weights_sp.shape
            shared = value.clone() if isinstance(value, Tensor) and not beside else value
            values = self._of_member(value, member) if beside else itertools.repeat(shared, count)
            for index, own in enumerate(values):
                state[index][name] = own.clone() if isinstance(own, Tensor) else own
        groups = [{**group, "params": list(range(count))} for group in stacked["param_groups"]]
        return {"state": state, "param_groups": groups}

    def _of_member(self, stacked_sp: Tensor, member: int) -> list[Tensor]:
        parts = stacked_sp[member].split_with_sizes(self._sizes)
        return [part.view(shape) for part, shape in zip(parts, self._shapes, strict=True)]
