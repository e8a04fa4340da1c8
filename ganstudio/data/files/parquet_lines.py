"""A Parquet file's rows as lines of CSV; all of this runs in the process that reads (see ``foreign``)."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAX_COLUMNS = 100_000
"""Columns of numbers; an image of 256 x 256 in colour has twice as many."""
SAMPLED = 100
"""Rows that tell what the columns of a table mean; some further on tell it as well."""
_FURTHER, _OF_EACH, _BATCH, _BATCHES = 8, 8_192, 4_000, 64
_INDEX = re.compile(r"__index_level_\d+__")
_MOST_TEXT = 2**20  # characters of lines that are passed on together


def sample_here(path: Path) -> Iterator[Any]:
    """The columns' names, the first SAMPLED rows and some from further on, as lines of CSV."""
    import pyarrow.parquet as pq

    names = _names(path)
    yield _line(names)
    with pq.ParquetFile(path) as file:
        for number, batch in enumerate(file.iter_batches(_OF_EACH, columns=names, use_threads=False)):
            if number == _BATCHES:
                return
            some = batch.slice(0, SAMPLED) if number == 0 else batch.slice(batch.num_rows // 2, _FURTHER)
            yield from _as_lines(some, names, set(names))


def lines_here(path: Path, *columns: str) -> Iterator[Any]:
    """All rows as lines of CSV, many at a time, in which only these columns, by their numbers, are filled."""
    import pyarrow.parquet as pq

    names = _names(path)
    wanted = {names[int(one)] for one in columns}
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH, columns=sorted(wanted) or names[:1], use_threads=False):
            yield from _portions(_as_lines(batch, names, wanted))


def _portions(found: Iterator[str]) -> Iterator[list[str]]:
    """The lines, as many together as a message holds."""
    held: list[str] = []
    size = 0
    for text in found:
        if held and size + len(text) > _MOST_TEXT:
            yield held
            held, size = [], 0
        held.append(text)
        size += len(text)
    if held:
        yield held


def _names(path: Path) -> list[str]:
    """The columns, without those that pandas made of an index."""
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    index = index_of(schema)
    return [name for name in schema.names if name not in index][:MAX_COLUMNS]


def _as_lines(batch: Any, names: list[str], wanted: set[str]) -> Iterator[str]:
    columns = [batch.column(name).to_pylist() if name in wanted else [None] * batch.num_rows for name in names]
    for row in zip(*columns, strict=True):
        yield _line(row)


def _line(row: Iterable[Any]) -> str:
    """A line of CSV, in which no field goes over two."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(
        ["" if one is None or isinstance(one, (dict, list, bytes)) else " ".join(str(one).split()) for one in row]
    )
    return text.getvalue()


def index_of(schema: Any) -> set[str]:
    """The columns that pandas made of its rows' index: they number the rows, or name them."""
    try:
        told = json.loads((schema.metadata or {})[b"pandas"])["index_columns"]
    except (KeyError, TypeError, ValueError, RecursionError):
        told = []
    kept = {name for name in told if isinstance(name, str)} if isinstance(told, list) else set()
    return kept | {name for name in schema.names if _INDEX.fullmatch(name)}
