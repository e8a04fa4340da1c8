"""The keyboard as a piano: A to K are the white keys of an octave, unless another part of the window has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

LETTERS = "ASDFGHJK"
"""In the order of the values that they play."""
_KEYS = {Qt.Key[f"Key_{letter}"]: index for index, letter in enumerate(LETTERS)}
_TYPED_IN = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox)
"""What letters are meant for where it has the focus; a list finds its rows by them."""


class Keyboard(QObject):
    """Takes A to K for itself where the focus is in one of its parts, and not in a field that is typed in.

    They come before the window's shortcuts of one letter, such as S and D; without a piano, ``count`` 0, all of them
    are the window's. ``pressed`` and ``released`` carry the value of a key. A filter on the parts alone: keys come to
    them from the widget that has the focus, as it has no use for them.

    whole: what has the focus before anybody chose a part. The letters stand on the piano's keys, so that then they are
    its own too, as long as its parts are to be seen.
    """

    pressed = Signal(int)
    released = Signal(int)

    def __init__(self, *parts: QWidget, whole: QWidget) -> None:
        super().__init__(parts[0])
        self.count = 0
        self._parts, self._whole = parts, whole
        self._down: set[int] = set()
        for part in (*parts, whole):
            part.installEventFilter(self)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)

    def _on_focus(self, _old: QWidget | None, _new: QWidget | None) -> None:
        self.let_go()

    def let_go(self) -> None:
        """Take all keys for released: what comes after the focus has gone, nobody here hears."""
        for value in sorted(self._down):
            self.released.emit(value)
        self._down.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim a key before it becomes a shortcut, and then take it."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
        mine = event.type() in kinds and (watched is not self._whole or self._is_unclaimed())
        if not mine or not isinstance(event, QKeyEvent) or (value := self._value(event)) is None:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat() and value not in self._down:
            self._down.add(value)
            self.pressed.emit(value)
        elif event.type() == QEvent.Type.KeyRelease and not event.isAutoRepeat() and value in self._down:
            self._down.discard(value)
            self.released.emit(value)
        event.accept()
        return True

    def _is_unclaimed(self) -> bool:
        """Whether no part of the window has the keyboard: what comes from one in it is that part's or the window's."""
        return QApplication.focusWidget() is self._whole and any(part.isVisible() for part in self._parts)

    def _value(self, event: QKeyEvent) -> int | None:
        value = _KEYS.get(Qt.Key(event.key()))
        if value is None or value >= self.count or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return None
        return None if isinstance(QApplication.focusWidget(), _TYPED_IN) else value
