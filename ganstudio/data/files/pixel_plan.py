"""Where the images are in the lines of a text: which columns, or which field, hold the pixels, and which the label."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.files import columns, layouts, likeness, numerals, roles, tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ganstudio.data.files.columns import Column
    from ganstudio.data.files.lines import Lines, Way

SIDES = (8, 256)
"""Smallest and largest side of a square image in a line."""

_ENDS = 12  # columns at either end of a line that may be something else than pixels
_LEAST = SIDES[0] ** 2
_NAMED = re.compile(r"(pixel|pix|px)[ _]?\d+|\d+x\d+", re.IGNORECASE)
_BESIDE = "the one beside the pixels whose values come again"
_ROWS = 64  # of which the values are looked at


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where the pixels are. columns: theirs, in order; or, in_field: the column whose fields list them.

    label: the column of the classes, and why. rivals: others that could be, where nothing tells. left: columns that are
    neither. split: that which tells training from tests. is_likely: whether these are pixels rather than other numbers.
    """

    columns: tuple[int, ...]
    width: int
    label: int | None
    why: str
    rivals: tuple[int, ...] = ()
    left: tuple[Column, ...] = ()
    in_field: bool = False
    split: Column | None = None
    is_likely: bool = True


def find(path: Path, way: Way) -> tuple[Lines, Plan] | None:
    """How a text is written and where its pixels are; None: its lines hold no images. Raises DatasetError."""
    facts = path.stat()
    return _planned(path, way, (facts.st_size, facts.st_mtime_ns))


@lru_cache(maxsize=16)  # asked for the proposal, the data and the card
def _planned(path: Path, way: Way, _mark: tuple[int, int]) -> tuple[Lines, Plan] | None:
    found = tables.look(path, way)
    rows = found.rows
    if not rows:
        return None
    widths = [len(row) for row in rows]
    width = max(set(widths), key=widths.count)
    whole = [row for row in rows if len(row) == width]
    plan = _in_field(found, whole, way) if width <= _ENDS else _in_columns(found, whole, width, way)
    return None if plan is None else (found, plan)


def _in_field(found: Lines, rows: Sequence[list[str]], way: Way) -> Plan | None:
    told = columns.find(found)
    lists = [one for one in told if one.kind == "lists" and one.index < len(rows[0])]
    if not lists:
        return None
    counts = [len(numerals.listed(row[lists[0].index])) for row in rows if numerals.is_list(row[lists[0].index])]
    width = max(set(counts), key=counts.count, default=0)
    if width < _LEAST or not layouts.possible((max(4, len(rows)), width)):
        return None
    label = _chosen(roles.label(told), way)
    if label is None:  # what comes again in the one column of numbers beside the pixels can only be a class
        numbers = [one for one in told if one.kind == "numbers" and one.may_be_classes and not one.numbers_lines]
        label = (numbers[0].index, "as its numbers come again") if len(numbers) == 1 and way.labels is None else None
    column, why = label or (None, "")
    left = [one for one in told if one is not lists[0] and one.index != column and one.count]
    plan = Plan(columns=(lists[0].index,), width=width, label=column, why=why, in_field=True)
    return _with_rest(plan, left)


def _chosen(guess: roles.Chosen, way: Way) -> tuple[int, str] | None:
    if way.labels is not None:
        return None if way.labels < 0 else (way.labels, "as was chosen")
    return (guess.columns[0], guess.why) if guess.columns else None


def _in_columns(found: Lines, rows: Sequence[list[str]], width: int, way: Way) -> Plan | None:
    if width < _LEAST:
        return None
    told = columns.find(found, tuple(range(min(_ENDS, width))) + tuple(range(max(_ENDS, width - _ENDS), width)))
    known = {one.index: one for one in told}
    called = [one for one in told if one.is_called_label and (one.kind == "words" or one.may_be_classes)]
    words = [one for one in told if one.kind == "words"]
    label = _chosen(roles.label([*called, *words]), way)
    apart = {one.index for one in told if one.kind != "numbers" or one.by_one or (one.numbers_lines and one.name)}
    apart |= {label[0]} if label else set()
    named = [index for index, name in enumerate(found.header.names[:width]) if _NAMED.fullmatch(name.strip())]
    if len(named) >= _LEAST:
        plan = _named(told, named, label, way)
    else:
        pixels = _run(width, apart)
        beside = [one for one in told if one.index not in pixels and one.kind == "numbers" and one.may_be_classes]
        beside = [one for one in beside if not one.numbers_lines]
        if label is None and way.labels is None and len(beside) == 1:
            label = (beside[0].index, _BESIDE)
        plan = _unnamed(found, rows, known, pixels, label, way)
    if plan is None:
        return None
    values = [row for row in rows[:8] if len(found.numeric([row[one] for one in plan.columns])) == plan.width]
    if 2 * len(values) <= len(rows[:8]):
        return None
    rest = [one for one in told if one.index not in set(plan.columns) and one.index != plan.label and one.count]
    is_likely = len(named) >= _LEAST or _seem_pixels(found, rows, plan)
    return _with_rest(replace(plan, is_likely=is_likely), rest)


