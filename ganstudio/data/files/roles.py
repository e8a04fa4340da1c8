"""Which columns of a table are the classes, which the points, and which tells training from tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.data.labels import LABEL_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data.files.columns import Column

SEVERAL = 8
"""Columns of numbers of which two are taken without asking, if nothing tells which two are meant."""
_PAIRS = (
    ("x", "y"), ("lon", "lat"), ("lng", "lat"), ("long", "lat"), ("longitude", "latitude"), ("easting", "northing"),
    ("x0", "x1"), ("x1", "x2"), ("1", "2"), ("0", "1"), ("dim1", "dim2"), ("pc1", "pc2"), ("first", "second"),
)  # fmt: skip
_MOST_NUMBERED = 20  # classes that a column of whole numbers can tell without being called so


@dataclass(frozen=True)
class Chosen:
    """Columns that were chosen, and why; the reason is empty where the choice has to be somebody's."""

    columns: tuple[int, ...]
    why: str = ""


def label(columns: Sequence[Column]) -> Chosen:
    """The column of classes, if there is one."""
    known = [one for one in columns if one.kind in ("numbers", "words") and not one.sparse and not one.is_aside]
    named = [one for one in known if one.is_called_label and (one.kind == "words" or one.may_be_classes)]
    if named:
        best = max(named, key=lambda one: (one.name.lower() in LABEL_NAMES, one.may_be_classes, one.kind == "words"))
        return Chosen((best.index,), "as it is called so")
    numbers = [one for one in columns if one.kind == "numbers" and not one.is_aside]
    names = {one.name.lower(): one for one in numbers}
    if "y" in names and "x" not in names and len(numbers) > 2 and names["y"].may_be_classes:
        return Chosen((names["y"].index,), "as it is called y, and none x")
    again = [one for one in known if one.kind == "words" and one.may_be_classes]
    again = [one for one in again if one.distinct > 1] or again
    if again:
        why = "as its words come again" if len(again) == 1 else f"the last of {len(again)} whose words come again"
        return Chosen((again[-1].index,), why)
    return _numbered(numbers)


def _numbered(numbers: Sequence[Column]) -> Chosen:
    """The last column where it is of few whole numbers and two others are not; the first, where it has no name."""
    if len(numbers) < 3:
        return Chosen(())
    for one in (numbers[-1], numbers[0]):
        if one is not numbers[-1] and one.name and not one.name.isdecimal():
            continue
        others = [other for other in numbers if other is not one and not other.numbers_lines]
        few = one.whole and not one.numbers_lines and 2 <= one.distinct <= min(_MOST_NUMBERED, one.count // 4)
        gapless = one.highest - one.lowest + 1 == one.distinct or (one.lowest, one.highest, one.distinct) == (-1, 1, 2)
        if few and gapless and one.lowest >= -1 and sum(not _is_few(other) for other in others) >= 2:
            return Chosen((one.index,), f"the {'last' if one is numbers[-1] else 'first'}, of few whole numbers")
    return Chosen(())


def _is_few(column: Column) -> bool:
    return column.whole and column.distinct <= _MOST_NUMBERED


def split(columns: Sequence[Column], label: int | None) -> Column | None:
    """The column that tells training from tests, if there is one, and it is not that of the classes."""
    return next((one for one in columns if one.is_split and one.index != label), None)


def usable(columns: Sequence[Column], label: int | None) -> list[Column]:
    """Those of numbers that may be coordinates."""
    fit = [one for one in columns if one.kind == "numbers" and not one.sparse and one.index != label]
    return [one for one in fit if not one.is_aside] if sum(not one.is_aside for one in fit) > 1 else fit


def points(columns: Sequence[Column], label: int | None) -> Chosen:
    """The two columns that are the points; fewer, where there are not two that could be.

    why is empty where somebody else has to choose.
    """
    fit = usable(columns, label)
    varied = [one for one in fit if one.distinct > 1]
    fit = varied if len(varied) >= 2 else fit
    apart = [one for one in fit if not one.numbers_lines]
    pair = _pair(apart) or (_pair(fit) if not any(one.by_one for one in _pair(fit)) else ())
    if pair:
        return Chosen(tuple(one.index for one in pair), "as they are called so")
    if len(apart) < 2:
        # Of two columns one may well rise with the other; but that which only counts the lines says nothing.
        is_said = len(fit) == 2 and not any(
            one.by_one or (not one.name and one.index == 0 and _named(fit)) for one in fit
        )
        return Chosen(tuple(one.index for one in fit[:2]), "the two of numbers" if is_said else "")
    chosen = (apart[0].index, apart[1].index)
    if len(apart) == 2:
        return Chosen(chosen, "the two of numbers" if len(fit) == 2 else "the two that do not number the lines")
    return Chosen(chosen, f"the first two of {len(apart)} of numbers" if len(apart) <= SEVERAL else "")


def _named(columns: Sequence[Column]) -> bool:
    return any(one.name for one in columns)


def _pair(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Two columns whose names belong together, such as x and y, or pos_x and pos_y."""
    named = [(one.key, one) for one in columns if one.name]
    keys = dict(reversed(named))
    for first, second in _PAIRS:
        for key, one in named:
            if first not in key:
                continue
            if first.isdecimal() and len(key) < 2:  # dim_1 and dim_2, but not 1 and 2 alone
                continue
            other = keys.get(tuple(second if word == first else word for word in key))
            if other is not None:
                return one, other
    joined = {"".join(key): one for key, one in reversed(named)}
    for key, one in named:  # xmin and ymin, xpos and ypos
        whole = "".join(key)
        other = joined.get(f"y{whole[1:]}")
        if whole[:1] == "x" and other is not None:
            return one, other
    return ()
