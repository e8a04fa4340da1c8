"""Sliders that are one widget each, name and value included, so that 512 of them are built and painted quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.number_field import NumberField, begins_number
from ganstudio.gui.text.numbers import short

if TYPE_CHECKING:
    from ganstudio.gui.parts.roving import Roving

STEPS = 1000  # of a latent's slider to each side of 0
ROW = 26
"""Pixels of height of a slider."""
_KNOB = 6.0
_LEAST_TRACK = 30
_TYPED = 64  # the least width of the field that a value is typed in
_ACROSS = (Qt.Key.Key_Up, Qt.Key.Key_Down)


class NamedSlider(QAbstractSlider):
    """Name, track and value in one row. A double-click on the name goes back to ``home``.

    A number that is typed while it has the focus, Enter, or a double-click on the value opens a field for it; ``typed``
    carries what was typed, from ``ends[0]`` to ``ends[1]``. Of several that are one stop of Tab, up and down go to the
    next, which ``walked`` asks for.
    """

    typed = Signal(float)
    walked = Signal(int)
    focused = Signal()
    lock_wanted = Signal()

    def __init__(self, name: str, low: int, high: int, home: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setValue(home)
        self.setSingleStep(max((high - low) // 100, 1))
        self.setPageStep(max((high - low) // 10, 1))
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.name, self.text, self._home = name, "", home
        self.trained: tuple[int, int] | None = None
        """The part of the range that the networks are trained on, marked on the track; None: all of it."""
        self.ends = (float(low), float(high))
        """What the ends of the track stand for, in the unit of the number that is typed."""
        self.exact: float | None = None
        """The value with all its digits, as the field offers it; None: as it is written."""
        self.among: Roving | None = None
        """Those that this is one stop of Tab with."""
        self._field: NumberField | None = None
        self._letter: QShortcut | None = None
        self.locked = False
        """Whether it stays where it is when all are drawn anew: its name is underlined."""
        self.widest_text = "\u22123.00"
        self.name_width, self._value_width = 0, 0

    def mark(self, text: str) -> None:
        """Write the name with the letter underlined that an & stands before; Alt with it brings the keyboard here."""
        self.name = text
        if self._letter is None:
            self._letter = QShortcut(self)
            self._letter.activated.connect(lambda: self.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self._letter.setKey(QKeySequence.mnemonic(text))
        self.update()

    def _mnemonic(self) -> Qt.TextFlag:
        """How the name is to be read: an & that nobody marked is what somebody called something."""
        return Qt.TextFlag.TextSingleLine if self._letter is None else Qt.TextFlag.TextShowMnemonic

    def show_value(self, position: int, text: str) -> None:
        """Move the knob without a signal, and write the value beside it."""
        blocked = self.blockSignals(True)
        self.setValue(position)
        self.blockSignals(blocked)
        self.text = text
        self.update()

    def sizeHint(self) -> QSize:
        """Return one row."""
        return QSize(200, ROW).expandedTo(self.minimumSizeHint())

    def minimumSizeHint(self) -> QSize:
        """Return the least that name, value and a track that can be dragged take."""
        metrics = self.fontMetrics()
        name, value = metrics.size(self._mnemonic(), self.name).width() + 8, metrics.horizontalAdvance(self.widest_text)
        return QSize(name + value + 6 + round(2 * _KNOB) + 2 + _LEAST_TRACK, ROW)

    def track(self) -> QRectF:
        """Where the knob's middle runs."""
        if not self._value_width:
            metrics = self.fontMetrics()
            self._value_width = metrics.horizontalAdvance(self.widest_text) + 6
            self.name_width = self.name_width or metrics.size(self._mnemonic(), self.name).width() + 8
        left, right = self.name_width + _KNOB + 1, self.width() - self._value_width - _KNOB - 1
        return QRectF(left, self.height() / 2, max(right - left, 1), 0)

    def _place(self, position: int) -> float:
        track = self.track()
        return track.left() + (position - self.minimum()) / (self.maximum() - self.minimum()) * track.width()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track, middle = self.track(), self.height() / 2
        knob, home = self._place(self.value()), self._place(self._home)
        on = self.isEnabled()
        painter.setPen(QColor(theme.DISABLED if not on else theme.TEXT if self.hasFocus() else theme.MUTED))
        how = Qt.AlignmentFlag.AlignVCenter.value | self._mnemonic().value
        named = QRect(0, 0, self.name_width, self.height())
        painter.drawText(named, how, self.name)
        if self.locked:
            under = painter.boundingRect(named, how, self.name)
            painter.fillRect(under.left(), under.bottom(), under.width(), 2, QColor(theme.ACCENT))
        painter.setPen(QColor(theme.TEXT if on else theme.DISABLED))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), right, self.text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.OUTLINE))
        painter.drawRoundedRect(QRectF(track.left(), middle - 1.5, track.width(), 3), 1.5, 1.5)
        if self.trained is not None:
            self._paint_trained(painter, *map(self._place, self.trained))
        painter.drawRect(QRectF(home - 0.5, middle - 5, 1, 10))
        painter.setBrush(QColor(theme.ACCENT if on else theme.DISABLED))
        painter.drawRect(QRectF(min(knob, home), middle - 1.5, abs(knob - home), 3))
        held = self.isSliderDown() or self.hasFocus()
        painter.setPen(QPen(QColor(theme.FOCUS if held else theme.BACKGROUND), 1.5))
        painter.drawEllipse(QRectF(knob - _KNOB, middle - _KNOB, 2 * _KNOB, 2 * _KNOB))

    def _paint_trained(self, painter: QPainter, low: float, high: float) -> None:
        """A lighter groove between two posts."""
        middle = self.height() / 2
        painter.setBrush(QColor(theme.DISABLED))
        painter.drawRect(QRectF(low, middle - 2.5, high - low, 5))
        painter.setBrush(QColor(theme.MUTED))
        for end in (low, high):
            painter.drawRect(QRectF(end - 0.75, middle - 6, 1.5, 12))

    def edit(self, text: str | None = None) -> None:
        """Open the field for the value, with the value in it or with what was typed so far."""
        if self._field is not None:
            return
        name = self.accessibleName()
        self._field = field = NumberField(self, name, *self.ends)
        field.typed.connect(self.typed)
        field.closed.connect(self._forget)
        width = max(self._value_width, _TYPED)
        field.setGeometry(self.width() - width, 1, width, self.height() - 2)
        now = self.text if self.exact is None else short(round(self.exact, 6))
        field.begin(now if text is None else text, select=text is None)

    def _forget(self) -> None:
        self._field = None

    # --- mouse and keys; left, right, Page and Home keys are QAbstractSlider's own ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A number, or Enter, is typed; up and down go to the next slider where this is one of many."""
        if begins_number(event):
            self.edit(event.text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit()
        elif event.key() == Qt.Key.Key_L and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.lock_wanted.emit()
        elif self.among is not None and event.key() in _ACROSS:
            self.walked.emit(event.key())
        else:
            super().keyPressEvent(event)

    def _follow(self, event: QMouseEvent) -> None:
        track = self.track()
        share = min(max((event.position().x() - track.left()) / track.width(), 0), 1)
        self.setValue(round(self.minimum() + share * (self.maximum() - self.minimum())))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the place that was clicked."""
        on_value = event.position().x() > self.track().right() + 2 * _KNOB  # a first click there is no jump to the end
        if event.button() == Qt.MouseButton.LeftButton and event.position().x() > self.name_width and not on_value:
            self.setSliderDown(True)
            self._follow(event)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        if self.isSliderDown():
            self._follow(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On the name: back home; on the value: type it. Elsewhere it is a second click."""
        if event.position().x() <= self.name_width:
            self.setValue(self._home)
        elif event.position().x() > self.track().right() + _KNOB:
            self.edit()
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the list: turning z by accident while scrolling would be a nuisance."""
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Be the one that Tab stops at."""
        self.focused.emit()
        super().focusInEvent(event)
