"""Where on the plane pictures are made: bounds, and the centres of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.modalities import Points

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.training.step.games import System

Bounds = tuple[float, float, float, float]


def cell_centres(bounds: Bounds, cells: int) -> npt.NDArray[np.float32]:
    """The centres (cells * cells, 2) of a grid over the bounds, row by row from the lowest y."""
    x_low, x_high, y_low, y_high = bounds
    across = (np.arange(cells, dtype=np.float32) + 0.5) / cells
    x, y = np.meshgrid(x_low + across * (x_high - x_low), y_low + across * (y_high - y_low))
    return np.stack([x.ravel(), y.ravel()], 1).astype(np.float32)


def home(trainer: System) -> Bounds | None:
    """Where the data lie on the plane, as ``plane_bounds`` has it; None where they are no points."""
    return plane_bounds(trainer) if isinstance(trainer.dataset.modality, Points) else None


def plane_bounds(trainer: System) -> Bounds:
    """A square of the plane, (x_low, x_high, y_low, y_high) in data units, that holds the data with some air."""
    points = trainer.dataset.modality.to_people(trainer.dataset.draw(2000, np.random.default_rng(0)))
    low, high = points.min(0), points.max(0)
    middle, half = (low + high) / 2, float((high - low).max()) * 0.65 + 1e-6
    x, y = float(middle[0]), float(middle[1])
    return (x - half, x + half, y - half, y + half)
