"""The Jensen-Shannon divergence as the game itself bounds it, with the noise of the value that it is read from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

LOG2 = math.log(2)
"""The largest JSD there is, in nats: of distributions that share nothing."""

Number = TypeVar("Number", float, "npt.NDArray[np.float64]")


@dataclass(frozen=True)
class JSDBound:
    """A lower bound on the JSD, nats, and its standard error. May be negative by noise or a poor D: ``displayed``."""

    nats: float
    standard_error: float


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


def to_bits(nats: Number) -> Number:
    """Nats in bits."""
    return nats / LOG2


def to_nats(bits: Number) -> Number:
    """Bits in nats."""
    return bits * LOG2


def moving_average(values: npt.NDArray[np.floating[Any]], window: int) -> FloatArray:
    """The debiased exponential average of values (n,), whose memory spans ``window`` steps.

    The decay is 1 - 2 / (window + 1): the average has the same variance as one over ``window`` equal weights. Divided
    by the weights' sum so far, it isn't drawn to 0 at the start (Kingma and Ba 2014, section 3). Values that aren't
    finite are passed over: there the average stays, and is NaN before the first finite value.
    """
    finite = np.isfinite(values)
    kept = np.asarray(values[finite], np.float64)
    return _held(_debiased(kept, _decay(window)), finite)


def value_statistics(values: npt.NDArray[np.floating[Any]], window: int) -> ValueStatistics:
    """The moving average of values (n,) over ``window`` steps and its standard error.

    The error is that of an average with these weights of noise with the values' own variance and lag-1 correlation,
    both measured with the same memory: minibatches share the networks that they are measured with, so neighbours are
    alike, and counting them as independent would draw the band too narrow.
    """
    finite = np.isfinite(values)
    kept = np.asarray(values[finite], np.float64)
    decay = _decay(window)
    mean = _debiased(kept, decay)
    residual = kept - mean
    variance = _debiased(residual**2, decay)
    covariance = _debiased(residual * np.concatenate([np.zeros(min(1, len(kept))), residual[:-1]]), decay)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = np.clip(np.nan_to_num(covariance / variance), 0.0, 0.95)
        samples = _effective_samples(len(kept), decay)
        # The average is fitted to the values that it is taken from: Bessel's correction.
        error = np.sqrt(variance / (samples - 1) * (1 + correlation) / (1 - correlation))
    error[:2] = np.nan
    return ValueStatistics(_held(mean, finite), _held(error, finite))


def estimate_jsd_bound(values: npt.NDArray[np.floating[Any]], window: int) -> JSDBound | None:
    """The bound after the last of values V (n,), averaged over ``window`` steps; None when it isn't a finite number.

    Steps that moved G only have no V, NaN, and are passed over; an infinite V among the last ``window`` gives None.
    """
    # Of what lies further back than eight windows, the average remembers a ten-millionth.
    recent = np.asarray(values[-8 * window :], np.float64)
    if not np.isfinite(recent[-window:]).any() or np.isinf(recent[-window:]).any():
        return None
    statistics = value_statistics(recent, window)
    nats, error = jsd_bound(float(statistics.mean[-1])), float(statistics.standard_error[-1]) / 2
    return JSDBound(nats, error) if math.isfinite(nats) and math.isfinite(error) else None


def _decay(window: int) -> float:
    assert window >= 1, window
    return 1 - 2 / (window + 1)


def _debiased(values: FloatArray, decay: float) -> FloatArray:
    """Weighted means of all values so far, the weight falling by ``decay`` a step."""
    if decay == 0:
        return values.copy()
    # y_k = decay y_{k-1} + x_k, solved a block at a time: y_k = decay^k (y_0 + sum of x_j decay^-j). A block ends
    # before the powers span more digits than a double has to spare.
    length = max(1, min(len(values), int(math.log(1e-9) / math.log(decay))))
    powers = decay ** np.arange(1, length + 1)
    sums = np.empty_like(values)
    weights = np.empty_like(values)
    total = weight = 0.0
    for start in range(0, len(values), length):
        part = values[start : start + length]
        power = powers[: len(part)]
        block = slice(start, start + len(part))
        sums[block] = power * (total + np.cumsum(part / power))
        weights[block] = power * (weight + np.cumsum(1 / power))
        total, weight = sums[block][-1], weights[block][-1]
    return sums / weights


def _effective_samples(count: int, decay: float) -> FloatArray:
    """(sum of weights)^2 / sum of squared weights after each of ``count`` values."""
    steps = np.arange(1, count + 1)
    if decay == 0:
        return np.ones(count)
    squares = decay**2
    sums = (1 - decay**steps) / (1 - decay)
    return sums**2 * (1 - squares) / (1 - squares**steps)


def _held(averages: FloatArray, finite: npt.NDArray[np.bool_]) -> FloatArray:
    """Averages of the finite values, spread over all steps: each holds until the next."""
    seen = np.cumsum(finite)
    padded = np.concatenate([[np.nan], averages])
    return np.asarray(padded[seen], np.float64)
