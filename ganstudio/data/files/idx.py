"""IDX files, the format that MNIST, its sisters and EMNIST come in, compressed with gzip or not.

A header of big-endian numbers: two zeros, the type of a value, the number of dimensions, their sizes; then the values.
Source: http://yann.lecun.com/exdb/mnist/, "the IDX file format".
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data import limits
from ganstudio.data.blocks import FileRows
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import loose

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"
_PORTION = 2**22
_DAMAGE = (zlib.error, EOFError, OSError)

Header = tuple[tuple[int, ...], np.dtype[Any]]


def is_idx(path: Path, head: bytes) -> bool:
    """Whether the file, which begins with ``head``, is an IDX file, compressed or not."""
    if head.startswith(_GZIP):
        try:
            with gzip.open(path) as file:
                head = file.read(4)
        except _DAMAGE:
            return False
    return len(head) >= 4 and head[:2] == b"\0\0" and head[2] in _TYPES and 1 <= head[3] <= 4


def header(path: Path) -> Header:
    """Shape and type, checked against each other but not yet against what follows. Raises DatasetError."""
    head = loose.read_head(path)
    if not is_idx(path, head):
        raise DatasetError(f'"{path.name}" is no IDX file, or is damaged; fetch it again')
    with _opened(path) as file:
        start = file.read(4)
        sizes = file.read(4 * start[3])
        if len(sizes) < 4 * start[3]:
            raise _cut_short(path)
    shape = struct.unpack(f">{start[3]}I", sizes)
    dtype = np.dtype(_TYPES[start[2]])
    if 0 in shape:
        raise DatasetError(f'"{path.name}" is empty: its shape is {shape}')
    if math.prod(shape) * dtype.itemsize > limits.memory_bytes() and not is_plain(path, shape, dtype):
        limit = limits.memory_bytes() / 1e9
        raise DatasetError(f'"{path.name}" claims to hold {shape} values, more than {limit:g} GB; it may be damaged')
    return shape, dtype


def rows(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> FileRows:
    """What follows the header of a file that is not compressed."""
    return FileRows(path, dtype, 4 + 4 * len(shape), shape)


def unpacked(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """What follows the header of a compressed file; never more than that, whose claim is bounded, and one byte."""
    wanted, start = math.prod(shape) * dtype.itemsize, 4 + 4 * len(shape)
    data = bytearray()
    with _opened(path) as file:
        file.read(start)
        while len(data) <= wanted and (part := file.read(min(_PORTION, wanted + 1 - len(data)))):
            data += part  # not at once: the room would be set aside before anything is there to fill it
    if len(data) < wanted:
        raise _cut_short(path)
    if len(data) > wanted:
        raise DatasetError(f'"{path.name}" holds more than the {shape} values of its header; fetch it again')
    values: npt.NDArray[Any] = np.frombuffer(data, dtype).reshape(shape)
    return values


def is_plain(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> bool:
    """Whether the file is not compressed, and as long as its header says."""
    whole = 4 + 4 * len(shape) + math.prod(shape) * dtype.itemsize
    return loose.read_head(path, 2) != _GZIP and path.stat().st_size == whole


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO | gzip.GzipFile]:
    packed = loose.read_head(path, 2) == _GZIP
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            yield file
    except _DAMAGE as error:
        raise _cut_short(path) from error


def _cut_short(path: Path) -> DatasetError:
    return DatasetError(f'"{path.name}" is damaged or cut short: it holds less than its header says; fetch it again')
