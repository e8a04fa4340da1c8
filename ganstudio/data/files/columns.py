"""What each column of a table holds, and which of them are the points, the classes, or neither: and why so."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from ganstudio.data.files import encodings, splits
from ganstudio.data.files.headers import is_missing
from ganstudio.data.files.lines import MANY
from ganstudio.data.files.numerals import is_list
from ganstudio.data.labels import LABEL_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data.files.lines import Lines

Kind = Literal["numbers", "dates", "lists", "words", "nothing"]

SEVERAL = 8
"""Columns of numbers of which two are taken without asking, if nothing tells which two are meant."""

_DATE = re.compile(
    r"(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{4}-\d{2}|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4})"
    r"([T ]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?"
)
_DAY = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])")
_NUMBERS_OF_LINES = frozenset({
    "id", "ids", "index", "idx", "row", "rows", "rownum", "rowid", "no", "nr", "num", "number", "key", "uid", "uuid",
    "serial", "rownames", "record", "sn", "pk", "#",
})  # fmt: skip
_PAIRS = (
    ("x", "y"), ("lon", "lat"), ("lng", "lat"), ("long", "lat"), ("longitude", "latitude"), ("easting", "northing"),
    ("x0", "x1"), ("x1", "x2"), ("1", "2"), ("0", "1"), ("dim1", "dim2"), ("pc1", "pc2"), ("first", "second"),
)  # fmt: skip
_LABEL_WORDS = LABEL_NAMES | {"emotion", "digit", "variety", "diagnosis", "cultivar", "outcome", "cluster"}
_MOST_NUMBERED = 20  # classes that a column of whole numbers can tell without being called so
_LISTED = 6
_SPLITS = 8  # words that a column which splits a set has at most
_ENOUGH = 5  # lines that tell whether a column counts them


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column by the lines that were looked at. name: the header's, empty where there is none.

    distinct, count: how many different values there are, and how many at all. whole: whether all are whole numbers.
    by_one: whether it counts the lines from 0 or 1; numbers_lines: whether it does so in any way, or by its name.
    sparse: whether half of it is empty. highest: of its numbers. is_split: whether it says which lines are to train on,
    and which are for tests; sorts: how else it sorts lines without saying what they are; "": not at all.
    """

    index: int
    name: str
    kind: Kind
    distinct: int
    count: int
    whole: bool = False
    by_one: bool = False
    numbers_lines: bool = False
    sparse: bool = False
    lowest: float = 0
    highest: float = 0
    is_split: bool = False
    sorts: str = ""

    @property
    def words(self) -> str:
        """How people are told of it: ``column 3 "weight"``."""
        return f'column {self.index} "{self.name[:30]}"' if self.name else f"column {self.index}"

    @property
    def what(self) -> str:
        """What it holds."""
        if self.numbers_lines:
            return "which numbers the lines"
        if self.is_split:
            return "which tells training from tests"
        if self.sorts:
            return self.sorts
        if self.kind == "numbers" and self.distinct == 1:
            return "of one value"
        if self.sparse and self.kind != "nothing":
            return f"of {self.kind}, mostly empty"
        return "which is empty" if self.kind == "nothing" else f"of {self.kind}"

    @property
    def key(self) -> tuple[str, ...]:
        """The words of its name, in small letters."""
        return _key(self.name)

    @property
    def may_be_classes(self) -> bool:
        """Whether values come again, as those of classes do."""
        comes_again = 0 < self.distinct <= max(2, self.count // 2)
        return comes_again and not self.is_aside and (self.whole or self.kind == "words")

    @property
    def is_aside(self) -> bool:
        """Whether it says what lines are for, and nothing of what they are."""
        return self.is_split or bool(self.sorts)

    @property
    def is_called_label(self) -> bool:
        """Whether its name is that of a column of classes."""
        return bool(set(self.key) & _LABEL_WORDS)


def find(found: Lines, which: Sequence[int] | None = None) -> tuple[Column, ...]:
    """The columns that the lines have, at most ``lines.MANY`` of them; which: some of them alone."""
    begin = len(found.sample) - found.has_header
    marked = [(row, index < begin) for index, row in enumerate(found.rows)]
    telling = [one for one in marked if _tells(one[0], found)] or marked
    names = found.header.names
    if which is None:
        which = range(min(MANY, max((len(row) for row, _ in telling), default=0)))
    return tuple(_column(index, names[index] if index < len(names) else "", telling, found) for index in which)


def _tells(row: Sequence[str], found: Lines) -> bool:
    return any(found.number(field) is not None or is_list(field) for field in row)


def _column(index: int, name: str, rows: Sequence[tuple[list[str], bool]], found: Lines) -> Column:
    held = [(row[index].strip(), is_early) for row, is_early in rows if index < len(row) and not is_missing(row[index])]
    fields = [field for field, _ in held]
    is_nominal = found.weka is not None and index in found.weka.nominal
    kind = "words" if is_nominal and fields else _kind(name, fields, found)
    numbers = [(found.number(field), is_early) for field, is_early in held] if kind == "numbers" else []
    finite = [number for number, _ in numbers if number is not None and math.isfinite(number)]
    early = [number for number, is_early in numbers if number is not None and is_early and math.isfinite(number)]
    whole = bool(finite) and len(finite) == len(fields) and all(one == int(one) for one in finite)
    distinct = len(set(finite)) if kind == "numbers" else len(set(fields))
    steps = {round(after - before, 9) for before, after in pairwise(early)}
    by_one = whole and len(early) >= 3 and early[0] in (0, 1) and steps == {1}
    apart = len(finite) > 1 and distinct == len(finite)
    key = _key(name)
    by_name = whole and bool(found.header.names) and (not key or key[0] == "unnamed" or set(key) & _NUMBERS_OF_LINES)
    in_steps = len(early) >= _ENOUGH and (len(steps) == 1 or (whole and min(steps) > 0))
    return Column(
        index=index,
        name=name,
        kind=kind,
        distinct=distinct,
        count=len(fields),
        whole=whole,
        by_one=by_one and apart,
        numbers_lines=apart and bool(by_one or by_name or in_steps),
        sparse=2 * len(fields) < len(rows),
        lowest=min(finite, default=0),
        highest=max(finite, default=0),
        is_split=_is_split(name, kind, fields, distinct),
        sorts=_sorts(name, kind, fields),
    )


def _is_split(name: str, kind: Kind, fields: Sequence[str], distinct: int) -> bool:
    if kind not in ("words", "numbers") or distinct > _SPLITS or not splits.are_named(set(fields), name):
        return False
    # Where most lines would be for tests the numbers mean it the other way round, or something else.
    tests = splits.tests(set(fields), name)
    return kind == "words" or 2 * sum(field in tests for field in fields) <= len(fields)


def _sorts(name: str, kind: Kind, fields: Sequence[str]) -> str:
    if kind == "numbers" and splits.are_folds(set(fields), name):
        return "which numbers the folds of a cross-validation"
    if kind == "numbers" and splits.are_numbered(sorted(set(fields)), name):
        return "whose numbers don't tell which lines are for tests"  # unless it is a split
    return ""


def _kind(name: str, fields: Sequence[str], found: Lines) -> Kind:
    if not fields:
        return "nothing"
    if 2 * sum(_DATE.fullmatch(one) is not None for one in fields) > len(fields):
        return "dates"
    if "date" in name.lower() and all(map(_DAY.fullmatch, fields)):
        return "dates"
    if 2 * sum(found.number(one) is not None for one in fields) >= len(fields):
        return "numbers"
    return "lists" if 2 * sum(map(is_list, fields)) > len(fields) else "words"


def _key(name: str) -> tuple[str, ...]:
    """The words of a name: pos and x of pos_x, posX and of what is written in other letters after x."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return tuple(re.findall(r"[a-z0-9]+|[^\W_a-z0-9]+|#", apart))


def listed(columns: Sequence[Column]) -> str:
    """What some columns are called and hold, in words."""
    named = ", ".join(f"{one.words} {one.what}" for one in columns[:_LISTED])
    return named + (f" and {len(columns) - _LISTED:,} more" if len(columns) > _LISTED else "")


def way_notes(found: Lines) -> tuple[str, ...]:
    """How a text was read, where that is not what everybody expects."""
    notes = [found.header.note] if found.header.note else []
    if found.foreword and found.weka is None:
        what = "1 line" if found.foreword == 1 else f"{found.foreword} lines"
        notes.append(f"{what} before the table {'is' if found.foreword == 1 else 'are'} passed over")
    if found.encoding not in ("utf-8", "utf-16", "utf-16-le", "utf-16-be"):
        why = "as was chosen" if found.way.encoding != "auto" else "as it is no UTF-8; encoding chooses another"
        notes.append(f"read as {encodings.TITLES[found.encoding]}, {why}")
    if found.numerals.marked:
        notes.append(f'signs of currency, per cent and degrees are left out, as in "{found.numerals.marked[:20]}"')
    doubt = found.numerals.doubt
    if found.numerals.comma == "thousands":
        doubted = f": {doubt} is read as thousands; decimal chooses otherwise" if doubt else ""
        notes.append(f"commas part thousands{doubted}")
    elif doubt:
        notes.append(f"commas stand before decimals: {doubt} could be thousands; decimal chooses so")
    return tuple(notes)


# --- which are the classes, and which the points ----------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """Columns that were chosen, and why. others: further pairs, where the choice has to be somebody's."""

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
