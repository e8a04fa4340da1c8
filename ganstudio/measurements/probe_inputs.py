"""What the probe sees of points of the plane: their place, and how dense it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.measurements.pooled import PooledDensity

if TYPE_CHECKING:
    from collections.abc import Generator

    from torch import Tensor

    from ganstudio.measurements.estimate import Doubles, Samples, Sides

_ROWS = 1024
_EXACT_ROWS = 128  # the density of a long thin curve costs up to 60 microseconds a point
_ARMS = 6.0  # median deviations after which a density's feature grows with its logarithm only


def plane_inputs(
    sides: Sides, real: Samples, fake: Samples, fitted: tuple[Samples, Samples], random: np.random.Generator
) -> Generator[None, None, tuple[Tensor, Tensor]]:
    """Inputs of the points (n, 2) of both sides, float32 (n, 5 or 6), standardised by the points that are fitted to."""
    pooled = np.concatenate(fitted).astype(np.float64)
    centre, scale = pooled.mean(axis=0), float(pooled.std(axis=0).max()) or 1.0
    density = yield from PooledDensity.fit((pooled - centre) / scale, random)
    tables = []
    for points in (real, fake):
        parts = []
        for start in range(0, len(points), _ROWS):
            places = (points[start : start + _ROWS] - centre) / scale
            parts.append(np.concatenate([places, density.features(places)], axis=1))
            yield
        table = np.concatenate(parts)
        if sides.log_density is not None:
            exact = yield from _exact(sides, points)
            table = np.concatenate([table, exact[:, None]], axis=1)
        tables.append(table)
    return (yield from _standardise(tables, [len(points) for points in fitted]))


def _exact(sides: Sides, points: Samples) -> Generator[None, None, Doubles]:
    answer = np.empty(len(points))
    for start in range(0, len(points), _EXACT_ROWS):
        answer[start : start + _EXACT_ROWS] = sides.log_density_here(points[start : start + _EXACT_ROWS])
        yield
    return answer


def _standardise(tables: list[Doubles], fitted: list[int]) -> Generator[None, None, tuple[Tensor, Tensor]]:
    """The last ``fitted`` rows of each table set the units; tails of the densities are drawn in, -inf with them."""
    own = [table[-count:] for table, count in zip(tables, fitted, strict=True)]
    for column in range(2, tables[0].shape[1]):
        finite = own[0][:, column][np.isfinite(own[0][:, column])]
        middle = float(np.median(finite)) if len(finite) else 0.0
        spread = float(np.median(np.abs(finite - middle))) if len(finite) else 0.0
        unit = _ARMS * (spread or 1.0)
        for table in tables:
            # Where p_data has no mass at all its log is -inf: for a network, as good as very low.
            away = np.nan_to_num((table[:, column] - middle) / unit, nan=0.0, neginf=-1e6, posinf=1e6)
            table[:, column] = np.arcsinh(away)
        yield
    both = np.concatenate([table[-count:] for table, count in zip(tables, fitted, strict=True)])
    mean, deviation = both.mean(axis=0), both.std(axis=0)
    deviation[deviation == 0] = 1.0
    real, fake = (torch.from_numpy(((table - mean) / deviation).astype(np.float32)) for table in tables)
    return real, fake
