"""Clips of a folder, archive or file as an entry of the cache: found there, or read once and put there."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.data import limits
from ganstudio.data.cache import entries as cache
from ganstudio.data.cache.storing import Storing
from ganstudio.data.clips import decoding, naming, tones
from ganstudio.data.clips.tally import Tally
from ganstudio.data.errors import DatasetError
from ganstudio.data.files.fingerprint import fingerprint, key_of
from ganstudio.data.files.sources import open_source
from ganstudio.data.images import told
from ganstudio.data.images.beside import Beside
from ganstudio.data.images.preparing import Found, left_of
from ganstudio.data.skips import Skips
from ganstudio.experiment.places import place_of
from ganstudio.modalities import Sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy.typing as npt

    from ganstudio.data.cache.entries import Entry, Tables
    from ganstudio.data.clips.decoding import Portion, Recording
    from ganstudio.data.images.duplicates import Words
    from ganstudio.data.images.way import Column
    from ganstudio.data.watching import Watch
    from ganstudio.experiment import ClipsSpec

MOST_CLIPS = 20_000
"""Of a dataset: all of them are held in memory, as what networks see of them."""
LARGEST = 2**29
"""Bytes of a file: 50 minutes of a compact disc, or hours of FLAC and MP3."""
_MEASURED = 512  # clips that tell how they are best represented


def prepared(spec: ClipsSpec, watch: Watch, tell: Callable[[Reading, Portion], None]) -> Found:
    """The clips that these choices make of the sounds. Raises DatasetError when nothing is usable or would fit.

    tell: called with the reading so far and its newest portion.
    """
    path, choices = place_of(spec.path), _choices(spec)
    try:
        content = fingerprint(path)
    except DatasetError:
        return left_of(path, choices)
    key = key_of(content, choices)
    entry = cache.find(key, path)
    if entry is not None:
        return Found(entry=entry)
    changed = bool(cache.of_source(path, choices))
    entry = Reading(path, spec, key, watch, tell).entry()
    if fingerprint(path) != content:
        raise DatasetError(f'"{path.name}" was changed while it was read; try again when it is complete')
    notes = ("the source has changed since it was prepared before, and was read anew",) if changed else ()
    return Found(entry=entry, notes=notes)


def clips_of(entry: Entry) -> npt.NDArray[np.int16]:
    """The clips (n, t) of an entry, mapped where they lie on disk."""
    return entry.images.view("<i2")


def tones_of(entry: Entry) -> tones.Tones:
    """What was measured of the clips of an entry."""
    return tones.Tones(*entry.facts["tones"])


def largest_file() -> int:
    """Bytes of a file, beyond which it is passed over: several are held while they are decoded."""
    return min(LARGEST, limits.memory_bytes() // 8)


def _choices(spec: ClipsSpec) -> dict[str, Any]:
    """Those that matter to what is prepared; of the others each is made from it."""
    return {"kind": spec.kind, "rate": spec.rate, "length": spec.length, "cut": spec.cut}


class Reading:
    """One reading of all the files. recordings: those so far; names: of the file of each clip."""

    def __init__(
        self, path: Path, spec: ClipsSpec, key: str, watch: Watch, tell: Callable[[Reading, Portion], None]
    ) -> None:
        self._path, self._spec, self._key, self._watch, self._tell = path, spec, key, watch, tell
        self.recordings: list[Recording] = []
        self.names: list[str] = []
        self.skips, self.tally = Skips(), Tally()
        self._digests: list[Words] = []
        self._measured: list[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]] = []
        self._files = self._kept = 0

    def entry(self) -> Entry:
        """What was read, kept."""
        with (
            open_source(self._path, self.skips, largest_file()) as source,
            _StoringClips(self._key, self._spec.length, self._path.name) as store,
        ):
            tables = Beside(Sound.words.a)
            files = _some(tables.passing(source.files), source.total, self)
            for portion in decoding.portions(files, self._spec):
                self._take(portion, store)
                self._tell(self, portion)
                self._progress(tables.count, source.total)
                if store.count >= MOST_CLIPS:
                    break
            columns = tables.columns([one.name for one in self.recordings], self.skips)
            self._progress(tables.count, source.total)
            if not store.count:
                raise nothing_usable(self._path, self.skips)
            facts_of, tables_of = told.as_facts(self._of_clips(columns))
            facts = self._facts(is_full=store.count >= MOST_CLIPS, total=source.total) | {"columns": facts_of}
            return store.finish(facts, self._tables() | tables_of, self._path)

    def pass_over(self) -> None:
        """A file that is not read, as there are too many."""
        self._files += 1

    def _progress(self, tables: int, total: int) -> None:
        done = self._files + tables
        self._watch.progress(done, max(done, total) if total else 0)

    def _take(self, portion: Portion, store: Storing) -> None:
        self._files += portion.files
        for name, reason in portion.skipped:
            self.skips.add(name, reason)
        room = MOST_CLIPS - store.count
        recordings = _first(portion.recordings, room)
        self.tally.add(recordings, portion.skipped)
        if portion.clips is None or not recordings:
            return
        assert portion.digests is not None
        clips = portion.clips[:room]
        store.append(clips.view(np.uint8))
        self.recordings += recordings
        self.names += chain.from_iterable([one.name] * one.clips for one in recordings)
        self._digests.append(portion.digests[:room])
        if self._kept < _MEASURED or len(self.recordings) % 8 == 0:  # the first, and now and then one further on
            self._measured.append(tones.measured(clips[:: max(1, len(clips) // 64)], self._spec.rate))
            self._kept += len(self._measured[-1][0])

    def _of_clips(self, columns: tuple[Column, ...]) -> list[Column]:
        """What is told of each recording, of each clip of it."""
        named = naming.by_beginning([one.name for one in self.recordings])
        which = self._which()
        return [
            replace(
                one,
                labels=None if one.labels is None else one.labels[which],
                aside=None if one.aside is None else one.aside[which],
            )
            for one in (*columns, *([named] if named else []))
        ]

    def _which(self) -> npt.NDArray[np.int64]:
        return np.repeat(np.arange(len(self.recordings)), [one.clips for one in self.recordings])

    def _facts(self, *, is_full: bool, total: int) -> dict[str, Any]:
        likeness, low = (np.concatenate(part) for part in zip(*self._measured, strict=True))
        found = tones.of_measures(likeness, low)
        return {
            "choices": _choices(self._spec),
            "name": self._path.name,
            "tally": self.tally.facts(),
            "tones": (found.steady, found.low),
            "skipped": [(one.name, one.reason) for one in self.skips.named],
            "skipped_more": self.skips.more,
            "files": total,
            "is_full": is_full,
        }

    def _tables(self) -> Tables:
        names = "\0".join(self.names).encode("utf-8", "surrogateescape")
        return {
            "names": np.frombuffer(names, np.uint8),
            "digests": np.concatenate(self._digests),
            "recordings": self._which().astype(np.int32),
        }


class _StoringClips(Storing):
    """Takes clips as bytes (k, 2 t)."""

    def __init__(self, key: str, length: int, name: str) -> None:
        super().__init__(key, 0, 1, name)
        self._length = length

    @property
    def row(self) -> tuple[int, ...]:
        """The bytes of a clip."""
        return (2 * self._length,)

    def append(self, images: npt.NDArray[np.uint8]) -> None:
        """Add some clips."""
        self._check_room(images.nbytes)
        self._write(np.ascontiguousarray(images).reshape(-1).data)
        self.count += len(images)

    def _advice(self) -> tuple[str, str]:
        return f"{self._length:,} samples a clip", "choose shorter clips or a lower rate"


def _some(files: Iterator[tuple[str, bytes]], total: int, reading: Reading) -> Iterator[tuple[str, bytes]]:
    """The files; of too many as many as there may be clips, chosen at random: their order is mostly that of classes."""
    if total <= MOST_CLIPS:
        yield from files
        return
    wanted = np.zeros(total, np.bool_)
    wanted[np.random.default_rng(0).choice(total, MOST_CLIPS, replace=False)] = True
    for index, one in enumerate(files):
        if index < total and not wanted[index]:
            reading.pass_over()
        else:
            yield one


def _first(recordings: list[Recording], room: int) -> list[Recording]:
    """Those whose clips there is room for, the last with some of its clips."""
    kept: list[Recording] = []
    for one in recordings:
        if room <= 0:
            break
        kept.append(replace(one, clips=min(one.clips, room)))
        room -= one.clips
    return kept


def nothing_usable(path: Path, skips: Skips) -> DatasetError:
    """What to say when no sound could be read."""
    return skips.nothing_left(path, "sounds, such as WAV, FLAC or MP3 files", "sound that can be used")
