"""The mark that moves over the picture of a sound, from its left edge to its right one, while it is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from ganstudio.gui.looks import theme

if TYPE_CHECKING:
    from PySide6.QtCore import QRect

_WIDTH = 2


def paint_playhead(painter: QPainter, picture: QRectF, share: float) -> None:
    """Draw the mark at a share, 0 to 1, of a picture's width; dark edges keep it seen on any picture."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    x = picture.left() + min(max(share, 0.0), 1.0) * picture.width()
    line = QLineF(x, picture.top(), x, picture.bottom())
    for colour, width in ((theme.BACKGROUND, _WIDTH + 2), (theme.TEXT, _WIDTH)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawLine(line)
    painter.restore()


def around(picture: QRectF) -> QRect:
    """What is to be painted again when the mark of a picture moves."""
    return picture.toAlignedRect().adjusted(-4, -4, 4, 4)
