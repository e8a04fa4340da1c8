"""Samples that are read rather than looked at, such as sentences: the first of them, a line each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListWidget

SHOWN = 500


class SampleLines(QListWidget):
    """``wanted(first, count)`` asks for those of the first ``SHOWN`` that are not here."""

    wanted = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("The first samples")
        self.setWordWrap(True)
        self.setSpacing(2)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.viewport().setAcceptDrops(False)  # what is dropped here is meant for the window
        self.setMinimumSize(200, 160)

    def lines(self) -> list[str]:
        """What is to be read."""
        return [self.item(row).text() for row in range(self.count())]

    def show_count(self, count: int) -> None:
        """All is read, and so many samples there are: ask for those that are missing."""
        shown = min(count, SHOWN)
        while self.count() > shown:
            self.takeItem(self.count() - 1)
        self.setToolTip("" if shown == count else f"The first {shown:,} of {count:,}")
        if self.count() < shown:
            self.wanted.emit(self.count(), shown - self.count())

    def put(self, first: int, lines: tuple[str, ...]) -> None:
        """Show the lines of the samples from number ``first``, which is not beyond the next."""
        for row, line in enumerate(lines[: max(SHOWN - first, 0)], start=first):
            if row < self.count():
                self.item(row).setText(line)
            elif row == self.count():
                self.addItem(line)
