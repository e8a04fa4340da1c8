"""A page that is scrolled where it is higher than its place, and never squeezed: in a low window nothing is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QWidget

_COMES_OR_GOES = (QEvent.Type.Show, QEvent.Type.Hide)
_LEAST = 120
"""Pixels of height that the place itself asks for at least."""


class Scrolled(QScrollArea):
    """Gives its page all of the width and at least the height that it needs.

    liked: the height that it likes to have, pixels, where it stands in a page that is scrolled itself and would grow
    with it; None: all of its page's.
    """

    def __init__(self, page: QWidget, liked: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page, self._liked = page, liked
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)
        self.setFocusProxy(page)
        self.verticalScrollBar().installEventFilter(self)

    def sizeHint(self) -> QSize:
        """As large as the page would like to be, or as high as is liked."""
        hint = self._page.sizeHint()
        return hint if self._liked is None else QSize(hint.width(), min(hint.height(), self._liked))

    def minimumSizeHint(self) -> QSize:
        """All of the page's width, the bar's too where it needs one; of its height what is asked for at least."""
        page = self._page
        needed = page.minimumSizeHint().expandedTo(page.minimumSize())
        bar = self.verticalScrollBar()
        return QSize(needed.width() + (bar.sizeHint().width() if bar.isVisible() else 0), min(needed.height(), _LEAST))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for another width where the page needs one, or the bar that comes or goes."""
        asks = (QEvent.Type.LayoutRequest,) if watched is self._page else _COMES_OR_GOES
        if event.type() in asks:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class Scrollable(QScrollArea):
    """A page that keeps a least size in a place that may be smaller both ways: then it is scrolled."""

    def __init__(self, page: QWidget, least: QSize) -> None:
        super().__init__()
        page.setMinimumSize(least)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)
