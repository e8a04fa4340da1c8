"""IDX files, the format that MNIST, its sisters and EMNIST come in, compressed with gzip or not.

A header of big-endian numbers: two zeros, the type of a value, the number of dimensions, their sizes; then the values.
Source: http://yann.lecun.com/exdb/mnist/, "the IDX file format".
"""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels, limits
from ganstudio.data.arrays import dataset as arrays
from ganstudio.data.arrays import layouts
from ganstudio.data.blocks import Blocks, FileRows
from ganstudio.data.dataset import Dataset, DatasetError
from ganstudio.data.files import archives, turning
from ganstudio.data.images import dataset as pixels
from ganstudio.data.images.choosing import narrowed
from ganstudio.data.images.kept import kept, settled
from ganstudio.data.known.titles import title
from ganstudio.experiment.places import place_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from ganstudio.data.arrays.layouts import Layout
    from ganstudio.experiment import IdxSpec

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"
_PORTION = 2**22
_DAMAGE = (zlib.error, EOFError, OSError)

MAX_HELD_OUT = 1_000
"""What is proposed to be kept aside of a file that was dropped: a tenth, and no more than so many."""

_Header = tuple[tuple[int, ...], np.dtype[Any]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled:
    """What a pair of files holds: images (n, channels, side, side), the class of each (n,) and the classes' names."""

    images: npt.NDArray[np.uint8] | FileRows
    labels: npt.NDArray[np.int64] | None
    classes: tuple[str, ...]


def _sources(spec: IdxSpec) -> list[Path]:
    path = place_of(spec.path)
    named = path.parent / place_of(spec.labels) if spec.labels else beside(path)
    return [path, named] if named else [path]


def build_idx(spec: IdxSpec) -> Dataset:
    """Images (n, 1 or 3, side, side) and their labels, where there is a file of them. Raises as ``read`` does."""
    return replace(narrowed(_all_images(spec), spec), name=text_of(title(place_of(spec.path))))


@kept(_sources)
def _all_images(spec: IdxSpec) -> Dataset:
    path = place_of(spec.path)
    found = read(path, spec.labels, spec.size)
    side = found.images.shape[-1]
    taken = f"{len(found.images):,} images of {path.name}, {side} x {side}"
    return pixels.image_dataset(
        path.name,
        turning.set_upright(found.images, spec.turn),
        source=f"{taken}, the last {spec.held_out:,} held out" if spec.held_out else taken,
        labels=found.labels,
        classes=found.classes,
        held_out=spec.held_out,
        notes=turning.note(spec.turn),
    )


def read(path: Path, label_path: str | None = None, size: int | None = None) -> Labelled:
    """A file of images and its file of labels; None: the one ``beside`` it. size: see ``IdxSpec``.

    Raises DatasetError where the files do not hold what they say, or not the same number of images and labels.
    """
    images = _images(path, size)
    source = path.parent / place_of(label_path) if label_path else beside(path)
    indices, classes = (_labels(source, path, len(images)) if source else None) or (None, ())
    return Labelled(images=images, labels=indices, classes=classes)


def propose(path: Path) -> tuple[int | None, int]:
    """The side to resize the file's images to (None: as they are) and how many to hold out. Raises DatasetError."""
    shape = _image_header(path)[0]
    _, height, width = _layout(shape).image
    size = None if height == width and 8 <= height <= 128 else pixels.power_of_two(min(height, width))
    return size, min(MAX_HELD_OUT, shape[0] // 10)


def is_idx(path: Path, head: bytes) -> bool:
    """Whether the file, which begins with ``head``, is an IDX file, compressed or not."""
    if head.startswith(_GZIP):
        try:
            with gzip.open(path) as file:
                head = file.read(4)
        except _DAMAGE:
            return False
    return len(head) >= 4 and head[:2] == b"\0\0" and head[2] in _TYPES and 1 <= head[3] <= 4


def images_in(folder: Path) -> Path | None:
    """The IDX file of images in a folder, that to train on where there are several; None where there is no IDX file.

    Where there are only files of labels it is one of those: reading it will say so.
    """
    try:
        with os.scandir(folder) as entries:
            named = [one.path for one in entries if ("idx" in one.name or "ubyte" in one.name) and one.is_file()]
    except OSError:
        return None  # reading its images says what is wrong
    found = [path for path in map(Path, sorted(named)) if is_idx(path, archives.read_head(path))]
    found.sort(key=lambda path: ("label" in path.name, "train" not in path.name))
    return found[0] if found else None


def beside(path: Path) -> Path | None:
    """The file of labels that belongs to a file of images by the usual names, or None."""
    name = path.name.replace("images", "labels").replace("idx3", "idx1").replace("idx4", "idx1")
    bare = name.removesuffix(".gz")
    candidates = (path.with_name(one) for one in (name, bare, bare + ".gz") if one != path.name)
    return next((one for one in candidates if one.is_file()), None)


def _images(path: Path, size: int | None) -> npt.NDArray[np.uint8] | FileRows:
    shape, dtype = _image_header(path)
    layout = _layout(shape)
    channels, height, width = layout.image
    if size is None:
        arrays.check_square(path.name, height, width)
        size = height
    is_plain = _is_plain(path, shape, dtype)
    if size != height or not is_plain:
        pixels.check_room(f'"{path.name}"', shape[0], channels, size)
    values = _rows(path, shape, dtype) if is_plain else Blocks.of(_unpacked(path, shape, dtype))
    values = values.turned((channels, height, width), layout.seen)
    if isinstance(values, FileRows) and (height, width) == (size, size):
        return settled(values)
    if (height, width) != (size, size):
        values = values.turned((channels, size, size), lambda block: arrays.resized(block, size))
    return values.whole()


def _labels(path: Path, images: Path, count: int) -> labels.Labels | None:
    shape, dtype = _header(path)
    if len(shape) != 1 or dtype.kind not in "iu":
        raise DatasetError(f'"{path.name}" holds values of the shape {shape}, not a label for each image')
    if shape[0] != count:
        raise DatasetError(
            f'"{images.name}" holds {count:,} images and "{path.name}" {shape[0]:,} labels; '
            "take the two files of the same set"
        )
    is_plain = _is_plain(path, shape, dtype)
    return labels.from_values(_rows(path, shape, dtype).whole() if is_plain else _unpacked(path, shape, dtype))


def _image_header(path: Path) -> _Header:
    shape, dtype = _header(path)
    if len(shape) == 1:
        raise DatasetError(
            f'"{path.name}" holds {shape[0]:,} labels and no images; open the file of images that it belongs to, '
            "such as train-images-idx3-ubyte.gz, and leave the labels beside it"
        )
    if len(shape) != 3 and not (len(shape) == 4 and {shape[1], shape[3]} & {1, 3}):
        raise DatasetError(f'"{path.name}" holds values of the shape {shape}; images are (count, height, width)')
    if dtype != np.uint8:
        raise DatasetError(f'"{path.name}" holds {dtype.name} values; images in IDX files are unsigned bytes')
    return shape, dtype


def _layout(shape: tuple[int, ...]) -> Layout:
    """How images of a shape that ``_image_header`` lets pass are laid out."""
    code = "n,h,w" if len(shape) == 3 else "n,h,w,c" if shape[3] in (1, 3) else "n,c,h,w"
    return layouts.parse(code, shape)


# --- reading ----------------------------------------------------------------------------------------------------------


def _header(path: Path) -> _Header:
    """Shape and type, checked against each other but not yet against what follows. Raises DatasetError."""
    head = archives.read_head(path)
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
    if math.prod(shape) * dtype.itemsize > limits.memory_bytes() and not _is_plain(path, shape, dtype):
        limit = limits.memory_bytes() / 1e9
        raise DatasetError(f'"{path.name}" claims to hold {shape} values, more than {limit:g} GB; it may be damaged')
    return shape, dtype


def _rows(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> FileRows:
    """What follows the header of a file that is not compressed."""
    return FileRows(path, dtype, 4 + 4 * len(shape), shape)


def _unpacked(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
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


def _is_plain(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> bool:
    """Whether the file is not compressed, and as long as its header says."""
    whole = 4 + 4 * len(shape) + math.prod(shape) * dtype.itemsize
    return archives.read_head(path, 2) != _GZIP and path.stat().st_size == whole


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO | gzip.GzipFile]:
    packed = archives.read_head(path, 2) == _GZIP
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            yield file
    except _DAMAGE as error:
        raise _cut_short(path) from error


def _cut_short(path: Path) -> DatasetError:
    return DatasetError(f'"{path.name}" is damaged or cut short: it holds less than its header says; fetch it again')
