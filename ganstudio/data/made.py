"""Cards of what needs no path: images that are drawn from a seed, and datasets that are known by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.card import Card, ClassCount
from ganstudio.experiment import GlyphsSpec

if TYPE_CHECKING:
    from ganstudio.data.dataset import Dataset
    from ganstudio.data.reading import Watch
    from ganstudio.experiment import DatasetSpec

_AT_ONCE = 1_024  # samples that are turned to bytes together
_POINTS = 2_000


def read(spec: DatasetSpec, *, watch: Watch) -> tuple[Card, Dataset]:
    """The card and the dataset of a spec that has no path. Raises DatasetError as building it does."""
    from ganstudio.data import build_dataset

    dataset = build_dataset(spec)
    return _card(spec, dataset, watch), dataset


def preview(spec: DatasetSpec, count: int) -> npt.NDArray[np.uint8]:
    """The first images (k, size, size, 1 or 3) of a spec that has no path, drawing no more of them than are shown."""
    from ganstudio.data import build_dataset

    if isinstance(spec, GlyphsSpec):
        spec = spec.model_copy(update={"count": max(count, 10), "held_out": 0})
    dataset = build_dataset(spec)
    return _images(dataset, np.arange(min(count, _total(dataset))))


def _card(spec: DatasetSpec, dataset: Dataset, watch: Watch) -> Card:
    """Counted in portions, between which the watch may end it."""
    plain = Card(
        name=dataset.name,
        kind="images",
        verdict=dataset.source,
        spec=spec,
        shape=dataset.shape,
        complete=True,
        count=_total(dataset),
        classes=_classes(dataset),
    )
    if dataset.is_plane:
        points = dataset.to_data(dataset.draw(_POINTS, np.random.default_rng(0)))
        return replace(plain, kind="density" if dataset.count is None else "points", points=points)
    channels, side, _ = dataset.shape
    histogram = np.zeros((channels, 256), np.int64)
    light = np.zeros((side, side, channels))
    for first in range(0, plain.count, _AT_ONCE):
        watch.progress(first, plain.count)
        images = _images(dataset, np.arange(first, min(first + _AT_ONCE, plain.count)))
        light += images.sum(axis=0, dtype=np.int64)
        for channel in range(channels):
            histogram[channel] += np.bincount(images[..., channel].ravel(), minlength=256)
    return replace(
        plain,
        sizes=((side, side, plain.count),),
        grey=plain.count if channels == 1 else 0,
        colour=plain.count if channels == 3 else 0,
        mean=np.rint(light / max(plain.count, 1)).astype(np.uint8),
        histogram=histogram,
    )


def _classes(dataset: Dataset) -> tuple[ClassCount, ...]:
    if dataset.labels is None:
        return ()
    counts = np.bincount(dataset.labels, minlength=len(dataset.classes)).tolist()
    return tuple(ClassCount(name=name, count=count) for name, count in zip(dataset.classes, counts, strict=True))


def _images(dataset: Dataset, indices: npt.NDArray[np.integer]) -> npt.NDArray[np.uint8]:
    assert dataset.at is not None
    images: npt.NDArray[np.uint8] = np.rint(dataset.to_data(dataset.at(indices))).astype(np.uint8)
    return images.transpose(0, 2, 3, 1)


def _total(dataset: Dataset) -> int:
    return (dataset.count or 0) + dataset.held_out
