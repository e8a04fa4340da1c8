"""Text files of numbers: how their lines are written, and the numbers of many lines at once."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.dataset import DatasetError
from ganstudio.data.files import archives
from ganstudio.data.labels import LABEL_NAMES
from ganstudio.data.watching import still_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAX_BYTES = 2**30
"""Some thirty million points, or half a million images of 28 x 28."""
MAX_LINE = 4_000_000
"""Characters of a line; an image of 256 x 256 in colour has fewer."""

MANY = 1_000
"""Fields of a line that are looked at one by one; a line may have a million."""

NAMES = {";": "semicolons", "\t": "tabs", ",": "commas", None: "spaces"}
_DELIMITERS = (";", "\t", ",", None)  # None: any white space. In a tie the earlier one wins
_LOOKED_AT = 100  # lines that tell how the file is written
_LOOKED_AT_CHARACTERS = 400_000  # and no more of them, as a line may have a hundred thousand numbers
_LOOKED_AT_FIRST = 20_000  # characters of a line that tell what parts its fields
_PORTION = 2**21


@dataclass(frozen=True, kw_only=True)
class Lines:
    """How a text file is written. sample: its first lines that are no comments; delimiter: None for white space."""

    path: Path
    encoding: str
    sample: list[str]
    delimiter: str | None

    @property
    def has_header(self) -> bool:
        """Whether the first line names a column of labels, or holds words where the next one holds numbers."""
        if any(field.strip().lower() in LABEL_NAMES for field in self.split(self.sample[0])[:MANY]):
            return True
        first, second = (len(numeric(self.split(text)[:MANY], self.delimiter)) for text in (*self.sample, "")[:2])
        return 2 * first < second or first == 0

    def split(self, text: str) -> list[str]:
        """The fields of a line."""
        return split(text, self.delimiter)


def is_text(head: bytes) -> bool:
    """Whether a file that begins so is text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return bool(head) and not any(byte < 32 and byte not in b"\t\n\r\f\v\x1b" for byte in head)


def look(path: Path) -> Lines:
    """Find out how a file is written. Raises DatasetError where it is empty, too long, or its lines are."""
    head = archives.read_head(path)
    if path.stat().st_size > MAX_BYTES:
        raise DatasetError(f'"{path.name}" is larger than {MAX_BYTES / 2**20:.0f} MB; save it as .npy instead')
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    sample: list[str] = []
    for _, text in islice(numbered(path, encoding), _LOOKED_AT):
        sample.append(text)
        if sum(map(len, sample)) > _LOOKED_AT_CHARACTERS and len(sample) > 1:
            break
    if not sample:
        raise DatasetError(f'"{path.name}" is empty; it should hold two columns of numbers')
    delimiter = max(_DELIMITERS, key=lambda one: _score(sample, one))
    return Lines(path=path, encoding=encoding, sample=sample, delimiter=delimiter)


def numbered(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """Lines that are neither empty nor a comment, with their numbers, counted from 1. Raises DatasetError."""
    number = 0
    for lines in _read(path, encoding):
        for text in lines:
            number += 1
            stripped = text.strip("\r\n")
            if _counts(stripped):
                yield number, stripped


def portions(found: Lines) -> Iterator[list[str]]:
    """The same lines without numbers, many at a time. Raises DatasetError."""
    for lines in _read(found.path, found.encoding):
        yield [text for text in lines if _counts(text)]


def _counts(text: str) -> bool:
    stripped = text.strip()
    return bool(stripped) and not stripped.startswith("#")


def _read(path: Path, encoding: str) -> Iterator[list[str]]:
    # What is no UTF-8 can only be in a header or a label: a number is the same in all of them.
    with path.open(encoding=encoding, errors="replace") as file:
        while True:
            try:
                lines = file.readlines(_PORTION)
            except UnicodeError as error:  # UTF-16 that ends in the middle of its mark
                raise DatasetError(f'"{path.name}" is damaged or cut short; save it again as UTF-8') from error
            if not lines:
                return
            still_wanted()
            if max(map(len, lines)) > MAX_LINE:
                raise DatasetError(
                    f'"{path.name}" has a line of more than {MAX_LINE:,} characters; points have two numbers a line, '
                    "and images a number for each pixel"
                )
            yield lines


# --- fields -----------------------------------------------------------------------------------------------------------


def split(text: str, delimiter: str | None) -> list[str]:
    """The fields of a line; none where it is no line that can be read."""
    if delimiter is None:
        return text.split()
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:  # a field beyond csv's limit of 131,072 characters
        return []


def number(field: str, delimiter: str | None) -> float | None:
    """What a field says, None where it is no number; unless commas part the fields, one may be a decimal comma."""
    if "_" in field:  # Python reads 1_000, no other program writes it
        return None
    try:
        return float(field if delimiter == "," else field.replace(",", "."))
    except ValueError:
        return None


def numeric(fields: list[str], delimiter: str | None) -> list[int]:
    """Which fields are numbers."""
    return [index for index, field in enumerate(fields) if number(field, delimiter) is not None]


def numbers(lines: list[str], delimiter: str | None, columns: Sequence[int], dtype: Any) -> npt.NDArray[Any]:
    """The numbers (lines, columns) of lines that hold nothing else there. Raises ValueError."""
    if delimiter != ",":
        lines = [text.replace(",", ".") for text in lines]
    values = np.loadtxt(lines, dtype, delimiter=delimiter, usecols=columns, ndmin=2, comments=None, quotechar='"')
    if len(values) != len(lines):
        raise ValueError("a line holds nothing")
    return values


def _score(sample: list[str], delimiter: str | None) -> float:
    """How well the delimiter explains the lines: those with two numbers count, and purer ones for more."""
    score = 0.0
    for text in sample:
        fields = split(text[:_LOOKED_AT_FIRST], delimiter)
        count = len(numeric(fields, delimiter))
        if count >= 2:
            score += 1 + count / len(fields)
    return score
