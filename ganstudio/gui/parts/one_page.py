"""Pages of which one is shown, in the room that this one needs."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget


class OnePage(QStackedWidget):
    """Asks for the room that the page needs which is shown; Qt's own asks for what any of them would need."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _index: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        """Room for the page that is shown."""
        shown = self.currentWidget()
        if shown is None:
            return super().minimumSizeHint()
        least, asked = shown.minimumSizeHint(), shown.minimumSize()
        return QSize(asked.width() or least.width(), asked.height() or least.height())
