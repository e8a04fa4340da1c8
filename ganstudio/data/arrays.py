"""Arrays in files (see ``containers``): points (n, 2), images (n, h, w), (n, h, w, c), (n, c, h, w) or (n, pixels)."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data import containers, labels, pictures, pixel_rows, pixels
from ganstudio.data.blocks import FileRows
from ganstudio.data.choosing import narrowed
from ganstudio.data.dataset import Dataset, DatasetError
from ganstudio.data.kept import kept, settled
from ganstudio.data.points import KEPT, LABELLED, Spread, check_room, point_dataset
from ganstudio.data.skips import Skips
from ganstudio.data.titles import published, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ganstudio.data.blocks import Blocks
    from ganstudio.data.containers import Container, Header
    from ganstudio.experiment import ArraySpec

Array = npt.NDArray[Any]

SHAPES = (
    "points as (count, 2), or images as (count, height, width), (count, height, width, 3), (count, 3, height, width) "
    "or, of squares, (count, pixels)"
)
_BLACK_TO_WHITE = 128  # a maximum below: the values don't span 0..255, such as scikit-learn's digits with 0..16
_SLACK = 1e-3  # of rounding, in values that were normalised


def _sources(spec: ArraySpec) -> list[Path]:
    return [Path(spec.path).expanduser()]


def build_array(spec: ArraySpec) -> Dataset:
    """Points or images, as the shape says. Raises DatasetError saying what was found and what would be right."""
    dataset, path = narrowed(_all_samples(spec), spec), Path(spec.path).expanduser()
    return dataset if published(path) is None else replace(dataset, name=title(path))


@kept(_sources)
def _all_samples(spec: ArraySpec) -> Dataset:
    path = Path(spec.path).expanduser()
    name, values, found = _load(path, spec.key)
    if is_points(values.shape):
        return _points(name, values, found)
    return _images(name, values, spec, found)


def propose_size(path: Path, key: str | None = None) -> int | None:
    """The side to cut and resize the file's images to; None where they can be trained on as they are, or are points.

    Raises DatasetError as ``build_array`` does.
    """
    shape = _as_images(_find(path, key)[2][0])
    if is_points(shape):
        return None
    height, width = sides(shape)
    return None if height == width and 8 <= height <= 128 else pixels.power_of_two(min(height, width))


def sides(shape: tuple[int, ...]) -> tuple[int, int]:
    """Height and width of images of this shape."""
    return (shape[1], shape[2]) if len(shape) == 3 or shape[3] in (1, 3) else (shape[2], shape[3])


def is_points(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape holds points of the plane."""
    return len(shape) == 2 and shape[1] == 2


