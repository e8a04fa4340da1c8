"""WaveGAN (Donahue et al. 2018, arXiv:1802.04208), narrower and for shorter waves: strided convolutions of width 25."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, pad, relu

from ganstudio.networks.discriminator import Discriminator
from ganstudio.networks.generator import Generator

if TYPE_CHECKING:
    from ganstudio.experiment import WaveDiscriminatorSpec, WaveGeneratorSpec
    from ganstudio.networks.generator import Inputs

_KERNEL, _STRIDE, _PADDING = 25, 4, 11
_LAYERS = 4
_SHRUNK = _STRIDE**_LAYERS


class WaveGenerator(Generator):
    """Latents (n, d) to waves (n, 1, 1, t) in [-1, 1]: a linear layer, and four transposed convolutions."""

    def __init__(self, spec: WaveGeneratorSpec, dimensions: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.first, self.widths = check_wave_shape("generator", shape), _widths(spec.width)[::-1]
        self.spread = nn.Linear(dimensions, self.widths[0] * self.first)
        ends = [*self.widths[1:], 1]
        self.layers = nn.ModuleList(
            nn.ConvTranspose1d(before, after, _KERNEL, _STRIDE, _PADDING, output_padding=1)
            for before, after in zip(self.widths, ends, strict=True)
        )

    def forward(self, inputs: Inputs) -> Tensor:
        """Generate waves (n, 1, 1, t)."""
        hidden = self.spread(inputs.latents).view(-1, self.widths[0], self.first)
        for layer in self.layers:
            hidden = layer(relu(hidden))
        waves: Tensor = hidden.tanh()[:, None]
        return waves


class WaveDiscriminator(Discriminator):
    """Waves (n, 1, 1, t) to outputs (n,).

    Between layers each minibatch is shifted at random by up to ``shuffle`` places: transposed convolutions leave a hum
    of fixed phase behind, by which D would know generated waves and learn nothing else.
    """

    def __init__(self, spec: WaveDiscriminatorSpec, shape: tuple[int, ...]) -> None:
        super().__init__()
        last, widths = check_wave_shape("discriminator", shape), _widths(spec.width)
        self.shuffle = spec.shuffle
        self.layers = nn.ModuleList(
            nn.Conv1d(before, after, _KERNEL, _STRIDE, _PADDING)
            for before, after in zip([1, *widths[:-1]], widths, strict=True)
        )
        self.feature_size = widths[-1] * last
        self.judge_features = nn.Linear(self.feature_size, 1)

    def read(self, samples: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Outputs (n,) and the last hidden layer (n, feature_size)."""
        assert given is None, "this family is shown nothing else"
        hidden = samples[:, 0]
        for index, layer in enumerate(self.layers):
            hidden = leaky_relu(layer(hidden), 0.2)
            if index < _LAYERS - 1 and self.training and self.shuffle:
                hidden = self._shifted(hidden)
        features = hidden.flatten(1)
        return self.judge_features(features).squeeze(1), features

    def _shifted(self, hidden: Tensor) -> Tensor:
        by = int(torch.randint(2 * self.shuffle + 1, ()))
        padded = pad(hidden, (self.shuffle, self.shuffle), mode="reflect")
        return padded[:, :, by : by + hidden.shape[2]]


def check_wave_shape(player: str, shape: tuple[int, ...]) -> int:
    """How many samples are left of waves of this shape behind all layers. ValueError where they are no such waves."""
    length: int = prod(shape)
    if len(shape) != 3 or shape[:2] != (1, 1) or length % _SHRUNK or length // _SHRUNK < _LAYERS:
        raise ValueError(
            f"{player}.kind: 'wave' is for waves of {_LAYERS * _SHRUNK:,} samples or more, in steps of {_SHRUNK}, not "
            f"for samples of the shape {shape}: set dataset.representation to 'wave', or choose 'spectrum' or 'mlp'"
        )
    left: int = length // _SHRUNK
    return left


def _widths(least: int) -> list[int]:
    """Channels of the layers, from the wave on: doubled each time."""
    return [least * 2**index for index in range(_LAYERS)]
