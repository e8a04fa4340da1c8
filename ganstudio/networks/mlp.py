"""Fully connected players, as in the first GAN (Goodfellow et al. 2014, arXiv:1406.2661)."""

from __future__ import annotations

import itertools
from math import pi, prod
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ganstudio.networks.discriminator import Discriminator
from ganstudio.networks.generator import Generator
from ganstudio.networks.minibatch import MinibatchDeviation

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.experiment import MLPDiscriminatorSpec, MLPGeneratorSpec
    from ganstudio.networks.generator import Inputs

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.2),
    "tanh": nn.Tanh,
}


def perceptron(sizes: list[int], activation: str, *, deviation: bool = False) -> nn.Sequential:
    """Linear layers of these sizes, input first, with the activation between them and none at the end.

    deviation: the last hidden layer also sees how much the samples of a minibatch differ.
    """
    layers: list[nn.Module] = []
    for index, (before, after) in enumerate(itertools.pairwise(sizes)):
        watched = deviation and index == len(sizes) - 3
        layers += [MinibatchDeviation()] if watched else []
        layers += [nn.Linear(before + watched, after), ACTIVATIONS[activation]()]
    network = nn.Sequential(*layers[:-1])
    network.apply(_initialise)
    return network


def _initialise(module: nn.Module) -> None:
    # He et al. 2015: the signal keeps its variance through the layers, so that G starts as a cloud as wide as the data.
    # With torch's default it starts as a dot, grows from there towards some of the modes and leaves others thin.
    if isinstance(module, nn.Linear):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        nn.init.zeros_(module.bias)


@torch.no_grad()
def _spread(layers: nn.Sequential, dimensions: int) -> None:
    """Give what the layers first make of z zero mean and unit covariance, as the data have in model units.

    A deep network of ReLUs sends all of z to a narrow fan on one side of the plane; from there G reaches some modes
    before others and leaves these thin for the whole run. Scaling by measured statistics: Mishkin and Matas 2015,
    arXiv:1511.06422.
    """
    last = layers[-1]
    assert isinstance(last, nn.Linear)
    if last.weight.is_meta:
        return  # a network without values, whose weights are only counted
    points = layers(torch.randn(4096, dimensions))
    covariance = torch.cov(points.T)
    values, vectors = torch.linalg.eigh(covariance)
    whiten = vectors @ torch.diag(values.clamp_min(1e-6).rsqrt()) @ vectors.T
    last.weight.copy_(whiten @ last.weight)
    last.bias.copy_(whiten @ (last.bias - points.mean(0)))


class MLPGenerator(Generator):
    """Latents (n, d), and what is given, to samples (n, *shape): points without bound, images squashed to [-1, 1]."""

    takes_given = True

    def __init__(
        self, spec: MLPGeneratorSpec, dimensions: int, shape: tuple[int, ...], given: tuple[int, ...] | None = None
    ) -> None:
        super().__init__()
        self.shape = shape
        dimensions += 0 if given is None else prod(given)
        self.layers = perceptron([dimensions, *[spec.width] * spec.depth, prod(shape)], spec.activation)
        self.squash = nn.Identity() if len(shape) == 1 else nn.Tanh()
        if len(shape) == 1:
            _spread(self.layers, dimensions)

    def forward(self, inputs: Inputs) -> Tensor:
        """Generate samples (n, *shape) in model units."""
        latents, given = inputs
        flat: Tensor = self.squash(self.layers(latents if given is None else torch.cat([latents, given.flatten(1)], 1)))
        return flat.view(-1, *self.shape)


class FourierFeatures(nn.Module):
    """Samples (..., d) with sines and cosines of them along random directions behind them, (..., d + 2 * count).

    A perceptron learns what varies slowly long before what varies fast; of waves it is told at once (Tancik et al.
    2020, arXiv:2006.10739). count: how many frequencies; scale: their standard deviation, cycles per model unit. They
    are the same for every seed, so that a seed band's members share them.
    """

    AMPLITUDE = 0.5
    """Of each wave, beside coordinates of variance 1."""

    def __init__(self, dimensions: int, count: int, scale: float) -> None:
        super().__init__()
        drawn = torch.randn(dimensions, count, generator=torch.Generator().manual_seed(0), device="cpu")
        self.frequencies_dk: Tensor
        self.register_buffer("frequencies_dk", 2 * pi * scale * drawn)

    def forward(self, samples: Tensor) -> Tensor:
        """Add the waves."""
        phases = samples @ self.frequencies_dk
        return torch.cat([samples, self.AMPLITUDE * phases.sin(), self.AMPLITUDE * phases.cos()], -1)


class MLPDiscriminator(Discriminator):
    """Samples (n, *shape), or packs of them (n, packing, *shape), to logits (n,)."""

    takes_given = True

    def __init__(
        self, spec: MLPDiscriminatorSpec, shape: tuple[int, ...], given: tuple[int, ...] | None = None
    ) -> None:
        super().__init__()
        self.sees_given = given is not None
        self.packing = spec.packing
        size = prod(shape)
        self.fourier = FourierFeatures(size, spec.fourier, spec.fourier_scale) if spec.fourier else None
        beside = 0 if given is None else prod(given)
        sizes = [spec.packing * (size + 2 * spec.fourier + beside), *[spec.width] * spec.depth, 1]
        self.layers = perceptron(sizes, spec.activation, deviation=spec.minibatch_deviation)
        self._each = tuple(self.layers)  # a Sequential takes seven calls to find its last
        self.feature_size = spec.width
        if spec.normalisation == "spectral":
            self.bound_slopes()

    def read(self, samples: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits (n,), positive where D takes samples for real, and the last hidden layer (n, feature_size)."""
        features = torch.flatten(samples, 1)
        if self.fourier is not None:
            features = self.fourier(features.view(len(features), self.packing, -1)).flatten(1)
        if given is not None:
            features = torch.cat([features, given.flatten(1)], 1)
        *trunk, last = self._each
        for layer in trunk:
            features = layer(features)
        return last(features).squeeze(1), features
