"""Players of one level of a Laplacian pyramid (Denton, Chintala, Szlam and Fergus 2015, arXiv:1506.05751, LAPGAN).

G is given an image of half the sides and makes the finer one: the coarse image enlarged, and a residual h that it adds.
It works at the coarse side, a quarter of the cost, and doubles it at the end. D is shown the finer image and, besides,
what was added to the coarse one: of their sum alone it could not tell what is new. Nothing is squashed or cut off, as
residuals reach twice the range of images. Legend: n images, c channels, h and w pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, pixel_shuffle

from ganstudio.data.images.halving import enlarging, halved_side
from ganstudio.networks.convolutions import channels_last
from ganstudio.networks.discriminator import Discriminator
from ganstudio.networks.generator import Generator

if TYPE_CHECKING:
    from ganstudio.experiment import ResidualDiscriminatorSpec, ResidualGeneratorSpec
    from ganstudio.networks.generator import Inputs

    Shape = tuple[int, ...]

_SLOPE = 0.2
_INNERMOST = 4
SMALLEST = 8
"""Pixels that the shorter side of a level's images must have, so that D has a layer before its last."""


class Enlarge(nn.Module):
    """Images (n, c, h/2, w/2) to (n, c, h, w), by the very map that the data's pyramids are made with."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.rows: Tensor
        self.columns: Tensor
        # They follow from the shape: no checkpoint needs them.
        self.register_buffer("rows", torch.tensor(enlarging(height)).to(torch.get_default_dtype()), persistent=False)
        self.register_buffer("columns", torch.tensor(enlarging(width)).to(torch.get_default_dtype()), persistent=False)

    def forward(self, coarse: Tensor) -> Tensor:
        """Enlarge."""
        return self.rows @ coarse @ self.columns.T


class _Block(nn.Module):
    """A residual block that starts as the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Add what two convolutions make of it."""
        changed: Tensor = self.second(leaky_relu(self.first(leaky_relu(x, _SLOPE)), _SLOPE))
        return x + changed


class ResidualGenerator(Generator):
    """Planes of noise and a coarse image to an image: the coarse one enlarged, and what G adds.

    Raises ValueError unless it is given images of half the sides, and latents that are its noise.
    """

    takes_given = True

    def __init__(self, spec: ResidualGeneratorSpec, dimensions: int, shape: Shape, given: Shape | None = None) -> None:
        super().__init__()
        _check(shape, given, "generator")
        channels, self._height, self._width = shape
        self._planes = spec.planes_for(shape)
        if dimensions != self._planes[0] * self._planes[1] * self._planes[2]:
            raise ValueError(
                "generator.kind: found 'residual', whose latents are planes of noise alone: set latent.dimensions to "
                "0, remove latent.codes, and set conditioning.labels to 'off'"
            )
        self.enlarge = Enlarge(self._height, self._width)
        self.into = nn.Conv2d(channels + spec.noise, spec.width, 3, padding=1)
        self.blocks = nn.Sequential(*(_Block(spec.width) for _ in range(spec.blocks)))
        half = max(1, spec.width // 2)
        self.doubled = nn.Conv2d(spec.width, 4 * half, 3, padding=1)
        self.out = nn.Conv2d(half, channels, 3, padding=1)
        channels_last(self)

    def forward(self, inputs: Inputs) -> Tensor:
        """Generate images (n, c, h, w) in model units."""
        assert inputs.given is not None, "a level adds detail to a coarser image"
        noise = inputs.latents.view(-1, *self._planes)
        x = self.blocks(self.into(torch.cat([inputs.given, noise], 1)))
        residual = self.out(leaky_relu(pixel_shuffle(self.doubled(x), 2), _SLOPE))
        # Of an odd side, which was rounded up, that makes a pixel too many.
        image: Tensor = self.enlarge(inputs.given) + residual[..., : self._height, : self._width]
        return image


class ResidualDiscriminator(Discriminator):
    """Images (n, c, h, w), and the coarse ones they were made of, to logits (n,).

    Raises ValueError unless it is shown images of half the sides.
    """

    takes_given = True

    def __init__(self, spec: ResidualDiscriminatorSpec, shape: Shape, given: Shape | None = None) -> None:
        super().__init__()
        _check(shape, given, "discriminator")
        self.sees_given = True
        channels, *sides = shape
        self.enlarge = Enlarge(*sides)
        layers: list[nn.Module] = []
        before, width = 2 * channels, spec.width
        while max(sides) > _INNERMOST:
            # A kernel of 4 halves an even side, one of 3 an odd one, rounded up. A side of 1 stays.
            kernel = (3 + (sides[0] + 1) % 2, 3 + (sides[1] + 1) % 2)
            layers += [nn.Conv2d(before, width, kernel, stride=2, padding=1), nn.LeakyReLU(_SLOPE)]
            before, width, sides = width, 2 * width, [halved_side(side) for side in sides]
        self.trunk = nn.Sequential(*layers, nn.Flatten())
        self.feature_size = before * sides[0] * sides[1]
        self.head = nn.Linear(self.feature_size, 1)
        channels_last(self)

    def read(self, samples: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits (n,), positive where D takes images for real, and the last hidden layer (n, feature_size)."""
        assert given is not None, "it is shown what the image was made of"
        features = self.trunk(torch.cat([samples, 2 * (samples - self.enlarge(given))], 1))
        return self.head(features).squeeze(1), features


def _check(shape: Shape, given: Shape | None, player: str) -> None:
    """Raise ValueError unless samples are images, and the player is given such of half the sides."""
    found = f"{player}.kind: found 'residual', which"
    if len(shape) != 3:
        raise ValueError(f"{found} is for images, but the data are of shape {shape}: choose 'mlp'")
    channels, height, width = shape
    if min(height, width) < SMALLEST:
        raise ValueError(
            f"{found} needs images of {SMALLEST} pixels or more, found {width} × {height}: choose larger images or "
            "fewer levels"
        )
    if given != (channels, halved_side(height), halved_side(width)):
        remedy = "given.judged to true" if given is None and player == "discriminator" else "given.kind to 'level'"
        raise ValueError(f"{found} adds detail to an image of half the sides: set {remedy}")
