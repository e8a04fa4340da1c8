"""What stands in and over the picture of a game's plane: header, verdict at a point, alarm and coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ganstudio.gui.looks import icons, theme
from ganstudio.gui.plots.paint import small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFont

HEADER = 24
LABEL = 16
_ICON = 14
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def header(painter: QPainter, width: int, name: str, colour: str, values: Sequence[tuple[str, str]]) -> None:
    """Dot and name on the left, values on the right as far as there is room beside the whole name."""
    plain, bold = small(painter.font()), small(painter.font())
    bold.setWeight(bold.Weight.DemiBold)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QRectF(8, HEADER / 2 - 4, 8, 8))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(bold)
    named = painter.fontMetrics().horizontalAdvance(name)
    right = width - 8
    painter.setFont(plain)
    advance = painter.fontMetrics().horizontalAdvance
    for word, value in values:
        if right - advance(f"{word} {value}".strip()) < 22 + named + 8:
            break
        right -= advance(value)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(QRect(right, 0, advance(value) + 2, HEADER), _MIDDLE, value)
        if word:
            right -= advance(f"{word} ")
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(QRect(right, 0, advance(word) + 2, HEADER), _MIDDLE, word)
        right -= 12
    painter.setFont(bold)
    painter.setPen(QColor(theme.TEXT))
    room = QRect(22, 0, max(right + 4 - 22, 0), HEADER)
    painter.drawText(room, _MIDDLE, painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room.width()))


def ring(painter: QPainter, spot: QPointF) -> None:
    """The same point of the plane in every tile."""
    for colour, width in ((theme.BACKGROUND, 3.0), (theme.TEXT, 1.2)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(spot, 5, 5)


def label(painter: QPainter, rect: QRect, text: str, font: QFont, *, right: bool) -> None:
    """A few words in one of the lower corners of the picture ``rect``, if there is room for them."""
    painter.setFont(small(font))
    width = painter.fontMetrics().horizontalAdvance(text) + 10
    if width > rect.width() - 8:
        return
    box = QRect(rect.right() - width - 3 if right else rect.left() + 4, rect.bottom() - LABEL - 3, width, LABEL)
    painter.fillRect(box, QColor(theme.BACKGROUND))
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def alarm(painter: QPainter, rect: QRect, words: str, font: QFont, ratio: float) -> None:
    """A warning sign in the upper left corner of the picture ``rect``, with words where there is room for them."""
    painter.setFont(small(font))
    width = painter.fontMetrics().horizontalAdvance(words) + 6 if words else 0
    if width + _ICON + 16 > rect.width():
        words, width = "", 0
    box = QRect(rect.left() + 4, rect.top() + 4, _ICON + 8 + width, _ICON + 6)
    painter.fillRect(box, QColor(theme.BACKGROUND))
    painter.setPen(QPen(QColor(theme.FAKE), 1))
    painter.drawRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5))
    painter.drawPixmap(box.left() + 4, box.top() + 3, icons.pixmap("warning", theme.FAKE, _ICON, ratio))
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(box.adjusted(_ICON + 9, 0, 0, 0), _MIDDLE, words)
