"""A window to drag files from, onto another window: ``python -m tests.bundle.drag PATH``."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

TITLE = "Drag from here"
SIDE = 60
FETCH_MS = 2_000
"""So long it stays after the drop: only then the other side asks for what was dropped."""


class Source(QWidget):
    """A square that stays above other windows; whoever drags it drags a file."""

    def __init__(self, path: str) -> None:
        super().__init__(None, Qt.WindowType.X11BypassWindowManagerHint | Qt.WindowType.FramelessWindowHint)
        self._path = path
        self.setWindowTitle(TITLE)
        self.setGeometry(0, 0, SIDE, SIDE)

    def mouseMoveEvent(self, _event: QMouseEvent) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(self._path)])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)
        QTimer.singleShot(FETCH_MS, QApplication.quit)


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    source = Source(sys.argv[1])
    source.show()
    source.raise_()
    sys.exit(app.exec())
