"""Fully connected players for spectrograms: at these sizes they learn far sooner than convolutions.

On notes of half a second all the pitches were there after 400 steps, and after 600 of convolutions over time 5 of 8.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from ganstudio.networks.discriminator import Discriminator
from ganstudio.networks.generator import Generator
from ganstudio.networks.minibatch import MinibatchDeviation

if TYPE_CHECKING:
    from ganstudio.experiment import SpectrumDiscriminatorSpec, SpectrumGeneratorSpec
    from ganstudio.networks.generator import Inputs

_SLOPE = 0.2
_ROUNDS = 2
"""Of power iteration: the values fall fast, and some error is nothing to a start."""


def leading_vectors(rows_nd: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The mean (d,) of rows, and their leading singular vectors about it (d, k), as long as the rows deviate there.

    At most ``count``, n and d. The same for the same rows; random streams stay as they were.
    """
    mean = rows_nd.mean(0)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)  # torch.manual_seed would seed accelerators too, for good
        _, values, vectors_dk = torch.svd_lowrank(rows_nd - mean, min(count, *rows_nd.shape), niter=_ROUNDS)
    # A vector may point either way; libraries differ, and a run must not.
    largest = vectors_dk.gather(0, vectors_dk.abs().argmax(0, keepdim=True))
    return mean, vectors_dk * (largest.sign() * values / len(rows_nd) ** 0.5)


class SpectrumGenerator(Generator):
    """Latents (n, d) to samples (n, *shape) without bound: layers that add up, then coordinates, then their vectors.

    The last layer starts as the data's leading singular vectors, scaled by their deviations, about the data's mean: a
    commented line in the sound GAN of 2016. All of it is trained. A squashing end could not start so.
    """

    starts_from = 2_000

    def __init__(self, spec: SpectrumGeneratorSpec, dimensions: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape
        self.first = nn.Linear(dimensions, spec.width)
        self.more = nn.ModuleList(nn.Linear(spec.width, spec.width) for _ in range(spec.depth - 1))
        self.coordinates = nn.Linear(spec.width, spec.components)
        self.vectors = nn.Linear(spec.components, prod(shape))

    @torch.no_grad()
    def start(self, samples: Tensor) -> None:
        """Begin with vectors along which real samples (n, *shape) vary; as many as n has, where these are fewer."""
        mean, vectors_dk = leading_vectors(samples.flatten(1), self.vectors.in_features)
        self.vectors.weight[:, : vectors_dk.shape[1]] = vectors_dk
        self.vectors.bias.copy_(mean)

    def forward(self, inputs: Inputs) -> Tensor:
        """Generate samples (n, *shape)."""
        hidden = leaky_relu(self.first(inputs.latents), _SLOPE)
        for layer in self.more:
            hidden = hidden + leaky_relu(layer(hidden), _SLOPE)
        flat: Tensor = self.vectors(self.coordinates(hidden))
        return flat.view(-1, *self.shape)


class SpectrumDiscriminator(Discriminator):
    """Spectrograms (n, planes, bins, frames) to logits (n,): looked at as a whole, and for what may be at any time.

    The second are convolutions over time. The last layer sees how much the samples of a group differ.
    """

    def __init__(self, spec: SpectrumDiscriminatorSpec, shape: tuple[int, ...]) -> None:
        super().__init__()
        if len(shape) != 3:
            raise ValueError(
                f"discriminator.kind: 'spectrum' judges planes of frequencies and times, as sounds are, not samples of "
                f"the shape {shape}: choose 'mlp'"
            )
        planes, bins, frames = shape
        self.whole = nn.Linear(prod(shape), spec.width)
        self.over_time, patterns = _over_time(spec, planes * bins, frames)
        self.both = nn.Linear(spec.width + patterns, spec.width)
        self.more = nn.Linear(spec.width, spec.width)
        self.deviation = MinibatchDeviation(spec.group)
        self.last = nn.Linear(spec.width + 1, 1)
        self.feature_size = spec.width

    def read(self, samples: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits (n,), positive where D takes sounds for real, and the last hidden layer (n, feature_size)."""
        assert given is None, "this family is shown nothing else"
        whole = leaky_relu(self.whole(samples.flatten(1)), _SLOPE)
        over_time = self.over_time(samples.flatten(1, 2))
        hidden = leaky_relu(self.both(torch.cat([whole, over_time], 1)), _SLOPE)
        features = hidden + leaky_relu(self.more(hidden), _SLOPE)
        return self.last(self.deviation(features)).squeeze(1), features


def _over_time(spec: SpectrumDiscriminatorSpec, before: int, frames: int) -> tuple[nn.Module, int]:
    """Convolutions over the times of (n, before, frames) to patterns (n, k), and how many these are."""
    if spec.times == "mean":
        convolution = nn.Conv1d(before, spec.channels, 3, stride=2, padding=1)
        return nn.Sequential(convolution, nn.LeakyReLU(_SLOPE), nn.AdaptiveAvgPool1d(1), nn.Flatten()), spec.channels
    layers = [nn.Conv1d(size, spec.channels, 5, stride=2, padding=2) for size in (before, spec.channels)]
    twice = [module for layer in layers for module in (layer, nn.LeakyReLU(_SLOPE))]
    return nn.Sequential(*twice, nn.Flatten()), spec.channels * ((frames + 3) // 4)
