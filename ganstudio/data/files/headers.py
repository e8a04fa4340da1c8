"""Whether a table's first line names its columns: by words where numbers follow, or numbers that only a header has."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.data.files.numerals import is_list
from ganstudio.data.labels import LABEL_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data.files.numerals import Numerals

MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "<na>", "?"})
"""How programs write that there is no value, in small letters."""

_ENOUGH = 8  # lines that all are otherwise, from which on the first is no chance
_MANGLED = re.compile(r"(.+)\.(\d+)")
_WHOLE = re.compile(r"\d+")


@dataclass(frozen=True)
class Header:
    """names: of the columns; empty: there is no header, or none that names them.

    note: for people, where not everybody would take the first line so.
    """

    is_header: bool
    names: tuple[str, ...] = ()
    note: str = ""


def is_missing(field: str) -> bool:
    """Whether a field says that there is no value."""
    return field.strip().lower() in MISSING


def find(lines: Sequence[list[str]], numerals: Numerals, chosen: str = "auto") -> Header:
    """What the first of some lines is, all of them as fields. chosen: "yes", "no", or "auto"."""
    first, rest = [field.strip() for field in lines[0]], lines[1:]
    shown = ", ".join(field[:20] for field in first[:6]) + (", …" if len(first) > 6 else "")
    if chosen == "no":
        return Header(False)
    why = "as was chosen" if chosen == "yes" else _why(first, rest, numerals)
    if not why:
        doubted = len(first) > 1 and _counts_up(first) and "0" in first[:1]
        note = f"its first line, {shown}, is taken for data like the others; header=yes takes it for names"
        return Header(False, note=note if doubted else "")
    width = Counter(map(len, rest)).most_common(1)[0][0] if rest else len(first)
    numeric = [numerals.number(field) is not None for field in first]
    names = first
    if numeric[:2] == [True, True] and not all(numeric):  # how many rows and columns there are, and the classes' names
        names = []
    elif len(first) + 1 == width:  # R names the columns alone, and not that of the rows' names
        names = ["", *first]
    note = ""
    if any(numeric) and chosen == "auto":
        note = f"its first line, {shown}, is taken for a header, {why}; header=no takes it for data"
    return Header(True, tuple(name[:80] for name in names), note)


def _why(first: list[str], rest: Sequence[list[str]], numerals: Numerals) -> str:
    """Why the first line is a header; empty where it is none."""
    if any(name.lower() in LABEL_NAMES for name in first):
        return "as a column is called so"
    numbers = [numerals.number(field) for field in first]
    if not rest:
        return "as it holds no number" if all(one is None for one in numbers) and not any(map(is_list, first)) else ""
    rows = [fields for fields in rest if any(numerals.number(field) is not None for field in fields)]
    if rows and any(one is None and field for one, field in zip(numbers, first, strict=True)):
        width = max(map(len, rows))
        if len(first) > width and all(one is None for one in numbers[width:]):
            return "as words stand where no column is"
    words = values = 0
    for index, (field, number) in enumerate(zip(first, numbers, strict=True)):
        below = [fields[index] for fields in rows if index < len(fields) and not is_missing(fields[index])]
        held = sum(numerals.number(one) is not None for one in below)
        if not below or 2 * held < len(below):
            continue
        words += number is None and not is_missing(field)
        values += number is not None and not _WHOLE.fullmatch(field)
    if words > values:
        return "as words stand where numbers follow"
    if all(one is None for one in numbers) and not any(map(is_list, first)):
        return "as it holds no number"
    of_words, of_numbers = _by_kind(first, rows, numerals)
    if any(_is_new_word(first[index], [row[index] for row in rows if index < len(row)]) for index in of_words):
        return "as a word stands in it that no other line has"
    told = [first[index] for index in of_numbers]
    if any(field and not _WHOLE.fullmatch(field) and not _MANGLED.fullmatch(field) for field in told):
        return ""
    rest = [[row[index] for index in of_numbers if index < len(row)] for row in rows]
    return _why_numeric(told, [row for row in rest if row])


def _by_kind(first: list[str], rows: Sequence[list[str]], numerals: Numerals) -> tuple[list[int], list[int]]:
    """Which columns of the first line hold words in the others, and which numbers."""
    words: list[int] = []
    numeric: list[int] = []
    for index in range(len(first)):
        below = [row[index] for row in rows if index < len(row) and not is_missing(row[index])]
        held = sum(numerals.number(one) is not None for one in below)
        (numeric if 2 * held >= len(below) else words).append(index)
    return words, numeric


def _is_new_word(field: str, below: Sequence[str]) -> bool:
    """Whether words come again in a column, all but the first."""
    words = [one.strip() for one in below if not is_missing(one)]
    return len(words) >= _ENOUGH and 2 * len(set(words)) <= len(words) and field != "" and field not in words


def _why_numeric(first: list[str], rows: Sequence[list[str]]) -> str:
    """Why a line of numbers is a header; first: those of its fields that stand in columns of numbers, maybe none."""
    if not first:
        return ""
    alike = sum(_counts_up([field.strip() for field in fields]) for fields in rows[:20])
    bare = first[1:] if not first[0] else first
    if _counts_up(bare) and (len(bare) >= 4 or (len(bare) == 3 and bare[0] == "0") or not first[0]) and not alike:
        return "as it counts the columns"
    whole = [all(_WHOLE.fullmatch(field.strip()) for field in fields) for fields in rows]
    if _is_mangled(first) and sum(whole) > len(whole) // 2:
        return "as pandas tells columns of one name apart so"
    fractions = sum(any("." in field or "," in field for field in fields) for fields in rows)
    if all(map(_WHOLE.fullmatch, first)) and len(rows) >= _ENOUGH and fractions >= len(rows):
        columns = zip(*(fields for fields in rows if len(fields) >= len(first)), strict=False)
        never_whole = [not any(_WHOLE.fullmatch(field.strip()) for field in column) for column in columns]
        if sum(never_whole[: len(first)]) >= min(2, len(first)):
            return "as it alone is of whole numbers"
    return ""


def _counts_up(fields: list[str]) -> bool:
    """Whether the fields are 0, 1, 2… or 1, 2, 3…."""
    if len(fields) < 2 or fields[0] not in ("0", "1"):
        return False
    begin = int(fields[0])
    return all(field == str(begin + index) for index, field in enumerate(fields))


def _is_mangled(first: list[str]) -> bool:
    """Whether names that came again were numbered, as in 0, 0.1, 0.2… 0.10, 7, 7.1."""
    seen: Counter[str] = Counter()
    numbered = again = 0
    for field in first:
        parts = _MANGLED.fullmatch(field)
        if field and parts and parts[1] in seen and int(parts[2]) == seen[parts[1]]:
            seen[parts[1]] += 1
            numbered += 1
        elif field in seen:
            again += 1
        else:
            seen[field] = 1
    return numbered >= 2 and again <= 1
