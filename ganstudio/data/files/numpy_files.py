"""NumPy's own files: ``.npy`` with one array, ``.npz`` with several by name. Nothing pickled is read."""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.data.blocks import Blocks, FileRows
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import archives
from ganstudio.data.files.container import Array, Header, damaged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    SyntaxError,
    tokenize.TokenError,
    RuntimeError,
    MemoryError,
    OverflowError,
)
"""What NumPy raises for damaged files."""


def is_npy(_path: Path, head: bytes) -> bool:
    """Whether a file that begins so holds one array."""
    return head.startswith(b"\x93NUMPY")


def is_npz(path: Path, head: bytes) -> bool:
    """Whether the file is a zip archive of arrays and nothing else; one that is called so was packed from files."""
    if not archives.is_zip(head) or path.suffix.lower() == ".zip":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except UNREADABLE:
        return path.suffix.lower() == ".npz"  # reading it says what is wrong
    return (bool(names) or path.suffix.lower() == ".npz") and all(name.endswith(".npy") for name in names)


def npy_headers(path: Path) -> Mapping[str, Header]:
    """The one array, without a name. Raises DatasetError."""
    try:
        with path.open("rb") as file:
            header = _header(file)[:2]
            left = path.stat().st_size - file.tell()
    except UNREADABLE as error:
        raise damaged(path.name) from error
    if not header[1].hasobject and math.prod(header[0]) * header[1].itemsize > left:
        raise damaged(path.name)  # it claims more than there is: nothing is set aside for it
    return {"": header}


def read_npy(path: Path, _name: str) -> Array:
    """The one array, whole. Raises DatasetError."""
    try:
        values: Array = np.load(path, allow_pickle=False)
    except UNREADABLE as error:
        raise damaged(path.name) from error
    return values


def npy_rows(path: Path, _name: str) -> Blocks | None:
    """Its rows, where they lie one behind the other: not in Fortran's order."""
    try:
        with path.open("rb") as file:
            shape, dtype, by_columns = _header(file)
            offset = file.tell()
    except UNREADABLE as error:
        raise damaged(path.name) from error
    return None if by_columns and len(shape) > 1 else FileRows(path, dtype, offset, shape)


def npz_headers(path: Path) -> Mapping[str, Header]:
    """The arrays by name. Raises DatasetError."""
    headers = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                with archive.open(member) as file:
                    shape, dtype, _ = _header(file)
                    claimed = math.prod(shape) * dtype.itemsize
                    if not dtype.hasobject and claimed > member.file_size:
                        raise damaged(path.name)
                    headers[member.filename.removesuffix(".npy")] = (shape, dtype)
    except DatasetError:
        raise
    except UNREADABLE as error:
        raise damaged(path.name) from error
    return headers


def npz_rows(path: Path, name: str) -> Blocks | None:
    """The rows of one of its arrays, unpacked anew each time that they are gone through."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
            shape, dtype, by_columns = _header(file)
    except (KeyError, *UNREADABLE) as error:
        raise damaged(path.name) from error
    if by_columns and len(shape) > 1:
        return None
    return Blocks(shape, dtype, lambda rows: stream_npz(path, name, rows))


def read_npz(path: Path, name: str) -> Array:
    """One array of an .npz file. Raises DatasetError."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            values: Array = arrays[name]
    except KeyError:
        raise DatasetError(f'"{path.name}" holds no array "{name}"') from None
    except UNREADABLE as error:
        raise damaged(path.name) from error
    return values


def stream_npz(path: Path, name: str, count: int) -> Iterator[Array]:
    """One array of an .npz file, ``count`` samples at a time: it never is in memory whole. Raises DatasetError."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
            shape, dtype, by_columns = _header(file)
            if dtype.hasobject or by_columns:
                raise damaged(path.name)
            sample = math.prod(shape[1:]) * dtype.itemsize
            for first in range(0, shape[0], count):
                wanted = min(count, shape[0] - first)
                data = file.read(wanted * sample)
                if len(data) < wanted * sample:
                    raise damaged(path.name)
                yield np.frombuffer(data, dtype).reshape(wanted, *shape[1:])
    except DatasetError:
        raise
    except (KeyError, *UNREADABLE) as error:
        raise damaged(path.name) from error


def _header(file: Any) -> tuple[tuple[int, ...], np.dtype[Any], bool]:
    """Shape and type of an array, and whether it lies column by column, as Fortran has it."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, by_columns, dtype = read(file)
    if any(not 0 <= side < 2**48 for side in shape):
        raise ValueError(f"{shape} is no shape")
    return shape, dtype, by_columns
