"""Every step of a run, kept in columns, with moving averages that grow along.

Arrays are (columns, rows): a column is contiguous, so that a view or a plot reads it without a copy. No torch, no Qt.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from ganstudio.measurements import MovingAverage, MovingError, jsd_bound
from ganstudio.training.messages import SCALARS

Column = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
_Float = TypeVar("_Float", np.float32, np.float64)

BAND = 2.0  # standard errors on either side of the bound: about 95 %

_VALUE = SCALARS.index("value")
_FIRST_ROWS = 1024
_ROWS_AT_ONCE = 1 << 14  # smoothed together: what is worked on stays in the processor's cache


class BoundCurves(NamedTuple):
    """The lower bound log 2 + V/2 on the JSD, nats, one entry a row: moving average, and two standard errors about it.

    NaN where it is not known: average before the first V, low and high before the third.
    """

    average: Column
    low: Column
    high: Column


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
        self._restart()

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
        self._restart()
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

    def jsd_bound(self) -> BoundCurves:
        """Lower bound on the JSD that follows from D's value V, as it is: it may lie below 0, where it says nothing.

        JSD >= log 2 + V/2 for any D on samples that it was not fitted to (Goodfellow et al. 2014, eq. 4-6). The band
        is that of ``measurements.value_statistics``; it counts D's drift within the window as noise.
        """
        return BoundCurves(*(_frozen(row[: self._count]) for row in self._bound))

    def _restart(self) -> None:
        """Averages and error as they are before the first row."""
        self._moving, self._error = MovingAverage(len(SCALARS), self._window), MovingError(self._window)

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
        for first in range(start, stop, _ROWS_AT_ONCE):
            part = slice(first, min(first + _ROWS_AT_ONCE, stop))
            raw = self._raw[:, part].astype(np.float64)
            averages, _ = self._moving.extend(raw)
            bound = jsd_bound(averages[_VALUE])
            half_band = BAND / 2.0 * self._error.extend(raw[_VALUE], averages[_VALUE])
            with np.errstate(over="ignore"):
                self._average[:, part] = averages
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
