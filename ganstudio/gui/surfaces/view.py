"""Surfaces first, then a picture of them: normals as colours, the clay under a light that is dragged, and the picture.

Structure and style are turned, drawn or held apart; a sheet crosses them. The gallery is a chip away.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ganstudio.gui import theme
from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.parts.chips import Chip, action, exclusive, step_text
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.noise import GroupedNoise
from ganstudio.gui.parts.samples import SampleView
from ganstudio.gui.surfaces.angles import angles, heat
from ganstudio.gui.surfaces.drawing import Drawing
from ganstudio.gui.surfaces.page import SurfacesPage
from ganstudio.gui.surfaces.sheet import LINES, Crossed, SheetOfStyles, Styles
from ganstudio.gui.surfaces.told import read_off, told_of
from ganstudio.modalities import Normals
from ganstudio.modalities.light import Light, lit
from ganstudio.training.messages import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.experiment import Experiment, LatentSpec
    from ganstudio.gui.parts.samples import Offers
    from ganstudio.training.messages import Frame, Opened, Walked

_PAGES = ("surfaces", "sheet", "gallery")
_CLOSE = 1e-5  # between latents that are the same


class SurfacesView(SampleView):
    """Normals, clay and picture of one sample; a sheet of structures and styles; or the gallery."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened: Opened | None = None
        self._experiment: Experiment | None = None
        self._state: GroupedNoise | None = None
        self._walked: Walked | None = None
        self._crossed: Crossed | Styles | None = None
        self._mark: tuple[int, int] | None = None
        self.gallery = GalleryView()
        self._pages = exclusive(
            Chip("Surfaces", "Normals, the same under a light of yours, and the picture painted on them", theme.FAKE),
            Chip("Sheet", "Six structures by six styles: rows keep the shape, columns keep the look"),
            Chip("Gallery", "Many samples side by side"),
        )
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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.SPACING] * 4)
        layout.setSpacing(theme.SPACING - 2)
        layout.addLayout(FlowLayout(*self._pages.buttons()))
        self._stack = QStackedWidget()
        layout.addWidget(self._stack, 1)
        self._stack.addWidget(self.page)
        whole, tools = QWidget(), QWidget()
        tools.setLayout(FlowLayout(self.renew))
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(tools)
        rows.addWidget(self.sheet, 1)
        self._stack.addWidget(whole)
        self._stack.addWidget(self.gallery)

    def _wire(self) -> None:
        self._pages.idToggled.connect(self._on_page)
        for place, group in enumerate((self.shape, self.look)):
            group.turned.connect(partial(self._on_turned, place))
            group.thrown.connect(partial(self._throw, place))
            group.held.connect(partial(self._hold, place))
        self.draw.clicked.connect(self._draw_all)
        self.angle.toggled.connect(lambda _on: self._show())
        self.clay.moved.connect(lambda _light: self._show_clay())
        self.normals.pointed.connect(self._point)
        self.picture.pointed.connect(self._point)
        self.drawing.changed.connect(self._on_drawn)
        self.page.brushes.chosen.connect(self._tell)
        self.renew.clicked.connect(self._cross)
        self.sheet.went.connect(self._on_sheet)
        for name in ("selected", "picked", "examined"):
            getattr(self.gallery, name).connect(getattr(self, name))
        self.gallery.watch_changed.connect(lambda watch: self.watch_changed.emit(watch) if self._page == 2 else None)

    # --- what the window calls ---

    @property
    def home(self) -> QWidget | None:
        """The light, the sheet, or the gallery's pictures."""
        return (self.clay, self.sheet, self.gallery.home)[self._page]

    @property
    def state_of_latents(self) -> GroupedNoise:
        """Structure and style as they stand; there is a game."""
        assert self._state is not None
        return self._state

    @property
    def shown(self) -> QWidget:
        """What is on the page that is open, or the gallery's samples."""
        page = self._stack.currentWidget()
        if page is None or page is self.gallery:
            return self.gallery.shown
        return self.sheet if self.sheet.isVisible() else page

    def open(self, opened: Opened) -> None:
        """Show a freshly opened game at the first of its fixed latents."""
        self._opened, self._walked, self._crossed, self._mark = opened, None, None, None
        self._experiment = opened.experiment
        self.gallery.open(opened)
        latent, games = opened.latent, opened.experiment.games
        first = next(iter(games.values())).latent.width
        self._state = GroupedNoise(latent, (slice(0, first), slice(first, latent.width)))
        self._state.load(opened.latents[0])
        self.shape.name_latents(1, first)
        self.look.name_latents(first + 1, latent.width)
        for group in (self.shape, self.look):
            group.hold.setChecked(False)
        self.page.clear()
        self.page.step.setText(step_text(opened.step))
        kind = opened.way[0]
        assert isinstance(kind, Normals)
        self.drawing.open(kind)
        self._show_noise()
        self.sheet.clear()
        if self._page == 1:  # as the last game was left
            self._cross()
        else:
            self._request()

    def show_frame(self, frame: Frame) -> None:
        """Show the gallery; and as G has learned, the surfaces anew."""
        self.gallery.show_frame(frame)
        self._request()

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
        self.gallery.set_latents(latents)
        state = self._state
        if state is None or len(latents) != len(state.latents):
            return
        held = state.latents
        wanted = latents.copy()
        for group, columns in zip(state.levels, state.columns, strict=True):
            if group.locked:
                wanted[columns] = held[columns]
        state.take(wanted)
        self._show_noise()
        self._request()
        if not (abs(wanted - latents) < _CLOSE).all():
            self.picked.emit(wanted)

    def watch(self) -> Watch:
        """What frames shall contain: the gallery, whose frames tell that G has learned."""
        return self.gallery.watch() if self._page == 2 else Watch(frozenset({"gallery"}))

    def set_offers(self, offers: Offers) -> None:
        """Have the gallery's menus offer it."""
        self.gallery.set_offers(offers)

    def set_pins(self, points: npt.NDArray[np.float32] | None, names: Sequence[str]) -> None:
        """The gallery makes sheets between them."""
        self.gallery.set_pins(points, names)

    def show_groups(self, letters: Sequence[str]) -> None:
        """Show it in the gallery."""
        self.gallery.show_groups(letters)

    def follow(self, latent: LatentSpec) -> None:
        """Show the names that the codes have now."""
        self.gallery.follow(latent)

    def set_like(self, index: int) -> None:
        """The games together are given nothing; the gallery may still be told."""
        self.gallery.set_like(index)

    def state(self) -> dict[str, Any]:
        """Which page is shown, where the light stands, and how the gallery was left."""
        light = self.clay.light
        return {
            "page": _PAGES[self._page],
            "light": [light.azimuth, light.elevation],
            "gallery": self.gallery.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show what was kept, as far as it fits."""
        if state.get("page") in _PAGES:
            self._pages.button(_PAGES.index(state["page"])).setChecked(True)
        light = state.get("light")
        if isinstance(light, list) and len(light) == 2 and all(isinstance(one, int | float) for one in light):
            self.clay.light = Light(*map(float, light)).turned(0, 0)
            self._show_clay()
        if isinstance(state.get("gallery"), dict):
            self.gallery.restore(state["gallery"])

    # --- what happens to it ---

    @property
    def _page(self) -> int:
        return self._pages.checkedId()

    def _on_page(self, page: int, on: bool) -> None:
        if not on:
            return
        self._stack.setCurrentIndex(page)
        self.watch_changed.emit(self.watch())
        if page == 1:
            self._cross()
        else:
            self._request()

    def _on_turned(self, place: int, degrees: float) -> None:
        self.state_of_latents.levels[place].angle = degrees
        self._changed()

    def _throw(self, place: int) -> None:
        self.state_of_latents.levels[place].throw()
        self._changed()

    def _hold(self, place: int, on: bool) -> None:
        if self._state is not None:
            self._state.levels[place].locked = on

    def _draw_all(self) -> None:
        if self._state is not None:
            self._state.throw_all()
            self._changed()

    def _changed(self) -> None:
        """Let the sliders elsewhere follow; they come back with the same latents, which are then asked for."""
        self._show_noise()
        self.picked.emit(self.state_of_latents.latents)

    def _show_noise(self) -> None:
        if self._state is not None:
            for group, noise in zip((self.shape, self.look), self._state.levels, strict=True):
                group.show_noise(noise)

    def _cross(self) -> None:
        if self._state is not None and self._opened is not None:
            of = Crossed if self.drawing.own is None else Styles
            self._crossed = of(self._state, uniform=self._opened.latent.prior == "uniform")
            self.sheet.set_place(0, 0)
            self.sheet.say(own=of is Styles)
            self._request()

    def _on_sheet(self, row: float, column: float) -> None:
        if self._crossed is not None:
            self.picked.emit(self._crossed.at(row, column))

    def _request(self) -> None:
        if self._opened is None or self._state is None or self._page == 2:
            return
        own = self.drawing.normals
        at = frozenset() if own is None else frozenset({1})
        if self._page == 1 and self._crossed is not None:
            self.walk_wanted.emit(self._crossed.latents, own, at)
        else:
            self.walk_wanted.emit(self._state.latents[None], own, at)

    # --- a map of one's own ---

    def take(self, paths: Sequence[Path]) -> bool:
        """Paint a map that is dropped; on the gallery, or several files together, are data to look at."""
        return self._page != 2 and len(paths) == 1 and self.drawing.take(paths[0])

    def _on_drawn(self) -> None:
        """Show the map at once, and have it painted."""
        own = self.drawing.normals
        if own is not None and self._opened is not None:
            self.normals.show_image(self._opened.way[0].pictures(own[None])[0])
            self.clay.show_image(lit(own, self.clay.light))
        if self._page == 1:
            self._cross()
        else:
            self._request()

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
