"""Cards of what needs no path: samples that are made from a seed, and datasets that are known by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.data.reading import cards
from ganstudio.data.reading.looks import first_pictures
from ganstudio.experiment.data import made_here

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ganstudio.data.card import Card
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import DatasetSpec


def read(spec: DatasetSpec) -> tuple[Card, Dataset]:
    """The card and the dataset of a spec that has no path. Raises DatasetError as building it does."""
    from ganstudio.data import build_dataset

    dataset = build_dataset(spec)
    return cards.of_dataset(spec, Path(dataset.name), dataset), dataset


def preview(spec: DatasetSpec, count: int) -> npt.NDArray[np.uint8]:
    """Pictures of the first samples (k, h, w, 1 or 3) of a spec that has no path, making no more than are shown."""
    from ganstudio.data import build_dataset

    if type(spec) in made_here() and {"count", "held_out"} <= type(spec).model_fields.keys():
        least = type(spec).model_fields["count"].metadata[0].ge
        spec = spec.model_copy(update={"count": max(count, least), "held_out": 0})
    return first_pictures(build_dataset(spec), count)
