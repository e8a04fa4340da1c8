"""Files next to images that tell their classes: dataset.json, metadata.csv or .jsonl, lists of names and labels, .cls.

They are known by what they say: a column that names the images. The other columns, where few words come again and
again, are what the images can be sorted by; StyleGAN's, Hugging Face's, webdataset's and Kaggle's are read so.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels
from ganstudio.data.files import inside, listings
from ganstudio.data.images import sorting, splits
from ganstudio.data.images.sorting import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ganstudio.data.files.listings import Listing
    from ganstudio.data.skips import Skips

_ENDS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt", ".cls")
_MOST_BYTES = 2**28  # of all such files together
_EACH = (".cls", ".json")  # kinds of which there may be one for each image
_TABLES = 20  # more files of a kind than that are one for each image
_COLUMNS = 64  # of a table that are looked at
_SAMPLE = 2_000  # rows that tell which column names the images
_FEW = 20  # rows, of which each may well be of a class of its own
_NONE = frozenset({"", "na", "n/a", "nan", "null", "none"})
_LIKELY = labels.LABEL_NAMES | {"cls", "breed", "class name", "class_name", "class id", "class_id", "label_name"}
_FILES = frozenset({
    "file_name", "filename", "file", "image", "images", "path", "filepath", "filepaths", "img", "image_id", "id",
    "name", "image_path", "img_path",
})  # fmt: skip
_RESERVED = frozenset({sorting.FOLDERS, sorting.INNERMOST, sorting.ALL_FOLDERS, sorting.SPLITS, sorting.NONE})
_ONE_HOT = "one_hot"


class Beside:
    """Takes the files that may tell classes out of those that are read."""

    def __init__(self) -> None:
        self.count = 0
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
        images, told = _Images(names), _Told(len(names))
        kinds: dict[str, list[str]] = {}
        for name in self._held:
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
                if listing is not None and _read(listing, images, told, PurePosixPath(name).name):
                    taken.append(name)
            self._note(taken, some, skips, images)
        for name in self._too_many:
            skips.add(name, "is not read: such files hold too much together")
        self._held.clear()
        return told.columns()

    def _note(self, taken: list[str], some: list[str], skips: Skips, images: _Images) -> None:
        kept = set(taken)
        for name in some:
            if name not in kept:
                is_table = images.count and not name.lower().endswith((".txt", ".cls"))
                skips.add(name, "is not an image, and tells no classes of them" if is_table else "is not an image")


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


@dataclass(kw_only=True)
class _Words:
    """A column so far. words: those that came, by their numbers. of: (image, word) for each row."""

    source: str
    words: dict[str, int] = field(default_factory=dict)
    images: array[int] = field(default_factory=lambda: array("q"))
    codes: array[int] = field(default_factory=lambda: array("q"))

    def add(self, image: int, word: str) -> None:
        self.images.append(image)
        self.codes.append(-1 if word.lower() in _NONE else self.words.setdefault(word, len(self.words)))


def _read(listing: Listing, images: _Images, told: _Told, source: str) -> bool:
    """Take what a table says of the images; False where it names too few, or says nothing by which to sort them."""
    files = _file_column(listing, images)
    if files is None:
        return False
    has_header = listing.has_header or not _is_file(listing.rows[0], files, images)
    header = listing.rows[0] if has_header else []
    width = min(_COLUMNS, max(map(len, listing.rows[:_SAMPLE])))
    names = [header[at].strip() if at < len(header) and header[at].strip() else f"column {at}" for at in range(width)]
    kept = {at: _Words(source=source) for at in range(width) if at != files and not _counts_rows(names[at])}
    rows = [row for row in listing.rows[1 if has_header else 0 :] if len(row) > files]
    home = images.home([row[files] for row in rows])
    matched = 0
    seen: set[int] = set()
    for row in rows:
        image = images.find(row[files], listing.path, home)
        if image < 0:
            continue
        matched += 1
        seen.add(image)
        for at, words in list(kept.items()):
            words.add(image, row[at].strip()[:80] if at < len(row) else "")
            if len(words.words) > labels.MAX_CLASSES:
                del kept[at]
    if 2 * matched < len(rows) and 2 * len(seen) < images.count:
        return False
    return told.take({names[at]: words for at, words in kept.items()}, matched, is_bare=not header)


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
    return len(row) > files and (images.knows(row[files]) > 0 or inside.is_picture(row[files].strip()))


def _counts_rows(name: str) -> bool:
    return re.fullmatch(r"unnamed(: ?\d+)?|index", name.lower()) is not None


class _Told:
    """What all tables say together: a column of the same name in several is one."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._columns: dict[str, list[tuple[_Words, bool]]] = {}

    def take(self, columns: dict[str, _Words], matched: int, *, is_bare: bool) -> bool:
        """Take the columns by which images can be sorted; is_bare: they are called nothing."""
        some = {name: words for name, words in columns.items() if _sorts(words, matched)}
        if not any(_is_likely(name) for name in some) and (found := _one_hot(columns)) is not None:
            some = {_ONE_HOT: found, **some}
        for name, words in some.items():
            self._columns.setdefault(name, []).append((words, is_bare))
        return bool(some)

    def columns(self) -> tuple[Column, ...]:
        """The likeliest first; of those called as likely, those of words."""
        found = [self._column(name, parts) for name, parts in self._columns.items()]
        return tuple(sorted(found, key=lambda one: (not one.is_likely, all(map(str.isdigit, one.classes)))))

    def _column(self, name: str, parts: list[tuple[_Words, bool]]) -> Column:
        words = sorted({word for part, _ in parts for word in part.words})
        words = [words[index] for index in labels.in_order(words)]
        place = {word: index for index, word in enumerate(words)}
        least, most = np.full(self._count, len(words), np.int64), np.full(self._count, -1, np.int64)
        for part, _ in parts:
            codes = np.array([*(place[word] for word in part.words), -1])[np.frombuffer(part.codes, np.int64)]
            known, images = codes >= 0, np.frombuffer(part.images, np.int64)
            np.minimum.at(least, images[known], codes[known])
            np.maximum.at(most, images[known], codes[known])
        indices = np.where(least == most, most, -1)  # what is told of twice, and otherwise, is of no class
        sources = list(dict.fromkeys(part.source for part, _ in parts))
        source = ", ".join(sources[:2]) + (f" and {len(sources) - 2:,} more" if len(sources) > 2 else "")
        aside = None
        told = [splits.told_by(word) for word in words]
        if words and all(one is not None and not one.rest for one in told):
            tests = [index for index, one in enumerate(told) if one is not None and one.role != "train"]
            aside = np.isin(indices, tests)
            if not aside.any() or aside.all():
                aside = None
            return Column(code=name, source=f"{source}, {name}", labels=None, classes=(), is_likely=False, aside=aside)
        is_bare = all(bare for _, bare in parts) and len(self._columns) == 1
        return Column(
            code=f"column {name}" if name in _RESERVED else name,
            source=source if is_bare or name == "cls" else f"{source}, {name}",
            labels=indices,
            classes=tuple(words),
            is_likely=is_bare or _is_likely(name),
        )


