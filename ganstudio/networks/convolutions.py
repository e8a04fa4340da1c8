"""Convolutions of special shapes as the matrix products that they are: the same layers, weights and values.

A processor computes the general form of these slowly. Measured on one core at 16x16 pixels, width 32 and minibatches of
64, forward and backward: from a pixel 1.6 to 0.4 ms, of all of an image 1.6 to 0.2 ms, to a grey image 3.7 to 1.5 ms.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import fold


class FromPixel(nn.ConvTranspose2d):
    """Vectors (n, c_in, 1, 1) to images (n, c_out, k, k), with stride 1 and no padding: a matrix product."""

    def forward(self, pixels: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Make the images."""
        assert output_size is None
        weight_dhwc = self.weight.permute(0, 2, 3, 1)
        images_nhwc = (pixels.flatten(1) @ weight_dhwc.flatten(1)).view(-1, *weight_dhwc.shape[1:])
        if self.bias is not None:
            images_nhwc = images_nhwc + self.bias
        return images_nhwc.permute(0, 3, 1, 2)


class OfWhole(nn.Conv2d):
    """Images (n, c_in, k, k) to vectors (n, c_out, 1, 1), the kernel as large as they are: a matrix product."""

    def forward(self, images: Tensor) -> Tensor:
        """Weigh the images' pixels."""
        flat, weight = (tensor.permute(0, 2, 3, 1).flatten(1) for tensor in (images, self.weight))
        vectors: Tensor = nn.functional.linear(flat, weight, self.bias)
        return vectors[:, :, None, None]


class ToGrey(nn.ConvTranspose2d):
    """Images (n, c_in, h, w) to larger grey ones: a matrix product, and the sum of the patches that it makes."""

    def forward(self, images: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Make the grey images; other devices than a processor are quick at the general form, or know no other."""
        if images.device.type != "cpu":
            return super().forward(images, output_size)
        assert output_size is None
        assert self.out_channels == 1
        count, channels, *sides = images.shape
        pixels = images.permute(0, 2, 3, 1).reshape(-1, channels)
        kernel, stride, padding = self.kernel_size[0], self.stride[0], int(self.padding[0])
        patches = (pixels @ self.weight.flatten(1)).view(count, sides[0] * sides[1], kernel**2).transpose(1, 2)
        height, width = ((side - 1) * stride + kernel - 2 * padding for side in sides)
        grey: Tensor = fold(patches, (height, width), kernel, stride=stride, padding=padding)
        return grey if self.bias is None else grey + self.bias[:, None, None]


def enlarge(before: int, after: int, kernel: int, *, bias: bool = True) -> nn.ConvTranspose2d:
    """The layer that doubles the side of images: stride 2, padding 1."""
    kind = ToGrey if after == 1 else nn.ConvTranspose2d
    return kind(before, after, kernel, stride=2, padding=1, bias=bias)


def channels_last(network: nn.Module) -> None:
    """Keep a network's kernels as a processor reads them fastest; their values and shapes stay."""
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # which torch's own types leave out
