"""The head of an ARFF file, as Weka writes it: what its columns are called, and which of them have a few set values."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.data.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator

_ATTRIBUTE = re.compile(r"""@attribute\s+('(?:[^'\\]|\\.)*'|"[^"]*"|[^\s{]+)\s*(.*)""", re.IGNORECASE)
_MOST = 100_000  # columns


@dataclass(frozen=True)
class Head:
    """names: of the columns. nominal: those whose values the file lists. length: how many records the head takes."""

    names: tuple[str, ...]
    nominal: frozenset[int]
    length: int


def begins(text: str) -> bool:
    """Whether the first record of a text is that of an ARFF file."""
    return text.lstrip("\ufeff").lower().startswith("@relation")


def head(name: str, records: Iterator[tuple[int, str]]) -> Head:
    """The head, from the record behind the first on; the data come next. Raises DatasetError."""
    names: list[str] = []
    nominal: set[int] = set()
    for count, (number, text) in enumerate(records, start=2):
        said = text.strip().lower()
        if said.startswith("@data"):
            return Head(tuple(names), frozenset(nominal), count)
        if not said.startswith("@attribute"):
            continue
        found = _ATTRIBUTE.fullmatch(text.strip())
        if found is None or len(names) == _MOST:
            raise DatasetError(f'"{name}": line {number} of its head is no attribute that can be read')
        if found[2].startswith("{"):
            nominal.add(len(names))
        names.append(found[1].strip("'\"").replace("\\", ""))
    raise DatasetError(f'"{name}" is an ARFF file without @data, and holds no lines')


def split(text: str, delimiter: str | None) -> list[str]:
    """The fields of a line, in which values of several words stand in single quotes."""
    if delimiter is None or "'" not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, quotechar="'", escapechar="\\", skipinitialspace=True), [])
    except csv.Error:
        return []
