"""Sentences word by word, each on the colour of what D says of it; a click chooses a word."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.text.numbers import signed
from ganstudio.modalities import Sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

FARTHEST = 3.0
"""Nats from which on a word is coloured fully."""
_MANY, _FEW = QColor(theme.FAKE), QColor(theme.DISCRIMINATOR)
_STRONGEST = 0.45  # of a colour, on which words are still read at 4.5:1
_PAD, _LEADING, _NUMBER = 4, 6, 26


def colour_of(part: float) -> QColor:
    """Of what D says of a word, nats: amber where G writes it too often, blue where too rarely, the ground at 0.

    The ground too where D says no number, as after a training that went wrong.
    """
    if math.isnan(part):
        return QColor(theme.SURFACE)
    share = min(abs(part) / FARTHEST, 1.0) * _STRONGEST
    ground, end = QColor(theme.SURFACE), _FEW if part > 0 else _MANY
    pairs = (ground.red(), end.red()), (ground.green(), end.green()), (ground.blue(), end.blue())
    return QColor(*(round(a + (b - a) * share) for a, b in pairs))


class _Word(NamedTuple):
    row: int
    place: int
    box: QRect
    text: str


class TokenLines(QWidget):
    """Sentences, a line each. ``chosen`` carries (row, place) of the word that is clicked, or reached by arrow keys."""

    chosen = Signal(int, int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._kind = Sentences()
        self._tokens: npt.NDArray[np.integer] = np.empty((0, 1), np.int32)
        self._parts: npt.NDArray[np.floating] | None = None
        self._faults: Sequence[int] | None = None
        self._words: list[_Word] = []
        self.selected: tuple[int, int] | None = None

    @property
    def tokens(self) -> npt.NDArray[np.integer]:
        """The numbers of the words (n, t) that are shown."""
        return self._tokens

    def show_these(
        self,
        kind: Sentences,
        tokens: npt.NDArray[np.integer],
        parts: npt.NDArray[np.floating] | None = None,
        faults: Sequence[int] | None = None,
    ) -> None:
        """Show sentences (n, t); parts (n, t): what D says of each word; faults (n,): the first word that is wrong."""
        self._kind, self._tokens, self._parts, self._faults = kind, tokens, parts, faults
        self.setAccessibleDescription("; ".join(kind.text(tokens[:4])))
        self._arrange()

    def clear(self) -> None:
        """Show nothing."""
        self.selected = None
        self.show_these(self._kind, self._tokens[:0])

    def lines(self) -> list[str]:
        """What is to be read."""
        return list(self._kind.text(self._tokens))

    def sizeHint(self) -> QSize:
        """As high as all lines are."""
        return QSize(260, self._height)

    def heightForWidth(self, _width: int) -> int:
        """The same."""
        return self._height

    def _arrange(self) -> None:
        """Find a place for each word, in as many lines as a sentence takes."""
        measure, self._words = self.fontMetrics(), []
        height, top = measure.height() + 2, _LEADING
        right = max(self.width() - _PAD, 60)
        gap = measure.horizontalAdvance(" ") if self._kind.spaced else 1
        for row, sentence in enumerate(self._tokens.tolist()):
            across = _PAD
            for place, token in enumerate(sentence):
                if token == 0:
                    break
                text = self._kind.vocabulary[token]
                wide = measure.horizontalAdvance(text) + 2 * _PAD
                if across + wide > right and across > _PAD:
                    across, top = _PAD + _NUMBER, top + height
                self._words.append(_Word(row, place, QRect(across, top, wide, height), text))
                across += wide + (gap if self._kind.spaced else 1) // 2
            top += height + _LEADING
        self._height = top
        self.setMinimumHeight(top)
        self.updateGeometry()
        self.update()

    _height = 0

    def at(self, point: QPoint) -> tuple[int, int] | None:
        """The row and the place of the word at a point of the widget."""
        return next(((word.row, word.place) for word in self._words if word.box.contains(point)), None)

    def box_of(self, row: int, place: int) -> QRect | None:
        """Where a word stands."""
        return next((word.box for word in self._words if (word.row, word.place) == (row, place)), None)

    def choose(self, row: int, place: int) -> None:
        """Choose a word."""
        self.selected = row, place
        self.update()
        self.chosen.emit(row, place)

    # --- what happens to it ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the word under the mouse."""
        found = self.at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self.choose(*found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over words."""
        over = self.at(event.position().toPoint()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from word to word, and from sentence to sentence."""
        moves = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        move = moves.get(Qt.Key(event.key()))
        if move is None or not self._words:
            super().keyPressEvent(event)
            return
        row, place = (0, -1) if self.selected is None else self.selected
        row = min(max(row + move[0], 0), len(self._tokens) - 1)
        last = max((word.place for word in self._words if word.row == row), default=0)
        self.choose(row, min(max(place + move[1], 0), last))

    def event(self, event: QEvent) -> bool:
        """Tell under the mouse what D says of a word."""
        if event.type() == event.Type.ToolTip and self._parts is not None:
            point = event.pos()  # type: ignore[attr-defined]
            if (found := self.at(point)) is not None:
                part = float(self._parts[found])
                if math.isnan(part):
                    QToolTip.showText(event.globalPos(), "D says no number here: it went wrong", self)  # type: ignore[attr-defined]
                    return True
                often = "rarer among G's than among real ones" if part > 0 else "more frequent among G's than real ones"
                told = signed(f"D: {part:+.2f} nats, {often}, after the words before it")
                QToolTip.showText(event.globalPos(), told, self)  # type: ignore[attr-defined]
                return True
        return super().event(event)

    def resizeEvent(self, event: object) -> None:
        """Arrange the words anew."""
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Each word on its colour; wavy underlined from the first that can't be; the chosen one outlined."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, place, box, text in self._words:
            if self._parts is not None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour_of(float(self._parts[row, place])))
                painter.drawRoundedRect(box, 3, 3)
            if (row, place) == self.selected:
                painter.setPen(QPen(QColor(theme.FOCUS), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
            painter.setPen(QColor(theme.TEXT))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            if self._faults is not None and place == self._faults[row]:
                painter.setPen(QPen(QColor(theme.DANGER), 2, Qt.PenStyle.DotLine))
                painter.drawLine(box.left() + _PAD, box.bottom(), box.right() - _PAD, box.bottom())
