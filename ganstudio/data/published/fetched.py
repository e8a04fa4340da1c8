"""The datasets that are known by name, built from the files that were fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.arrays import idx
from ganstudio.data.arrays.images import resized
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import cifar, numpy_files
from ganstudio.data.images import dataset as pixels
from ganstudio.data.images.caching import kept
from ganstudio.data.known.known import (
    CIFAR10,
    DSPRITES,
    FASHION_MNIST,
    KMNIST,
    KNOWN,
    MNIST,
    NotFetchedError,
    folder_of,
    is_here,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.data.dataset import Dataset
    from ganstudio.data.known.known import KnownDataset
    from ganstudio.experiment import Cifar10Spec, DspritesSpec, FashionMnistSpec, KmnistSpec, MnistSpec

_FACTORS = ("shape", "scale", "orientation", "x", "y")  # behind a colour that is always white
_AT_ONCE = 1_024  # images that are unpacked at once; all of them take 3 GB


def _files(spec: MnistSpec | FashionMnistSpec | KmnistSpec | Cifar10Spec | DspritesSpec) -> list[Path]:
    wanted = KNOWN[spec.kind]
    return [folder_of(wanted) / file.name for file in wanted.files]


@kept(_files)
def build_mnist(spec: MnistSpec) -> Dataset:
    """MNIST's training images, and its test images held out: (n, 1, size, size).

    Raises NotFetchedError while a file is missing, DatasetError as ``idx.read`` does.
    """
    return _of_idx(MNIST, spec.size, "handwritten digits")


@kept(_files)
def build_fashion_mnist(spec: FashionMnistSpec) -> Dataset:
    """Fashion-MNIST's images, as ``build_mnist``."""
    return _of_idx(FASHION_MNIST, spec.size, "pieces of clothing")


@kept(_files)
def build_kmnist(spec: KmnistSpec) -> Dataset:
    """KMNIST's images, as ``build_mnist``."""
    return _of_idx(KMNIST, spec.size, "cursive characters")


@kept(_files)
def build_cifar10(spec: Cifar10Spec) -> Dataset:
    """CIFAR-10's training images, and its test images held out: (n, 3, size, size). Raises as ``build_mnist``."""
    path = _folder(CIFAR10) / CIFAR10.files[0].name
    images = np.concatenate([cifar.read(path, "images", test=test) for test in (False, True)])
    labels = np.concatenate([cifar.read(path, "labels", test=test) for test in (False, True)])
    held_out = len(cifar.read(path, "labels", test=True))
    return _dataset(CIFAR10, images, spec.size, "photographs", labels.astype(np.int64), held_out)


@kept(_files)
def build_dsprites(spec: DspritesSpec) -> Dataset:
    """Some of dSprites' images (n, 1, size, size), with the factors that they were drawn by. Raises as ``build_mnist``.

    The archive is read from front to back, and what was not chosen is forgotten at once.
    """
    path = _folder(DSPRITES) / DSPRITES.files[0].name
    values = numpy_files.read_npz(path, "latents_values")
    wanted = spec.count + spec.held_out
    if len(values) < wanted:
        raise DatasetError(f"dSprites holds {len(values):,} images, fewer than the {wanted:,} that are asked for")
    pixels.check_room(DSPRITES.title, wanted, 1, spec.size)
    drawn = np.random.default_rng(spec.seed).permutation(len(values))[:wanted]
    order = np.sort(drawn)
    mixed = np.searchsorted(order, drawn)  # so that the ones held out are of all kinds
    images = _some_images(path, order, spec.size)[mixed]
    factors = {name: values[drawn, 1 + index] for index, name in enumerate(_FACTORS)}
    shapes = np.rint(factors.pop("shape")).astype(np.int64) - 1
    return pixels.image_dataset(
        DSPRITES.title,
        images,
        source=f"{spec.count:,} of {len(values):,} shapes ({DSPRITES.title}, {DSPRITES.licence}), "
        f"{spec.held_out:,} held out",
        labels=shapes,
        classes=DSPRITES.classes,
        factors=factors,
        held_out=spec.held_out,
    )


def _some_images(path: Path, order: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.uint8]:
    """The images with these numbers, which ascend: (n, 1, size, size)."""
    images = np.empty((len(order), 1, size, size), np.uint8)
    done = first = 0
    for portion in numpy_files.stream_npz(path, "imgs", _AT_ONCE):
        upto = int(np.searchsorted(order, first + len(portion)))
        if upto > done:
            chosen = portion[order[done:upto] - first, None] * np.uint8(255)
            images[done:upto] = chosen if size == 64 else resized(chosen, size)
        done, first = upto, first + len(portion)
    if done < len(order):
        raise DatasetError(f'"{path.name}" is cut short; fetch it again')
    return images


def _of_idx(wanted: KnownDataset, size: int, what: str) -> Dataset:
    folder = _folder(wanted)
    train, test = (idx.read(folder / file.name, size=size) for file in wanted.files if "images" in file.name)
    if train.classes != test.classes:
        raise DatasetError(f'the files in "{folder}" are not of one dataset; fetch them again')
    images = np.concatenate([train.images, test.images])
    labels = np.concatenate([each.labels for each in (train, test) if each.labels is not None])
    return _dataset(wanted, images, size, what, labels, len(test.images), train.classes)


def _dataset(
    wanted: KnownDataset,
    images: npt.NDArray[np.uint8],
    size: int,
    what: str,
    labels: npt.NDArray[np.int64],
    held_out: int,
    classes: tuple[Any, ...] = (),
) -> Dataset:
    if images.shape[-1] != size:
        pixels.check_room(wanted.title, len(images), images.shape[1], size)
        images = resized(images, size)
    count = len(images) - held_out
    return pixels.image_dataset(
        wanted.title,
        images,
        source=f"{count:,} {what} ({wanted.title}, {wanted.licence}), {held_out:,} held out",
        labels=labels,
        classes=wanted.classes or classes,
        held_out=held_out,
    )


def _folder(wanted: KnownDataset) -> Path:
    if not is_here(wanted):
        raise NotFetchedError(
            f"{wanted.title} is not on this computer yet; ganstudio datasets get {wanted.name} fetches it "
            f"({wanted.cost}), or drop its files on the window"
        )
    return folder_of(wanted)
