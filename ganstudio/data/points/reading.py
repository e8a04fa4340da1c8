"""Points and their classes, read from the lines of a table."""

from __future__ import annotations

import hashlib
import math
from array import array
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels
from ganstudio.data.files import headers, splits
from ganstudio.data.files.container import Aside
from ganstudio.data.points import missing
from ganstudio.data.points.points import KEPT, LABELLED, check_room
from ganstudio.data.skips import Skips

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ganstudio.data.files.columns import Column
    from ganstudio.data.files.lines import Lines

_TOGETHER = 10_000  # lines whose numbers are read at once where none is in doubt
_READ = 16  # bytes of a point as it is read
_LONGEST = 80  # characters of a class's name
_Points = npt.NDArray[np.float64]
_Point = tuple[float, float]


class _Words:
    """What a column says of each point so far, the different words in the order in which they came."""

    def __init__(self, column: int) -> None:
        self.column = column
        self.known: dict[str, int] = {}
        self.each = array("i")

    def keep(self, which: npt.NDArray[np.bool_]) -> None:
        """Forget the words of all other points."""
        if len(self.each) != len(which):
            return  # there are too many words to be classes
        words, each = list(self.known), np.array(self.each)[which]
        self.known, self.each = {}, array("i")
        for index in each.tolist():
            self.note(words[index])

    def of(self, fields: list[str]) -> str:
        """The word in these fields; empty where there is none."""
        word = fields[self.column].strip() if self.column < len(fields) else ""
        if len(word) > _LONGEST:  # two that begin alike stay two
            word = f"{word[: _LONGEST - 10]}… {hashlib.sha256(word.encode(errors='surrogatepass')).hexdigest()[:8]}"
        return "" if headers.is_missing(word) else word

    def note(self, word: str) -> None:
        """Take down that of the next point, as long as there are not too many to be classes."""
        if len(self.known) <= labels.MAX_CLASSES:
            self.each.append(self.known.setdefault(word, len(self.known)))


class Reading:
    """Points and their labels so far. Many lines are read at once; only where one is in doubt is each looked at."""

    def __init__(self, found: Lines, columns: tuple[int, int], label: int | None, split: Column | None) -> None:
        self.skips = Skips()
        self._found = found
        self._columns = columns
        self._names = [name[:20] for name in found.header.names]
        self._label = None if label is None else _Words(label)
        self._split = None if split is None else _Words(split.index)
        self._split_told, self._split_called = ("", "") if split is None else (split.words, split.name)
        self._points: list[_Points] = []
        self._ahead = found.foreword + found.has_header
        self._count = 0

    def all_of(self, numbered: Iterator[tuple[int, str]]) -> list[_Points]:
        """All points, in blocks (k, 2), of lines with their numbers, counted from 1; those of the header come first."""
        for _ in islice(numbered, self._ahead):
            pass
        while waiting := list(islice(numbered, _TOGETHER)):
            self._read(waiting)
        return self._points

    def classes(self) -> labels.Labels | None:
        """The class of each point and the classes' names; None where there are none, or as good as one a point."""
        label = self._label
        count = 0 if label is None else len(label.each)
        if label is None or not count or len(label.known) > max(2, min(labels.MAX_CLASSES, count // 2)):
            return None
        return labels.from_words(list(label.known), np.array(label.each))

    def leave_out(self, parts: list[_Points], lost: Sequence[missing.Code]) -> list[_Points]:
        """The points (k, 2) that have a value on both axes; the others are skipped, and their words forgotten."""
        which = [missing.are_whole(part, lost) for part in parts]
        whole = np.concatenate(which)
        for index in np.flatnonzero(~whole).tolist():
            self.skips.add(f"point {index + 1}", "has a number that stands for a missing value")
        for words in (self._label, self._split):
            if words is not None:
                words.keep(whole)
        return [part[kept] for part, kept in zip(parts, which, strict=True)]

    def aside(self) -> Aside | None:
        """Which points are for tests; None where none is, or all."""
        if self._split is None:
            return None
        tests = splits.tests(self._split.known, self._split_called)
        which = np.array([word in tests for word in self._split.known])[np.array(self._split.each)]
        told = f"{' and '.join(sorted(tests))} in {self._split_told}"
        return Aside(which=which, told=told) if 0 < which.sum() < len(which) else None

    def _read(self, waiting: Sequence[tuple[int, str]]) -> None:
        self._count += len(waiting)
        labelled = LABELLED * ((self._label is not None) + (self._split is not None))
        check_room(self._found.path.name, self._count, _READ + KEPT + labelled)
        try:
            points = self._found.numbers([text for _, text in waiting], self._columns, np.float64)
        except ValueError:
            points = np.full((1, 2), np.nan)
        if np.isfinite(points).all() and self._note_all(waiting):
            self._points.append(points)
            return
        rows = [point for number, text in waiting if (point := self._point(number, text)) is not None]
        if rows:
            self._points.append(np.array(rows, np.float64))

    def _note_all(self, waiting: Sequence[tuple[int, str]]) -> bool:
        """Take down the words of all these lines; none of them where one has no label."""
        if self._label is None and self._split is None:
            return True
        fields = [self._found.split(text) for _, text in waiting]
        if self._label is not None and not all(map(self._label.of, fields)):
            return False
        for one in fields:
            self._note(one)
        return True

    def _point(self, number: int, text: str) -> _Point | None:
        fields = self._found.split(text)
        point = _point(fields, self._columns, self._names, self._found)
        if not isinstance(point, tuple):
            self.skips.add(f"line {number}", point)
            return None
        if self._label is not None and not self._label.of(fields):
            self.skips.add(f"line {number}", f"has no label in column {self._label.column}")
            return None
        self._note(fields)
        return point

    def _note(self, fields: list[str]) -> None:
        for words in (self._label, self._split):
            if words is not None:
                words.note(words.of(fields))


def _point(fields: list[str], columns: tuple[int, int], names: list[str], found: Lines) -> _Point | str:
    """The point, or why there is none."""
    values = []
    for column in columns:
        if not 0 <= column < len(fields):
            return f"has no column {column}, only {len(fields)}, counted from 0"
        name = names[column] if column < len(names) else ""
        place = f'column {column}, "{name}",' if name else f"column {column}, counted from 0,"
        value = found.number(fields[column])
        if value is None:
            return f'has "{fields[column].strip()[:20]}" in {place} which is no number'
        if not math.isfinite(value):
            return f"has {value} in {place} which is not finite"
        values.append(value)
    return values[0], values[1]