def is_images(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape holds images."""
    return min(shape, default=0) > 0 and (len(shape) == 3 or (len(shape) == 4 and bool({shape[1], shape[3]} & {1, 3})))


def _as_images(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of images whose pixels stand in one row each; every other shape as it is."""
    found = pixel_rows.side_of(shape[1]) if len(shape) == 2 else None
    return (shape[0], found[1], found[0], found[0]) if found else shape


# --- reading ----------------------------------------------------------------------------------------------------------


def _load(path: Path, key: str | None) -> tuple[str, Blocks, labels.Labels | None]:
    """The array, its name for people, and its samples' labels, where the file holds an array of them."""
    container, member, header, others = _find(path, key)
    name = f"{path.name}: {member}" if member else path.name
    beside = _labels_beside(member, header[0][0], others)
    values = container.blocks(path, member, header)
    if is_points(header[0]):
        each = KEPT + 1 + (LABELLED if beside else 0)  # 1: whether it is finite
        check_room(name, len(values), each, values.held)
    if beside:
        containers.check_room(f"{path.name}: {beside}", others[beside])
    found = _labels(container, path, beside) if beside else None
    shape = _as_images(header[0])
    return name, values.turned(shape[1:], lambda block: block.reshape(len(block), *shape[1:])), found


def _labels(container: Container, path: Path, member: str) -> labels.Labels | None:
    values = container.read(path, member).ravel()
    if values.dtype.kind == "f" and np.isfinite(values).all() and (values == np.rint(values)).all():
        values = values.astype(np.int64)  # MATLAB keeps every number as a float
    names = container.classes(path)
    if names and values.dtype.kind in "iu" and values.min() >= 0 and values.max() < len(names):
        return values.astype(np.int64), names
    return labels.from_values(values)


def _labels_beside(member: str, count: int, others: Mapping[str, Header]) -> str | None:
    """Which array holds the labels of ``member``: by its name, or as the only one with one value a sample."""
    fits = [one for one, (shape, _) in others.items() if shape in ((count,), (count, 1), (1, count)) and one != member]
    named = next((one for one in _label_names(member) if one in fits), None)
    if named is None and len(fits) == 1 and others[fits[0]][1].kind in "iubUSf":
        return fits[0]
    return named


def _label_names(member: str) -> tuple[str, ...]:
    """What an array of labels is called beside ``member``; x_train goes with y_train."""
    pairs = (("x", "y"), ("X", "y"), ("X", "Y"), ("images", "labels"), ("data", "labels"), ("arr_0", "arr_1"))
    paired = (member.replace(one, other, 1) for one, other in pairs)
    return tuple(one for one in (*paired, *sorted(labels.LABEL_NAMES), "y", "Y") if one != member)


def _find(path: Path, key: str | None) -> tuple[Container, str, Header, Mapping[str, Header]]:
    """What reads the file, which of its arrays, and the headers of that and of all: nothing unfit is ever loaded."""
    container = containers.find(path)
    if container is None:
        raise DatasetError(f'"{path.name}" is no file of arrays; save it with numpy.save or numpy.savez')
    headers = container.headers(path)
    member = _choose(path.name, headers, key)
    name = f"{path.name}: {member}" if member else path.name
    _check(name, headers[member])
    return container, member, headers[member], headers


def _choose(name: str, headers: Mapping[str, Header], key: str | None) -> str:
    listed = ", ".join(f"{one} {shape}" for one, (shape, _) in list(headers.items())[:8]) or "none"
    if key:
        if key not in headers:
            raise DatasetError(f'"{name}" has no array "{key}"; it holds: {listed}')
        return key
    fits = [one for one, (shape, dtype) in headers.items() if dtype.kind in "fiub" and _can_be_used(shape)]
    if fits:  # of a set that is split, what is meant to be trained on
        return min(fits, key=lambda one: ("train" not in one.lower(), "test" in one.lower()))
    if len(headers) == 1:
        return next(iter(headers))  # what is wrong with it will be said
    raise DatasetError(f'"{name}" holds no array that can be used: {listed}. It should hold {SHAPES}')


def _can_be_used(shape: tuple[int, ...]) -> bool:
    return is_points(shape) or is_images(_as_images(shape))


def _check(name: str, header: Header) -> None:
    shape, dtype = header
    if dtype.hasobject:
        raise DatasetError(
            f'"{name}" holds pickled Python objects, which are not loaded as they can run any code; '
            "save a plain array of numbers instead"
        )
    if dtype.kind not in "fiub":
        raise DatasetError(f'"{name}" holds {dtype}, not plain numbers; save whole or floating-point numbers')
    if 0 in shape:
        raise DatasetError(f'"{name}" is empty, its shape is {shape}; it should hold {SHAPES}')
    if not _can_be_used(shape):
        raise DatasetError(f'"{name}" has the shape {shape}; it should hold {SHAPES}')


# --- points -----------------------------------------------------------------------------------------------------------


def _points(name: str, values: Blocks, found: labels.Labels | None) -> Dataset:
    finite: npt.NDArray[np.bool_] = np.empty(len(values), np.bool_)
    spread, done = Spread(), 0
    for block in values:
        rows = _finite(points := block.astype(np.float64))
        finite[done : done + len(block)] = rows
        spread.add(points if rows.all() else points[rows])
        done += len(block)
    skips = _skip_rows(finite, "has a coordinate that is not finite")
    if not spread.count:
        raise DatasetError(f'"{name}" holds no finite point: {skips.sentence()}')
    indices, classes = found or (None, ())
    return point_dataset(
        name,
        _FinitePoints(values),
        source=f"{spread.count:,} points of {name}",
        spread=spread,
        skips=skips,
        labels=indices[finite] if indices is not None else None,
        classes=classes,
    )


class _FinitePoints:
    """The points (k, 2) of blocks that are finite, in double, anew for each ``for``."""

    def __init__(self, values: Blocks) -> None:
        self._values = values

    def __iter__(self) -> Iterator[npt.NDArray[np.float64]]:
        for block in self._values:
            points = block.astype(np.float64)
            yield points[_finite(points)]


def _finite(block: Array) -> npt.NDArray[np.bool_]:
    """Which rows (k,) hold nothing but finite numbers."""
    if block.dtype.kind != "f":
        return np.ones(len(block), np.bool_)
    return np.asarray(np.isfinite(block).reshape(len(block), -1).all(axis=1))


def _finite_rows(values: Blocks) -> npt.NDArray[np.bool_]:
    if values.dtype.kind != "f":
        return np.ones(len(values), np.bool_)
    return np.concatenate([_finite(block) for block in values])


def _skip_rows(finite: npt.NDArray[np.bool_], reason: str) -> Skips:
    skips = Skips()
    for row in np.flatnonzero(~finite).tolist():
        skips.add(f"row {row}", reason)
    return skips


# --- images -----------------------------------------------------------------------------------------------------------


def channels_first(values: Array) -> Array:
    """Images of any shape that ``is_images`` allows, as a view (n, channels, height, width)."""
    if values.ndim == 3:
        return values[:, None]
    return values.transpose(0, 3, 1, 2) if values.shape[3] in (1, 3) else values


def check_square(name: str, height: int, width: int) -> None:
    """Raise DatasetError when images of these sides can't be trained on as they are."""
    if height != width or not 8 <= height <= 256:
        raise DatasetError(
            f'"{name}" holds images of {width} x {height} pixels, and squares of 8 to 256 pixels are trained on; '
            "set size, such as 32, to have them cut and resized"
        )


def _images(name: str, values: Blocks, spec: ArraySpec, found: labels.Labels | None) -> Dataset:
    height, width = sides(values.shape)
    if spec.size is None:
        check_square(name, height, width)
    size = spec.size or height
    channels = math.prod(values.shape[1:]) // (height * width)
    values = values.turned((channels, height, width), channels_first)
    finite = _finite_rows(values)
    skips = _skip_rows(finite, "has a pixel that is not finite")
    if not finite.any():
        raise DatasetError(f'"{name}" holds no finite image: {skips.sentence()}')
    indices, classes = found or (None, ())
    if indices is not None:
        indices = indices[finite]
    scale, offset, taken = _range(name, values)
    images: pictures.Pixels | FileRows
    if isinstance(values, FileRows) and values.dtype == np.uint8 and scale == 1 and height == width == size:
        images = settled(values)
    else:
        pixels.check_room(f'"{name}"', int(finite.sum()), channels, size, held=values.held)
        images = _converted(values, scale, offset, size, int(finite.sum()))
    if (height, width) != (size, size):
        taken += f", cut to {size} x {size}"
    order = np.arange(len(images))
    labels.keep_aside(len(images), spec.held_out, order)
    return pixels.image_dataset(
        name,
        images,
        source=f"{len(images):,} images of {name}, {taken}",
        skips=skips,
        labels=indices,
        classes=classes,
        held_out=spec.held_out,
        order=order if spec.held_out else None,
    )


def _range(name: str, values: Blocks) -> tuple[float, float, str]:
    """Factor and offset that bring finite images to 0..255, and in which range their values were taken, for people.

    What the values span decides, not their type.
    """
    ends = [(block.min(), block.max()) for block in (each[_finite(each)] for each in values) if len(block)]
    low, high = float(min(low for low, _ in ends)), float(max(high for _, high in ends))
    if low == high:
        raise DatasetError(f'"{name}" holds images whose every pixel is {low:g}; a GAN needs some that differ')
    if low >= -_SLACK and high <= 1 + _SLACK:
        return 255.0, 0.0, "values taken as 0 to 1"
    if low >= -1 - _SLACK and high <= 1 + _SLACK:
        return 127.5, 127.5, "values taken as -1 to 1"
    if low >= 0 and high < _BLACK_TO_WHITE:
        return 255 / high, 0.0, f"values 0 to {high:g} stretched from black to white"
    if low >= 0 and high <= 255:
        return 1.0, 0.0, "values taken as 0 to 255"
    if low >= 0 and high <= 65535 and values.dtype.kind == "u":
        return 1 / 257, 0.0, "values taken as 0 to 65535"
    raise DatasetError(
        f'"{name}" holds images with values from {low:g} to {high:g}; bring them to 0 to 1, -1 to 1 or 0 to 255'
    )


def _converted(values: Blocks, scale: float, offset: float, size: int, count: int) -> pictures.Pixels:
    """The finite images (count, channels, size, size) as bytes."""
    images = np.empty((count, values.shape[1], size, size), np.uint8)
    done = 0
    for block in values:
        part = block[_finite(block)]
        if part.dtype != np.uint8 or scale != 1:
            part = np.rint(np.clip(part.astype(np.float32) * scale + offset, 0, 255)).astype(np.uint8)
        if part.shape[2:] != (size, size):
            part = resized(part, size)
        images[done : done + len(part)] = part
        done += len(part)
    return images


def resized(images: pictures.Pixels, size: int) -> pictures.Pixels:
    """Images (n, channels, height, width), cut to squares and resized to (n, channels, size, size)."""
    count, channels = images.shape[:2]
    fitted = np.empty((count, channels, size, size), np.uint8)
    for index, image in enumerate(images):
        for channel in range(channels):
            fitted[index, channel] = pictures.resize(np.ascontiguousarray(image[channel]), size)
    return fitted
