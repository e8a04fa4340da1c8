"""Prepared images on disk: each set in a folder of its own, written aside and renamed, and mapped when it is used.

    datasets/prepared/KEY/
      images.npy    uint8 (count, channels, height, width)
      tables.npz    what is known of each image, and checksums of the images, a block each, and of entry.json
      entry.json    what is known of the whole
      sources.txt   the paths that it was read from, as JSON strings

What was unpacked of archives (``unpacking``) lies in ``datasets/unpacked``, a folder each with an empty file
``.used``, and counts under the same cap.

Nothing in them is pickled. What is held (``locks``) is in use, and is never dropped; of the rest the least recently
used go first. A folder whose name begins with a dot is being written, or was left behind by a program that was killed.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data import limits
from ganstudio.data.locks import Hold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ganstudio.modalities import Pixels

VERSION = 1
"""Of what lies in an entry; those of another version are prepared anew."""
BLOCK = 2**20
"""Bytes that a checksum is of."""
CHECKED = 64
"""Blocks that are checked when an entry is opened, drawn at random where there are more."""
IMAGES, TABLES, FACTS, SOURCES = "images.npy", "tables.npz", "entry.json", "sources.txt"
USED = ".used"
"""A file in what was unpacked, which is as old as its last use."""

_LEFT_BEHIND = 60.0  # seconds after which a folder that nobody holds is no longer about to be held
_DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)

Tables = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Entry:
    """Prepared images, and what is known of them.

    images: (count, channels, height, width), mapped where they lie on disk. tables: arrays by name.
    facts: what is known of the whole, as JSON has it. hold: keeps the entry in use as long as something refers to it;
    None where it is in memory alone.
    """

    images: Pixels
    tables: Tables
    facts: Mapping[str, Any]
    hold: Hold | None = None


def folder() -> Path:
    """Where all entries lie."""
    return limits.home() / "datasets" / "prepared"


def unpacked_folder() -> Path:
    """Where what was unpacked of archives lies."""
    return limits.home() / "datasets" / "unpacked"


def find(key: str, source: Path | None = None, *, is_fresh: bool = False) -> Entry | None:
    """The entry of this key, which counts as used now; None where there is none, or it is damaged.

    source: the path that it is wanted for, to be found by it when nothing lies there any more. is_fresh: whether its
    images were written just now, so that they need not be held against their checksums.
    """
    path = folder() / key
    try:
        hold = Hold(path, alone=False)
    except OSError:
        return None
    try:
        entry = _open(path, hold, is_fresh=is_fresh)
    except _DAMAGE:
        hold.release()
        remove(path)
        return None
    _note_use(path, source)
    return entry


def of_source(source: Path, choices: Mapping[str, Any]) -> list[str]:
    """The keys of what was prepared of this path with these choices, newest first, whatever lies there now."""
    wanted, found = str(source), []
    for path in _entries():
        try:
            sources = [json.loads(line) for line in (path / SOURCES).read_text("utf-8").splitlines()]
            facts = json.loads((path / FACTS).read_text("utf-8"))
            if wanted in sources and facts["choices"] == choices:
                found.append((facts["prepared"], path.name))
        except _DAMAGE:
            continue
    return [name for _, name in sorted(found, reverse=True)]


def newest_of(source: Path) -> Entry | None:
    """What was prepared last of this path, with whatever choices; None where there is nothing."""
    found = []
    for path in _entries():
        try:
            if json.dumps(str(source)) in (path / SOURCES).read_text("utf-8").splitlines():
                found.append((_used(path), path.name))
        except _DAMAGE:
            continue
    entries = (find(name) for _, name in sorted(found, reverse=True))
    return next((entry for entry in entries if entry is not None), None)


def gone_note(entry: Entry) -> str:
    """What to say of an entry whose source can't be read."""
    return f"the source can't be read any more; this was prepared of it on {entry.facts['prepared'].replace('T', ' ')}"


