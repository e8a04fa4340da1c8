"""Reading what lies at a path: its card as it becomes known, and the dataset that is trained on."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.cache import unpacking
from ganstudio.data.errors import Undecided
from ganstudio.data.images import folder as images
from ganstudio.data.images import thumbnails
from ganstudio.data.reading import cards, opening
from ganstudio.data.watching import Watch, watched_by
from ganstudio.experiment import ImagesSpec
from ganstudio.experiment.places import place_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.data.card import Card
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import DatasetSpec

__all__ = ["Watch", "preview", "read", "thumbnails_of"]

_AT_ONCE = 128  # thumbnails told at once


def read(path: Path, spec: DatasetSpec | None = None, *, watch: Watch | None = None) -> tuple[Card, Dataset]:
    """The card and the dataset of what lies at ``path``.

    spec: the choices; None: what lies there is found out, and they are proposed. What was read before with the same
    choices is found in the cache. Raises DatasetError.
    """
    from ganstudio.data import build_dataset

    watch, path = watch or Watch(), Path(os.path.abspath(path.expanduser()))
    with watched_by(watch):
        spec = spec or opening.propose(path)
        if isinstance(spec, ImagesSpec):
            return images.read_images(spec, watch)
        question, guess = "", spec
        try:
            dataset = build_dataset(spec)
        except Undecided as error:  # shown as it is likeliest, and not to be trained on before somebody chose
            question, guess = str(error), spec.model_copy(update=error.options[0])
            dataset = build_dataset(guess)
        card = replace(cards.of_dataset(guess, path, dataset), spec=spec, question=question)
        where = unpacking.told_of(place_of(getattr(spec, "path", "")))
        card = replace(card, notes=(*card.notes, *([where] if where else [])))
    _show(dataset, watch)
    watch.card(card)
    return card, dataset


def _show(dataset: Dataset, watch: Watch) -> None:
    if dataset.feed is None or not watch.wants_thumbnails:
        return
    shown = min(len(dataset.feed), thumbnails.MAX_SHOWN)
    for first in range(0, shown, _AT_ONCE):
        indices = np.arange(first, min(first + _AT_ONCE, shown))
        watch.thumbnails(first, thumbnails_of(dataset, indices), tuple(f"image {index:,}" for index in indices))


def preview(path: Path, spec: DatasetSpec, count: int = 12) -> npt.NDArray[np.uint8]:
    """The first images (k, size, size, 1 or 3) as these choices make them; quickly, and nothing is kept.

    Of points there are none: (0, 0, 0, 1). Raises DatasetError.
    """
    from ganstudio.data import build_dataset

    if isinstance(spec, ImagesSpec):
        return images.first_images(spec, count).transpose(0, 2, 3, 1)
    try:
        feed = build_dataset(spec).feed
    except Undecided as error:
        feed = build_dataset(spec.model_copy(update=error.options[0])).feed
    if feed is None:
        return np.empty((0, 0, 0, 1), np.uint8)
    return feed.bytes_at(np.arange(min(count, len(feed)))).transpose(0, 2, 3, 1)


def thumbnails_of(dataset: Dataset, indices: npt.NDArray[np.integer]) -> npt.NDArray[np.uint8]:
    """Thumbnails (k, 48, 48, 3) of samples, by their numbers in the dataset, which has to be of images."""
    assert dataset.feed is not None
    return thumbnails.shrunk(dataset.feed.bytes_at(indices))
