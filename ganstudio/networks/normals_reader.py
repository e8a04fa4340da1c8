"""What reads the normals off a picture, at half its side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, normalize

from ganstudio.data.images.halving import halved_side
from ganstudio.networks.convolutions import channels_last
from ganstudio.networks.reader import Reader
from ganstudio.networks.surface import block, enlarged

if TYPE_CHECKING:
    from ganstudio.experiment import NormalsStageSpec

    Shape = tuple[int, ...]


class NormalsReader(Reader):
    """Pictures (n, c, h, w) to unit vectors (n, 3, h/2, w/2); convolutions down to an eighth of the side and back.

    It sees minibatches alike while it learns; then it is to be in evaluation mode, also where gradients pass through
    it. Raises ValueError unless what is given are maps of the pictures' size.
    """

    unit = "1 − cosine"

    def __init__(self, spec: NormalsStageSpec, shape: Shape, given: Shape) -> None:
        nn.Module.__init__(self)
        if len(shape) != 3 or given != (3, *shape[1:]):
            raise ValueError(
                "stages: found 'normals', which reads maps of normals off pictures of their size, but G is given "
                "something else: set given.kind to 'normals', or choose the stage 'reader'"
            )
        self._sides = halved_side(shape[1]), halved_side(shape[2])
        one, two, three = (times * spec.width for times in (1, 2, 3))
        self.at_half = nn.Sequential(block(shape[0], one, 2), block(one, one))
        self.at_quarter = block(one, two, 2)
        self.at_eighth = nn.Sequential(block(two, three, 2), block(three, three))
        self.to_quarter, self.to_half = block(three + two, two), block(two + one, two)
        self.out = nn.Conv2d(two, 3, 1)
        channels_last(self)

    def forward(self, samples: Tensor) -> Tensor:
        """Read normals at half the side."""
        half = self.at_half(samples)
        quarter = self.at_quarter(half)
        x = self.to_quarter(torch.cat([enlarged(self.at_eighth(quarter), *quarter.shape[-2:]), quarter], 1))
        x = self.to_half(torch.cat([enlarged(x, *half.shape[-2:]), half], 1))
        return normalize(self.out(x), dim=1, eps=1e-6)

    def error(self, samples: Tensor, given: Tensor) -> Tensor:
        """One less the mean cosine to what was given, as coarse: unlike an angle's, its slope is finite everywhere."""
        coarse = normalize(adaptive_avg_pool2d(given, self._sides), dim=1, eps=1e-6)
        turned: Tensor = 1 - (self(samples) * coarse).sum(1).mean()
        return turned
