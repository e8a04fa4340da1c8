"""MATLAB's files: those of version 5 through scipy, those of version 7.3, which are HDF5 inside, through h5py."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.data.files import foreign, hdf5

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ganstudio.data.files.container import Array, Header

TROUBLE = (OSError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, AttributeError, RuntimeError,
           NotImplementedError, AssertionError, struct.error, zlib.error)  # fmt: skip
"""What scipy was seen to raise on damaged files."""

_NUMBERS = {
    "double": "<f8", "single": "<f4", "logical": "|u1",
    **{f"{sign}int{8 * size}": f"<{kind}{size}" for sign, kind in (("u", "u"), ("", "i")) for size in (1, 2, 4, 8)},
}  # fmt: skip


def is_matlab(_path: Path, head: bytes) -> bool:
    """Whether a file that begins so is one of MATLAB's, of version 5 or later."""
    return head.startswith((b"MATLAB 5.0", b"MATLAB 7.3"))


def headers(path: Path) -> Mapping[str, Header]:
    """The arrays of numbers in the file. Raises DatasetError."""
    if _is_hdf5(path):
        return {name: (shape[::-1], dtype) for name, (shape, dtype) in hdf5.headers(path).items()}
    foreign.need("scipy", path, "a MATLAB file")
    found = foreign.told("scipy", "list_here", path)
    return {name: (tuple(shape), np.dtype(kind)) for name, shape, kind in found}


def read(path: Path, name: str) -> Array:
    """One of them, its axes in MATLAB's order. Raises DatasetError."""
    if _is_hdf5(path):
        return hdf5.read(path, name).T
    foreign.need("scipy", path, "a MATLAB file")
    return hdf5.received(foreign.ask("scipy", "read_here", path, name), path)


def _is_hdf5(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(10) == b"MATLAB 7.3"


# --- in the process that reads ----------------------------------------------------------------------------------------


def list_here(path: Path) -> Iterator[Any]:
    """Name, shape and type of each array of numbers."""
    from scipy.io import whosmat

    for name, shape, kind in whosmat(path):
        if kind in _NUMBERS:
            yield [name, [int(side) for side in shape], _NUMBERS[kind]]


def read_here(path: Path, name: str) -> Iterator[Any]:
    """Shape and type of one array, and then its bytes."""
    from scipy.io import loadmat

    values = np.asarray(loadmat(path, variable_names=[name], mat_dtype=False)[name])
    yield from hdf5.sent(values)
