"""The curves of a group: a plot a quantity over one axis of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import muted_label, steps_text
from ganstudio.gui.plots.over_one_axis import PlotsOverOneAxis
from ganstudio.gui.rooms.group.choices import GroupChoices
from ganstudio.gui.rooms.group.panels import BandPanel, DuelPanel, quantities_of
from ganstudio.gui.rooms.group.rounds import TOLD, BandRounds, DuelRounds, RoundsPanel
from ganstudio.gui.rooms.group.words import differing
from ganstudio.scalars import COMMON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from ganstudio.experiment import Experiment
    from ganstudio.gui.plots.panel import Panel
    from ganstudio.gui.rooms.group.findings import GroupFindings
    from ganstudio.gui.rooms.group.history import GroupHistory
    from ganstudio.gui.rooms.group.panels import GroupPanel
    from ganstudio.scalars import Scalar

HINT = "Press Play: the curves of all games appear here"
_COLUMN_WIDTHS = (600, 1000)  # from these widths on, two and three plots stand side by side
_KEY = "Line: the median. Band: the middle half of the seeds. Faint: all of them."


class GroupCurves(PlotsOverOneAxis):
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
        quantities = quantities_of(scalars)
        self.choices = GroupChoices(quantities)
        super().__init__(history, self.choices.fit, HINT)
        self.findings = findings
        self._taken = self._offered = -1
        self._shares_time = experiments[0].measures.share > 0
        self.band = not colours
        self._columns = 1
        self.rounds: list[RoundsPanel] = [
            BandRounds(quantity, history, names) if self.band else DuelRounds(quantity, history, names, colours)
            for quantity in TOLD
        ]
        curves: list[GroupPanel] = [
            BandPanel(quantity, history, names) if self.band else DuelPanel(quantity, history, colours)
            for quantity in quantities
        ]
        self.panels: list[RoundsPanel | GroupPanel] = [*self.rounds, *curves]
        for panel in self.panels:
            panel.setParent(self)  # shown without a place it would be a window
            self.connected(panel)
        self._roving.set_members(self.panels)
        self._note_what_compares(experiments)
        self._lay_out()

    def _lay_out(self) -> None:
        self.choices.arranged.connect(self._arrange)
        self.choices.chosen.connect(self._choose)
        layout = QVBoxLayout(self)
        edge = theme.SPACING // 2
        layout.setContentsMargins(edge if self.band else 0, 0 if self.band else edge, 0, 0)
        layout.setSpacing(edge)
        layout.addWidget(self.choices)
        if self.band:
            key = muted_label(_KEY, wraps=True)
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
        """Offer what has been told, and draw anew if more is known."""
        if self._offered != self.findings.generation:
            self._offered = self.findings.generation
            self.choices.offer(self.findings.estimators, modes=self.findings.total_modes > 0)
        super().refresh()

    def _known(self) -> tuple[int, ...]:
        return (*super()._known(), self.findings.generation)

    def follow(self, member: int | None) -> None:
        """Let one game stand out."""
        for panel in self.panels:
            panel.follow(member)
        self.redraw()

    def all_panels(self) -> Sequence[RoundsPanel | GroupPanel]:
        """The plots in order, those of what is told now and then in front."""
        return self.panels

    def _prepare(self) -> None:
        if self._taken != self.findings.generation:
            self._take_findings()

    def _take_findings(self) -> None:
        self._taken = self.findings.generation
        for panel in self.rounds:
            panel.take(self.findings)

    def _hint_of(self, panel: Panel, *, first: bool) -> str:
        """What stands in a plot that has nothing to show yet."""
        if not len(self.history):
            return super()._hint_of(panel, first=first)
        if not isinstance(panel, RoundsPanel) or not panel.is_empty:
            return ""
        if panel.quantity.key == "estimate" and not self._shares_time:
            return "Not measured: the settings give estimates no share of the time"
        return panel.waiting

    def _caption(self, row: int | None) -> str:
        # In its own place: over a narrow plot it would stand in the way of the values.
        rows = slice(0, 0) if row is None else self.history.rows_of(row)
        self.choices.place.setText("" if row is None else f"at {steps_text(self.history.step[rows])}")
        return ""

    # --- Qt ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many plots side by side as the width allows."""
        super().resizeEvent(event)
        columns = 1 + sum(self.width() >= width for width in _COLUMN_WIDTHS)
        if columns != self._columns:
            self._columns = columns
            self._arrange()
