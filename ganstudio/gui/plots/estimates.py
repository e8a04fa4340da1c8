"""Estimates in the pixels of a plot: sparse points with error bars, held until the next one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.gui.looks import theme
from ganstudio.gui.plots import scale
from ganstudio.gui.plots.dashes import Dashed, gaps, in_dashes_of
from ganstudio.gui.plots.decimate import fill
from ganstudio.gui.plots.series import blend
from ganstudio.gui.text.numbers import signed
from ganstudio.gui.text.words import NOTHING
from ganstudio.training.records.estimates import current_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.gui.plots.decimate import Span
    from ganstudio.gui.plots.series import Timeline
    from ganstudio.training.records.estimates import Quantity
    from ganstudio.training.records.history import History

NAMES = {"probe": "Probe", "histogram": "Histogram", "neighbours": "Neighbours"}
# D's bound is a line without gaps; of the estimators each has its own dashes, as eyes may take two of the hues for one.
COLOURS: dict[str, str] = {
    "probe": Dashed(theme.PROBE, (12, 15)),
    "histogram": Dashed(theme.HISTOGRAM, (6, 10)),
    "neighbours": Dashed(theme.NEIGHBOURS, (2, 5)),
}

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A curve of estimates that were made from samples, independent of D: arrays (n,), steps in order.

    low, high: the interval of each. floor: below it nothing can be told. NaN: not known.
    """

    name: str
    colour: str
    steps: Doubles
    value: Doubles
    low: Doubles
    high: Doubles
    floor: Doubles

    def at(self, step: float) -> int:
        """Which estimate was the newest at a step; -1 before the first."""
        return int(np.searchsorted(self.steps, step, side="right")) - 1

    def until(self) -> Doubles:
        """The step up to which each estimate is current, while the next one is being made as usual."""
        return current_until(self.steps)

    def is_current(self, step: float) -> bool:
        """Whether the newest estimate at a step, which there must be, is as new as its estimator makes them."""
        return bool(step <= self.until()[self.at(step)])

    def named_at(self, step: float) -> tuple[str, str]:
        """Colour and name in a legend: of which step the newest estimate is, greyed once it is no longer current."""
        name = f"{self.name} at {self.steps[self.at(step)]:,.0f}"
        return (self.colour if self.is_current(step) else in_dashes_of(theme.STALE, self.colour)), name


def reading(quantity: Quantity, value: float, low: float, high: float, unit: str = "") -> tuple[str, str]:
    """What a legend says of an estimate and of how sure it is: a KL is told as what it is at least."""
    if quantity == "jsd":
        return scale.readout(value), signed(f"{low:.3f} to {high:.3f}{unit}")
    if low <= 0:
        return NOTHING, ""
    if low == value == high:
        return f"about {scale.readout(value)}{unit}", "by an older version"
    return f"≥ {scale.readout(low)}{unit}", "95 %"


def places(estimate: Estimate, history: History, timeline: Timeline, width: int) -> npt.NDArray[np.intp]:
    """The column of pixels (n,) that each estimate stands in; negative or ``width`` and beyond where it is not seen."""
    x = estimate.steps
    if timeline.time and len(history):
        x = np.interp(estimate.steps, history.step, timeline.x)
    share = (x - timeline.low) / (timeline.high - timeline.low)
    return np.floor(np.clip(share, -1, 2) * width).astype(np.intp)


def bars(estimate: Estimate, columns: npt.NDArray[np.intp], width: int) -> Span:
    """The intervals as a span of each column of pixels, two wide; where several share one, all that they cover."""
    low, high = np.full(width, np.nan), np.full(width, np.nan)
    for beside in (0, 1):
        seen = (columns + beside >= 0) & (columns + beside < width)
        np.fmin.at(low, columns[seen] + beside, estimate.low[seen])
        np.fmax.at(high, columns[seen] + beside, estimate.high[seen])
    return low, high


def held(values: Doubles, columns: npt.NDArray[np.intp], width: int, last: float) -> Doubles:
    """Each value from its column to the next one's, NaN before the first and beyond the column ``last``."""
    newest = np.searchsorted(columns, np.arange(width), side="right") - 1
    known = (newest >= 0) & (np.arange(width) <= last)
    found = np.full(width, np.nan)
    found[known] = values[newest[known]]
    return found


def parted(
    estimate: Estimate, values: Doubles, columns: npt.NDArray[np.intp], history: History, timeline: Timeline
) -> tuple[tuple[Doubles, str], tuple[Doubles, str]]:
    """Values in each column of pixels where they are current, and those that are past their round, with the colours."""
    width = len(values)
    ends = places(replace(estimate, steps=estimate.until()), history, timeline, width)
    old = held(ends.astype(np.float64), columns, width, width) < np.arange(width)
    values = gaps(values, estimate.colour)
    return (np.where(old, np.nan, values), estimate.colour), (np.where(old, values, np.nan), theme.STALE)


def paint(
    pixels: npt.NDArray[np.uint32],
    estimate: Estimate,
    history: History,
    timeline: Timeline,
    rows: Callable[[Span], Span],
    strength: float = 1.0,
) -> None:
    """Floor, intervals and values of an estimate; ``rows`` turns values into rows of pixels."""
    width = pixels.shape[1]
    columns = places(estimate, history, timeline, width)
    now = (timeline.x[-1] - timeline.low) / (timeline.high - timeline.low) * width if len(timeline.x) else -1.0
    floor = held(estimate.floor, columns, width, now)
    floor[np.arange(width) % 6 >= 2] = np.nan  # dotted
    fill(pixels, rows((floor, floor)), blend(estimate.colour, 0.7 * strength))
    fill(pixels, rows(bars(estimate, columns, width)), blend(estimate.colour, 0.5 * strength))
    for value, colour in parted(estimate, held(estimate.value, columns, width, now), columns, history, timeline):
        fill(pixels, rows((value, value)), blend(colour, strength), 2)
