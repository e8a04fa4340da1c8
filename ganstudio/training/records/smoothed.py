"""Rows of numbers step by step with their moving averages, in bounded memory however long a run is. No torch, no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.measurements import MovingAverage
from ganstudio.training.records.stretches import StretchedColumns, means

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ganstudio.training.records.columns import Column, Doubles, Kinds

_ROWS_AT_ONCE = 1 << 14  # smoothed together: what is worked on stays in the processor's cache


class SmoothedRows:
    """Append-only rows of step, seconds and some numbers, which are kept as they were told and as moving averages.

    Steps and seconds must not decrease: a view finds its place by bisection. ``generation`` changes when columns were
    rewritten (cleared, a new window, old rows become stretches) rather than continued. Of the steps before ``thinned``
    rows two rows stand for a stretch: see ``stretches``. names: of the numbers, in the order of a row.
    """

    keeps_raw = True
    """Whether the numbers are kept as they were told, too: without them the window stays as it is."""

    def __init__(self, names: Sequence[str], window: int) -> None:
        self._window = _checked(window)
        self.generation = 0
        self.names: tuple[str, ...] = ()
        self.clear(names)

    def clear(self, names: Sequence[str] | None = None) -> None:
        """Forget every row; the next ones hold these numbers. None: those of before."""
        self.generation += 1
        self.names = self.names if names is None else tuple(names)
        values = self._values = len(self.names)
        own: Kinds = {"axes": ((2,), np.float64), "average": ((values,), np.float32)}
        if self.keeps_raw:
            own["raw"] = ((values,), np.float32)
        self._columns = StretchedColumns(own | self._more(), placed=("axes",))
        self._means = np.empty((values, 0), np.float32)  # of each stretch, for another window
        self._restart()

    def _more(self) -> Kinds:
        """What is kept beside the values, computed with them."""
        return {}

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def window(self) -> int:
        """Steps that the moving averages span; setting it computes them anew. ValueError: less than 1.

        Of old steps, which are kept in stretches, the average of a window shorter than these is that of a stretch.
        """
        return self._window

    @window.setter
    def window(self, window: int) -> None:
        if _checked(window) == self._window:
            return
        assert self.keeps_raw, "another window needs the numbers as they were told"
        self._window = window
        self._smooth_anew()

    def _smooth_anew(self) -> None:
        self.generation += 1
        self._restart()
        self._columns.renew("average", *self._more())
        if self.thinned:
            self._smooth_stretches()
        self._smooth_all(slice(self.thinned, len(self)), self._columns["raw"][:, self.thinned :])

    def append(self, rows: npt.NDArray[np.floating], names: Sequence[str] | None = None) -> None:
        """Add rows (n, 2 + names), or a single one. Raises ValueError for another shape.

        names: of their numbers, where these may be others than so far: one that is new was not known before, one that
        is missing is not known now. None: those of the history.
        """
        rows = numbers = np.atleast_2d(np.asarray(rows, np.float64))
        width = 2 + len(self.names if names is None else names)
        if rows.ndim != 2 or rows.shape[1] != width:
            raise ValueError(f"rows of scalars have shape {rows.shape}: it should be (n, {width})")
        if names is not None and tuple(names) != self.names:
            rows = self._in_order(numbers, names)
        while len(rows):
            piece, rows = np.split(rows, [self._columns.room])
            where = self._columns.grow(len(piece))
            self._columns["axes"][:, where] = piece[:, :2].T
            told = piece[:, 2:].T
            if self.keeps_raw:
                with np.errstate(over="ignore"):  # beyond float32 a loss is infinite
                    self._columns["raw"][:, where] = told
                told = self._columns["raw"][:, where]
            self._smooth_all(where, told)
            if self._columns.is_long:
                self._thin()

    def expect(self, names: Sequence[str]) -> None:
        """Have a place for these numbers, too: of those that are new nothing was known before."""
        new = [name for name in names if name not in self.names]
        if not new:
            return
        self.names += tuple(new)
        self._values = len(self.names)
        self._columns.widen("raw", len(new))
        self._columns.widen("average", len(new))
        self._means = np.concatenate([self._means, np.full((len(new), self._means.shape[1]), np.nan, np.float32)])
        self._smooth_anew()

    def _in_order(self, rows: Doubles, names: Sequence[str]) -> Doubles:
        """The rows in the order of the history's names, NaN where they have no such number; new ones come behind."""
        self.expect(names)
        ordered = np.full((len(rows), 2 + self._values), np.nan)
        ordered[:, [0, 1, *(2 + self.names.index(name) for name in names)]] = rows
        return ordered

    def raw(self, name: str) -> Column:
        """A number as it was measured; NaN where its player did not move. KeyError: there is none of this name."""
        return self._columns.column("raw", self._place(name))

    def average(self, name: str) -> Column:
        """Moving average of a number; NaN before its first finite value."""
        return self._columns.column("average", self._place(name))

    def latest(self, name: str) -> float:
        """The newest moving average of a number; NaN before the first."""
        average = self.average(name)
        return float(average[-1]) if len(average) else float("nan")

    def _place(self, name: str) -> int:
        if name not in self.names:
            raise KeyError(f"there is no scalar {name!r}: the scalars are {', '.join(self.names)}")
        return self.names.index(name)

    def _thin(self) -> None:
        columns = self._columns
        self.generation += 1
        if columns.is_full:
            self._means = means(self._means, 2).astype(np.float32)
            columns.lengthen()
        if self.keeps_raw:
            oldest = columns["raw"][:, self.thinned : self.thinned + columns.chunk]
            self._means = np.concatenate([self._means, means(oldest, columns.stretch).astype(np.float32)], axis=1)
        columns.thin()

    @property
    def thinned(self) -> int:
        """How many rows, from the first, stand in pairs for stretches of steps."""
        return self._columns.thinned

    def rows_of(self, row: int) -> slice:
        """The rows that stand for the same steps as this one: itself, or both of its stretch."""
        return self._columns.rows_of(row)

    def exchanged(self, column: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """A column with the two rows of each stretch exchanged, for what is subtracted from another."""
        return self._columns.exchanged(column)

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

    def _smooth_stretches(self) -> tuple[Doubles, Doubles, float]:
        """Averages of the stretches from their means, at their ends; means and averages, (values, stretches).

        Also the window that has the same memory, counted in stretches.
        """
        kept = (1.0 - 2.0 / (self._window + 1.0)) ** self._columns.stretch
        coarse = MovingAverage(self._values, 2.0 / (1.0 - kept) - 1.0)
        told = self._means.astype(np.float64)
        averages, _ = coarse.extend(told)
        self._moving.go_on_from(coarse)
        self._columns.put_stretches("average", averages)
        return told, averages, 2.0 / (1.0 - kept) - 1.0

    def _smooth_all(self, where: slice, told: npt.NDArray[np.floating]) -> None:
        """Continue the averages over these rows, whose numbers are ``told`` (values, rows)."""
        for start in range(where.start, where.stop, _ROWS_AT_ONCE):
            part = slice(start, min(start + _ROWS_AT_ONCE, where.stop))
            raw = np.ascontiguousarray(told[:, part.start - where.start : part.stop - where.start], np.float64)
            averages, _ = self._moving.extend(raw)
            with np.errstate(over="ignore"):
                self._derive(part, raw, averages)
                self._columns["average"][:, part] = averages

    def _derive(self, part: slice, raw: Doubles, averages: Doubles) -> None:
        """Keep what follows from these rows' numbers and averages, (values, rows); averages may be changed in place."""


def _checked(window: int) -> int:
    if window < 1:
        raise ValueError(f"the moving averages' window is {window} steps: it should be at least 1")
    return window
