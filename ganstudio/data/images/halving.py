"""Images of half the side and back: the two maps that a Laplacian pyramid is made of (Burt and Adelson 1983).

Both are matrices that act on the lines of pixels, so that whoever trains, samples or measures uses the very same ones:
an image is its coarser one enlarged, and what is missing to it, exactly. Legend: n images, c channels, h and w pixels.
"""

from __future__ import annotations

from functools import lru_cache
from typing import cast

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def halved_side(side: int) -> int:
    """Half of a side, rounded up."""
    return -(-side // 2)


@lru_cache(maxsize=64)
def averaging(side: int) -> Floats:
    """The matrix (half the side, side) of means over what a coarse pixel covers: two pixels, if the side is even."""
    small = halved_side(side)
    edges = np.arange(small + 1) * side / small
    begins, ends = np.arange(side), np.arange(side) + 1.0
    overlap = np.minimum(ends, edges[1:, None]) - np.maximum(begins, edges[:-1, None])
    return _fixed(np.maximum(overlap, 0) * small / side)


@lru_cache(maxsize=64)
def enlarging(side: int) -> Floats:
    """The matrix (side, half the side) that enlarges lines to ``side`` pixels, linearly between the pixels' middles."""
    small = halved_side(side)
    place = np.clip((np.arange(side) + 0.5) * small / side - 0.5, 0, small - 1)
    return _fixed(np.maximum(0, 1 - np.abs(place[:, None] - np.arange(small))))


def _fixed(matrix: npt.NDArray[np.float64]) -> Floats:
    found = matrix.astype(np.float32)
    found.setflags(write=False)  # it is shared by all who ask
    return found


def halved(images: Floats, times: int = 1) -> Floats:
    """Images (n, c, h, w) halved so many times."""
    for _ in range(times):
        images = cast("Floats", averaging(images.shape[-2]) @ images @ averaging(images.shape[-1]).T)
    return images


def enlarged(coarse: Floats, height: int, width: int) -> Floats:
    """Images of half the sides brought back to these sides, each rounded up when it was halved."""
    return cast("Floats", enlarging(height) @ coarse @ enlarging(width).T)


def pyramid(images: Floats, halvings: int) -> list[Floats]:
    """What is missing to the coarser image at each level, finest first, and the coarsest image itself."""
    levels = []
    for _ in range(halvings):
        coarse = halved(images)
        levels.append(images - enlarged(coarse, *images.shape[-2:]))
        images = coarse
    return [*levels, images]


def rebuilt(levels: list[Floats]) -> Floats:
    """The images of a pyramid as ``pyramid`` makes it."""
    images = levels[-1]
    for missing in reversed(levels[:-1]):
        images = enlarged(images, *missing.shape[-2:]) + missing
    return images
