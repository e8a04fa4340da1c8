"""An autoencoder as discriminator: what it reconstructs badly it takes for generated (Zhao et al. 2016, EBGAN).

Zhao, Mathieu and LeCun 2016, Energy-based generative adversarial network, arXiv:1609.03126.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ganstudio.networks.discriminator import Discriminator
from ganstudio.networks.mlp import perceptron

if TYPE_CHECKING:
    from ganstudio.experiment import AutoencoderDiscriminatorSpec


class AutoencoderDiscriminator(Discriminator):
    """Samples (n, *shape) to scores (n,): minus the energy, so that more is more real, as with every other D.

    The energy is the mean over a sample's components of its squared reconstruction error, in squared model units. With
    the sum in its place a margin would mean something else for every size of sample: 784 times as much on 28x28 pixels.
    """

    def __init__(self, spec: AutoencoderDiscriminatorSpec, shape: tuple[int, ...]) -> None:
        super().__init__()
        size, hidden = prod(shape), [spec.width] * spec.depth
        self.feature_size = spec.code_size
        self.encoder = perceptron([size, *hidden, spec.code_size], spec.activation)
        self.decoder = perceptron([spec.code_size, *hidden, size], spec.activation)

    def encode(self, samples: Tensor) -> Tensor:
        """The encoder's codes (n, c) of samples, which the pulling-away term compares."""
        codes: Tensor = self.encoder(torch.flatten(samples, 1))
        return codes

    def energy(self, samples: Tensor) -> Tensor:
        """The energy (n,) of samples, from 0; low where D takes them for real."""
        return -self.read(samples)[0]

    def read(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Scores (n,), and the codes (n, feature_size) that the samples were reconstructed from."""
        flat = torch.flatten(samples, 1)
        codes = self.encoder(flat)
        scores: Tensor = -(self.decoder(codes) - flat).square().mean(1)
        return scores, codes
