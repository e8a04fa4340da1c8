"""Images from the coarse to the fine, level by level: each with what it adds, and its noise to be turned.

Turning the noise of a level redraws it and all finer ones; coarser ones stay. The gallery is a chip away.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from ganstudio.experiment import PyramidSpec
from ganstudio.gui.gallery.grouped import GroupedView
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, action, exclusive, muted_label, step_text
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.scrolled import Scrolled
from ganstudio.gui.rooms.pyramid.below import SamplesBelow
from ganstudio.gui.rooms.pyramid.column import LevelColumn, Seen
from ganstudio.gui.rooms.pyramid.film import ask_for_film
from ganstudio.gui.rooms.pyramid.truth import taken_apart
from ganstudio.origins import read_origin
from ganstudio.training.messages import Share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from PySide6.QtGui import QResizeEvent

    from ganstudio.experiment import Experiment
    from ganstudio.modalities import Modality, Pixels
    from ganstudio.training.messages import Frame, Opened, Walked

GAINS = (1, 2, 4)


class PyramidView(GroupedView):
    """The levels of a pyramid in columns, or the gallery."""

    pages = ("levels",)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            Chip("Levels", "The image from the coarse to the fine, and the noise of each level", theme.FAKE),
            parent=parent,
        )
        self._at = 0
        self._real_index = 0
        self._own: tuple[str, Pixels] | None = None  # a picture that was dropped, and what it is called
        self.columns: list[LevelColumn] = []
        self._gains = exclusive(*(Chip(f"×{gain}", f"Show what levels add {gain} times as strong") for gain in GAINS))
        self.draw = action("Draw all", "Draw the noise of all levels anew, but of those that are locked")
        self.other = action("Other real", "Give the levels that have a real image below another one, of the data")
        self.film = action("Film…", "Save the way from the coarse to the fine as a film (GIF)")
        self._step = muted_label()
        self.below = SamplesBelow()
        self._arrange()
        self._wire()

    def _arrange(self) -> None:
        self._across = QHBoxLayout()
        self._across.setSpacing(2 * theme.SPACING)
        self._levels = QWidget()
        stacked((self._across, 1), self.below, on=self._levels, spacing=theme.SPACING)
        tools, buttons = QWidget(), (*self._gains.buttons(), self.draw, self.below.chip, self.other, self.film)
        tools.setLayout(FlowLayout(*buttons, last=(self._step,)))
        page = QWidget()
        inner = stacked(tools, on=page)
        self._scrolled = Scrolled(self._levels)
        inner.addWidget(self._scrolled, 1)
        self._put_pages(page)

    def _wire(self) -> None:
        self._gains.idToggled.connect(lambda _index, on: self._show_gain() if on else None)
        self.draw.clicked.connect(self._draw_all)
        self.other.clicked.connect(self._take_other)
        self.below.changed.connect(self._request)
        self.below.swapped.connect(self._changed)
        # Once it has its place, which may be below what is seen of the page.
        self.below.shown.connect(lambda: QTimer.singleShot(0, self, self._show_below))
        self.film.clicked.connect(self._ask_film)

    # --- what the window calls ---

    @property
    def home(self) -> QWidget | None:
        """The gallery's pictures, or the first level's knob."""
        return self.gallery.home if self._in_gallery else self.columns[0].turn if self.columns else None

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
        latent = opened.latent
        self._begin(opened, (slice(0, latent.turned), *getattr(latent, "plane_columns", ())))
        self._at, self._real_index, self._own = opened.step, 0, None
        while (item := self._across.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.columns = [LevelColumn(kind, base=place == 0) for place, kind in enumerate(self._kinds)]
        self._attend(*self.columns)
        for place, column in enumerate(self.columns):
            self._across.addWidget(column, 1)
            column.strengthened.connect(partial(self._on_strength, place))
            column.real_wanted.connect(lambda _on: self._on_real())
            column.learning_wanted.connect(partial(self._on_learning, place))
        self.below.open(self.columns, self.noise, opened.latents)
        self._step.setText(step_text(opened.step))
        self._show_progress()
        self._show_gain()
        self._on_real()

    def show_frame(self, frame: Frame) -> None:
        """Show the gallery; and as G has learned, the levels anew."""
        self._at = frame.step
        self._show_progress()
        super().show_frame(frame)

    def show_walked(self, walked: Walked) -> None:
        """Show what each level made of the latents that were asked for last."""
        if len(walked.steps) != len(self.columns):
            return
        self._walked = walked
        self._step.setText(step_text(walked.step))
        for place, (column, images) in enumerate(zip(self.columns, walked.steps, strict=True)):
            column.show_step(Seen(images[0], walked.added[place - 1][0] if place else None))
        self.below.show_samples(walked.steps[-1])

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

    def state(self) -> dict[str, Any]:
        """How strong what is added is shown, too."""
        return super().state() | {"gain": self.gain}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show what was kept, as far as it fits."""
        super().restore(state)
        if state.get("gain") in GAINS:
            self._gains.button(GAINS.index(state["gain"])).setChecked(True)

    # --- what happens to it ---

    def _on_strength(self, place: int, strength: float) -> None:
        self.noise.levels[place].strength = strength
        self._changed()

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
        self.below.own = "" if self._own is None or real is None else self._own[0]
        self.below.tell()
        self._request()

    def _take_other(self) -> None:
        if self._own is None:
            self._real_index += 1
        self._own = None
        self._on_real()

    def _show_below(self) -> None:
        """Scroll to all of the samples, or to where they begin where they are higher than the place."""
        wall, bar = self.below.wall, self._scrolled.verticalScrollBar()
        self._scrolled.ensureWidgetVisible(wall, 0, 0)
        bar.setValue(min(bar.value(), wall.mapTo(self._levels, QPoint()).y()))

    def _request(self) -> None:
        if self._noise is not None:
            at = frozenset(place for place, column in enumerate(self.columns) if column.real.isChecked())
            self.walk_wanted.emit(self.below.latents(self._noise), self._real, at)

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
