"""What only slow motion draws in the plane: dots as large as their pull on D, and arrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ganstudio.gui.plane.layers import Layer

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

_FAR = 1e5  # Qt's raster engine goes wrong far outside the device


class Dots(Layer):
    """Points of different sizes."""

    def __init__(self, depth: int, colour: str) -> None:
        super().__init__(depth)
        self._colour = QColor(colour)
        self.points, self.diameters = np.empty((0, 2)), np.empty(0)

    def set_dots(self, points: Array, diameters: Array) -> None:
        """Show points (n, 2) with diameters (n,) in pixels; those that are not finite are left out."""
        finite = np.isfinite(points).all(axis=1) & np.isfinite(diameters)
        self.points, self.diameters = np.asarray(points, float)[finite], np.asarray(diameters, float)[finite]
        self.update()

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Draw the small ones last, so that none is hidden."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(10, 12, 18, 120), 1))
        painter.setBrush(self._colour)
        pixels = np.clip(self.points * place[0] + place[1], -_FAR, _FAR)
        for k in np.argsort(-self.diameters):
            radius = self.diameters[k] / 2
            painter.drawEllipse(QPointF(*pixels[k].tolist()), radius, radius)


class Arrows(Layer):
    """Arrows from points along vectors."""

    def __init__(self, depth: int, colour: str) -> None:
        super().__init__(depth)
        self._colour = QColor(colour)
        self.starts, self.ends = np.empty((0, 2)), np.empty((0, 2))

    def set_arrows(self, starts: Array, ends: Array) -> None:
        """Show arrows between points (n, 2); those that are not finite are left out."""
        finite = np.isfinite(starts).all(axis=1) & np.isfinite(ends).all(axis=1)
        self.starts, self.ends = np.asarray(starts, float)[finite], np.asarray(ends, float)[finite]
        self.update()

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Draw shafts and heads, the heads no longer than half of their shafts."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tails = np.clip(self.starts * place[0] + place[1], -_FAR, _FAR)
        tips = np.clip(self.ends * place[0] + place[1], -_FAR, _FAR)
        ways = tips - tails
        lengths = np.linalg.norm(ways, axis=1, keepdims=True)
        back = -ways / np.maximum(lengths, 1e-9) * np.minimum(lengths / 2, 5)
        side = back[:, ::-1] * np.array([-0.6, 0.6])
        lines = [
            QLineF(*a.tolist(), *b.tolist())
            for start, end in ((tails, tips), (tips, tips + back + side), (tips, tips + back - side))
            for a, b in zip(start, end, strict=True)
        ]
        painter.setPen(QPen(self._colour, 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLines(lines)


def magnification(lengths: Array, goal: float) -> float:
    """What to draw small lengths larger by, of 1, 2, 5, 10, ...: a long one of them comes to at most ``goal``."""
    finite = lengths[np.isfinite(lengths)]
    long = float(np.quantile(finite, 0.95)) if len(finite) else 0.0
    if long <= 0 or long * 2 > goal:
        return 1.0
    decade = 10.0 ** np.floor(np.log10(goal / long))
    return float(max(digit * decade for digit in (1, 2, 5) if digit * decade * long <= goal * (1 + 1e-9)))
