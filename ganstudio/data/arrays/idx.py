"""Images in IDX files, with their labels and the test files that lie next to them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data import labels, limits
from ganstudio.data.arrays.images import check_square, resized
from ganstudio.data.blocks import Blocks, FileRows
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import idx, layouts, loose, turning
from ganstudio.data.images import dataset as pixels
from ganstudio.data.images.caching import kept, settled
from ganstudio.data.images.choosing import narrowed
from ganstudio.data.known.titles import title
from ganstudio.experiment.places import place_of, text_of
from ganstudio.modalities import counted

if TYPE_CHECKING:
    from ganstudio.data.dataset import Dataset
    from ganstudio.data.files.layouts import Layout
    from ganstudio.experiment import IdxSpec
    from ganstudio.experiment.own_files import TestSplit

_SPLIT = re.compile(r"(?<![a-z])(training|train|testing|test|t10k|validation|valid|val|dev)(?![a-z])", re.IGNORECASE)

MAX_HELD_OUT = 1_000
"""What is proposed to be kept aside of a file that was dropped: a tenth, and no more than so many."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled:
    """What a pair of files holds: images (n, channels, side, side), the class of each (n,) and the classes' names."""

    images: npt.NDArray[np.uint8] | FileRows
    labels: npt.NDArray[np.int64] | None
    classes: tuple[str, ...]


def _sources(spec: IdxSpec) -> list[Path]:
    path = place_of(spec.path)
    named = path.parent / place_of(spec.labels) if spec.labels else beside(path)
    tests = tests_beside(path)
    test = tests[0] if tests and spec.test_split != "leave_out" else None
    return [one for one in (path, named, test, beside(test) if test else None) if one]


def build_idx(spec: IdxSpec) -> Dataset:
    """Images (n, 1 or 3, side, side) and their labels, where there is a file of them. Raises as ``read`` does."""
    return replace(narrowed(_all_images(spec), spec), name=text_of(title(place_of(spec.path))))


@kept(_sources)
def _all_images(spec: IdxSpec) -> Dataset:
    path = place_of(spec.path)
    found, tests = read(path, spec.labels, spec.size), 0
    taken = f"{counted(len(found.images), 'image')} of {path.name}"
    others = tests_beside(path)
    if others and spec.test_split != "leave_out":
        tests = _image_header(others[0])[0][0]
        found = _with_tests(found, path, others[0], spec)
        taken += f" and {tests:,} of {others[0].name}"
    side = found.images.shape[-1]
    taken += f", {side} × {side}"
    kept = spec.held_out + (tests if spec.test_split == "keep_aside" else 0)
    return pixels.image_dataset(
        path.name,
        turning.set_upright(found.images, spec.turn),
        source=f"{taken}, the last {kept:,} held out" if kept else taken,
        labels=found.labels,
        classes=found.classes,
        held_out=kept,
        notes=(*_told_of(others, spec), *turning.note(spec.turn)),
    )


_BECOMES = {
    "keep_aside": "its {} kept aside for measures",
    "train_on": "its {} trained on as well",
    "leave_out": "its {} left out",
}


def _told_of(others: list[Path], spec: IdxSpec) -> tuple[str, ...]:
    """What to say of the files of images for tests that lie next to those that are trained on."""
    notes = []
    for place, other in enumerate(others):
        becomes = _BECOMES[spec.test_split if place == 0 else "leave_out"].format(_are(_image_header(other)[0][0]))
        notes.append(f"{other.name} is taken for a test split: {becomes}")
    return tuple(notes)


def _are(count: int) -> str:
    return counted(count, "image is", "images are")


def _with_tests(found: Labelled, path: Path, test: Path, spec: IdxSpec) -> Labelled:
    """Images to train on, and behind them those of a file for tests; classes by the labels of both."""
    of_train = path.parent / place_of(spec.labels) if spec.labels else beside(path)
    images, of_test = _images(test, spec.size), beside(test)
    count, (channels, side) = len(found.images) + len(images), found.images.shape[1::2]
    if images.shape[1:] != found.images.shape[1:]:
        raise DatasetError(
            f'"{test.name}" holds images of {images.shape[3]} × {images.shape[2]} and other colours or sides than '
            f'"{path.name}"; set size, or test_split to leave_out'
        )
    pixels.check_room(f'"{path.name}" with "{test.name}"', count, channels, side)
    both = np.concatenate([one.whole() if isinstance(one, FileRows) else one for one in (found.images, images)])
    told = _label_values(of_train, path, len(found.images)) if of_train else None
    told_of_tests = _label_values(of_test, test, len(images)) if of_test else None
    if told is None or told_of_tests is None:
        none = np.full(len(images), -1, np.int64)
        indices = None if found.labels is None else np.concatenate([found.labels, none])
        return Labelled(images=both, labels=indices, classes=found.classes)
    indices, classes = labels.from_values(np.concatenate([told, told_of_tests])) or (None, ())
    return Labelled(images=both, labels=indices, classes=classes)


