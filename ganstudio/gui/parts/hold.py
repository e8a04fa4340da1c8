"""Which press of a key or a mouse button something is done in: a drag is one, and so is a key that is held down."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

_PRESSED = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
_LET_GO = (QEvent.Type.MouseButtonRelease, QEvent.Type.FocusOut, QEvent.Type.Hide)


class Hold(QObject):
    """Counts the presses on the widget that has the focus.

    The filter is on that widget alone, as one on the application would run Python for each event of each widget. What
    happens while nothing is pressed there is a press of its own.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._count = 0
        self._pressed = False
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def current(self) -> int:
        """The number of the press that is going on, or of a new one."""
        if not self._pressed:
            self._count += 1
        return self._count

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            old.removeEventFilter(self)
        self._pressed = False
        if new is not None:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at presses and releases; nothing is kept from the widget."""
        kind = event.type()
        if kind in _PRESSED:
            self._press()
        elif kind in _LET_GO:
            self._pressed = False
        elif isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            # A shortcut comes as an override alone, its release as any other.
            if kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
                self._press()
            elif kind == QEvent.Type.KeyRelease:
                self._pressed = False
        return super().eventFilter(watched, event)

    def _press(self) -> None:
        self._count += 1
        self._pressed = True
