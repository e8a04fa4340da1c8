"""The origin in a file that somebody hands us, if it has one. Nothing of the file is decoded, run or followed."""

from __future__ import annotations

import json
import os
import struct
from typing import TYPE_CHECKING

from ganstudio.origins.origin import KEY, MOST_BYTES, OPENING, Origin, OriginError, parsed
from ganstudio.system.files import FileFault, check_regular

if TYPE_CHECKING:
    from pathlib import Path

_PART = 2 * MOST_BYTES
"""Bytes at a file's beginning and at its end that are looked at."""
_MOST_FILE = 1 << 40
_MOST_HEADER = 16 << 20
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF", b"\x1aE\xdf\xa3")
_ENDINGS = (".svg", ".npz", ".pt2", ".onnx", ".py")
"""Of files whose first bytes don't tell what they are."""


def read_origin(path: Path) -> Origin | None:
    """What a file says of itself; None where it is no file that could, or says nothing that could be right."""
    suffix = path.suffix.lower()
    try:
        if path.is_dir():
            return None
        size = check_regular(path, _MOST_FILE)
        with path.open("rb") as file:
            head = file.read(_PART)
            if suffix == ".safetensors":
                return _of_header(head + file.read(_MOST_HEADER))
            if not (head.startswith(_BEGINNINGS) or head[4:8] == b"ftyp" or suffix in _ENDINGS):
                return None
            tail = b""
            if size > len(head):
                file.seek(max(len(head), size - _PART), os.SEEK_SET)
                tail = file.read(_PART)
    except (OSError, FileFault):
        return None
    return _found(tail) or _found(head)


def _found(data: bytes) -> Origin | None:
    """The last that is said, as what is added to a file stands behind."""
    place = len(data)
    for _ in range(4):  # what looks like one may stand in the pixels, too
        place = data.rfind(OPENING.encode(), 0, place)
        if place < 0:
            return None
        try:
            return parsed(data[place : place + MOST_BYTES].decode("ascii", "replace"))
        except OriginError:
            continue
    return None


def _of_header(data: bytes) -> Origin | None:
    if len(data) < 8:
        return None
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(_MOST_HEADER, len(data) - 8):
        return None
    try:
        return parsed(json.loads(data[8 : 8 + length])["__metadata__"][KEY])
    except (ValueError, LookupError, TypeError, RecursionError):  # an OriginError is a ValueError
        return None
