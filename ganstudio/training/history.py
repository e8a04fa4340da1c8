"""Every step of a run, kept in columns, with moving averages that grow along.

Arrays are (columns, rows): a column is contiguous, so that a view or a plot reads it without a copy. No torch, no Qt.
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from ganstudio.training.messages import SCALARS

Column = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
_Float = TypeVar("_Float", np.float32, np.float64)

LOG2 = math.log(2.0)
BAND = 2.0  # standard errors on either side of the bound: about 95 %

_VALUE = SCALARS.index("value")
_FIRST_ROWS = 1024
# Rows of one closed form, and how many such blocks are worked on at a time, to stay in the processor's cache. A
# block divides by decay ** 128, at most by 3 ** -128 = 1e-61 (window 2): with the square of the largest float32 that
# stays far below what a float64 holds.
_BLOCK = 128
_BLOCKS_AT_ONCE = 128


class JSDBound(NamedTuple):
    """The lower bound log 2 + V/2 on the JSD, nats, one entry a row: moving average, and two standard errors about it.

    NaN where it is not known: average before the first V, low and high before the second.
    """

    average: Column
    low: Column
    high: Column


class MovingAverage:
    """Debiased exponential moving averages of ``columns`` columns at once, span ``window``: alpha = 2 / (window + 1).

    What is not finite is skipped: it neither enters an average nor ages it, and the average stands as it was.
    """

    def __init__(self, columns: int, window: int) -> None:
        self.alpha = 2.0 / (window + 1.0)
        self.decay = 1.0 - self.alpha
        self._powers = self.decay ** np.arange(_BLOCK + 1, dtype=np.float64)
        self._sums = np.zeros(columns)  # alpha * sum of decay ** age * x, not yet debiased
        self._missing = np.ones(columns)  # 1 - the weights so far: decay ** (number of values)

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


class History:
    """Append-only store of a run's scalars, rows as in ``messages.Scalars``: step, seconds, *SCALARS.

    Steps and seconds must not decrease: a view finds its place by bisection. Columns are read-only views of what has
    been appended so far; they stay valid, and stay as they were, when more is appended.
    ``generation`` changes when columns were rewritten (``clear``, a new window) rather than continued.
    """

    def __init__(self, window: int = 200) -> None:
        self._window = _checked_window(window)
        self.generation = 0
        self.clear()

    def clear(self) -> None:
        """Forget every row."""
        self.generation += 1
        self._count = 0
        self._axes = np.empty((2, _FIRST_ROWS), np.float64)
        self._raw = np.empty((len(SCALARS), _FIRST_ROWS), np.float32)
        self._average = np.empty((len(SCALARS), _FIRST_ROWS), np.float32)
        self._bound = np.empty((3, _FIRST_ROWS), np.float32)
        self._moving = MovingAverage(len(SCALARS) + 1, self._window)

    def __len__(self) -> int:
        return self._count

    @property
    def window(self) -> int:
        """Steps that the moving averages span; setting it computes them anew from the first row."""
        return self._window

    @window.setter
    def window(self, window: int) -> None:
        if _checked_window(window) == self._window:
            return
        self._window = window
        self.generation += 1
        self._moving = MovingAverage(len(SCALARS) + 1, window)
        # New arrays: views that were handed out keep what they showed.
        self._average, self._bound = np.empty_like(self._average), np.empty_like(self._bound)
        self._smooth(0, self._count)

    def append(self, rows: npt.NDArray[np.floating]) -> None:
        """Add ``rows``, (n, 2 + len(SCALARS)) or a single row. Raises ValueError for another shape."""
        rows = np.atleast_2d(np.asarray(rows, np.float64))
        width = 2 + len(SCALARS)
        if rows.ndim != 2 or rows.shape[1] != width:
            raise ValueError(f"rows of scalars have shape {rows.shape}: it should be (n, {width})")
        start, stop = self._count, self._count + len(rows)
        if start == stop:
            return
        self._reserve(stop)
        self._axes[:, start:stop] = rows[:, :2].T
        with np.errstate(over="ignore"):  # beyond float32 a loss is infinite
            self._raw[:, start:stop] = rows[:, 2:].T
        self._smooth(start, stop)
        self._count = stop

    @property
    def step(self) -> Doubles:
        """The step of each row."""
        return _frozen(self._axes[0, : self._count])

    @property
    def seconds(self) -> Doubles:
        """Wall-clock seconds of training at each row."""
        return _frozen(self._axes[1, : self._count])

    def raw(self, name: str) -> Column:
        """The scalar ``name`` as it was measured; NaN where its player did not move."""
        return _frozen(self._raw[_index(name), : self._count])

    def average(self, name: str) -> Column:
        """Moving average of the scalar ``name``; NaN before its first finite value."""
        return _frozen(self._average[_index(name), : self._count])

    def jsd_bound(self) -> JSDBound:
        """Lower bound on the JSD that follows from D's value V, as it is: it may lie below 0, where it says nothing.

        JSD >= log 2 + V/2 for any D on samples that it was not fitted to (Goodfellow et al. 2014, eq. 4-6). The band
        takes minibatches to be independent, and counts D's drift within the window as noise.
        """
        return JSDBound(*(_frozen(row[: self._count]) for row in self._bound))

    def _reserve(self, rows: int) -> None:
        capacity = self._axes.shape[1]
        if rows <= capacity:
            return
        capacity = max(rows, 2 * capacity)
        for name in ("_axes", "_raw", "_average", "_bound"):
            old = getattr(self, name)
            new = np.empty((old.shape[0], capacity), old.dtype)
            new[:, : self._count] = old[:, : self._count]
            setattr(self, name, new)

    def _smooth(self, start: int, stop: int) -> None:
        """Continue averages and bound over the rows from start to stop."""
        stride = _BLOCK * _BLOCKS_AT_ONCE
        for first in range(start, stop, stride):
            part = slice(first, min(first + stride, stop))
            raw = self._raw[:, part].astype(np.float64)
            averages, missing = self._moving.extend(np.concatenate([raw, raw[_VALUE : _VALUE + 1] ** 2]))
            mean, mean_square = averages[_VALUE], averages[-1]
            weights = self._moving.squared_weights(missing[_VALUE])
            # Of one value the spread is not known: all weight on it, and 1 - weights is 0 but for rounding.
            weights = np.where(weights < 1.0 - 1e-9, weights, np.nan)
            # var / (effective sample size - 1); rounding may leave a constant's variance a hair below 0.
            variance = np.maximum(mean_square - mean**2, 0.0)
            half_band = BAND / 2.0 * np.sqrt(variance * weights / (1.0 - weights))
            bound = LOG2 + mean / 2.0
            with np.errstate(over="ignore"):
                self._average[:, part] = averages[:-1]
                self._bound[:, part] = bound, bound - half_band, bound + half_band


def _checked_window(window: int) -> int:
    if window < 1:
        raise ValueError(f"the moving averages' window is {window} steps: it should be at least 1")
    return window


def _index(name: str) -> int:
    if name not in SCALARS:
        raise KeyError(f"there is no scalar {name!r}: the scalars are {', '.join(SCALARS)}")
    return SCALARS.index(name)


def _frozen(column: npt.NDArray[_Float]) -> npt.NDArray[_Float]:
    column.flags.writeable = False
    return column