def _is_likely(name: str) -> bool:
    return name.lower() in _LIKELY or name == _ONE_HOT


def _sorts(words: _Words, matched: int) -> bool:
    """Whether images can be sorted by a column: few words, and no measures."""
    count = len(words.words)
    if not 2 <= count <= labels.MAX_CLASSES or (matched >= _FEW and 2 * count > matched):
        return False
    return not any(re.fullmatch(r"[+-]?\d*\.\d*[1-9]\d*(e[+-]?\d+)?", word) for word in words.words)


def _one_hot(columns: dict[str, _Words]) -> _Words | None:
    """Columns of 0 and 1 of which one is 1 in each row, as one column of their names; None where there are none."""
    binary = {
        name: words
        for name, words in columns.items()
        if words.words and all(re.fullmatch(r"[01](\.0*)?", word) for word in words.words)
    }
    if len(binary) < 2:
        return None
    ones: list[npt.NDArray[np.bool_]] = []
    for words in binary.values():
        is_one = np.array([*(word.startswith("1") for word in words.words), False])
        ones.append(is_one[np.frombuffer(words.codes, np.int64)])
    stacked = np.stack(ones)
    if not len(stacked[0]) or not (stacked.sum(axis=0) == 1).all() or not stacked.any(axis=1).sum() > 1:
        return None
    first = next(iter(binary.values()))
    found = _Words(source=first.source, images=first.images)
    found.words.update({name: index for index, name in enumerate(binary)})
    found.codes.extend(stacked.argmax(axis=0).tolist())
    return found


def as_facts(columns: Sequence[Column]) -> tuple[list[dict[str, Any]], dict[str, npt.NDArray[Any]]]:
    """Columns as an entry of the cache keeps them: facts, and arrays by name."""
    facts: list[dict[str, Any]] = []
    tables: dict[str, npt.NDArray[Any]] = {}
    for index, one in enumerate(columns):
        facts.append({"code": one.code, "source": one.source, "classes": list(one.classes), "is_likely": one.is_likely})
        if one.labels is not None:
            tables[f"column {index}"] = one.labels.astype(np.int32)
        if one.aside is not None:
            tables[f"aside {index}"] = one.aside
    return facts, tables


def of_facts(facts: Sequence[dict[str, Any]], tables: Mapping[str, npt.NDArray[Any]]) -> tuple[Column, ...]:
    """What ``as_facts`` made facts and arrays of."""
    return tuple(
        Column(
            code=one["code"],
            source=one["source"],
            labels=None if (found := tables.get(f"column {index}")) is None else found.astype(np.int64),
            classes=tuple(one["classes"]),
            is_likely=one["is_likely"],
            aside=tables.get(f"aside {index}"),
        )
        for index, one in enumerate(facts)
    )
