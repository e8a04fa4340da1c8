"""Logarithmic axes: of powers of ten, or, where values of both signs or 0 are shown, symmetric about 0.

On a symmetric axis v stands at sign(v) log10(1 + |v| / near): within ``near`` of 0 about linear, beyond it in decades.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.gui.plots import scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.gui.plots.decimate import Span

MOST_DECADES = 6
"""On either side of a symmetric axis: what is nearer to 0 than these reach is drawn as close to it."""
_SMALL = 0.1
"""Share of the values that may lie where a symmetric axis is about linear."""
_LEAST_GAP = 0.7
"""Of what there is for a tick: nearer to one that counts more, a tick is left out."""


@dataclass(frozen=True)
class LogAxis:
    """near: None where all values are positive, else the power of ten below which the axis is about linear."""

    near: float | None = None

    @classmethod
    def of(cls, spans: Sequence[Span]) -> LogAxis:
        """The axis that has a place for everything that these curves cover."""
        ends = np.concatenate([part for span in spans for part in span] or [np.empty(0)])
        ends = ends[np.isfinite(ends)]
        if not len(ends) or ends.min() > 0:
            return cls()
        sizes = np.abs(ends[ends != 0])
        if not len(sizes):
            return cls(1.0)
        least = max(float(np.quantile(sizes, _SMALL)), float(np.quantile(sizes, 0.99)) * 10.0**-MOST_DECADES)
        return cls(10.0 ** math.floor(math.log10(least)))

    def place(self, values: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Heights on the axis. On one without signs, 0 and below it are infinitely far down."""
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.near is None:
                heights: npt.NDArray[np.float64] = np.log10(np.maximum(values, 0.0))
            else:
                heights = np.sign(values) * np.log10(1.0 + np.abs(values) / self.near)
            return heights

    def value(self, height: float) -> float:
        """What stands at a height."""
        if self.near is None:
            return float(10.0**height)
        return math.copysign(self.near * (10.0 ** abs(height) - 1.0), height)

    def shown(self, span: Span) -> Span:
        """A span as heights; NaN where nothing of it has a place."""
        low, high = self.place(span[0]), self.place(span[1])
        return low, np.where(np.isneginf(high), np.nan, high)

    def ticks(self, low: float, high: float, count: float) -> scale.Ticks:
        """Round values between two heights, about ``count`` of them."""
        if self.near is None:
            return scale.log_ticks(low, high, count)
        if high - low < 0.8:  # hardly a decade
            found = scale.linear_ticks(self.value(low), self.value(high), count)
            return [(float(self.place(np.array(value))), label) for value, label in found]
        gap = _LEAST_GAP * (high - low) / max(count, 1.0)
        chosen: list[tuple[float, str]] = []
        for value, label in self._candidates(low, high, gap):
            at = float(self.place(np.array(value)))
            if low <= at <= high and all(abs(at - other) >= gap for other, _ in chosen):
                chosen.append((at, label))
        return sorted(chosen)

    def _candidates(self, low: float, high: float, gap: float) -> list[tuple[float, str]]:
        """0, then powers of ten that are evenly far apart, on both sides alike, then threes between them."""
        assert self.near is not None
        first, every = round(math.log10(self.near)), max(1, math.ceil(gap))
        last = first + math.ceil(max(abs(low), abs(high)))
        powers = range(first, last + 1, every)
        factors = (1, 3) if every == 1 else (1,)
        sizes = [(factor * 10.0**power, scale.power(factor, power)) for factor in factors for power in powers]
        return [
            (0.0, "0"),
            *((sign * size, mark + text) for size, text in sizes for sign, mark in ((1, ""), (-1, "\u2212"))),
        ]
