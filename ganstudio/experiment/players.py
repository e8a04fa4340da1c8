"""G, D and the prior that G starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob
from ganstudio.experiment.latents import LatentSpec, Planes, with_planes
from ganstudio.experiment.music import (
    EventDiscriminatorSpec,
    EventGeneratorSpec,
    MelodyDiscriminatorSpec,
    MelodyGeneratorSpec,
)
from ganstudio.experiment.sound_players import (
    SpectrumDiscriminatorSpec,
    SpectrumGeneratorSpec,
    WaveDiscriminatorSpec,
    WaveGeneratorSpec,
)
from ganstudio.experiment.surface_players import (
    StackedDiscriminatorSpec,
    StyleGeneratorSpec,
    SurfaceGeneratorSpec,
)
from ganstudio.experiment.text_players import (
    DiceSpec,
    PrefixDiscriminatorSpec,
    SequenceGeneratorSpec,
    TextDiscriminatorSpec,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Activation = Literal["relu", "leaky_relu", "tanh"]


def planes_of(generator: Spec, shape: Sequence[int]) -> tuple[Planes, ...]:
    """The planes of noise that a generator of samples of this shape takes behind z; most take none."""
    pixels = len(shape) == 3  # of other samples it can make none, which is said where it is built
    return (generator.planes_for(shape),) if isinstance(generator, PlanesSpec) and pixels else ()


def latents_for(latent: LatentSpec, generator: Spec, shape: Sequence[int]) -> LatentSpec:
    """What a generator of samples of this shape is given: z and the codes, behind them planes of noise; or its dice.

    Dice are uniform, one for each of a sample's parts, which are its first axis.
    """
    if isinstance(generator, DiceSpec) and len(shape) == 2:  # of other samples it can make none
        return LatentSpec(prior="uniform", dimensions=shape[0], codes=latent.codes)
    return with_planes(latent, planes_of(generator, shape))


def _minibatch_deviation() -> Any:
    return knob(
        False,
        "D also sees how much the samples of a minibatch differ, so that it notices collapse (Karras et al. 2017)",
    )


class PlanesSpec(Spec):
    """Base of generators whose noise is planes of pixels."""

    def planes_for(self, shape: Sequence[int]) -> Planes:
        """The planes for images of this shape, (channels, height, width)."""
        raise NotImplementedError


class MLPGeneratorSpec(Spec):
    """Fully connected layers, as in the first GAN; fits points and small images."""

    kind: Literal["mlp"] = "mlp"
    width: int = knob(128, "Units in each hidden layer", ge=1, le=4096)
    depth: int = knob(3, "Number of hidden layers", ge=1, le=12)
    activation: Activation = knob("relu", "Non-linearity between the layers")


class DCGANGeneratorSpec(Spec):
    """Transposed convolutions with batch normalisation (Radford et al. 2015); fits images."""

    kind: Literal["dcgan"] = "dcgan"
    width: int = knob(64, "Channels of the widest image layer; doubled at each halving of the size", ge=4, le=512)
    normalisation: Literal["batch", "none"] = knob("batch", "Batch normalisation, except at the output")


class SuperResolutionGeneratorSpec(Spec):
    """Residual blocks at the small image's size and pixel shuffles; what they make is added to it, enlarged."""

    kind: Literal["super_resolution"] = "super_resolution"
    width: int = knob(48, "Channels of the residual blocks; fewer at each doubling of the size", ge=4, le=512)
    blocks: int = knob(4, "Number of residual blocks", ge=1, le=32)


class MLPDiscriminatorSpec(Spec):
    """Fully connected layers that end in one logit."""

    kind: Literal["mlp"] = "mlp"
    width: int = knob(128, "Units in each hidden layer", ge=1, le=4096)
    depth: int = knob(3, "Number of hidden layers", ge=1, le=12)
    activation: Activation = knob("leaky_relu", "Non-linearity between the layers")
    normalisation: Literal["none", "spectral"] = knob(
        "none", "Spectral: no layer can stretch more than by 1, so that D stays smooth (Miyato et al. 2018)"
    )
    minibatch_deviation: bool = _minibatch_deviation()
    packing: int = knob(
        1,
        "How many samples D judges as one, all real or all generated: in a pack collapse shows (Lin et al. 2017)",
        ge=1,
        le=8,
    )
    fourier: int = knob(
        0,
        "Fourier features of a sample that D is given beside it, sines and cosines along so many random directions: "
        "with them D tells fine structure sooner (Tancik et al. 2020). Spectral normalisation does not bound them",
        ge=0,
        le=1024,
    )
    fourier_scale: float = knob(
        2.0, "Standard deviation of their frequencies, in cycles per model unit", gt=0, le=100, log=True
    )


