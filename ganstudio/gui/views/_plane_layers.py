"""What is drawn in the plane: points, D's landscape, G's grid, the sliders' probe.

All of it is painted in the pixels of the device: 3,000 points as copies of one small picture take 0.5 ms where round
pens take 3 to 20 and a path wider than a pixel takes 50 (measured with Qt's raster engine).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from ganstudio.gui import theme
from ganstudio.gui.views._pixels import diverging, picture

Bounds = tuple[float, float, float, float]
# D's verdict, darkened so that the bright points of both players stay readable on it.
VERDICT = ("#7d4a06", "#181b24", "#0b6a62")
_VERDICT_TABLE = diverging(*VERDICT)
_FAR = 1e5  # Qt's raster engine goes wrong far outside the device


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


def _dot(colour: str, diameter: float) -> QPixmap:
    """One point with a thin dark rim, which sets it off from the landscape and from its neighbours."""
    side = int(diameter) + 3
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(10, 12, 18, 120), 1))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QRectF((side - diameter) / 2, (side - diameter) / 2, diameter, diameter))
    painter.end()
    return pixmap


class Points(Layer):
    """A cloud of points in one colour."""

    def __init__(self, depth: int, colour: str, diameter: float) -> None:
        super().__init__(depth)
        self._colour, self._diameter = colour, diameter
        self._symbol: QPixmap | None = None
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
        if self._symbol is None:
            self._symbol = _dot(self._colour, self._diameter)
        device = painter.device()
        ends = np.array([device.width() + 8, device.height() + 8])
        pixels = self._points * place[0] + place[1]
        pixels = pixels[((pixels > -8) & (pixels < ends)).all(axis=1)]
        if not len(pixels):
            return
        self._fragments.resize(len(pixels))
        table = self._fragments.ndarray()
        table[:, 0:2] = pixels
        side = self._symbol.width()
        table[:, 2:] = (0, 0, side, side, 1, 1, 0, 1)  # source x, y, width, height, scale x, y, rotation, opacity
        fragments: tuple[Any, ...] = (*self._fragments.drawargs(), self._symbol)
        painter.drawPixmapFragments(*fragments)


class Landscape(Layer):
    """D(x) over a rectangle of the plane as a heat map."""

    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self._image: QImage | None = None
        self._values = np.empty((0, 0))
        self._bounds: Bounds = (0, 1, 0, 1)

    def set_values(self, values: npt.NDArray[Any], bounds: Bounds) -> None:
        """Show D(x) (h, w), row 0 at the lowest y, over ``bounds``."""
        self._values, self._bounds = np.asarray(values), bounds
        known = np.nan_to_num(np.clip(values[::-1], 0, 1) * 255, nan=127.5)
        self._image = picture(_VERDICT_TABLE[known.astype(np.uint8)])
        self.update()

    def clear(self) -> None:
        """Show nothing until the next values."""
        self._image, self._values = None, np.empty((0, 0))
        self.update()

    def value_at(self, x: float, y: float) -> float | None:
        """D(x) at the nearest place where it was computed; None where it was not."""
        left, right, low, high = self._bounds
        if not self._values.size or not (left <= x <= right and low <= y <= high):
            return None
        height, width = self._values.shape
        column = min(int((x - left) / (right - left) * width), width - 1)
        line = min(int((y - low) / (high - low) * height), height - 1)
        value = float(self._values[line, column])
        return value if np.isfinite(value) else None

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Stretch the picture smoothly over its rectangle."""
        if self._image is None:
            return
        left, right, low, high = self._bounds
        corners = np.clip(np.array([[left, high], [right, low]]) * place[0] + place[1], -_FAR, _FAR)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(QPointF(*corners[0]), QPointF(*corners[1])), self._image)


