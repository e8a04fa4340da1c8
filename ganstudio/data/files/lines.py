"""Text files of numbers: how their lines are written, and the numbers of many lines at once."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import arff, encodings, headers, loose, numerals, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ganstudio.data.files.numerals import Decimal, Numerals

MAX_BYTES = 2**30
"""Some thirty million points, or half a million images of 28 x 28."""
MANY = 1_000
"""Fields of a line that are looked at one by one; a line may have a million."""

NAMES = {";": "semicolons", "\t": "tabs", ",": "commas", "|": "vertical bars", None: "spaces"}
_DELIMITERS = (";", "\t", ",", "|", None)  # None: any white space. In a tie the earlier one wins
_FOREWORD = 12  # lines before a table, such as its title, that are passed over
_RARE = (";", "\t", "|")
_LISTS = 12  # columns of a table that has one of lists
_LOOKED_AT = 100  # lines that tell how the file is written
_LOOKED_AT_CHARACTERS = 400_000  # and no more of them, as a line may have a hundred thousand numbers
_SCORED, _WIDE = 32, 64  # of them that are enough to tell a delimiter, or the header of so many columns
_LOOKED_AT_FIRST = 4_000  # characters of a line that tell what parts its fields
_PLACES, _LINES_THERE = 16, 8  # further on in the file, as one may be sorted by class
_QUOTED = re.compile(r'"([^"]*)"|([^ \t\r\n\f\v]+)')
_SPACES = re.compile(r"[^ \t\r\n\f\v]+")  # a space that breaks no line stands inside a number


@dataclass(frozen=True, kw_only=True)
class Way:
    """What was chosen of how a file is read; "auto": it is found out.

    labels: the column of the classes, -1: none is; None: it is found out.
    """

    encoding: str = "auto"
    header: str = "auto"
    decimal: Decimal = "auto"
    labels: int | None = None


FOUND = Way()


@dataclass(frozen=True, kw_only=True)
class Lines:
    """How a text file is written. sample: the table's first lines, without comments; delimiter: None for white space.

    encoding: one of ``encodings.CODECS``. beyond: some lines from further on. foreword: how many lines stand before the
    table, such as its title. comment: the last of the comments before the table, without its sign. is_text: whether the
    file itself is text. weka: the head of an ARFF file.
    """

    path: Path
    encoding: str
    sample: list[str]
    delimiter: str | None
    numerals: Numerals
    beyond: tuple[str, ...] = ()
    foreword: int = 0
    comment: str = ""
    way: Way = FOUND
    is_text: bool = True
    weka: arff.Head | None = None

    @cached_property
    def has_header(self) -> bool:
        """Whether the first line names the columns."""
        return self.header.is_header

    @cached_property
    def header(self) -> headers.Header:
        """What the first line is, and why."""
        if self.weka is not None:
            return headers.Header(False, names=self.weka.names)
        texts = [*self.sample, *self.beyond]
        first = self.split(texts[0])[:MANY]
        some = texts[1:] if len(first) < _WIDE else texts[1:_SCORED]
        fields = [first, *(self.split(text)[:MANY] for text in some)]
        found = headers.find(fields, self.numerals, self.way.header)
        if found.names and len(first) == MANY:
            found = replace(found, names=(*found.names, *self.split(texts[0])[MANY:]))
        said = [field.strip() for field in self.split(self.comment)]
        if not found.is_header and len(said) == len(first) and not self.numeric(said):
            return replace(found, names=tuple(said))  # as numpy.savetxt writes them
        return found

    @cached_property
    def rows(self) -> list[list[str]]:
        """The fields of the lines that were looked at, without the header's."""
        return [self.split(text) for text in chain(self.sample[self.has_header :], self.beyond)]

    def split(self, text: str) -> list[str]:
        """The fields of a line."""
        if self.weka is not None:
            return arff.split(text, self.delimiter)
        return split(text, self.delimiter)

    def number(self, field: str) -> float | None:
        """The number that a field holds, or None."""
        return self.numerals.number(field)

    def numeric(self, fields: list[str]) -> list[int]:
        """Which fields are numbers."""
        return [index for index, field in enumerate(fields) if self.numerals.number(field) is not None]

    def numbers(self, texts: list[str], columns: Sequence[int], dtype: Any) -> npt.NDArray[Any]:
        """The numbers (lines, columns) of lines that hold nothing else there. Raises ValueError."""
        if not self.numerals.is_plain:
            return self._numbers_by_field(texts, columns, dtype)
        if self.numerals.comma == "either":
            texts = [text.replace(",", ".") for text in texts]
        values = np.loadtxt(
            texts, dtype, delimiter=self.delimiter, usecols=columns, ndmin=2, comments=None, quotechar='"'
        )
        if len(values) != len(texts):
            raise ValueError("a line holds nothing")
        return values

    def _numbers_by_field(self, texts: list[str], columns: Sequence[int], dtype: Any) -> npt.NDArray[Any]:
        rows = []
        for text in texts:
            fields = self.split(text)
            if max(columns) >= len(fields):
                raise ValueError("a line is too short")
            rows.append([self.numerals.number(fields[column]) for column in columns])
        values = np.array(rows, np.float64)  # None becomes NaN
        if np.dtype(dtype).kind == "u":
            whole = np.asarray(values.astype(dtype))
            if not np.array_equal(whole, values):
                raise ValueError("not all are whole")
            return whole
        return values.astype(dtype)


