"""A small image to a large one (Ledig et al. 2016, arXiv:1609.04802, SRResNet), without batch normalisation.

What the network makes is added to the small image, enlarged by cubic interpolation, and is next to nothing at first.
All of it is convolution, so that it takes images of any size; with batch normalisation a part and the whole would
differ. Legend: n images, c channels, h, w pixels of the small image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from ganstudio.networks.convolutions import channels_last
from ganstudio.networks.generator import Generator

if TYPE_CHECKING:
    from ganstudio.experiment import SuperResolutionGeneratorSpec
    from ganstudio.modalities import Modality
    from ganstudio.networks.generator import Inputs

_FEWEST = 8  # channels of the largest images
_FIRST_SHARE = 0.1  # of torch's initial weights of the last layer


class SuperResolutionGenerator(Generator):
    """Small images (n, c, h, w) to images (n, c, f h, f w), where f is a power of two; latents are planes beside them.

    reach: how many small pixels away one may be and still count for what is made of another, or more than that.
    """

    takes_given: ClassVar[bool] = True
    any_size: ClassVar[bool] = True

    def __init__(
        self,
        spec: SuperResolutionGeneratorSpec,
        dimensions: int,
        shape: tuple[int, ...],
        given: tuple[int, ...] | None = None,
    ) -> None:
        super().__init__()
        self.factor = _factor(shape, given)
        width, channels = spec.width, shape[0]
        self.enter = nn.Sequential(nn.Conv2d(channels + dimensions, width, 5, padding=2), nn.PReLU())
        self.body = nn.Sequential(*[_Block(width) for _ in range(spec.blocks)], nn.Conv2d(width, width, 3, padding=1))
        enlarging: list[nn.Module] = []
        before = width
        for doubling in range(self.factor.bit_length() - 1):
            after = max(_FEWEST, 2 * width // 3 >> doubling)
            enlarging += [_Doubling(before, after), nn.PReLU()]
            before = after
        self.enlarge = nn.Sequential(*enlarging)
        self.leave = nn.Conv2d(before, channels, 5, padding=2)
        with torch.no_grad():
            self.leave.weight.mul_(_FIRST_SHARE)
            self.leave.bias.zero_()  # type: ignore[union-attr]
        # 2 for the first layer, 2 a block and 1 behind them; 1, 1/2, 1/4, ... and less than 1 at the end; 2 are cubic.
        self.reach = 2 + 2 * spec.blocks + 1 + 2 + 1
        channels_last(self)

    def forward(self, inputs: Inputs) -> Tensor:
        """Enlarge what is given."""
        small = inputs.given
        assert small is not None, "this G makes images of smaller ones"
        seen = small
        if inputs.latents.shape[1]:
            planes = inputs.latents[:, :, None, None].expand(-1, -1, *small.shape[2:])
            seen = torch.cat([small, planes], 1)
        first = self.enter(seen)
        added: Tensor = self.leave(self.enlarge(first + self.body(first)))
        return enlarged(small, self.factor) + added

    def way(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """What is given, enlarged by interpolation alone, and what G makes of it."""
        assert inputs.given is not None
        return enlarged(inputs.given, self.factor), self(inputs)

    def way_kinds(self, kind: Modality) -> tuple[Modality, ...]:
        """Both are of full size."""
        return (kind,)


def enlarged(small: Tensor, factor: int) -> Tensor:
    """Images (n, c, h, w) to (n, c, factor h, factor w) by cubic interpolation."""
    return interpolate(small, scale_factor=factor, mode="bicubic", align_corners=False)


class _Block(nn.Module):
    """Two convolutions whose result is added to what they saw: nothing at first."""

    def __init__(self, width: int) -> None:
        super().__init__()
        last = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)  # type: ignore[arg-type]
        self.layers = nn.Sequential(nn.Conv2d(width, width, 3, padding=1), nn.PReLU(), last)

    def forward(self, features: Tensor) -> Tensor:
        added: Tensor = self.layers(features)
        return features + added


class _Doubling(nn.Sequential):
    """A convolution that makes four pixels of each, alike at first: else images begin as a chequerboard.

    Aitken et al. 2017 (arXiv:1707.02937).
    """

    def __init__(self, before: int, after: int) -> None:
        convolution = nn.Conv2d(before, 4 * after, 3, padding=1)
        with torch.no_grad():
            for values in (convolution.weight, convolution.bias):
                assert values is not None
                fours = values.view(after, 4, *values.shape[1:])
                fours.copy_(fours[:, :1].clone().expand_as(fours))
        super().__init__(convolution, nn.PixelShuffle(2))


def _factor(shape: tuple[int, ...], given: tuple[int, ...] | None) -> int:
    """How many times larger samples are than what is given. Raises ValueError where that is no power of two."""
    if given is None or len(given) != 3 or len(shape) != 3:
        raise ValueError(
            "generator.kind: found 'super_resolution', which makes images of smaller ones, but it is given none: set "
            "given.kind to 'low_resolution', for images, or choose another generator"
        )
    factor = shape[1] // given[1]
    if factor & (factor - 1) or tuple(factor * side for side in given[1:]) != shape[1:]:
        raise ValueError(
            f"given.factor: found {factor}, but a super_resolution generator doubles images: choose 2, 4, 8 or so"
        )
    return factor
