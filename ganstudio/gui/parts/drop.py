"""Dropping on the window: a veil says what will happen. What is dropped is only ever read, so it is taken as a copy."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractScrollArea, QComboBox, QLabel, QLineEdit, QMainWindow, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.opening.paths import OWN, paths_in

TAKEN = "images, sounds, MIDI, text, arrays, a table or a video"
"""The kinds of data that can be dropped on the window, wherever it names them."""
_WORDS = f"Drop it: {TAKEN}, or a run.\nWith Alt: find it in the latent space"
_SOUGHT = "Drop it: this is looked for in the latent space"


class DropTarget(QObject):
    """Takes what is dropped anywhere on a window; ``dropped`` carries the paths, ``near`` comes before.

    With Alt held it is no data but looked for in the latent space: ``sought`` carries the paths then.

    Drags are taken where they reach the window, before any of its widgets: a text field would accept a move of files.
    """

    dropped = Signal(list)
    sought = Signal(list)
    near = Signal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        self._veil = QLabel(_WORDS, window)
        self._veil.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._veil.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._veil.setStyleSheet(
            f"background: rgba(20, 23, 31, 215); color: {theme.TEXT}; font-size: 22px;"
            f"border: 3px dashed {theme.ACCENT}; border-radius: {theme.RADIUS * 2}px;"
        )
        self._veil.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow a drag over the window."""
        kind = event.type()
        if kind == QEvent.Type.Show and watched is self._window:
            handle = self._window.windowHandle()
            if handle is not None:
                handle.installEventFilter(self)  # once, however often it is said
        elif kind == QEvent.Type.DragLeave:
            self._veil.hide()
        elif isinstance(event, QDropEvent) and event.mimeData().hasFormat(OWN):
            event.ignore()  # a picture on its way out of this very window
            return True
        elif isinstance(event, QDropEvent) and (
            paths := paths_in(event.mimeData())
        ):  # entering and moving are some too
            taken = take_copy(event)
            if kind == QEvent.Type.Drop:
                self._veil.hide()
                if taken:
                    (self.sought if _seeks(event) else self.dropped).emit(paths)
            elif kind == QEvent.Type.DragMove and taken:
                self._veil.setText(_SOUGHT if _seeks(event) else _WORDS)
            elif kind == QEvent.Type.DragEnter and taken:
                self._veil.setText(_SOUGHT if _seeks(event) else _WORDS)
                self._veil.setGeometry(self._window.rect().adjusted(12, 12, -12, -12))
                self._veil.raise_()
                self._veil.show()
                self.near.emit()
            return True
        return isinstance(event, QDropEvent) and watched is self._window


def take_copy(event: QDropEvent) -> bool:
    """Accept a drop, or the drag before it, as a copy, whatever it proposes; False where its source offers none.

    After a move the source may delete the user's file, and we keep no copy of it.
    """
    if not event.possibleActions() & Qt.DropAction.CopyAction:
        event.ignore()
        return False
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
    return True


def take_no_drops(root: QWidget) -> None:
    """Let what is dropped on text fields inside a widget reach the widget itself, or nobody."""
    for widget in [root, *root.findChildren(QWidget)]:
        if isinstance(widget, QLineEdit | QComboBox):
            widget.setAcceptDrops(False)
        elif isinstance(widget, QAbstractScrollArea):
            widget.setAcceptDrops(False)
            widget.viewport().setAcceptDrops(False)


def _seeks(event: QDropEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
