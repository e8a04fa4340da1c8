"""Columns of a table, and what each of them holds, told by some of its lines."""

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


_DATE = re.compile(
    r"(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{4}-\d{2}|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4})"
    r"([T ]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?"
)
_DAY = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])")
_NUMBERS_OF_LINES = frozenset({
    "id", "ids", "index", "idx", "row", "rows", "rownum", "rowid", "no", "nr", "num", "number", "key", "uid", "uuid",
    "serial", "rownames", "record", "sn", "pk", "#",
})  # fmt: skip
_LABEL_WORDS = LABEL_NAMES | {"emotion", "digit", "variety", "diagnosis", "cultivar", "outcome", "cluster"}
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
