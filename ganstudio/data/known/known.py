"""Datasets that the program knows by name but does not bring: where they lie once they were fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.data import limits
from ganstudio.data.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.experiment import DatasetSpec


@dataclass(frozen=True, kw_only=True)
class KnownFile:
    """One file as it was published. size: bytes; None where only the checksum is published.

    at_most: bytes that are never gone beyond where the size is not known.
    """

    name: str
    size: int | None
    sha256: str
    at_most: int = 2**26

    @property
    def bound(self) -> int:
        """The most bytes that the file may have."""
        return self.size if self.size is not None else self.at_most


@dataclass(frozen=True, kw_only=True)
class KnownDataset:
    """A published dataset. mirrors: addresses of folders that hold all its files, the first being asked first.

    classes: what the labels mean, where they are not the digits that they are.
    """

    name: str
    title: str
    files: tuple[KnownFile, ...]
    licence: str
    citation: str
    mirrors: tuple[str, ...]
    classes: tuple[str, ...] = ()

    @property
    def megabytes(self) -> float:
        """Millions of bytes to be fetched, at most."""
        return sum(file.bound for file in self.files) / 1e6

    @property
    def cost(self) -> str:
        """The same for people."""
        known = all(file.size is not None for file in self.files)
        return f"{self.megabytes:.1f} MB" if known else f"under {self.megabytes:.0f} MB"


def _four(*facts: tuple[int, str]) -> tuple[KnownFile, ...]:
    """MNIST's four files, whose names its sisters took over: images and labels, to train on and to test."""
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    return tuple(
        KnownFile(name=f"{name}-ubyte.gz", size=size, sha256=sha256)
        for name, (size, sha256) in zip(names, facts, strict=True)
    )


class NotFetchedError(DatasetError):
    """A known dataset that is not on this computer yet."""


# Sizes and checksums of those after MNIST: tensorflow/datasets, url_checksums/fashion_mnist.txt, kmnist.txt and
# cifar10.txt; the classes' names: torchvision/datasets/mnist.py. Of dSprites the size is not published; three public
# repositories give the same SHA-256, and a dozen the same MD5, 7da33b31b13a06f4b04a70402ce90c2e.
MNIST = KnownDataset(
    name="mnist",
    title="MNIST",
    files=_four(
        (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ),
    licence="CC BY-SA 3.0, by Yann LeCun and Corinna Cortes",
    citation="Y. LeCun, L. Bottou, Y. Bengio and P. Haffner: Gradient-based learning applied to document recognition, "
    "Proceedings of the IEEE 86 (11), 1998",
    mirrors=("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
)
FASHION_MNIST = KnownDataset(
    name="fashion_mnist",
    title="Fashion-MNIST",
    files=_four(
        (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        (5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ),
    licence="MIT, by Zalando SE",
    citation="H. Xiao, K. Rasul and R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine "
    "learning algorithms, arXiv:1708.07747, 2017",
    mirrors=(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ),
    classes=("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
KMNIST = KnownDataset(
    name="kmnist",
    title="KMNIST",
    files=_four(
        (18_165_135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
        (29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
        (3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
        (5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
    ),
    licence="CC BY-SA 4.0, KMNIST Dataset by ROIS-CODH, adapted from the Kuzushiji Dataset by NIJL and others",
    citation="T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto and D. Ha: Deep learning for classical "
    "Japanese literature, arXiv:1812.01718, 2018",
    mirrors=("https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"),
    classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
)
CIFAR10 = KnownDataset(
    name="cifar10",
    title="CIFAR-10",
    files=(
        KnownFile(
            name="cifar-10-binary.tar.gz",
            size=170_052_171,
            sha256="c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        ),
    ),
    licence="no licence stated, its authors ask to be cited",
    citation="A. Krizhevsky: Learning multiple layers of features from tiny images, University of Toronto, 2009",
    mirrors=("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"),
    classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
)
DSPRITES = KnownDataset(
    name="dsprites",
    title="dSprites",
    files=(
        KnownFile(
            name="dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz",
            size=None,
            sha256="857dc001287e8efa226e0025fac6b29e5745c621b380b0d3363e4e33f4e28fa2",
        ),
    ),
    licence="Apache 2.0 as its repository states, by DeepMind",
    citation="L. Matthey, I. Higgins, D. Hassabis and A. Lerchner: dSprites: Disentanglement testing sprites dataset, "
    "https://github.com/deepmind/dsprites-dataset, 2017",
    mirrors=(
        "https://raw.githubusercontent.com/google-deepmind/dsprites-dataset/master/",
        "https://github.com/deepmind/dsprites-dataset/raw/master/",
    ),
    classes=("square", "ellipse", "heart"),
)

KNOWN = {one.name: one for one in (MNIST, FASHION_MNIST, KMNIST, CIFAR10, DSPRITES)}
"""What can be fetched, by name."""


def folder_of(dataset: KnownDataset) -> Path:
    """Where its files lie: ``$GANSTUDIO_HOME/datasets/NAME``, else ``GAN Studio/datasets/NAME`` in the home folder."""
    return limits.home() / "datasets" / dataset.name


def is_here(dataset: KnownDataset) -> bool:
    """Whether all its files lie in its folder; their bytes were checked when they were fetched."""
    return all((folder_of(dataset) / file.name).is_file() for file in dataset.files)


def missing(spec: DatasetSpec) -> KnownDataset | None:
    """What has to be fetched before the dataset of this spec can be built; None where nothing has to."""
    wanted = KNOWN.get(spec.kind)
    return wanted if wanted and not is_here(wanted) else None
