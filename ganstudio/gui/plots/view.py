"""The live curves of a run: a plot for each that its scalars name, and divergences."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QWidget

from ganstudio.gui.parts.chips import steps_text
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.scrolled import Scrolled
from ganstudio.gui.plots import scale
from ganstudio.gui.plots.bound import BoundPanel
from ganstudio.gui.plots.controls import CurveControls
from ganstudio.gui.plots.estimates import COLOURS, NAMES, Estimate
from ganstudio.gui.plots.information import InformationPanel
from ganstudio.gui.plots.over_one_axis import PlotsOverOneAxis
from ganstudio.gui.plots.panel import LEAST
from ganstudio.gui.plots.scalar import ScalarPanel
from ganstudio.gui.plots.stack import plots_of
from ganstudio.gui.plots.value import ValuePanel
from ganstudio.presets import present
from ganstudio.scalars import COMMON, D_LOSS
from ganstudio.training.records.estimates import EstimateHistory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.experiment import Experiment
    from ganstudio.scalars import Scalar
    from ganstudio.training.records.estimates import Quantity
    from ganstudio.training.records.history import History

Kind = TypeVar("Kind", bound=ScalarPanel)

_HINT = "Press Play: the losses of D and G appear here"
_AT_ONCE, _READABLE = 8, 110
"""So many plots are all seen at once, however low that makes them; more are scrolled, each of a readable height."""
_SETTLE_MS = 150  # a window that is still being typed or turned is not worth recomputing a million steps


class CurvesView(PlotsOverOneAxis):
    """The plots of a run and its estimates: by name, in order; ``declare`` makes those that a game's scalars name."""

    window_changed = Signal(int)
    """The span of the moving averages, steps, as it was set here; the history has it already."""

    def __init__(
        self,
        history: History,
        estimates: EstimateHistory | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self.controls = CurveControls(history.window)
        super().__init__(history, self.controls.fit, _HINT, parent)
        self.estimates = estimates or EstimateHistory()
        self.plots: dict[str, ScalarPanel] = {}
        self._scalars: tuple[Scalar, ...] = ()
        self._drawn_estimates = -1
        self._settings: tuple[Experiment, int] | None = None
        self._alone: str | None = None
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._apply_window)
        self._lay_out()
        self._wire()
        self.declare(COMMON)

    def all_panels(self) -> list[ScalarPanel]:
        """The plots in order: those of a game that is played alone now stand above those of the others."""
        return sorted(self.plots.values(), key=lambda panel: panel.game != self._alone)

    def declare(self, scalars: Sequence[Scalar]) -> None:
        """Make the plots of these; those of the same scalars stay, with what was set on them."""
        if tuple(scalars) == self._scalars:
            return
        self._scalars = tuple(scalars)
        before, self.plots = self.plots, {}
        for name, (kind, drawn) in plots_of(scalars).items():
            panel = before.get(name)
            if panel is not None and [each.name for each in panel.scalars] == [each.name for each in drawn]:
                del before[name]
                panel.declare(drawn)
            else:
                panel = self._made(kind(name, drawn))
            self.plots[name] = panel
        for panel in before.values():
            panel.hide()
            panel.deleteLater()
        self._stack_up()
        self._set_log(self.controls.log.isChecked())
        self.controls.offer_games(list(dict.fromkeys(panel.game for panel in self.plots.values())))
        self.controls.reading.setVisible(bool(self._of(InformationPanel)))
        self._drawn_estimates = -1
        self._offer()

    def _stack_up(self) -> None:
        """Put the plots below one another."""
        for place, panel in enumerate(self.all_panels()):
            self._stack.insertWidget(place, panel, panel.stretch)
        self._roving.set_members(self.all_panels())

    def _follow_stage(self) -> None:
        """Have those plots on top that fill: a stage in which one of several games is played alone is called as it is.

        The others are empty still, or as they were left.
        """
        alone = None
        if self._settings is not None:
            experiment, step = self._settings
            stage = present(experiment, max(step, int(self.history.step[-1]) if len(self.history) else 0))
            games = {panel.game for panel in self.plots.values()}
            alone = stage.kind if stage is not None and stage.kind in games else None
        if alone != self._alone:
            self._alone = alone
            self._stack_up()
            self._arrange()

    def _offer(self) -> None:
        """Offer the plots of the game that is chosen."""
        self.controls.offer(
            {
                name: (panel.chip or name, panel.about)
                for name, panel in self.plots.items()
                if self.controls.wants(panel.game)
            }
        )
        self._arrange()

    def _made(self, panel: ScalarPanel) -> ScalarPanel:
        self.connected(panel)
        panel.use_bits(self.controls.bits.isChecked())
        if isinstance(panel, InformationPanel):
            panel.show_reading(self.controls.reading.isChecked())
        if isinstance(panel, BoundPanel):
            panel.show_quantity(self.controls.quantity)
        return panel

    def _of(self, kind: type[Kind]) -> list[Kind]:
        """The plots of a kind."""
        return [panel for panel in self.plots.values() if isinstance(panel, kind)]

    def _lay_out(self) -> None:
        page = QWidget()
        page.setObjectName("page")
        self._stack = stacked(on=page, spacing=0)
        self._stack.addStretch(0)
        stacked(self.controls, (Scrolled(page), 1), on=self, spacing=0)

    def _wire(self) -> None:
        controls = self.controls
        controls.arranged.connect(self._arrange)
        controls.game_chosen.connect(self._offer)
        controls.time.toggled.connect(self._set_by_time)
        controls.log.toggled.connect(self._set_log)
        controls.bits.toggled.connect(self._set_bits)
        controls.reading.setChecked(False)
        controls.reading.toggled.connect(self._show_reading)
        for quantity, choice in controls.quantities.items():
            choice.toggled.connect(lambda on, quantity=quantity: self._show_quantity(quantity) if on else None)
        controls.window_box.valueChanged.connect(self._settle.start)

    def _arrange(self) -> None:
        """Show the plots that are wanted; the lowest carries the x axis, the highest the place of the crosshair."""
        shown = self.controls.shown
        names = {panel: name for name, panel in self.plots.items()}
        wanted = [panel for panel in self.all_panels() if (chip := shown.get(names[panel])) and chip.isChecked()]
        for panel in self.plots.values():
            panel.shows_x_axis = bool(wanted) and panel is wanted[-1]
            panel.caption = panel.hint = ""
            panel.setVisible(panel in wanted)
            panel.setMinimumHeight(LEAST if len(wanted) <= _AT_ONCE else _READABLE)
        self.redraw()

    # --- what the window calls ----------------------------------------------------------------------------------------

    def set_window(self, steps: int) -> None:
        """Let all moving averages span so many steps."""
        self.history.window = steps

    def open_game(self, scalars: Sequence[Scalar], experiment: Experiment, step: int) -> None:
        """Show another game, whose next steps have these settings and these numbers."""
        self._marks.clear()
        self.declare(scalars)
        self._settings = experiment, step
        self._follow_stage()
        for panel in self.plots.values():
            panel.open_game(experiment, step)
        self.fit()

    def follow_game(self, experiment: Experiment, step: int, scalars: Sequence[Scalar] | None = None) -> None:
        """Let the plots say what follows from the settings in force for the steps after this one.

        scalars: the numbers that these steps have; None: those of before.
        """
        if scalars is not None:
            self.declare(scalars)
        self._settings = experiment, step
        self._follow_stage()
        for panel in self.plots.values():
            panel.follow_game(experiment, step)
        self.redraw()

    def refresh(self) -> None:
        """Draw anew if more is known than was drawn and anybody can see it; another stage may have begun."""
        self._follow_stage()
        super().refresh()

    # --- drawing ------------------------------------------------------------------------------------------------------

    def _known(self) -> tuple[int, ...]:
        return (*super()._known(), self.estimates.generation)

    def _prepare(self) -> None:
        self._take_estimates()
        if self.controls.window_box.value() != self.history.window and not self._settle.isActive():
            with QSignalBlocker(self.controls.window_box):
                self.controls.window_box.setValue(self.history.window)

    def _take_estimates(self) -> None:
        if self._drawn_estimates == self.estimates.generation:
            return
        self._drawn_estimates = self.estimates.generation
        for bound in self._of(BoundPanel):
            shown = [
                Estimate(NAMES[name], COLOURS[name], *self.estimates.curve(name, bound.quantity))
                for name in self.estimates.estimators
            ]
            bound.estimates = tuple(estimate for estimate in shown if len(estimate.steps))
        first = next(iter(self.estimates.estimators), None)
        for value in self._of(ValuePanel):
            value.set_estimate(
                None if first is None else Estimate(NAMES[first], COLOURS[first], *self.estimates.curve(first, "jsd"))
            )

    def _caption(self, row: int | None) -> str:
        x = self.places()
        if not len(x):
            return ""
        at = len(x) - 1 if row is None else row
        steps = steps_text(self.history.step[self.history.rows_of(at)])
        return f"{steps} · {scale.duration(float(self.history.seconds[at]))}"

    # --- view state ---------------------------------------------------------------------------------------------------

    def _set_by_time(self, by_time: bool) -> None:
        """Change the axis; a range chosen by hand keeps the steps that it showed."""
        before = self.places()
        rows = np.searchsorted(before, self.axis.range)
        self.axis.by_time = by_time
        self.axis.pointer = None
        if not self.axis.following and len(before):
            after = self.places()
            low, high = (float(after[min(k, len(after) - 1)]) for k in rows)
            self.look_at(low, high)
        self.redraw()

    def _set_log(self, log: bool) -> None:
        if (losses := self.plots.get(D_LOSS.plot)) is not None and losses.log != log:
            losses.log = log
            losses.y_by_hand = None
            self.redraw()

    def _set_bits(self, bits: bool) -> None:
        for panel in self.plots.values():
            panel.use_bits(bits)
        self.redraw()

    def _show_reading(self, on: bool) -> None:
        for panel in self._of(InformationPanel):
            panel.show_reading(on)
        self.redraw()

    def _show_quantity(self, quantity: Quantity) -> None:
        for panel in self._of(BoundPanel):
            panel.show_quantity(quantity)
        self._drawn_estimates = -1
        self.redraw()

    def _apply_window(self) -> None:
        if self.controls.window_box.value() != self.history.window:
            self.set_window(self.controls.window_box.value())
            self.window_changed.emit(self.history.window)
            self.redraw()
