"""The curves of a group: a plot a quantity over one axis of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ganstudio.gui import theme
from ganstudio.gui.group.choices import GroupChoices
from ganstudio.gui.group.panels import BandPanel, DuelPanel, quantities_of
from ganstudio.gui.group.rounds import TOLD, BandRounds, DuelRounds, RoundsPanel
from ganstudio.gui.group.words import differing
from ganstudio.gui.parts.chips import muted_label, steps_text
from ganstudio.gui.parts.roving import Roving
from ganstudio.gui.plots.axis import PlotAxis
from ganstudio.gui.plots.decimate import pixel_columns
from ganstudio.gui.plots.series import Timeline
from ganstudio.scalars import COMMON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from ganstudio.experiment import Experiment
    from ganstudio.gui.group.findings import GroupFindings
    from ganstudio.gui.group.history import GroupHistory
    from ganstudio.gui.group.panels import GroupPanel
    from ganstudio.scalars import Scalar

HINT = "Press Play: the curves of all games appear here"
_COLUMN_WIDTHS = (600, 1000)  # from these widths on, two and three plots stand side by side
_KEY = "Line: the median. Band: the middle half of the seeds. Faint: all of them."


class GroupCurves(QWidget):
    """Plots of one group, made anew for each: with ``colours`` a line a game, without them median and spread."""

    def __init__(
        self,
        history: GroupHistory,
        findings: GroupFindings,
        experiments: Sequence[Experiment],
        names: Sequence[str],
        colours: Sequence[str],
        scalars: Sequence[Scalar] = COMMON,
    ) -> None:
        super().__init__()
        self.history = history
        self.findings = findings
        self._shares_time = experiments[0].measures.share > 0
        self.band = not colours
        self.axis = PlotAxis()
        self._seen: tuple[int, int, int] | None = None
        self._columns = 1
        self._refit = QTimer(self, singleShot=True, interval=0)  # once, when all plots have their new places
        self._refit.timeout.connect(self.redraw)
        self.rounds: list[RoundsPanel] = [
            BandRounds(quantity, history, names) if self.band else DuelRounds(quantity, history, names, colours)
            for quantity in TOLD
        ]
        quantities = quantities_of(scalars)
        self.choices = GroupChoices(quantities)
        curves: list[GroupPanel] = [
            BandPanel(quantity, history, names) if self.band else DuelPanel(quantity, history, colours)
            for quantity in quantities
        ]
        self.panels: list[RoundsPanel | GroupPanel] = [*self.rounds, *curves]
        for panel in self.panels:
            panel.setParent(self)  # shown without a place it would be a window
            panel.hovered.connect(self._hover)
            panel.viewed.connect(self.look_at)
            panel.scaled.connect(self.redraw)
            panel.resized.connect(self._refit.start)
            panel.fit_wanted.connect(self.fit)
        Roving(self).set_members(self.panels)
        self._note_what_compares(experiments)
        self._lay_out()

    def _lay_out(self) -> None:
        self.choices.arranged.connect(self._arrange)
        self.choices.chosen.connect(self._choose)
        self.choices.fit.clicked.connect(self.fit)
        layout = QVBoxLayout(self)
        edge = theme.SPACING // 2
        layout.setContentsMargins(edge if self.band else 0, 0 if self.band else edge, 0, 0)
        layout.setSpacing(edge)
        layout.addWidget(self.choices)
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
            "jsd": not all(each.objective.classifies for each in experiments),
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
        for column in range(len(_COLUMN_WIDTHS) + 1):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self.redraw()

    def _visible(self) -> list[RoundsPanel | GroupPanel]:
        return [panel for panel in self.panels if self.choices.wants(panel.quantity.key)]

    def _choose(self) -> None:
        """Another divergence, or another estimator."""
        for panel in self.rounds:
            panel.divergence, panel.estimator = self.choices.divergence, self.choices.estimator
            panel.y_by_hand = None
        self._take_findings()
        self.redraw()

    # --- what the view calls ---

    def refresh(self) -> None:
        """Repaint if more is known than was painted and anybody can see it."""
        unseen = not self.isVisible() or self.window().isMinimized() or self.visibleRegion().isEmpty()
        if self._known() != self._seen and not unseen:
            self.choices.offer(self.findings.estimators, modes=self.findings.total_modes > 0)
            self.redraw()

    def _known(self) -> tuple[int, int, int]:
        return self.history.generation, len(self.history), self.findings.generation

    def follow(self, member: int | None) -> None:
        """Let one game stand out."""
        for panel in self.panels:
            panel.follow(member)
        self.redraw()

    def fit(self) -> None:
        """Show all steps, and follow them."""
        self.axis.following = True
        for panel in self.panels:
            panel.y_by_hand = None
        self.redraw()

    def look_at(self, low: float, high: float) -> None:
        """Show a range of steps, and stay there."""
        self.axis.look_at(low, high, self.history.step)
        self.redraw()

    def redraw(self) -> None:
        """Draw every visible plot anew from the history."""
        visible = self._visible()
        self.choices.fit.setEnabled(not self.axis.following or any(panel.y_by_hand for panel in self.panels))
        if not visible or not self.isVisible():
            self._seen = None
            return
        if self._seen is None or self._seen[-1] != self.findings.generation:
            self._take_findings()
        self._seen = self._known()
        x, timelines = self.history.step, dict[int, Timeline]()
        low, high = self.axis.follow(x)
        for panel in visible:
            panel.hint = HINT if not len(x) and panel is visible[0] else self._waiting(panel) if len(x) else ""
            width = panel.pixel_width()
            if width not in timelines:
                columns = pixel_columns(x, low, high, width, self.history.thinned)
                timelines[width] = Timeline(x, low, high, False, columns)
            panel.draw_curves(timelines[width])
        self._point()

    def _take_findings(self) -> None:
        for panel in self.rounds:
            panel.take(self.findings)

    def _waiting(self, panel: RoundsPanel | GroupPanel) -> str:
        """What stands in a plot that has nothing to show yet."""
        if not isinstance(panel, RoundsPanel) or not panel.is_empty:
            return ""
        if panel.quantity.key == "estimate" and not self._shares_time:
            return "Not measured: the settings give estimates no share of the time"
        return panel.waiting

    def _hover(self, x: float | None) -> None:
        self.axis.pointer = x
        self._point()

    def _point(self) -> None:
        """Put the crosshair on the step nearest the mouse, in all plots; without a mouse the last step is read out."""
        x, visible = self.history.step, self._visible()
        nearest = self.axis.nearest(x)
        # In its own place: over a narrow plot it would stand in the way of the values.
        rows = slice(0, 0) if nearest is None else self.history.rows_of(nearest)
        self.choices.place.setText("" if nearest is None else f"at {steps_text(x[rows])}")
        for panel in visible:
            panel.point(nearest, "")

    # --- Qt ---

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened unseen."""
        super().showEvent(event)
        self.redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many plots side by side as the width allows."""
        super().resizeEvent(event)
        columns = 1 + sum(self.width() >= width for width in _COLUMN_WIDTHS)
        if columns != self._columns:
            self._columns = columns
            self._arrange()
