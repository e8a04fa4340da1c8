"""Points from text: a CSV file with two columns of numbers, however it is written, and perhaps one of classes."""

from __future__ import annotations

import hashlib
import math
from array import array
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels
from ganstudio.data.errors import DatasetError, Undecided
from ganstudio.data.files import columns, headers, lines, splits, tables
from ganstudio.data.files.container import Aside
from ganstudio.data.points import missing
from ganstudio.data.points.points import KEPT, LABELLED, Spread, check_room, point_dataset
from ganstudio.data.skips import Skips
from ganstudio.experiment.places import place_of
from ganstudio.modalities import Points, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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
    found = tables.look(path, way(spec))
    told = columns.find(found)
    label = _label(spec, told)
    taken = _taken(spec, path, found, told, label)
    across, up = taken.columns
    at = label.columns[0] if label.columns else None
    split = columns.split(told, at)
    reading = _Reading(found, (across, up), at, split)
    needed = [one for one in (across, up, at, split.index if split else None) if one is not None]
    parts = reading.all_of(tables.numbered(found, needed))
    count = sum(map(len, parts))
    if not count:
        raise DatasetError(f'"{path.name}" holds no point: {reading.skips.sentence() or "there is only a header"}')
    spread = Spread.of(parts)
    told_missing: tuple[str, ...] = ()
    if spec.missing == "leave_out" and (lost := missing.codes(parts, spread.lows, spread.highs)):
        told_missing = tuple(code.told(_called(told, taken.columns[code.column])) for code in lost)
        parts = reading.leave_out(parts, lost)
        spread, count = Spread.of(parts), sum(map(len, parts))
    indices, classes = reading.classes() or (None, ())
    source = f"{words_of(Points.kind).counted(count)} of {path.name}, {_called(told, across)} and {_called(told, up)}"
    source += f", parted by {lines.NAMES[found.delimiter]}" if found.is_text else ""
    if indices is not None:
        source += f", {len(classes)} classes by {_called(told, at)}"
    notes = (*_notes(told, taken, label if classes else None, at), *told_missing, *columns.way_notes(found))
    held_out, aside = 0, reading.aside()
    if aside is not None:
        notes = (
            *notes,
            labels.split_note(aside.told, words_of(Points.kind).counted(int(aside.which.sum())), spec.test_split),
        )
        order, held_out = _order(aside.which, spec)
        parts, indices = [np.concatenate(parts)[order]], None if indices is None else indices[order]
        spread = Spread.of(parts)
    dataset = point_dataset(
        path.name,
        parts,
        source=source,
        spread=spread,
        skips=reading.skips,
        labels=indices,
        classes=classes,
        held_out=held_out,
    )
    return replace(dataset, notes=notes)


def _order(tests: npt.NDArray[np.bool_], spec: TableSpec) -> tuple[npt.NDArray[np.int64], int]:
    """Which points are taken, those for tests last, and how many of these are kept aside."""
    if spec.test_split == "train_on":
        return np.arange(len(tests)), 0
    kept = np.flatnonzero(tests) if spec.test_split == "keep_aside" else np.arange(0)
    return np.concatenate([np.flatnonzero(~tests), kept]), len(kept)


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


def _called(told: Sequence[Column], index: int | None) -> str:
    """How people are told of a column."""
    return next((one.words for one in told if one.index == index), f"column {index}")


def _notes(told: Sequence[Column], taken: Chosen, label: Chosen | None, at: int | None) -> tuple[str, ...]:
    """Which columns were taken, why, and what was left out."""
    across, up = (_called(told, one) for one in taken.columns)
    notes = []
    split = columns.split(told, at)
    rest = [one for one in told if one.index not in taken.columns and not (label and one.index == at)]
    rest = [one for one in rest if one is not split]
    if rest or taken.columns != tuple(sorted(taken.columns)):  # else there was nothing to choose
        notes.append(f"across is {across}, up is {up}{': ' if taken.why else ''}{taken.why}")
    if label is not None:
        notes.append(f"classes by {_called(told, at)}: {label.why}")
    rest = [one for one in rest if one.kind != "nothing"]
    if rest:
        notes.append(f"left out: {columns.listed(rest)}")
    return tuple(notes)


# --- reading ----------------------------------------------------------------------------------------------------------


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


class _Reading:
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
