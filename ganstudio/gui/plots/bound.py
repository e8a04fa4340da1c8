"""The plot of the divergences: the bound that follows from D, and independent estimates with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.gui.looks import theme
from ganstudio.gui.plots import scale
from ganstudio.gui.plots.decimate import Span, fill, robust_range
from ganstudio.gui.plots.estimates import Estimate, paint, reading
from ganstudio.gui.plots.scalar import ScalarPanel
from ganstudio.gui.plots.series import Series, Timeline, blend
from ganstudio.gui.text import glossary
from ganstudio.gui.text.words import NOTHING
from ganstudio.measurements import LOG2
from ganstudio.presets import judged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.experiment import Experiment
    from ganstudio.gui.plots.paint import Entry
    from ganstudio.scalars import Scalar
    from ganstudio.training.records.estimates import Quantity
    from ganstudio.training.records.history import History

BELOW = f"{NOTHING}: below 0"
_NOTE = "D is not trained as a classifier here: its logit is no log-odds, so the bound is valid but loose"
_TITLES: dict[Quantity, str] = {"jsd": "JSD", "kl_forward": "KL(p ‖ g)", "kl_reverse": "KL(g ‖ p)"}


def bound_text(bound: float, *, unit: float = 1.0) -> str:
    """A lower bound on the JSD, nats, as a readout; in words where it is not known, or no more than 0."""
    if np.isnan(bound):
        return "not known yet"
    return BELOW if bound <= 0.0 else f"≥ {min(bound, LOG2) * unit:.3f}"


class BoundPanel(ScalarPanel):
    """log 2 + V/2 with its band. Only what can be true is drawn: [0, log 2]; readouts say where the bound is empty."""

    stretch = 4

    def __init__(self, plot: str, scalars: Sequence[Scalar]) -> None:
        self._bound = Series(
            "",
            theme.DISCRIMINATOR,
            average=lambda history: history.jsd_bound().average,
            band=lambda history: history.jsd_bound()[1:],
        )
        super().__init__(plot, scalars)
        self.estimates: tuple[Estimate, ...] = ()
        self.quantity: Quantity = "jsd"
        self.bits = False
        self._bounded = "JSD"
        self.show_quantity("jsd")

    def declare(self, scalars: Sequence[Scalar]) -> None:
        """Take what the bound follows from, which is not drawn itself."""
        self.scalars = tuple(scalars)

    @property
    def about(self) -> str:
        """What the plot shows."""
        return "Divergence of p_data and p_g: the bound that follows from D, and estimates with their intervals"

    @property
    def _unit(self) -> float:
        return 1.0 / LOG2 if self.bits else 1.0

    @property
    def _word(self) -> str:
        return "bits" if self.bits else "nats"

    def use_bits(self, bits: bool) -> None:
        """Show bits rather than nats."""
        self.bits = bits
        self.show_quantity(self.quantity)

    def show_quantity(self, quantity: Quantity) -> None:
        """Show the JSD with D's bound on it, or one of the KL divergences, on which D proves nothing."""
        self.quantity = quantity
        self.title = _TITLES[quantity]
        self.setToolTip(glossary.told(quantity))
        self.y_by_hand = None
        if quantity != "jsd":
            self.series, self.fixed, self.levels, self.ticks = [], None, (0.0,), None
            return
        top = LOG2 * self._unit
        self.series = [self._bound]
        self.fixed = self.y_range = (-0.06 * top, 1.06 * top)
        self.levels = (0.0, top)
        inner = [(0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75")] if self.bits else [(0.2, "0.2"), (0.4, "0.4")]
        self.ticks = [(0.0, "0"), *inner, (top, "1" if self.bits else "log 2")]

    def follow_game(self, experiment: Experiment, step: int) -> None:
        """Say so where D's logit is no log-odds, or of what the bound is where D judges more than a sample."""
        self.note = "" if experiment.objective.classifies else _NOTE
        several = judged(experiment)
        self._bounded = f"JSD of {several.partition(' ')[0]}" if several else "JSD"
        if several:
            self.note = f"D judges {several}: its bound is on the JSD of these, which is never below that of samples"
        self.update()

    def shown(self, span: Span) -> Span:
        """Clipped to what a divergence can be, in the unit that is shown; unknown stays unknown."""
        most = LOG2 if self.quantity == "jsd" else np.inf
        low, high = (np.clip(part, 0.0, most) * self._unit for part in span)
        return low, high

    def _fill_average(self, pixels: npt.NDArray[np.uint32], span: Span, series: Series, thickness: int) -> None:
        rows = self._rows(span, len(pixels))
        fill(pixels, rows, blend(series.colour, 1.0), thickness)
        # On the floor the bound is at or below 0 and says nothing: no line in the player's colour there.
        floor = np.where(span[1] <= 0.0, 1.0, np.nan)
        fill(pixels, (rows[0] * floor, rows[1] * floor), blend(theme.MUTED, 0.6), thickness)

    def _follow(self, averages: list[Span], raws: list[Span | None]) -> tuple[float, float]:
        spans = [self.shown((estimate.low, estimate.high)) for estimate in self.estimates]
        found = robust_range(spans)
        return scale.rounded_range(0.0, max(found[1], 1e-3), log=False) if found else (0.0, 1.0)

    def render_curves(self, history: History, timeline: Timeline) -> None:
        """Put bound and estimates into pixels."""
        super().render_curves(history, timeline)
        height = len(self._pixels)
        for estimate in self.estimates:
            paint(self._pixels, estimate, history, timeline, lambda span: self._rows(self.shown(span), height))

    def describe(self, series: Series, row: int) -> tuple[str, str]:
        """The bound, with its error as detail, or that it says nothing."""
        assert self._history is not None
        averages, lows, _ = (part[self._history.rows_of(row)] for part in self._history.jsd_bound())
        said = scale.between(averages, lambda bound: bound_text(bound, unit=self._unit))
        error = float(np.fmax.reduce(averages - lows))
        if not said.startswith("≥"):
            return said, ""
        if error >= LOG2:
            return f"{NOTHING}: its error is beyond log 2", ""
        return f"{self._bounded} {said} {self._word}", f"± {error * self._unit:.3f}" if np.isfinite(error) else ""

    def readouts(self) -> list[Entry]:
        """The bound, and of each estimate the newest value where the crosshair stands."""
        entries = super().readouts()
        if self._history is None or not len(self._history):
            return [(colour, f"{self._bounded} ≥ log 2 + V/2", "", "") for colour, *_ in entries]
        last = len(self._history) - 1
        step = self._history.step[last if self._row is None else min(self._row, last)]
        for estimate in self.estimates:
            known = estimate.at(float(step))
            if known < 0:
                entries.append((estimate.colour, estimate.name, "not yet", ""))
                continue
            value, low = (float(part[known]) for part in self.shown((estimate.value, estimate.low)))
            high = float(self.shown((estimate.high, estimate.high))[1][known])
            told = reading(self.quantity, value, low, high, f" {self._word}")
            entries.append((*estimate.named_at(float(step)), *told))
        return entries
