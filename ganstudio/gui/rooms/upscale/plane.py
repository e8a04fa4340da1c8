"""Perception against distortion: how far textures are off over PSNR, for each way to enlarge, as G moves through it.

No way to enlarge is best at both (Blau and Michaeli 2018, arXiv:1711.06077): what is nearest to the original pixel by
pixel is the mean of all that may have been, and has no texture.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.rooms.upscale.pictures import psnr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QPaintEvent

    from ganstudio.gui.rooms.upscale.pictures import Pixels

WIDTH = 220
_TRAIL = 200
"""Places of G that are kept; the oldest are faintest."""
_LEAST_SIDE, _SEEN = 16, 96
_MARGIN, _DOT = 8, 4.0
_COLOURS = {"bicubic": theme.MUTED, "content": theme.DISCRIMINATOR, "generator": theme.FAKE}
_TIP = (
    "To the right: nearer to the original, pixel by pixel (PSNR). Down: its textures are more alike, wherever their "
    "stripes begin; the original is at the lower edge. The line is where G was, as it trained and as the dial turned"
)


class Place(NamedTuple):
    """psnr: dB. texture: mean difference of local energies over the original's, 0 for equal textures."""

    psnr: float
    texture: float


def place_of(pixels: Pixels, original: Pixels) -> Place | None:
    """Where a way to enlarge stands; None where the original is too small, or even, for textures."""
    from ganstudio.measurements import EstimationError
    from ganstudio.measurements.texture import texture

    if min(original.shape[:2]) < _LEAST_SIDE:
        return None
    # Of a large picture the middle is enough, and quick.
    rows, columns = (
        slice((side - min(side, _SEEN)) // 2, (side + min(side, _SEEN)) // 2) for side in original.shape[:2]
    )
    seen = [each[rows, columns, :3].transpose(2, 0, 1)[None] / 127.5 - 1 for each in (pixels, original)]
    try:
        return Place(psnr(pixels, original), texture(*seen))
    except EstimationError:
        return None


class Plane(QWidget):
    """Marks for interpolation and the content stage's G, and a trail of G, of what ``show_pictures`` was given."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: dict[str, Place] = {}
        self.trail: list[Place] = []
        self._names: Mapping[str, str] = {}
        self._pictures: Mapping[str, Pixels] = {}
        self.setFixedWidth(WIDTH)
        self.setMinimumHeight(120)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Perception and distortion")
        self.setToolTip(_TIP)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(WIDTH, WIDTH)

    def clear(self) -> None:
        """Another picture: forget where G was with the one before."""
        self.marks, self.trail, self._pictures = {}, [], {}
        self.update()

    def show_pictures(self, pictures: Mapping[str, Pixels], names: Mapping[str, str]) -> None:
        """Show where each way stands, of pictures among which is the original; G's place goes on its trail."""
        original, before = pictures["original"], self._pictures
        same = {name for name in pictures if name in before and np.array_equal(pictures[name], before[name])}
        marks: dict[str, Place] = {}
        for name, made in pictures.items():
            if name == "original":
                continue
            known = self.marks.get(name) if {name, "original"} <= same else place_of(made, original)
            if known is not None:
                marks[name] = known
        self.marks, self._names, self._pictures = marks, names, pictures
        if (now := self.marks.get("generator")) is not None and self.trail[-1:] != [now]:
            self.trail = [*self.trail, now][-_TRAIL:]
        told = (f"{names[name]}: {place.psnr:.1f} dB, {place.texture:.2f}" for name, place in self.marks.items())
        self.setAccessibleDescription("; ".join(told))
        self.update()

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the axes, the trail and the marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.SURFACE))
        line, box = self.fontMetrics().height(), self._box()
        painter.setPen(QColor(theme.MUTED))
        painter.drawText(QPointF(_MARGIN, _MARGIN + line - 4), "texture off ↑")
        below = QRectF(_MARGIN, self.height() - line - _MARGIN, self.width() - 2 * _MARGIN, line)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, "PSNR →")
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "original")
        painter.setPen(QPen(QColor(theme.OUTLINE), 1))
        painter.drawLine(box.bottomLeft(), box.topLeft())
        painter.setPen(QPen(QColor(theme.REAL), 2))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if self.marks:
            self._paint_trail(painter, box)
            labels = self.labels()
            for name, place in self.marks.items():
                self._paint_mark(painter, name, self._at(box, place), labels[name])

    def labels(self) -> dict[str, QRectF]:
        """Where each mark's name is written: next to it, or below the others where marks lie close together."""
        box, height = self._box(), self.fontMetrics().height()
        placed: dict[str, QRectF] = {}
        for name, place in sorted(self.marks.items(), key=lambda one: one[1].texture, reverse=True):
            at, width = self._at(box, place), self.fontMetrics().horizontalAdvance(self._names[name])
            left = at.x() + 2 * _DOT if at.x() < box.center().x() else at.x() - 2 * _DOT - width
            left = max(box.left(), min(left, box.right() - width))
            label = QRectF(left, max(box.top(), at.y() - 2 * _DOT - height), width, height)
            while any(label.intersects(other) for other in placed.values()):
                label.translate(0, height)
            placed[name] = label
        return placed

    def _box(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(self.rect()).adjusted(_MARGIN, line + 2 * _MARGIN, -_MARGIN, -line - 2 * _MARGIN)

    def _at(self, box: QRectF, place: Place) -> QPointF:
        seen = [*self.marks.values(), *self.trail]
        left, right = min(one.psnr for one in seen), max(one.psnr for one in seen)
        across = (place.psnr - left) / max(right - left, 1e-6)
        up = place.texture / max(1e-6, *(one.texture for one in seen))
        return QPointF(box.left() + (0.1 + 0.8 * across) * box.width(), box.bottom() - 0.92 * up * box.height())

    def _paint_trail(self, painter: QPainter, box: QRectF) -> None:
        places = [self._at(box, place) for place in self.trail]
        colour = QColor(theme.FAKE)
        for age, (one, other) in enumerate(pairwise(places), start=1):
            colour.setAlphaF(0.15 + 0.85 * age / len(places))
            painter.setPen(QPen(colour, 1.5))
            painter.drawLine(one, other)

    def _paint_mark(self, painter: QPainter, name: str, at: QPointF, label: QRectF) -> None:
        painter.setPen(QPen(QColor(theme.BACKGROUND), 1))
        painter.setBrush(QColor(_COLOURS[name]))
        painter.drawEllipse(at, _DOT, _DOT)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, self._names[name])
