"""A judge of an image's parts (Li and Wand 2016, arXiv:1604.04382; Isola et al. 2016, arXiv:1611.07004).

Texture is the same everywhere, and so each part is as good an example as a whole image is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from ganstudio.networks.convolutions import channels_last
from ganstudio.networks.discriminator import Discriminator

if TYPE_CHECKING:
    from ganstudio.experiment import PatchDiscriminatorSpec

_HALVINGS = 3
_LAST = 4  # side of the last layer's kernel, where there is room for it
SMALLEST = 1 << _HALVINGS


class PatchDiscriminator(Discriminator):
    """Images (n, c, h, w) of at least 8 pixels to logits (n,), the means over their parts of some 50 pixels.

    Smaller images that are given, enlarged, are channels more. The features are means over the parts, too.
    """

    takes_given = True

    def __init__(
        self, spec: PatchDiscriminatorSpec, shape: tuple[int, ...], given: tuple[int, ...] | None = None
    ) -> None:
        super().__init__()
        if len(shape) != 3 or min(shape[1:]) < SMALLEST:
            what = f"{shape[2]} × {shape[1]} pixels" if len(shape) == 3 else f"samples of shape {shape}"
            raise ValueError(
                f"discriminator.kind: 'patch' judges images of at least {SMALLEST} × {SMALLEST} pixels, found {what}: "
                "choose 'mlp'"
            )
        if given is not None and len(given) != 3:
            raise ValueError(
                f"discriminator.kind: 'patch' can be shown images next to a sample, not what has the shape {given}: "
                "choose 'mlp', or set given.judged to false"
            )
        self.sees_given = given is not None
        before = shape[0] + (given[0] if given is not None else 0)
        layers: list[nn.Module] = []
        for halving in range(_HALVINGS):
            after = spec.width << halving
            layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
            before = after
        self.trunk = nn.Sequential(*layers)
        self.judge_part = nn.Conv2d(before, 1, min(_LAST, min(shape[1:]) >> _HALVINGS))
        self.feature_size = before
        channels_last(self)

    def read(self, samples: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits (n,), positive where D takes images for real, and the last hidden layer's means (n, feature_size)."""
        seen = samples if given is None else torch.cat([samples, interpolate(given, samples.shape[2:])], 1)
        features = self.trunk(seen)
        return self.judge_part(features).flatten(1).mean(1), features.mean((2, 3))
