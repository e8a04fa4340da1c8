"""What reads normals off pictures to measure by, trained on the spot: never the reader of a game, whose loss knows it.

Legend: n pictures, h and w pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from ganstudio.networks.descent import build_optimiser, descend
from ganstudio.networks.surface import block, enlarged

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Pairs = Callable[[npt.NDArray[np.int64]], tuple[Floats, Floats]]

STEPS = 700
"""On 10,000 scenes of 32 x 32 pixels they take a minute of one core; held out ones are then read to 8 degrees."""
_WIDTH, _BATCH, _RATE, _NOISE = 24, 32, 2e-3, 0.05
_AT_ONCE = 250


class _Network(nn.Module):
    """Pictures (n, c, h, w) to unit vectors (n, 3, h, w): convolutions down to an eighth of the side and back."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        one, two, four = (times * _WIDTH for times in (1, 2, 4))
        self.down = nn.ModuleList([block(channels, one), block(one, two, 2), block(two, four, 2)])
        self.deepest = nn.Sequential(block(four, four, 2), block(four, four))
        self.up = nn.ModuleList([block(four + four, two), block(two + two, one), block(one + one, one)])
        self.out = nn.Conv2d(one, 3, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        seen = []
        for layer in self.down:
            pictures = layer(pictures)
            seen.append(pictures)
        x = self.deepest(pictures)
        for layer, before in zip(self.up, reversed(seen), strict=True):
            x = layer(torch.cat([enlarged(x, *before.shape[-2:]), before], 1))
        return normalize(self.out(x), dim=1, eps=1e-6)


@dataclass(frozen=True, kw_only=True, eq=False)
class NormalsEstimator:
    """A trained network, in evaluation mode."""

    network: _Network

    @torch.no_grad()
    def read(self, pictures: Floats) -> Floats:
        """Unit vectors (n, 3, h, w) of pictures (n, c, h, w) in model units."""
        parts = torch.split(torch.from_numpy(np.ascontiguousarray(pictures)), _AT_ONCE)
        found: Floats = torch.cat([self.network(part) for part in parts]).numpy()
        return found


def train_estimator(pairs: Pairs, count: int, channels: int, *, seed: int, steps: int = STEPS) -> NormalsEstimator:
    """Learn from pairs of pictures and normals. pairs: indices (n,) below ``count`` to both, in model units.

    The same seed gives the same network; torch's global random state is left as it was.
    """
    random = np.random.default_rng((seed, 19))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed + 2)
        network = _Network(channels)
        weights = list(network.parameters())
        optimiser = build_optimiser(torch.optim.Adam, weights, lr=_RATE, fused=True)
        for step in range(steps):
            for group in optimiser.param_groups:
                group["lr"] = _RATE * (0.5 + 0.5 * cos(pi * step / steps))
            pictures, normals = map(torch.from_numpy, pairs(random.integers(0, count, _BATCH)))
            # Pictures that a G makes are a little lighter or darker than any real ones.
            pictures = pictures + _NOISE * torch.randn(_BATCH, 1, 1, 1)
            with torch.enable_grad():
                # The cosine: the slope of an angle is infinite where there is none.
                loss = 1 - (network(pictures) * normals).sum(1).mean()
                gradients = torch.autograd.grad(loss, weights)
            descend(optimiser, weights, gradients)
    return NormalsEstimator(network=network.eval().requires_grad_(False))
