"""Tables of either kind of file, as lines of text: a CSV file's own, and a Parquet file's as CSV would have them.

What a column means is told by the same rules for both (see ``columns``).
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from ganstudio.data.files import lines, loose, numerals, parquet, records
from ganstudio.data.files.lines import FOUND, Lines
from ganstudio.data.files.parquet_lines import SAMPLED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ganstudio.data.files.lines import Way


def is_table(path: Path, head: bytes) -> bool:
    """Whether a file that begins so is text, or a Parquet file of columns that go together to no array."""
    return not path.is_dir() and (lines.is_text(head) or parquet.is_table(path, head))


def look(path: Path, way: Way = FOUND) -> Lines:
    """How a table is written. Raises DatasetError as ``lines.look`` does, and where a Parquet file can't be read."""
    if not parquet.is_parquet(path, loose.read_head(path)):
        return lines.look(path, way)
    header, *rows = parquet.sample(path)
    sample, beyond = rows[:SAMPLED], rows[SAMPLED:]
    fields = (field for text in sample for field in lines.split(text, ",")[: lines.MANY])
    return Lines(
        path=path,
        encoding="utf-8",
        sample=[header, *sample],
        delimiter=",",
        numerals=numerals.find(fields, ",", way.decimal),
        beyond=tuple(beyond),
        way=lines.Way(header="yes", decimal=way.decimal, labels=way.labels),
        is_text=False,
    )


def portions(found: Lines, columns: Iterable[int]) -> Iterator[list[str]]:
    """The lines, the header among them, many at a time; only these columns need be filled. Raises DatasetError."""
    if found.is_text:
        yield from lines.portions(found)
        return
    yield found.sample[:1]
    yield from parquet.text_lines(found.path, columns)


def numbered(found: Lines, columns: Iterable[int]) -> Iterator[tuple[int, str]]:
    """The same lines with their numbers, counted from 1. Raises DatasetError."""
    if found.is_text:
        return records.numbered(found.path, found.encoding)
    return enumerate(chain.from_iterable(portions(found, columns)), start=1)
