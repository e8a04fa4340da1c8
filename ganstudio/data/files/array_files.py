"""Files that hold arrays by name: what each kind is told by, what it holds, and reading one. A new kind is one row."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from ganstudio.data.files import cifar, hdf5, loose, matlab, numpy_files, parquet, pixel_rows
from ganstudio.data.files.container import Container
from ganstudio.data.files.lines import FOUND

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.data.files.lines import Way


def find_known(path: Path, way: Way = FOUND) -> Container | None:
    """What reads the arrays of a file, or of a folder that is a kind by itself, as CIFAR's is; None: there is none.

    way: what was chosen of how a text is read.
    """
    head = b"" if path.is_dir() else loose.read_head(path)
    found = next((one for one in ARRAY_FILES if one.fits(path, head)), None)
    return found if found is None or found.under is None else found.under(way)


@lru_cache(maxsize=16)  # so that what was read of one is known to be of the same
def _pixel_table(way: Way) -> Container:
    return Container(
        what="a table of pixels, as each line holds those of an image",
        fits=pixel_rows.is_pixel_rows,
        headers=lambda path: pixel_rows.headers(path, way),
        read=lambda path, name: pixel_rows.read(path, name, way),
        notes=lambda path, has_classes: pixel_rows.notes(path, way, has_classes),
        question=lambda path: pixel_rows.question(path, way),
        aside=lambda path: pixel_rows.aside(path, way),
    )


ARRAY_FILES: tuple[Container, ...] = (
    Container(
        what="an array, by what its header says of its shape",
        fits=numpy_files.is_npy,
        headers=numpy_files.npy_headers,
        read=numpy_files.read_npy,
        stream=numpy_files.npy_rows,
    ),
    Container(
        what="arrays, by what their headers say of their shapes",
        fits=numpy_files.is_npz,
        headers=numpy_files.npz_headers,
        read=numpy_files.read_npz,
        stream=numpy_files.npz_rows,
    ),
    Container(
        what="CIFAR's binary version, by its names and its records",
        fits=cifar.is_cifar,
        headers=cifar.headers,
        read=cifar.read_all,
        classes=cifar.classes,
        aside=cifar.aside,
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
        fits=parquet.holds_arrays,
        headers=parquet.headers,
        read=parquet.read,
    ),
    replace(_pixel_table(FOUND), under=_pixel_table),
)
"""Every kind of file that holds arrays, but a folder of several. The first that fits is taken."""
