"""How images and sounds are sorted: into classes, and to train on or be kept aside; by folders, or by a table.

Every way that makes a difference is worked out, the likeliest first, so that a person can choose among them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.errors import DatasetError
from ganstudio.data.images.by_names import ByNames, by_beginning
from ganstudio.data.images.way import (
    ALL_FOLDERS,
    FOLDERS,
    INNERMOST,
    NONE,
    OF_NAMES,
    SPLITS,
    Column,
    Way,
    listed,
    unsorted,
)
from ganstudio.modalities import Images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.modalities import Words


def ways(names: Sequence[str], columns: Sequence[Column] = (), words: Words = Images.words) -> tuple[Way, ...]:
    """Every way to sort samples of these names, paths with slashes, that makes a difference; the likeliest first.

    words: what they are called.
    """
    by_names = ByNames(names, words)
    told = next((one for one in columns if one.aside is not None), None)
    by_folder = _parted_by(by_names.way(FOLDERS), told)
    by_table = [_of_column(one, by_folder, words) for one in columns if one.labels is not None]
    likely = [way for way, one in zip(by_table, _with_labels(columns), strict=True) if one.is_likely and way.covers]
    if not by_folder.covers and not likely and by_table:
        if len(by_table) == 1 and by_table[0].covers:
            likely = by_table
        else:
            told_of = f"{listed([way.how for way in by_table])}: choose one, if they are to have classes"
            by_folder = replace(by_folder, notes=(*by_folder.notes, f"the {words.many} can be sorted {told_of}"))
    if by_folder.labels is None and not by_table and (begun := by_beginning(names, by_folder)) is not None:
        more = f"{listed(begun.classes)} are what names begin with: labels=names takes these for classes"
        by_folder, by_table = replace(by_folder, notes=(*by_folder.notes, more)), [begun]
    others = [_parted_by(by_names.way(code), told) for code in (INNERMOST, ALL_FOLDERS, SPLITS)]
    found = [*likely, by_folder, *by_table, *others]
    none = replace(by_folder, code=NONE, how="", labels=None, classes=(), notes=())
    return tuple(_distinct([*found, none]))


def sort(
    names: Sequence[str], columns: Sequence[Column], code: str | None, name: str, words: Words = Images.words
) -> tuple[Way, tuple[Way, ...]]:
    """The way that is chosen, None being the likeliest, and all that there are.

    name: of the whole, for the DatasetError that is raised where there is no such way. words: what samples are called.
    """
    found = ways(names, columns, words)
    if code is None:
        return found[0], found
    chosen = next((way for way in found if way.code == code), None)
    if chosen is None and code in OF_NAMES:
        told = next((one for one in columns if one.aside is not None), None)
        chosen = _parted_by(ByNames(names, words).way(code), told)  # which is the same as another
    if chosen is None and code == NONE:
        chosen = found[0]
    if chosen is None:
        raise DatasetError(
            f'"{name}" has no labels "{code}"; its {words.many} can be sorted by {", ".join(way.code for way in found)}'
        )
    return chosen, found


def _with_labels(columns: Sequence[Column]) -> list[Column]:
    return [one for one in columns if one.labels is not None]


def _distinct(found: Sequence[Way]) -> list[Way]:
    kept: dict[object, Way] = {}
    for way in found:
        seen = None if way.labels is None else (way.classes, way.labels.tobytes())
        kept.setdefault((seen, way.aside.tobytes(), None if way.out is None else way.out.tobytes()), way)
    return list(kept.values())


def _parted_by(way: Way, told: Column | None) -> Way:
    """The same with the test split that a table tells, where the folders tell of none."""
    if told is None or told.aside is None or way.aside.any():
        return way
    return replace(way, aside=told.aside, tests=(told.source,))


def _of_column(one: Column, by_folder: Way, words: Words) -> Way:
    assert one.labels is not None
    out = np.zeros(len(one.labels), np.bool_) if by_folder.out is None else by_folder.out
    notes = unsorted(one.labels[~out], by_folder.aside[~out], f"{one.source} tells no class of", words)
    return replace(
        by_folder,
        code=one.code,
        how=f"by {one.source}",
        labels=np.where(out, -1, one.labels),
        classes=one.classes,
        notes=(*by_folder.notes[: int(out.any())], *notes),
    )
