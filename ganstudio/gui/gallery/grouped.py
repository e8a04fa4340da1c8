"""Latents turned in groups: the controls of one group, and what views are that show all of them and the gallery."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, exclusive
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.noise import GroupedNoise
from ganstudio.gui.parts.samples import SampleView
from ganstudio.gui.parts.sliders import NamedSlider
from ganstudio.gui.text.numbers import signed
from ganstudio.training.messages import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from ganstudio.experiment import Experiment, LatentSpec
    from ganstudio.gui.parts.noise import GroupNoise
    from ganstudio.gui.parts.samples import Offers
    from ganstudio.training.messages import Frame, Opened, Walked

_WHOLE = 180


class NoiseControls(QWidget):
    """``turned`` carries degrees, ``locked`` whether the group is to stay; ``thrown`` asks for another draw.

    named: of what, as in "Turn of the style". tip: what turning does. throw, lock: the buttons.
    """

    turned, thrown, locked = Signal(float), Signal(), Signal(bool)

    def __init__(self, named: str, tip: str, throw: Chip, lock: Chip) -> None:
        super().__init__()
        self.turn = NamedSlider("Turn", -_WHOLE, _WHOLE, 0)
        self.turn.setAccessibleName(f"Turn of {named}")
        self.turn.setToolTip(tip)
        self.throw, self.lock = throw, lock
        self.turn.valueChanged.connect(lambda value: self.turned.emit(float(value)))
        self.turn.typed.connect(self.turned)
        self.throw.clicked.connect(lambda: self.thrown.emit())
        self.lock.toggled.connect(self.locked)

    def show_noise(self, noise: GroupNoise) -> None:
        """Put the knob where the noise stands, without a signal."""
        self.turn.exact = noise.angle
        self.turn.show_value(round(noise.angle), signed(f"{noise.angle:.0f}°"))


class GroupedView(SampleView):
    """Pages of its own, on which groups of latents are turned, and the gallery as the last.

    A view like that makes its pages and controls, and says in ``_request`` what it wants to have made of the noise.
    """

    pages: tuple[str, ...]
    """What its own pages are called where it is kept which of them is shown."""

    def __init__(self, *chips: Chip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened: Opened | None = None
        self._experiment: Experiment | None = None
        self._noise: GroupedNoise | None = None
        self._walked: Walked | None = None
        self._controls: Sequence[NoiseControls] = ()
        self.gallery = GalleryView()
        self._pages = exclusive(*chips, Chip("Gallery", "Many samples side by side"))
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.SPACING] * 4)
        layout.setSpacing(theme.SPACING - 2)
        layout.addLayout(FlowLayout(*self._pages.buttons()))
        layout.addWidget(self._stack, 1)

    def _put_pages(self, *pages: QWidget) -> None:
        """Show these, one for each of the chips, and the gallery behind them."""
        for page in (*pages, self.gallery):
            self._stack.addWidget(page)
        self._pages.idToggled.connect(self._on_page)
        for name in ("selected", "picked", "examined"):
            getattr(self.gallery, name).connect(getattr(self, name))
        self.gallery.watch_changed.connect(lambda watch: self.watch_changed.emit(watch) if self._in_gallery else None)

    def _attend(self, *controls: NoiseControls) -> None:
        """Have these turn the groups, in order."""
        self._controls = controls
        for place, one in enumerate(controls):
            one.turned.connect(partial(self._on_turned, place))
            one.thrown.connect(partial(self._on_thrown, place))
            one.locked.connect(partial(self._on_locked, place))

    def _begin(self, opened: Opened, columns: Sequence[slice]) -> None:
        """Be of a freshly opened game, at the first of its fixed latents. columns: those of each group."""
        self._opened, self._experiment, self._walked = opened, opened.experiment, None
        self.gallery.open(opened)
        self._noise = GroupedNoise(opened.latent, columns)
        self._noise.load(opened.latents[0])

    def _request(self) -> None:
        """Ask for what is shown of the noise as it stands."""
        raise NotImplementedError

    # --- what the window calls ---

    @property
    def noise(self) -> GroupedNoise:
        """The latents of all groups; there is a game."""
        assert self._noise is not None
        return self._noise

    def show_frame(self, frame: Frame) -> None:
        """Show the gallery; and as G has learned, what is made of the noise anew."""
        self.gallery.show_frame(frame)
        if not self._in_gallery:
            self._request()

    def set_latents(self, latents: npt.NDArray[np.float32]) -> None:
        """Take latents that were set elsewhere; the noise of a group that is as it was stays where it stands."""
        self.gallery.set_latents(latents)
        if self._noise is not None and len(latents) == len(self._noise.latents):
            self._noise.take(latents)
            self._show_noise()
            self._request()

    def watch(self) -> Watch:
        """What frames shall contain: the gallery, whose frames tell that G has learned."""
        return self.gallery.watch() if self._in_gallery else Watch(frozenset({"gallery"}))

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
        """All games together are given nothing; the gallery may still be told."""
        self.gallery.set_like(index)

    def state(self) -> dict[str, Any]:
        """Which page is shown, and how the gallery was left."""
        return {"page": (*self.pages, "gallery")[self._page], "gallery": self.gallery.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show what was kept, as far as it fits."""
        names = (*self.pages, "gallery")
        if state.get("page") in names:
            self._pages.button(names.index(state["page"])).setChecked(True)
        if isinstance(state.get("gallery"), dict):
            self.gallery.restore(state["gallery"])

    # --- what happens to it ---

    @property
    def _page(self) -> int:
        return self._pages.checkedId()

    @property
    def _in_gallery(self) -> bool:
        return self._page == len(self.pages)

    def _on_page(self, page: int, on: bool) -> None:
        if on:
            self._stack.setCurrentIndex(page)
            self.watch_changed.emit(self.watch())
            self._renew()

    def _renew(self) -> None:
        """Ask for what a page shows that has just been turned to."""
        self._request()

    def _on_turned(self, place: int, degrees: float) -> None:
        self.noise.levels[place].angle = degrees
        self._changed()

    def _on_thrown(self, place: int) -> None:
        self.noise.levels[place].throw()
        self._changed()

    def _on_locked(self, place: int, on: bool) -> None:
        if self._noise is not None:
            self._noise.levels[place].locked = on

    def _draw_all(self) -> None:
        if self._noise is not None:
            self._noise.throw_all()
            self._changed()

    def _changed(self) -> None:
        """Let the sliders elsewhere follow; they come back with the same latents, which are then asked for."""
        self._show_noise()
        self.picked.emit(self.noise.latents)

    def _show_noise(self) -> None:
        if self._noise is not None:
            for controls, noise in zip(self._controls, self._noise.levels, strict=True):
                controls.show_noise(noise)
