"""Samples of what is being drawn, as they would be trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.data import build_dataset
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ways_out import WaysOut

if TYPE_CHECKING:
    from ganstudio.experiment import DatasetSpec

COUNT = 1000
Frame = tuple[float, float, float]
"""A square of the plane: its middle (x, y) and half its side."""


class Preview(QWidget):
    """A thousand samples in the frame that the drawing has."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(200, 200)
        self.setAccessibleName("Preview")
        WaysOut(self, "Drawn samples")
        self.setToolTip(f"{COUNT:,} samples of what is drawn")
        self.points: npt.NDArray[np.float32] = np.empty((0, 2), np.float32)
        self._frame: Frame = (0, 0, 1)

    def sizeHint(self) -> QSize:
        """Return a square."""
        return QSize(260, 260)

    def hasHeightForWidth(self) -> bool:
        """Say that the height follows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return a square's height."""
        return width

    def show_samples(self, spec: DatasetSpec | None, frame: Frame) -> None:
        """Draw from ``spec``; None for nothing.

        The same random numbers each time, so that the points move with the drawing instead of dancing.
        """
        self._frame = frame
        if spec is None:
            self.points = np.empty((0, 2), np.float32)
        else:
            dataset = build_dataset(spec)
            self.points = dataset.modality.to_people(dataset.draw(COUNT, np.random.default_rng(0)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the card and the points."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height())
        box = QRectF((self.width() - side) / 2, 0, side, side).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(theme.BORDER), 1))
        painter.setBrush(QColor(theme.SURFACE))
        painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        if not len(self.points):
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "No samples yet")
            return
        x, y, half = self._frame
        painter.setClipRect(box)
        shade = QColor(theme.REAL)
        shade.setAlphaF(0.75)
        painter.setPen(QPen(shade, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        pixels = (self.points - (x, y)) * (side / 2 / half) * (1, -1) + (box.center().x(), box.center().y())
        painter.drawPoints([QPointF(*pixel) for pixel in pixels.tolist()])
