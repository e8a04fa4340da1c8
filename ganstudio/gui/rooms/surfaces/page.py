"""Normals, clay and picture of one sample, with what turns, draws and reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, action, muted_label
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.scrolled import Scrolled
from ganstudio.gui.rooms.surfaces.canvas import MapCanvas
from ganstudio.gui.rooms.surfaces.group import GroupControls
from ganstudio.gui.rooms.surfaces.picture import Clay, SurfacePicture
from ganstudio.gui.rooms.surfaces.tools import BrushTools, MapTools

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

_NARROW, _NARROWEST = 420, 280
"""Widths below which the groups stand above one another, and the pictures too."""


class SurfacesPage(QWidget):
    """The parts; the view says what they show and do."""

    def __init__(self) -> None:
        super().__init__()
        self.normals, self.picture = MapCanvas("Normals"), SurfacePicture("Picture")
        self.clay = Clay("Clay under your light")
        self.shape = GroupControls("Structure", "the style stays")
        self.look = GroupControls("Style", "the structure stays")
        self.draw = action("Draw all", "Draw structure and style anew, but for what is held")
        self.angle = Chip(
            "Angle",
            "In place of the picture, how far what the reader reads off it is turned from the normals asked for: dark "
            "is none, amber 45 degrees",
            theme.FAKE,
        )
        self.open_map = action(
            "Open map…",
            "Open a map of normals or of depth of your own, and have it painted in this style; or drop one here",
        )
        self.own = action("Back to G's", "Let go of your map: paint the surfaces that the first G makes again")
        self.brushes, self.map = BrushTools(), MapTools()
        self.step, self.told = muted_label(), muted_label()
        self.told.setWordWrap(True)
        self.told.setObjectName("surfaces told")
        self._arrange()

    def _arrange(self) -> None:
        self._across, self._groups = QHBoxLayout(), QHBoxLayout()
        for row in (self._across, self._groups):
            row.setSpacing(2 * theme.SPACING)
        for title, picture in (("Normals", self.normals), ("Clay, lit by you", self.clay), ("Picture", self.picture)):
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(muted_label(title))
            column.addWidget(picture, 1)
            self._across.addLayout(column, 1)
        self._groups.addWidget(self.shape, 1)
        self._groups.addWidget(self.look, 1)
        page = QWidget()
        stacked((self._across, 1), self.told, self.map, self.brushes, self._groups, on=page, spacing=theme.SPACING)
        tools = QWidget()
        tools.setLayout(FlowLayout(self.draw, self.angle, self.open_map, self.own, last=(self.step,)))
        stacked(tools, (Scrolled(page), 1), on=self)

    def clear(self) -> None:
        """Show nothing of the game before."""
        for picture in (self.normals, self.clay, self.picture):
            picture.show_image(None)
        self.set_mark(None)

    def set_mark(self, mark: tuple[int, int] | None) -> None:
        """Mark a pixel of the normals and of the picture, or none."""
        self.normals.set_mark(mark)
        self.picture.set_mark(mark)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The pictures side by side, or above one another where the view is very narrow."""
        for row, least in ((self._across, _NARROWEST), (self._groups, _NARROW)):
            wide = event.size().width() >= least
            row.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        super().resizeEvent(event)
