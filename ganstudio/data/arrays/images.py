"""Square images of bytes from the rows of an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data import labels
from ganstudio.data.arrays import ranges
from ganstudio.data.arrays.rows import ChosenRows, finite_rows, skip_rows, skip_unlabelled
from ganstudio.data.blocks import Blocks, FileRows
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import pictures, turning
from ganstudio.data.images import dataset as pixels
from ganstudio.data.images.caching import settled
from ganstudio.modalities import Images, words_of

if TYPE_CHECKING:
    from ganstudio.data.dataset import Dataset
    from ganstudio.data.files.container import Aside
    from ganstudio.experiment import ArraySpec


def check_square(name: str, height: int, width: int) -> None:
    """Raise DatasetError when images of these sides can't be trained on as they are."""
    if height != width or not 8 <= height <= 256:
        raise DatasetError(
            f'"{name}" holds images of {width} × {height} pixels, and squares of 8 to 256 pixels are trained on; '
            "set size, such as 32, to have them cut and resized"
        )


def images_of(
    name: str,
    values: Blocks,
    spec: ArraySpec,
    found: labels.Labels | None,
    aside: Aside | None,
    notes: tuple[str, ...],
) -> Dataset:
    """The images of these rows (n, c, h, w), with what is to be known of them.

    Raises DatasetError where none is finite, or they are no squares and no size is chosen.
    """
    channels, height, width = values.shape[1:]
    if spec.size is None:
        check_square(name, height, width)
    size = spec.size or height
    finite = finite_rows(values)
    skips = skip_rows(finite, "has a pixel that is not finite")
    if not finite.any():
        raise DatasetError(f'"{name}" holds no finite image: {skips.sentence()}')
    if aside is not None and spec.test_split == "leave_out":
        finite &= ~aside.which
    indices, classes = found or (None, ())
    if indices is not None:
        skip_unlabelled(skips, finite, indices)
        indices = indices[finite]
    chosen = ChosenRows(values, finite)
    span = ranges.found(name, chosen)
    images: pictures.Pixels | FileRows
    is_plain = span.is_plain and height == width == size and finite.all()
    if isinstance(values, FileRows) and values.dtype == np.uint8 and is_plain:
        images = settled(values)
    else:
        count, colours = int(finite.sum()), min(channels, 3)
        pixels.check_room(f'"{name}"', count, colours, size, held=values.held)
        images = _converted(chosen, span, (count, colours, size, size))
    taken = span.taken if (height, width) == (size, size) else f"{span.taken}, cut to {size} × {size}"
    is_test = np.zeros(len(images), np.bool_)
    if aside is not None and spec.test_split == "keep_aside":
        is_test = aside.which[finite]
    drawn, tests = np.flatnonzero(~is_test), np.flatnonzero(is_test)
    labels.keep_aside(len(drawn), spec.held_out, drawn)
    held_out = spec.held_out + len(tests)
    return pixels.image_dataset(
        name,
        turning.set_upright(images, spec.turn),
        source=f"{words_of(Images.kind).counted(len(images))} of {name}, {taken}",
        skips=skips,
        labels=indices,
        classes=classes,
        held_out=held_out,
        order=np.concatenate([drawn, tests]) if held_out else None,
        notes=notes,
    )


def _converted(values: ChosenRows, span: ranges.Range, shape: tuple[int, ...]) -> pictures.Pixels:
    """The images of this shape (count, channels, size, size) as bytes."""
    images = np.empty(shape, np.uint8)
    done = 0
    for block in values:
        part = span.to_bytes(block)
        if part.shape[2:] != shape[2:]:
            part = resized(part, shape[-1])
        images[done : done + len(part)] = part
        done += len(part)
    return images


def resized(images: pictures.Pixels, size: int) -> pictures.Pixels:
    """Images (n, channels, height, width), cut to squares and resized to (n, channels, size, size)."""
    count, channels = images.shape[:2]
    fitted = np.empty((count, channels, size, size), np.uint8)
    for index, image in enumerate(images):
        for channel in range(channels):
            fitted[index, channel] = pictures.resize(np.ascontiguousarray(image[channel]), size)
    return fitted
