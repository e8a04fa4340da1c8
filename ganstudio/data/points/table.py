"""Points from text: a CSV file with two columns of numbers, however it is written, and perhaps one of classes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels
from ganstudio.data.errors import DatasetError, Undecided
from ganstudio.data.files import columns, headers, lines, roles, tables
from ganstudio.data.points import missing
from ganstudio.data.points.points import Spread, point_dataset
from ganstudio.data.points.reading import Reading
from ganstudio.experiment.places import place_of
from ganstudio.modalities import Points, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ganstudio.data.dataset import Dataset
    from ganstudio.data.files.columns import Column
    from ganstudio.data.files.lines import Lines
    from ganstudio.data.files.roles import Chosen
    from ganstudio.experiment import TableSpec

_LISTED = 6


def build_table(spec: TableSpec) -> Dataset:
    """Points from two columns. A line that holds none is skipped and noted with its number, counted from 1.

    The first line may be a header. Columns are parted by commas, semicolons, tabs, bars or spaces; unless by commas,
    numbers may have a decimal comma. Empty lines and lines that begin with # are passed over. Which columns are taken,
    and why, is said in the notes; see ``files.roles`` for how they are told. Raises DatasetError, and Undecided where
    which columns are meant is nowhere said.
    """
    path = place_of(spec.path)
    found = tables.look(path, way(spec))
    told = columns.find(found)
    label = _label(spec, told)
    taken = _taken(spec, path, found, told, label)
    across, up = taken.columns
    at = label.columns[0] if label.columns else None
    split = roles.split(told, at)
    reading = Reading(found, (across, up), at, split)
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
        return roles.Chosen(())
    found = roles.label(told) if spec.labels is None else roles.Chosen((spec.labels,), "as was chosen")
    # A column that is a coordinate by somebody's word is no label by a guess.
    return found if spec.labels is not None or not set(found.columns) & set(spec.columns or ()) else roles.Chosen(())


# --- which columns ----------------------------------------------------------------------------------------------------


def _taken(spec: TableSpec, path: Path, found: Lines, told: Sequence[Column], label: Chosen) -> Chosen:
    if spec.columns is None:
        return _points(path, found, told, label)
    guess = roles.points(told, label.columns[0] if label.columns else None)
    return guess if guess.columns == spec.columns else roles.Chosen(spec.columns, "as was chosen")


def _points(path: Path, found: Lines, told: Sequence[Column], label: Chosen) -> Chosen:
    """The columns that are the points. Raises DatasetError where there are no two, Undecided where two are a guess."""
    taken = roles.points(told, label.columns[0] if label.columns else None)
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
    split = roles.split(told, at)
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
