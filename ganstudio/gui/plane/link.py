"""The prior's counterpart on the data's plane: a ring at the image of the z under the mouse, and the way back."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ganstudio.gui import theme
from ganstudio.gui.parts.nearest import nearest
from ganstudio.gui.plane.layers import Layer

_NEAR = 9  # pixels within which a point is under the mouse
_FAR = 1e5  # Qt's raster engine goes wrong far outside the device


class PriorLink(Layer):
    """Marks G(z) as a hollow ring, and knows which of the generated points is under the mouse."""

    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self._generated: npt.NDArray[Any] = np.empty((0, 2))
        self.point: npt.NDArray[np.float64] | None = None

    def set_generated(self, points: npt.NDArray[Any]) -> None:
        """Know where G sends the fixed latents, (n, 2) in their order, those that are not finite among them."""
        self._generated = points

    def set_point(self, point: npt.NDArray[Any] | None) -> None:
        """Mark a point (2,); None: no mark."""
        self.point = None if point is None or not np.isfinite(point).all() else np.asarray(point, float)
        self.update()

    def index_at(self, x: float, y: float, pixel: float) -> int | None:
        """Index of the generated point at a place of the plane whose pixels are this large; None: none is near."""
        return nearest(self._generated, (x, y), _NEAR * pixel)

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
