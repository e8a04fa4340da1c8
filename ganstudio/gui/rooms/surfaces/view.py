"""Surfaces first, then a picture of them: normals as colours, the clay under a light that is dragged, and the picture.

Structure and style are turned, drawn or held apart; a sheet crosses them. The gallery is a chip away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from ganstudio.gui.gallery.grouped import GroupedView
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, action, step_text
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.rooms.surfaces.angles import angles, heat
from ganstudio.gui.rooms.surfaces.drawing import Drawing
from ganstudio.gui.rooms.surfaces.page import SurfacesPage
from ganstudio.gui.rooms.surfaces.sheet import LINES, Crossed, SheetOfStyles, Styles
from ganstudio.gui.rooms.surfaces.told import read_off, told_of
from ganstudio.modalities import Normals
from ganstudio.modalities.light import Light, lit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.experiment import Experiment
    from ganstudio.training.messages import Opened, Walked

_SHEET = 1
_CLOSE = 1e-5  # between latents that are the same


class SurfacesView(GroupedView):
    """Normals, clay and picture of one sample; a sheet of structures and styles; or the gallery."""

    pages = ("surfaces", "sheet")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            Chip("Surfaces", "Normals, the same under a light of yours, and the picture painted on them", theme.FAKE),
            Chip("Sheet", "Six structures by six styles: rows keep the shape, columns keep the look"),
            parent=parent,
        )
        self._crossed: Crossed | Styles | None = None
        self._mark: tuple[int, int] | None = None
        self.page = page = SurfacesPage()
        self.normals, self.clay, self.picture = page.normals, page.clay, page.picture
        self.shape, self.look = page.shape, page.look
        self.draw, self.angle, self.own = page.draw, page.angle, page.own
        self.drawing = Drawing(page, self._seen)
        self.renew = action("New sheet", "Cross what is set now with five other structures and five other styles")
        self.sheet = SheetOfStyles()
        self._arrange()
        self._wire()

    def _arrange(self) -> None:
        whole, tools = QWidget(), QWidget()
        tools.setLayout(FlowLayout(self.renew))
        stacked(tools, (self.sheet, 1), on=whole)
        self._put_pages(self.page, whole)

    def _wire(self) -> None:
        self._attend(self.shape, self.look)
        self.draw.clicked.connect(self._draw_all)
        self.angle.toggled.connect(lambda _on: self._show())
        self.clay.moved.connect(lambda _light: self._show_clay())
        self.normals.pointed.connect(self._point)
        self.picture.pointed.connect(self._point)
        self.drawing.changed.connect(self._on_drawn)
        self.page.brushes.chosen.connect(self._tell)
        self.renew.clicked.connect(self._cross)
        self.sheet.went.connect(self._on_sheet)

    # --- what the window calls ---

    @property
    def home(self) -> QWidget | None:
        """The light, the sheet, or the gallery's pictures."""
        return (self.clay, self.sheet, self.gallery.home)[self._page]

    @property
    def shown(self) -> QWidget:
        """What is on the page that is open, or the gallery's samples."""
        return (self.page, self.sheet, self.gallery.shown)[self._page]

    def open(self, opened: Opened) -> None:
        """Show a freshly opened game at the first of its fixed latents."""
        latent, games = opened.latent, opened.experiment.games
        first = next(iter(games.values())).latent.width
        self._begin(opened, (slice(0, first), slice(first, latent.width)))
        self._crossed = self._mark = None
        self.shape.name_latents(1, first)
        self.look.name_latents(first + 1, latent.width)
        for group in (self.shape, self.look):
            group.lock.setChecked(False)
        self.page.clear()
        self.page.step.setText(step_text(opened.step))
        kind = opened.way[0]
        assert isinstance(kind, Normals)
        self.drawing.open(kind)
        self._show_noise()
        self.sheet.clear()
        self._renew()  # the sheet, where the last game was left there

    def show_settings(self, experiment: Experiment) -> None:
        """A stage may have been skipped or begun again: what is read off the picture is shown once that is learnt."""
        self._experiment = experiment
        self._show()

    def show_walked(self, walked: Walked) -> None:
        """Show what was made of the latents that were asked for last."""
        if len(walked.steps) != 2 or self._opened is None:
            return
        if len(walked.steps[-1]) == LINES**2:
            self.sheet.show_images(self._opened.modality.pictures(walked.steps[-1]))
        elif len(walked.steps[-1]) == 1:
            self._walked = walked
            self.page.step.setText(step_text(walked.step))
            self._show()

    def set_latents(self, latents: npt.NDArray[np.float32]) -> None:
        """Take latents that were set elsewhere; what is held stays, and the sliders elsewhere are told so."""
        wanted = latents
        if self._noise is not None and len(latents) == len(self._noise.latents):
            wanted = self._noise.held(latents)
        super().set_latents(wanted)
        if not (abs(wanted - latents) < _CLOSE).all():
            self.picked.emit(wanted)

    def state(self) -> dict[str, Any]:
        """Where the light stands, too."""
        return super().state() | {"light": [self.clay.light.azimuth, self.clay.light.elevation]}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show what was kept, as far as it fits."""
        super().restore(state)
        light = state.get("light")
        if isinstance(light, list) and len(light) == 2 and all(isinstance(one, int | float) for one in light):
            self.clay.light = Light(*map(float, light)).turned(0, 0)
            self._show_clay()

    # --- what happens to it ---

    def _renew(self) -> None:
        """Cross anew on the sheet's page; else ask for the sample."""
        if self._page == _SHEET:
            self._cross()
        else:
            self._request()

    def _cross(self) -> None:
        if self._noise is not None and self._opened is not None:
            of = Crossed if self.drawing.own is None else Styles
            self._crossed = of(self._noise, uniform=self._opened.latent.prior == "uniform")
            self.sheet.set_place(0, 0)
            self.sheet.say(own=of is Styles)
            self._request()

    def _on_sheet(self, row: float, column: float) -> None:
        if self._crossed is not None:
            self.picked.emit(self._crossed.at(row, column))

    def _request(self) -> None:
        if self._noise is None or self._in_gallery:
            return
        own = self.drawing.normals
        at = frozenset() if own is None else frozenset({1})
        if self._page == _SHEET and self._crossed is not None:
            self.walk_wanted.emit(self._crossed.latents, own, at)
        else:
            self.walk_wanted.emit(self._noise.latents[None], own, at)

    # --- a map of one's own ---

    def take(self, paths: Sequence[Path]) -> bool:
        """Paint a map that is dropped; on the gallery, or several files together, are data to look at."""
        return not self._in_gallery and len(paths) == 1 and self.drawing.take(paths[0])

    def _on_drawn(self) -> None:
        """Show the map at once, and have it painted."""
        own = self.drawing.normals
        if own is not None and self._opened is not None:
            self.normals.show_image(self._opened.way[0].pictures(own[None])[0])
            self.clay.show_image(lit(own, self.clay.light))
        self._renew()

    def _seen(self) -> npt.NDArray[np.float32] | None:
        """The normals (h, w, 3) that are shown; None: nothing yet."""
        if self.drawing.own is not None:
            return self.drawing.normals
        return None if self._walked is None else self._walked.steps[0][0].astype("float32")

    # --- what is seen ---

    def _show(self) -> None:
        """The newest answer: normals, clay, and the picture or how far it is off them."""
        read = read_off(self._walked, self._experiment)
        self.angle.setEnabled(read is not None)
        if self._walked is None or self._opened is None:
            return
        picture = self._walked.steps[-1][:1]
        seen = self._seen()
        assert seen is not None
        self.normals.show_image(self._opened.way[0].pictures(seen[None])[0])
        self._show_clay()
        if self.angle.isChecked() and read is not None:
            self.picture.show_image(heat(angles(self._walked.steps[0][0], read)))
        else:
            self.picture.show_image(self._opened.modality.pictures(picture)[0])
        self._tell()

    def _show_clay(self) -> None:
        if (seen := self._seen()) is not None:
            self.clay.show_image(lit(seen, self.clay.light))

    def _point(self, row: int, column: int) -> None:
        self._mark = None if self._mark == (row, column) else (row, column)
        self.page.set_mark(self._mark)
        self._tell()

    def _tell(self) -> None:
        if self._walked is not None:
            read = read_off(self._walked, self._experiment)
            self.page.told.setText(told_of(self._walked.steps[0][0], read, self._mark, self.page.brushes.form))
