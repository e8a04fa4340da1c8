"""Text with an image in each line: a CSV file of pixels, as MNIST is passed around, with or without a label."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data import limits
from ganstudio.data.dataset import DatasetError
from ganstudio.data.files import lines
from ganstudio.data.labels import LABEL_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ganstudio.data.files.containers import Array, Header
    from ganstudio.data.files.lines import Lines

SIDES = (8, 256)
"""Smallest and largest side of an image in a line."""


def is_pixel_rows(path: Path, head: bytes) -> bool:
    """Whether the file is text whose lines are as many numbers as a square image has pixels, and perhaps a label."""
    if path.is_dir() or not lines.is_text(head):
        return False
    try:
        return _layout(lines.look(path)) is not None
    except DatasetError:
        return False


def side_of(values: int) -> tuple[int, int] | None:
    """Side and channels of a square image of so many values: grey, or a plane for each of three colours."""
    for channels in (1, 3):
        side = math.isqrt(values // channels)
        if SIDES[0] <= side <= SIDES[1] and side * side * channels == values:
            return side, channels
    return None


def headers(path: Path) -> Mapping[str, Header]:
    """The pixels (n, values), and the labels (n,) where there are any. Raises DatasetError."""
    found = lines.look(path)
    layout = _layout(found)
    assert layout is not None
    label, width = layout
    count = sum(len(portion) for portion in lines.portions(found)) - found.has_header
    headers: dict[str, Header] = {"pixels": ((count, width), np.dtype(np.uint8))}
    if label is not None:
        headers["labels"] = ((count,), np.dtype(np.int64))
    return headers


def read(path: Path, name: str) -> Array:
    """One of the two; a line that holds no image is a row that is not finite. Raises DatasetError."""
    found = lines.look(path)
    layout = _layout(found)
    assert layout is not None
    label, width = layout
    if name == "labels":
        assert label is not None
        return np.array([_field(text, label, found) for portion in _without_header(found) for text in portion])
    portions = []
    held = 0
    for portion in _without_header(found):
        portions.append(_pixels(portion, label, width, found))
        held += portions[-1].nbytes
        if 2 * held > limits.memory_bytes():
            raise DatasetError(f'"{path.name}" takes more than {limits.memory_bytes() / 1e9:g} GB of memory')
    if not portions:
        raise DatasetError(f'"{path.name}" holds no image: there is only a header')
    return np.concatenate(portions)


def _layout(found: Lines) -> tuple[int | None, int] | None:
    """Which column holds the label, if one does, and how many the others are; None: these lines are no images."""
    fields = [found.split(text) for text in found.sample]
    width = Counter(map(len, fields)).most_common(1)[0][0]
    if side_of(width) is None and side_of(width - 1) is None:
        return None
    label = next((index for index, name in enumerate(fields[0]) if name.strip().lower() in LABEL_NAMES), None)
    if label is None and side_of(width) is None:
        label = 0
    values = width - (label is not None)
    if side_of(values) is None:
        return None
    rows = fields[1:] if found.has_header else fields
    whole = sum(len(row) == width and len(found.numeric(row)) >= values for row in rows[:8])
    return (label, values) if rows and 2 * whole > len(rows[:8]) else None


def _without_header(found: Lines) -> Iterator[list[str]]:
    unread = found.has_header
    for portion in lines.portions(found):
        if portion[unread:]:
            yield portion[unread:]
        unread = unread and not portion


def _pixels(portion: list[str], label: int | None, width: int, found: Lines) -> Array:
    """Bytes where all values are bytes, else floats (lines, width)."""
    columns = [index for index in range(width + (label is not None)) if index != label]
    for dtype in (np.uint8, np.float32):
        try:
            return found.numbers(portion, columns, dtype)
        except ValueError:
            continue
    values = np.full((len(portion), width), np.nan, np.float32)
    for row, text in enumerate(portion):
        try:
            values[row] = found.numbers([text], columns, np.float32)
        except ValueError:
            continue
    return values


def _field(text: str, column: int, found: Lines) -> str:
    fields = found.split(text)
    return fields[column].strip() if column < len(fields) else ""
