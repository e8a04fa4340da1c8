"""Which of the prepared images are samples: by class, without those there again, so many, some kept aside.

All of this is chosen from what was prepared once, so that another choice takes no reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import alike, labels
from ganstudio.data.dataset import DatasetError

if TYPE_CHECKING:
    from ganstudio.data.cache import Entry
    from ganstudio.experiment import ImagesSpec

_Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """rows: the images that are samples, those held out at the end. labels: of all images, -1 where of no class chosen.

    is_all: whether they are all, in whatever order.
    """

    rows: _Rows
    labels: _Rows | None
    classes: tuple[str, ...]
    duplicates: int
    is_all: bool


def choose(entry: Entry, spec: ImagesSpec, name: str) -> Choice:
    """The samples that ``spec`` asks for. Raises DatasetError where a class is not there, or nothing is left."""
    count = len(entry.images)
    rows: _Rows = np.arange(count)
    indices, classes = _classes(entry, spec, name)
    if spec.classes and indices is not None:
        rows = rows[indices >= 0]
    before = len(rows)
    rows = _without_repeated(entry, rows, spec)
    duplicates = before - len(rows)
    if 0 < spec.limit < len(rows):
        rows = np.sort(np.random.default_rng(0).choice(rows, spec.limit, replace=False))
    is_all = len(rows) == count
    labels.keep_aside(len(rows), spec.held_out, rows)
    return Choice(rows=rows, labels=indices, classes=classes, duplicates=duplicates, is_all=is_all)


def _classes(entry: Entry, spec: ImagesSpec, name: str) -> tuple[_Rows | None, tuple[str, ...]]:
    indices, classes = entry.tables.get("labels"), tuple(entry.facts["classes"])
    if not spec.classes:
        return indices, classes
    unknown = [one for one in spec.classes if one not in classes]
    if unknown or indices is None:
        listed = ", ".join(classes[:10]) + (f" and {len(classes) - 10:,} more" if len(classes) > 10 else "")
        raise DatasetError(
            f'"{name}" has no class "{(unknown or spec.classes)[0]}"; '
            + (f"its classes are {listed}" if classes else "its images are not in folders of several names")
        )
    kept = tuple(one for one in classes if one in spec.classes)
    numbers = np.array([kept.index(one) if one in kept else -1 for one in classes])
    return numbers[indices], kept


def _without_repeated(entry: Entry, rows: _Rows, spec: ImagesSpec) -> _Rows:
    if spec.duplicates == "keep":
        return rows
    rows = rows[~alike.repeated(entry.tables["digests"][rows])]
    if spec.duplicates == "drop_near" and len(rows) > 1:
        rows = rows[~alike.nearly_repeated(entry.images, rows, entry.tables["looks"][rows])]
    return rows
