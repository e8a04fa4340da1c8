"""Files next to images or sounds that tell classes: dataset.json, metadata.csv or .jsonl, lists of names, .cls.

They are known by what they say: a column that names the images. The other columns, where few words come again and
again, are what the images can be sorted by; StyleGAN's, Hugging Face's, webdataset's and Kaggle's are read so.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.files import inside, listings, sound_kinds, splits
from ganstudio.data.images import split_lists
from ganstudio.data.images.told import Told, Words
from ganstudio.data.watching import still_wanted
from ganstudio.modalities import Images

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ganstudio.data.files.listings import Listing
    from ganstudio.data.images.way import Column
    from ganstudio.data.skips import Skips

_ENDS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt", ".cls")
_MOST_BYTES = 2**28  # of all such files together
_EACH = (".cls", ".json")  # kinds of which there may be one for each image
_TABLES = 20  # more files of a kind than that are one for each image
_COLUMNS = 64  # of a table that are looked at
_SAMPLE = 2_000  # rows that tell which column names the images
_FILES = frozenset({
    "file_name", "filename", "file", "image", "images", "path", "filepath", "filepaths", "img", "image_id", "id",
    "name", "image_path", "img_path", "audio", "audio_file", "audio_path", "clip", "fname", "recording",
    "slice_file_name", "sound", "wav",
})  # fmt: skip


class Beside:
    """Takes the files that may tell classes out of those that are read. a_sample: "an image"."""

    def __init__(self, a_sample: str = Images.words.a) -> None:
        self.count = 0
        self._a_sample = a_sample
        self._held: dict[str, bytes] = {}
        self._too_many: list[str] = []
        self._bytes = 0

    def passing(self, files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        """The others, in their order."""
        for name, data in files:
            if not data or not name.lower().endswith(_ENDS):
                yield name, data
                continue
            self.count += 1
            self._bytes += len(data)
            if self._bytes > _MOST_BYTES:
                self._too_many.append(name)
            else:
                self._held[name] = data

    def columns(self, names: Sequence[str], skips: Skips) -> tuple[Column, ...]:
        """What the files tell of the images of these names; those that tell nothing are noted in ``skips``."""
        images, told = _Images(names), Told(len(names))
        split, lists = split_lists.split_by(
            self._held, len(names), lambda called, table: images.find(called, table, None)
        )
        kinds: dict[str, list[str]] = {}
        for name in (name for name in self._held if name not in set(lists)):
            kinds.setdefault(PurePosixPath(name).suffix.lower(), []).append(name)
        for kind, some in kinds.items():
            each = [name for name in some if kind in _EACH and images.knows(PurePosixPath(name).stem)]
            taken: list[str] = []
            if len(each) > 1:
                rows = listings.of_each({name: self._held[name] for name in each})
                taken += each if _read(rows, images, told, f"the {kind} files") else []
            tables = [name for name in some if name not in set(each)] if len(each) > 1 else some
            for name in tables if len(tables) <= _TABLES else []:
                listing = listings.read(name, self._held[name])
                if listing is not None and _read(listing, images, told, _called(listing)):
                    taken.append(name)
            self._note(taken, some, skips, images)
        for name in self._too_many:
            skips.add(name, "is not read: such files hold too much together")
        self._held.clear()
        return (*told.columns(), *([split] if split is not None else []))

    def _note(self, taken: list[str], some: list[str], skips: Skips, images: _Images) -> None:
        kept = set(taken)
        for name in some:
            if name not in kept:
                is_table = images.count and not name.lower().endswith((".txt", ".cls"))
                skips.add(name, f"is not {self._a_sample}" + (", and tells no classes of them" if is_table else ""))


def _called(listing: Listing) -> str:
    return PurePosixPath(listing.path).name + (f" ({listing.of})" if listing.of else "")


class _Images:
    """Images by what a table may call them: their path, a part of it, the bare name, that without its ending."""

    def __init__(self, names: Sequence[str]) -> None:
        self.count = len(names)
        self._names = names
        self._by_name: dict[str, list[int]] = {}
        self._by_stem: dict[str, list[int]] = {}
        for index, name in enumerate(names):
            base = name.rpartition("/")[2]
            self._by_name.setdefault(base, []).append(index)
            self._by_stem.setdefault(base.rpartition(".")[0] or base, []).append(index)

    def knows(self, called: str) -> int:
        """2 where there is an image that is called so, 1 where one without its ending is, else 0."""
        base = _path(called).rpartition("/")[2]
        return 2 if base in self._by_name else int(base in self._by_stem)

    def home(self, called: Sequence[str]) -> str | None:
        """The one folder in which all images lie that are called so, where others of the same names lie elsewhere."""
        counts: Counter[str] = Counter()
        known = 0
        for one in called:
            folders = {self._names[image].rpartition("/")[0] for image in self._called(_path(one))}
            counts.update(folders)
            known += bool(folders)
        most = [folder for folder, count in counts.items() if count == known]
        return most[0] if len(most) == 1 else None

    def _called(self, path: str) -> list[int]:
        base = path.rpartition("/")[2]
        return self._by_name.get(base) or self._by_stem.get(base) or []

    def find(self, called: str, table: str, home: str | None) -> int:
        """The image that a table of this path calls so, -1 where there is none or there are several.

        home: the folder that is meant where several are.
        """
        path = _path(called)
        found = self._called(path)
        if len(found) < 2:
            return found[0] if found else -1
        folder = table.rpartition("/")[0]
        wanted = f"{folder}/{path}" if folder else path
        exact = [one for one in found if wanted in (self._names[one], self._names[one].rpartition(".")[0])]
        if len(exact) == 1:
            return exact[0]
        ending = [one for one in found if f"/{self._names[one]}".endswith(f"/{path}")] or found
        split = splits.told_by(PurePosixPath(table).stem)
        if len(ending) > 1 and split is not None:
            ending = [one for one in ending if _role(self._names[one]) == split.role]
        if len(ending) > 1 and home is not None:
            ending = [one for one in ending if self._names[one].rpartition("/")[0] == home]
        return ending[0] if len(ending) == 1 else -1


def _path(called: str) -> str:
    path = called.strip().replace("\\", "/")
    return path.removeprefix("./").strip("/")


def _role(name: str) -> str | None:
    told = [splits.told_by(part) for part in name.split("/")[:-1]]
    return next((one.role for one in told if one is not None), None)


def _read(listing: Listing, images: _Images, told: Told, source: str) -> bool:
    """Take what a table says of the images; False where it names too few, or says nothing by which to sort them."""
    files = _file_column(listing, images)
    if files is None:
        return False
    has_header = listing.has_header or not _is_file(listing.rows[0], files, images)
    header = listing.rows[0] if has_header else []
    width = min(_COLUMNS, max(map(len, listing.rows[:_SAMPLE])))
    names = [header[at].strip() if at < len(header) and header[at].strip() else f"column {at}" for at in range(width)]
    rows = [row for row in listing.rows[1 if has_header else 0 :] if len(row) > files]
    home = images.home([row[files] for row in rows])
    found = np.array([images.find(row[files], listing.path, home) for row in rows], np.int64)
    rows = [row for row, image in zip(rows, found.tolist(), strict=True) if image >= 0]
    found = found[found >= 0]
    if 2 * len(rows) < len(listing.rows) - has_header and 2 * len(np.unique(found)) < images.count:
        return False
    columns = {}
    for at, cells in enumerate(zip_longest(*(row[:width] for row in rows), fillvalue="")):
        still_wanted()
        if at != files and not _counts_rows(names[at]) and (words := Words.of(source, found, cells)) is not None:
            columns[names[at]] = words
    return told.take(columns, len(rows), is_bare=not header)


def _file_column(listing: Listing, images: _Images) -> int | None:
    """The column that names the images: nearly each row another."""
    sample = listing.rows[:_SAMPLE]
    header = [word.strip().lower() for word in sample[0]] if sample else []
    best, found = 0.0, None
    for at in range(min(_COLUMNS, max(map(len, sample), default=0))):
        words = [row[at] for row in sample if at < len(row)]
        known = [images.knows(word) for word in words]
        distinct = len({word for word, one in zip(words, known, strict=True) if one})
        score = sum(known) * distinct / max(1, sum(map(bool, known)))
        if at < len(header) and header[at] in _FILES:
            score *= 1.5
        if score > best and 2 * distinct > sum(map(bool, known)):
            best, found = score, at
    return found


def _is_file(row: list[str], files: int, images: _Images) -> bool:
    """Whether a row is of an image, be it one that is not there."""
    if len(row) <= files:
        return False
    called = row[files].strip()
    return images.knows(called) > 0 or inside.is_picture(called) or sound_kinds.is_sound(called)


def _counts_rows(name: str) -> bool:
    return re.fullmatch(r"unnamed(: ?\d+)?|index", name.lower()) is not None
