"""Points of a dataset in the plane, with the box that they lie in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.text.numbers import short, signed

_MARGIN = 34


class Scatter(QWidget):
    """Some of the points, as far apart in both directions as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(240, 240)
        self.setAccessibleName("Points")
        WaysOut(self, "Points")
        self.points: npt.NDArray[np.float32] = np.empty((0, 2), np.float32)

    def sizeHint(self) -> QSize:
        """A large square."""
        return QSize(520, 520)

    def show_points(self, points: npt.NDArray[np.float32]) -> None:
        """points: (n, 2), finite."""
        self.points = points
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the box, its ends in numbers, and the points."""
        if not len(self.points):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = self.points.min(axis=0).astype(float), self.points.max(axis=0).astype(float)
        extent = np.maximum(high - low, max(float((high - low).max()) * 1e-3, 1e-9))
        room = np.array([self.width(), self.height()]) - 2 * _MARGIN
        scale = float((room / extent).min())
        across, down = (extent * scale).tolist()
        box = QRectF((self.width() - across) / 2, (self.height() - down) / 2, across, down)
        painter.setPen(QPen(QColor(theme.BORDER), 1))
        painter.setBrush(QColor(theme.SURFACE))
        painter.drawRoundedRect(box.adjusted(-9, -9, 9, 9), theme.RADIUS, theme.RADIUS)
        shade = QColor(theme.REAL)
        shade.setAlphaF(0.7)
        painter.setPen(QPen(shade, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        pixels = (self.points - low) * scale * (1, -1) + (box.left(), box.bottom())
        painter.drawPoints([QPointF(x, y) for x, y in pixels.tolist()])
        self._write_ends(painter, box, low.tolist(), high.tolist())

    def _write_ends(self, painter: QPainter, box: QRectF, low: list[float], high: list[float]) -> None:
        font = self.font()
        font.setPixelSize(theme.FONT_SMALL)
        painter.setFont(font)
        painter.setPen(QColor(theme.MUTED))
        ends = [signed(short(float(f"{value:.4g}"))) for value in (*low, *high)]
        metrics = painter.fontMetrics()
        line = metrics.height()
        lowest, highest = f"{ends[0]}, {ends[1]}", f"{ends[2]}, {ends[3]}"
        # Below its left corner and above its right one; a narrow box has words that are wider than itself.
        for words, top, at_right in ((lowest, box.bottom() + 12, False), (highest, box.top() - 12 - line, True)):
            wide = metrics.horizontalAdvance(words) + 2
            left = box.right() + 9 - wide if at_right else box.left() - 9
            place = QRectF(min(max(left, 0), max(self.width() - wide, 0)), top, wide, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft, words)
