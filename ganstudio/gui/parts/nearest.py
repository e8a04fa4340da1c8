"""Which of some points is meant by a place on the screen. Knows no widget."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]


def nearest(points_n2: Floats, xy: tuple[float, float], reach: float = math.inf) -> int | None:
    """Index of the point that is nearest to xy, at most ``reach`` away in the same units; None: there is none.

    Points that are not finite are never the nearest; the others keep their index.
    """
    if not len(points_n2):
        return None
    squared = ((np.asarray(points_n2, float) - xy) ** 2).sum(1)
    squared[~np.isfinite(squared)] = math.inf
    index = int(squared.argmin())
    return index if squared[index] <= min(reach**2, np.finfo(float).max) else None
