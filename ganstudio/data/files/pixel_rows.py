"""Text with an image in each line: a CSV file of pixels, as MNIST is passed around, with or without a label.

The pixels stand in a column each, or as a list in one field. Beside them there may be a label, which is mostly first or
last, and columns that number the lines or name them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data import limits
from ganstudio.data.errors import DatasetError, Undecided
from ganstudio.data.files import columns, lines, numerals, pixel_plan, splits, tables
from ganstudio.data.files.container import Aside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ganstudio.data.files.container import Array, Header
    from ganstudio.data.files.lines import Lines, Way
    from ganstudio.data.files.pixel_plan import Plan


def is_pixel_rows(path: Path, head: bytes) -> bool:
    """Whether the file is text whose lines hold as many numbers as an image has pixels, and perhaps a label."""
    try:
        if not tables.is_table(path, head):
            return False
        return pixel_plan.find(path, lines.FOUND) is not None
    except DatasetError:
        return False


def is_unlikely(path: Path, head: bytes) -> bool:
    """Whether the numbers of such a text seem to be no pixels: it is a table of many columns."""
    return is_pixel_rows(path, head) and not _needed(path, lines.FOUND)[1].is_likely


def headers(path: Path, way: Way) -> Mapping[str, Header]:
    """The pixels (n, values), and the labels (n,) where there are any. Raises DatasetError."""
    found, plan = _needed(path, way)
    count = sum(len(portion) for portion in tables.portions(found, ())) - found.foreword - found.has_header
    named: dict[str, Header] = {"pixels": ((count, plan.width), np.dtype(np.uint8))}
    if plan.label is not None:
        named["labels"] = ((count,), np.dtype(np.int64))
    return named


def read(path: Path, name: str, way: Way) -> Array:
    """One of the two; a line that holds no image is a row that is not finite. Raises DatasetError."""
    found, plan = _needed(path, way)
    if name == "labels":
        assert plan.label is not None
        return np.array(_words(found, plan.label))
    portions = []
    held = 0
    for portion in _without_header(found, plan.columns):
        portions.append(_pixels(portion, plan, found))
        held += portions[-1].nbytes
        if 2 * held > limits.memory_bytes():
            raise DatasetError(f'"{path.name}" takes more than {limits.memory_bytes() / 1e9:g} GB of memory')
    if not portions:
        raise DatasetError(f'"{path.name}" holds no image: there is only a header')
    return np.concatenate(portions)


def aside(path: Path, way: Way) -> Aside | None:
    """The lines that are for tests, where a column says so. Raises DatasetError."""
    found, plan = _needed(path, way)
    if plan.split is None:
        return None
    column = plan.split.index
    words = _words(found, column)
    tests = splits.tests(words, plan.split.name)
    which = np.array([word in tests for word in words])
    told = f"{' and '.join(sorted(tests))} in {plan.split.words}"
    return Aside(which=which, told=told) if 0 < which.sum() < len(which) else None


def notes(path: Path, way: Way, has_classes: bool) -> tuple[str, ...]:
    """How the lines are taken apart, for people. has_classes: whether the labels are classes. Raises DatasetError."""
    found, plan = _needed(path, way)
    told = ["each line's pixels stand in one field"] if plan.in_field else []
    if plan.label is not None and has_classes:
        told.append(f"classes by {_called(found, plan.label)}: {plan.why}")
    if plan.left:
        told.append(f"left out: {columns.listed(plan.left)}")
    return (*told, *columns.way_notes(found))


def question(path: Path, way: Way) -> Undecided | None:
    """What has to be chosen before the lines can be taken apart; None: nothing. Raises DatasetError."""
    found, plan = _needed(path, way)
    if not plan.rivals or way.labels is not None:
        return None
    able = " or ".join(_called(found, one) for one in (plan.label, *plan.rivals) if one is not None)
    return Undecided(
        f'"{path.name}" holds {plan.width + 1:,} numbers a line: those of an image and a label, which could be {able}; '
        f"choose its column, such as --set dataset.labels={plan.label}",
        [{"labels": one} for one in (plan.label, *plan.rivals)],
    )


def names(path: Path, way: Way) -> tuple[str, ...]:
    """What the columns are called, the first of them; empty where they have no name. Raises DatasetError."""
    found = tables.look(path, way)
    width = min(lines.MANY, max((len(row) for row in found.rows), default=0))
    return tuple(found.header.names[index] if index < len(found.header.names) else "" for index in range(width))


def _called(found: Lines, column: int) -> str:
    known = found.header.names
    return f'column {column} "{known[column][:30]}"' if column < len(known) and known[column] else f"column {column}"


def _needed(path: Path, way: Way) -> tuple[Lines, Plan]:
    planned = pixel_plan.find(path, way)
    if planned is None:
        label = f" with column {way.labels} as the label" if (way.labels or -1) >= 0 else ""
        raise DatasetError(f'"{path.name}" has no lines that hold the pixels of an image each{label}')
    return planned


# --- reading ----------------------------------------------------------------------------------------------------------


def _without_header(found: Lines, columns: Iterable[int]) -> Iterator[list[str]]:
    ahead = found.foreword + found.has_header
    for portion in tables.portions(found, columns):
        if portion[ahead:]:
            yield portion[ahead:]
        ahead = max(0, ahead - len(portion))


def _pixels(portion: list[str], plan: Plan, found: Lines) -> Array:
    """Bytes where all values are bytes, else floats (lines, width)."""
    if plan.in_field:
        return _listed(portion, plan, found)
    for dtype in (np.uint8, np.float32):
        try:
            return found.numbers(portion, plan.columns, dtype)
        except ValueError:
            continue
    values = np.full((len(portion), plan.width), np.nan, np.float32)
    for row, text in enumerate(portion):
        try:
            values[row] = found.numbers([text], plan.columns, np.float32)
        except ValueError:
            continue
    return values


def _listed(portion: list[str], plan: Plan, found: Lines) -> Array:
    values = np.full((len(portion), plan.width), np.nan, np.float32)
    for row, text in enumerate(portion):
        numbers = numerals.listed(_field(text, plan.columns[0], found))
        if len(numbers) == plan.width:
            try:
                values[row] = np.array(numbers, np.float32)
            except ValueError:
                continue
    small = np.isfinite(values).all() and values.min() >= 0 and values.max() <= 255
    return values.astype(np.uint8) if small and np.array_equal(values, np.rint(values)) else values


def _words(found: Lines, column: int) -> list[str]:
    """What stands in a column, in each line."""
    return [_field(text, column, found) for portion in _without_header(found, [column]) for text in portion]


def _field(text: str, column: int, found: Lines) -> str:
    fields = found.split(text)
    return fields[column].strip() if column < len(fields) else ""
