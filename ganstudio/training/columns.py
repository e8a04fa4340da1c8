"""Tables that grow row by row and are read by the column: for plots and readouts. No torch, no Qt."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ganstudio.measurements import MovingAverage

Column = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Kinds = dict[str, tuple[tuple[int, ...], type[np.floating[Any]]]]
"""By name: the shape of what a row holds, and the type of its numbers."""

_FIRST_ROWS = 1024
_ROWS_AT_ONCE = 1 << 14  # smoothed together: what is worked on stays in the processor's cache


class Columns:
    """Arrays that grow together along their last axis: a column is contiguous, so that a plot reads it without a copy.

    ``column`` gives read-only views, which stay valid, and stay as they were, when more is appended.
    """

    def __init__(self, kinds: Kinds) -> None:
        self._arrays = {name: np.empty((*shape, _FIRST_ROWS), kind) for name, (shape, kind) in kinds.items()}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """All that an array holds, to be written."""
        return self._arrays[name][..., : self._count]

    def column(self, name: str, *place: int) -> npt.NDArray[Any]:
        """What an array holds at a place, one entry a row."""
        view: npt.NDArray[Any] = self._arrays[name][place][..., : self._count]
        view.flags.writeable = False
        return view

    def grow(self, rows: int) -> slice:
        """Add so many rows, which hold anything yet; where they are."""
        start, self._count = self._count, self._count + rows
        for name, old in self._arrays.items():
            if old.shape[-1] < self._count:
                new = np.empty((*old.shape[:-1], max(self._count, 2 * old.shape[-1])), old.dtype)
                new[..., :start] = old[..., :start]
                self._arrays[name] = new
        return slice(start, self._count)

    def renew(self, *names: str) -> None:
        """Take new arrays, to be written anew: views that were handed out keep what they showed."""
        for name in names:
            self._arrays[name] = np.empty_like(self._arrays[name])


class SmoothedRows:
    """Append-only rows of step, seconds and some values, which are kept as they were told and as moving averages.

    Steps and seconds must not decrease: a view finds its place by bisection. ``generation`` changes when columns were
    rewritten (cleared, or a new window) rather than continued. what: what a row is of, for errors.
    """

    def __init__(self, what: str, values: int, window: int) -> None:
        self._what = what
        self._window = _checked(window)
        self.generation = 0
        self._begin(values)

    def _begin(self, values: int) -> None:
        """Forget every row; the next ones hold so many values."""
        self.generation += 1
        self._values = values
        own: Kinds = {"axes": ((2,), np.float64), "raw": ((values,), np.float32), "average": ((values,), np.float32)}
        self._columns = Columns(own | self._more())
        self._restart()

    def _more(self) -> Kinds:
        """What is kept beside the values, computed with them."""
        return {}

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def window(self) -> int:
        """Steps that the moving averages span; setting it computes them anew. ValueError: less than 1."""
        return self._window

    @window.setter
    def window(self, window: int) -> None:
        if _checked(window) == self._window:
            return
        self._window = window
        self.generation += 1
        self._restart()
        self._columns.renew("average", *self._more())
        self._smooth_all(0, len(self))

    def append(self, rows: npt.NDArray[np.floating]) -> None:
        """Add rows (n, 2 + values), or a single one. Raises ValueError for another shape."""
        rows = np.atleast_2d(np.asarray(rows, np.float64))
        width = 2 + self._values
        if rows.ndim != 2 or rows.shape[1] != width:
            raise ValueError(f"rows of {self._what} have shape {rows.shape}: it should be (n, {width})")
        where = self._columns.grow(len(rows))
        self._columns["axes"][:, where] = rows[:, :2].T
        with np.errstate(over="ignore"):  # beyond float32 a loss is infinite
            self._columns["raw"][:, where] = rows[:, 2:].T
        self._smooth_all(where.start, where.stop)

    @property
    def step(self) -> Doubles:
        """The step of each row."""
        return self._columns.column("axes", 0)

    @property
    def seconds(self) -> Doubles:
        """Wall-clock seconds of training at each row."""
        return self._columns.column("axes", 1)

    def _restart(self) -> None:
        """Averages as they are before the first row."""
        self._moving = MovingAverage(self._values, self._window)

    def _smooth_all(self, start: int, stop: int) -> None:
        for first in range(start, stop, _ROWS_AT_ONCE):
            self._smooth(slice(first, min(first + _ROWS_AT_ONCE, stop)))

    def _smooth(self, part: slice) -> tuple[Doubles, Doubles]:
        """Continue the averages over these rows; the values as they are and as averages, (values, rows)."""
        raw = self._columns["raw"][:, part].astype(np.float64)
        averages, _ = self._moving.extend(raw)
        with np.errstate(over="ignore"):
            self._columns["average"][:, part] = averages
        return raw, averages


class ColumnHistory(SmoothedRows):
    """Rows of step, seconds, and as many numbers, which some games alone have, as ``clear`` was told."""

    def __init__(self, window: int = 200, columns: int = 0) -> None:
        super().__init__("numbers", columns, window)

    @property
    def columns(self) -> int:
        """How many numbers a row has."""
        return self._values

    def clear(self, columns: int) -> None:
        """Forget every row, and expect this many numbers a row from now on."""
        self._begin(columns)

    def raw(self, column: int) -> Column:
        """A number on each minibatch; NaN where its player did not move."""
        return self._columns.column("raw", column)

    def average(self, column: int) -> Column:
        """Moving average of a number; NaN before its first finite value."""
        return self._columns.column("average", column)

    def latest(self) -> Column | None:
        """The newest moving average of each number, (columns,); None before the first row."""
        return self._columns["average"][:, -1].copy() if len(self) else None

    def row_at(self, step: float) -> int:
        """The last row at or before a step; -1 before the first."""
        return int(np.searchsorted(self.step, step, side="right")) - 1

    def _smooth(self, part: slice) -> tuple[Doubles, Doubles]:
        if not self.columns:
            return np.empty((0, 0)), np.empty((0, 0))
        return super()._smooth(part)


def _checked(window: int) -> int:
    if window < 1:
        raise ValueError(f"the moving averages' window is {window} steps: it should be at least 1")
    return window
