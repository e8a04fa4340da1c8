"""What was measured of a run, kept in one file: figures by name, and pictures beside them. numpy only."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.run import write_aside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    Pictures = Mapping[str, npt.NDArray[np.uint8]]

SUFFIX = ".npz"
_FIGURES = "figures"


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
            write_aside(path, packed.getbuffer())
        except OSError as error:
            raise RecordError(f"{path}: cannot be written: {error.strerror or error}") from error

    @classmethod
    def load(cls, path: Path) -> Record:
        """Read the file; no program in it is run. Raises RecordError where it is none of these."""
        try:
            # Opened here, since numpy leaves a file open that turns out to be none of its own.
            with path.open("rb") as raw, zipfile.ZipFile(raw):
                raw.seek(0)
                with np.load(raw, allow_pickle=False) as file:
                    arrays = {name: file[name] for name in file.files}
            figures = json.loads(arrays.pop(_FIGURES).tobytes())
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise RecordError(f"{path}: not a file of measures: {error}") from error
        return cls(figures, arrays)
