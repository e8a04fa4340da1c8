"""The same few pixels of all ways to enlarge, side by side and magnified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QImage, QPaintEvent

SEEN = 32
"""Pixels to a side that it shows."""
_HIGH, _GAP = 132, 6


class Loupe(QWidget):
    """Shows ``SEEN`` pixels around a place of each picture, not smoothed."""

    def __init__(self) -> None:
        super().__init__()
        self._pictures: Mapping[str, QImage] = {}
        self.place = QPointF(0.5, 0.5)
        """What stands in its middle, as shares of the pictures' sides."""
        self.setFixedHeight(_HIGH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Loupe")
        self.setToolTip(f"{SEEN} × {SEEN} pixels of each way to enlarge, where the mouse is in the picture above")

    def sizeHint(self) -> QSize:
        """Four squares in a row."""
        return QSize(4 * _HIGH, _HIGH)

    def show_pictures(self, pictures: Mapping[str, QImage]) -> None:
        """Pictures of one size, by their names for people."""
        self._pictures = pictures
        self.setAccessibleDescription(", ".join(pictures))
        self.update()

    def look_at(self, place: QPointF) -> None:
        """Look at another place."""
        self.place = QPointF(min(1.0, max(0.0, place.x())), min(1.0, max(0.0, place.y())))
        self.update()

    def source(self) -> QRectF:
        """Which pixels of the pictures are shown, whole ones and inside them; empty where there are none."""
        image = next(iter(self._pictures.values()), None)
        if image is None:
            return QRectF()
        across, down = min(SEEN, image.width()), min(SEEN, image.height())
        left = min(max(0, round(self.place.x() * image.width() - across / 2)), image.width() - across)
        top = min(max(0, round(self.place.y() * image.height() - down / 2)), image.height() - down)
        return QRectF(left, top, across, down)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pixels of each, and its name below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.SURFACE))
        if not self._pictures:
            return
        line, source = self.fontMetrics().height(), self.source()
        cell = (self.width() - _GAP) / len(self._pictures)
        side = min(cell - _GAP, self.height() - line - 2 * _GAP)
        for column, (name, image) in enumerate(self._pictures.items()):
            left = _GAP + column * cell
            scale = side / max(source.width(), source.height())
            shown = QRectF(left, _GAP, source.width() * scale, source.height() * scale)
            painter.drawImage(shown, image, source)
            painter.setPen(QColor(theme.TEXT))
            words = QRectF(left, self.height() - line - 2, cell - _GAP, line)
            text = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(words.width()))
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
