"""Which of the prepared images or sounds are samples: by class, without those there again, so many, some kept aside.

All of this is chosen from what was prepared once, so that another choice takes no reading.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels
from ganstudio.data.errors import DatasetError
from ganstudio.data.images import duplicates, sorting, told
from ganstudio.modalities import Images

if TYPE_CHECKING:
    from ganstudio.data.cache.entries import Entry
    from ganstudio.data.dataset import Dataset
    from ganstudio.data.images.way import Column, Way
    from ganstudio.experiment import ArraySpec, ClipsSpec, IdxSpec, ImagesSpec
    from ganstudio.modalities import Words

_Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """Which images are samples.

    rows: these, the ``held_out`` ones at the end. labels: of all images, -1 where of no class chosen.
    is_all: whether they are all, in whatever order.
    ways: those in which the images can be sorted, and the one that is taken. notes: what is to be said of it.
    """

    rows: _Rows
    held_out: int
    labels: _Rows | None
    classes: tuple[str, ...]
    duplicates: int
    is_all: bool
    way: Way
    ways: tuple[Way, ...]
    notes: tuple[str, ...]


def choose(entry: Entry, spec: ImagesSpec | ClipsSpec, name: str, words: Words = Images.words) -> Choice:
    """The samples that ``spec`` asks for; words: what they are called.

    Raises DatasetError where a class is not there, or nothing is left.
    """
    way, ways = sorting.sort(names_of(entry), columns_of(entry), spec.labels, name, words)
    indices, classes = of_classes(way.labels, way.classes, spec.classes, name)
    drawn, tests = _parted(spec, way, indices)
    before = len(drawn) + len(tests)
    # What is trained on comes first: a test image that is there among it is the one to be left out.
    kept = _without_repeated(entry, np.concatenate([drawn, tests]), spec)
    tests = np.sort(kept[way.aside[kept]]) if len(tests) else tests
    drawn = np.sort(np.setdiff1d(kept, tests, assume_unique=True))
    duplicates = before - len(kept)
    if 0 < spec.limit < len(drawn):
        drawn = np.sort(np.random.default_rng(0).choice(drawn, spec.limit, replace=False))
    _keep_aside(entry, spec.held_out, drawn)
    rows = np.concatenate([drawn, tests])
    return Choice(
        rows=rows,
        held_out=spec.held_out + len(tests),
        labels=indices,
        classes=classes,
        duplicates=duplicates,
        is_all=len(rows) == len(entry.images),
        way=way,
        ways=ways,
        notes=(*way.told, *way.notes, *_split_note(spec, way, words)),
    )


def names_of(entry: Entry) -> list[str]:
    """The name of each image of an entry in its source, a path with slashes."""
    return entry.tables["names"].tobytes().decode("utf-8", "surrogateescape").split("\0")


def columns_of(entry: Entry) -> tuple[Column, ...]:
    """What tables next to the images say of each."""
    return told.of_facts(entry.facts.get("columns", ()), entry.tables)


def _parted(spec: ImagesSpec | ClipsSpec, way: Way, indices: _Rows | None) -> tuple[_Rows, _Rows]:
    """The images to train on, and those of the test split that are kept aside, of the classes that are wanted."""
    rows: _Rows = np.arange(len(way.aside)) if way.out is None else np.flatnonzero(~way.out)
    if spec.classes and indices is not None:
        rows = rows[indices >= 0]
    if spec.test_split == "train_on":
        return rows, rows[:0]
    drawn, tests = rows[~way.aside[rows]], rows[way.aside[rows]]
    return drawn, tests if spec.test_split == "keep_aside" else tests[:0]


def _keep_aside(entry: Entry, held_out: int, drawn: _Rows) -> None:
    """Move those to be held out to the end, in place; of clips of long recordings those of whole recordings.

    Else a game would be measured by what comes a moment after what it was trained on.
    """
    recordings = entry.tables.get("recordings")
    if recordings is None or not 0 < held_out < len(drawn):
        labels.keep_aside(len(drawn), held_out, drawn)
        return
    order = np.random.default_rng(0).permutation(int(recordings.max()) + 1)
    last = np.argsort(order[recordings[drawn]], kind="stable")[len(drawn) - held_out :]
    is_last = np.zeros(len(drawn), np.bool_)
    is_last[last] = True
    drawn[:] = np.concatenate([drawn[~is_last], drawn[is_last]])


def _split_note(spec: ImagesSpec | ClipsSpec, way: Way, words: Words) -> tuple[str, ...]:
    count = int(way.aside.sum())
    if not count:
        return ()
    named = ", ".join(way.tests[:3]) + (f" and {len(way.tests) - 3:,} more" if len(way.tests) > 3 else "")
    return (labels.split_note(named, words.counted(count), spec.test_split),)


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


def _without_repeated(entry: Entry, rows: _Rows, spec: ImagesSpec | ClipsSpec) -> _Rows:
    if spec.duplicates == "keep":
        return rows
    rows = rows[~duplicates.repeated(entry.tables["digests"][rows])]
    if spec.duplicates == "drop_near" and len(rows) > 1:
        rows = rows[~duplicates.nearly_repeated(entry.images, rows, entry.tables["looks"][rows])]
    return rows
