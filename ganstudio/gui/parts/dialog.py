"""What every dialog of ours is: Tab goes through it as the eye does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog

from ganstudio.gui.parts.stops import go_on

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

_FRAME = QSize(8, 40)  # a title bar and borders, which have no size before the dialog is shown


class Dialog(QDialog):
    """A dialog whose stops of Tab follow from where they stand, and which is no larger than its screen."""

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the screen: what is too much for it gives way, as in a window that is drawn smaller."""
        super().showEvent(event)
        self.resize(self.size().boundedTo(self.screen().availableSize() - _FRAME))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes as the eye does."""
        return go_on(self, forward=forward)
