"""Plots over one x axis: when they are drawn anew, what they see of it, and the crosshair that goes through all."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from ganstudio.gui.parts.roving import Roving
from ganstudio.gui.plots.axis import PlotAxis
from ganstudio.gui.plots.decimate import pixel_columns
from ganstudio.gui.plots.series import Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QAbstractButton

    from ganstudio.gui.plots.panel import Panel
    from ganstudio.training.records.history import History

_Panel = TypeVar("_Panel", bound="Panel")


class PlotsOverOneAxis(QWidget):
    """Keeps view state only: what is drawn is read from the history when ``refresh`` finds that more is known.

    Who derives from it says which plots there are and what is known beside the history. fit: the button that shows the
    whole run. hint: what stands in the first plot before the first step.
    """

    def __init__(self, history: History, fit: QAbstractButton, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = history
        self.axis = PlotAxis()
        self._fit, self._hint = fit, hint
        fit.clicked.connect(self.fit)
        self._marks: list[tuple[int, str]] = []
        self._cursor: int | None = None
        self._seen: tuple[int, ...] | None = None
        self._roving = Roving(self)
        self._refit = QTimer(self, singleShot=True, interval=0)  # once, when all plots have their new places
        self._refit.timeout.connect(self.redraw)

    # --- what those say that derive from it ---

    def all_panels(self) -> Sequence[Panel]:
        """The plots that there are, in order."""
        raise NotImplementedError

    def _visible(self) -> Sequence[Panel]:
        return [panel for panel in self.all_panels() if not panel.isHidden()]

    def _known(self) -> tuple[int, ...]:
        """What changes when there is more to draw."""
        return self.history.generation, len(self.history)

    def _prepare(self) -> None:
        """Take over what is known beside the history."""

    def _hint_of(self, panel: Panel, *, first: bool) -> str:
        return self._hint if first and not len(self.history) else ""

    def _caption(self, row: int | None) -> str:
        """Which step the values are of, None: the last one's: what stands in the first plot."""
        return ""

    # --- what the window calls ---

    def connected(self, panel: _Panel) -> _Panel:
        """Let a plot move the axis and the crosshair of all."""
        panel.hovered.connect(self._hover)
        panel.viewed.connect(self.look_at)
        panel.scaled.connect(self.redraw)
        panel.resized.connect(self._refit.start)
        panel.fit_wanted.connect(self.fit)
        return panel

    def refresh(self) -> None:
        """Draw anew if more is known than was drawn and anybody can see it."""
        unseen = not self.isVisible() or self.window().isMinimized() or self.visibleRegion().isEmpty()
        if self._known() != self._seen and not unseen:
            self.redraw()

    def mark(self, step: int, text: str) -> None:
        """Mark a step with a thin vertical line; its text shows under the mouse."""
        if (step, text) not in self._marks:
            self._marks.append((step, text))
        self.redraw()

    def unmark(self, step: int) -> None:
        """Take the marks behind a step away."""
        self._marks = [(at, text) for at, text in self._marks if at <= step]

    def show_cursor(self, step: int | None) -> None:
        """Put the crosshair of all plots on a step while the mouse is elsewhere; None: on none."""
        if step != self._cursor:
            self._cursor = step
            self._point()

    def fit(self) -> None:
        """Show the whole run, and follow it."""
        self.axis.following = True
        for panel in self.all_panels():
            panel.y_by_hand = None
        self.redraw()

    def look_at(self, low: float, high: float) -> None:
        """Show a range of the x axis, and stay there."""
        self.axis.look_at(low, high, self.places())
        self.redraw()

    def redraw(self) -> None:
        """Draw every visible plot anew from the history."""
        self._fit.setEnabled(not self.axis.following or any(panel.y_by_hand for panel in self.all_panels()))
        visible = self._visible()
        if not visible or not self.isVisible():
            self._seen = None
            return
        self._prepare()
        self._seen = self._known()
        timelines = {width: self._timeline(width) for width in {panel.pixel_width() for panel in visible}}
        for panel in visible:
            panel.hint = self._hint_of(panel, first=panel is visible[0])
            panel.render_curves(self.history, timelines[panel.pixel_width()])
        self._point()

    # --- drawing ---

    def places(self) -> npt.NDArray[np.float64]:
        """The place of each row on the axis."""
        return self.history.seconds if self.axis.by_time else self.history.step

    def _timeline(self, width: int) -> Timeline:
        x, steps, by_time = self.places(), self.history.step, self.axis.by_time
        low, high = self.axis.follow(x)
        marks = []
        for step, text in self._marks:
            place = int(np.searchsorted(steps, step))
            at = float(step) if not by_time else float(x[min(place, len(x) - 1)]) if len(x) else 0.0
            marks.append((at, f"Step {step:,}: {text}"))
        columns = pixel_columns(x, low, high, width, self.history.thinned)
        return Timeline(x, low, high, by_time, columns, tuple(marks))

    def _hover(self, x: float | None) -> None:
        self.axis.pointer = x
        self._point()

    def _point(self) -> None:
        """Put the crosshair on the step nearest the mouse, in all plots, or on the one that ``show_cursor`` says.

        Without either the last step is read out.
        """
        nearest, visible = self.axis.nearest(self.places()), self._visible()
        if nearest is None and self._cursor is not None and len(self.history):
            nearest = min(int(np.searchsorted(self.history.step, self._cursor)), len(self.history) - 1)
        caption = self._caption(nearest)
        for panel in visible:
            panel.point(nearest, caption if panel is visible[0] else "")

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened unseen."""
        super().showEvent(event)
        self.redraw()
