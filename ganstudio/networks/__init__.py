"""G and D: one family of networks a file, found by the type of their spec.

Generators map inputs, latents (n, d) and what is given beside them, to samples (n, *shape) in model units;
discriminators map samples to logits (n,), or an autoencoder to scores (n,), which are minus its energies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from ganstudio.experiment import (
    AutoencoderDiscriminatorSpec,
    ConvAutoencoderDiscriminatorSpec,
    DCGANDiscriminatorSpec,
    DCGANGeneratorSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    Spec,
)
from ganstudio.networks.autoencoder import AutoencoderDiscriminator, DenseAutoencoderDiscriminator
from ganstudio.networks.conv_autoencoder import ConvAutoencoderDiscriminator
from ganstudio.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from ganstudio.networks.discriminator import Discriminator
from ganstudio.networks.generator import Generator, Inputs
from ganstudio.networks.minibatch import MinibatchDeviation
from ganstudio.networks.mlp import MLPDiscriminator, MLPGenerator
from ganstudio.networks.recogniser import Recogniser

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from ganstudio.experiment import LatentSpec, RecogniserSpec

__all__ = [
    "DISCRIMINATORS",
    "GENERATORS",
    "AutoencoderDiscriminator",
    "Discriminator",
    "Generator",
    "Inputs",
    "Recogniser",
    "build_discriminator",
    "build_generator",
    "build_recogniser",
    "opinion",
    "uses_batch_statistics",
]

Shape = tuple[int, ...]

GENERATORS: dict[type[Spec], Callable[..., Generator]] = {
    MLPGeneratorSpec: MLPGenerator,
    DCGANGeneratorSpec: DCGANGenerator,
}
DISCRIMINATORS: dict[type[Spec], Callable[..., Discriminator]] = {
    MLPDiscriminatorSpec: MLPDiscriminator,
    DCGANDiscriminatorSpec: DCGANDiscriminator,
    AutoencoderDiscriminatorSpec: DenseAutoencoderDiscriminator,
    ConvAutoencoderDiscriminatorSpec: ConvAutoencoderDiscriminator,
}


def build_generator(spec: Spec, dimensions: int, shape: Shape) -> Generator:
    """G for latents of ``dimensions``, codes included, and samples of ``shape``.

    Raises ValueError where the family can't make such samples.
    """
    return GENERATORS[type(spec)](spec, dimensions, shape)


def build_discriminator(spec: Spec, shape: Shape, latent: LatentSpec | None = None) -> Discriminator:
    """D for samples of ``shape``, told their classes where G of ``latent`` is given them.

    Raises ValueError where the family can't judge such samples.
    """
    discriminator = DISCRIMINATORS[type(spec)](spec, shape)
    if latent is not None and latent.label is not None:
        discriminator.tell_classes(latent.label.size)
    return discriminator


def build_recogniser(spec: RecogniserSpec, discriminator: Discriminator, latent: LatentSpec) -> Recogniser | None:
    """Q on D's features; None where the latent space has no codes."""
    return Recogniser(spec, discriminator.feature_size, latent.codes) if latent.codes else None


def opinion(discriminator: nn.Module, outputs: Tensor) -> Tensor:
    """What D's outputs say of samples, in D's own terms: the probability that each is real, or an autoencoder's energy.

    outputs: of any shape, as ``discriminator`` returned them.
    """
    return -outputs if isinstance(discriminator, AutoencoderDiscriminator) else outputs.sigmoid()


def uses_batch_statistics(network: nn.Module) -> bool:
    """Whether the samples of a minibatch influence one another, so that real and generated must not be mixed in one."""
    coupling = (nn.modules.batchnorm._BatchNorm, MinibatchDeviation)
    return any(isinstance(module, coupling) for module in network.modules())
