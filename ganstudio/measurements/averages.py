"""Moving averages that go on from where they were, and the standard error of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Doubles = npt.NDArray[np.float64]

# Rows of one closed form. A block divides by decay ** 128, at most by 3 ** -128 = 1e-61 (window 2): with values up to
# 1e240 that stays below what a float64 holds.
_BLOCK = 128
# Where correlation nears 1 the error's estimate has no bound; 0.95 widens it sixfold.
_MOST_CORRELATED = 0.95


class MovingAverage:
    """Debiased exponential averages of ``columns`` columns at once, whose memory spans ``window`` values.

    The decay is 1 - 2 / (window + 1): the average has the same variance as one over ``window`` equal weights. Divided
    by the weights' sum so far, it isn't drawn to 0 at the start (Kingma and Ba 2014, section 3). What isn't finite is
    passed over: it neither enters an average nor ages it, and the average stands as it was.

    In pieces or at once, the averages are the same but for rounding. Values up to 1e240 can't overflow.
    """

    def __init__(self, columns: int, window: float) -> None:
        assert window >= 1, window
        self.alpha = 2.0 / (window + 1.0)
        self.decay = 1.0 - self.alpha
        self._powers = self.decay ** np.arange(_BLOCK + 1, dtype=np.float64)
        self._sums = np.zeros(columns)  # alpha * sum of decay ** age * x, not yet debiased
        self._missing = np.ones(columns)  # 1 - the weights so far: decay ** (number of values)

    def go_on_from(self, other: MovingAverage) -> None:
        """Take over where another stands, which may have gone in longer strides."""
        self._sums, self._missing = other._sums.copy(), other._missing.copy()

    def extend(self, rows: Doubles) -> tuple[Doubles, Doubles]:
        """Go on with ``rows`` (columns, n): the averages after each row, and the weight that each lacked (both alike).

        An average is NaN before its column's first finite value.
        """
        columns, count = rows.shape
        averages, missing = np.empty_like(rows), np.empty_like(rows)
        whole = count - count % _BLOCK
        if whole:
            self._blocks(rows[:, :whole].reshape(columns, -1, _BLOCK), averages[:, :whole], missing[:, :whole])
        if whole < count:
            self._blocks(rows[:, None, whole:], averages[:, whole:], missing[:, whole:])
        return averages, missing

    def _blocks(self, x: Doubles, averages: Doubles, missing: Doubles) -> None:
        """Closed form within each block of x (columns, blocks, rows): s_t = decay^t (s_0 + alpha sum decay^-i x_i)."""
        finite = np.isfinite(x)
        if self.decay == 0.0:
            self._latest(np.where(finite, x, 0.0), finite, averages, missing)
            return
        if finite.all():
            powers = np.broadcast_to(self._powers[1 : x.shape[2] + 1], x.shape)
            scaled = x / powers
        else:
            powers = self._powers[np.cumsum(finite, axis=2)]
            scaled = np.where(finite, x, 0.0) / powers
        inner = np.cumsum(scaled, axis=2)
        inner *= self.alpha

        ends = powers[:, :, -1]
        gains = inner[:, :, -1] * ends
        before = np.empty_like(gains)
        for block in range(x.shape[1]):
            before[:, block] = self._sums
            self._sums = self._sums * ends[:, block] + gains[:, block]
        left = np.cumprod(np.concatenate([self._missing[:, None], ends], axis=1), axis=1)
        self._missing = left[:, -1].copy()

        inner += before[:, :, None]
        inner *= powers
        lacking = left[:, :-1, None] * powers
        with np.errstate(divide="ignore", invalid="ignore"):  # 0 / 0: nothing finite yet, NaN says so
            inner /= 1.0 - lacking
        averages[:] = inner.reshape(averages.shape)
        missing[:] = lacking.reshape(missing.shape)

    def _latest(self, x: Doubles, finite: npt.NDArray[np.bool_], averages: Doubles, missing: Doubles) -> None:
        """Window 1 remembers the latest finite value alone."""
        columns = x.shape[0]
        values = np.concatenate([self._sums[:, None], x.reshape(columns, -1)], axis=1)
        known = np.concatenate([self._missing[:, None] == 0.0, finite.reshape(columns, -1)], axis=1)
        latest = np.maximum.accumulate(np.where(known, np.arange(values.shape[1]), 0), axis=1)
        filled = np.take_along_axis(values, latest, axis=1)
        seen = np.logical_or.accumulate(known, axis=1)
        averages[:] = np.where(seen, filled, np.nan)[:, 1:]
        missing[:] = np.where(seen, 0.0, 1.0)[:, 1:]
        self._sums, self._missing = filled[:, -1].copy(), np.where(seen[:, -1], 0.0, 1.0)

    def squared_weights(self, missing: Doubles) -> Doubles:
        """Sum of an average's squared weights, 1 / its effective sample size: tends to 1 / window as it fills."""
        with np.errstate(divide="ignore"):
            return self.alpha / (1.0 + self.decay) * (1.0 + missing) / (1.0 - missing)


class MovingError:
    """The standard error of one column's moving average over ``window`` values, going on along with the average.

    It is that of an average with these weights of noise with the values' own variance and lag-1 correlation, both
    measured with the same memory: minibatches share the networks that they are measured with, so neighbours are alike,
    and counting them as independent would draw the band too narrow. A value's residual is taken from the average at
    that value and stays as it was, so that what is known of a step never depends on what came after.
    """

    def __init__(self, window: float) -> None:
        self._moments = MovingAverage(2, window)  # of the squared residual, and of its product with the one before
        self._residual = 0.0
        self._seen = 0

    def extend(self, values: Doubles, means: Doubles) -> Doubles:
        """Go on with ``values`` (n,) and their moving average ``means`` (n,): its standard error after each of them.

        NaN before the third finite value, and always where the window is 1: one value shows no spread.
        """
        finite = np.isfinite(values)
        residuals = values[finite] - means[finite]
        before = np.concatenate([[self._residual], residuals])
        products = np.full((2, len(values)), np.nan)
        products[0, finite] = residuals**2
        products[1, finite] = residuals * before[:-1]
        (variance, covariance), missing = self._moments.extend(products)
        weights = self._moments.squared_weights(missing[0])
        with np.errstate(invalid="ignore", divide="ignore"):  # 0 / 0: no noise, or one value alone
            correlation = np.fmin(np.fmax(covariance / variance, 0.0), _MOST_CORRELATED)  # both prefer a number to NaN
            # weights / (1 - weights) = 1 / (effective samples - 1), Bessel's correction: the average is fitted to the
            # values that it is taken from.
            errors: Doubles = np.sqrt(variance * weights / (1 - weights) * (1 + correlation) / (1 - correlation))
        seen = self._seen + np.cumsum(finite)
        errors[seen < 3] = np.nan
        self._residual, self._seen = float(before[-1]), self._seen + len(residuals)
        return errors
