"""Points from text: a CSV file with two columns of numbers, however it is written, and perhaps one of classes."""

from __future__ import annotations

import hashlib
import math
from array import array
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels
from ganstudio.data.errors import DatasetError, Undecided
from ganstudio.data.files import columns, headers, lines
from ganstudio.data.points.points import KEPT, LABELLED, check_room, point_dataset
from ganstudio.data.skips import Skips
from ganstudio.experiment.places import place_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ganstudio.data.dataset import Dataset
    from ganstudio.data.files.columns import Chosen, Column
    from ganstudio.data.files.lines import Lines
    from ganstudio.experiment import TableSpec

_TOGETHER = 10_000  # lines whose numbers are read at once where none is in doubt
_READ = 16  # bytes of a point as it is read
_LISTED = 6
_LONGEST = 80  # characters of a class's name
_Points = npt.NDArray[np.float64]
_Point = tuple[float, float]


def build_table(spec: TableSpec) -> Dataset:
    """Points from two columns. A line that holds none is skipped and noted with its number, counted from 1.

    The first line may be a header. Columns are parted by commas, semicolons, tabs, bars or spaces; unless by commas,
    numbers may have a decimal comma. Empty lines and lines that begin with # are passed over. Which columns are taken,
    and why, is said in the notes; see ``files.columns`` for how they are told. Raises DatasetError, and Undecided where
    which columns are meant is nowhere said.
    """
    path = place_of(spec.path)
    found = lines.look(path, way(spec))
    told = columns.find(found)
    label = _label(spec, told)
    taken = _taken(spec, path, found, told, label)
    across, up = taken.columns
    at = label.columns[0] if label.columns else None
    reading = _Reading(found, (across, up), at)
    for number, text in lines.numbered(path, found.encoding):
        reading.add(number, text)
    parts = reading.finish()
    count = sum(map(len, parts))
    if not count:
        raise DatasetError(f'"{path.name}" holds no point: {reading.skips.sentence() or "there is only a header"}')
    indices, classes = reading.classes() or (None, ())
    source = f"{count:,} points of {path.name}, columns {across} and {up}, parted by {lines.NAMES[found.delimiter]}"
    if indices is not None:
        source += f", {len(classes)} classes by column {at}"
    dataset = point_dataset(path.name, parts, source=source, skips=reading.skips, labels=indices, classes=classes)
    return replace(dataset, notes=(*_notes(told, taken, label if classes else None, at), *columns.way_notes(found)))


def way(spec: TableSpec) -> lines.Way:
    """What is chosen of how the file is read."""
    return lines.Way(encoding=spec.encoding, header=spec.header, decimal=spec.decimal, labels=spec.labels)


def _label(spec: TableSpec, told: Sequence[Column]) -> Chosen:
    if spec.labels == -1:
        return columns.Chosen(())
    found = columns.label(told) if spec.labels is None else columns.Chosen((spec.labels,), "as was chosen")
    # A column that is a coordinate by somebody's word is no label by a guess.
    return found if spec.labels is not None or not set(found.columns) & set(spec.columns or ()) else columns.Chosen(())


# --- which columns ----------------------------------------------------------------------------------------------------


def _taken(spec: TableSpec, path: Path, found: Lines, told: Sequence[Column], label: Chosen) -> Chosen:
    if spec.columns is None:
        return _points(path, found, told, label)
    guess = columns.points(told, label.columns[0] if label.columns else None)
    return guess if guess.columns == spec.columns else columns.Chosen(spec.columns, "as was chosen")


def _points(path: Path, found: Lines, told: Sequence[Column], label: Chosen) -> Chosen:
    """The columns that are the points. Raises DatasetError where there are no two, Undecided where two are a guess."""
    taken = columns.points(told, label.columns[0] if label.columns else None)
    if len(taken.columns) < 2:
        raise DatasetError(_refusal(path, found, told, label))
    if taken.why:
        return taken
    fit = [one for one in told if one.kind == "numbers" and one.index not in label.columns]
    numbering = [one for one in fit if one.numbers_lines]
    if len(fit) - len(numbering) < 2:
        other = next((one for one in fit if not one.numbers_lines), fit[-1])
        what = f"one column of numbers, {other.words}, beside {numbering[0].words}, which only numbers the lines"
    else:
        what = f"{len(fit):,} columns of numbers, and nothing tells which two are points of the plane"
    names = ", ".join(one.words for one in fit[:_LISTED]) + (", …" if len(fit) > _LISTED else "")
    across, up = taken.columns
    raise Undecided(
        f'"{path.name}" has {what} ({names}); choose two, such as --set dataset.columns=[{across},{up}]',
        [{"columns": (across, up)}],
    )


