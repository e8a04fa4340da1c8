"""A sheet of structures and styles: rows keep the shape, columns keep the look. The state, and what is seen of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.pixels import Mosaic, pack
from ganstudio.gui.parts.ring import shows_focus
from ganstudio.gui.parts.ways_out import WaysOut

if TYPE_CHECKING:
    import numpy.typing as npt
    from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPaintEvent

    from ganstudio.gui.parts.noise import GroupedNoise
    from ganstudio.modalities import Pixels

    Latents = npt.NDArray[np.float32]

LINES = 6
"""Rows, and columns."""
_GAP = 3
_CELLS = "Each row keeps the shape, each column keeps the look"
_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class Crossed:
    """Structures and styles that are crossed. The first of each are those that were set when it was made."""

    def __init__(self, state: GroupedNoise, *, uniform: bool) -> None:
        self._uniform = uniform
        whole = state.latents
        others = [state.variants(group)[1:LINES] for group in range(2)]
        columns = state.columns
        self.structures, self.styles = (
            np.concatenate([whole[None, own], drawn[:, own]]) for own, drawn in zip(columns, others, strict=True)
        )

    @property
    def latents(self) -> Latents:
        """Of all cells, row by row, (LINES * LINES, width)."""
        structures, styles = np.repeat(self.structures, LINES, 0), np.tile(self.styles, (LINES, 1))
        return np.concatenate([structures, styles], 1)

    def at(self, row: float, column: float) -> Latents:
        """Those of a place between cells (width,): as far from one to the next as it lies."""
        ends = ((self.structures, row), (self.styles, column))
        return np.concatenate([_between(lines, place, uniform=self._uniform) for lines, place in ends])


class Styles:
    """Styles of one structure, as many as there are cells: halfway between one of the row's and one of the column's.

    The first is that which was set when it was made.
    """

    def __init__(self, state: GroupedNoise, *, uniform: bool) -> None:
        structure, style = state.columns
        self._structure, self._uniform = state.latents[structure], uniform
        self._rows, self._columns = (state.variants(1)[1 : LINES + 1, style].copy() for _ in range(2))
        now, drawn = state.latents[style], self._rows[0].copy()
        if uniform:
            self._rows[0] = self._columns[0] = now
        else:  # two draws, as likely as any, between which the present style lies
            self._rows[0], self._columns[0] = (now + drawn) / math.sqrt(2), (now - drawn) / math.sqrt(2)

    @property
    def latents(self) -> Latents:
        """Of all cells, row by row, (LINES * LINES, width)."""
        return np.stack([self.at(row, column) for row in range(LINES) for column in range(LINES)])

    def at(self, row: float, column: float) -> Latents:
        """Those of a place between cells (width,)."""
        one = _between(self._rows, row, uniform=self._uniform)
        other = _between(self._columns, column, uniform=self._uniform)
        return np.concatenate([self._structure, _mixed(one, other, 0.5, uniform=self._uniform)])


def _between(lines: Latents, place: float, *, uniform: bool) -> Latents:
    """Of a place between lines (k, width), as far from one to the next as it lies."""
    place = min(max(place, 0.0), len(lines) - 1.0)
    first = min(int(place), len(lines) - 2)
    return _mixed(lines[first], lines[first + 1], place - first, uniform=uniform)


def _mixed(one: Latents, other: Latents, share: float, *, uniform: bool) -> Latents:
    """From one draw to another on the circle that keeps a normal as wide as it is: a mean of two is narrower."""
    before, after = math.cos(share * math.pi / 2), math.sin(share * math.pi / 2)
    if uniform:
        before, after = 1 - share, share
    mixed: Latents = (before * one + after * other).astype(np.float32)
    return mixed


class SheetOfStyles(QWidget):
    """The cells' pictures. ``went`` carries row and column, between cells too while the mouse is dragged."""

    went = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 120)
        self.setAccessibleName("Structures and styles")
        self.say(own=False)
        WaysOut(self, "Structures and styles", dragged=False)
        self._images: Pixels | None = None
        self.image: QImage | None = None
        self.place = (0.0, 0.0)

    def sizeHint(self) -> QSize:
        """Room for six by six small images."""
        return QSize(360, 360)

    def say(self, *, own: bool) -> None:
        """Say what rows and columns are. own: of a map of one's own."""
        cells = "Your map in many styles, each between its neighbours" if own else _CELLS
        self.setToolTip(
            f"{cells}. Click a picture to put it on the sliders, or drag over the sheet to go from one to the next; "
            "arrow keys move by a picture"
        )

    def show_images(self, images: Pixels) -> None:
        """Show the pictures (LINES * LINES, h, w, c) of all cells, row by row."""
        self._images = images
        self._compose()

    def clear(self) -> None:
        """Forget the pictures."""
        self._images = None
        self._compose()

    def set_place(self, row: float, column: float) -> None:
        """Mark where the sliders stand."""
        self.place = (row, column)
        self.update()

    def resizeEvent(self, _event: object) -> None:
        """Make the cells as large as whole pixels allow."""
        self._compose()

    def _compose(self) -> None:
        self.image = None
        if self._images is not None:
            count, height, width = self._images.shape[:3]
            ratio = self.devicePixelRatioF()
            room = (max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)))
            self._mosaic = Mosaic.fit(count, height, width, room, gap=_GAP, columns=LINES)
            self.image = self._mosaic.compose(pack(self._images), theme.BACKGROUND)
        self.update()

    def _target(self) -> QRectF:
        assert self.image is not None
        ratio = self.devicePixelRatioF()
        width, height = self.image.width() / ratio, self.image.height() / ratio
        factor = min(1.0, self.width() / width, self.height() / height)
        width, height = width * factor, height * factor
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _go(self, row: float, column: float) -> None:
        last = LINES - 1.0
        self.place = (min(max(row, 0.0), last), min(max(column, 0.0), last))
        self.update()
        self.went.emit(*self.place)

    def _at(self, place: QPointF) -> tuple[float, float]:
        target = self._target()
        cell = target.width() / LINES, target.height() / LINES
        return (place.y() - target.top()) / cell[1] - 0.5, (place.x() - target.left()) / cell[0] - 0.5

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the cell that is clicked."""
        if event.button() == Qt.MouseButton.LeftButton and self.image is not None:
            row, column = self._at(event.position())
            self._go(round(row), round(column))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse from cell to cell."""
        if event.buttons() & Qt.MouseButton.LeftButton and self.image is not None:
            self._go(*self._at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by a cell."""
        move = _MOVES.get(Qt.Key(event.key()))
        if move is None or self.image is None:
            super().keyPressEvent(event)
        else:
            self._go(round(self.place[0]) + move[0], round(self.place[1]) + move[1])

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The cells, and a frame where the sliders stand."""
        painter = QPainter(self)
        if self.image is None:
            painter.fillRect(self.rect(), QColor(theme.SURFACE))
            return
        target = self._target()
        painter.drawImage(target, self.image)
        cell = target.width() / LINES, target.height() / LINES
        row, column = self.place
        frame = QRectF(target.left() + column * cell[0], target.top() + row * cell[1], *cell).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(theme.FOCUS if shows_focus(self) else theme.TEXT), 2))
        painter.drawRect(frame)
