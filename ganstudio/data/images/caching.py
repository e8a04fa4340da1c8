"""Images from files of arrays, kept once they were unpacked, converted and resized: later they are mapped."""

from __future__ import annotations

from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ganstudio.data.cache import entries as cache
from ganstudio.data.cache.storing import Storing
from ganstudio.data.errors import DatasetError, Skipped
from ganstudio.data.files.fingerprint import fingerprint, key_of
from ganstudio.data.images import dataset as pixels
from ganstudio.data.skips import Skips

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ganstudio.data.blocks import FileRows
    from ganstudio.data.cache.entries import Entry, Tables
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import DatasetSpec
    from ganstudio.modalities import Pixels

_Spec = TypeVar("_Spec", bound="DatasetSpec")

WORTH_KEEPING = 2**22
"""Bytes of images; fewer are made again as fast as they are found."""
_LATER = {"flips", "classes", "limit"}  # what is chosen from what was built
_NEWER = {
    "turn": "none",
    "layout": None,
    "test_split": "leave_out",
    "missing": "leave_out",
}  # what earlier versions did without: their keys are still found
_PORTION = 2**22  # bytes that are copied at once


def kept(
    sources: Callable[[Any], Sequence[Path]],
) -> Callable[[Callable[[_Spec], Dataset]], Callable[[_Spec], Dataset]]:
    """Make a builder keep what it builds in the cache, where that is images.

    sources: all files that it reads, the first of which stands for them. What was kept serves as well, with a note,
    when they can't be read any more.
    """

    def of_builder(build: Callable[[_Spec], Dataset]) -> Callable[[_Spec], Dataset]:
        @wraps(build)
        def built_or_found(spec: _Spec) -> Dataset:
            paths = sources(spec)
            choices = spec.model_dump(mode="json", exclude=_LATER) | {"path": paths[0].name}  # wherever it lies
            choices = {name: value for name, value in choices.items() if name not in _NEWER or value != _NEWER[name]}
            try:
                key = key_of(fingerprint(*paths), choices)
            except DatasetError:
                return _left_of(paths[0], choices) or build(spec)
            entry = cache.find(key, paths[0])
            if entry is not None:
                return _dataset(entry)
            dataset = build(spec)
            entry = _store(dataset, key, choices, paths[0])
            return dataset if entry is None else _dataset(entry)

        return built_or_found

    return of_builder


def settled(images: FileRows) -> Pixels | FileRows:
    """Images of a user's file: in memory where they are few; of more, the cache gets a copy (``kept``)."""
    return images if images.nbytes >= WORTH_KEEPING else images.whole()


def _left_of(path: Path, choices: dict[str, Any]) -> Dataset | None:
    for key in cache.of_source(path, choices):
        entry = cache.find(key)
        if entry is not None:
            return _dataset(entry, (cache.gone_note(entry),))
    return None


def _store(dataset: Dataset, key: str, choices: dict[str, Any], source: Path) -> Entry | None:
    """Put images into the cache; None where they are few, are no images or not square, or find no room there."""
    feed = dataset.feed
    if feed is None or feed.is_mapped or feed.images.nbytes < WORTH_KEEPING:
        return None
    channels, size, width = feed.images.shape[1:]
    if size != width:
        return None
    step = max(1, _PORTION // feed.images[0].nbytes)
    facts = {
        "choices": choices,
        "name": dataset.name,
        "source": dataset.source,
        "classes": dataset.classes,
        "held_out": dataset.held_out,
        "skipped": [(one.name, one.reason) for one in dataset.skipped],
        "skipped_more": dataset.skipped_more,
        "notes": dataset.notes,
    }
    tables: Tables = {f"factor {name}": values for name, values in dataset.factors.items()}
    if dataset.labels is not None:
        tables["labels"] = dataset.labels
    with suppress(_NoRoom), Storing(key, size, channels, dataset.name) as store:
        if store.is_in_memory:
            return None  # where it lies already, or in its file
        for first in range(0, len(feed), step):
            _append(store, feed.bytes_at(np.arange(first, min(first + step, len(feed)))))
        return store.finish(facts, tables, source)
    return None


class _NoRoom(Exception):
    """The cache takes no more; what was built serves as it is."""


def _append(store: Storing, images: Pixels) -> None:
    try:
        store.append(images)
    except DatasetError as error:
        raise _NoRoom from error


def _dataset(entry: Entry, notes: tuple[str, ...] = ()) -> Dataset:
    facts, tables = entry.facts, entry.tables
    skipped = [Skipped(name=name, reason=reason) for name, reason in facts["skipped"]]
    prefix = "factor "
    return pixels.image_dataset(
        facts["name"],
        entry.images,
        source=facts["source"],
        skips=Skips(skipped, facts["skipped_more"]),
        labels=tables.get("labels"),
        classes=facts["classes"],
        factors={name.removeprefix(prefix): values for name, values in tables.items() if name.startswith(prefix)},
        held_out=facts["held_out"],
        hold=entry.hold,
        notes=(*facts["notes"], *notes),
    )
