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
    EventDiscriminatorSpec,
    EventGeneratorSpec,
    FeaturesStageSpec,
    MelodyDiscriminatorSpec,
    MelodyGeneratorSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    NormalsStageSpec,
    PatchDiscriminatorSpec,
    PrefixDiscriminatorSpec,
    ReaderStageSpec,
    ResidualDiscriminatorSpec,
    ResidualGeneratorSpec,
    SequenceGeneratorSpec,
    Spec,
    SpectrumDiscriminatorSpec,
    SpectrumGeneratorSpec,
    StackedDiscriminatorSpec,
    StyleGeneratorSpec,
    SuperResolutionGeneratorSpec,
    SurfaceGeneratorSpec,
    TextDiscriminatorSpec,
    WaveDiscriminatorSpec,
    WaveGeneratorSpec,
)
from ganstudio.networks.autoencoder import AutoencoderDiscriminator, DenseAutoencoderDiscriminator
from ganstudio.networks.conv_autoencoder import ConvAutoencoderDiscriminator
from ganstudio.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from ganstudio.networks.discriminator import Discriminator
from ganstudio.networks.events import EventDiscriminator, EventGenerator
from ganstudio.networks.features_reader import FeaturesReader
from ganstudio.networks.generator import Generator, Inputs
from ganstudio.networks.melody import MelodyDiscriminator, MelodyGenerator
from ganstudio.networks.minibatch import MinibatchDeviation
from ganstudio.networks.mlp import MLPDiscriminator, MLPGenerator
from ganstudio.networks.normals_reader import NormalsReader
from ganstudio.networks.patch import PatchDiscriminator
from ganstudio.networks.reader import DenseReader, Reader
from ganstudio.networks.recogniser import Recogniser
from ganstudio.networks.residual import ResidualDiscriminator, ResidualGenerator
from ganstudio.networks.sequence import SequenceGenerator
from ganstudio.networks.spectrum import SpectrumDiscriminator, SpectrumGenerator
from ganstudio.networks.stacked import StackedDiscriminator
from ganstudio.networks.style import StyleGenerator
from ganstudio.networks.super_resolution import SuperResolutionGenerator
from ganstudio.networks.surface import SurfaceGenerator
from ganstudio.networks.text_judges import PrefixDiscriminator, TextDiscriminator
from ganstudio.networks.wave import WaveDiscriminator, WaveGenerator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from ganstudio.experiment import DiscriminatorSpec, GeneratorSpec, LatentSpec, ReaderBase, RecogniserSpec

__all__ = [
    "DISCRIMINATORS",
    "GENERATORS",
    "READERS",
    "AutoencoderDiscriminator",
    "Discriminator",
    "Generator",
    "Inputs",
    "Reader",
    "Recogniser",
    "build_discriminator",
    "build_generator",
    "build_reader",
    "build_recogniser",
    "opinion",
    "uses_batch_statistics",
]

Shape = tuple[int, ...]

GENERATORS: dict[type[Spec], type[Generator]] = {
    MLPGeneratorSpec: MLPGenerator,
    DCGANGeneratorSpec: DCGANGenerator,
    SuperResolutionGeneratorSpec: SuperResolutionGenerator,
    SpectrumGeneratorSpec: SpectrumGenerator,
    WaveGeneratorSpec: WaveGenerator,
    ResidualGeneratorSpec: ResidualGenerator,
    MelodyGeneratorSpec: MelodyGenerator,
    EventGeneratorSpec: EventGenerator,
    SurfaceGeneratorSpec: SurfaceGenerator,
    StyleGeneratorSpec: StyleGenerator,
    SequenceGeneratorSpec: SequenceGenerator,
}
DISCRIMINATORS: dict[type[Spec], type[Discriminator]] = {
    MLPDiscriminatorSpec: MLPDiscriminator,
    DCGANDiscriminatorSpec: DCGANDiscriminator,
    PatchDiscriminatorSpec: PatchDiscriminator,
    ResidualDiscriminatorSpec: ResidualDiscriminator,
    StackedDiscriminatorSpec: StackedDiscriminator,
    AutoencoderDiscriminatorSpec: DenseAutoencoderDiscriminator,
    ConvAutoencoderDiscriminatorSpec: ConvAutoencoderDiscriminator,
    SpectrumDiscriminatorSpec: SpectrumDiscriminator,
    WaveDiscriminatorSpec: WaveDiscriminator,
    MelodyDiscriminatorSpec: MelodyDiscriminator,
    EventDiscriminatorSpec: EventDiscriminator,
    PrefixDiscriminatorSpec: PrefixDiscriminator,
    TextDiscriminatorSpec: TextDiscriminator,
}


