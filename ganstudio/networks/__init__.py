"""G and D: one family of networks a file, found by the type of their spec.

Generators map latents (n, d) to samples (n, *shape) in model units; discriminators map samples to logits (n,).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from ganstudio.experiment import (
    DCGANDiscriminatorSpec,
    DCGANGeneratorSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    Spec,
)
from ganstudio.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from ganstudio.networks.mlp import MLPDiscriminator, MLPGenerator

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DISCRIMINATORS", "GENERATORS", "build_discriminator", "build_generator", "uses_batch_statistics"]

Shape = tuple[int, ...]

GENERATORS: dict[type[Spec], Callable[..., nn.Module]] = {
    MLPGeneratorSpec: MLPGenerator,
    DCGANGeneratorSpec: DCGANGenerator,
}
DISCRIMINATORS: dict[type[Spec], Callable[..., nn.Module]] = {
    MLPDiscriminatorSpec: MLPDiscriminator,
    DCGANDiscriminatorSpec: DCGANDiscriminator,
}


def build_generator(spec: Spec, dimensions: int, shape: Shape) -> nn.Module:
    """G for latents of ``dimensions`` and samples of ``shape``; ValueError where the family can't make such samples."""
    return GENERATORS[type(spec)](spec, dimensions, shape)


def build_discriminator(spec: Spec, shape: Shape) -> nn.Module:
    """D for samples of ``shape``; ValueError where the family can't judge such samples."""
    return DISCRIMINATORS[type(spec)](spec, shape)


def uses_batch_statistics(network: nn.Module) -> bool:
    """Whether the samples of a minibatch influence one another, so that real and generated must not be mixed in one."""
    return any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules())
