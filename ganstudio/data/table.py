"""Points from text: a CSV file with two columns of numbers, however it is written."""

from __future__ import annotations

import csv
import math
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data import archives
from ganstudio.data.dataset import Dataset, DatasetError
from ganstudio.data.points import point_dataset
from ganstudio.data.skips import Skips

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.experiment import TableSpec

MAX_TABLE_BYTES = 512 * 2**20
"""Some ten million points, and half a minute of reading."""

_LOOKED_AT = 100  # lines that tell how the file is written
_DELIMITERS = (";", "\t", ",", None)  # None: any white space. In a tie the earlier one wins
_NAMES = {";": "semicolons", "\t": "tabs", ",": "commas", None: "spaces"}


def build_table(spec: TableSpec) -> Dataset:
    """Points from the two columns. A line that holds none is skipped and noted with its number, counted from 1.

    The first line may be a header. Columns are parted by commas, semicolons, tabs or spaces; unless by commas, numbers
    may have a decimal comma. Empty lines and lines that begin with # are passed over. An unnamed first column, as
    pandas writes it to count the rows, is not taken for a coordinate. Raises DatasetError.
    """
    path = Path(spec.path).expanduser()
    encoding = _encoding(path)
    sample = [text for _, text in islice(_lines(path, encoding), _LOOKED_AT)]
    if not sample:
        raise DatasetError(f'"{path.name}" is empty; it should hold two columns of numbers')
    delimiter = max(_DELIMITERS, key=lambda one: _score(sample, one))
    columns = spec.columns or _columns(path.name, sample, delimiter)
    skips = Skips()
    rows: list[tuple[float, float]] = []
    for number, text in _lines(path, encoding):
        fields = _split(text, delimiter)
        point = _point(fields, columns, delimiter)
        if isinstance(point, tuple):
            rows.append(point)
        elif text != sample[0] or rows or _numbers(fields, delimiter):  # else it is the header
            skips.add(f"line {number}", point)
    if not rows:
        raise DatasetError(f'"{path.name}" holds no point: {skips.sentence() or "there is only a header"}')
    source = (
        f"{len(rows):,} points of {path.name}, columns {columns[0]} and {columns[1]}, parted by {_NAMES[delimiter]}"
    )
    return point_dataset(path.name, np.array(rows, np.float64), source=source, skips=skips)


# --- lines ------------------------------------------------------------------------------------------------------------


def _encoding(path: Path) -> str:
    head = archives.read_head(path)
    size = path.stat().st_size
    if size > MAX_TABLE_BYTES:
        raise DatasetError(f'"{path.name}" is larger than {MAX_TABLE_BYTES / 2**20:.0f} MB; save it as .npy instead')
    return "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"


def _lines(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    # What is no UTF-8 can only be in a header or a label: a number is the same in all of them.
    with path.open(encoding=encoding, errors="replace") as file:
        for number, text in enumerate(file, start=1):
            stripped = text.strip("\r\n")
            if stripped.strip() and not stripped.lstrip().startswith("#"):
                yield number, stripped


def _split(text: str, delimiter: str | None) -> list[str]:
    if delimiter is None:
        return text.split()
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:  # a field beyond csv's limit of 131,072 characters
        return []


# --- numbers ----------------------------------------------------------------------------------------------------------


def _number(field: str, delimiter: str | None) -> float | None:
    if "_" in field:  # Python reads 1_000, no other program writes it
        return None
    try:
        return float(field if delimiter == "," else field.replace(",", "."))
    except ValueError:
        return None


def _numbers(fields: list[str], delimiter: str | None) -> list[int]:
    return [index for index, field in enumerate(fields) if _number(field, delimiter) is not None]


def _score(sample: list[str], delimiter: str | None) -> float:
    """How well the delimiter explains the lines: those with two numbers count, and purer ones for more."""
    score = 0.0
    for text in sample:
        fields = _split(text, delimiter)
        numbers = _numbers(fields, delimiter)
        if len(numbers) >= 2:
            score += 1 + len(numbers) / len(fields)
    return score


def _columns(name: str, sample: list[str], delimiter: str | None) -> tuple[int, int]:
    """The first two columns that hold numbers in at least half of the lines that hold any."""
    split = [_split(text, delimiter) for text in sample]
    holds = Counter(index for fields in split for index in _numbers(fields, delimiter))
    lines = sum(bool(_numbers(fields, delimiter)) for fields in split)
    columns = sorted(index for index, count in holds.items() if 2 * count >= lines)
    header = split[0]
    if len(columns) > 2 and columns[0] == 0 and not _numbers(header, delimiter) and not header[0].strip():
        columns = columns[1:]
    if len(columns) < 2:
        found = "one column of numbers" if columns else "no numbers"
        raise DatasetError(
            f'"{name}" has {found}; points of the plane need two columns, such as "0.5,1.25" in each line'
        )
    return columns[0], columns[1]


def _point(fields: list[str], columns: tuple[int, int], delimiter: str | None) -> tuple[float, float] | str:
    """The point, or why there is none."""
    values = []
    for column in columns:
        if not 0 <= column < len(fields):
            return f"has no column {column}, only {len(fields)}"
        value = _number(fields[column], delimiter)
        if value is None:
            return f'has "{fields[column].strip()[:20]}" in column {column}, which is no number'
        if not math.isfinite(value):
            return f"has {value} in column {column}, which is not finite"
        values.append(value)
    return values[0], values[1]