def read(path: Path, label_path: str | None = None, size: int | None = None) -> Labelled:
    """A file of images and its file of labels; None: the one ``beside`` it. size: see ``IdxSpec``.

    Raises DatasetError where the files do not hold what they say, or not the same number of images and labels.
    """
    images = _images(path, size)
    source = path.parent / place_of(label_path) if label_path else beside(path)
    indices, classes = (_labels(source, path, len(images)) if source else None) or (None, ())
    return Labelled(images=images, labels=indices, classes=classes)


def propose(path: Path) -> tuple[int | None, int, TestSplit]:
    """The side to resize the file's images to (None: as they are), how many to hold out, and the test split's use.

    A file of images for tests that lies next to it is kept aside, and no others then need to be; unless both are more
    than the memory holds. Raises DatasetError.
    """
    shape = _image_header(path)[0]
    _, height, width = _layout(shape).image
    size = None if height == width and 8 <= height <= 128 else pixels.power_of_two(min(height, width))
    others = tests_beside(path)
    if others:
        count = shape[0] + _image_header(others[0])[0][0]
        side = size or height
        if 2 * count * _layout(shape).image[0] * side * side <= limits.memory_bytes():
            return size, 0, "keep_aside"
    return size, min(MAX_HELD_OUT, shape[0] // 10), "leave_out"


def tests_beside(path: Path) -> list[Path]:
    """The files of images for tests that lie next to a file of images to train on, and are called as it else."""
    told = _SPLIT.search(path.name)
    if told is None or not told[0].lower().startswith("train"):
        return []
    try:
        names = sorted(one.name for one in os.scandir(path.parent) if one.is_file())
    except OSError:
        return []
    wanted, found = _SPLIT.sub("*", _bare(path.name)), dict[str, Path]()
    for name in names:
        split = _SPLIT.search(name)
        if split is not None and not split[0].lower().startswith("train") and _SPLIT.sub("*", _bare(name)) == wanted:
            found.setdefault(_bare(name), path.with_name(name))  # of a file and the same compressed the first
    tests = [one for one in found.values() if idx.is_idx(one, loose.read_head(one))]
    return sorted(tests, key=lambda one: not re.search("test|t10k", one.name.lower()))


def _bare(name: str) -> str:
    return name.lower().removesuffix(".gz")


def images_in(folder: Path) -> Path | None:
    """The IDX file of images in a folder, that to train on where there are several; None where there is no IDX file.

    Where there are only files of labels it is one of those: reading it will say so.
    """
    try:
        with os.scandir(folder) as entries:
            named = [one.path for one in entries if ("idx" in one.name or "ubyte" in one.name) and one.is_file()]
    except OSError:
        return None  # reading its images says what is wrong
    found = [path for path in map(Path, sorted(named)) if idx.is_idx(path, loose.read_head(path))]
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
        check_square(path.name, height, width)
        size = height
    is_plain = idx.is_plain(path, shape, dtype)
    if size != height or not is_plain:
        pixels.check_room(f'"{path.name}"', shape[0], channels, size)
    values = idx.rows(path, shape, dtype) if is_plain else Blocks.of(idx.unpacked(path, shape, dtype))
    values = values.turned((channels, height, width), layout.seen)
    if isinstance(values, FileRows) and (height, width) == (size, size):
        return settled(values)
    if (height, width) != (size, size):
        values = values.turned((channels, size, size), lambda block: resized(block, size))
    return values.whole()


def _labels(path: Path, images: Path, count: int) -> labels.Labels | None:
    return labels.from_values(_label_values(path, images, count))


def _label_values(path: Path, images: Path, count: int) -> npt.NDArray[Any]:
    shape, dtype = idx.header(path)
    if len(shape) != 1 or dtype.kind not in "iu":
        raise DatasetError(f'"{path.name}" holds values of the shape {shape}, not a label for each image')
    if shape[0] != count:
        raise DatasetError(
            f'"{images.name}" holds {counted(count, "image")} and "{path.name}" {counted(shape[0], "label")}; '
            "take the two files of the same set"
        )
    is_plain = idx.is_plain(path, shape, dtype)
    return idx.rows(path, shape, dtype).whole() if is_plain else idx.unpacked(path, shape, dtype)


def _image_header(path: Path) -> idx.Header:
    shape, dtype = idx.header(path)
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
