"""Columns of tables that tell something of images: their words, and by which of them the images can be sorted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels
from ganstudio.data.files import splits
from ganstudio.data.images import way
from ganstudio.data.images.way import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FEW = 20  # rows, of which each may well be of a class of its own
_LETTERS = 80  # of a word that are kept
_NONE = frozenset({"", "na", "n/a", "nan", "null", "none"})
_LIKELY = labels.LABEL_NAMES | {"cls", "breed", "class name", "class_name", "class id", "class_id", "label_name"}
_RESERVED = frozenset({way.FOLDERS, way.INNERMOST, way.ALL_FOLDERS, way.SPLITS, way.NONE})
_ONE_HOT = "one_hot"


@dataclass(frozen=True, kw_only=True, eq=False)
class Words:
    """A column of a table. words: each once. images, codes: (n,) of each row the image and its word, -1 for none."""

    source: str
    words: tuple[str, ...]
    images: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int64]

    @classmethod
    def of(cls, source: str, images: npt.NDArray[np.int64], cells: Sequence[str]) -> Words | None:
        """A column of these cells (n,); None where they are too many words for classes."""
        distinct = set(cells)
        if len(distinct) > 2 * labels.MAX_CLASSES:  # some may differ by spaces alone
            return None
        places: dict[str, int] = {}
        numbers = {
            cell: -1 if word.lower() in _NONE else places.setdefault(word, len(places))
            for cell, word in ((cell, cell.strip()[:_LETTERS]) for cell in sorted(distinct))
        }
        if len(places) > labels.MAX_CLASSES:
            return None
        codes = np.fromiter(map(numbers.__getitem__, cells), np.int64, len(cells))
        return cls(source=source, words=tuple(places), images=images, codes=codes)


class Told:
    """What all tables say together: a column of the same name in several is one."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._columns: dict[str, list[tuple[Words, bool]]] = {}

    def take(self, columns: dict[str, Words], matched: int, *, is_bare: bool) -> bool:
        """Take the columns by which images can be sorted; is_bare: they are called nothing."""
        some = {name: words for name, words in columns.items() if _sorts(name, words, matched, is_bare=is_bare)}
        if not any(_is_likely(name) for name in some) and (found := _one_hot(columns)) is not None:
            some = {_ONE_HOT: found, **some}
        for name, words in some.items():
            self._columns.setdefault(name, []).append((words, is_bare))
        return bool(some)

    def columns(self) -> tuple[Column, ...]:
        """The likeliest first; of those called as likely, those of words."""
        found = [self._column(name, parts) for name, parts in self._columns.items()]
        return tuple(sorted(found, key=lambda one: (not one.is_likely, all(map(str.isdigit, one.classes)))))

    def _column(self, name: str, parts: list[tuple[Words, bool]]) -> Column:
        words = sorted({word for part, _ in parts for word in part.words})
        words = [words[index] for index in labels.in_order(words)]
        place = {word: index for index, word in enumerate(words)}
        least, most = np.full(self._count, len(words), np.int64), np.full(self._count, -1, np.int64)
        for part, _ in parts:
            codes = np.array([*(place[word] for word in part.words), -1])[part.codes]
            known = codes >= 0
            np.minimum.at(least, part.images[known], codes[known])
            np.maximum.at(most, part.images[known], codes[known])
        indices = np.where(least == most, most, -1)  # what is told of twice, and otherwise, is of no class
        sources = list(dict.fromkeys(part.source for part, _ in parts))
        source = ", ".join(sources[:2]) + (f" and {len(sources) - 2:,} more" if len(sources) > 2 else "")
        aside = None
        told = [splits.told_by(word) for word in words]
        tests = [index for index, one in enumerate(told) if one is not None and one.role != "train"]
        is_split = bool(words) and all(one is not None and not one.rest for one in told)
        if splits.are_numbered(words, name) and (indices == 0).sum() >= (indices > 0).sum():
            is_split, tests = True, list(range(1, len(words)))
        if is_split:
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


def _sorts(name: str, words: Words, matched: int, *, is_bare: bool) -> bool:
    """Whether images can be sorted by a column: few words, and no measures, nor another for each image."""
    count = len(words.words)
    if count == matched and not _is_likely(name) and not (is_bare and not all(map(str.isdigit, words.words))):
        return False
    if not 2 <= count <= labels.MAX_CLASSES or (matched >= _FEW and 2 * count > matched):
        return False
    return not any(re.fullmatch(r"[+-]?\d*\.\d*[1-9]\d*(e[+-]?\d+)?", word) for word in words.words)


def _one_hot(columns: dict[str, Words]) -> Words | None:
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
        ones.append(is_one[words.codes])
    stacked = np.stack(ones)
    if not len(stacked[0]) or not (stacked.sum(axis=0) == 1).all() or not stacked.any(axis=1).sum() > 1:
        return None
    first = next(iter(binary.values()))
    return Words(source=first.source, words=tuple(binary), images=first.images, codes=stacked.argmax(axis=0))


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
