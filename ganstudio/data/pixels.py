"""A set of images in memory, and minibatches of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.dataset import Dataset, DatasetError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ganstudio.data.pictures import Pixels
    from ganstudio.data.skips import Skips

MAX_PIXEL_BYTES = 4 * 2**30
"""All images together; what a computer of 8 GB can spare. CelebA at 64 x 64 takes 2.5 GB."""


def image_dataset(
    name: str,
    images: Pixels,
    *,
    source: str,
    skips: Skips | None = None,
    labels: npt.NDArray[np.integer] | None = None,
    classes: Sequence[str] = (),
    factors: Mapping[str, npt.NDArray[np.float64]] | None = None,
    held_out: int = 0,
) -> Dataset:
    """Images (n, channels, height, width), uint8, kept as they are; a minibatch becomes floats in [-1, 1].

    The last ``held_out`` of them are never drawn. Raises DatasetError when that leaves nothing to draw from.
    """
    count = len(images) - held_out
    if count < 1:
        raise DatasetError(
            f"{name}: {held_out:,} images are to be held out, but there are {len(images):,}; hold out fewer"
        )

    def at(indices: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        batch = images.take(indices, axis=0).astype(np.float32)
        batch /= np.float32(127.5)
        batch -= np.float32(1)
        return batch

    def draw(wanted: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        return at(rng.integers(0, count, wanted))

    return Dataset(
        name=name,
        shape=images.shape[1:],
        draw=draw,
        centre=np.float32(127.5) * np.ones(1, np.float32),
        scale=127.5,
        count=count,
        skipped=skips.named if skips else (),
        skipped_more=skips.more if skips else 0,
        source=source,
        held_out=held_out,
        at=at,
        labels=None if labels is None else labels.astype(np.int64),
        classes=tuple(classes),
        factors=factors or {},
    )


def power_of_two(side: float) -> int:
    """The largest power of two from 8 to 128 that enlarges images of this side at most by a quarter.

    Powers of two are what the networks halve and double best. 28 becomes 32; 24 becomes 16, as 32 is mostly blur.
    """
    return 1 << min(7, max(3, math.floor(math.log2(side * 1.25))))


def check_room(what: str, count: int, channels: int, size: int) -> None:
    """Raise DatasetError when so many images of this size would not fit in memory."""
    if count * channels * size * size > MAX_PIXEL_BYTES:
        raise DatasetError(
            f"{what} takes more than {MAX_PIXEL_BYTES / 2**30:.0f} GB of memory at {size} x {size} pixels; "
            f"choose a smaller size ({size // 2} needs a quarter) or fewer images"
        )


def stack(images: list[Pixels], size: int) -> Pixels:
    """Grey (size, size) and colour (size, size, 3) as one (n, channels, size, size); grey only if all are.

    Empties the list on the way, so that the images are not held twice.
    """
    channels = 3 if any(one.ndim == 3 for one in images) else 1
    stacked = np.empty((len(images), channels, size, size), np.uint8)
    for index in range(len(images) - 1, -1, -1):
        one = images.pop()
        stacked[index] = one.transpose(2, 0, 1) if one.ndim == 3 else one
    return stacked