class DCGANDiscriminatorSpec(Spec):
    """Strided convolutions with batch normalisation that end in one logit (Radford et al. 2015)."""

    kind: Literal["dcgan"] = "dcgan"
    width: int = knob(64, "Channels of the first layer; doubled at each halving of the size", ge=4, le=512)
    normalisation: Literal["batch", "spectral", "none"] = knob(
        "batch",
        "Batch, except at the input; spectral: no layer can stretch more than by 1, so that D stays smooth "
        "(Miyato et al. 2018). Choose spectral or none with a gradient penalty",
    )
    minibatch_deviation: bool = _minibatch_deviation()


class PatchDiscriminatorSpec(Spec):
    """Strided convolutions that judge an image part by part, and the mean of that: for images of any size."""

    kind: Literal["patch"] = "patch"
    width: int = knob(32, "Channels of the first layer; doubled at each halving of the size", ge=4, le=512)


class ResidualGeneratorSpec(PlanesSpec):
    """Adds detail to an image of half the sides: residual blocks at the coarse side, doubled at the end (LAPGAN)."""

    kind: Literal["residual"] = "residual"
    width: int = knob(32, "Channels of the blocks", ge=4, le=512)
    blocks: int = knob(2, "Number of residual blocks", ge=0, le=16)
    noise: int = knob(4, "Planes of noise next to the coarse image's channels", ge=1, le=16)

    def planes_for(self, shape: Sequence[int]) -> Planes:
        """As large as the coarse image."""
        height, width = (-(-side // 2) for side in shape[-2:])
        return self.noise, height, width


class ResidualDiscriminatorSpec(Spec):
    """Strided convolutions without normalisation on an image and on what it adds to the coarser one (LAPGAN)."""

    kind: Literal["residual"] = "residual"
    width: int = knob(32, "Channels of the first layer; doubled at each halving of the size", ge=4, le=512)


class AutoencoderDiscriminatorSpec(Spec):
    """Fully connected encoder and decoder; its reconstruction error is the energy that EBGAN plays for."""

    kind: Literal["autoencoder"] = "autoencoder"
    width: int = knob(128, "Units in each hidden layer", ge=1, le=4096)
    depth: int = knob(2, "Number of hidden layers of the encoder, and of the decoder", ge=1, le=12)
    code_size: int = knob(8, "Units of the code between encoder and decoder", ge=1, le=4096)
    activation: Activation = knob("leaky_relu", "Non-linearity between the layers")


class ConvAutoencoderDiscriminatorSpec(Spec):
    """Strided convolutions to a code and back to the image; the error of each pixel is the energy (EBGAN on images)."""

    kind: Literal["conv_autoencoder"] = "conv_autoencoder"
    width: int = knob(32, "Channels of the first layer; doubled at each halving of the size", ge=4, le=512)
    code_size: int = knob(32, "Units of the code between encoder and decoder", ge=1, le=4096)


GeneratorSpec = Annotated[
    MLPGeneratorSpec
    | DCGANGeneratorSpec
    | SuperResolutionGeneratorSpec
    | ResidualGeneratorSpec
    | SurfaceGeneratorSpec
    | StyleGeneratorSpec
    | SpectrumGeneratorSpec
    | WaveGeneratorSpec
    | MelodyGeneratorSpec
    | EventGeneratorSpec
    | SequenceGeneratorSpec,
    Field(discriminator="kind"),
]
DiscriminatorSpec = Annotated[
    MLPDiscriminatorSpec
    | DCGANDiscriminatorSpec
    | PatchDiscriminatorSpec
    | ResidualDiscriminatorSpec
    | StackedDiscriminatorSpec
    | AutoencoderDiscriminatorSpec
    | ConvAutoencoderDiscriminatorSpec
    | SpectrumDiscriminatorSpec
    | WaveDiscriminatorSpec
    | MelodyDiscriminatorSpec
    | EventDiscriminatorSpec
    | PrefixDiscriminatorSpec
    | TextDiscriminatorSpec,
    Field(discriminator="kind"),
]