class Manifold(Layer):
    """Where G sends a regular grid of z: thin lines both ways."""

    def __init__(self, depth: int, colour: str) -> None:
        super().__init__(depth)
        self._colour = QColor(colour)
        self._colour.setAlphaF(0.55)
        self._segments = np.empty((0, 2, 2))
        self._lines = PrimitiveArray(QLineF, 4)

    @property
    def segments(self) -> npt.NDArray[np.float64]:
        """What is shown: (n, 2 ends, 2)."""
        return self._segments

    def set_grid(self, grid: npt.NDArray[Any]) -> None:
        """Show the images (a, b, 2) of neighbours in z joined by lines; b is 1 when z has one dimension."""
        grid = np.asarray(grid, float)
        down = np.stack([grid[:-1], grid[1:]], axis=2).reshape(-1, 2, 2)
        across = np.stack([grid[:, :-1], grid[:, 1:]], axis=2).reshape(-1, 2, 2)
        segments = np.concatenate([down, across])
        self._segments = segments[np.isfinite(segments).all(axis=(1, 2))]
        self.update()

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Draw all lines in one call."""
        if not len(self._segments):
            return
        self._lines.resize(len(self._segments))
        self._lines.ndarray()[:] = np.clip(self._segments * place[0] + place[1], -_FAR, _FAR).reshape(-1, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._colour, 1))
        painter.drawLines(*self._lines.drawargs())


class Probe(Layer):
    """Where the sliders stand, G(z), as a ring, and the path of the slider that moved last."""

    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self.point: npt.NDArray[np.float64] | None = None
        self.trace: npt.NDArray[np.float64] | None = None

    def set_probe(self, point: npt.NDArray[Any] | None, trace: npt.NDArray[Any] | None) -> None:
        """Show a point (2,) and a path (n, 2); None for neither."""
        self.point = None if point is None or not np.isfinite(point).all() else np.asarray(point, float)
        self.trace = None if trace is None else np.asarray(trace, float)[np.isfinite(trace).all(axis=1)]
        self.update()

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Draw the path, then the ring on a dark rim, so that it is seen on anything."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.trace is not None and len(self.trace) > 1:
            pixels = np.clip(self.trace * place[0] + place[1], -_FAR, _FAR)
            line = QPolygonF([QPointF(*pixel) for pixel in pixels.tolist()])
            for colour, width in ((theme.BACKGROUND, 4), (theme.TEXT, 1.6)):
                painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawPolyline(line)
        if self.point is not None:
            pixel = QPointF(*np.clip(self.point * place[0] + place[1], -_FAR, _FAR).tolist())
            painter.setBrush(QColor(theme.FAKE))
            for colour, width, radius in ((theme.BACKGROUND, 5, 7), (theme.TEXT, 2.2, 7)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawEllipse(pixel, radius, radius)


class ColourBar(QWidget):
    """What the landscape's colours mean: D(x) from 0 (generated) to 1 (real)."""

    def __init__(self) -> None:
        super().__init__()
        self.setToolTip("D(x): how sure D is that a point is real. 1 real, 0 generated, 0.5 it cannot tell")
        self.setFixedWidth(46)
        small = self.font()
        small.setPointSizeF(max(small.pointSizeF() * 0.85, 7))
        self.setFont(small)

    def paintEvent(self, _event: object) -> None:
        """Draw the bar, its ticks and its name."""
        painter = QPainter(self)
        line = self.fontMetrics().height()
        bar = QRectF(4, 2 * line, 12, self.height() - 4 * line)
        column = picture(_VERDICT_TABLE[::-1, None])
        painter.drawImage(bar, column)
        painter.setPen(QColor(theme.BORDER))
        painter.drawRect(bar)
        painter.setPen(QColor(theme.MUTED))
        for value, text in ((1.0, "1"), (0.5, "0.5"), (0.0, "0")):
            y = bar.top() + (1 - value) * bar.height()
            painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3, y))
            painter.drawText(QRectF(bar.right() + 6, y - line, 30, 2 * line), Qt.AlignmentFlag.AlignVCenter, text)
        painter.drawText(QRectF(0, 0, self.width(), 2 * line - 4), Qt.AlignmentFlag.AlignVCenter, "D(x)")
