"""Points in other model units, and what a density of the plane is told by."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.modalities import as_points

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.data.dataset import Dataset
    from ganstudio.modalities import Points

_REACH, _CELLS = 3.0, 48  # of the grid that a density is looked at on, standard deviations from its centre


def in_units_of(dataset: Dataset, kept: Points) -> Dataset:
    """The same points in the model units of ``kept``."""
    now = as_points(dataset.modality)
    # The centres' difference in double: far from zero, 32-bit floats would lose what sets the points apart.
    shift = (np.asarray(now.centre, np.float64) - np.asarray(kept.centre)) / kept.scale
    factor = now.scale / kept.scale
    draw, at, classed = dataset.draw, dataset.at, dataset.draw_classed

    def moved(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        return np.asarray(samples * factor + shift, np.float32)

    def classed_moved(count: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        assert classed is not None
        samples, labels = classed(count, rng)
        return moved(samples), labels

    return replace(
        dataset,
        modality=kept,
        draw=lambda count, rng: moved(draw(count, rng)),
        at=None if at is None else lambda indices: moved(at(indices)),
        draw_classed=None if classed is None else classed_moved,
    )


def density_word(dataset: Dataset) -> str:
    """A word for a density that has no list of samples: what it is on a grid, as far as all machines agree."""
    if dataset.at is not None or dataset.log_density is None:
        return ""
    points = as_points(dataset.modality)
    along = np.linspace(-_REACH, _REACH, _CELLS) * points.scale
    grid = np.stack(np.meshgrid(along, along), -1).reshape(-1, 2) + points.middle
    told = np.nan_to_num(np.round(dataset.log_density(grid), 4), neginf=-1e9) + 0.0
    return hashlib.blake2b(told.astype("<f8").tobytes(), digest_size=8).hexdigest()
