"""Pictures of a folder, archive or file as an entry of the cache: found there, or read once and put there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.data.cache import entries as cache
from ganstudio.data.cache.storing import Storing
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import pictures, wide
from ganstudio.data.files.fingerprint import fingerprint, key_of
from ganstudio.data.files.sources import open_source
from ganstudio.data.images import cards, decoding, thumbnails, told
from ganstudio.data.images.beside import Beside
from ganstudio.data.images.statistics import Shades, Tally
from ganstudio.data.skips import Skips
from ganstudio.experiment.places import place_of

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.data.cache.entries import Entry, Tables
    from ganstudio.data.images.decoding import Portion
    from ganstudio.data.images.duplicates import Words
    from ganstudio.data.watching import Watch
    from ganstudio.experiment import ImagesSpec

TELLING = 0.25
"""Seconds between two cards of what is known so far."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """An entry; what is to be said of where it comes from; whether its thumbnails were told while it was read."""

    entry: Entry
    notes: tuple[str, ...] = ()
    was_shown: bool = False


def prepared(spec: ImagesSpec, watch: Watch) -> Found:
    """The images that these choices make of the pictures. Raises DatasetError when nothing is usable or would fit."""
    path, choices = place_of(spec.path), _choices(spec)
    try:
        content = fingerprint(path)
    except DatasetError:
        return left_of(path, choices)
    key = key_of(content, choices)
    entry = cache.find(key, path)
    if entry is not None and not _was_misread(entry):
        return Found(entry=entry)
    if entry is not None:
        entry = None
        cache.remove(cache.folder() / key)
    changed = bool(cache.of_source(path, choices))
    entry = _Preparation(path, spec, key, watch).entry()
    if fingerprint(path) != content:
        raise DatasetError(f'"{path.name}" was changed while it was read; try again when it is complete')
    notes = ("the source has changed since it was prepared before, and was read anew",) if changed else ()
    return Found(entry=entry, notes=notes, was_shown=is_of_all(spec))


def left_of(path: Path, choices: dict[str, Any]) -> Found:
    """What was prepared with these choices of a path that can't be read any more.

    To be called while the DatasetError that says why is handled, which is raised again where nothing was prepared.
    """
    entries = (cache.find(key) for key in cache.of_source(path, choices))
    entry = next((entry for entry in entries if entry is not None), None)
    if entry is None:
        raise
    return Found(entry=entry, notes=(cache.gone_note(entry),))


def _was_misread(entry: Entry) -> bool:
    """Whether it may be of pictures of 16 bits as earlier versions read them, or of names and tables.

    Those were nearly black where fewer bits were in use, and white where a shade was transparent. No table was read,
    and names in archives were not always taken as they were meant.
    """
    names = entry.tables["names"].tobytes()
    if "columns" not in entry.facts and (entry.facts["skipped"] or not names.isascii() or b"\\" in names):
        return True
    if "bits" in entry.facts:
        return False
    shades = entry.tables["histogram"].sum(axis=0)
    return bool(shades[128:].sum() == 0 or shades[:255].sum() == 0)


def _choices(spec: ImagesSpec) -> dict[str, Any]:
    """Those that matter to what is prepared; of the others each is made from it."""
    names = ("kind", "size", "channels", "fit", "background", *(("turn",) if spec.turn != "none" else ()))
    return {name: getattr(spec, name) for name in names}


class _Preparation:
    """One reading of all the files."""

    def __init__(self, path: Path, spec: ImagesSpec, key: str, watch: Watch) -> None:
        self._path, self._spec, self._key, self._watch = path, spec, key, watch
        self._names: list[str] = []
        self._digests: list[Words] = []
        self._looks: list[Words] = []
        self._skips, self._tally, self._shades = Skips(), Tally(), Shades()
        self._peak = 0  # of pictures of 16 bits
        self._shown, self._told, self._pause = 0, time.monotonic() - TELLING, TELLING

    def entry(self) -> Entry:
        """What was read, brought to the bits in use where pictures have 16: how many is known when all are read."""
        entry = self._read(wide.BITS)
        if entry is not None:
            return entry
        entry = _Preparation(self._path, self._spec, self._key, self._watch)._read(wide.bits_in_use(self._peak))
        assert entry is not None
        return entry

    def _read(self, bits: int) -> Entry | None:
        done, channels = 0, 3 if self._spec.channels == 3 else 1
        show = self._watch.wants_thumbnails and is_of_all(self._spec)
        with (
            open_source(self._path, self._skips) as source,
            pictures.pillow_rules(),
            Storing(self._key, self._spec.size, channels, self._path.name) as store,
        ):
            tables = Beside()
            files = tables.passing(source.files)
            for portion in decoding.portions(files, self._spec, with_thumbnails=show, bits=bits):
                done += portion.files
                self._take(portion, store)
                self._tell(portion, store)
                self._progress(done + tables.count, source.total)
            if tables.count:
                self._progress(done + tables.count, source.total)
            columns = tables.columns(self._names, self._skips)
            if not store.count:
                raise nothing_usable(self._path, self._skips)
            if self._peak and wide.bits_in_use(self._peak) < bits:
                return None
            facts_of, tables_of = told.as_facts(columns)
            facts = self._facts() | {"bits": bits if self._peak else 0, "columns": facts_of}
            return store.finish(facts, self._tables() | tables_of, self._path)

    def _progress(self, done: int, total: int) -> None:
        self._watch.progress(done, max(done, total) if total else 0)

    def _take(self, portion: Portion, store: Storing) -> None:
        for name, reason in portion.skipped:
            self._skips.add(name, reason)
        if portion.images is None:
            return
        assert portion.digests is not None
        assert portion.looks is not None
        store.append(portion.images)
        self._names += portion.names
        self._digests.append(portion.digests)
        self._looks.append(portion.looks)
        self._tally.add(portion.pictures)
        self._peak = max(self._peak, *(one.peak for one in portion.pictures))
        self._shades.add(portion.images)

    def _tell(self, portion: Portion, store: Storing) -> None:
        if portion.thumbnails is not None and self._shown < thumbnails.MAX_SHOWN:
            self._watch.thumbnails(self._shown, portion.thumbnails, tuple(portion.names))
            self._shown += len(portion.names)
        began = time.monotonic()
        if not store.count or began - self._told < self._pause:
            return
        shape = (store.channels, self._spec.size, self._spec.size)
        self._watch.card(
            cards.so_far(self._spec, shape, self._names, tally=self._tally, shades=self._shades, skips=self._skips)
        )
        self._told = time.monotonic()
        # Sorting a hundred thousand names into classes takes a while: what is told rarely costs little.
        self._pause = max(TELLING, 10 * (self._told - began))

    def _facts(self) -> dict[str, Any]:
        return {
            "choices": _choices(self._spec),
            "name": self._path.name,
            "tally": self._tally.facts(),
            "skipped": [(one.name, one.reason) for one in self._skips.named],
            "skipped_more": self._skips.more,
        }

    def _tables(self) -> Tables:
        mean, histogram = self._shades.mean, self._shades.histogram
        assert mean is not None
        assert histogram is not None
        names = "\0".join(self._names).encode("utf-8", "surrogateescape")
        return {
            "names": np.frombuffer(names, np.uint8),
            "digests": np.concatenate(self._digests),
            "looks": np.concatenate(self._looks),
            "mean": mean,
            "histogram": histogram,
        }


def is_of_all(spec: ImagesSpec) -> bool:
    """Whether every image that can be read is a sample."""
    return not spec.classes and not spec.limit and spec.duplicates == "keep"


def nothing_usable(path: Path, skips: Skips) -> DatasetError:
    """What to say when no image could be read."""
    return skips.nothing_left(path, "images, such as PNG or JPEG files", "image that can be read")
