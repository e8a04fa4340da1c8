"""Points from text: a CSV file with two columns of numbers, however it is written, and perhaps one of classes."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels
from ganstudio.data.dataset import Dataset, DatasetError
from ganstudio.data.files import lines
from ganstudio.data.labels import LABEL_NAMES
from ganstudio.data.points.points import KEPT, LABELLED, check_room, point_dataset
from ganstudio.data.skips import Skips
from ganstudio.experiment.places import place_of

if TYPE_CHECKING:
    from ganstudio.data.files.lines import Lines
    from ganstudio.experiment import TableSpec

_TOGETHER = 10_000  # lines whose numbers are read at once where none is in doubt
_READ = 16  # bytes of a point as it is read
_Points = npt.NDArray[np.float64]
_Point = tuple[float, float]


def build_table(spec: TableSpec) -> Dataset:
    """Points from the two columns. A line that holds none is skipped and noted with its number, counted from 1.

    The first line may be a header. Columns are parted by commas, semicolons, tabs or spaces; unless by commas, numbers
    may have a decimal comma. Empty lines and lines that begin with # are passed over. An unnamed first column, as
    pandas writes it to count the rows, is not taken for a coordinate, nor is a column of classes. Raises DatasetError.
    """
    path = place_of(spec.path)
    found = lines.look(path)
    label = _label_column(found) if spec.labels is None else spec.labels
    columns = spec.columns or _columns(path.name, found, label)
    reading = _Reading(found, columns, label)
    for number, text in lines.numbered(path, found.encoding):
        reading.add(number, text)
    parts = reading.finish()
    count = sum(map(len, parts))
    if not count:
        raise DatasetError(f'"{path.name}" holds no point: {reading.skips.sentence() or "there is only a header"}')
    indices, classes = reading.classes() or (None, ())
    parted = f"columns {columns[0]} and {columns[1]}, parted by {lines.NAMES[found.delimiter]}"
    source = f"{count:,} points of {path.name}, {parted}"
    if indices is not None:
        source += f", {len(classes)} classes by column {label}"
    return point_dataset(path.name, parts, source=source, skips=reading.skips, labels=indices, classes=classes)


class _Reading:
    """Points and their labels so far. Many lines are read at once; only where one is in doubt is each looked at."""

    def __init__(self, found: Lines, columns: tuple[int, int], label: int | None) -> None:
        self.skips = Skips()
        self._found = found
        self._columns = columns
        self._names = _names(found)
        self._label = label
        self._waiting: list[tuple[int, str]] = []
        self._points: list[_Points] = []
        self._words: dict[str, int] = {}  # the labels in the order in which they came
        self._labels = array("i")
        self._begun = False
        self._count = 0

    def add(self, number: int, text: str) -> None:
        """Take a line; its number counts from 1."""
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
        words = np.array(list(self._words))
        if all(word.lstrip("+-").isdecimal() for word in self._words):
            words = words.astype(np.int64) if max(map(len, self._words)) < 18 else words
        found = labels.from_values(words)
        return None if found is None else (found[0][np.array(self._labels)], found[1])

    def _read(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._count += len(waiting)
        labelled = LABELLED if self._label is not None else 0
        check_room(self._found.path.name, self._count, _READ + KEPT + labelled)
        try:
            points = lines.numbers([text for _, text in waiting], self._found.delimiter, self._columns, np.float64)
        except ValueError:
            points = np.full((1, 2), np.nan)
        if np.isfinite(points).all():
            self._points.append(points)
            self._begun = True
            for _, text in waiting:
                self._note(text)
            return
        rows = [point for number, text in waiting if (point := self._point(number, text)) is not None]
        if rows:
            self._points.append(np.array(rows, np.float64))

    def _point(self, number: int, text: str) -> _Point | None:
        delimiter = self._found.delimiter
        fields = self._found.split(text)
        point = _point(fields, self._columns, self._names, delimiter)
        if isinstance(point, tuple):
            self._begun = True
            self._note(text)
            return point
        if text != self._found.sample[0] or self._begun or self._coordinates(fields):  # else it is the header
            self.skips.add(f"line {number}", point)
        return None

    def _coordinates(self, fields: list[str]) -> list[int]:
        return lines.numeric(fields, self._found.delimiter)

    def _note(self, text: str) -> None:
        if self._label is None or len(self._words) > labels.MAX_CLASSES:
            return
        fields = self._found.split(text)
        word = fields[self._label].strip()[:80] if self._label < len(fields) else ""
        self._labels.append(self._words.setdefault(word, len(self._words)))


# --- columns ----------------------------------------------------------------------------------------------------------


def _label_column(found: Lines) -> int | None:
    """The column of classes: one that is called so, or the only one of words that come again."""
    fields = [found.split(text)[: lines.MANY] for text in found.sample]
    if found.has_header:
        names = [name.strip().lower() for name in fields[0]]
        named = next((index for index, name in enumerate(names) if name in LABEL_NAMES), None)
        if named is not None:
            return named
        if "y" in names and "x" not in names and len(lines.numeric(fields[-1], found.delimiter)) > 2:
            return names.index("y")
        fields = fields[1:]
    words: Counter[int] = Counter()
    for row in fields:
        numbers = set(lines.numeric(row, found.delimiter))
        words.update(index for index, field in enumerate(row) if field.strip() and index not in numbers)
    columns = [index for index, count in words.items() if 2 * count > len(fields)]
    if len(columns) != 1:
        return None
    distinct = {row[columns[0]] for row in fields if columns[0] < len(row)}
    return columns[0] if len(distinct) <= max(2, len(fields) // 2) else None


def _columns(name: str, found: Lines, label: int | None) -> tuple[int, int]:
    """The first two columns that hold numbers in at least half of the lines that hold any, the labels' left out."""
    split = [found.split(text)[: lines.MANY] for text in found.sample]
    numeric = [lines.numeric(fields, found.delimiter) for fields in split]
    holds = Counter(index for each in numeric for index in each)
    count = sum(map(bool, numeric))
    columns = sorted(index for index, held in holds.items() if 2 * held >= count and index != label)
    if len(columns) > 2 and columns[0] == 0 and not numeric[0] and not split[0][0].strip():
        columns = columns[1:]
    if len(columns) < 2:
        held = "one column of numbers" if columns else "no numbers"
        raise DatasetError(
            f'"{name}" has {held}; points of the plane need two columns, such as "0.5,1.25" in each line'
        )
    return columns[0], columns[1]


def _names(found: Lines) -> list[str]:
    """What the header calls the columns; none where there is no header."""
    if not found.has_header:
        return []
    return [field.strip()[:20] for field in found.split(found.sample[0])[: lines.MANY]]


def _point(fields: list[str], columns: tuple[int, int], names: list[str], delimiter: str | None) -> _Point | str:
    """The point, or why there is none."""
    values = []
    for column in columns:
        if not 0 <= column < len(fields):
            return f"has no column {column}, only {len(fields)}, counted from 0"
        name = names[column] if column < len(names) else ""
        place = f'column {column}, "{name}",' if name else f"column {column}, counted from 0,"
        value = lines.number(fields[column], delimiter)
        if value is None:
            return f'has "{fields[column].strip()[:20]}" in {place} which is no number'
        if not math.isfinite(value):
            return f"has {value} in {place} which is not finite"
        values.append(value)
    return values[0], values[1]
