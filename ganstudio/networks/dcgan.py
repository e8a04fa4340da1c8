"""Convolutional players (Radford, Metz and Chintala 2015, arXiv:1511.06434), for any side from 8 to 256 pixels.

D halves the side with strided convolutions (rounding up) until at most 4 pixels are left, and at least twice; G is its
mirror image.
Weights start from N(0, 0.02), gains of the batch normalisation from N(1, 0.02). No batch normalisation at D's input and
G's output; at a width of 64 and 64 pixels the networks are the paper's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from ganstudio.networks.convolutions import FromPixel, OfWhole, channels_last, enlarge
from ganstudio.networks.discriminator import Discriminator
from ganstudio.networks.generator import Generator
from ganstudio.networks.minibatch import MinibatchDeviation

if TYPE_CHECKING:
    from ganstudio.experiment import DCGANDiscriminatorSpec, DCGANGeneratorSpec
    from ganstudio.networks.generator import Inputs

SMALLEST, LARGEST = 8, 256


def halvings(side: int) -> list[int]:
    """Sides from the image's to the innermost, each half of the one before, rounded up: 28 -> [28, 14, 7, 4].

    At least twice: at 8 pixels a single layer would leave D without a view of strokes.
    """
    sides = [side]
    while sides[-1] > 4 or len(sides) < 3:
        sides.append((sides[-1] + 1) // 2)
    return sides


def check_image_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """Channels and side of square images, or ValueError that says what DCGAN can do."""
    if len(shape) != 3:
        raise ValueError(f"a dcgan network makes images, but the data are points of shape {shape}: choose kind 'mlp'")
    channels, height, width = shape
    if height != width or not SMALLEST <= height <= LARGEST or channels not in (1, 3):
        raise ValueError(
            f"a dcgan network needs square images of {SMALLEST} to {LARGEST} pixels with 1 or 3 channels, "
            f"found {height}x{width} with {channels}: set the dataset's size"
        )
    return channels, height


def _kernel(outer: int) -> int:
    # With stride 2 and padding 1, a kernel of 4 joins n/2 and n, one of 3 joins (n+1)/2 and n: no cropping is needed.
    return 4 if outer % 2 == 0 else 3


def _initialise(module: nn.Module) -> None:
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


class DCGANGenerator(Generator):
    """Latents (n, d) to images (n, c, side, side) in [-1, 1]."""

    def __init__(self, spec: DCGANGeneratorSpec, dimensions: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        channels, side = check_image_shape(shape)
        sides = halvings(side)[::-1]
        widths = [spec.width * 2**i for i in range(len(sides) - 1)][::-1]
        normal = spec.normalisation == "batch"
        layers: list[nn.Module] = [FromPixel(dimensions, widths[0], sides[0], bias=not normal)]
        for index, outer in enumerate(sides[1:]):
            layers += [nn.BatchNorm2d(widths[index])] if normal else []
            layers.append(nn.ReLU(inplace=True))
            last = index == len(sides) - 2
            after = channels if last else widths[index + 1]
            layers.append(enlarge(widths[index], after, _kernel(outer), bias=last or not normal))
        self.layers = nn.Sequential(*layers, nn.Tanh())
        self.apply(_initialise)
        channels_last(self)

    def forward(self, inputs: Inputs) -> Tensor:
        """Generate images (n, c, side, side) in [-1, 1]."""
        images: Tensor = self.layers(inputs.latents[:, :, None, None])
        return images


class DCGANDiscriminator(Discriminator):
    """Images (n, c, side, side) to logits (n,); smaller images that are given, enlarged, are channels more."""

    takes_given = True

    def __init__(
        self, spec: DCGANDiscriminatorSpec, shape: tuple[int, ...], given: tuple[int, ...] | None = None
    ) -> None:
        super().__init__()
        before, side = check_image_shape(shape)
        if given is not None:
            if len(given) != 3:
                raise ValueError(
                    f"discriminator.kind: a dcgan network can be shown images next to a sample, not what has the shape "
                    f"{given}: choose 'mlp', or set given.judged to false"
                )
            before += given[0]
        self.sees_given = given is not None
        sides = halvings(side)
        normal = spec.normalisation == "batch"
        layers: list[nn.Module] = []
        for index, outer in enumerate(sides[:-1]):
            after = spec.width * 2**index
            normalised = normal and index > 0
            if spec.minibatch_deviation and index == len(sides) - 2:
                layers.append(MinibatchDeviation())
                before += 1
            layers.append(nn.Conv2d(before, after, _kernel(outer), stride=2, padding=1, bias=not normalised))
            layers += [nn.BatchNorm2d(after)] if normalised else []
            layers.append(nn.LeakyReLU(0.2, inplace=True))
            before = after
        self.layers = nn.Sequential(*layers, OfWhole(before, 1, sides[-1]))
        self._each = tuple(self.layers)
        self.feature_size = before * sides[-1] ** 2
        self.apply(_initialise)
        channels_last(self)
        if spec.normalisation == "spectral":
            self.bound_slopes()

    def read(self, samples: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits (n,), positive where D takes images for real, and the last hidden layer (n, feature_size)."""
        features = samples if given is None else torch.cat([samples, interpolate(given, samples.shape[2:])], 1)
        *trunk, last = self._each
        for layer in trunk:
            features = layer(features)
        return last(features).flatten(), features.flatten(1)
