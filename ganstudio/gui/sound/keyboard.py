"""The computer's keyboard as a piano: A to K are the white keys of an octave, while a part of the window has it."""

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
    """

    pressed = Signal(int)
    released = Signal(int)

    def __init__(self, *parts: QWidget) -> None:
        super().__init__(parts[0])
        self.count = 0
        self._down: set[int] = set()
        for part in parts:
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
        if event.type() not in kinds or not isinstance(event, QKeyEvent) or (value := self._value(event)) is None:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat() and value not in self._down:
            self._down.add(value)
            self.pressed.emit(value)
        elif event.type() == QEvent.Type.KeyRelease and not event.isAutoRepeat() and value in self._down:
            self._down.discard(value)
            self.released.emit(value)
        event.accept()
        return True

    def _value(self, event: QKeyEvent) -> int | None:
        value = _KEYS.get(Qt.Key(event.key()))
        if value is None or value >= self.count or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return None
        return None if isinstance(QApplication.focusWidget(), _TYPED_IN) else value
