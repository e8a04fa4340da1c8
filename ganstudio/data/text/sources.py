"""Sentences in a file: a text, a column of a table, or a field of JSON lines."""

from __future__ import annotations

import csv
import io
import json
import re
import statistics
import unicodedata
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import encodings
from ganstudio.data.files.loose import printable, read_head
from ganstudio.data.text.encoded import UNKNOWN
from ganstudio.data.text.prose import lines_of, sentences_of
from ganstudio.data.watching import while_wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ganstudio.data.skips import Skips
    from ganstudio.experiment import TextsSpec

MOST_SENTENCES = 500_000
TABLES, JSON_LINES, PLAIN = (".csv", ".tsv", ".tab"), (".jsonl", ".ndjson", ".json"), (".txt", ".text", ".md")
_ASIAN_SHARE = 0.3
_LOOKED_AT = 1 << 16
_LETTERS, _WORDY = 0.6, 3.0  # of what is no number: share of the letters, and words of a line, of what is a text
_SURROGATES = re.compile("[\ud800-\udfff]")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"')
_DEEPEST, _FILES = 4, 1_000
_LONGER = 5  # words of a value, on average, from which on it is no name
_GRADES, _GRADED = 11, 30  # whole numbers that may be grades, as 0 to 10; rows of which they are told


class Found(NamedTuple):
    """What a file holds. lines: with where each stands; how: in words; notes, others: for the card.

    others: the columns or fields that were not taken.
    """

    lines: list[tuple[str, str]]
    how: str
    notes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def is_text(path: Path, head: bytes) -> bool:
    """Whether a file holds sentences rather than numbers, by what it begins with and what it is called."""
    suffix = path.suffix.lower()
    if suffix not in (*TABLES, *JSON_LINES, *PLAIN) or not head:
        return False
    name = encodings.of_file(path, head)
    text = read_head(path, _LOOKED_AT).decode(encodings.CODECS[name], "replace")
    if suffix in JSON_LINES:
        return text.lstrip()[:1] in ("{", '"', "[") and any(wordy(found[1]) for found in _STRING.finditer(text))
    lines = [line for line in lines_of(text) if line.strip()]
    if suffix in TABLES:
        try:
            rows = list(csv.reader(lines[1:60], delimiter=_delimiter(text, suffix)))
        except csv.Error:
            return False
        return _has_sentences(rows[:-1])
    lines = lines[:200]
    return bool(lines) and (sum(map(wordy, lines)) > len(lines) / 2 or _is_list_of_words(lines))


def is_folder_of_texts(path: Path) -> bool:
    """Whether what lies in a folder are several texts and nothing else, by their names and by what the first one holds.

    A text beside images, or beside folders of them, is a note about these.
    """
    if not path.is_dir():
        return False
    files = sorted(one for one in islice(path.iterdir(), _FILES) if not one.name.startswith("."))
    texts = [one for one in files if one.is_file() and one.suffix.lower() in (*PLAIN, *JSON_LINES)]
    return len(texts) == len(files) > 1 and is_text(texts[0], read_head(texts[0]))


