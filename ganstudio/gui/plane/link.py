"""The prior's counterpart on the data's plane: a ring at the image of the z under the mouse."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ganstudio.gui.looks import theme
from ganstudio.gui.plane.layers import Layer

_FAR = 1e5  # Qt's raster engine goes wrong far outside the device


class PriorLink(Layer):
    """Marks G(z) as a hollow ring."""

    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self.point: npt.NDArray[np.float64] | None = None

    def set_point(self, point: npt.NDArray[Any] | None) -> None:
        """Mark a point (2,); None: no mark."""
        self.point = None if point is None or not np.isfinite(point).all() else np.asarray(point, float)
        self.update()

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Draw the ring on a dark rim, so that it is seen on anything."""
        if self.point is None:
            return
        pixel = QPointF(*np.clip(self.point * place[0] + place[1], -_FAR, _FAR).tolist())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((theme.BACKGROUND, 5), (theme.TEXT, 2.2)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawEllipse(pixel, 6, 6)
