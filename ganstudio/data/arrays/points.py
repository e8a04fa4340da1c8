"""Points of the plane from the rows of an array."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.arrays.rows import ChosenRows, are_finite, skip_rows, skip_unlabelled
from ganstudio.data.errors import DatasetError
from ganstudio.data.points import missing
from ganstudio.data.points.points import Spread, point_dataset
from ganstudio.modalities import Points, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.data import labels
    from ganstudio.data.blocks import Blocks
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import ArraySpec


def points_of(
    name: str, values: Blocks, found: labels.Labels | None, notes: tuple[str, ...], spec: ArraySpec
) -> Dataset:
    """The points of these rows (n, 2), with what is to be known of them. Raises DatasetError where none is finite."""
    indices, classes = found or (None, ())
    finite = np.concatenate([are_finite(block.astype(np.float64)) for block in values])
    skips = skip_rows(finite, "has a coordinate that is not finite")
    skip_unlabelled(skips, finite, indices)
    spread = Spread.of(_ChosenPoints(values, finite))
    if not spread.count:
        raise DatasetError(f'"{name}" holds no finite point: {skips.sentence()}')
    chosen = _ChosenPoints(values, finite)
    if spec.missing == "leave_out" and (lost := missing.codes(chosen, spread.lows, spread.highs)):
        notes = (*notes, *(code.told(("the first column", "the second column")[code.column]) for code in lost))
        rows = np.flatnonzero(finite)
        gone = rows[~np.concatenate([missing.are_whole(block, lost) for block in chosen])]
        for row in gone.tolist():
            skips.add(f"row {row}", "has a number that stands for a missing value")
        finite[gone] = False
        spread = Spread.of(_ChosenPoints(values, finite))
    dataset = point_dataset(
        name,
        _ChosenPoints(values, finite),
        source=f"{words_of(Points.kind).counted(spread.count)} of {name}",
        spread=spread,
        skips=skips,
        labels=indices[finite] if indices is not None else None,
        classes=classes,
    )
    return replace(dataset, notes=notes)


class _ChosenPoints:
    """Some points (k, 2) of blocks, in double, anew for each ``for``. rows: which of all."""

    def __init__(self, values: Blocks, rows: npt.NDArray[np.bool_]) -> None:
        self._chosen = ChosenRows(values, rows)

    def __iter__(self) -> Iterator[npt.NDArray[np.float64]]:
        for block in self._chosen:
            yield block.astype(np.float64)
