"""HDF5 files, through h5py."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.data import limits
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import foreign

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ganstudio.data.files.container import Array, Header

TROUBLE = (OSError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, AttributeError, EOFError)
"""What h5py was seen to raise on damaged files."""

MAX_ARRAYS = 1_000
"""Arrays in one file that are looked at; more are a database of samples rather than arrays of them."""
_AT_ONCE = 2**24  # bytes that are read and passed on


def is_hdf5(_path: Path, head: bytes) -> bool:
    """Whether a file that begins so is an HDF5 file."""
    return head.startswith(b"\x89HDF\r\n\x1a\n")


def headers(path: Path) -> Mapping[str, Header]:
    """The arrays of numbers in the file, by their path inside. Raises DatasetError."""
    foreign.need("h5py", path, "an HDF5 file")
    return {name: (tuple(shape), np.dtype(kind)) for name, shape, kind in foreign.told("h5py", "list_here", path)}


def read(path: Path, name: str) -> Array:
    """One of them. Raises DatasetError."""
    foreign.need("h5py", path, "an HDF5 file")
    return received(foreign.ask("h5py", "read_here", path, name), path)


def received(parts: Iterable[Any], path: Path) -> Array:
    """The array that was ``sent``. Raises DatasetError where it is not whole, or too large."""
    stream = iter(parts)
    shape, kind = next(stream)
    dtype = np.dtype(kind)
    if not all(isinstance(side, int) and side >= 0 for side in shape) or dtype.hasobject:
        raise DatasetError(f'"{path.name}" is damaged; save or fetch it again')
    wanted = math.prod(shape) * dtype.itemsize
    if wanted > limits.memory_bytes():
        raise DatasetError(f'"{path.name}" takes more than {limits.memory_bytes() / 1e9:g} GB of memory')
    values: Array = np.empty(shape, dtype)
    room = values.reshape(-1).view(np.uint8) if wanted else np.empty(0, np.uint8)
    done = 0
    for part in stream:
        if done + len(part) > wanted:
            break
        room[done : done + len(part)] = np.frombuffer(part, np.uint8)
        done += len(part)
    if done != wanted:
        raise DatasetError(f'"{path.name}" is damaged or cut short; save or fetch it again')
    return values


# --- in the process that reads ----------------------------------------------------------------------------------------


def list_here(path: Path) -> Iterator[Any]:
    """Name, shape and type of each array of numbers that lies in the file itself."""
    import h5py

    found: list[Any] = []

    def look(name: str, what: Any) -> bool | None:
        # What is kept in other files is left there: a file that was dropped has no business with them.
        plain = isinstance(what, h5py.Dataset) and not what.is_virtual and not what.external
        if plain and what.dtype.kind in "fiub" and what.shape:
            found.append([name, [int(side) for side in what.shape], what.dtype.str])
        return True if len(found) >= MAX_ARRAYS else None

    with h5py.File(path, "r") as file:
        file.visititems(look)
    yield from found


def read_here(path: Path, name: str) -> Iterator[Any]:
    """Shape and type of one array, and then its bytes."""
    import h5py

    with h5py.File(path, "r") as file:
        values = file[name]
        if math.prod(values.shape) * values.dtype.itemsize > limits.memory_bytes():
            raise MemoryError
        rows = _rows_at_once(values.shape, values.dtype)
        blocks = (values[first : first + rows] for first in range(0, values.shape[0], rows))
        yield from sent_in_blocks(values.shape, values.dtype, blocks)


def sent(values: Array) -> Iterator[Any]:
    """Shape and type of an array, and then its bytes."""
    rows = _rows_at_once(values.shape, values.dtype)
    blocks = (values[first : first + rows] for first in range(0, len(values), rows))
    yield from sent_in_blocks(values.shape, values.dtype, blocks if values.ndim else [values])


def _rows_at_once(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    return max(1, _AT_ONCE // max(1, math.prod(shape[1:]) * dtype.itemsize))


def sent_in_blocks(shape: tuple[int, ...], dtype: np.dtype[Any], blocks: Iterable[Array]) -> Iterator[Any]:
    """The same of an array that comes some rows at a time, so that it need not be in this process whole as well."""
    if dtype.kind not in "fiubU":
        raise DatasetError(f"it holds {dtype}, not plain numbers")
    yield [[int(side) for side in shape], dtype.str]
    for block in blocks:
        if block.size:
            yield np.ascontiguousarray(block, dtype).reshape(-1).view(np.uint8).data
