"""What a path is that somebody dropped: told by its content, as names lie."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.data import archives, arrays, idx, images, picture_density, pictures
from ganstudio.data.dataset import Dataset, DatasetError
from ganstudio.data.table import build_table
from ganstudio.experiment import ArraySpec, DatasetSpec, DensitySpec, IdxSpec, ImagesSpec, TableSpec

if TYPE_CHECKING:
    from ganstudio.data.images import Progress

WELCOME = "a folder, zip or tar archive of images, an image, a .npy, .npz or IDX array, or a CSV of points"

_Opened = tuple[DatasetSpec, Dataset]

# What a file begins with that is none of these, at which offset, and what to do about it.
_FOREIGN: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftypheic", "is a HEIC photograph, which can't be read here; save it as JPEG or PNG"),
    (4, b"ftypheix", "is a HEIC photograph, which can't be read here; save it as JPEG or PNG"),
    (4, b"ftypmif1", "is a HEIF photograph, which can't be read here; save it as JPEG or PNG"),
    (4, b"ftypM4A", "is a sound file, and images or points are trained on"),
    (4, b"ftyp", "is a video; save its frames as images in a folder"),
    (4, b"moov", "is a video; save its frames as images in a folder"),
    (0, b"\x1aE\xdf\xa3", "is a video; save its frames as images in a folder"),
    (0, b"\x00\x00\x01\xba", "is a video; save its frames as images in a folder"),
    (0, b"FLV", "is a video; save its frames as images in a folder"),
    (8, b"AVI ", "is a video; save its frames as images in a folder"),
    (8, b"WAVE", "is a sound file, and images or points are trained on"),
    (0, b"ID3", "is a sound file, and images or points are trained on"),
    (0, b"\xff\xfb", "is a sound file, and images or points are trained on"),
    (0, b"fLaC", "is a sound file, and images or points are trained on"),
    (0, b"OggS", "is a sound file or video, and images or points are trained on"),
    (0, b"MThd", "is a MIDI file, and images or points are trained on"),
    (0, b"%PDF", "is a PDF document; save its pictures as images in a folder"),
    (0, b"7z\xbc\xaf\x27\x1c", "is a 7z archive; unpack it and drop the folder, or pack it as zip"),
    (0, b"Rar!", "is a RAR archive; unpack it and drop the folder, or pack it as zip"),
    (0, b"\x28\xb5\x2f\xfd", "is compressed with zstd; unpack it first, or pack it as zip"),
    (0, b"\x89HDF", "is an HDF5 file; save its array with numpy.save"),
    (0, b"MATLAB", "is a MATLAB file; save its array with numpy.save"),
    (0, b"PAR1", "is a Parquet file; save its columns as CSV"),
    (0, b"SQLite format 3", "is a database; save its columns as CSV"),
    (0, b"\x80\x02", "is a Python pickle, which is not loaded as it can run any code; save the array with numpy.save"),
    (0, b"\x80\x03", "is a Python pickle, which is not loaded as it can run any code; save the array with numpy.save"),
    (0, b"\x80\x04", "is a Python pickle, which is not loaded as it can run any code; save the array with numpy.save"),
    (0, b"\x80\x05", "is a Python pickle, which is not loaded as it can run any code; save the array with numpy.save"),
    (0, b"\x1f\x8b", "is a compressed file, not an archive of images; unpack it first"),
    (0, b"\xfd7zXZ", "is a compressed file, not an archive of images; unpack it first"),
    (0, b"BZh", "is a compressed file, not an archive of images; unpack it first"),
)


def open_path(path: Path, *, size: int | None = None, progress: Progress | None = None) -> tuple[DatasetSpec, Dataset]:
    """Say what is at ``path``, and load it.

    size: side of images in pixels; None: one is proposed from the images. progress: see ``images.Progress``.
    The spec holds the absolute path. Raises DatasetError, with a sentence for people, for what can't be trained on.
    """
    path = Path(os.path.abspath(path.expanduser()))
    if path.is_dir():
        inside = idx.images_in(path)
        return _open_idx(inside, size) if inside else _open_images(path, size, progress)
    head = archives.read_head(path)
    if not head:
        raise DatasetError(f'"{path.name}" is an empty file; {WELCOME} can be trained on')
    if head.startswith(b"\x93NUMPY"):
        return _open_array(path, size)
    if idx.is_idx(path, head):
        return _open_idx(path, size)
    if archives.is_zip(head):
        return _open_zip(path, size, progress)
    if archives.is_tar(path, head):
        return _open_images(path, size, progress)
    if _is_image(path):
        return _open_picture(path, size, progress)
    for offset, magic, verdict in _FOREIGN:
        if head[offset:].startswith(magic):
            raise DatasetError(f'"{path.name}" {verdict}')
    if _is_text(head):
        return _open_text(path)
    raise DatasetError(f'"{path.name}" is no kind of file that can be trained on: that would be {WELCOME}')


def _open_images(path: Path, size: int | None, progress: Progress | None) -> _Opened:
    spec = ImagesSpec(path=str(path), size=size or images.propose_size(path))
    return spec, images.build_images(spec, progress=progress)


def _open_picture(path: Path, size: int | None, progress: Progress | None) -> _Opened:
    """One image: there is nothing to learn from a set of one, but a grey one is a density that points come from.

    Whoever names a size wants images of that size.
    """
    if size is not None or not picture_density.is_grey(path):
        return _open_images(path, size, progress)
    spec = DensitySpec(path=str(path))
    return spec, picture_density.build_density(spec)


def _open_array(path: Path, size: int | None) -> _Opened:
    spec = ArraySpec(path=str(path), size=size or arrays.propose_size(path))
    return spec, arrays.build_array(spec)


def _open_idx(path: Path, size: int | None) -> _Opened:
    proposed, held_out = idx.propose(path)
    spec = IdxSpec(path=str(path), size=size or proposed, held_out=held_out)
    return spec, idx.build_idx(spec)


def _open_zip(path: Path, size: int | None, progress: Progress | None) -> _Opened:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        names = []  # opening it for its images says what is wrong
    if names and all(name.endswith(".npy") for name in names):
        return _open_array(path, size)
    for marks, verdict in _PACKED_DOCUMENTS.items():
        if any(name.endswith(marks) for name in names):
            raise DatasetError(f'"{path.name}" {verdict}')
    return _open_images(path, size, progress)


_PACKED_DOCUMENTS = {
    "[Content_Types].xml": "is an Office document; save tables as CSV and pictures as images in a folder",
    "META-INF/manifest.xml": "is an office document; save tables as CSV and pictures as images in a folder",
    "data.pkl": "is a PyTorch file, which holds weights rather than data; save an array with numpy.save",
}


def _open_text(path: Path) -> _Opened:
    if path.suffix.lower() == ".toml":
        raise DatasetError(f'"{path.name}" is text, not data; if it is an experiment, open it as one')
    spec = TableSpec(path=str(path))
    means_points = path.suffix.lower() in (".csv", ".tsv", ".dat", ".txt")
    try:
        dataset = build_table(spec)
    except DatasetError as error:
        if means_points:
            raise
        raise _no_points(path) from error
    if not means_points and dataset.skipped_count > (dataset.count or 0):  # a program's source, with some numbers in it
        raise _no_points(path)
    return spec, dataset


def _no_points(path: Path) -> DatasetError:
    return DatasetError(f'"{path.name}" is text without points; {WELCOME} can be trained on')


def _is_image(path: Path) -> bool:
    try:
        with pictures.pillow_rules():
            pictures.dimensions(archives.read_head(path, archives.MAX_MEMBER_BYTES))
    except pictures.UnreadablePicture as error:
        return str(error) != "is not an image"
    return True


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    control = sum(byte < 32 and byte not in b"\t\n\r\f\v\x1b" for byte in head)
    return control == 0
