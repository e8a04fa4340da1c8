"""Which of the prepared images are samples: by class, without those there again, so many, some kept aside.

All of this is chosen from what was prepared once, so that another choice takes no reading.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels
from ganstudio.data.dataset import DatasetError
from ganstudio.data.images import alike

if TYPE_CHECKING:
    from ganstudio.data.cache.entries import Entry
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import ArraySpec, IdxSpec, ImagesSpec

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
    indices, classes = of_classes(entry.tables.get("labels"), tuple(entry.facts["classes"]), spec.classes, name)
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


def of_classes(
    indices: _Rows | None, classes: tuple[str, ...], wanted: tuple[str, ...], name: str
) -> tuple[_Rows | None, tuple[str, ...]]:
    """The class of each, counted among those wanted, -1 for the others; and their names. None wanted: all are.

    Raises DatasetError where one is not there.
    """
    if not wanted:
        return indices, classes
    unknown = [one for one in wanted if one not in classes]
    if unknown or indices is None:
        listed = ", ".join(classes[:10]) + (f" and {len(classes) - 10:,} more" if len(classes) > 10 else "")
        raise DatasetError(
            f'"{name}" has no class "{(unknown or wanted)[0]}"; '
            + (f"its classes are {listed}" if classes else "nothing in it tells of classes, such as folders or labels")
        )
    kept = tuple(one for one in classes if one in wanted)
    numbers = np.array([kept.index(one) if one in kept else -1 for one in classes])
    return numbers[indices], kept


def narrowed(dataset: Dataset, spec: IdxSpec | ArraySpec) -> Dataset:
    """The same images with fewer samples: of some classes, so many to draw from. Raises as ``choose`` does."""
    feed = dataset.feed
    if feed is None or not (spec.classes or spec.limit or spec.flips):
        return dataset
    count = dataset.count or 0
    indices, classes = of_classes(dataset.labels, dataset.classes, spec.classes, dataset.name)
    samples: _Rows = np.arange(len(feed)) if indices is None or not spec.classes else np.flatnonzero(indices >= 0)
    drawn, aside = samples[samples < count], samples[samples >= count]
    if not len(drawn):
        raise DatasetError(f'"{dataset.name}" holds no image of the classes chosen; choose others')
    if 0 < spec.limit < len(drawn):
        drawn = np.sort(np.random.default_rng(0).choice(drawn, spec.limit, replace=False))
    samples = np.concatenate([drawn, aside])
    fewer = feed.of(samples, flips=spec.flips)
    return replace(
        dataset,
        draw=lambda wanted, rng: fewer.draw(wanted, len(drawn), rng),
        at=fewer.at,
        feed=fewer,
        count=len(drawn),
        held_out=len(aside),
        labels=None if indices is None else indices[samples],
        classes=classes,
        factors={name: values[samples] for name, values in dataset.factors.items()},
        source=f"{dataset.source}; of them {len(samples):,} chosen" if len(samples) < len(feed) else dataset.source,
    )


def _without_repeated(entry: Entry, rows: _Rows, spec: ImagesSpec) -> _Rows:
    if spec.duplicates == "keep":
        return rows
    rows = rows[~alike.repeated(entry.tables["digests"][rows])]
    if spec.duplicates == "drop_near" and len(rows) > 1:
        rows = rows[~alike.nearly_repeated(entry.images, rows, entry.tables["looks"][rows])]
    return rows
