"""What is drawn in the plane: points, D's landscape, G's grid, the sliders' probe.

All of it is painted in the pixels of the device: 3,000 points as copies of one small picture take 0.5 ms where round
pens take 3 to 20 and a path wider than a pixel takes 50 (measured with Qt's raster engine).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from ganstudio.gui.plane.heat import HEATS, Heat

Bounds = tuple[float, float, float, float]
FAR = 1e5  # pixels: Qt's raster engine goes wrong far outside the device


class Layer(pg.GraphicsObject):  # type: ignore[misc]
    """Something that may lie anywhere in the plane and is painted in device pixels."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.setZValue(depth)
        self._reach = QRectF(-1, -1, 2, 2)

    def set_reach(self, home: Bounds) -> None:
        """Cover all that can be zoomed and panned to around ``home``.

        The visible part itself would not do: it is known one painting late, and what lies outside the bounding
        rectangle of that moment is then left unpainted.
        """
        left, right, low, high = home
        far = 200 * max(right - left, high - low)
        self.prepareGeometryChange()
        self._reach = QRectF((left + right) / 2 - far, (low + high) / 2 - far, 2 * far, 2 * far)

    def boundingRect(self) -> QRectF:
        """Return all of the plane that can come into view."""
        return self._reach

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Hand over to ``draw`` with the painter in device pixels."""
        transform = painter.transform()
        painter.save()
        painter.resetTransform()
        self.draw(painter, np.array([[transform.m11(), transform.m22()], [transform.dx(), transform.dy()]]))
        painter.restore()

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Paint; a point of the plane stands at ``point * place[0] + place[1]``."""
        raise NotImplementedError


def _dot(colour: str, diameter: float, ratio: float) -> QPixmap:
    """One point in a dark ring, which sets it off from its neighbours and from a landscape in its own colour.

    ratio: pixels for each of those that the diameter is given in.
    """
    side = int(diameter) + 4
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.scale(ratio, ratio)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for brush, width in ((QColor(10, 12, 18, 190), diameter + 2.2), (QColor(colour), diameter)):
        painter.setBrush(brush)
        painter.drawEllipse(QRectF((side - width) / 2, (side - width) / 2, width, width))
    painter.end()
    return pixmap


class Points(Layer):
    """A cloud of points in one colour."""

    def __init__(self, depth: int, colour: str, diameter: float) -> None:
        super().__init__(depth)
        self._colour, self._diameter = colour, diameter
        self._symbols: dict[float, QPixmap] = {}  # by the pixels of a device-independent one
        self._points = np.empty((0, 2))
        self._fragments = PrimitiveArray(QPainter.PixmapFragment, 10)

    @property
    def points(self) -> npt.NDArray[np.float64]:
        """What is shown: (n, 2), the finite ones only."""
        return self._points

    def set_points(self, points: npt.NDArray[Any]) -> None:
        """Show these points (n, 2); those that are not finite are left out."""
        points = np.asarray(points, float).reshape(-1, 2)
        self._points = points[np.isfinite(points).all(axis=1)]
        self.update()

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Copy the dot to each point that is on the device."""
        device = painter.device()
        ratio = painter.deviceTransform().m11()  # of a widget that is drawn into a picture the device tells its own
        if (symbol := self._symbols.get(ratio)) is None:
            self._symbols[ratio] = symbol = _dot(self._colour, self._diameter, ratio)
        ends = np.array([device.width() + 8, device.height() + 8])
        pixels = self._points * place[0] + place[1]
        pixels = pixels[((pixels > -8) & (pixels < ends)).all(axis=1)]
        if not len(pixels):
            return
        self._fragments.resize(len(pixels))
        table = self._fragments.ndarray()
        table[:, 0:2] = pixels
        side = symbol.width()
        table[:, 2:] = (
            0,
            0,
            side,
            side,
            1 / ratio,
            1 / ratio,
            0,
            1,
        )  # source x, y, width, height, scale x, y, rotation, opacity
        fragments: tuple[Any, ...] = (*self._fragments.drawargs(), symbol)
        painter.drawPixmapFragments(*fragments)


def value_at(values: npt.NDArray[Any], bounds: Bounds, x: float, y: float) -> float | None:
    """The value of the cell (h, w) over ``bounds`` in which a place lies, NaN and all; None outside."""
    left, right, low, high = bounds
    if not values.size or not (left <= x <= right and low <= y <= high):
        return None
    height, width = values.shape
    column = min(int((x - left) / (right - left) * width), width - 1)
    line = min(int((y - low) / (high - low) * height), height - 1)
    return float(values[line, column])


class Landscape(Layer):
    """Values over a rectangle of the plane as a heat map: D(x), unless told otherwise."""

    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self._heat = HEATS["landscape"]
        self._image: QImage | None = None
        self._values = np.empty((0, 0))
        self._bounds: Bounds = (0, 1, 0, 1)

    @property
    def bounds(self) -> Bounds:
        """Where the values lie."""
        return self._bounds

    def set_heat(self, heat: Heat) -> None:
        """Show values of another kind from now on; nothing until they come."""
        self._heat = heat
        self.clear()

    def set_values(self, values: npt.NDArray[Any], bounds: Bounds) -> None:
        """Show values (h, w), row 0 at the lowest y, over ``bounds``; NaN where there is none."""
        self._values, self._bounds = np.asarray(values), bounds
        self._image = self._heat.picture(self._values)
        self.update()

    def clear(self) -> None:
        """Show nothing until the next values."""
        self._image, self._values = None, np.empty((0, 0))
        self.update()

    def value_at(self, x: float, y: float) -> float | None:
        """The value at the nearest place where it was computed; None where it was not."""
        value = value_at(self._values, self._bounds, x, y)
        return value if value is not None and np.isfinite(value) else None

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Stretch the picture smoothly over its rectangle."""
        if self._image is None:
            return
        left, right, low, high = self._bounds
        corners = np.clip(np.array([[left, high], [right, low]]) * place[0] + place[1], -FAR, FAR)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(QPointF(*corners[0]), QPointF(*corners[1])), self._image)


