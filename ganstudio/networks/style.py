"""G that paints surfaces: a map of normals and a style to a picture (Wang and Gupta 2016, arXiv:1603.05631, the style).

What is around each pixel is seen by convolutions down to an eighth of the side and back; at full side a small network
paints each pixel by itself, of its normal and of that. The style turns every channel of it, by a factor and a shift.
Legend: n pictures, c channels, h and w pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from ganstudio.networks.convolutions import channels_last
from ganstudio.networks.generator import Generator
from ganstudio.networks.starts import start_as_he
from ganstudio.networks.surface import SLOPE, block, check_maps, enlarged

if TYPE_CHECKING:
    from ganstudio.experiment import StyleGeneratorSpec
    from ganstudio.networks.generator import Inputs

    Shape = tuple[int, ...]


class StyleGenerator(Generator):
    """Normals (n, 3, h, w) and latents (n, d) to pictures (n, c, h, w).

    Raises ValueError unless it is given a map of the pictures' size, and latents to choose a style by.
    """

    takes_given = True

    def __init__(self, spec: StyleGeneratorSpec, dimensions: int, shape: Shape, given: Shape | None = None) -> None:
        super().__init__()
        check_maps(shape, "generator", spec.kind)
        if given is None or given[1:] != shape[1:]:
            raise ValueError(
                "generator.kind: found 'style', which paints a map of the picture's own size: set given.kind to "
                "'normals', or choose another kind"
            )
        if not dimensions:
            raise ValueError("generator.kind: found 'style', which chooses a style by z: set latent.dimensions above 0")
        one, two = spec.width, 2 * spec.width
        self.at_half, self.at_quarter = block(given[0], one, 2), block(one, two, 2)
        self.at_eighth = nn.Sequential(block(two, two, 2), block(two, two))
        self.to_quarter, self.to_half = block(2 * two, one), block(two, one)
        self.pixels = nn.ModuleList([nn.Conv2d(given[0] + one, two, 1), nn.Conv2d(two, two, 1)])
        self.out = nn.Conv2d(two, shape[0], 1)
        layers: list[nn.Module] = [nn.Linear(dimensions, spec.style_width), nn.LeakyReLU(SLOPE)]
        layers += [nn.Linear(spec.style_width, spec.style_width), nn.LeakyReLU(SLOPE)]
        self.style = nn.Sequential(*layers)
        self.turns = nn.ModuleList(nn.Linear(spec.style_width, 2 * two) for _ in self.pixels)
        start_as_he(self.style)
        channels_last(self)

    def forward(self, inputs: Inputs) -> Tensor:
        """Generate pictures (n, c, h, w) in model units."""
        assert inputs.given is not None, "there is something to paint"
        style = self.style(inputs.latents)
        half = self.at_half(inputs.given)
        quarter = self.at_quarter(half)
        around = self.at_eighth(quarter)
        around = self.to_quarter(torch.cat([enlarged(around, *quarter.shape[-2:]), quarter], 1))
        around = self.to_half(torch.cat([enlarged(around, *half.shape[-2:]), half], 1))
        x = torch.cat([inputs.given, enlarged(around, *inputs.given.shape[-2:])], 1)
        for layer, turn in zip(self.pixels, self.turns, strict=True):
            factor, shift = turn(style)[:, :, None, None].chunk(2, 1)
            x = leaky_relu(layer(x) * (1 + factor) + shift, SLOPE)
        picture: Tensor = torch.tanh(self.out(x))
        return picture
