"""All measures of a generator of images, each beside what real images that were kept aside would get.

Apart from the package, since learning features needs torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.measurements.estimate import EstimationError
from ganstudio.measurements.fidelity import (
    Overlap,
    class_shares,
    overlap,
    shares_divergence,
    sure_share,
)
from ganstudio.measurements.frechet import KernelDistance, frechet_local, kernel_distance
from ganstudio.measurements.memorising import Copying, Nearest, copying, nearest, nearest_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.measurements.estimate import Doubles, Samples
    from ganstudio.measurements.features import FeatureExtractor

FEWEST = 128
"""Images a side below which nothing is measured: twice the features."""
_REMEDY = (
    f"; train with dataset.held_out = {FEWEST} or more, or, where a test split is that small, with "
    "dataset.test_split = train_on, which keeps a fifth of all images aside in its place"
)
MOST = 2_000
"""Images a side that are compared at most."""
_TRAINED = 10_000  # training images that features are learned from, and that copies are looked for among
_FLOATS = 1 << 27  # that they may take in memory, 512 MB
_PIXEL_QUERIES = 500
_DRAWS = 4
_KEPT = 0.2  # share of the training images that is kept from the features where none are held out


@dataclass(frozen=True, kw_only=True)
class Against:
    """Frechet distance, kernel distance, and overlap of a set of images with real ones, in the local features.

    frechet_local: the mean over up to 4 draws of as many training images, since single ones differ by a third.
    """

    frechet_local: float
    kernel: KernelDistance
    overlap: Overlap


@dataclass(frozen=True, kw_only=True)
class Classes:
    """What a classifier makes of a set of images. sure: share that it gives one class more than 90 %.

    jsd: Jensen-Shannon divergence of the shares of the classes from the training images' labels, nats.
    """

    sure: float
    jsd: float


@dataclass(frozen=True, kw_only=True)
class ImageFigures:
    """A generator's figures. samples: images a side; every floor is of as many.

    generated: against training images; floor: real images kept aside, against the same training images.
    frechet_local_held_out: against those kept aside, which tells a generator that only copies. Its floor is the same.
    classes, classes_floor: None where the data has no labels.
    in_features, in_pixels: distances to the nearest training image; None where no image was kept from G, or all that
    were are training images too.
    """

    samples: int
    generated: Against
    floor: Against
    frechet_local_held_out: float
    classes: Classes | None
    classes_floor: Classes | None
    in_features: Copying | None
    in_pixels: Copying | None


@dataclass(frozen=True, kw_only=True, eq=False)
class ImageReference:
    """What is learned of a dataset once, to measure any number of generators with. Make it with ``of``.

    trained, aside: the numbers of the samples that the features were learned from, and of those kept aside.
    held_out: whether those kept aside were kept from G too; of other data they were kept from the features only.
    accuracy: of the classifier on those kept aside; None where the data has no labels.
    """

    dataset: Dataset
    extractor: FeatureExtractor
    trained: npt.NDArray[np.int64]
    aside: npt.NDArray[np.int64]
    held_out: bool
    accuracy: float | None
    _trained_features: npt.NDArray[np.float32]
    _aside_features: npt.NDArray[np.float32]
    _floor: Against
    _classes_floor: Classes | None

    @property
    def samples(self) -> int:
        """How many images a side are compared."""
        return min(len(self.aside), len(self.trained))

    @classmethod
    def of(cls, dataset: Dataset, *, seed: int = 0) -> ImageReference:
        """Learn features of the dataset, some 10 s. Raises EstimationError where it has too few images to measure."""
        from ganstudio.measurements.features import train_extractor

        trained, aside = parted(dataset, np.random.default_rng((seed, 11)))
        images, others = _at(dataset, trained), _at(dataset, aside)
        labels = dataset.labels
        extractor = train_extractor(images, None if labels is None else labels[trained], seed=seed)
        features, other_features = extractor.features(images), extractor.features(others)
        count = min(len(trained), len(aside))
        accuracy, classes_floor = None, None
        if labels is not None and extractor.classes:
            found = extractor.probabilities(others)
            known = labels[aside] >= 0
            accuracy = float((found.argmax(axis=1) == labels[aside])[known].mean()) if known.any() else None
            classes_floor = _classes(found[:count], class_shares(labels[trained], extractor.classes))
        return cls(
            dataset=dataset,
            extractor=extractor,
            trained=trained,
            aside=aside,
            held_out=dataset.held_out > 0,
            accuracy=accuracy,
            _trained_features=features,
            _aside_features=other_features,
            _floor=_against(features, other_features[:count]),
            _classes_floor=classes_floor,
        )

    def measure(self, generated_nchw: Samples) -> ImageFigures:
        """The figures of generated images (n, c, h, w) in model units; n at least ``samples``, the first are taken.

        Raises EstimationError for images that are not finite numbers.
        """
        count = self.samples
        images = generated_nchw[:count]
        assert len(images) == count, f"{count} images are needed, found {len(images)}"
        if not np.isfinite(images).all():
            raise EstimationError("the generator makes numbers that are not finite; the training has diverged")
        features = self.extractor.features(images)
        classes = None
        if self.dataset.labels is not None and self.extractor.classes:
            expected = class_shares(self.dataset.labels[self.trained], self.extractor.classes)
            classes = _classes(self.extractor.probabilities(images), expected)
        return ImageFigures(
            samples=count,
            generated=_against(self._trained_features, features),
            floor=self._floor,
            frechet_local_held_out=frechet_local(self._aside_features[:count], features),
            classes=classes,
            classes_floor=self._classes_floor,
            in_features=self._copying_in_features(features) if self.held_out else None,
            in_pixels=self._copying_in_pixels(images[:_PIXEL_QUERIES]) if self.held_out else None,
        )

    def nearest_in_features(self, images_nchw: Samples, k: int = 1) -> Nearest:
        """The k nearest of the ``trained`` images for images (n, c, h, w) in model units; numbers of the dataset."""
        found = nearest(self._trained_features, self.extractor.features(images_nchw), k)
        return Nearest(indices=self.trained[found.indices], distances=found.distances)

    def nearest_in_pixels(self, images_nchw: Samples, k: int = 1) -> Nearest:
        """The same by pixels, in model units."""
        found = nearest_of(lambda some: _at(self.dataset, self.trained[some]), len(self.trained), images_nchw, k)
        return Nearest(indices=self.trained[found.indices], distances=found.distances)

    def _copying_in_features(self, features: npt.NDArray[np.float32]) -> Copying | None:
        sides = [nearest(self._trained_features, side).distances for side in (features, self._aside_features)]
        return copying(*sides)

    def _copying_in_pixels(self, images: Samples) -> Copying | None:
        others = _at(self.dataset, self.aside[: len(images)])
        return copying(*(self.nearest_in_pixels(side).distances for side in (images, others)))


def aside_indices(dataset: Dataset, *, seed: int = 0) -> npt.NDArray[np.int64]:
    """Numbers of the images that ``ImageReference.of`` keeps aside. Raises EstimationError for too few images."""
    return parted(dataset, np.random.default_rng((seed, 11)))[1]


def parted(dataset: Dataset, random: np.random.Generator) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Numbers of images to learn from and of such kept aside. Raises EstimationError for too few images."""
    if dataset.at is None or dataset.count is None:
        raise EstimationError("the data has no list of images to hold the generated ones against")
    order = random.permutation(dataset.count)
    if dataset.held_out:
        aside = dataset.count + random.permutation(dataset.held_out)
    else:
        kept = round(dataset.count * _KEPT)
        order, aside = order[kept:], order[:kept]
    room = min(_TRAINED, _FLOATS // math.prod(dataset.shape))
    trained, aside = order[:room], aside[: min(MOST, room)]
    if min(len(trained), len(aside)) < FEWEST:
        kind = "held out" if dataset.held_out else "to keep aside, a fifth of the data,"
        remedy = _REMEDY if dataset.held_out and len(order) >= FEWEST else ""
        raise EstimationError(
            f"the measures of images need {FEWEST} images {kind} and as many to learn from, "
            f"found {len(aside)} and {len(trained)}{remedy}"
        )
    return trained.astype(np.int64), aside.astype(np.int64)


def _at(dataset: Dataset, indices: npt.NDArray[np.int64]) -> Samples:
    assert dataset.at is not None
    return dataset.at(indices)


def _against(real: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> Against:
    """Compare features (n, f) with the first n of the real ones (m, f), the Frechet distance with more of them."""
    count = len(other)
    draws = [real[start : start + count] for start in range(0, len(real) - count + 1, count)][:_DRAWS]
    return Against(
        frechet_local=float(np.mean([frechet_local(draw, other) for draw in draws])),
        kernel=kernel_distance(draws[0], other),
        overlap=overlap(draws[0], other),
    )


def _classes(probabilities: npt.NDArray[np.float32], expected: Doubles) -> Classes:
    shares = class_shares(probabilities.argmax(axis=1), len(expected))
    return Classes(sure=sure_share(probabilities), jsd=shares_divergence(shares, expected))
