"""Rows of small images, each row with its words on the left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.pixels import magnified, pack, picture
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.scalars import counted

if TYPE_CHECKING:
    import numpy.typing as npt

WORDS = 118
_CELL, _GAP = 46, 4


class PictureRows(QWidget):
    """Images (n, h, w, c) in rows. ``gaps``: the rows before which there is more room."""

    def __init__(self, rows: list[tuple[str, npt.NDArray[Any]]], gaps: frozenset[int] = frozenset()) -> None:
        super().__init__()
        self.rows = rows
        self._gaps = gaps
        self._images = [[_enlarged(image) for image in images] for _, images in rows]
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        WaysOut(self, rows[0][0].partition("\n")[0] if rows else "Pictures")
        self.setAccessibleName("; ".join(f"{words}: {counted(len(images), 'image')}" for words, images in rows))

    def sizeHint(self) -> QSize:
        """Room for all rows."""
        longest = max((len(images) for images in self._images), default=0)
        return QSize(WORDS + longest * (_CELL + _GAP), self._top(len(self.rows)))

    def minimumSizeHint(self) -> QSize:
        """All of it: pictures are not cut."""
        return self.sizeHint()

    def _top(self, row: int) -> int:
        wider = sum(1 for gap in self._gaps if gap <= row and gap < len(self.rows))
        return row * (_CELL + _GAP) + wider * 2 * _GAP

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the words, and each image enlarged without smoothing."""
        painter = QPainter(self)
        for row, ((words, _), images) in enumerate(zip(self.rows, self._images, strict=True)):
            top = self._top(row)
            painter.setPen(QColor(theme.MUTED))
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(0, top, WORDS - theme.SPACING, _CELL), flags, words)
            for column, image in enumerate(images):
                shrink = _CELL / max(image.width(), image.height())
                width, height = image.width() * shrink, image.height() * shrink
                left = WORDS + column * (_CELL + _GAP)
                place = QRectF(left + (_CELL - width) / 2, top + (_CELL - height) / 2, width, height)
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrink < 1)
                painter.drawImage(place, image)
            if not images:
                painter.drawText(QRectF(WORDS, top, self.width() - WORDS, _CELL), flags, "no image")


def _enlarged(image: npt.NDArray[Any]) -> QImage:
    packed = pack(image[None])[0]
    return picture(magnified(packed, max(1, 2 * _CELL // max(packed.shape))))
