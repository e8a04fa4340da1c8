"""Tables that grow row by row and are read by the column: for plots and readouts. No torch, no Qt."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Kinds = dict[str, tuple[tuple[int, ...], type[np.floating[Any]]]]
"""By name: the shape of what a row holds, and the type of its numbers."""

_FIRST_ROWS = 1024


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

    def keep(self, rows: npt.NDArray[np.intp]) -> None:
        """Keep these rows alone; views that were handed out keep what they showed."""
        self._arrays = {name: old[..., rows] for name, old in self._arrays.items()}
        self._count = len(rows)

    def widen(self, name: str, more: int) -> None:
        """Let an array (values, rows) hold this many values more, NaN in the rows that there are."""
        old = self._arrays[name]
        self._arrays[name] = np.concatenate([old, np.full((more, *old.shape[1:]), np.nan, old.dtype)])

    def renew(self, *names: str) -> None:
        """Take new arrays, to be written anew: views that were handed out keep what they showed."""
        for name in names:
            self._arrays[name] = np.empty_like(self._arrays[name])
