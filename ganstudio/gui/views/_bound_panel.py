"""The plot of the Jensen-Shannon divergence: the bound that follows from D, and room for independent estimates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.gui import theme
from ganstudio.gui.views import _plot_scale as scale
from ganstudio.gui.views._decimate import Extremes, Span, fill, pixel_columns
from ganstudio.gui.views._plot_panel import Panel
from ganstudio.gui.views._plot_series import Series, Timeline, blend
from ganstudio.measurements import LOG2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.gui.views._plot_paint import Entry
    from ganstudio.training.history import History

# Objectives whose D is trained as a classifier of real against generated: its logit is a log-odds.
CLASSIFIERS = frozenset({"minimax"})
BELOW = "below 0: says nothing"
_NOTE = "D is not trained as a classifier here: its logit is no log-odds, so the bound is valid but loose"


@dataclass(frozen=True)
class Estimate:
    """An estimate of the JSD made from samples, independent of D: ``nats`` at some ``steps``, in order."""

    name: str
    colour: str
    steps: npt.NDArray[np.float64]
    nats: npt.NDArray[np.float64]


class BoundPanel(Panel):
    """log 2 + V/2 with its band. Only what can be true is drawn: [0, log 2]; readouts say where the bound is empty."""

    def __init__(self) -> None:
        series = Series(
            "",
            theme.DISCRIMINATOR,
            average=lambda history: history.jsd_bound().average,
            band=lambda history: history.jsd_bound()[1:],
        )
        super().__init__("JSD bound", "", [series])
        self.setToolTip("log 2 + V/2, a lower bound on the Jensen-Shannon divergence of p_data and p_g; band: 2 errors")
        self.estimates: tuple[Estimate, ...] = ()
        self.bits = False
        self.use_bits(False)

    @property
    def _unit(self) -> float:
        return 1.0 / LOG2 if self.bits else 1.0

    @property
    def _word(self) -> str:
        return "bits" if self.bits else "nats"

    def use_bits(self, bits: bool) -> None:
        """Show bits rather than nats."""
        self.bits = bits
        top = LOG2 * self._unit
        self.fixed = self.y_range = (-0.06 * top, 1.06 * top)
        self.levels = (0.0, top)
        inner = [(0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75")] if bits else [(0.2, "0.2"), (0.4, "0.4")]
        self.ticks = [(0.0, "0"), *inner, (top, "1" if bits else "log 2")]

    def set_objective(self, kind: str) -> None:
        """Say so where D's logit is no log-odds."""
        self.note = "" if kind in CLASSIFIERS else _NOTE
        self.update()

    def set_estimates(self, estimates: Sequence[Estimate]) -> None:
        """Further curves, by other means than D."""
        self.estimates = tuple(estimates)

    def shown(self, span: Span) -> Span:
        """Clipped to what a divergence can be, in the unit that is shown; unknown stays unknown."""
        low, high = (np.clip(part, 0.0, LOG2) * self._unit for part in span)
        return low, high

    def _fill_average(self, pixels: npt.NDArray[np.uint32], span: Span, series: Series, thickness: int) -> None:
        rows = self._rows(span, len(pixels))
        fill(pixels, rows, blend(series.colour, 1.0), thickness)
        # On the floor the bound is at or below 0 and says nothing: no line in the player's colour there.
        floor = np.where(span[1] <= 0.0, 1.0, np.nan)
        fill(pixels, (rows[0] * floor, rows[1] * floor), blend(theme.MUTED, 0.6), thickness)

    def render_curves(self, history: History, timeline: Timeline) -> None:
        """Put bound and estimates into pixels."""
        super().render_curves(history, timeline)
        for estimate in self.estimates:
            x = np.interp(estimate.steps, history.step, timeline.x) if timeline.time else estimate.steps
            columns = pixel_columns(x, timeline.low, timeline.high, self._pixels.shape[1])
            span = self.shown(Extremes().span(estimate.nats, columns))
            fill(self._pixels, self._rows(span, len(self._pixels)), blend(estimate.colour, 1.0), 2)

    def describe(self, series: Series, row: int) -> tuple[str, str]:
        """The bound, with its error as detail, or that it says nothing."""
        assert self._history is not None
        average, low, _ = (float(part[row]) for part in self._history.jsd_bound())
        if np.isnan(average):
            return "not known yet", ""
        if average < 0.0:
            return BELOW, ""
        error = f"± {(average - low) * self._unit:.3f}" if np.isfinite(low) else ""
        return f"JSD ≥ {min(average, LOG2) * self._unit:.3f} {self._word}", error

    def readouts(self) -> list[Entry]:
        """The bound, and of each estimate its latest value where the crosshair stands."""
        entries = super().readouts()
        if self._history is None or not len(self._history):
            return entries
        last = len(self._history) - 1
        step = self._history.step[last if self._row is None else min(self._row, last)]
        for estimate in self.estimates:
            known = int(np.searchsorted(estimate.steps, step, side="right")) - 1
            value = float(estimate.nats[known]) * self._unit if known >= 0 else float("nan")
            entries.append((estimate.colour, estimate.name, scale.readout(value), self._word))
        return entries
