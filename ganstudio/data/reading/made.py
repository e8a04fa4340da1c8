"""Cards of what needs no path: images that are drawn from a seed, and datasets that are known by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.reading import cards
from ganstudio.experiment import GlyphsSpec, StripedSpec

if TYPE_CHECKING:
    from ganstudio.data.card import Card
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import DatasetSpec


def read(spec: DatasetSpec) -> tuple[Card, Dataset]:
    """The card and the dataset of a spec that has no path. Raises DatasetError as building it does."""
    from ganstudio.data import build_dataset

    dataset = build_dataset(spec)
    return cards.of_dataset(spec, Path(dataset.name), dataset), dataset


def preview(spec: DatasetSpec, count: int) -> npt.NDArray[np.uint8]:
    """The first images (k, size, size, 1 or 3) of a spec that has no path, drawing no more of them than are shown."""
    from ganstudio.data import build_dataset

    if isinstance(spec, GlyphsSpec | StripedSpec):
        least = type(spec).model_fields["count"].metadata[0].ge
        spec = spec.model_copy(update={"count": max(count, least), "held_out": 0})
    feed = build_dataset(spec).feed
    if feed is None:
        return np.empty((0, 0, 0, 1), np.uint8)
    return feed.bytes_at(np.arange(min(count, len(feed)))).transpose(0, 2, 3, 1)
