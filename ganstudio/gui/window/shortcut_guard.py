"""Which keys stay with what has the focus, although they are shortcuts of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QLineEdit, QWidget


class ShortcutGuard(QObject):
    """Leaves Space to the button that a keyboard user stands on; elsewhere Space is play and pause.

    Qt gives a shortcut precedence over the widget with the focus unless that widget claims the key by accepting
    ShortcutOverride. Text and spin fields do, sliders and combo boxes don't, both as we want it. Buttons and check
    boxes don't either, so that Space would never reach them. A button that was clicked keeps the focus without the
    user thinking of it: there, Space stays play and pause.

    Fields claim the keys of Undo and Redo even where there is nothing of theirs to undo. They keep them for what is
    typed and not taken yet (``untaken``, where a field has it); then the keys are for the setting that was typed.

    The filter is on the focused widget alone: one on the application would run Python for each event of each widget,
    with the interpreter lock that the training thread wants.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._by_mouse = False
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if isinstance(new, QAbstractButton):
            self._by_mouse = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if isinstance(new, QAbstractButton | QLineEdit | QAbstractSpinBox):
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim Space for a button with keyboard focus, and Undo for a field only while it has what to undo."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if not isinstance(watched, QAbstractButton):
                if _is_undo(event):
                    event.setAccepted(_has_own(watched, redo=_is_redo(event)))
                    return True
            elif event.key() == Qt.Key.Key_Space and not self._by_mouse:
                event.accept()
                return True
        return super().eventFilter(watched, event)


def _is_redo(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Y or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)


def _is_undo(event: QKeyEvent) -> bool:
    """Whether a key undoes or redoes."""
    control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return bool(control) and event.key() in (Qt.Key.Key_Z, Qt.Key.Key_Y)


def _has_own(field: QObject, *, redo: bool) -> bool:
    """Whether what is typed in a field is to be undone, rather than what was turned in the window."""
    untaken = getattr(field, "untaken", None)
    if untaken is not None:
        return bool(untaken)
    edit = field.lineEdit() if isinstance(field, QAbstractSpinBox) else field
    return isinstance(edit, QLineEdit) and (edit.isRedoAvailable() if redo else edit.isUndoAvailable())
