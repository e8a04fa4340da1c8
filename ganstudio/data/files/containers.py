"""Files that hold arrays by name: what each kind is told by, what it holds, and reading one. A new kind is one row."""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data import limits
from ganstudio.data.blocks import Blocks, FileRows
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import archives, array_folder, cifar, hdf5, matlab, parquet, pixel_rows
from ganstudio.data.files.lines import FOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from ganstudio.data.errors import Undecided
    from ganstudio.data.files.lines import Way

Array = npt.NDArray[Any]
Header = tuple[tuple[int, ...], np.dtype[Any]]
"""Shape and type of an array."""

_UNREADABLE = (
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


@dataclass(frozen=True, kw_only=True)
class Container:
    """A kind of file. what: it is, and by what that is told, for people.

    fits: whether a path is of it, which is a folder, or a file that begins with some bytes.

    headers: the arrays by name, the name being empty where there is one without; read: one of them, whole. Both raise
    DatasetError. classes: what the numbers of its labels mean, where the file tells. stream: one of them, some rows at
    a time, where the file can be read so; None where it can't. is_matlab: whether arrays are as MATLAB's users lay them
    out. layout: of its samples, where the kind of file tells (see ``layouts``). notes: how it is taken apart, for
    people; question: what of that has to be chosen before. under: the same for a file that is read as was chosen.
    """

    what: str
    fits: Callable[[Path, bytes], bool]
    headers: Callable[[Path], Mapping[str, Header]]
    read: Callable[[Path, str], Array]
    classes: Callable[[Path], tuple[str, ...]] = lambda _path: ()
    stream: Callable[[Path, str], Blocks | None] = lambda _path, _name: None
    is_matlab: Callable[[Path], bool] = lambda _path: False
    layout: str | None = None
    notes: Callable[[Path, bool], tuple[str, ...]] = lambda _path, _has_classes: ()
    question: Callable[[Path], Undecided | None] = lambda _path: None
    under: Callable[[Way], Container] | None = None

    def blocks(self, path: Path, name: str, header: Header) -> Blocks:
        """One of the arrays, some rows at a time. Raises DatasetError where it must be read whole, and is too large."""
        found = self.stream(path, name)
        if found is None:
            check_room(f"{path.name}: {name}" if name else path.name, header)
            found = Blocks.of(self.read(path, name))
        if found.shape != header[0]:
            raise damaged(path.name)
        return found


def find(path: Path, way: Way = FOUND) -> Container | None:
    """What reads the arrays that lie at a path; None where it is no kind of file that holds any.

    way: what was chosen of how a text is read.
    """
    head = b"" if path.is_dir() else archives.read_head(path)
    found = next((one for one in CONTAINERS if one.fits(path, head)), None)
    return found if found is None or found.under is None else found.under(way)


def damaged(name: str) -> DatasetError:
    """What to say of a file that is not whole."""
    return DatasetError(f'"{name}" is damaged or cut short; save or fetch it again')


# --- NumPy's own files ------------------------------------------------------------------------------------------------


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
    except _UNREADABLE:
        return path.suffix.lower() == ".npz"  # reading it says what is wrong
    return (bool(names) or path.suffix.lower() == ".npz") and all(name.endswith(".npy") for name in names)


def _npy_headers(path: Path) -> Mapping[str, Header]:
    try:
        with path.open("rb") as file:
            header = _header(file)[:2]
            left = path.stat().st_size - file.tell()
    except _UNREADABLE as error:
        raise damaged(path.name) from error
    if not header[1].hasobject and math.prod(header[0]) * header[1].itemsize > left:
        raise damaged(path.name)  # it claims more than there is: nothing is set aside for it
    return {"": header}


def _npy(path: Path, _name: str) -> Array:
    try:
        values: Array = np.load(path, allow_pickle=False)
    except _UNREADABLE as error:
        raise damaged(path.name) from error
    return values


def _npy_rows(path: Path, _name: str) -> Blocks | None:
    """Its rows, where they lie one behind the other: not in Fortran's order."""
    try:
        with path.open("rb") as file:
            shape, dtype, by_columns = _header(file)
            offset = file.tell()
    except _UNREADABLE as error:
        raise damaged(path.name) from error
    return None if by_columns and len(shape) > 1 else FileRows(path, dtype, offset, shape)


def _npz_headers(path: Path) -> Mapping[str, Header]:
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
    except _UNREADABLE as error:
        raise damaged(path.name) from error
    return headers


def _npz_rows(path: Path, name: str) -> Blocks | None:
    """The rows of one of its arrays, unpacked anew each time that they are gone through."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
            shape, dtype, by_columns = _header(file)
    except (KeyError, *_UNREADABLE) as error:
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
    except _UNREADABLE as error:
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
    except (KeyError, *_UNREADABLE) as error:
        raise damaged(path.name) from error


def _header(file: Any) -> tuple[tuple[int, ...], np.dtype[Any], bool]:
    """Shape and type of an array, and whether it lies column by column, as Fortran has it."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, by_columns, dtype = read(file)
    if any(not 0 <= side < 2**48 for side in shape):
        raise ValueError(f"{shape} is no shape")
    return shape, dtype, by_columns


# --- the table --------------------------------------------------------------------------------------------------------


def check_room(name: str, header: Header) -> None:
    """Raise DatasetError where an array would take more memory than it may."""
    shape, dtype = header
    if math.prod(shape) * dtype.itemsize > limits.memory_bytes():
        raise DatasetError(
            f'"{name}" takes more than {limits.memory_bytes() / 1e9:g} GB of memory; save a part of it, or set '
            f"{limits.MEMORY} to more"
        )


@lru_cache(maxsize=16)  # so that what was read of one is known to be of the same
def _pixel_table(way: Way) -> Container:
    return Container(
        what="a table of pixels, as each line holds those of an image",
        fits=pixel_rows.is_pixel_rows,
        headers=lambda path: pixel_rows.headers(path, way),
        read=lambda path, name: pixel_rows.read(path, name, way),
        notes=lambda path, has_classes: pixel_rows.notes(path, way, has_classes),
        question=lambda path: pixel_rows.question(path, way),
    )


CONTAINERS: tuple[Container, ...] = (
    Container(
        what="an array, by what its header says of its shape",
        fits=is_npy,
        headers=_npy_headers,
        read=_npy,
        stream=_npy_rows,
    ),
    Container(
        what="arrays, by what their headers say of their shapes",
        fits=is_npz,
        headers=_npz_headers,
        read=read_npz,
        stream=_npz_rows,
    ),
    Container(
        what="CIFAR's binary version, by its names and its records",
        fits=cifar.is_cifar,
        headers=cifar.headers,
        read=cifar.read,
        classes=cifar.classes,
        layout="n,c,h,w",
    ),
    Container(
        what="a MATLAB file, by what it begins with",
        fits=matlab.is_matlab,
        headers=matlab.headers,
        read=matlab.read,
        is_matlab=lambda _path: True,
    ),
    Container(what="an HDF5 file, by what it begins with", fits=hdf5.is_hdf5, headers=hdf5.headers, read=hdf5.read),
    Container(
        what="a Parquet file, by what it begins with",
        fits=parquet.is_parquet,
        headers=parquet.headers,
        read=parquet.read,
    ),
    Container(
        what="a folder of files of arrays, by what they begin with",
        fits=array_folder.is_array_folder,
        headers=array_folder.headers,
        read=array_folder.read,
        is_matlab=array_folder.is_matlab,
    ),
    replace(_pixel_table(FOUND), under=_pixel_table),
)
"""Every kind of file that holds arrays. The first that fits is taken."""
