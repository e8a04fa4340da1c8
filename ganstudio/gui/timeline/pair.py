"""Two moments side by side: what is seen, and a second view of the same kind that shows the one beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import muted_label, step_text
from ganstudio.gui.parts.laid import stacked

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.gui.game.past import Past
    from ganstudio.training.messages import Frame, GroupFrame, GroupOpened, Opened


class Pair(QSplitter):
    """What is seen at the left; where a moment is kept beside, that at the right, which is only looked at.

    make: another view of a game, or of several, that is open; made when one is asked for first. It shows a frame by
    ``show_frame``, and what the one at the left shows by ``mirror``.
    """

    def __init__(self, seen: QWidget, past: Past, make: Callable[..., QWidget]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setChildrenCollapsible(False)
        self._past, self._make = past, make
        self._opened: Opened | GroupOpened | None = None
        self.view: Any = None
        """What ``make`` made for the moment beside; None until there was one of this game."""
        self._left, self._right = muted_label(), muted_label()
        self._beside = _column(self._right, None)
        self.addWidget(_column(self._left, seen))
        self.addWidget(self._beside)
        self._beside.hide()
        self._left.hide()
        past.moved.connect(self._show)

    def open(self, opened: Opened | GroupOpened) -> None:
        """Another game: nothing stands beside."""
        self._opened = opened
        if self.view is not None:
            self.view.hide()
            self.view.deleteLater()
            self.view = None

    def show_frame(self, frame: Frame | GroupFrame, seen: QWidget) -> None:
        """Show what a frame brings of the moment beside."""
        if frame.beside is None or self._opened is None or self._past.beside is None:
            return
        if self.view is None:
            self.view = self._make(self._opened)
            self.view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            for part in self.view.findChildren(QWidget):
                part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            layout = self._beside.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.addWidget(self.view, 1)
        self.view.mirror(seen)
        self.view.show_frame(frame.beside)

    def _show(self) -> None:
        beside, shown = self._past.beside, self._past.shown
        newly = beside is not None and self._beside.isHidden()
        self._left.setVisible(beside is not None)
        self._beside.setVisible(beside is not None)
        if beside is not None:
            self._left.setText("now" if shown is None else step_text(shown))
            self._right.setText(step_text(beside))
        if newly:
            self.setSizes([self.width() // 2] * 2)


def _column(title: QLabel, below: QWidget | None) -> QWidget:
    column = QWidget()
    title.setContentsMargins(theme.SPACING, theme.SPACING - 2, theme.SPACING, 0)
    stacked(title, *([] if below is None else [(below, 1)]), on=column, spacing=0)
    return column
