"""Walls next to one another: what G was given, the steps on its way, what it made and real samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QGridLayout, QLayout, QWidget

from ganstudio.gui.gallery.lines import Lines
from ganstudio.gui.gallery.wall import Wall
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import muted_label
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.ways_out import WaysOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from ganstudio.modalities import Modality, Samples

_LEAST, _ROOM = 32, 120


class Titled(QWidget):
    """A wall, or the lines of its samples, with its name above it, which is shown where a chip could not name all."""

    def __init__(self, parent: QWidget, title: str, wall: Wall | None = None) -> None:
        super().__init__(parent)
        self.hide()
        self.described = ""
        """What is in the wall, for its tooltip."""
        self.wall = wall or Wall()
        self.lines = Lines(self.wall)
        self._title = muted_label(title)
        stacked(self._title, (self.wall, 1), (self.lines, 1), on=self, spacing=2)

    def name(self, title: str) -> None:
        """Write this above the wall."""
        self._title.setText(title)

    def tell_name(self, on: bool) -> None:
        """Show the name or not."""
        self._title.setVisible(on)


class Steps:
    """Walls of what comes before a generated sample: what it was made of, or the steps on G's way to it."""

    def __init__(self, parent: QWidget, title: str, empty: str) -> None:
        self._parent, self._title, self._empty = parent, title, empty
        self.titled: list[Titled] = []

    def open(self, kinds: Sequence[Modality], columns: int) -> list[Titled]:
        """Have a wall for each of these kinds of samples, empty. Returns those that are new."""
        new = [self._made() for _ in range(len(kinds) - len(self.titled))]
        self.titled += new
        for index, (one, kind) in enumerate(zip(self.titled, kinds, strict=False)):
            title = self._title.format(index + 1)
            one.name(title)
            one.wall.setAccessibleName(title)
            one.described = f"{title}: {kind.described}"
            one.wall.set_empty(self._empty)
            one.wall.clear()
            one.wall.set_pictures(kind.pictures)
            one.wall.set_columns(columns)
        return new

    def _made(self) -> Titled:
        one = Titled(self._parent, "")
        one.wall.setMinimumSize(_LEAST, _LEAST)
        WaysOut(one.wall, self._title.format(len(self.titled) + 1))
        return one

    def show_samples(self, index: int, samples: Samples) -> None:
        """Show samples in the wall of this index."""
        self.titled[index].wall.set_samples(samples)


class Walls(QWidget):
    """Those walls that are wanted, in as many columns as make them largest."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Sequence[Titled] = ()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.SPACING)
        self._grid.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # five in a row must not keep it wide

    def minimumSizeHint(self) -> QSize:
        """Room for one wall, or for two above each other."""
        return QSize(_ROOM, _ROOM * min(len(self._shown), 2))

    def show_these(self, walls: Sequence[Titled], *, named: bool) -> None:
        """Show these in order, each with its name or none."""
        for gone in self._shown:
            self._grid.removeWidget(gone)
            gone.setVisible(gone in walls)
        self._shown, self._columns = walls, 0
        for one in walls:
            one.tell_name(named)
            one.show()
        self.updateGeometry()
        self._arrange()

    def _arrange(self) -> None:
        count = len(self._shown)
        if not count:
            return
        width, height = max(self.width(), 1), max(self.height(), 1)
        columns = max(range(count, 0, -1), key=lambda across: min(width / across, height / -(-count // across)))
        if columns == self._columns:
            return
        self._columns = columns
        for one in self._shown:
            self._grid.removeWidget(one)
        for index, one in enumerate(self._shown):
            self._grid.addWidget(one, index // columns, index % columns)
        for line in range(count + 1):
            self._grid.setColumnStretch(line, int(line < columns))
            self._grid.setRowStretch(line, int(line < -(-count // columns)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the walls anew."""
        super().resizeEvent(event)
        self._arrange()
