"""The live curves of a run: losses, what D believes, the game's value, divergences, gradient norms, informations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganstudio.gui import theme
from ganstudio.gui.parts.chips import steps_text
from ganstudio.gui.plots import scale
from ganstudio.gui.plots.axis import PlotAxis
from ganstudio.gui.plots.bound import BoundPanel
from ganstudio.gui.plots.controls import CurveControls
from ganstudio.gui.plots.decimate import pixel_columns
from ganstudio.gui.plots.estimates import COLOURS, NAMES, Estimate
from ganstudio.gui.plots.gradient import GradientPanel
from ganstudio.gui.plots.information import InformationPanel
from ganstudio.gui.plots.likeness import LikenessPanel
from ganstudio.gui.plots.opinion import OpinionPanel
from ganstudio.gui.plots.panel import Panel
from ganstudio.gui.plots.series import Timeline, scalar_series
from ganstudio.gui.plots.value import ValuePanel
from ganstudio.training.messages import LIKENESS
from ganstudio.training.records.estimates import EstimateHistory
from ganstudio.training.records.information import InformationHistory
from ganstudio.training.records.smoothed import ColumnHistory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QShowEvent

    from ganstudio.experiment import CodeSpec
    from ganstudio.gui.parts.chips import Chip
    from ganstudio.training.records.estimates import Quantity
    from ganstudio.training.records.history import History

_HINT = "Press Play: the losses of D and G appear here"
_SETTLE_MS = 150  # a window that is still being typed or turned is not worth recomputing a million steps


class CurvesView(QWidget):
    """Plots over one x axis. Keeps view state only: what is drawn is read from the histories at ``refresh``.

    There are five, and with codes c (``set_codes``) one of their information, with energies (``set_game``) one of how
    alike the codes of D's autoencoder are.
    """

    window_changed = Signal(int)
    """The span of the moving averages, steps, as it was set here; the history has it already."""

    def __init__(
        self,
        history: History,
        estimates: EstimateHistory | None = None,
        information: InformationHistory | None = None,
        likeness: ColumnHistory | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.history = history
        self.estimates = estimates or EstimateHistory()
        self.information = InformationHistory(history.window) if information is None else information
        self.likeness = ColumnHistory(history.window, len(LIKENESS)) if likeness is None else likeness
        self.axis = PlotAxis()
        self._marks: list[tuple[int, str]] = []
        self._seen: tuple[int, ...] | None = None
        self._drawn_estimates = -1

        d, g = theme.DISCRIMINATOR, theme.GENERATOR
        self.losses = Panel("Losses", "", [scalar_series("D", d, "d_loss"), scalar_series("G", g, "g_loss")])
        self.losses.hint = _HINT
        self.beliefs = OpinionPanel()
        self.value = ValuePanel()
        self.bound = BoundPanel()
        self.gradients = GradientPanel()
        self.informations = InformationPanel(self.information)
        self.likenesses = LikenessPanel(self.likeness)
        always = (self.losses, self.beliefs, self.value, self.bound, self.gradients)
        self._panels = (*always, self.informations, self.likenesses)
        self._has_codes = self._has_energies = False

        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._apply_window)
        self._refit = QTimer(self, singleShot=True, interval=0)  # once, when all plots have their new places
        self._refit.timeout.connect(self._redraw)
        self.controls = CurveControls(history.window)
        self._lay_out()
        self._wire()
        self._arrange()

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The plots that this game has."""
        has: dict[Panel, bool] = {self.informations: self._has_codes, self.likenesses: self._has_energies}
        return tuple(panel for panel in self._panels if has.get(panel, True))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.controls)
        for panel, stretch in zip(self._panels, (4, 3, 3, 4, 3, 4, 3), strict=True):
            layout.addWidget(panel, stretch)
        layout.addStretch(0)

    def _wire(self) -> None:
        controls = self.controls
        for chip in controls.shown:
            chip.toggled.connect(self._arrange)
        controls.fit.clicked.connect(self.fit)
        controls.time.toggled.connect(self._set_by_time)
        controls.log.toggled.connect(self._set_log)
        controls.bits.toggled.connect(self._set_bits)
        controls.reading.setChecked(False)
        controls.reading.toggled.connect(self._show_reading)
        quantities: dict[Quantity, Chip] = {
            "jsd": controls.jsd,
            "kl_forward": controls.forward,
            "kl_reverse": controls.reverse,
        }
        for quantity, choice in quantities.items():
            choice.toggled.connect(lambda on, quantity=quantity: self._show_quantity(quantity) if on else None)
        controls.window_box.valueChanged.connect(self._settle.start)
        for panel in self._panels:
            panel.hovered.connect(self._hover)
            panel.viewed.connect(self.look_at)
            panel.scaled.connect(self._redraw)
            panel.resized.connect(self._refit.start)
            panel.fit_wanted.connect(self.fit)

    def _arrange(self) -> None:
        """Show the plots that are wanted; the lowest carries the x axis, the highest the place of the crosshair."""
        pairs = zip(self._panels, self.controls.shown, strict=True)
        wanted = [panel for panel, chip in pairs if chip.isChecked() and panel in self.panels]
        for panel in self._panels:
            panel.shows_x_axis = bool(wanted) and panel is wanted[-1]
            panel.caption = ""
            panel.setVisible(panel in wanted)
        self._redraw()

    def _visible(self) -> list[Panel]:
        return [panel for panel in self._panels if not panel.isHidden()]

    # --- what the window calls ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Repaint if the history has grown since the last time and anybody can see it."""
        state = self._state()
        unseen = not self.isVisible() or self.window().isMinimized() or self.visibleRegion().isEmpty()
        if state == self._seen or unseen:
            return
        self._redraw()

    def set_window(self, steps: int) -> None:
        """Let all moving averages span so many steps."""
        self.history.window = self.information.window = self.likeness.window = steps

    def mark(self, step: int, text: str) -> None:
        """Mark a change made by hand with a thin vertical line; its text shows under the mouse."""
        self._marks.append((step, text))
        self._redraw()

    def clear_marks(self) -> None:
        """Forget all marks: another run is shown."""
        self._marks.clear()
        self._redraw()

    def set_game(self, objective: str, *, noise: bool, margin: float | None = None, judged: str = "") -> None:
        """Tell which objective (its spec's ``kind``) D is trained with, and whether there is instance noise.

        The plots say where that makes the bound loose or the slack more than D's. margin: the one in force, in units of
        the energy, where D gives energies. judged: what D judges where it is more than a sample.
        """
        self.bound.set_game(objective, judged=judged)
        self.value.set_game(objective, noise=noise, judged=judged)
        self._has_energies = objective == "energy"
        self.beliefs.set_opinions(energies=self._has_energies, margin=margin)
        self.controls.offer(codes=self._has_codes, energies=self._has_energies)
        self._arrange()

    def set_codes(self, codes: Sequence[CodeSpec]) -> None:
        """Show the informations of these codes, by their present names; none: the plot is hidden."""
        self._has_codes = bool(codes)
        self.informations.set_codes(codes)
        self.controls.offer(codes=self._has_codes, energies=self._has_energies)
        self._arrange()

    def fit(self) -> None:
        """Show the whole run, and follow it."""
        self.axis.following = True
        for panel in self.panels:
            panel.y_by_hand = None
        self._redraw()

    def look_at(self, low: float, high: float) -> None:
        """Show a range of the x axis, and stay there."""
        self.axis.look_at(low, high, self._x())
        self._redraw()

    # --- drawing ------------------------------------------------------------------------------------------------------

    def _x(self) -> npt.NDArray[np.float64]:
        return self.history.seconds if self.axis.by_time else self.history.step

    def _timeline(self, width: int) -> Timeline:
        x, steps, by_time = self._x(), self.history.step, self.axis.by_time
        low, high = self.axis.follow(x)
        marks = []
        for step, text in self._marks:
            place = int(np.searchsorted(steps, step))
            at = float(step) if not by_time else float(x[min(place, len(x) - 1)]) if len(x) else 0.0
            marks.append((at, f"Step {step:,}: {text}"))
        columns = pixel_columns(x, low, high, width, self.history.thinned)
        return Timeline(x, low, high, by_time, columns, tuple(marks))

    def _state(self) -> tuple[int, ...]:
        both = self.information, self.likeness
        known = *(rows.generation for rows in both), *(len(rows) for rows in both)
        return self.history.generation, len(self.history), self.estimates.generation, *known

    def _take_estimates(self) -> None:
        if self._drawn_estimates == self.estimates.generation:
            return
        self._drawn_estimates = self.estimates.generation
        shown = [
            Estimate(NAMES[name], COLOURS[name], *self.estimates.curve(name, self.bound.quantity))
            for name in self.estimates.estimators
        ]
        self.bound.estimates = tuple(estimate for estimate in shown if len(estimate.steps))
        first = next(iter(self.estimates.estimators), None)
        self.value.set_estimate(
            None if first is None else Estimate(NAMES[first], COLOURS[first], *self.estimates.curve(first, "jsd"))
        )

    def _redraw(self) -> None:
        """Draw every visible plot anew from the history."""
        visible = self._visible()
        self.controls.fit.setEnabled(not self.axis.following or any(panel.y_by_hand for panel in self.panels))
        if not visible or not self.isVisible():
            self._seen = None
            return
        self._seen = self._state()
        self._take_estimates()
        if self.controls.window_box.value() != self.history.window and not self._settle.isActive():
            with QSignalBlocker(self.controls.window_box):
                self.controls.window_box.setValue(self.history.window)
        self.losses.hint = "" if len(self.history) else _HINT
        timeline = self._timeline(visible[0].pixel_width())
        for panel in visible:
            panel.render_curves(self.history, timeline)
        self._point()

    def _hover(self, x: float | None) -> None:
        self.axis.pointer = x
        self._point()

    def _point(self) -> None:
        """Put the crosshair on the step nearest the mouse, in all plots; without a mouse the last step is read out."""
        x, visible = self._x(), self._visible()
        nearest = self.axis.nearest(x)
        caption = ""
        if len(x):
            at = len(x) - 1 if nearest is None else nearest
            steps = steps_text(self.history.step[self.history.rows_of(at)])
            caption = f"{steps} · {scale.duration(float(self.history.seconds[at]))}"
        for panel in visible:
            panel.point(nearest, caption if panel is visible[0] else "")

    # --- view state ---------------------------------------------------------------------------------------------------

    def _set_by_time(self, by_time: bool) -> None:
        """Change the axis; a range chosen by hand keeps the steps that it showed."""
        before = self._x()
        rows = np.searchsorted(before, self.axis.range)
        self.axis.by_time = by_time
        self.axis.pointer = None
        if not self.axis.following and len(before):
            after = self._x()
            low, high = (float(after[min(k, len(after) - 1)]) for k in rows)
            self.look_at(low, high)
        self._redraw()

    def _set_log(self, log: bool) -> None:
        self.losses.log = log
        self.losses.y_by_hand = None
        self._redraw()

    def _set_bits(self, bits: bool) -> None:
        self.bound.use_bits(bits)
        self.informations.use_bits(bits)
        self._redraw()

    def _show_reading(self, on: bool) -> None:
        self.informations.show_reading(on)
        self._redraw()

    def _show_quantity(self, quantity: Quantity) -> None:
        self.bound.show_quantity(quantity)
        self._drawn_estimates = -1
        self._redraw()

    def _apply_window(self) -> None:
        if self.controls.window_box.value() != self.history.window:
            self.set_window(self.controls.window_box.value())
            self.window_changed.emit(self.history.window)
            self._redraw()

    # --- Qt -----------------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened unseen."""
        super().showEvent(event)
        self._redraw()