def is_text(head: bytes) -> bool:
    """Whether a file that begins so is text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if len(head) > 7 and b"\0" in head[:2]:  # UTF-16 without its mark: every other byte of its digits is 0
        other = 1 if head[0] == 0 else 0
        even, zeros = head[other:1000:2], head[1 - other : 1000 : 2]
        return zeros.count(0) > 0.8 * len(zeros) and is_text(even)
    return bool(head) and not any(byte < 32 and byte not in b"\t\n\r\f\v\x1b" for byte in head)


def look(path: Path, way: Way = FOUND) -> Lines:
    """Find out how a file is written. Raises DatasetError where it is empty, too long, or its lines are."""
    head = loose.read_head(path)
    if path.stat().st_size > MAX_BYTES:
        raise DatasetError(f'"{path.name}" is larger than {MAX_BYTES / 2**20:.0f} MB; save it as .npy instead')
    encoding = encodings.of_file(path, head) if way.encoding == "auto" else way.encoding
    sample: list[str] = []
    texts, weka = records.numbered(path, encoding), None
    if (first := next(texts, None)) is not None and arff.begins(first[1]):
        weka = arff.head(path.name, texts)
    elif first is not None:
        texts = chain([first], texts)
    for _, text in islice(texts, _LOOKED_AT):
        sample.append(text)
        if sum(map(len, sample)) > _LOOKED_AT_CHARACTERS and len(sample) > 1:
            break
    if weka is not None and sample and sample[0].lstrip().startswith("{"):
        raise DatasetError(f'"{path.name}" is a sparse ARFF file; save it in full, or as CSV')
    if not sample:
        raise DatasetError(f'"{path.name}" is empty; it should hold two columns of numbers, or sentences')
    delimiter = max(_DELIMITERS, key=lambda one: _score(sample, one))
    fields = chain.from_iterable(split(text[:_LOOKED_AT_FIRST], delimiter)[:MANY] for text in sample)
    ahead = 0 if weka is not None else _foreword(sample, delimiter)
    return Lines(
        path=path,
        encoding=encoding,
        sample=sample[ahead:],
        delimiter=delimiter,
        numerals=numerals.find(fields, delimiter, way.decimal),
        beyond=tuple(_beyond(path, encoding, sample)),
        foreword=ahead if weka is None else weka.length,
        comment=_comment(path, encoding),
        way=way,
        weka=weka,
    )


def _foreword(sample: list[str], delimiter: str | None) -> int:
    """How many lines stand before a table: a title, or what a program says of itself, in fewer fields than others."""
    rows = [split(text, delimiter) for text in sample[: 2 * _SCORED]]
    widths = [len(row) for row in rows]
    width = max(set(widths), key=widths.count)
    least = width if width < 3 else width - 1  # R's header has no name for the rows' names
    count = 0
    for row in rows[:_FOREWORD]:
        held = sum(bool(field.strip()) for field in row)
        if held >= least or sum(map(numerals.looks_numeric, row)) > 1:
            break
        count += 1
    return count if count < min(len(rows), _FOREWORD) else 0


def _comment(path: Path, encoding: str) -> str:
    for texts, _ in records.read(path, encoding):
        said = ""
        for text in texts[:1000]:
            if records.counts(text):
                return said
            said = text.strip().lstrip("".join(records.COMMENT)).strip() or said
        return said
    return ""


def portions(found: Lines) -> Iterator[list[str]]:
    """The records that are neither empty nor a comment, many at a time. Raises DatasetError."""
    for texts, _ in records.read(found.path, found.encoding):
        yield [text for text in texts if records.counts(text)]


def _beyond(path: Path, encoding: str, sample: list[str]) -> Iterator[str]:
    """Some lines from places all over the rest of a file; none of UTF-16, whose lines have to be read in order."""
    size, longest = path.stat().st_size, max(map(len, sample))
    begin = sum(len(text.encode(errors="replace")) + 1 for text in sample)
    if (
        encoding.startswith("utf-16")
        or size < 2 * begin
        or records.take_several_lines(path, encoding)
        or longest * _PLACES * _LINES_THERE > 4 * _LOOKED_AT_CHARACTERS
    ):
        return
    with path.open("rb") as file:
        for place in range(_PLACES):
            file.seek(begin + (size - begin) * place // _PLACES)
            data = file.read(longest * (_LINES_THERE + 2) * 4).decode(encodings.CODECS[encoding], encodings.KEEP)
            # Neither the first, which is cut, nor the last.
            yield from [text for text in data.splitlines()[1:-1] if records.counts(text)][:_LINES_THERE]


# --- fields -----------------------------------------------------------------------------------------------------------


def split(text: str, delimiter: str | None) -> list[str]:
    """The fields of a line; none where it is no line that can be read."""
    if delimiter is None:
        if '"' in text:
            return [quoted or plain for quoted, plain in _QUOTED.findall(text)]
        return text.split() if text.isascii() else _SPACES.findall(text)
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:  # a field beyond csv's limit of 131,072 characters
        return []


def _score(sample: list[str], delimiter: str | None) -> float:
    """How well the delimiter explains the lines: those with two numbers count, and purer ones for more.

    Lines whose fields hold lists of numbers count for most, and for little those that have one number.
    """
    lines = [split(text[:_LOOKED_AT_FIRST], delimiter) for text in sample[:_SCORED]]
    width = max(map(len, lines), key=[len(fields) for fields in lines].count, default=0)
    score = 0.0
    for fields in lines:
        some = fields[:MANY]
        count = sum(map(numerals.looks_numeric, some)) * len(fields) / max(1, len(some))
        if delimiter is not None and 2 <= len(fields) <= _LISTS and any(map(numerals.is_list, fields)):
            score += 4
        elif count >= 2:
            # Neither numbers nor words have these in them, while commas and spaces are in both.
            score += 1 + count / len(fields) + (0.5 if len(fields) == width and delimiter in _RARE else 0)
        elif len(fields) == width > 1 and (count or delimiter is not None):
            score += 0.01 + count / len(fields) / 2
    return score
