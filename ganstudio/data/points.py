"""Points of the plane that somebody measured: drawn row by row, with replacement."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.dataset import Dataset, DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data.skips import Skips


def point_dataset(
    name: str,
    points: npt.NDArray[np.float64],
    *,
    source: str,
    skips: Skips | None = None,
    labels: npt.NDArray[np.int64] | None = None,
    classes: Sequence[str] = (),
) -> Dataset:
    """Points (n, 2), all finite, and the class of each (n,). One scale for both axes keeps the shape.

    Raises DatasetError when they are all the same, or beyond what 32-bit floats hold.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # said in words below
        centre = points.mean(axis=0)
        away = points - centre
        scale = math.sqrt((away * away).mean())
    if not math.isfinite(scale) or max(scale, np.abs(centre).max()) > 1e30:
        raise DatasetError(f'"{name}" holds numbers that are too large, up to {np.abs(points).max():.3g}; rescale them')
    # Below that share of the coordinates 32-bit floats can't tell the points apart.
    if scale <= 1e-6 * np.abs(points).max():
        many = f"{len(points):,} points that are all (nearly) the same" if len(points) > 1 else "a single point"
        others = f" ({skips.sentence()})" if skips and skips.count else ""
        raise DatasetError(f'"{name}" holds {many}; a GAN needs some that differ{others}')
    rows = (away / scale).astype(np.float32)

    def at(indices: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        return np.asarray(rows.take(indices, axis=0))

    def draw(count: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        return at(rng.integers(0, len(rows), count))

    return Dataset(
        name=name,
        shape=(2,),
        draw=draw,
        centre=centre.astype(np.float32),
        scale=scale,
        count=len(rows),
        skipped=skips.named if skips else (),
        skipped_more=skips.more if skips else 0,
        source=source,
        at=at,
        labels=labels,
        classes=tuple(classes),
    )
