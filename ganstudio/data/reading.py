"""Reading what lies at a path: its card as it becomes known, and the dataset that is trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import pictures
from ganstudio.data.card import Card, ClassCount
from ganstudio.data.opening import open_path

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.data.card import Kind
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import DatasetSpec

THUMBNAIL = 48
"""Side of the thumbnails, in pixels."""
_AT_ONCE = 256  # thumbnails a call
_POINTS = 2_000  # of the points that a card shows


class Watch:
    """Told what is read while it is read; this one looks at nothing, and what is of interest is overridden.

    What a method raises ends the reading, and nothing of it is left behind.
    """

    def progress(self, done: int, total: int) -> None:
        """So many files are done; total: 0 while it is unknown."""

    def thumbnails(self, first: int, images: npt.NDArray[np.uint8], names: tuple[str, ...]) -> None:
        """The next samples in order from number ``first``: uint8 (k, 48, 48, 3), and a name of each."""

    def card(self, card: Card) -> None:
        """What is known by now: now and then, and once it is complete."""


def read(path: Path, spec: DatasetSpec | None = None, *, watch: Watch | None = None) -> tuple[Card, Dataset]:
    """The card and the dataset of what lies at ``path``.

    spec: the choices; None: what lies there is found out, and they are proposed. Raises DatasetError.
    """
    from ganstudio.data import build_dataset

    watch = watch or Watch()
    if spec is None:
        spec, dataset = open_path(path, progress=watch.progress)
    else:
        dataset = build_dataset(spec)
    card = _card(path, spec, dataset)
    if not dataset.is_plane:
        _tell_thumbnails(dataset, watch)
    watch.card(card)
    return card, dataset


def preview(path: Path, spec: DatasetSpec, count: int = 12) -> npt.NDArray[np.uint8]:
    """The first images (k, size, size, 1 or 3) as these choices make them; quickly, and nothing is kept.

    Raises DatasetError.
    """
    from ganstudio.data import build_dataset

    dataset = build_dataset(spec)
    return _images(dataset, np.arange(min(count, _total(dataset))))


def _total(dataset: Dataset) -> int:
    return (dataset.count or 0) + dataset.held_out


def _images(dataset: Dataset, indices: npt.NDArray[np.integer]) -> npt.NDArray[np.uint8]:
    assert dataset.at is not None
    return np.rint(dataset.to_data(dataset.at(indices))).astype(np.uint8).transpose(0, 2, 3, 1)


def _tell_thumbnails(dataset: Dataset, watch: Watch) -> None:
    for first in range(0, _total(dataset), _AT_ONCE):
        indices = np.arange(first, min(first + _AT_ONCE, _total(dataset)))
        small = [
            pictures.resize(np.broadcast_to(one, (*one.shape[:2], 3)).copy(), THUMBNAIL)
            for one in _images(dataset, indices)
        ]
        watch.thumbnails(first, np.stack(small), tuple(f"image {index}" for index in indices))


def _card(path: Path, spec: DatasetSpec, dataset: Dataset) -> Card:
    classes: tuple[ClassCount, ...] = ()
    if dataset.labels is not None:
        counts = np.bincount(dataset.labels, minlength=len(dataset.classes))
        classes = tuple(
            ClassCount(name=name, count=int(count)) for name, count in zip(dataset.classes, counts, strict=True)
        )
    mean = histogram = points = None
    if dataset.is_plane:
        points = dataset.to_data(dataset.draw(_POINTS, np.random.default_rng(0)))
    else:
        images = _images(dataset, np.arange(_total(dataset)))
        mean = np.rint(images.mean(axis=0)).astype(np.uint8)
        histogram = np.stack(
            [np.bincount(images[..., each].ravel(), minlength=256) for each in range(images.shape[-1])]
        )
    kind = "images" if not dataset.is_plane else "density" if dataset.count is None else "points"
    return Card(
        name=path.name, kind=kind, verdict=dataset.source, spec=spec, shape=dataset.shape, complete=True,
        count=_total(dataset), classes=classes, skipped=dataset.skipped, skipped_more=dataset.skipped_more,
        mean=mean, histogram=histogram, points=points,
    )  # fmt: skip
