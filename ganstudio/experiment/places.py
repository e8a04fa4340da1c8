"""Paths as texts that can be written down: in TOML and JSON, on a card, in a window."""

from __future__ import annotations

import os
import re
from pathlib import Path

_ESCAPED = re.compile(r"\\x([89a-f][0-9a-f])")


def text_of(path: Path | str) -> str:
    r"""A path, or words with one in them, as a text that every program can read.

    On Linux a name may hold any bytes. Python keeps those that are no UTF-8 as lone surrogates, which can't be written
    anywhere: here they are escaped, as in ``caf\xe9``.
    """
    return "".join(f"\\x{ord(one) - 0xDC00:02x}" if "\udc80" <= one <= "\udcff" else one for one in str(path))


def place_of(text: str) -> Path:
    """The path that such a text stands for; ~ is the home folder. A file that is called so itself comes first."""
    path = Path(text).expanduser()
    if os.name == "nt" or not _ESCAPED.search(text) or os.path.lexists(path):
        return path
    meant = Path(_ESCAPED.sub(lambda found: chr(0xDC00 + int(found[1], 16)), str(path)))
    return meant if os.path.lexists(meant) else path