def _with_rest(plan: Plan, rest: Sequence[Column]) -> Plan:
    """With the columns that are neither pixels nor classes."""
    split = roles.split(rest, plan.label)
    return replace(plan, split=split, left=tuple(one for one in rest if one is not split))


def _run(width: int, apart: set[int]) -> tuple[int, ...]:
    """The longest run of columns none of which stands apart: pixels have no gap."""
    edges = [-1, *sorted(apart), width]
    begin, end = max(pairwise(edges), key=lambda pair: pair[1] - pair[0])
    return tuple(range(begin + 1, end))


def _named(told: Sequence[Column], named: Sequence[int], label: tuple[int, str] | None, way: Way) -> Plan | None:
    """By the header, which calls the pixels so."""
    if not layouts.possible((4, len(named))):
        return None
    if label is None and way.labels is None:
        others = [one for one in told if one.index not in set(named) and one.may_be_classes and not one.numbers_lines]
        label = (others[0].index, _BESIDE) if len(others) == 1 else None
    column, why = label or (None, "")
    return Plan(columns=tuple(named), width=len(named), label=column, why=why)


def _unnamed(
    found: Lines,
    rows: Sequence[list[str]],
    known: Mapping[int, Column],
    pixels: tuple[int, ...],
    label: tuple[int, str] | None,
    way: Way,
) -> Plan | None:
    """By how many numbers a line has: as many as an image, or one more, which is the label."""
    count = len(pixels)
    column, why = label or (None, "")
    if count >= _LEAST and side_of(count):
        return Plan(columns=pixels, width=count, label=column, why=why)
    ends = [known[one] for one in (pixels[:1] + pixels[-1:]) if one in known]
    may_be_one_more = label is None and way.labels is None and count > _LEAST
    if may_be_one_more and side_of(count - 1):
        return _with_label(rows, found, ends, pixels)
    if count >= _LEAST and layouts.possible((4, count)):
        return Plan(columns=pixels, width=count, label=column, why=why)
    if may_be_one_more and layouts.possible((4, count - 1)):
        return _with_label(rows, found, ends, pixels)
    return None


def _with_label(rows: Sequence[list[str]], found: Lines, ends: Sequence[Column], pixels: tuple[int, ...]) -> Plan:
    """The first or the last is the label: whole numbers that come again, one after another, unlike their neighbour."""
    scores = []
    for one in ends:
        beside = one.index + (1 if one.index == pixels[0] else -1)
        pairs = [(found.number(row[one.index]), found.number(row[beside])) for row in rows]
        both = np.array([pair for pair in pairs if None not in pair], np.float64).reshape(-1, 2)
        gapless = one.whole and one.distinct > 1 and one.highest - one.lowest + 1 == one.distinct
        alike = 0.0
        if len(both) > 2 and both.std(axis=0).all():
            alike = abs(float(np.corrcoef(both[:, 0], both[:, 1])[0, 1]))
        can_be = one.whole and 1 < one.distinct <= max(2, one.count - 1 if gapless else one.count // 2)
        scores.append(2.0 * can_be + 1.5 * gapless - alike)
    order = np.argsort(scores)[::-1]
    best, other = ends[order[0]], ends[order[1]]
    is_close = scores[order[0]] - scores[order[1]] < 1 or scores[order[0]] < 1
    where = "first" if best.index == pixels[0] else "last"
    rest = tuple(one for one in pixels if one != best.index)
    why = f"the {where} number of each line, as its values come again and are unlike those next to it"
    rivals = (other.index,) if is_close else ()
    return Plan(columns=rest, width=len(rest), label=best.index, why=why, rivals=rivals)


def _seem_pixels(found: Lines, rows: Sequence[list[str]], plan: Plan) -> bool:
    """Whether the numbers are in the range of pixels, if they fit a square; else whether neighbours are alike."""
    numbers = [[found.number(row[one]) for one in plan.columns] for row in rows[:_ROWS]]
    values = np.array([row for row in numbers if None not in row], np.float64)
    if not len(values) or not np.isfinite(values).all():
        return side_of(plan.width) is not None
    low, high = values.min(), values.max()
    whole = bool((values == np.rint(values)).all())
    in_range = (whole and low >= 0 and 1 < high <= 65_535) or (-1 <= low < high <= 1)
    names = [found.header.names[one] for one in plan.columns[:4] if one < len(found.header.names)]
    if side_of(plan.width) and in_range and all(re.fullmatch(r"[\d.]*", name.strip()) for name in names):
        return True
    smooth = [likeness.roughness(one, values) for one in layouts.possible(values.shape) if one.counts_first]
    return min(smooth, default=1.0) <= likeness.UNLIKE


def side_of(values: int) -> tuple[int, int] | None:
    """Side and channels of a square image of so many values: grey, or a plane for each of three colours."""
    for channels in (1, 3):
        side = math.isqrt(values // channels)
        if SIDES[0] <= side <= SIDES[1] and side * side * channels == values:
            return side, channels
    return None
