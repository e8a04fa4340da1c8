"""Tables of bounded size: the newest rows one by one, older ones as what whole stretches of steps reached.

A stretch stands as two rows: of its first step with the least of every number, and of its last with the greatest. What
a curve covers in a column of pixels is then the same as with every row, but for the stretches at the column's edges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.training.records.columns import Columns, Kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BYTES = 1 << 24
"""What a table takes at most, about: without this, a million steps of a single game took 137 MB in the window."""
SHORTEST = 4
"""Steps of the shortest stretch: two rows in place of four."""
_LEAST_CHUNK = 1 << 11


class StretchedColumns(Columns):
    """Columns that hold two to three chunks of single rows, and behind these at most half a chunk of stretches.

    placed: the names of what is kept of a stretch's first and last row, such as the step; of all else the extremes
    are. ``thinned``: how many rows, from the first, stand in pairs; ``stretch``: how many steps such a pair is of.
    """

    def __init__(self, kinds: Kinds, placed: Sequence[str]) -> None:
        super().__init__(kinds)
        self._placed = frozenset(placed)
        row = sum(int(np.prod(shape, dtype=int)) * np.dtype(kind).itemsize for shape, kind in kinds.values())
        self.chunk = max(_LEAST_CHUNK, 1 << max(MOST_BYTES // (4 * max(row, 1)), 1).bit_length() - 1)
        self.thinned, self.stretch = 0, SHORTEST

    @property
    def is_long(self) -> bool:
        """Whether a chunk of single rows is to become stretches."""
        return len(self) - self.thinned >= 3 * self.chunk

    @property
    def is_full(self) -> bool:
        """Whether the stretches must become longer before a chunk finds room among them."""
        return self.thinned // 2 + self._stretches_a_chunk > self.chunk // 2

    def lengthen(self) -> None:
        """Make one stretch of every two."""
        self._pair(0, self.thinned, 4)
        self.thinned //= 2
        self.stretch *= 2

    def thin(self) -> None:
        """Make stretches of the oldest chunk of single rows."""
        self._pair(self.thinned, self.chunk, min(self.stretch, self.chunk))
        self.thinned += 2 * self._stretches_a_chunk

    def put_stretches(self, name: str, at_ends: npt.NDArray[np.floating]) -> None:
        """Write an array of the stretches from its values at their ends (..., stretches): each from end to end."""
        before = np.concatenate([at_ends[..., :1], at_ends[..., :-1]], axis=-1)
        into = self[name][..., : self.thinned].reshape(*at_ends.shape, 2)
        with np.errstate(over="ignore"):
            into[..., 0], into[..., 1] = np.fmin(before, at_ends), np.fmax(before, at_ends)

    @property
    def _stretches_a_chunk(self) -> int:
        """At least one: of very wide rows, after millions of steps, it is shorter than the others."""
        return max(self.chunk // self.stretch, 1)

    @property
    def room(self) -> int:
        """Rows that can be added before a chunk is to become stretches."""
        return 3 * self.chunk - (len(self) - self.thinned)

    def rows_of(self, row: int) -> slice:
        """The rows that stand for the same steps as this one: itself, or both of its stretch."""
        return slice(row - row % 2, row - row % 2 + 2) if row < self.thinned else slice(row, row + 1)

    def exchanged(self, column: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """A column with the greatest where the least stood and the reverse, for what is subtracted from another."""
        turned = column.copy()
        turned[: self.thinned : 2] = column[1 : self.thinned : 2]
        turned[1 : self.thinned : 2] = column[: self.thinned : 2]
        return turned

    def _pair(self, start: int, rows: int, each: int) -> None:
        """Put two rows in the place of ``each`` of these; views that were handed out keep what they showed."""
        stop, pairs = start + rows, rows // each
        count = len(self) - rows + 2 * pairs
        for name, old in self._arrays.items():
            new = np.empty_like(old)
            new[..., :start] = old[..., :start]
            new[..., start + 2 * pairs : count] = old[..., stop : len(self)]
            parts = old[..., start:stop].reshape(*old.shape[:-1], pairs, each)
            into = new[..., start : start + 2 * pairs].reshape(*old.shape[:-1], pairs, 2)
            if name in self._placed:
                into[..., 0], into[..., 1] = parts[..., 0], parts[..., -1]
            else:
                into[..., 0], into[..., 1] = np.fmin.reduce(parts, axis=-1), np.fmax.reduce(parts, axis=-1)
            self._arrays[name] = new
        self._count = count


def means(values: npt.NDArray[np.floating], each: int) -> npt.NDArray[np.float64]:
    """Means over every ``each`` of the last axis, NaN where nothing is finite."""
    parts = values.reshape(*values.shape[:-1], -1, each).astype(np.float64)
    known = np.isfinite(parts)
    count = known.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        found: npt.NDArray[np.float64] = np.where(known, parts, 0.0).sum(axis=-1) / np.where(count, count, np.nan)
    return found
