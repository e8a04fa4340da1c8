"""The one door through which files of a run are read: regular ones, of a bounded size, every fault a RunError in words.

A run may be anybody's, or have been damaged since: a file of it may be a pipe, endless, nested deep or no text at all.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from ganstudio.presets import ExperimentError, read_table, skim_table
from ganstudio.run._lock import RunError
from ganstudio.system.files import FileFault, FileMissing, check_regular, read_bytes, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

MOST_JSON = 1 << 20
MOST_CHANGES = 8 << 20
MOST_ARRAY = 64 << 20
MOST_PICTURE = 32 << 20
MOST_METRICS = 8 << 30
"""Bytes that each kind of file may have: some ten times what the largest runs come to."""

# Just what numpy.save writes of our samples: nothing in it is evaluated.
_ARRAY = re.compile(
    rb"\{'descr': '([<|][fiu][1248])', 'fortran_order': (True|False), "
    rb"'shape': \(((?:\d{1,10}, ?)*(?:\d{1,10},?)?)\),? \}"
)
_MOST_AXES = 8
_ARRAY_HEAD = 10  # bytes of the magic, the version 1.0 and the header's length


def table(path: Path) -> dict[str, Any]:
    """The plain tables of a TOML file. Raises RunError."""
    try:
        return read_table(path)
    except ExperimentError as error:
        raise RunError(str(error)) from None


def skimmed_table(path: Path) -> Mapping[str, Any]:
    """As ``table``, of one of many runs that are looked at: what it holds is not to be changed. Raises RunError."""
    try:
        return skim_table(path)
    except ExperimentError as error:
        raise RunError(str(error)) from None


def json_object(path: Path) -> dict[str, Any] | None:
    """The object in a JSON file; None where there is no such file. Raises RunError."""
    try:
        found = plain_json(read_text(path, MOST_JSON))
    except FileMissing:
        return None
    except FileFault as error:
        raise RunError(str(error)) from None
    except ValueError as error:
        raise RunError(f"{path}: not valid JSON: {error}") from None
    if not isinstance(found, dict):
        raise RunError(f"{path}: holds no JSON object")
    return found


def plain_json(text: str) -> Any:
    """What a JSON text says. Raises ValueError; also for numbers that are not finite, and for what is nested deep."""
    try:
        found = json.loads(text)
        json.dumps(found, allow_nan=False)  # 1e999 reads as infinity
    except RecursionError:
        raise ValueError("nested too deep") from None
    return found


def lines(path: Path) -> list[bytes] | None:
    """The lines of a file of changes, the last one empty unless it was cut short; None where there is no such file.

    Raises RunError.
    """
    try:
        # Split at "\n" alone: JSON may hold other line separators.
        return read_bytes(path, MOST_CHANGES).split(b"\n")
    except FileMissing:
        return None
    except FileFault as error:
        raise RunError(str(error)) from None


def array(path: Path) -> npt.NDArray[Any]:
    """The numbers in a file that ``numpy.save`` wrote; its header is held against the file's size before. RunError."""
    import numpy as np  # not before the window, which lists runs, is painted

    content = _content(path, MOST_ARRAY)
    length = int.from_bytes(content[8:_ARRAY_HEAD], "little")
    found = _ARRAY.fullmatch(content[_ARRAY_HEAD : _ARRAY_HEAD + length].strip())
    if content[:8] != b"\x93NUMPY\x01\x00" or found is None:
        raise RunError(f"{path}: not an array of numbers as NumPy keeps it")
    kind, columnwise, sizes = found.groups()
    try:
        dtype: np.dtype[Any] = np.dtype(kind.decode())
    except TypeError:
        raise RunError(f"{path}: not an array of numbers as NumPy keeps it") from None
    shape = tuple(int(size) for size in re.findall(rb"\d+", sizes))
    claimed, has = math.prod(shape) * dtype.itemsize, len(content) - _ARRAY_HEAD - length
    if claimed != has or len(shape) > _MOST_AXES:
        raise RunError(f"{path}: damaged: its header tells of {claimed:,} bytes, and {has:,} are there")
    values = np.frombuffer(content, dtype, offset=_ARRAY_HEAD + length)
    return values.reshape(shape, order="F" if columnwise == b"True" else "C")


def picture(path: Path) -> bytes:
    """The bytes of a picture, not looked into. Raises RunError."""
    return _content(path, MOST_PICTURE)


def check_database(path: Path) -> bool:
    """Whether a database's file is there; it and SQLite's files next to it are only looked at.

    They are not opened: closing a descriptor would drop the locks that this process has on them.
    Raises RunError where one of them is no regular file, or too large.
    """
    there = False
    for name in (path.name, *(path.name + ending for ending in ("-wal", "-shm", "-journal"))):
        try:
            check_regular(path.with_name(name), MOST_METRICS)
            there = there or name == path.name
        except FileMissing:
            continue
        except FileFault as error:
            raise RunError(str(error)) from None
    return there


def _content(path: Path, limit: int) -> bytes:
    try:
        return read_bytes(path, limit)
    except FileFault as error:
        raise RunError(str(error)) from None
