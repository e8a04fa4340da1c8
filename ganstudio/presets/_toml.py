"""TOML from anybody: what would take the standard library's reader hours or gigabytes is refused in words."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES = 500_000
"""Bytes of an experiment; the largest, of a drawing or a thousand components, take less than a hundred thousand."""
_MOST_PARTS = 32
# Each alternative takes all that it has looked at, closed or not, so that the time grows with the length alone.
_STRINGS_AND_COMMENTS = re.compile(
    r'''"""(?:\\.?|[^\\])*?(?:"{3,5}|\Z)|\'{3}.*?(?:\'{3,5}|\Z)|"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?|\#[^\n]*''',
    re.DOTALL,
)
_LONG_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{_MOST_PARTS}}}")
_LONG_NUMBER = re.compile(r"0[xob][0-9A-Fa-f_]{101}")
_PLAIN_HEADER = re.compile(r"\[([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\][ \t]*(?:\n|\Z)")
_KEPT_SECTIONS, _KEPT_LENGTH = 512, 4_096


def parsed(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises ValueError, which says what is wrong with it."""
    # The reader's memory grows with the square of a key's parts: 400 kB of "a.a.a" took 23 GB.
    bare = _STRINGS_AND_COMMENTS.sub("s", text)
    if _LONG_KEY.search(bare):
        raise ValueError(f"not valid TOML here: a key has more than {_MOST_PARTS} parts")
    # Python reads such a number and then refuses to show it.
    if _LONG_NUMBER.search(bare):
        raise ValueError("not valid TOML here: a number has more than 100 digits")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("not valid TOML here: lists or tables are nested too deep") from None
    except ValueError as error:  # tomllib's own, and that of a number with thousands of digits
        raise ValueError(f"not valid TOML: {error}") from None


def skimmed(text: str) -> Mapping[str, Any]:
    """The same as ``parsed``, to be looked at only: most experiments share most of their sections, letter by letter.

    A section that was read a moment ago is not read again, and its values are shared. Whatever is not plainly a row of
    different tables is left to ``parsed``. Raises ValueError.
    """
    # A section that is whole by itself ends where the next begins: no string or list reaches over the line between.
    first, *rest = text.replace("\r\n", "\n").split("\n[")
    sections = [_section(first), *(_section(f"[{part}") for part in rest)]
    tables = {section.path: section.values for section in sections if section is not None}
    if len(tables) < len(sections) or any(_is_taken(path, tables) for path in tables):
        return parsed(text)
    found: dict[str, Any] = {}
    for path, values in tables.items():
        table = found
        for part in path:
            table = table.setdefault(part, {})
        table.update(values)
    return found


class _Section(NamedTuple):
    """One table: the parts of its name, none for what stands before the first header; its values."""

    path: tuple[str, ...]
    values: Mapping[str, Any]


def _section(text: str) -> _Section | None:
    """None where it is not a plain table by itself."""
    return _kept_section(text) if len(text) <= _KEPT_LENGTH else _read_section(text)


def _read_section(text: str) -> _Section | None:
    header = _PLAIN_HEADER.match(text)
    if header is None and text.startswith("["):
        return None
    path = tuple(header[1].split(".")) if header else ()
    try:
        values = parsed(text)
    except ValueError:
        return None
    for part in path:
        if len(values) != 1:  # an indented header follows
            return None
        values = values[part]
    return _Section(path, values)


_kept_section = lru_cache(_KEPT_SECTIONS)(_read_section)


def _is_taken(path: tuple[str, ...], tables: Mapping[tuple[str, ...], Mapping[str, Any]]) -> bool:
    """Whether another table has a value where this one stands, or on the way to it."""
    return any(path[size] in tables.get(path[:size], ()) for size in range(len(path)))
