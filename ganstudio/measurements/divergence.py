"""The Jensen-Shannon divergence as the game itself bounds it, with the noise of the value that it is read from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ganstudio.measurements.averages import MovingAverage, MovingError

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

LOG2 = math.log(2)
"""The largest JSD there is, in nats: of distributions that share nothing."""

Number = TypeVar("Number", float, "npt.NDArray[np.float64]")


@dataclass(frozen=True)
class JSDBound:
    """A lower bound on the JSD, nats, and its standard error. May be negative by noise or a poor D."""

    nats: float
    standard_error: float

    @property
    def empty(self) -> str | None:
        """Why it says nothing, in words; None where it does."""
        if self.nats <= 0:
            return "it is at or below 0, and no JSD is below that"
        if self.standard_error >= min(self.nats, LOG2):
            return "its standard error is as large as the bound itself"
        return None


@dataclass(frozen=True)
class ValueStatistics:
    """At each step the moving average of a scalar and that average's standard error; NaN where there is none yet."""

    mean: FloatArray
    standard_error: FloatArray


def jsd_bound(value: Number) -> Number:
    """Log 2 + V/2 in nats, where V = E log D(x) + E log(1 - D(G(z))).

    Goodfellow et al. 2014, theorem 1: with the best D, V = -log 4 + 2 JSD; any other D gives a smaller V. So this is a
    lower bound on the JSD for any D, on samples that D wasn't fitted to.
    """
    return LOG2 + value / 2


def displayed(nats: Number) -> Number:
    """Clipped to [0, log 2], where a JSD lies, for showing only. NaN stays NaN."""
    clipped: Number = np.clip(nats, 0.0, LOG2)
    return float(clipped) if isinstance(nats, float) else clipped


def moving_average(values: npt.NDArray[np.floating[Any]], window: int) -> FloatArray:
    """The moving average of values (n,) over ``window`` steps, as ``MovingAverage`` defines it; NaN before a number."""
    averages, _ = MovingAverage(1, window).extend(np.asarray(values, np.float64)[None])
    mean: FloatArray = averages[0]
    return mean


def value_statistics(values: npt.NDArray[np.floating[Any]], window: int) -> ValueStatistics:
    """The moving average of values (n,) over ``window`` steps, and its standard error as ``MovingError`` defines it."""
    mean = moving_average(values, window)
    return ValueStatistics(mean, MovingError(window).extend(np.asarray(values, np.float64), mean))


def estimate_jsd_bound(values: npt.NDArray[np.floating[Any]], window: int) -> JSDBound | None:
    """The bound after the last of values V (n,), averaged over ``window`` steps; None when it isn't a finite number.

    Steps that moved G only have no V, NaN, and are passed over; an infinite V among the last ``window`` gives None.
    """
    recent = values[-window:]
    if not np.isfinite(recent).any() or np.isinf(recent).any():
        return None
    statistics = value_statistics(values, window)
    nats, error = jsd_bound(float(statistics.mean[-1])), float(statistics.standard_error[-1]) / 2
    return JSDBound(nats, error) if math.isfinite(nats) and math.isfinite(error) else None
