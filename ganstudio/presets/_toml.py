"""TOML from anybody: what would take the standard library's reader hours or gigabytes is refused in words."""

from __future__ import annotations

import re
import tomllib
from typing import Any

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
