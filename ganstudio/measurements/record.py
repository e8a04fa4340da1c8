"""What was measured of a run, kept in one file: figures by name, and pictures beside them. numpy only."""

from __future__ import annotations

import io
import json
import math
import tokenize
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.system.files import read_bytes
from ganstudio.system.writing import write_out

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    Pictures = Mapping[str, npt.NDArray[np.uint8]]

_FIGURES = "figures"
MOST_ENTRIES = 1_000
MOST_BYTES = 1 << 30
"""Packed, and unpacked: far more than the pictures of the largest runs come to."""
_UNREADABLE = (
    OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, SyntaxError, tokenize.TokenError,
    MemoryError, OverflowError,
)  # fmt: skip


class RecordError(ValueError):
    """A file of measures that can't be read or written."""


@dataclass(frozen=True, eq=False)
class Record:
    """Figures as ``ganstudio measure --json`` prints them, and pictures (rows, n, h, w, c), uint8, by name.

    "nearest": a column for each sample: in row 0 the sample, below it the training images nearest by pixels, then those
    nearest in features, as many of each as ``nearest_count`` among the figures.
    "extremes_0", "extremes_1", ...: of each code a row for each end, in the order of ``codes_extremes`` among the
    figures, which says how many of its n images are there.
    """

    figures: Mapping[str, Any]
    pictures: Pictures = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all. Raises RecordError where it can't be written."""
        arrays: dict[str, Any] = dict(self.pictures)
        arrays[_FIGURES] = np.frombuffer(json.dumps(self.figures, allow_nan=False).encode(), np.uint8)
        packed = io.BytesIO()
        np.savez_compressed(packed, **arrays)
        try:
            write_out(path, packed.getbuffer())
        except OSError as error:
            raise RecordError(f"{path}: cannot be written: {error.strerror or error}") from error

    @classmethod
    def load(cls, path: Path) -> Record:
        """Read the file; no program in it is run. Raises RecordError where it is none of these."""
        try:
            with zipfile.ZipFile(io.BytesIO(read_bytes(path, MOST_BYTES))) as file:
                _check_size(file)
                arrays = {entry.filename.removesuffix(".npy"): _array(file, entry) for entry in file.infolist()}
            figures = json.loads(arrays.pop(_FIGURES).tobytes())
            if not isinstance(figures, dict):
                raise ValueError("its figures have no names")
        except KeyError:
            raise RecordError(f"{path}: not a file of measures: it holds no figures") from None
        except RecursionError:
            raise RecordError(f"{path}: not a file of measures: its figures are nested too deep") from None
        except _UNREADABLE as error:
            told = str(error).removeprefix(f"{path}: ") or "it is damaged"
            raise RecordError(f"{path}: not a file of measures: {told}") from error
        return cls(figures, arrays)


def _check_size(file: zipfile.ZipFile) -> None:
    """Raise ValueError where there is more in a file than is ever measured; nothing is unpacked for it."""
    entries = file.infolist()
    if len(entries) > MOST_ENTRIES:
        raise ValueError(f"it holds {len(entries):,} arrays, where there are at most {MOST_ENTRIES:,}")
    size = sum(entry.file_size for entry in entries)
    if size > MOST_BYTES:
        raise ValueError(f"it unpacks to {size:,} bytes, where there are at most {MOST_BYTES:,}")


def _array(file: zipfile.ZipFile, entry: zipfile.ZipInfo) -> npt.NDArray[np.uint8]:
    """The bytes, or pictures, of one entry. Raises ValueError, and whatever a damaged archive does."""
    content = io.BytesIO(file.read(entry))
    if np.lib.format.read_magic(content) != (1, 0):
        raise ValueError(f"{entry.filename}: no array as it is written here")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(content)
    has = entry.file_size - content.tell()
    if dtype != np.uint8 or by_columns or len(shape) not in (1, 5):
        raise ValueError(f"{entry.filename}: neither figures nor pictures")
    if min(shape) < 0 or math.prod(shape) != has:  # before memory is taken for as many as it tells of
        raise ValueError(f"{entry.filename}: its header tells of {math.prod(shape):,} bytes, and {has:,} are there")
    return np.frombuffer(content.read(), np.uint8).reshape(shape)
