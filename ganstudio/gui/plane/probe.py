"""The sliders' sample in the plane, and the path of the slider that is held."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from ganstudio.gui.looks import theme
from ganstudio.gui.plane.layers import FAR, Layer


class Probe(Layer):
    """Where the sliders stand, G(z), as a ring, and the path of the slider that is held, with its name."""

    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self.point: npt.NDArray[np.float64] | None = None
        self.trace: npt.NDArray[np.float64] | None = None
        self.name = ""

    def set_probe(self, point: npt.NDArray[Any] | None, trace: npt.NDArray[Any] | None, name: str = "") -> None:
        """Show a point (2,) and a path (n, 2), which ends where the slider of this name does; None for neither."""
        self.point = None if point is None or not np.isfinite(point).all() else np.asarray(point, float)
        self.trace = None if trace is None else np.asarray(trace, float)[np.isfinite(trace).all(axis=1)]
        self.name = name
        self.update()

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Draw the path, then the ring on a dark rim, so that it is seen on anything."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.trace is not None and len(self.trace) > 1:
            pixels = np.clip(self.trace * place[0] + place[1], -FAR, FAR)
            line = QPolygonF([QPointF(*pixel) for pixel in pixels.tolist()])
            for colour, width in ((theme.BACKGROUND, 4), (theme.TEXT, 1.6)):
                painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawPolyline(line)
        if self.point is not None:
            pixel = QPointF(*np.clip(self.point * place[0] + place[1], -FAR, FAR).tolist())
            painter.setBrush(QColor(theme.FAKE))
            for colour, width, radius in ((theme.BACKGROUND, 5, 7), (theme.TEXT, 2.2, 7)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawEllipse(pixel, radius, radius)
        if self.trace is not None and len(self.trace) > 1 and self.name:
            self._write_name(painter, np.clip(self.trace * place[0] + place[1], -FAR, FAR))

    def _write_name(self, painter: QPainter, pixels: npt.NDArray[np.float64]) -> None:
        """Write what is turned where its path is seen last on the way to the slider's upper end."""
        seen = self.getViewBox().sceneBoundingRect().adjusted(4, 4, -4, -4)
        within = [QPointF(*pixel) for pixel in pixels.tolist() if seen.contains(QPointF(*pixel))]
        if not within:
            return
        plate = QRectF(painter.boundingRect(QRectF(), 0, self.name)).adjusted(-5, -2, 5, 2)
        plate.moveCenter(within[-1])
        plate.moveLeft(min(max(plate.left(), seen.left()), seen.right() - plate.width()))
        plate.moveTop(min(max(plate.top(), seen.top()), seen.bottom() - plate.height()))
        painter.setPen(QPen(QColor(theme.OUTLINE), 1))
        painter.setBrush(QColor(theme.SURFACE))
        painter.drawRoundedRect(plate, 4, 4)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self.name)