def _refusal(path: Path, found: Lines, told: Sequence[Column], label: Chosen) -> str:
    """Why a table has no points: what its columns hold instead."""
    numbers = [one for one in told if one.kind == "numbers"]
    held = f"one column of numbers, {numbers[0].words}" if numbers else "no numbers"
    if len(numbers) == 1 and len(told) == 1 and not numbers[0].name:
        held = "one column of numbers"
    others = [one for one in told if one.kind not in ("numbers", "nothing")]
    examples: dict[int, str] = {}
    for row in found.rows:
        for index, field in enumerate(row[: lines.MANY]):
            if not headers.is_missing(field):
                examples.setdefault(index, field.strip()[:20])
    also = [
        f'{one.words} holds {one.kind} such as "{examples.get(one.index, "")}"'
        + (", which are taken for classes" if one.index in label.columns else "")
        for one in others[:_LISTED]
    ]
    said = f" ({'; '.join(also)})" if also and (numbers or len(told) > 1) else ""
    return f'"{path.name}" has {held}{said}; points of the plane need two columns, such as "0.5,1.25" in each line'


def _notes(told: Sequence[Column], taken: Chosen, label: Chosen | None, at: int | None) -> tuple[str, ...]:
    """Which columns were taken, why, and what was left out."""
    known = {one.index: one for one in told}
    across, up = (known[one].words if one in known else f"column {one}" for one in taken.columns)
    notes = []
    rest = [one for one in told if one.index not in taken.columns and not (label and one.index == at)]
    if rest or taken.columns != tuple(sorted(taken.columns)):  # else there was nothing to choose
        notes.append(f"across is {across}, up is {up}{': ' if taken.why else ''}{taken.why}")
    if label is not None:
        notes.append(f"classes by {known[at].words if at in known else f'column {at}'}: {label.why}")
    rest = [one for one in rest if one.kind != "nothing"]
    if rest:
        notes.append(f"left out: {columns.listed(rest)}")
    return tuple(notes)


# --- reading ----------------------------------------------------------------------------------------------------------


class _Reading:
    """Points and their labels so far. Many lines are read at once; only where one is in doubt is each looked at."""

    def __init__(self, found: Lines, columns: tuple[int, int], label: int | None) -> None:
        self.skips = Skips()
        self._found = found
        self._columns = columns
        self._names = [name[:20] for name in found.header.names]
        self._label = label
        self._waiting: list[tuple[int, str]] = []
        self._points: list[_Points] = []
        self._words: dict[str, int] = {}  # the labels in the order in which they came
        self._labels = array("i")
        self._ahead = found.foreword + found.has_header
        self._missing = Counter[bool]()
        self._count = 0

    def add(self, number: int, text: str) -> None:
        """Take a line; its number counts from 1."""
        if self._ahead:
            self._ahead -= 1
            return
        self._waiting.append((number, text))
        if len(self._waiting) >= _TOGETHER:
            self._read()

    def finish(self) -> list[_Points]:
        """All points, in blocks (k, 2)."""
        if self._waiting:
            self._read()
        return self._points

    def classes(self) -> labels.Labels | None:
        """The class of each point and the classes' names; None where there are none, or as good as one a point."""
        count = len(self._labels)
        if self._label is None or not count or len(self._words) > max(2, min(labels.MAX_CLASSES, count // 2)):
            return None
        return labels.from_words(list(self._words), np.array(self._labels))

    def _read(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._count += len(waiting)
        labelled = LABELLED if self._label is not None else 0
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
        """Take down the labels of all these lines; none of them where one has no label."""
        if self._label is None:
            return True
        words = [self._word(self._found.split(text)) for _, text in waiting]
        if not all(words):
            return False
        for word in words:
            self._note(word)
        return True

    def _point(self, number: int, text: str) -> _Point | None:
        fields = self._found.split(text)
        point = _point(fields, self._columns, self._names, self._found)
        if not isinstance(point, tuple):
            self.skips.add(f"line {number}", point)
            return None
        if self._label is not None:
            word = self._word(fields)
            if not word:
                self.skips.add(f"line {number}", f"has no label in column {self._label}")
                return None
            self._note(word)
        return point

    def _word(self, fields: list[str]) -> str:
        """The label in these fields; empty where there is none."""
        assert self._label is not None
        word = fields[self._label].strip() if self._label < len(fields) else ""
        if len(word) > _LONGEST:  # two that begin alike stay two
            word = f"{word[: _LONGEST - 10]}… {hashlib.sha256(word.encode(errors='surrogatepass')).hexdigest()[:8]}"
        return "" if headers.is_missing(word) else word

    def _note(self, word: str) -> None:
        if len(self._words) <= labels.MAX_CLASSES:
            self._labels.append(self._words.setdefault(word, len(self._words)))


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
