"""The records of a text file: its lines, a few of which go together where a field in quotes holds several of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import encodings
from ganstudio.data.watching import still_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_LINE = 4_000_000
"""Characters of a record; an image of 256 x 256 in colour has fewer."""

COMMENT = ("#", "%")
_PORTION = 2**21
_MOST = 4_096  # lines that a quoted field may take: an image's rows
_ENDS = (",", ";", "\t", "|")  # of a field
_CLOSES = re.compile(r'[^"]*"\s*(?:$|[,;\t|])')


def read(path: Path, encoding: str) -> Iterator[tuple[list[str], dict[int, int]]]:
    """The records, many at a time, and how many lines those of them take that take several. Raises DatasetError."""
    errors = "replace" if encoding.startswith("utf-16") else encodings.KEEP
    with path.open(encoding=encodings.CODECS[encoding], errors=errors) as file:
        begun: list[str] = []  # lines of a field that has not ended
        while True:
            try:
                lines = file.readlines(_PORTION)
            except UnicodeError as error:  # UTF-16 that ends in the middle of its mark
                raise DatasetError(f'"{path.name}" is damaged or cut short; save it again as UTF-8') from error
            if not lines:
                if begun:
                    yield begun, {}
                return
            still_wanted()
            if max(map(len, lines)) > MAX_LINE:
                raise DatasetError(
                    f'"{path.name}" has a line of more than {MAX_LINE:,} characters; points have two numbers a line, '
                    "and images a number for each pixel"
                )
            if begun or '"' in "".join(lines):
                whole, several, begun = _joined([*begun, *lines])
                yield whole, several
            else:
                yield lines, {}


def numbered(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """Records that are neither empty nor a comment, with their first line, counted from 1. Raises DatasetError."""
    number = 0
    for texts, several in read(path, encoding):
        for index, text in enumerate(texts):
            number += 1
            stripped = text.strip()
            if stripped and stripped[0] not in COMMENT:  # as in counts: a call for each line is dear
                yield number, text.strip("\r\n")
            if several:
                number += several.get(index, 1) - 1


def counts(text: str) -> bool:
    """Whether a record is neither empty nor a comment."""
    stripped = text.strip()
    return bool(stripped) and not stripped.startswith(COMMENT)


def take_several_lines(path: Path, encoding: str) -> bool:
    """Whether any of the first records takes several lines. Raises DatasetError."""
    return any(several for _, several in _first(path, encoding))


def _first(path: Path, encoding: str) -> Iterator[tuple[list[str], dict[int, int]]]:
    for found in read(path, encoding):
        yield found
        return


def _joined(lines: list[str]) -> tuple[list[str], dict[int, int], list[str]]:
    """Lines with those put together that a quoted field goes through; and those of one that has not ended yet."""
    whole: list[str] = []
    several: dict[int, int] = {}
    index = 0
    while index < len(lines):
        end = _end(lines, index)
        if end > len(lines):
            return whole, several, lines[index:]
        if end > index + 1:
            several[len(whole)] = end - index
            whole.append(" ".join(text.strip("\r\n") for text in lines[index:end]) + "\n")
        else:
            whole.append(lines[index])
        index = end
    return whole, several, []


def _opens(text: str) -> bool:
    """Whether a field begins with a line's last quote, and so does not end in it."""
    before = text.rpartition('"')[0]
    written = before.rstrip()  # not by an expression, which would try each of many tabs anew
    return not written or written.endswith(_ENDS) or "\t" in before[len(written) :]


def _end(lines: list[str], index: int) -> int:
    """Behind the last line of the record that begins there; beyond all lines: it has not ended yet.

    A quote that stands alone, such as that of inches, goes through no line: between the lines of a field there is no
    other, and the one that ends it stands before the sign between fields.
    """
    text = lines[index]
    if text.count('"') % 2 == 0 or not _opens(text):
        return index + 1
    at, length = index + 1, len(text)
    while True:
        if at == len(lines):
            return len(lines) + 1 if at - index < _MOST else index + 1
        text, length = lines[at], length + len(lines[at])
        if at - index >= _MOST or length > MAX_LINE:
            return index + 1
        if '"' in text:
            if not _CLOSES.match(text.rstrip("\r\n")):
                return index + 1
            rest = text.partition('"')[2].rstrip("\r\n")
            if rest.count('"') % 2 == 0:
                return at + 1
            if not _opens(rest):
                return index + 1
        at += 1
