"""The picture of a traversal sheet: images in a grid, the names and values of its axes around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from ganstudio.gui.gallery.hung import Hung
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ring import shows_focus
from ganstudio.gui.parts.roving import DIRECTIONS
from ganstudio.gui.parts.ways_out import WaysOut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ganstudio.gui.gallery.marks import Marks
    from ganstudio.gui.gallery.sheet_state import Axis
    from ganstudio.gui.parts.pixels import Packed

_HEAD, _EDGE, _AIR = 18, 20, 6
_EMPTY = "No sheet yet: press Play or Step and watch G learn"


class SheetCanvas(QWidget):
    """The sheet itself: images in a grid, names and values of the axes around it.

    ``chosen`` carries the cell that was clicked, or walked to with the arrow keys.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(160, 160)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Traversal sheet")
        self.ways = WaysOut(self, "Traversal sheet", dragged=False)
        self.set_heard(False)
        self._rows: Axis | None = None
        self._columns: Axis | None = None
        self._packed: Packed = np.empty((0, 1, 1), np.uint32)
        self._marks: Marks = ()
        self.hung = Hung(self, self._room, at_top=True)
        self._mark: tuple[int | None, int | None] = (None, None)
        self._hover: int | None = None

    @property
    def cells(self) -> int:
        """How many images the sheet has."""
        return 0 if self._rows is None or self._columns is None else len(self._rows) * len(self._columns)

    @property
    def image(self) -> QImage | None:
        """The composed sheet in device pixels; None while there is none."""
        return self.hung.image

    def set_heard(self, on: bool) -> None:
        """Say that a cell that is clicked is heard too."""
        click = "hear it and put it on the sliders" if on else "put it on the sliders"
        self.setToolTip(f"Each row and column changes one input of G alone. Click a cell to {click}")

    def sizeHint(self) -> QSize:
        """Room for ten by ten small images."""
        return QSize(420, 420)

    def set_axes(self, rows: Axis, columns: Axis) -> None:
        """Name other rows and columns; images of another number of cells go."""
        self._rows, self._columns = rows, columns
        if len(self._packed) != self.cells:
            self.clear()
        self._compose()

    def set_mark(self, row_index: int | None, column_index: int | None) -> None:
        """Outline the cell, row or column that the sliders are nearest to; None: any."""
        self._mark = (row_index, column_index)
        self.update()

    def set_images(self, packed: Packed, marks: Marks = ()) -> None:
        """Show images (cells, h, w) of packed pixels, row by row, and what each of them bears."""
        self._packed, self._marks = packed, marks
        self._compose()

    def show_playing(self, playing: Mapping[int, float]) -> None:
        """Show how far the cells are that sound, from 0 to 1 by their index."""
        self.hung.show_playing(playing)

    def clear(self) -> None:
        """Show the empty text again."""
        self._packed, self._marks = np.empty((0, 1, 1), np.uint32), ()
        self._compose()

    def cell_rect(self, index: int) -> QRectF:
        """Where a cell stands on the widget."""
        return self.hung.rect(index)

    # --- geometry ---

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(theme.FONT_SMALL)
        return font

    def _room(self) -> QRectF:
        """Where the images may stand: right of the rows' heads and below those of the columns."""
        assert self._rows is not None
        metrics = QFontMetrics(self._font())
        beside = max(metrics.horizontalAdvance(head) for head in self._rows.heads) + _AIR + _EDGE
        above = _HEAD + _EDGE
        return QRectF(beside, above, max(self.width() - beside - 2, 1), max(self.height() - above - 2, 1))

    def _compose(self) -> None:
        self.hung.take_down()
        if len(self._packed) and self._rows is not None and self._columns is not None:
            self.hung.hang(self._packed, len(self._columns))
        self.update()

    def cell_at(self, place: QPoint) -> int | None:
        """The cell at a place of the widget; None: there is none."""
        return self.hung.index_at(QPointF(place))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the images anew."""
        self._compose()
        super().resizeEvent(event)

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture once, then heads and outlines."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
        if self.image is None or self._rows is None or self._columns is None:
            painter.setPen(QColor(theme.MUTED))
            box = self.rect().adjusted(16, 16, -16, -16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, _EMPTY)
            return
        painter.setFont(self._font())
        self.hung.paint(painter, self._marks)
        self._paint_heads(painter, self.hung.target, self._rows, self._columns)
        self._paint_outlines(painter, len(self._columns))

    def _paint_heads(self, painter: QPainter, target: QRectF, rows: Axis, columns: Axis) -> None:
        advance = painter.fontMetrics().horizontalAdvance
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        row_on, column_on = self._mark
        beside = max(map(advance, rows.heads)) + _AIR
        for k, head in enumerate(rows.heads):
            cell = self.cell_rect(k * len(columns))
            painter.setPen(QColor(theme.TEXT if k == row_on else theme.MUTED))
            painter.drawText(QRectF(0, cell.top(), target.left() - _AIR, cell.height()), right, head)
        cell = self.cell_rect(0)
        every = -(-int(max(map(advance, columns.heads)) + _AIR) // max(int(cell.width()), 1))
        for k, head in enumerate(columns.heads):
            if (k % every and k != len(columns) - 1) or (every > 1 and 0 < len(columns) - 1 - k < every):
                continue  # too narrow for every value: some, and the last
            cell = self.cell_rect(k)
            painter.setPen(QColor(theme.TEXT if k == column_on else theme.MUTED))
            middle = cell.center().x()
            painter.drawText(QRectF(middle - 60, target.top() - _HEAD, 120, _HEAD), Qt.AlignmentFlag.AlignCenter, head)
        font = painter.font()
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT))
        above = QRectF(target.left(), target.top() - _HEAD - _EDGE, max(target.width(), 160), _EDGE)
        painter.drawText(above, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{columns.name} →")
        painter.save()
        painter.translate(target.left() - beside - _AIR, target.top())
        painter.rotate(-90)
        across = QRectF(-max(target.height(), 160), -_EDGE + 2, max(target.height(), 160), _EDGE)
        painter.drawText(across, right, f"← {rows.name}")
        painter.restore()

    def _paint_outlines(self, painter: QPainter, columns: int) -> None:
        row_on, column_on = self._mark
        if self._hover is not None:
            painter.setPen(QPen(QColor(theme.MUTED), 1.5))
            painter.drawRect(self.cell_rect(self._hover).adjusted(-1, -1, 1, 1))
        if row_on is not None and column_on is not None:
            painter.setPen(QPen(QColor(theme.ACCENT), 2))
            painter.drawRect(self.cell_rect(row_on * columns + column_on).adjusted(-1, -1, 1, 1))

        if shows_focus(self):
            painter.setPen(QColor(theme.FOCUS))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    # --- mouse and keys ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose the neighbour of the cell that the sliders are nearest to."""
        if event.key() not in DIRECTIONS or self._rows is None or self._columns is None or self.image is None:
            super().keyPressEvent(event)
            return
        across, down = DIRECTIONS[Qt.Key(event.key())]
        row, column = (place or 0 for place in self._mark)
        if None not in self._mark:
            row, column = row + down, column + across
        if 0 <= row < len(self._rows) and 0 <= column < len(self._columns):
            self.chosen.emit(row * len(self._columns) + column)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell."""
        index = self.hung.index_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self.chosen.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Outline the cell under the mouse."""
        self._set_hover(self.hung.index_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Outline none."""
        self._set_hover(None)
        super().leaveEvent(event)

    def _set_hover(self, index: int | None) -> None:
        if index != self._hover:
            self._hover = index
            self.setCursor(Qt.CursorShape.ArrowCursor if index is None else Qt.CursorShape.PointingHandCursor)
            self.update()
