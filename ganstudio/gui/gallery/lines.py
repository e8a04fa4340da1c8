"""Samples that can be read as a list of lines, in place of the wall of their pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QMouseEvent

    from ganstudio.gui.gallery.wall import Wall
    from ganstudio.modalities import Samples


class Lines(QListWidget):
    """The samples of a wall, a line each. A click or an arrow key does what a click in the wall does."""

    def __init__(self, wall: Wall) -> None:
        super().__init__()
        self._wall = wall
        self._text: Callable[[Samples], Sequence[str] | None] = lambda _samples: ()
        self.setWordWrap(True)
        self.setSpacing(2)  # between samples, so that it is seen where a longer one goes on below
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setAcceptDrops(False)  # what is dropped here is meant for the window
        self.hide()
        wall.changed.connect(self._refresh)
        self.currentRowChanged.connect(self._on_row)

    def set_text(self, text: Callable[[Samples], Sequence[str] | None]) -> None:
        """Read samples from now on as the lines that this makes of them."""
        self._text = text

    def show_these(self, on: bool) -> None:
        """Stand in for the wall, or let it be seen again."""
        self.setAccessibleName(self._wall.accessibleName())
        self.setToolTip(self._wall.toolTip().partition(".")[0])
        self.setVisible(on)
        self._wall.setVisible(not on)
        self._refresh()

    def lines(self) -> list[str]:
        """What is to be read."""
        return [self.item(row).text() for row in range(self.count())]

    def _refresh(self) -> None:
        if self.isHidden():
            return
        texts = self._text(self._wall.samples) or ()
        with QSignalBlocker(self):
            while self.count() > len(texts):
                self.takeItem(self.count() - 1)
            for row, text in enumerate(texts):
                if row == self.count():
                    self.addItem(text)
                elif self.item(row).text() != text:
                    self.item(row).setText(text)
            self.setCurrentRow(-1 if self._wall.chosen is None else self._wall.chosen)

    def _on_row(self, row: int) -> None:
        if row >= 0 and row != self._wall.chosen:
            self._wall.strike(row, QApplication.keyboardModifiers())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the line that is selected plays it once more."""
        row = self.indexAt(event.position().toPoint()).row()
        again = row >= 0 and row == self._wall.chosen
        super().mousePressEvent(event)
        if again:
            self._wall.strike(row, event.modifiers())
