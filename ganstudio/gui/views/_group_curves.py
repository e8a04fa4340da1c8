"""The curves of a group: a plot a quantity over one axis of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ganstudio.gui import theme
from ganstudio.gui.views import _plot_scale as scale
from ganstudio.gui.views._bound_panel import CLASSIFIERS
from ganstudio.gui.views._chips import Chip, action, muted_label, row
from ganstudio.gui.views._decimate import pixel_columns
from ganstudio.gui.views._group_panels import QUANTITIES, BandPanel, DuelPanel
from ganstudio.gui.views._group_words import differing
from ganstudio.gui.views._plot_series import Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from ganstudio.experiment import Experiment
    from ganstudio.gui.views._group_history import GroupHistory

HINT = "Press Play: the curves of all games appear here"
_FIRST = ("jsd", "g_loss", "d_loss", "g_gradient")
_LEAST_STEPS = 10.0
_LEAST_SEEN = 4.0
_TWO_COLUMNS = 600  # from this width on, two plots stand side by side
_CAPTION = 400
_KEY = "Line: the median. Band: the middle half of the seeds. Faint: all of them."


class GroupCurves(QWidget):
    """Plots of one group, made anew for each: with ``colours`` a line a game, without them median and spread."""

    def __init__(
        self, history: GroupHistory, experiments: Sequence[Experiment], names: Sequence[str], colours: Sequence[str]
    ) -> None:
        super().__init__()
        self.history = history
        self.band = not colours
        self.following = True
        self._range = (0.0, _LEAST_STEPS)
        self._pointer: float | None = None
        self._seen = -1
        self._columns = 1
        self._refit = QTimer(self, singleShot=True, interval=0)  # once, when all plots have their new places
        self._refit.timeout.connect(self.redraw)
        self.panels: list[BandPanel | DuelPanel] = [
            BandPanel(quantity, history, names) if self.band else DuelPanel(quantity, history, colours)
            for quantity in QUANTITIES
        ]
        for panel in self.panels:
            panel.setParent(self)  # shown without a place it would be a window
            panel.hovered.connect(self._hover)
            panel.viewed.connect(self.look_at)
            panel.scaled.connect(self.redraw)
            panel.resized.connect(self._refit.start)
            panel.fit_wanted.connect(self.fit)
        self._note_what_compares(experiments)
        self._lay_out()

    def _lay_out(self) -> None:
        self.chips = [Chip(each.chip, f"Show or hide: {each.tip}") for each in QUANTITIES]
        for chip, quantity in zip(self.chips, QUANTITIES, strict=True):
            chip.setChecked(quantity.key in _FIRST)
            chip.toggled.connect(self._arrange)
        self.fit_button = action("Fit", "Show all steps and follow them (double-click on a plot)")
        self.fit_button.clicked.connect(self.fit)
        layout = QVBoxLayout(self)
        edge = theme.SPACING // 2
        layout.setContentsMargins(edge if self.band else 0, 0 if self.band else edge, 0, 0)
        layout.setSpacing(edge)
        layout.addLayout(row(*self.chips, None, self.fit_button))
        if self.band:
            key = muted_label(_KEY)
            key.setWordWrap(True)
            layout.addWidget(key)
        self._grid = QGridLayout()
        self._grid.setSpacing(0)
        layout.addLayout(self._grid, 1)
        self._arrange()

    def _note_what_compares(self, experiments: Sequence[Experiment]) -> None:
        """Say where heights must not be compared from game to game, and where a bound is loose."""
        changed = set(differing(experiments))
        notes = {
            "g_loss": changed & {"objective", "objective.generator_update"},
            "d_loss": changed & {"objective"},
            "jsd": not {each.objective.kind for each in experiments} <= CLASSIFIERS,
        }
        words = "Different losses: compare the course, not the height"
        loose = "Loose where D is not trained as a classifier"
        for panel in self.panels:
            if notes.get(panel.quantity.key):
                panel.note = loose if panel.quantity.key == "jsd" else words

    def _arrange(self) -> None:
        """Put the wanted plots side by side where there is room; the lowest of each column carries the x axis."""
        wanted = self._visible()
        columns = min(self._columns, max(len(wanted), 1))
        for panel in self.panels:
            self._grid.removeWidget(panel)
            panel.setVisible(panel in wanted)
            panel.caption = ""
        for k, panel in enumerate(wanted):
            panel.shows_x_axis = k + columns >= len(wanted)
            self._grid.addWidget(panel, k // columns, k % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self.redraw()

    def _visible(self) -> list[BandPanel | DuelPanel]:
        return [panel for panel, chip in zip(self.panels, self.chips, strict=True) if chip.isChecked()]

    # --- what the view calls ---

    def refresh(self) -> None:
        """Repaint if there are more steps than were painted and anybody can see them."""
        unseen = not self.isVisible() or self.window().isMinimized() or self.visibleRegion().isEmpty()
        if len(self.history) != self._seen and not unseen:
            self.redraw()

    def follow(self, member: int | None) -> None:
        """Let one game stand out."""
        for panel in self.panels:
            panel.follow(member)
        self.redraw()

    def fit(self) -> None:
        """Show all steps, and follow them."""
        self.following = True
        for panel in self.panels:
            panel.y_by_hand = None
        self.redraw()

    def look_at(self, low: float, high: float) -> None:
        """Show a range of steps, and stay there."""
        if not (np.isfinite(low) and np.isfinite(high)):
            return
        whole = self._whole()
        middle = min(max((low + high) / 2.0, whole[0]), whole[1])
        half = min(max(high - low, _LEAST_SEEN) / 2.0, whole[1] - whole[0])
        self.following = False
        self._range = (middle - half, middle + half)
        self.redraw()

    def redraw(self) -> None:
        """Draw every visible plot anew from the history."""
        visible = self._visible()
        self.fit_button.setEnabled(not self.following or any(panel.y_by_hand for panel in self.panels))
        if not visible or not self.isVisible():
            self._seen = -1
            return
        self._seen = len(self.history)
        if self.following:
            self._range = self._whole()
        x, timelines = self.history.step, dict[int, Timeline]()
        for panel in visible:
            panel.hint = HINT if not len(x) and panel is visible[0] else ""
            width = panel.pixel_width()
            if width not in timelines:
                timelines[width] = Timeline(x, *self._range, False, pixel_columns(x, *self._range, width))
            panel.draw_curves(timelines[width])
        self._point()

    def _whole(self) -> tuple[float, float]:
        x = self.history.step
        return scale.whole_run(float(x[0]), float(x[-1]), _LEAST_STEPS) if len(x) else (0.0, _LEAST_STEPS)

    def _hover(self, x: float | None) -> None:
        self._pointer = x
        self._point()

    def _point(self) -> None:
        """Put the crosshair on the step nearest the mouse, in all plots; without a mouse the last step is read out."""
        x, visible = self.history.step, self._visible()
        nearest = None
        if len(x) and self._pointer is not None:
            right = min(int(np.searchsorted(x, self._pointer)), len(x) - 1)
            nearest = right if right == 0 or x[right] - self._pointer < self._pointer - x[right - 1] else right - 1
        caption = f"step {x[-1 if nearest is None else nearest]:,.0f}" if len(x) else ""
        for panel in visible:
            told = panel is visible[0] and panel.width() >= _CAPTION  # else it would stand over the values
            panel.point(nearest, caption if told else "")

    # --- Qt ---

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened unseen."""
        super().showEvent(event)
        self.redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One or two plots side by side, by the width there is."""
        super().resizeEvent(event)
        columns = 2 if self.width() >= _TWO_COLUMNS else 1
        if columns != self._columns:
            self._columns = columns
            self._arrange()
