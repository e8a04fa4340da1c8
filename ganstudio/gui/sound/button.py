"""The button that lies over a picture and plays what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton

from ganstudio.gui.looks import icons

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtWidgets import QWidget

LISTEN_TIP = "Hear it; keep it pressed to hear it again and again"
_SIDE, _MARGIN = 36, 8


class ListenButton(QToolButton):
    """Stands next to a picture in its parent; ``pressed`` and ``released`` tell how long it is to sound."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("listen")
        self.setProperty("lies_over", True)
        self.setIcon(icons.icon("listen"))
        self.setIconSize(QSize(20, 20))
        self.setFixedSize(_SIDE, _SIDE)
        self.setToolTip(LISTEN_TIP)
        self.setAccessibleName("Listen")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    def place(self, picture: QRectF) -> None:
        """Stand to the right of a picture's lower corner, and over it where there is no room beside it."""
        parent = self.parentWidget()
        assert parent is not None
        left = min(round(picture.right()) + _MARGIN, parent.width() - _SIDE - _MARGIN)
        self.move(left, round(picture.bottom()) - _SIDE)
