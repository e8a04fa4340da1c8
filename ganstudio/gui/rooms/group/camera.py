"""Which part of the plane several tiles show, all the same; how many tiles stand side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF, QSize

Bounds = tuple[float, float, float, float]
_MOST = 1e4  # times nearer than all of the data, and a hundred times farther
_LEAST = 1e-2


class Camera:
    """One range of the plane for tiles of one size: what is zoomed and moved in one is so in all."""

    def __init__(self) -> None:
        self._home: Bounds = (-1.0, 1.0, -1.0, 1.0)
        self.fit()

    @property
    def home(self) -> Bounds:
        """Where the data lies: (x_low, x_high, y_low, y_high)."""
        return self._home

    def set_home(self, home: Bounds) -> None:
        """See all of another part of the plane."""
        self._home = home
        self.fit()

    def fit(self) -> None:
        """See all of the data, as large as fits."""
        left, right, low, high = self._home
        self._centre = np.array([(left + right) / 2, (low + high) / 2])
        self._zoom = 1.0

    @property
    def fitted(self) -> bool:
        """Whether nothing was zoomed or moved."""
        left, right, low, high = self._home
        return self._zoom == 1.0 and bool((self._centre == [(left + right) / 2, (low + high) / 2]).all())

    def place(self, size: QSize) -> npt.NDArray[np.float64]:
        """A point of the plane stands at ``point * place[0] + place[1]`` in a picture of ``size``, y upwards."""
        left, right, low, high = self._home
        scale = self._zoom * min(size.width() / (right - left), size.height() / (high - low))
        factor = np.array([scale, -scale])
        return np.array([factor, np.array([size.width(), size.height()]) / 2 - self._centre * factor])

    def point_at(self, pixel: QPointF, size: QSize) -> tuple[float, float]:
        """The point of the plane at a pixel of a picture of ``size``."""
        factor, shift = self.place(size)
        x, y = (np.array([pixel.x(), pixel.y()]) - shift) / factor
        return float(x), float(y)

    def seen(self, size: QSize) -> Bounds:
        """What a picture of ``size`` shows: (x_low, x_high, y_low, y_high)."""
        (across, down), (x, y) = self.place(size)
        return (
            float(-x / across),
            float((size.width() - x) / across),
            float((size.height() - y) / down),
            float(-y / down),
        )

    def zoom(self, factor: float, pixel: QPointF, size: QSize) -> None:
        """Come ``factor`` times nearer; what is at ``pixel`` stays there."""
        before = np.array(self.point_at(pixel, size))
        self._zoom = min(max(self._zoom * factor, _LEAST), _MOST)
        self._centre += before - np.array(self.point_at(pixel, size))

    def move(self, by: QPointF, size: QSize) -> None:
        """Drag the plane along with the mouse, which moved ``by`` so many pixels."""
        self._centre -= np.array([by.x(), by.y()]) / self.place(size)[0]


def columns_for(count: int, width: int, height: int, extra: int, shape: float) -> int:
    """How many of ``count`` tiles to put in a row so that their pictures are largest; the fewest gaps among equals.

    extra: what a tile's header takes of the height. shape: width of the pictures for a height of 1.
    """

    def rank(columns: int) -> tuple[float, int]:
        rows = -(-count // columns)
        side = min(width / columns / shape, height / rows - extra)
        return round(side), columns * rows - count if side <= 0 else count - columns * rows

    return max(range(1, count + 1), key=rank)
