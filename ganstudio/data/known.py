"""Datasets that the program knows by name but does not bring: where they lie once they were fetched."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data import idx, pixels
from ganstudio.data.dataset import DatasetError
from ganstudio.data.kept import kept

if TYPE_CHECKING:
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import DatasetSpec, MnistSpec


@dataclass(frozen=True, kw_only=True)
class KnownFile:
    """One file as it was published. size: bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class KnownDataset:
    """A published dataset. mirrors: addresses of folders that hold all its files, the first being asked first."""

    name: str
    title: str
    files: tuple[KnownFile, ...]
    licence: str
    citation: str
    mirrors: tuple[str, ...]

    @property
    def megabytes(self) -> float:
        """Millions of bytes to be fetched."""
        return sum(file.size for file in self.files) / 1e6


class NotFetchedError(DatasetError):
    """A known dataset that is not on this computer yet."""


MNIST = KnownDataset(
    name="mnist",
    title="MNIST",
    files=(
        KnownFile(
            name="train-images-idx3-ubyte.gz",
            size=9_912_422,
            sha256="440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        KnownFile(
            name="train-labels-idx1-ubyte.gz",
            size=28_881,
            sha256="3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
        KnownFile(
            name="t10k-images-idx3-ubyte.gz",
            size=1_648_877,
            sha256="8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        KnownFile(
            name="t10k-labels-idx1-ubyte.gz",
            size=4_542,
            sha256="f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    ),
    licence="CC BY-SA 3.0, by Yann LeCun and Corinna Cortes",
    citation="Y. LeCun, L. Bottou, Y. Bengio and P. Haffner: Gradient-based learning applied to document recognition, "
    "Proceedings of the IEEE 86 (11), 1998",
    mirrors=("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
)

KNOWN = {one.name: one for one in (MNIST,)}
"""What can be fetched, by name."""


def folder_of(dataset: KnownDataset) -> Path:
    """Where its files lie: ``$GANSTUDIO_HOME/datasets/NAME``, else ``GAN Studio/datasets/NAME`` in the home folder."""
    home = os.environ.get("GANSTUDIO_HOME")
    return (Path(home).expanduser() if home else Path.home() / "GAN Studio") / "datasets" / dataset.name


def is_here(dataset: KnownDataset) -> bool:
    """Whether all its files lie in its folder; their bytes were checked when they were fetched."""
    return all((folder_of(dataset) / file.name).is_file() for file in dataset.files)


def missing(spec: DatasetSpec) -> KnownDataset | None:
    """What has to be fetched before the dataset of this spec can be built; None where nothing has to."""
    wanted = KNOWN.get(spec.kind)
    return wanted if wanted and not is_here(wanted) else None


def _files(spec: MnistSpec) -> list[Path]:
    return [folder_of(MNIST) / file.name for file in MNIST.files]


@kept(_files)
def build_mnist(spec: MnistSpec) -> Dataset:
    """MNIST's training images, and its test images held out: (n, 1, size, size).

    Raises NotFetchedError while a file is missing, DatasetError as ``idx.read`` does.
    """
    if not is_here(MNIST):
        raise NotFetchedError(
            f"MNIST is not on this computer yet; ganstudio datasets get mnist fetches it ({MNIST.megabytes:.0f} MB), "
            "or drop its files on the window"
        )
    folder = folder_of(MNIST)
    train, test = (idx.read(folder / file.name, size=spec.size) for file in MNIST.files if "images" in file.name)
    if train.classes != test.classes:
        raise DatasetError(f'the files in "{folder}" are not of one dataset; fetch them again')
    return pixels.image_dataset(
        MNIST.title,
        np.concatenate([train.images, test.images]),
        source=f"{len(train.images):,} handwritten digits (MNIST, {MNIST.licence}), {len(test.images):,} held out",
        labels=np.concatenate([each.labels for each in (train, test) if each.labels is not None]),
        classes=train.classes,
        held_out=len(test.images),
    )