class Manifold(Layer):
    """Where G sends a regular grid of z: thin lines both ways, the fainter the thinner p_g is spread there."""

    def __init__(self, depth: int, colour: str) -> None:
        super().__init__(depth)
        self._colour = colour
        self._segments, self._shades = np.empty((0, 2, 2)), np.empty(0, int)
        self._lines = PrimitiveArray(QLineF, 4)

    @property
    def segments(self) -> npt.NDArray[np.float64]:
        """What is shown: (n, 2 ends, 2)."""
        return self._segments

    @property
    def opacities(self) -> npt.NDArray[np.float64]:
        """How opaque each of the segments is: (n,)."""
        return _OPACITIES[self._shades]

    def set_grid(self, grid: npt.NDArray[Any], density: npt.NDArray[Any] | None = None) -> None:
        """Show the images (a, b, 2) of neighbours in z joined by lines; b is 1 when z has one dimension.

        density: p_g on the image of each cell, (a - 1, b - 1) or (a - 1, 1); None: all lines alike.
        """
        grid = np.asarray(grid, float)
        down = np.stack([grid[:-1], grid[1:]], axis=2).reshape(-1, 2, 2)
        across = np.stack([grid[:, :-1], grid[:, 1:]], axis=2).reshape(-1, 2, 2)
        segments = np.concatenate([down, across])
        shades = _shades(grid, density) if density is not None else np.full(len(segments), len(_OPACITIES) // 2)
        sound = np.isfinite(segments).all(axis=(1, 2))
        self._segments, self._shades = segments[sound], shades[sound]
        self.update()

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Draw all lines of one shade in one call, the faintest first."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pixels = np.clip(self._segments * place[0] + place[1], -FAR, FAR).reshape(-1, 4)
        colour = QColor(self._colour)
        for shade, opacity in enumerate(_OPACITIES.tolist()):
            chosen = pixels[self._shades == shade]
            if not len(chosen):
                continue
            self._lines.resize(len(chosen))
            self._lines.ndarray()[:] = chosen
            colour.setAlphaF(opacity)
            painter.setPen(QPen(colour, 1))
            painter.drawLines(*self._lines.drawargs())


# Few, because each is a call of its own; the eye tells no more apart in lines of a pixel.
_OPACITIES = np.array([0.07, 0.14, 0.24, 0.38, 0.55, 0.72, 0.88])


def _shades(grid: npt.NDArray[np.float64], density: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Which opacity each segment has, in the order of the segments: that of the cells beside it against the median.

    A step for each factor of 3.5, since from the modes of p_g to the bridges between them it is decades.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        told = np.log(np.asarray(density, float))
    told = np.where(np.isfinite(told), told, np.nan)
    if np.isnan(told).all():
        return np.zeros(_segment_count(grid), np.intp)
    told = np.where(np.isnan(told), np.nanmin(told), told)
    typical = float(np.median(told))
    cells = np.pad(told, 1, mode="edge")  # a line at the edge has one cell beside it
    beside_down = (cells[1:-1, :-1] + cells[1:-1, 1:]) / 2
    beside_across = (cells[:-1, 1:-1] + cells[1:, 1:-1]) / 2
    beside = [told] if grid.shape[1] == 1 else [beside_down, beside_across]
    logs = np.concatenate([each.ravel() for each in beside])
    steps = len(_OPACITIES) - 2 + np.rint((logs - typical) / math.log(3.5))
    return np.asarray(np.clip(steps, 0, len(_OPACITIES) - 1), np.intp)


def _segment_count(grid: npt.NDArray[np.float64]) -> int:
    down, across = grid.shape[0], grid.shape[1]
    return int(max(down - 1, 0) * across + down * max(across - 1, 0))
