"""Dropping on the window: a veil says what will happen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QMainWindow

from ganstudio.gui import theme


class DropTarget(QObject):
    """Takes what is dropped anywhere on a window; ``dropped`` carries the paths, ``near`` comes before."""

    dropped = Signal(list)
    near = Signal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        self._veil = QLabel("Drop it: images, an archive, arrays, points or a run", window)
        self._veil.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._veil.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._veil.setStyleSheet(
            f"background: rgba(20, 23, 31, 215); color: {theme.TEXT}; font-size: 22px;"
            f"border: 3px dashed {theme.ACCENT}; border-radius: {theme.RADIUS * 2}px;"
        )
        self._veil.hide()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow a drag over the window."""
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            self._veil.hide()
            if paths := paths_in(event.mimeData()):
                event.acceptProposedAction()
                self.dropped.emit(paths)
            return True
        if event.type() == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            if paths_in(event.mimeData()):
                event.acceptProposedAction()
                self._veil.setGeometry(self._window.rect().adjusted(12, 12, -12, -12))
                self._veil.raise_()
                self._veil.show()
                self.near.emit()
            return True
        if event.type() == QEvent.Type.DragLeave:
            self._veil.hide()
        return False


def paths_in(mime: QMimeData) -> list[Path]:
    """The local files and folders, in order."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
