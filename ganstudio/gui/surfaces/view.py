"""Surfaces first, then a picture of them: normals as colours, the clay under a light that is dragged, and the picture.

Structure and style are turned, drawn or held apart; a sheet crosses them. The gallery is a chip away.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ganstudio.gui import theme
from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.parts.chips import Chip, action, exclusive, muted_label, step_text
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.noise import GroupedNoise
from ganstudio.gui.parts.samples import SampleView
from ganstudio.gui.parts.scrolled import Scrolled
from ganstudio.gui.surfaces.group import GroupControls
from ganstudio.gui.surfaces.light import Light, angles, as_large, heat, lit
from ganstudio.gui.surfaces.maps import MapError, ask_for_map
from ganstudio.gui.surfaces.picture import Clay, SurfacePicture
from ganstudio.gui.surfaces.sheet import LINES, Crossed, SheetOfStyles
from ganstudio.training.messages import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    from PySide6.QtGui import QResizeEvent

    from ganstudio.experiment import LatentSpec
    from ganstudio.gui.parts.samples import Offers
    from ganstudio.training.messages import Frame, Opened, Walked

_PAGES = ("surfaces", "sheet", "gallery")
_NARROW = 420
_CLOSE = 1e-5  # between latents that are the same
_HINT = "Colours of the normals: red right, green up, blue towards you. Click a pixel to read it."


class SurfacesView(SampleView):
    """Normals, clay and picture of one sample; a sheet of structures and styles; or the gallery."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened: Opened | None = None
        self._state: GroupedNoise | None = None
        self._walked: Walked | None = None
        self._crossed: Crossed | None = None
        self._map: npt.NDArray[np.float32] | None = None
        self._mark: tuple[int, int] | None = None
        self.gallery = GalleryView()
        self._pages = exclusive(
            Chip("Surfaces", "Normals, the same under a light of yours, and the picture painted on them", theme.FAKE),
            Chip("Sheet", "Six structures by six styles: rows keep the shape, columns keep the look"),
            Chip("Gallery", "Many samples side by side"),
        )
        self.normals, self.picture = SurfacePicture("Normals"), SurfacePicture("Picture")
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
        self.open_map = action("Paint a map…", "Open a normal map of your own, and have it painted in this style")
        self.own = action("Back to G's", "Paint the surfaces that the first G makes again")
        self.renew = action("New sheet", "Cross what is set now with five other structures and five other styles")
        self.sheet = SheetOfStyles()
        self._step, self._told = muted_label(), muted_label(_HINT)
        self._told.setWordWrap(True)
        self._told.setObjectName("surfaces told")
        self._arrange()
        self._wire()

    def _arrange(self) -> None:
        self._across = QHBoxLayout()
        self._across.setSpacing(2 * theme.SPACING)
        for title, picture in (("Normals", self.normals), ("Clay, lit by you", self.clay), ("Picture", self.picture)):
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(muted_label(title))
            column.addWidget(picture, 1)
            self._across.addLayout(column, 1)
        self._groups = QHBoxLayout()
        self._groups.setSpacing(2 * theme.SPACING)
        self._groups.addWidget(self.shape, 1)
        self._groups.addWidget(self.look, 1)
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.SPACING)
        rows.addLayout(self._across, 1)
        rows.addWidget(self._told)
        rows.addLayout(self._groups)
        self._stack = QStackedWidget()
        tools = QWidget()
        tools.setLayout(FlowLayout(self.draw, self.angle, self.open_map, self.own, last=(self._step,)))
        self._stack.addWidget(_page(tools, Scrolled(page)))
        tools = QWidget()
        tools.setLayout(FlowLayout(self.renew))
        self._stack.addWidget(_page(tools, self.sheet))
        self._stack.addWidget(self.gallery)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.SPACING] * 4)
        layout.setSpacing(theme.SPACING - 2)
        layout.addLayout(FlowLayout(*self._pages.buttons()))
        layout.addWidget(self._stack, 1)

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
        self.open_map.clicked.connect(self._ask_map)
        self.own.clicked.connect(lambda: self.set_map(None))
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

    def open(self, opened: Opened) -> None:
        """Show a freshly opened game at the first of its fixed latents."""
        self._opened, self._walked, self._crossed, self._map, self._mark = opened, None, None, None, None
        self.gallery.open(opened)
        latent, games = opened.latent, opened.experiment.games
        first = next(iter(games.values())).latent.width
        self._state = GroupedNoise(latent, (slice(0, first), slice(first, latent.width)))
        self._state.load(opened.latents[0])
        self.shape.name_latents(1, first)
        self.look.name_latents(first + 1, latent.width)
        for group in (self.shape, self.look):
            group.hold.setChecked(False)
        for picture in (self.normals, self.clay, self.picture):
            picture.show_image(None)
        self.normals.set_mark(None)
        self.picture.set_mark(None)
        self._step.setText(step_text(opened.step))
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

    def show_walked(self, walked: Walked) -> None:
        """Show what was made of the latents that were asked for last."""
        if len(walked.steps) != 2 or self._opened is None:
            return
        if len(walked.steps[-1]) == LINES**2:
            self.sheet.show_images(self._opened.modality.pictures(walked.steps[-1]))
        elif len(walked.steps[-1]) == 1:
            self._walked = walked
            self._step.setText(step_text(walked.step))
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
            self._crossed = Crossed(self._state, uniform=self._opened.latent.prior == "uniform")
            self.sheet.set_place(0, 0)
            self._request()

    def _on_sheet(self, row: float, column: float) -> None:
        if self._crossed is not None:
            self.picked.emit(self._crossed.at(row, column))

    def _request(self) -> None:
        if self._opened is None or self._state is None or self._page == 2:
            return
        if self._page == 1 and self._crossed is not None:
            self.walk_wanted.emit(self._crossed.latents, None, frozenset())
            return
        at = frozenset() if self._map is None else frozenset({1})
        self.walk_wanted.emit(self._state.latents[None], self._map, at)

    # --- a map of one's own ---

    def _ask_map(self) -> None:
        if self._opened is None:
            return
        _, height, width = self._opened.way[0].shape
        try:
            found = ask_for_map(self, height, width)
        except MapError as error:
            self._told.setText(str(error))
            return
        if found is not None:
            self.set_map(found)

    def set_map(self, normals: npt.NDArray[np.float32] | None) -> None:
        """Paint these normals (h, w, 3) in place of those that the first G makes; None: those again."""
        self._map = normals
        self._request()

    # --- what is seen ---

    def _show(self) -> None:
        """The newest answer: normals, clay, and the picture or how far it is off them."""
        self.own.setVisible(self._map is not None)
        self.angle.setEnabled(self._read is not None)
        if self._walked is None or self._opened is None:
            return
        normals, picture = (step[:1] for step in self._walked.steps)
        self.normals.show_image(self._opened.way[0].pictures(normals)[0])
        self._show_clay()
        read = self._read
        if self.angle.isChecked() and read is not None:
            self.picture.show_image(heat(angles(normals[0], read)))
        else:
            self.picture.show_image(self._opened.modality.pictures(picture)[0])
        self._tell()

    def _show_clay(self) -> None:
        if self._walked is not None:
            self.clay.show_image(lit(self._walked.steps[0][0], self.clay.light))

    @property
    def _read(self) -> npt.NDArray[np.floating] | None:
        """What the reader reads off the picture at each pixel, once it has learnt."""
        walked, opened = self._walked, self._opened
        if walked is None or opened is None or not walked.added:
            return None
        before = {stage.kind for stage in opened.experiment.stages}  # in one of which it learns
        places = [place for place, (_, kind) in enumerate(opened.stages) if kind in before]
        if places and walked.step < opened.stages[places[-1] + 1][0]:
            return None
        height, width = walked.steps[0].shape[1:3]
        return as_large(walked.added[0][0], height, width)

    def _point(self, row: int, column: int) -> None:
        self._mark = None if self._mark == (row, column) else (row, column)
        self.normals.set_mark(self._mark)
        self.picture.set_mark(self._mark)
        self._tell()

    def _tell(self) -> None:
        """What is known of the pixel that was clicked, or of all of them."""
        if self._walked is None:
            return
        asked, read = self._walked.steps[0][0], self._read
        if self._mark is None:
            off = "" if read is None else f" The reader finds the picture {angles(asked, read).mean():.0f}° off them."
            self._told.setText(_HINT + off)
            return
        row, column = (min(place, side - 1) for place, side in zip(self._mark, asked.shape[:2], strict=True))
        told = f"Pixel {column + 1}, {row + 1}: {_words(asked[row, column])}"
        if read is not None:
            apart = float(angles(asked[row, column], read[row, column]))
            told += f". Read off the picture: {_words(read[row, column])}, {apart:.0f}° away"
        self._told.setText(told)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The pictures side by side, or above one another where the view is very narrow."""
        wide = event.size().width() >= _NARROW
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._across.setDirection(direction)
        self._groups.setDirection(direction)
        super().resizeEvent(event)


def _page(tools: QWidget, inner: QWidget) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(tools)
    layout.addWidget(inner, 1)
    return page


def _words(normal: npt.NDArray[np.floating]) -> str:
    """A normal's parts: right .20, up -.10, towards you .97."""
    parts = zip(("right", "up", "towards you"), normal.tolist(), strict=True)
    return ", ".join(f"{name} {value:.2f}" for name, value in parts).replace("-", "\u2212")
