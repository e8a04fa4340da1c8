"""Arrays of pixels to pictures on the screen: packed 32-bit pixels, mosaics of samples, diverging colour maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage

Packed = npt.NDArray[np.uint32]
_WORTH_OF_FULL = 1.35  # how much larger the samples of a ragged arrangement must be to be preferred


def packed_colour(colour: str) -> int:
    """A colour's name as one opaque 32-bit pixel."""
    return QColor(colour).rgb() & 0xFFFFFFFF


def pack(images: npt.NDArray[Any]) -> Packed:
    """Images (n, h, w, 1 or 3), uint8, as opaque 32-bit pixels (n, h, w)."""
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise ValueError(f"images are (n, h, w, 1 or 3), not {images.shape}")
    # By bytes, blue first as Qt keeps them on a little-endian machine: three times as fast as shifting words.
    pixels = np.empty((*images.shape[:3], 4), np.uint8)
    pixels[..., 3] = 255
    pixels[..., :3] = images[..., ::-1]
    packed: Packed = pixels.view("<u4")[..., 0]
    return packed


def magnified(packed: Packed, factor: int) -> Packed:
    """Each pixel (…, h, w) repeated ``factor`` times both ways: nearest neighbour, crisp."""
    return packed if factor == 1 else packed.repeat(factor, axis=-2).repeat(factor, axis=-1)


def picture(packed: Packed) -> QImage:
    """Pixels (h, w) as an image that keeps its own copy of them."""
    height, width = packed.shape
    pixels = np.ascontiguousarray(packed)
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


@dataclass(frozen=True)
class Mosaic:
    """How ``count`` samples of (height, width) pixels stand in rows: columns, whole magnification, gap in pixels.

    factor 0: not even the samples' own pixels fit; they stand at 1 and the picture is made smaller as a whole.
    """

    count: int
    height: int
    width: int
    columns: int
    factor: int
    gap: int

    @classmethod
    def fit(cls, count: int, height: int, width: int, room: tuple[int, int], gap: int = 2, columns: int = 0) -> Mosaic:
        """The arrangement with the largest samples in a room of (width, height) pixels; the squarest of equals.

        columns: how many stand in a row; 0: as many as it takes.
        """

        def size(columns: int) -> float:
            rows = -(-count // columns)
            across = (room[0] - gap * (columns - 1)) / (columns * width)
            largest = min(across, (room[1] - gap * (rows - 1)) / (rows * height))
            return int(largest) if largest >= 1 else max(largest, 0)

        def rank(columns: int) -> tuple[float, float, int]:
            # A full rectangle reads better than a ragged one with samples that are a little larger.
            rows = -(-count // columns)
            full = count == rows * columns
            return (size(columns) * (_WORTH_OF_FULL if full else 1), count - rows * columns, -abs(rows - columns))

        columns = columns or max(range(1, count + 1), key=rank)
        return cls(count, height, width, columns=columns, factor=int(size(columns)), gap=gap)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return -(-self.count // self.columns)

    @property
    def cell(self) -> tuple[int, int]:
        """(width, height) of a sample in the picture."""
        return self.width * max(self.factor, 1), self.height * max(self.factor, 1)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the picture."""
        width, height = self.cell
        return self.columns * (width + self.gap) - self.gap, self.rows * (height + self.gap) - self.gap

    def rect(self, index: int) -> QRect:
        """Where a sample stands in the picture."""
        row, column = divmod(index, self.columns)
        width, height = self.cell
        return QRect(column * (width + self.gap), row * (height + self.gap), width, height)

    def index_at(self, x: int, y: int) -> int | None:
        """Which sample stands at a place of the picture; None in a gap or outside."""
        width, height = self.cell
        if x < 0 or y < 0 or x % (width + self.gap) >= width or y % (height + self.gap) >= height:
            return None
        column, row = x // (width + self.gap), y // (height + self.gap)
        index = row * self.columns + column
        return index if column < self.columns and index < self.count else None

    def compose(self, packed: Packed, background: str) -> QImage:
        """All the samples (n, height, width) in one picture."""
        width, height = self.cell
        places = self.rows * self.columns
        canvas = np.full(
            (self.rows, height + self.gap, self.columns, width + self.gap), packed_colour(background), np.uint32
        )
        samples = np.full((places, self.height, self.width), packed_colour(background), np.uint32)
        samples[: self.count] = packed[: self.count]
        grid = magnified(samples, max(self.factor, 1)).reshape(self.rows, self.columns, height, width)
        canvas[:, :height, :, :width] = grid.transpose(0, 2, 1, 3)
        flat = canvas.reshape(self.rows * (height + self.gap), self.columns * (width + self.gap))
        across, down = self.size
        return picture(flat[:down, :across])


def diverging(low: str, middle: str, high: str) -> Packed:
    """256 packed colours from ``low`` over ``middle`` to ``high``, straight in between."""
    ends = [QColor(name) for name in (low, middle, high)]
    channels = ([end.red() for end in ends], [end.green() for end in ends], [end.blue() for end in ends])
    places = np.linspace(0, 1, 256)
    table = np.stack([np.rint(np.interp(places, (0, 0.5, 1), channel)) for channel in channels], axis=-1)
    colours: Packed = pack(table.astype(np.uint8)[None, None])[0, 0]
    return colours