READERS: dict[type[Spec], type[Reader]] = {
    ReaderStageSpec: DenseReader,
    NormalsStageSpec: NormalsReader,
    FeaturesStageSpec: FeaturesReader,
}


def build_generator(spec: GeneratorSpec, dimensions: int, shape: Shape, given: Shape | None = None) -> Generator:
    """G for latents of ``dimensions``, codes included, and samples of ``shape``; given: the shape of what G is given.

    Raises ValueError where the family can't make such samples, or make them of that.
    """
    family = GENERATORS[type(spec)]
    if given is None:
        return family(spec, dimensions, shape)
    if not family.takes_given:
        raise ValueError(
            f"generator.kind: '{spec.kind}' makes samples of latents alone and can't be given anything else: choose "
            f"{_families(GENERATORS)}, or set given.kind to 'nothing'"
        )
    return family(spec, dimensions, shape, given)


def build_discriminator(
    spec: DiscriminatorSpec, shape: Shape, latent: LatentSpec | None = None, given: Shape | None = None
) -> Discriminator:
    """D for samples of ``shape``, told their classes where G of ``latent`` is given them.

    given: the shape of what G is given, where D is shown it. Raises ValueError where the family can't judge such
    samples, or can't be shown that.
    """
    family = DISCRIMINATORS[type(spec)]
    build: Callable[..., Discriminator] = family
    if given is not None and not family.takes_given:
        raise ValueError(
            f"discriminator.kind: '{spec.kind}' judges samples alone and can't be shown what G is given: choose "
            f"{_families(DISCRIMINATORS)}, or set given.judged to false"
        )
    discriminator = build(spec, shape) if given is None else build(spec, shape, given)
    if latent is not None and latent.label is not None:
        discriminator.tell_classes(latent.label.size)
    return discriminator


def build_recogniser(spec: RecogniserSpec, discriminator: Discriminator, latent: LatentSpec) -> Recogniser | None:
    """Q on D's features; None where the latent space has no codes."""
    return Recogniser(spec, discriminator.feature_size, latent.codes) if latent.codes else None


def build_reader(spec: ReaderBase, shape: Shape, given: Shape | None) -> Reader:
    """What reads off samples of ``shape`` what was given with them. Raises ValueError where it can't."""
    assert given is not None, "there is something to be read"
    return READERS[type(spec)](spec, shape, given)


def _families(table: Mapping[type[Spec], type[Generator | Discriminator]]) -> str:
    """The kinds of those that can make use of what is given, for a sentence."""
    return " or ".join(f"'{spec.model_fields['kind'].default}'" for spec, family in table.items() if family.takes_given)


def opinion(discriminator: nn.Module, outputs: Tensor) -> Tensor:
    """What D's outputs say of samples, in D's own terms: the probability that each is real, or an autoencoder's energy.

    outputs: of any shape, as ``discriminator`` returned them.
    """
    return -outputs if isinstance(discriminator, AutoencoderDiscriminator) else outputs.sigmoid()


def uses_batch_statistics(network: nn.Module) -> bool:
    """Whether the samples of a minibatch influence one another, so that real and generated must not be mixed in one."""
    coupling = (nn.modules.batchnorm._BatchNorm, MinibatchDeviation)
    return any(isinstance(module, coupling) for module in network.modules())
