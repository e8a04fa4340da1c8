"""The picture of a traversal sheet: images in a grid, the names and values of its axes around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
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

from ganstudio.gui import theme
from ganstudio.gui.gallery.marks import paint_mark
from ganstudio.gui.parts.pixels import Mosaic
from ganstudio.gui.parts.roving import DIRECTIONS
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.sound.playhead import around, paint_playhead

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
        self._mosaic: Mosaic | None = None
        self._image: QImage | None = None
        self._mark: tuple[int | None, int | None] = (None, None)
        self._hover: int | None = None
        self._playing: Mapping[int, float] = {}

    @property
    def cells(self) -> int:
        """How many images the sheet has."""
        return 0 if self._rows is None or self._columns is None else len(self._rows) * len(self._columns)

    @property
    def image(self) -> QImage | None:
        """The composed sheet in device pixels; None while there is none."""
        return self._image

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
        for index in {*self._playing, *playing}:
            if self._image is not None and index < self.cells:
                self.update(around(self.cell_rect(index)))
        self._playing = playing

    def clear(self) -> None:
        """Show the empty text again."""
        self._packed, self._marks = np.empty((0, 1, 1), np.uint32), ()
        self._compose()

    def cell_rect(self, index: int) -> QRectF:
        """Where a cell stands on the widget."""
        assert self._mosaic is not None
        assert self._image is not None
        target, cell = self._target(), QRectF(self._mosaic.rect(index))
        scale = target.width() / self._image.width()
        left, top = target.left() + cell.left() * scale, target.top() + cell.top() * scale
        return QRectF(left, top, cell.width() * scale, cell.height() * scale)

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
        self._mosaic = self._image = None
        count, height, width = self._packed.shape
        if count and self._rows is not None and self._columns is not None:
            ratio, room = self.devicePixelRatioF(), self._room()
            rows, columns, gap = len(self._rows), len(self._columns), 2
            across = (room.width() * ratio - gap * (columns - 1)) / (columns * width)
            down = (room.height() * ratio - gap * (rows - 1)) / (rows * height)
            factor = max(int(min(across, down)), 0)
            self._mosaic = Mosaic(count, height, width, columns=columns, factor=factor, gap=gap)
            self._image = self._mosaic.compose(self._packed, theme.BACKGROUND)
        self.update()

    def _target(self) -> QRectF:
        """Where the picture stands; made smaller where not even its own pixels fit."""
        assert self._image is not None
        ratio, room = self.devicePixelRatioF(), self._room()
        across, down = self._image.width() / ratio, self._image.height() / ratio
        shrink = min(1.0, room.width() / across, room.height() / down)
        across, down = across * shrink, down * shrink
        left = room.left() + max(round((room.width() - across) / 2), 0)
        return QRectF(left, room.top(), across, down)

    def cell_at(self, place: QPoint) -> int | None:
        """The cell at a place of the widget; None: there is none."""
        index = self._index_at(place.x(), place.y())
        return index if index is not None and index < self.cells else None

    def _index_at(self, x: float, y: float) -> int | None:
        if self._image is None or self._mosaic is None:
            return None
        target = self._target()
        scale = self._image.width() / target.width()
        return self._mosaic.index_at(int((x - target.left()) * scale // 1), int((y - target.top()) * scale // 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the images anew."""
        self._compose()
        super().resizeEvent(event)

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture once, then heads and outlines."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
        if self._image is None or self._rows is None or self._columns is None:
            painter.setPen(QColor(theme.MUTED))
            box = self.rect().adjusted(16, 16, -16, -16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, _EMPTY)
            return
        target = self._target()
        shrunk = target.width() * self.devicePixelRatioF() < self._image.width() - 0.5
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
        painter.drawImage(target, self._image)
        painter.setFont(self._font())
        for index, mark in enumerate(self._marks[: self.cells]):
            paint_mark(painter, self.cell_rect(index), mark)
        for index, share in self._playing.items():
            if index < self.cells:
                paint_playhead(painter, self.cell_rect(index), share)
        self._paint_heads(painter, target, self._rows, self._columns)
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

        if self.hasFocus():
            painter.setPen(QColor(theme.FOCUS))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    # --- mouse and keys ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose the neighbour of the cell that the sliders are nearest to."""
        if event.key() not in DIRECTIONS or self._rows is None or self._columns is None or self._image is None:
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
        index = self._index_at(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self.chosen.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Outline the cell under the mouse."""
        self._set_hover(self._index_at(event.position().x(), event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Outline none."""
        self._set_hover(None)
        super().leaveEvent(event)

    def _set_hover(self, index: int | None) -> None:
        if index != self._hover:
            self._hover = index
            self.setCursor(Qt.CursorShape.ArrowCursor if index is None else Qt.CursorShape.PointingHandCursor)
            self.update()
