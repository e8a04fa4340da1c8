"""G of surfaces: latents to a map of normals, unit vectors (Wang and Gupta 2016, arXiv:1603.05631, the structure).

Convolutions make features up to half the side; from these and from where a pixel lies a small network makes each pixel
by itself. So faces are flat and borders sharp: with convolutions to the end 14 of 100 pixels were as flat as their
neighbour, as against 65 (and 88 of real maps). Legend: n maps, h and w pixels.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, leaky_relu, normalize

from ganstudio.data.images.halving import halved_side
from ganstudio.networks.convolutions import channels_last
from ganstudio.networks.generator import Generator

if TYPE_CHECKING:
    from ganstudio.experiment import SurfaceGeneratorSpec
    from ganstudio.networks.generator import Inputs

    Shape = tuple[int, ...]

SLOPE = 0.2
INNERMOST = 4
LEAST = 16
"""Pixels that the shorter side of a picture of surfaces must have."""


class SurfaceGenerator(Generator):
    """Latents to unit vectors (n, 3, h, w). Raises ValueError where samples are no maps of three planes."""

    def __init__(self, spec: SurfaceGeneratorSpec, dimensions: int, shape: Shape) -> None:
        super().__init__()
        check_maps(shape, "generator", spec.kind)
        height, width = shape[1:]
        sides = [(halved_side(height), halved_side(width))]
        while max(sides[0]) > INNERMOST:
            sides.insert(0, (halved_side(sides[0][0]), halved_side(sides[0][1])))
        self.sides = sides
        channels = [spec.width << step for step in range(len(sides))][::-1]
        self._first = (channels[0], *sides[0])
        self.into = nn.Linear(dimensions, channels[0] * sides[0][0] * sides[0][1])
        self.normalise = nn.BatchNorm2d(channels[0])
        self.blocks = nn.ModuleList(block(before, after, bias=False) for before, after in pairwise(channels))
        each = spec.pixel_width
        layers: list[nn.Module] = [nn.Conv2d(channels[-1] + 2, each, 1), nn.LeakyReLU(SLOPE)]
        layers += [nn.Conv2d(each, each, 1), nn.LeakyReLU(SLOPE), nn.Conv2d(each, 3, 1)]
        self.pixels = nn.Sequential(*layers)
        self.places: Tensor
        # It follows from the shape: no checkpoint needs it.
        self.register_buffer("places", _places(height, width), persistent=False)
        channels_last(self)

    def forward(self, inputs: Inputs) -> Tensor:
        """Generate maps of normals."""
        x = leaky_relu(self.normalise(self.into(inputs.latents).view(-1, *self._first)), SLOPE)
        for layer, sides in zip(self.blocks, self.sides[1:], strict=True):
            x = layer(enlarged(x, *sides))
        x = enlarged(x, *self.places.shape[-2:])
        made: Tensor = self.pixels(torch.cat([x, self.places.expand(x.shape[0], -1, -1, -1)], 1))
        return normalize(made, dim=1, eps=1e-6)


def block(before: int, after: int, stride: int = 1, *, bias: bool = True) -> nn.Sequential:
    """A convolution of 3x3, normalised over the minibatch; stride 2 halves the sides, rounded up."""
    convolution = nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=bias)
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.LeakyReLU(SLOPE))


def enlarged(x: Tensor, height: int, width: int) -> Tensor:
    """Images (n, c, h, w) of another size, bilinear."""
    return interpolate(x, size=(height, width), mode="bilinear", align_corners=False)


def check_maps(shape: Shape, player: str, kind: str) -> None:
    """Raise ValueError unless samples are images of three planes, and large enough."""
    found = f"{player}.kind: found '{kind}', which"
    if len(shape) != 3 or shape[0] != 3:
        raise ValueError(
            f"{found} is for pictures in colour and maps of normals, but the data are of shape {shape}: choose "
            "another kind, or, for images, colours"
        )
    if min(shape[1:]) < LEAST:
        raise ValueError(f"{found} needs {LEAST} pixels to a side or more, found {shape[2]} × {shape[1]}")


def _places(height: int, width: int) -> Tensor:
    """How far down and across each pixel lies, -1 to 1: (1, 2, h, w)."""
    down, across = (((torch.arange(side) + 0.5) / side * 2 - 1) for side in (height, width))
    return torch.stack(torch.meshgrid(down, across, indexing="ij"))[None].to(torch.get_default_dtype())
