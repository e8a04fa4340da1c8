"""A set of images as a dataset, and what fits where."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data import limits
from ganstudio.data.dataset import Dataset, drawn_from
from ganstudio.data.errors import DatasetError
from ganstudio.data.feeding import Feed
from ganstudio.experiment.places import text_of
from ganstudio.modalities import Images

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ganstudio.data.blocks import FileRows
    from ganstudio.data.locks import Hold
    from ganstudio.data.skips import Skips
    from ganstudio.modalities import Pixels


def image_dataset(
    name: str,
    images: Pixels | FileRows,
    *,
    source: str,
    skips: Skips | None = None,
    labels: npt.NDArray[np.integer] | None = None,
    classes: Sequence[str] = (),
    factors: Mapping[str, npt.NDArray[np.float64]] | None = None,
    held_out: int = 0,
    order: npt.NDArray[np.int64] | None = None,
    flips: bool = False,
    hold: Hold | None = None,
    notes: tuple[str, ...] = (),
) -> Dataset:
    """Images (n, channels, height, width), uint8, kept where they are; a minibatch becomes floats in [-1, 1].

    order: which of them are samples, and in which order; None: all as they lie. Labels and factors are of the images.
    The last ``held_out`` samples are never drawn. flips: whether the others are mirrored at random when drawn.
    hold: what keeps the images' file in use.
    Raises DatasetError when nothing is left to draw from.
    """
    feed = Feed(images, order, flips=flips, hold=hold)
    count = drawn_from(name, "image", len(feed), held_out)

    def draw(wanted: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        return feed.draw(wanted, count, rng)

    def ordered(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return values if order is None else values[order]

    return Dataset(
        name=text_of(name),
        modality=Images(tuple(images.shape[1:])),
        draw=draw,
        count=count,
        skipped=skips.named if skips else (),
        skipped_more=skips.more if skips else 0,
        notes=notes,
        source=text_of(source),
        held_out=held_out,
        at=feed.at,
        labels=None if labels is None else ordered(labels.astype(np.int64)),
        classes=tuple(classes),
        factors={name: ordered(values) for name, values in (factors or {}).items()},
        feed=feed,
    )


def power_of_two(side: float) -> int:
    """The largest power of two from 8 to 128 that enlarges images of this side at most by a quarter.

    Powers of two are what the networks halve and double best. 28 becomes 32; 24 becomes 16, as 32 is mostly blur.
    256 can be chosen and is never proposed: without a fast graphics card it takes days to learn anything.
    """
    return 1 << min(7, max(3, math.floor(math.log2(side * 1.25))))


def check_room(what: str, count: int, channels: int, size: int, held: int = 0) -> None:
    """Raise DatasetError when so many images of this size would take more memory than they may, with what is held."""
    if count * channels * size * size + held > limits.memory_bytes():
        raise DatasetError(
            f"{what} takes more than {limits.memory_bytes() / 1e9:g} GB of memory at {size} × {size} pixels; "
            f"choose a smaller size ({size // 2} needs a quarter) or fewer images, or set {limits.MEMORY} to more"
        )
