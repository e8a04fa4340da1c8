"""Autoencoders as discriminators: what one reconstructs badly it takes for generated (Zhao et al. 2016, EBGAN).

Zhao, Mathieu and LeCun 2016, Energy-based generative adversarial network, arXiv:1609.03126.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ganstudio.networks.discriminator import Discriminator
from ganstudio.networks.mlp import perceptron

if TYPE_CHECKING:
    from ganstudio.experiment import AutoencoderDiscriminatorSpec


class AutoencoderDiscriminator(Discriminator):
    """Samples (n, *shape) to scores (n,): minus the energy, so that more is more real, as with every other D.

    The energy is the mean over a sample's components of its squared reconstruction error, in squared model units. With
    the sum in its place a margin would mean something else for every size of sample: 784 times as much on 28x28 pixels.
    A family gives encoder and decoder, and says in ``encode`` and ``decode`` how samples pass through them.
    """

    encoder: nn.Module
    decoder: nn.Module

    def encode(self, samples: Tensor) -> Tensor:
        """The encoder's codes (n, feature_size) of samples, which the pulling-away term compares."""
        raise NotImplementedError

    def decode(self, codes_nc: Tensor) -> Tensor:
        """The decoder's samples (n, *shape) of codes, in model units."""
        raise NotImplementedError

    def reconstruct(self, samples: Tensor) -> Tensor:
        """What D makes of samples, (n, *shape) in model units; close to them where it takes them for real."""
        return self.decode(self.encode(samples))

    def energy(self, samples: Tensor) -> Tensor:
        """The energy (n,) of samples, from 0; low where D takes them for real."""
        return -self.read(samples)[0]

    def read(self, samples: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Scores (n,), and the codes (n, feature_size) that the samples were reconstructed from."""
        codes = self.encode(samples)
        scores: Tensor = -(self.decode(codes) - samples).square().flatten(1).mean(1)
        return scores, codes


class DenseAutoencoderDiscriminator(AutoencoderDiscriminator):
    """An autoencoder of fully connected layers: for points, and for small images."""

    def __init__(self, spec: AutoencoderDiscriminatorSpec, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape
        size, hidden = prod(shape), [spec.width] * spec.depth
        self.feature_size = spec.code_size
        self.encoder = perceptron([size, *hidden, spec.code_size], spec.activation)
        self.decoder = perceptron([spec.code_size, *hidden, size], spec.activation)

    def encode(self, samples: Tensor) -> Tensor:
        """The encoder's codes (n, feature_size) of samples."""
        codes: Tensor = self.encoder(torch.flatten(samples, 1))
        return codes

    def decode(self, codes_nc: Tensor) -> Tensor:
        """The decoder's samples (n, *shape) of codes."""
        flat: Tensor = self.decoder(codes_nc)
        return flat.view(-1, *self.shape)
