"""An autoencoder of convolutions as discriminator, for the images that DCGAN takes (Zhao et al. 2016, EBGAN, sec. 4).

The sides are DCGAN's: the encoder halves an image until at most 4 pixels are left, one layer more makes the code of it,
and the decoder is its mirror image.
No batch normalisation: with it a sample's energy would depend on what else is in its minibatch, and D could tell the
minibatches apart rather than the samples, as real and generated ones have statistics of their own. What it would do for
the first steps, He's initial weights do (He et al. 2015, arXiv:1502.01852).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from ganstudio.networks.autoencoder import AutoencoderDiscriminator
from ganstudio.networks.convolutions import FromPixel, OfWhole, channels_last, enlarge
from ganstudio.networks.dcgan import LARGEST, SMALLEST, halvings

if TYPE_CHECKING:
    from ganstudio.experiment import ConvAutoencoderDiscriminatorSpec

_SLOPE = 0.2


class ConvAutoencoderDiscriminator(AutoencoderDiscriminator):
    """Images (n, c, side, side) to scores (n,), through codes (n, code_size)."""

    def __init__(self, spec: ConvAutoencoderDiscriminatorSpec, shape: tuple[int, ...]) -> None:
        super().__init__()
        channels, side = _image_shape(shape)
        sides = halvings(side)
        widths = [channels, *(spec.width * 2**index for index in range(len(sides) - 1))]
        down: list[nn.Module] = []
        up: list[nn.Module] = []
        for outer, before, after in zip(sides, widths, widths[1:], strict=False):
            # With stride 2 and padding 1, a kernel of 4 joins n/2 and n, one of 3 joins (n+1)/2 and n.
            kernel = 4 if outer % 2 == 0 else 3
            down += [nn.Conv2d(before, after, kernel, stride=2, padding=1), nn.LeakyReLU(_SLOPE)]
            up[:0] = [nn.LeakyReLU(_SLOPE), enlarge(after, before, kernel)]
        self.feature_size = spec.code_size
        self.encoder = nn.Sequential(*down, OfWhole(widths[-1], spec.code_size, sides[-1]))
        # No tanh at the end: with it G ended grey on 16x16 glyphs, for margins of .05 and .1, where without it
        # learns digits in 1,000 steps (one seed each). And instance noise takes what is reconstructed beyond [-1, 1].
        self.decoder = nn.Sequential(FromPixel(spec.code_size, widths[-1], sides[-1]), *up)
        self.apply(_initialise)
        channels_last(self)

    def encode(self, samples: Tensor) -> Tensor:
        """The encoder's codes (n, feature_size) of images."""
        codes: Tensor = self.encoder(samples)
        return codes.flatten(1)

    def decode(self, codes_nc: Tensor) -> Tensor:
        """The decoder's images (n, c, side, side) of codes."""
        images: Tensor = self.decoder(codes_nc[:, :, None, None])
        return images


def _image_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """Channels and side of square images, or ValueError that says what would be right."""
    if len(shape) != 3:
        raise ValueError(
            f"a conv_autoencoder judges images, but the data are points of shape {shape}: choose kind 'autoencoder'"
        )
    channels, height, width = shape
    if height != width or not SMALLEST <= height <= LARGEST or channels not in (1, 3):
        raise ValueError(
            f"a conv_autoencoder needs square images of {SMALLEST} to {LARGEST} pixels with 1 or 3 channels, "
            f"found {height}x{width} with {channels}: set the dataset's size"
        )
    return channels, height


def _initialise(module: nn.Module) -> None:
    # He et al. 2015 by what a unit is fed from: in a transposed convolution of stride s each pixel hears only of
    # kernel**2 / s**2 places, where torch counts all of the kernel, and of the channels that go out in place of in.
    if not isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        return
    fed = module.in_channels * module.kernel_size[0] * module.kernel_size[1]
    if isinstance(module, nn.ConvTranspose2d):
        # The first of the decoder makes a side from one pixel: each of its pixels hears of that one alone.
        first = module.padding[0] == 0
        fed = module.in_channels if first else fed // (module.stride[0] * module.stride[1])
    nn.init.normal_(module.weight, 0.0, (2 / ((1 + _SLOPE**2) * max(fed, 1))) ** 0.5)
    assert module.bias is not None
    nn.init.zeros_(module.bias)
