"""A wall of pictures: as large as whole magnifications allow, one of them selected or enlarged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from ganstudio.gui.gallery.hung import Hung
from ganstudio.gui.gallery.marks import nothing
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.pixels import Packed, pack
from ganstudio.gui.parts.ring import shows_focus
from ganstudio.gui.sound.button import ListenButton

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ganstudio.gui.gallery.marks import Marking, Marks
    from ganstudio.gui.parts.pixels import Mosaic
    from ganstudio.modalities import Pixels, Samples

_MARGIN = 4
_MOVES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class Wall(QWidget):
    """Samples as pictures side by side; a click selects one, a second click or Enter enlarges it, Escape goes back.

    Where they are heard a click plays one, with Shift together with those before, and a double click enlarges it.
    ``played`` carries the indices that are to be heard together, and whether until ``let_go``. ``changed`` tells that
    other samples are shown, or another is selected.
    """

    selected = Signal(int)
    played = Signal(object, bool)
    let_go = Signal()
    changed = Signal()

    def __init__(self, empty: str = "") -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 120)
        self._empty = empty
        self._samples: Samples = np.empty((0, 1, 1, 1), np.uint8)
        self._pictures: Callable[[Samples], Pixels] = lambda samples: samples
        self._marking: Marking = nothing
        self._marks: Marks = ()
        self._letters: tuple[str, ...] = ()
        self._packed: Packed = np.empty((0, 1, 1), np.uint32)
        self.hung = Hung(self, lambda: QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN))
        self._hover: int | None = None
        self._chosen: int | None = None
        self._enlarged = False
        self._columns = 0
        self._heard = False
        self._stack: tuple[int, ...] = ()
        self._listen = ListenButton(self)
        self._listen.pressed.connect(lambda: self.played.emit((self._chosen,), True))
        self._listen.released.connect(self.let_go)

    @property
    def chosen(self) -> int | None:
        """Which sample is selected."""
        return self._chosen

    @property
    def samples(self) -> Samples:
        """All that are shown."""
        return self._samples

    @property
    def sample(self) -> Samples | None:
        """The selected sample; None where none is."""
        return None if self._chosen is None else self._samples[self._chosen]

    @property
    def enlarged(self) -> bool:
        """Whether the selected image fills the wall."""
        return self._enlarged

    @property
    def mosaic(self) -> Mosaic | None:
        """How the images stand, in device pixels; None while there are none."""
        return self.hung.mosaic

    @property
    def stack(self) -> tuple[int, ...]:
        """Which samples are heard together: the selected one, and those that were added to it."""
        return self._stack

    def sizeHint(self) -> QSize:
        """Room for a decent wall."""
        return QSize(400, 400)

    def set_empty(self, text: str) -> None:
        """Show this text where there is no sample."""
        self._empty = text
        self.update()

    def set_pictures(self, pictures: Callable[[Samples], Pixels]) -> None:
        """Show samples from now on as the pictures, uint8 (n, h, w, 1 or 3), that this makes of them."""
        self._pictures = pictures

    def set_marking(self, marking: Marking) -> None:
        """Mark samples from now on as this does."""
        self._marking = marking

    @property
    def marks(self) -> Marks:
        """What the pictures bear."""
        return self._marks

    def set_samples(self, samples: Samples) -> None:
        """Show these samples; unless told otherwise they are pictures themselves."""
        self._samples, self._packed, self._marks = samples, pack(self._pictures(samples)), self._marking(samples)
        self._compose()
        self.changed.emit()

    def set_columns(self, columns: int) -> None:
        """Let so many images stand in a row; 0: as many as make them largest."""
        self._columns = columns
        self._compose()

    def set_heard(self, on: bool) -> None:
        """Let samples be played."""
        self._heard = on
        self.hung.show_playing({})
        self._compose()

    def show_playing(self, playing: Mapping[int, float]) -> None:
        """Show how far the samples are that sound, from 0 to 1 by their index."""
        self.hung.show_playing(playing)

    def clear(self) -> None:
        """Show the empty text again."""
        self._samples, self._packed, self._marks = self._samples[:0], np.empty((0, 1, 1), np.uint32), ()
        self._chosen, self._hover, self._enlarged, self._stack = None, None, False, ()
        self._compose()
        self.changed.emit()

    def choose(self, index: int) -> None:
        """Select an image and say so."""
        self.outline(index)
        self.selected.emit(index)

    def outline(self, index: int) -> None:
        """Select an image that was chosen elsewhere."""
        self._chosen, self._stack = index, (index,)
        self._recompose_if_enlarged()
        self.update()
        self.changed.emit()

    def strike(self, index: int, modifiers: Qt.KeyboardModifier) -> None:
        """Select a sample, and play it; with Shift add it to those that are heard together, or take it away."""
        if self._heard and self._stack and modifiers & Qt.KeyboardModifier.ShiftModifier:
            rest = tuple(one for one in self._stack if one != index)
            self._stack = rest if rest and index in self._stack else (*rest, index)
            self.update()
        else:
            self.choose(index)
        if self._heard:
            self.played.emit(self._stack, False)

    def enlarge(self, on: bool) -> None:
        """Let the selected image fill the wall, or show all again."""
        self._enlarged = on and self._chosen is not None
        self._compose()

    def index_at(self, place: QPointF) -> int | None:
        """Which image is shown at a place of the widget."""
        return self.hung.index_at(place)

    def index_of(self, place: QPoint) -> int | None:
        """Which image a menu is of that opens at a place: the one there, else the selected one."""
        there = self.index_at(QPointF(place))
        return self._chosen if there is None else there

    def set_letters(self, letters: Sequence[str]) -> None:
        """Show as what each image is marked, in order; an empty text: as nothing."""
        if tuple(letters) != self._letters:
            self._letters = tuple(letters)
            self.update()

    def place_of(self, index: int) -> QPoint:
        """Middle of an image on the widget."""
        return self.hung.rect(index).center().toPoint()

    # --- painting ---

    def _recompose_if_enlarged(self) -> None:
        if self._enlarged:
            self._compose()

    def _compose(self) -> None:
        count = len(self._packed)
        if self._chosen is not None and self._chosen >= count:
            self._chosen, self._enlarged = None, False
        self._stack = tuple(index for index in self._stack if index < count)
        if not count:
            self.hung.take_down()
        elif self._enlarged and self._chosen is not None:
            self.hung.hang_alone(self._packed, self._chosen)
        else:
            self.hung.hang(self._packed, self._columns)
        self._listen.setVisible(self._heard and self._enlarged)
        if self._enlarged:
            self._listen.place(self.hung.target)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture once, and the outlines of what is selected and under the mouse."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
        if self.hung.image is None:
            painter.setPen(QColor(theme.MUTED))
            box = self.rect().adjusted(16, 16, -16, -16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)
            return
        self.hung.paint(painter, self._marks, self._letters)
        if self._enlarged:
            return
        outlined = [(self._chosen, theme.ACCENT), *((index, theme.ACCENT) for index in self._stack)]
        for shown, colour in ((self._hover, theme.MUTED), *outlined):
            if shown is not None:
                painter.setPen(QPen(QColor(colour), 2))
                painter.drawRect(self.hung.rect(shown).adjusted(-1, -1, 1, 1))
        if shows_focus(self) and self._chosen is None:
            painter.setPen(QColor(theme.FOCUS))  # once an image is chosen, its outline says where the keys go
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    # --- mouse and keys ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the images anew."""
        self._compose()
        super().resizeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Outline what is under the mouse."""
        self._set_hover(self.index_at(event.position()))

    def leaveEvent(self, event: Any) -> None:
        """Outline nothing."""
        self._set_hover(None)
        super().leaveEvent(event)

    def _set_hover(self, index: int | None) -> None:
        if index != self._hover:
            self._hover = index
            self.setCursor(Qt.CursorShape.ArrowCursor if index is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select, and play where there is a sound; else on the selected one enlarge; on the enlarged one go back."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._enlarged:
            self.enlarge(False)
            return
        index = self.index_at(event.position())
        if index is None:
            return
        if index == self._chosen and not self._heard:
            self.enlarge(True)
        else:
            self.strike(index, event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge where a second click plays once more."""
        index = self.index_at(event.position())
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if self._heard and plain and index is not None and index == self._chosen:
            self.enlarge(True)
        else:
            self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the selection, with Shift add to it what is heard, Enter enlarges, Escape goes back."""
        key = Qt.Key(event.key())
        if key in _MOVES and self.mosaic is not None:
            across, down = _MOVES[key]
            here = self._stack[-1] if self._stack else self._chosen
            index = 0 if here is None else here + across + down * self.mosaic.columns
            if 0 <= index < len(self._packed):
                self.strike(index, event.modifiers())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarge(not self._enlarged)
        elif key == Qt.Key.Key_Escape and self._enlarged:
            self.enlarge(False)
        else:
            super().keyPressEvent(event)
