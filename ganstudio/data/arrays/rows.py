"""Rows of an array that become samples: those that are chosen, and why the others are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.skips import Skips

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.data.blocks import Blocks


Array = npt.NDArray[Any]


def are_finite(block: Array) -> npt.NDArray[np.bool_]:
    """Which rows (k,) hold nothing but finite numbers."""
    if block.dtype.kind != "f":
        return np.ones(len(block), np.bool_)
    return np.asarray(np.isfinite(block).reshape(len(block), -1).all(axis=1))


def finite_rows(values: Blocks) -> npt.NDArray[np.bool_]:
    """Which rows (n,) of all blocks hold nothing but finite numbers."""
    if values.dtype.kind != "f":
        return np.ones(len(values), np.bool_)
    return np.concatenate([are_finite(block) for block in values])


def skip_rows(finite: npt.NDArray[np.bool_], reason: str) -> Skips:
    """Note all other rows as skipped for this reason."""
    skips = Skips()
    for row in np.flatnonzero(~finite).tolist():
        skips.add(f"row {row}", reason)
    return skips


def skip_unlabelled(skips: Skips, rows: npt.NDArray[np.bool_], indices: npt.NDArray[np.int64] | None) -> None:
    """Take those that are of no class from the rows."""
    if indices is None:
        return
    for row in np.flatnonzero(rows & (indices < 0)).tolist():
        skips.add(f"row {row}", "has no label")
    rows &= indices >= 0


class ChosenRows:
    """Some rows (k, ...) of blocks, anew for each ``for``. rows: which of all."""

    def __init__(self, values: Blocks, rows: npt.NDArray[np.bool_]) -> None:
        self._values, self._rows = values, rows

    def __iter__(self) -> Iterator[Array]:
        done = 0
        for block in self._values:
            rows = self._rows[done : done + len(block)]
            done += len(block)
            yield block if rows.all() else block[rows]
