"""Numbers on an axis and in a readout: where the ticks stand and how they read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.gui.text.numbers import signed

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

Ticks = list[tuple[float, str]]

_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)


def nice_step(span: float, count: float) -> float:
    """The least 1, 2 or 5 times a power of ten that cuts ``span`` into at most about ``count`` parts."""
    rough = span / max(count, 1.0)
    power = 10.0 ** math.floor(math.log10(rough))
    return next((power * factor for factor in (1, 2, 5) if power * factor >= rough), power * 10)


def linear_ticks(low: float, high: float, count: float) -> Ticks:
    """Round values within [low, high], about ``count`` of them."""
    step = nice_step(high - low, count)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [(k * step, _number(k * step, step, decimals, max(abs(low), abs(high)))) for k in range(first, last + 1)]


def _number(value: float, step: float, decimals: int, top: float) -> str:
    if decimals > 4 or top >= 1e9:
        return signed(f"{value:.3g}")
    for unit, letter, least in ((1e6, "M", 1e6), (1e3, "k", 2e4)):
        if value and top >= least and step >= unit / 10:
            return signed(f"{value / unit:.{0 if step >= unit else 1}f}{letter}")
    return signed(f"{value + 0.0:,.{decimals}f}")  # + 0.0 turns -0 into 0


def log_ticks(low: float, high: float, count: float) -> Ticks:
    """Ticks of a logarithmic axis over powers of ten from ``low`` to ``high``: 1, 2, 5 while they find room."""
    decades = high - low
    if decades < 0.8:  # hardly a decade: round values on the way
        return [(math.log10(v), label) for v, label in linear_ticks(10.0**low, 10.0**high, count) if v > 0]
    factors = (1, 2, 5) if 3 * decades <= count else (1, 3) if 2 * decades <= count else (1,)
    every = max(1, math.ceil(decades / max(count, 1.0)))
    exponents = (k for k in range(math.floor(low), math.ceil(high) + 1) if k % every == 0)
    places = [(exponent + math.log10(factor), factor, exponent) for exponent in exponents for factor in factors]
    return [(place, power(factor, exponent)) for place, factor, exponent in places if low <= place <= high]


def power(factor: int, exponent: int) -> str:
    """A tick's label: ``factor`` times ten to the ``exponent``."""
    return f"{factor * 10.0**exponent:g}" if -4 <= exponent <= 4 else f"{factor}e{exponent}"


def time_ticks(low: float, high: float, count: float) -> Ticks:
    """Round durations within [low, high] seconds."""
    rough = (high - low) / max(count, 1.0)
    if rough <= 1:
        return [(value, f"{label} s") for value, label in linear_ticks(low, high, count)]
    step = next((s for s in _SECONDS if s >= rough), 86400 * math.ceil(rough / 86400))
    return [(k * step, clock(k * step)) for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def whole_run(first: float, last: float, least: float) -> tuple[float, float]:
    """From a run's beginning to a round value just beyond its end: then the axis does not move at each step."""
    low = 0.0 if first <= max(0.1 * last, least) else first
    span = max(last - low, least)
    unit = 10.0 ** math.floor(math.log10(span)) / 20.0
    return low, low + math.ceil(span / unit) * unit


def rounded_range(low: float, high: float, *, log: bool) -> tuple[float, float]:
    """[low, high] with a little room around it, to round values: the axis stands still while a curve's noise does not.

    What is never negative keeps 0 as its floor, but on a logarithmic axis.
    """
    room = max(high - low, 1e-6 * max(abs(low), abs(high)), 1e-9)
    floor = 0.0 if low >= 0.0 and not log else -math.inf
    low, high = max(low - 0.05 * room, floor), high + 0.05 * room
    unit = 10.0 ** math.floor(math.log10(high - low)) / 5.0
    return math.floor(low / unit) * unit, math.ceil(high / unit) * unit


def clock(seconds: float) -> str:
    """A duration as 0:07, 12:30 or 1:02:30."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def duration(seconds: float) -> str:
    """A duration as it is read aloud: 8.4 s, 12 min 30 s, 1 h 2 min."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def readout(value: float) -> str:
    """A measured value with three decimals, or in powers of ten where these would not show it; a dash: not known."""
    if not math.isfinite(value):
        return "–"
    if value != 0 and not 1e-3 <= abs(value) < 1e4:
        return signed(f"{value:.1e}")
    return signed(f"{value:.3f}")


def between(values: npt.NDArray[np.floating], write: Callable[[float], str] = readout) -> str:
    """What a curve reads over the rows that stand for one place: a value, or of a stretch of steps from where to where.

    values: (1,) or (2,), as ``rows_of`` of a history gives them.
    """
    low, high = write(float(np.fmin.reduce(values))), write(float(np.fmax.reduce(values)))
    return low if low == high else f"{low} to {high}"
