"""Images from the coarse to the fine, level by level: each with what it adds, and its noise to be turned.

Turning the noise of a level redraws it and all finer ones; coarser ones stay. The gallery is a chip away.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ganstudio.experiment import PyramidSpec
from ganstudio.gui import theme
from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.parts.chips import Chip, action, exclusive, muted_label, step_text
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.noise import GroupedNoise
from ganstudio.gui.parts.samples import SampleView
from ganstudio.gui.parts.scrolled import Scrolled
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.pyramid.column import LevelColumn, Seen
from ganstudio.gui.pyramid.film import ask_for_film
from ganstudio.gui.pyramid.swapping import OTHERS, CarriedSamples
from ganstudio.gui.pyramid.truth import taken_apart
from ganstudio.origins import read_origin
from ganstudio.training.messages import Share, Watch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QResizeEvent

    from ganstudio.experiment import Experiment, LatentSpec
    from ganstudio.gui.parts.samples import Offers
    from ganstudio.modalities import Modality, Pixels
    from ganstudio.training.messages import Frame, Opened, Walked

GAINS = (1, 2, 4)
_PAGES = ("levels", "gallery")
_WALL = 140


class PyramidView(SampleView):
    """The levels of a pyramid in columns, or the gallery."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened: Opened | None = None
        self._experiment: Experiment | None = None
        self._at = 0
        self._state: GroupedNoise | None = None
        self._walked: Walked | None = None
        self._real_index = 0
        self._own: tuple[str, Pixels] | None = None  # a picture that was dropped, and what it is called
        self._sheet_of: int | None = None
        self._others: npt.NDArray[np.float32] | None = None  # latents of the samples that noise is swapped with
        self.columns: list[LevelColumn] = []
        self.gallery = GalleryView()
        self._pages = exclusive(
            Chip("Levels", "The image from the coarse to the fine, and the noise of each level", theme.FAKE),
            Chip("Gallery", "Many samples side by side"),
        )
        self._gains = exclusive(*(Chip(f"×{gain}", f"Show what levels add {gain} times as strong") for gain in GAINS))
        self.draw = action("Draw all", "Draw the noise of all levels anew, but of those that are locked")
        self.other = action("Other real", "Give the levels that have a real image below another one, of the data")
        self.samples = Chip(
            "Samples", "Other samples below, to swap one level's noise with: drag a level's picture onto one, or back"
        )
        self.film = action("Film…", "Save the way from the coarse to the fine as a film (GIF)")
        self._step = muted_label()
        self._told = muted_label()
        self._told.setWordWrap(True)
        self._sheet = CarriedSamples()
        self._sheet.setMinimumHeight(_WALL)
        self._sheet.setAccessibleName("Samples that differ in the noise of one level")
        self._sheet_out = WaysOut(self._sheet, "Variants")
        self._arrange()
        self._wire()

    def _arrange(self) -> None:
        self._across = QHBoxLayout()
        self._across.setSpacing(2 * theme.SPACING)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACING)
        column.addLayout(self._across, 1)
        column.addWidget(self._told)
        column.addWidget(self._sheet)
        self._tools = QWidget()
        tools = FlowLayout(*self._gains.buttons(), self.draw, self.samples, self.other, self.film, last=(self._step,))
        self._tools.setLayout(tools)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.SPACING] * 4)
        layout.setSpacing(theme.SPACING - 2)
        layout.addLayout(FlowLayout(*self._pages.buttons()))
        self._stack = QStackedWidget()
        layout.addWidget(self._stack, 1)
        levels = QWidget()
        self._stack.addWidget(levels)
        inner = QVBoxLayout(levels)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self._tools)
        self._scrolled = Scrolled(page)
        inner.addWidget(self._scrolled, 1)
        self._stack.addWidget(self.gallery)

    def _wire(self) -> None:
        self._pages.idToggled.connect(self._on_page)
        self._gains.idToggled.connect(lambda _index, on: self._show_gain() if on else None)
        self.draw.clicked.connect(self._draw_all)
        self.other.clicked.connect(self._take_other)
        self.samples.toggled.connect(self._on_samples)
        self._sheet.carried.connect(self._on_sample_carried)
        self.film.clicked.connect(self._ask_film)
        for name in ("selected", "picked", "examined"):
            getattr(self.gallery, name).connect(getattr(self, name))
        self.gallery.watch_changed.connect(lambda watch: self.watch_changed.emit(watch) if self._in_gallery else None)

    # --- what the window calls ---

    @property
    def home(self) -> QWidget | None:
        """The gallery's pictures, or the first level's knob."""
        return self.gallery.home if self._in_gallery else self.columns[0].turn if self.columns else None

    @property
    def state_of_noise(self) -> GroupedNoise:
        """The noise of all levels; there is a game."""
        assert self._state is not None
        return self._state

    @property
    def gain(self) -> int:
        """How many times as strong what is added is shown."""
        return GAINS[self._gains.checkedId()]

    @property
    def shown(self) -> QWidget:
        """All levels, or the gallery's samples."""
        return self.gallery.shown if self._stack.currentWidget() is self.gallery else self._scrolled

    def open(self, opened: Opened) -> None:
        """Show the levels of a freshly opened game at the first of its fixed latents."""
        self._opened, self._walked, self._real_index, self._own = opened, None, 0, None
        self._sheet_of = self._others = None
        self.samples.setChecked(False)
        self.gallery.open(opened)
        latent = opened.latent
        planes = getattr(latent, "plane_columns", ())
        self._state = GroupedNoise(latent, (slice(0, latent.turned), *planes))
        self._state.load(opened.latents[0])
        while (item := self._across.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.columns = [LevelColumn(kind, base=place == 0) for place, kind in enumerate((*opened.way, opened.modality))]
        for place, column in enumerate(self.columns):
            self._across.addWidget(column, 1)
            column.turned.connect(partial(self._on_turned, place))
            column.strengthened.connect(partial(self._on_strength, place))
            column.thrown.connect(partial(self._throw, place))
            column.locked.connect(partial(self._lock, place))
            column.real_wanted.connect(lambda _on: self._on_real())
            column.sheet_wanted.connect(partial(self._on_sheet, place))
            column.swapped.connect(partial(self._swap_chosen, place))
            column.carried.connect(partial(self._on_level_carried, place))
            column.learning_wanted.connect(partial(self._on_learning, place))
        self._step.setText(step_text(opened.step))
        self._experiment, self._at = opened.experiment, opened.step
        self._show_progress()
        self._show_gain()
        self._on_real()

    def show_frame(self, frame: Frame) -> None:
        """Show the gallery; and as G has learned, the levels anew."""
        self.gallery.show_frame(frame)
        self._at = frame.step
        self._show_progress()
        if not self._in_gallery:
            self._request()

    def show_walked(self, walked: Walked) -> None:
        """Show what each level made of the latents that were asked for last."""
        if len(walked.steps) != len(self.columns):
            return
        self._walked = walked
        self._step.setText(step_text(walked.step))
        for place, (column, images) in enumerate(zip(self.columns, walked.steps, strict=True)):
            column.show_step(Seen(images[0], walked.added[place - 1][0] if place else None))
        if len(made := walked.steps[-1]) > 1:
            self._sheet.set_samples(made if self._others is None else made[1:])

    def show_settings(self, experiment: Experiment) -> None:
        """Show which levels learn from now on, and how far they are."""
        self._experiment = experiment
        self._show_progress()

    def show_measured(self, figures: Mapping[str, Any]) -> None:
        """Show how far what each level adds is from what belongs there."""
        for column in self.columns:
            column.show_measured(figures)

    def take(self, paths: Sequence[Path]) -> bool:
        """Take a picture that was dropped apart, and show next to each of its levels what G makes of the coarser.

        What is no single picture, or says which run it comes from, is for the window.
        """
        from ganstudio.data.images.fitting import UnfitPictureError, as_sample, read_single

        if self._opened is None or self._in_gallery or len(paths) != 1 or not (path := paths[0]).is_file():
            return False
        try:
            image = as_sample(read_single(path), self._opened.modality)[0]
        except UnfitPictureError:
            return False
        if read_origin(path) is not None:
            return False
        self._own = (path.name, image)
        for column in self.columns[1:]:
            blocked = column.real.blockSignals(True)
            column.real.setChecked(True)
            column.real.blockSignals(blocked)
            column.real.update()
        self._on_real()
        return True

    def set_latents(self, latents: npt.NDArray[np.float32]) -> None:
        """Take latents that were set elsewhere; the noise of a level that is as it was stays where it stands."""
        self.gallery.set_latents(latents)
        if self._state is not None and len(latents) == len(self._state.latents):
            self._state.take(latents)
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
        """A pyramid is given nothing; the gallery may still be told."""
        self.gallery.set_like(index)

    def state(self) -> dict[str, Any]:
        """Which page is shown, and how the gallery was left."""
        return {"page": _PAGES[self._pages.checkedId()], "gain": self.gain, "gallery": self.gallery.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show what was kept, as far as it fits."""
        if state.get("page") in _PAGES:
            self._pages.button(_PAGES.index(state["page"])).setChecked(True)
        if state.get("gain") in GAINS:
            self._gains.button(GAINS.index(state["gain"])).setChecked(True)
        if isinstance(state.get("gallery"), dict):
            self.gallery.restore(state["gallery"])

    # --- what happens to it ---

    @property
    def _in_gallery(self) -> bool:
        return self._pages.checkedId() == 1

    def _on_page(self, page: int, on: bool) -> None:
        if on:
            self._stack.setCurrentIndex(page)
            self.watch_changed.emit(self.watch())
            self._request()

    def _on_turned(self, place: int, degrees: float) -> None:
        self.state_of_noise.levels[place].angle = degrees
        self._changed()

    def _on_strength(self, place: int, strength: float) -> None:
        self.state_of_noise.levels[place].strength = strength
        self._changed()

    def _throw(self, place: int) -> None:
        self.state_of_noise.levels[place].throw()
        self._changed()

    def _lock(self, place: int, on: bool) -> None:
        self.state_of_noise.levels[place].locked = on

    @property
    def _spec(self) -> PyramidSpec | None:
        spec = None if self._experiment is None else self._experiment.arrangement
        return spec if isinstance(spec, PyramidSpec) else None

    def _show_progress(self) -> None:
        if (spec := self._spec) is None or self._experiment is None:
            return
        # Before the first step others are in force from the second on: they are what was asked for.
        steps, shares = max(self._experiment.schedule.steps, self._at), spec.shares(max(1, self._at))
        for column, made, wanted, share in zip(
            self.columns, spec.own_steps(self._at), spec.own_steps(steps), shares, strict=True
        ):
            column.show_progress(made, wanted, learns=share > 0)

    def _on_learning(self, place: int, on: bool) -> None:
        """Let a level take its turns, or rest; one goes on learning."""
        if (spec := self._spec) is not None:
            self.command_wanted.emit(Share(place, spec.levels[place] if on else 0))
            self._show_progress()  # until the answer comes, or where it is refused

    def _draw_all(self) -> None:
        if self._state is not None:
            self._state.throw_all()
            self._changed()

    def _changed(self) -> None:
        """Let the sliders elsewhere follow; they come back with the same latents, and the way to them is asked for."""
        self._show_noise()
        self.picked.emit(self.state_of_noise.latents)

    def _show_noise(self) -> None:
        for column, noise in zip(self.columns, self.state_of_noise.levels, strict=True):
            column.show_noise(noise)

    @property
    def _kinds(self) -> tuple[Modality, ...]:
        assert self._opened is not None
        return (*self._opened.way, self._opened.modality)

    @property
    def _real(self) -> Pixels | None:
        """The real image that levels are given what belongs to it; None: none is."""
        if self._opened is None or not any(column.real.isChecked() for column in self.columns):
            return None
        real: Pixels = self._opened.real[self._real_index % len(self._opened.real)]
        return real if self._own is None else self._own[1]

    def _on_real(self) -> None:
        real = self._real
        self.other.setVisible(real is not None)
        levels = [None] * len(self.columns) if real is None else taken_apart(real, self._kinds)
        for column, level in zip(self.columns, levels, strict=True):
            column.show_truth(level)
        self._show_noise()
        self._tell()
        self._request()

    def _take_other(self) -> None:
        if self._own is None:
            self._real_index += 1
        self._own = None
        self._on_real()

    # --- sheets of samples ---

    def _on_sheet(self, place: int, on: bool) -> None:
        if on:
            self.samples.setChecked(False)
            for other, column in enumerate(self.columns):
                if other != place:
                    column.sheet.setChecked(False)
        elif self._sheet_of != place:
            return
        self._sheet_of = place if on else None
        self._tell()
        self._request()

    def _on_samples(self, on: bool) -> None:
        if on and self._opened is not None:
            for column in self.columns:
                column.sheet.setChecked(False)
            self._others = self._opened.latents[1 : OTHERS + 1].copy()
        else:
            self._others = None
        self._sheet.set_carried(self._others is not None)
        self._sheet_out.dragged = self._others is None
        self._sheet.clear()
        for column in self.columns:
            column.allow_swap(self._others is not None)
        self._tell()
        self._request()

    def _on_level_carried(self, place: int, to: QPoint) -> None:
        if (index := self._sheet.at_global(to)) is not None:
            self.swap(place, index)

    def _on_sample_carried(self, index: int, to: QPoint) -> None:
        for place, column in enumerate(self.columns):
            if column.rect().contains(column.mapFromGlobal(to)):
                self.swap(place, index)

    def _swap_chosen(self, place: int) -> None:
        if (index := self._sheet.chosen) is not None:
            self.swap(place, index)
        else:
            self._told.setText("Choose a sample below first, or drag the level's picture onto it.")

    def swap(self, place: int, index: int) -> None:
        """Swap the noise of one level between what the columns show and a sample below them."""
        assert self._others is not None
        self._others[index] = self.state_of_noise.swap(place, self._others[index])
        self._sheet.outline(index)
        self._changed()
        self._tell(f"They swapped the noise of {self.columns[place].called}, and kept that of all other levels")

    def _tell(self, done: str = "") -> None:
        """Say what is shown beside the levels' own."""
        told = [done]
        if self._own is not None and self._real is not None:
            told.append(f"{self._own[0]}, taken apart: next to each level is what G makes of the coarser one")
        if self._sheet_of is not None:
            told.append(
                f"The same image with other noise at {self.columns[self._sheet_of].called}; the first is the one above"
            )
        if self._others is not None and not done:
            told.append("Drag a level's picture onto a sample, or a sample onto a level, to swap that level's noise")
        text = ". ".join(one for one in told if one)
        self._told.setText(text)
        self._told.setVisible(bool(text))
        opens, hidden = self._sheet_of is not None or self._others is not None, self._sheet.isHidden()
        self._sheet.setVisible(opens)
        if opens and hidden:
            # Once it has its place, which may be below what is seen of the page.
            QTimer.singleShot(0, self, self._show_sheet)

    def _show_sheet(self) -> None:
        """Scroll to all of the sheet, or to where it begins where it is higher than the place."""
        self._scrolled.ensureWidgetVisible(self._sheet, 0, 0)
        bar = self._scrolled.verticalScrollBar()
        bar.setValue(min(bar.value(), self._sheet.y()))

    def _request(self) -> None:
        opened, state = self._opened, self._state
        if opened is None or state is None:
            return
        latents = state.latents[None]
        if self._sheet_of is not None:
            latents = state.variants(self._sheet_of)
        elif self._others is not None:
            latents = np.concatenate([latents, self._others])
        at = frozenset(place for place, column in enumerate(self.columns) if column.real.isChecked())
        self.walk_wanted.emit(latents, self._real, at)

    def _show_gain(self) -> None:
        for column in self.columns:
            column.show_gain(self.gain)

    def _ask_film(self) -> None:
        if self._walked is not None and self._opened is not None:
            ask_for_film(self, self._walked, self._opened.modality)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns side by side, or above one another where the view is very narrow."""
        wide = event.size().width() >= 100 * max(len(self.columns), 1)
        self._across.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        super().resizeEvent(event)
