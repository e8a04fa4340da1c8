"""Perceptual features of a network that is trained here, on the data in hand: nothing is downloaded.

It learns to tell by how many quarters an image is turned, which needs no labels (Gidaris, Singh and Komodakis 2018,
arXiv:1803.07728): that takes shapes and the directions of textures, whatever pixel they begin at. In place of the VGG
features of Ledig et al. 2016 (arXiv:1609.04802). Legend: n images, c channels, h, w pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ganstudio.networks.convolutions import channels_last
from ganstudio.networks.reader import Reader
from ganstudio.networks.surface import block

if TYPE_CHECKING:
    from ganstudio.experiment import FeaturesStageSpec

_TURNS = 4
SMALLEST = 8
"""Pixels of the shorter side that its three halvings need."""


class FeaturesReader(Reader):
    """Images (n, c, h, w) to logits (n, 4) of their turns; in between are the features that G is held to.

    They are normalised, each to variance 1 over the images that it learnt from, and all convolution, so that images of
    any size have them. Raises ValueError unless samples are images of at least 8 pixels.
    """

    told_as = "features"
    unit = "squared, each of variance 1"
    pairs = True

    def __init__(self, spec: FeaturesStageSpec, shape: tuple[int, ...], given: tuple[int, ...]) -> None:
        nn.Module.__init__(self)
        if len(shape) != 3 or min(shape[1:]) < SMALLEST:
            raise ValueError(
                f"stages: found 'features', which are of images of at least {SMALLEST} × {SMALLEST} pixels, but the "
                f"data are of shape {shape}: remove that stage, or choose images"
            )
        one, two, three = spec.width, 2 * spec.width, 3 * spec.width
        self.at_half = nn.Sequential(block(shape[0], one), block(one, one, 2))
        self.at_quarter = nn.Sequential(block(one, two), block(two, two, 2))
        self.at_eighth = block(two, three, 2)
        self.tell = nn.Linear(three, _TURNS)
        channels_last(self)

    def features(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Those at a quarter of the sides and at an eighth."""
        quarter = self.at_quarter(self.at_half(samples))
        return quarter, self.at_eighth(quarter)

    def forward(self, samples: Tensor) -> Tensor:
        """Tell turns."""
        logits: Tensor = self.tell(self.features(samples)[1].mean((2, 3)))
        return logits

    def error(self, samples: Tensor, given: Tensor) -> Tensor:
        """The cross-entropy of its guesses, nats, ()."""
        side = min(samples.shape[2:])
        parts = samples[..., :side, :side].tensor_split(_TURNS)  # which chunk makes fewer of some numbers of images
        turned = torch.cat([torch.rot90(part, turn, (2, 3)) for turn, part in enumerate(parts)])
        turns = torch.cat([torch.full((len(part),), turn) for turn, part in enumerate(parts)])
        return cross_entropy(self(turned), turns.to(samples.device))

    def lost(self, made: Tensor, drawn: Tensor | None, given: Tensor) -> Tensor:
        """The mean squared difference of the features of what was made and of the original, ()."""
        assert drawn is not None, "its move has the originals"
        found = [(one - other).square().mean() for one, other in zip(*map(self.features, (made, drawn)), strict=True)]
        return torch.stack(found).mean()
