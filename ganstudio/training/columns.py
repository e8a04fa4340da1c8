"""Numbers that some games alone have, of every step of a run, kept in columns: for plots and readouts. No torch, no Qt.

Arrays are (columns, rows): a column is contiguous, so that a plot reads it without a copy.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ganstudio.measurements import MovingAverage

Column = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
_Float = TypeVar("_Float", np.float32, np.float64)

_FIRST_ROWS = 1024


class ColumnHistory:
    """Append-only store of rows of step, seconds, and as many numbers as ``clear`` was told.

    Columns are read-only views that stay as they were when more is appended. ``generation`` changes when columns were
    rewritten (``clear``, a new window) rather than continued.
    """

    def __init__(self, window: int = 200, columns: int = 0) -> None:
        self._window = window
        self.generation = 0
        self.clear(columns)

    def clear(self, columns: int) -> None:
        """Forget every row, and expect this many numbers a row from now on."""
        self.generation += 1
        self.columns = columns
        self._count = 0
        self._axes = np.empty((2, _FIRST_ROWS), np.float64)
        self._raw = np.empty((columns, _FIRST_ROWS), np.float32)
        self._average = np.empty((columns, _FIRST_ROWS), np.float32)
        self._moving = MovingAverage(columns, self._window)

    def __len__(self) -> int:
        return self._count

    @property
    def window(self) -> int:
        """Steps that the moving averages span; setting it computes them anew. ValueError: less than 1."""
        return self._window

    @window.setter
    def window(self, window: int) -> None:
        if window < 1:
            raise ValueError(f"the moving averages' window is {window} steps: it should be at least 1")
        if window == self._window:
            return
        self._window = window
        self.generation += 1
        self._moving = MovingAverage(self.columns, window)
        self._average = np.empty_like(self._average)  # a new array: views that were handed out keep what they showed
        self._smooth(0, self._count)

    def append(self, rows: npt.NDArray[np.floating]) -> None:
        """Add rows (n, 2 + columns) in order of their steps. ValueError: they have another shape."""
        rows = np.asarray(rows, np.float64)
        if rows.ndim != 2 or rows.shape[1] != 2 + self.columns:
            raise ValueError(f"rows have shape {rows.shape}: it should be (n, {2 + self.columns})")
        start, stop = self._count, self._count + len(rows)
        if start == stop:
            return
        self._reserve(stop)
        self._axes[:, start:stop] = rows[:, :2].T
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

    def raw(self, column: int) -> Column:
        """A number on each minibatch; NaN where its player did not move."""
        return _frozen(self._raw[column, : self._count])

    def average(self, column: int) -> Column:
        """Moving average of a number; NaN before its first finite value."""
        return _frozen(self._average[column, : self._count])

    def latest(self) -> Column | None:
        """The newest moving average of each number, (columns,); None before the first row."""
        return self._average[:, self._count - 1].copy() if self._count else None

    def row_at(self, step: float) -> int:
        """The last row at or before a step; -1 before the first."""
        return int(np.searchsorted(self.step, step, side="right")) - 1

    def _reserve(self, rows: int) -> None:
        capacity = self._axes.shape[1]
        if rows <= capacity:
            return
        for name in ("_axes", "_raw", "_average"):
            old = getattr(self, name)
            new = np.empty((old.shape[0], max(rows, 2 * capacity)), old.dtype)
            new[:, : self._count] = old[:, : self._count]
            setattr(self, name, new)

    def _smooth(self, start: int, stop: int) -> None:
        if self.columns and stop > start:
            averages, _ = self._moving.extend(self._raw[:, start:stop].astype(np.float64))
            self._average[:, start:stop] = averages


def _frozen(column: npt.NDArray[_Float]) -> npt.NDArray[_Float]:
    column.flags.writeable = False
    return column