def remove(path: Path) -> bool:
    """Drop an entry, or what is left of one; False where it is in use or can't be removed."""
    try:
        hold = Hold(path, alone=True)
    except OSError:
        return False
    try:
        aside = tempfile.mkdtemp(prefix=".dropped-", dir=path.parent)
        os.rename(path, os.path.join(aside, path.name))
    except OSError:
        return False
    finally:
        hold.release()
    shutil.rmtree(aside, ignore_errors=True)
    return True


def make_room(wanted: int = 0) -> None:
    """Drop what was not used for longest until so many bytes more fit under the cap, and what was left unfinished."""
    _sweep(folder())
    _sweep(unpacked_folder())
    sizes = [(_used(path), _size(path), path) for path in _all()]
    total = wanted + sum(size for _, size, _ in sizes)
    for _, size, path in sorted(sizes):
        if total <= limits.cache_bytes():
            return
        if remove(path):
            total -= size


def total_bytes() -> int:
    """What all entries take of the disk, and all that was unpacked."""
    return sum(_size(path) for path in _all())


def checksums(blocks: Iterator[memoryview]) -> npt.NDArray[np.uint32]:
    """The checksum of each block."""
    return np.array([zlib.crc32(block) for block in blocks], np.uint32)


# --- one entry --------------------------------------------------------------------------------------------------------


def _open(path: Path, hold: Hold, *, is_fresh: bool) -> Entry:
    told = (path / FACTS).read_bytes()
    facts = json.loads(told)
    if facts["version"] != VERSION:
        raise ValueError("of another version")
    with (path / TABLES).open("rb") as raw, np.load(raw, allow_pickle=False) as file:
        tables: Tables = {name: file[name] for name in file.files}
    if int(tables.pop("facts")) != zlib.crc32(told):
        raise ValueError("damaged")
    images = np.load(path / IMAGES, mmap_mode="r", allow_pickle=False)
    if list(images.shape) != facts["shape"] or images.dtype != np.uint8 or 0 in images.shape:
        raise ValueError("not the images that it should hold")
    expected = tables.pop("checksums")
    if not is_fresh:
        _check(images, expected)
    return Entry(images=images, tables=tables, facts=facts, hold=hold)


def _check(images: Pixels, expected: npt.NDArray[np.uint32]) -> None:
    """Hold the images against their checksums: all that are few, and others each time where they are many."""
    data = images.reshape(-1)
    count = -(-data.size // BLOCK)
    chosen = np.arange(count)
    if count > CHECKED:
        chosen = np.random.default_rng(time.time_ns()).choice(count, CHECKED, replace=False)
    found = checksums(data[index * BLOCK : (index + 1) * BLOCK].data for index in chosen.tolist())
    if len(expected) != count or not np.array_equal(found, expected[chosen]):
        raise ValueError("damaged")


def _note_use(path: Path, source: Path | None) -> None:
    try:
        os.utime(path / FACTS)
        if source is not None:
            line = json.dumps(str(source))
            with (path / SOURCES).open("a+", encoding="utf-8") as file:
                file.seek(0)
                if line not in file.read().splitlines():
                    file.write(line + "\n")
    except OSError:
        return  # an entry that is only to be read serves all the same


# --- all entries ------------------------------------------------------------------------------------------------------


def _entries(place: Path | None = None) -> list[Path]:
    try:
        return [path for path in (place or folder()).iterdir() if not path.name.startswith(".") and path.is_dir()]
    except OSError:
        return []


def _all() -> list[Path]:
    return [*_entries(), *_entries(unpacked_folder())]


def _sweep(place: Path) -> None:
    """Remove what programs that were killed left behind."""
    try:
        left = [path for path in place.iterdir() if path.name.startswith(".") and path.is_dir()]
    except OSError:
        return
    for path in left:
        # What is being written is held, but not every file system knows of that: its files are young as well.
        newest = max(map(_time, (path, *path.glob("*"))))
        if time.time() - newest > _LEFT_BEHIND:
            remove(path)


def _used(path: Path) -> float:
    return max(_time(path / FACTS), _time(path / USED))


def _time(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
    except OSError:
        return 0