def _has_sentences(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column of a table is of sentences; not where two are of coordinates, which are points with a name each.

    A number of each row and a few grades, as of reviews, are no coordinates next to what is longer than names are.
    """
    width = max(map(len, rows), default=0)
    columns = [[row[place] for row in rows if place < len(row) and row[place].strip()] for place in range(width)]
    numeric = sum(bool(column) and all(_is_number(value) for value in column) for column in columns)
    texts = [column for column in columns if column and sum(map(wordy, column)) > len(column) / 2]
    if any(statistics.mean(len(value.split()) for value in column) >= _LONGER for column in texts):
        numeric -= sum(map(_is_count_or_grade, columns))
    return numeric < 2 and bool(texts)


def _is_count_or_grade(column: Sequence[str]) -> bool:
    """Whether a column counts the rows one by one, or has only a few whole numbers, again and again."""
    if len(column) < _GRADED or not all(value.strip().isdecimal() for value in column):
        return False
    numbers = [int(value) for value in column]
    return len(set(numbers)) <= _GRADES or all(other - one == 1 for one, other in pairwise(numbers))


def _is_number(value: str) -> bool:
    return not any(one.isalpha() for one in value.strip().lower().replace("e", "", 1))


def _is_list_of_words(lines: Sequence[str]) -> bool:
    """Whether lines are a word or two each, such as names, and no numbers."""
    text = "".join(lines)
    letters = sum(one.isalpha() for one in text)
    return letters > _LETTERS * len("".join(text.split())) and not any(one.isdigit() for one in text)


def wordy(text: str) -> bool:
    """Whether a text is made of words: mostly letters, and either several words or signs that are words."""
    shown = [one for one in text if not one.isspace()]
    letters = sum(one.isalpha() for one in shown)
    return (
        bool(shown) and letters > _LETTERS * len(shown) and (len(text.split()) >= _WORDY or asian(text) > _ASIAN_SHARE)
    )


def asian(text: str) -> float:
    """The share of the letters that are Chinese or Japanese, which are written without spaces."""
    letters = [one for one in text if one.isalpha()]
    found = sum("\u3040" <= one <= "\u30ff" or "\u3400" <= one <= "\u9fff" for one in letters)
    return found / len(letters) if letters else 0.0


def found_in(path: Path, text: str, spec: TextsSpec, skips: Skips) -> Found:
    """The sentences of a file's text, at most ``MOST_SENTENCES``. Raises DatasetError."""
    suffix = path.suffix.lower()
    if suffix in JSON_LINES:
        return _of_json(path, text, spec.column, skips)
    if suffix in TABLES:
        return _of_table(path, text, spec.column, skips)
    found = sentences_of(text, spec.split, MOST_SENTENCES)
    return Found(found.sentences, found.how)


# --- tables -----------------------------------------------------------------------------------------------------------


def _delimiter(text: str, suffix: str) -> str:
    first = text.split("\n", 1)[0]
    if suffix != ".csv" or first.count("\t") > first.count(","):
        return "\t"
    return ";" if ";" in first and "," not in first else ","


def _of_table(path: Path, text: str, column: str, skips: Skips) -> Found:
    rows, notes = _rows_of(path, text)
    width = max(map(len, rows), default=0)
    if not width:
        raise DatasetError(f'"{path.name}" has no columns')
    header = [name.strip() for name in rows[0]] + [""] * (width - len(rows[0]))
    if column:
        if column not in header:
            raise DatasetError(
                f'column: "{path.name}" has no column {column!r}; there are {", ".join(map(repr, header))}'
            )
        place = header.index(column)
    else:
        place = max(range(width), key=lambda one: _mean_letters(row[one] for row in rows[1:2_000] if one < len(row)))
    named = bool(column) or _has_names(rows, place)
    called = f"column {printable(header[place])!r}" if named and header[place] else f"column {place + 1}"
    lines = []
    for number, row in enumerate(while_wanted(rows[1:] if named else rows), start=1):
        if place < len(row) and row[place].strip():
            lines.append((row[place].strip(), f"row {number:,}"))
        elif any(map(str.strip, row)):
            skips.add(f"row {number:,}", f"has nothing in {called}")
    others = [printable(name) for one, name in enumerate(header) if named and name and one != place]
    return Found(lines[:MOST_SENTENCES], f"{called} of a table", notes, tuple(others))


def _rows_of(path: Path, text: str) -> tuple[list[list[str]], tuple[str, ...]]:
    """A table's rows. Where quotes are opened and never closed they are signs like others, which is told."""
    csv.field_size_limit(1 << 24)
    mark = _delimiter(text, path.suffix.lower())
    try:
        # Not by splitlines: a cell may have several lines, whose words stay apart by what ends them.
        rows = list(while_wanted(csv.reader(io.StringIO(text, newline=""), delimiter=mark)))
        lines = sum(bool(line.strip()) for line in lines_of(text))
        if len(rows) > 0.7 * lines or not lines:
            return rows, ()
        unquoted = csv.reader(io.StringIO(text, newline=""), delimiter=mark, quoting=csv.QUOTE_NONE)
        plain = list(while_wanted(unquoted))
    except csv.Error as error:
        raise DatasetError(f'"{path.name}" is no table that can be read: {error}') from None
    width = statistics.mode(map(len, plain))
    if width < 2 or sum(len(row) == width for row in plain) < 0.95 * lines:
        return rows, ()  # cells of several lines
    found = [[cell.strip('"') for cell in row] for row in while_wanted(plain)]
    return found, ("quotes are opened and not closed: each line was taken as a row",)


def _has_names(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether the first row names columns: words above numbers, or above what is far longer or ends as sentences do."""
    first, below = rows[0], rows[1:200]
    if place >= len(first) or not below:
        return True
    numbers = any(
        not _is_number(first[one]) and all(_is_number(row[one]) for row in below if one < len(row))
        for one in range(len(first))
    )
    told = [row[place].strip() for row in below if place < len(row) and row[place].strip()]
    name = first[place].strip()
    ends = sum(not one[-1].isalnum() for one in told) > len(told) / 2 and name[-1:].isalnum()
    return numbers or ends or not told or len(name) < statistics.median(map(len, told)) / 3


# --- JSON -------------------------------------------------------------------------------------------------------------


def _of_json(path: Path, text: str, column: str, skips: Skips) -> Found:
    fields: dict[str, list[tuple[str, str]]] = {}
    unread = []
    for number, member in _members(text):
        found = [(name, told) for name, value in _fields_of(member) if (told := _unescaped(value).strip())]
        for name, told in found:
            fields.setdefault(name, []).append((told, f"line {number:,}"))
        if not found:
            unread.append((f"line {number:,}", "is not JSON" if member is _NO_JSON else "has no text in it"))
    if not fields:
        raise DatasetError(f'"{path.name}" has no lines of JSON with text in them')
    if column and column not in fields:
        raise DatasetError(f'column: "{path.name}" has no field {column!r}; there are {", ".join(map(repr, fields))}')
    name = column or max(fields, key=lambda one: _mean_letters(value for value, _ in fields[one][:2_000]))
    _tell_missing(name, fields, unread, skips)
    called = f"field {printable(name)!r} of lines of JSON" if name else "lines of JSON"
    others = tuple(printable(one) for one in fields if one and one != name)
    return Found(fields[name][:MOST_SENTENCES], called, others=others)


def _tell_missing(
    name: str, fields: dict[str, list[tuple[str, str]]], unread: list[tuple[str, str]], skips: Skips
) -> None:
    """Name the lines without the field."""
    has = {where for _, where in fields[name]}
    others = dict.fromkeys(where for lines in fields.values() for _, where in while_wanted(lines) if where not in has)
    missing = [*((where, f"has no field {printable(name)!r}") for where in others), *unread]
    for where, why in sorted(missing, key=lambda one: int(one[0].split()[1].replace(",", ""))):
        skips.add(where, why)


_NO_JSON = object()


def _members(text: str) -> Iterator[tuple[int, object]]:
    """What each line spells; or each member of the one list that a file is, or has in it."""
    begun = text.lstrip()
    whole = _read(begun) if begun.startswith("[") or not begun.split("\n", 1)[0].rstrip().endswith("}") else _NO_JSON
    if whole is _NO_JSON and "\n" not in begun.rstrip():
        whole = _read(begun)
    if isinstance(whole, dict):
        lists = [value for value in whole.values() if isinstance(value, list)]
        whole = max(lists, key=len) if lists else _NO_JSON
    if isinstance(whole, list):
        yield from enumerate(while_wanted(whole), start=1)
    else:
        yield from ((number, _read(line)) for number, line in enumerate(lines_of(text), start=1) if line.strip())


def _read(text: str) -> object:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return _NO_JSON
    return found


def _fields_of(value: object, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """The texts in it by name; of an object within another one the names have a point between them."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict) and depth < _DEEPEST:
        for own, one in value.items():
            yield from _fields_of(one, f"{name}.{own}" if name else own, depth + 1)


def _unescaped(value: str) -> str:
    """What JSON's escapes spell, NFC as the rest; half a character, as of an emoji that was cut, can't be written."""
    return unicodedata.normalize("NFC", _SURROGATES.sub(UNKNOWN, value))


def _mean_letters(values: Iterable[str]) -> float:
    lengths = [sum(one.isalpha() for one in value) for value in values]
    return sum(lengths) / len(lengths) if lengths else 0.0
