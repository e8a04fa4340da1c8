"""The prior p_z in one and two dimensions: density, colours, and G between the lines of its grid. Knows no widget.

Shapes: n latents, d dimensions of z, a × b lines of the grid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.experiment import LatentSpec

Floats = npt.NDArray[np.floating[Any]]

GRID_LINES = 25
"""Lines of the manifold's grid each way, as the frames bring it."""


@dataclass(frozen=True, kw_only=True)
class _Prior:
    """One kind of prior, of independent dimensions.

    density takes one dimension, (…) to (…): p(z). grid_reach is where the manifold's grid ends.
    """

    grid_reach: float
    density: Callable[[Floats], Floats]
    ticks: tuple[int, ...]
    rings: tuple[float, ...]
    words: str


def _normal_density(z: Floats) -> Floats:
    return np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


_PRIORS = {
    "normal": _Prior(
        grid_reach=2.0,  # as in ganstudio/latent.py, which loads torch; a test holds the two equal
        density=_normal_density,
        ticks=(-2, -1, 0, 1, 2),
        rings=(1.0, 2.0, 3.0),
        words="standard normal",
    ),
    "uniform": _Prior(
        grid_reach=0.98,
        density=lambda z: np.where(np.abs(z) <= 1, 0.5, 0.0),
        ticks=(-1, 0, 1),
        rings=(),
        words="uniform on (\u22121, 1)",
    ),
}


def ticks(spec: LatentSpec) -> tuple[int, ...]:
    """Where an axis of z has its ticks."""
    return _PRIORS[spec.prior].ticks


def rings(spec: LatentSpec) -> tuple[float, ...]:
    """Radii of the contours that are worth drawing in two dimensions: whole standard deviations of a normal."""
    return _PRIORS[spec.prior].rings


def words(spec: LatentSpec) -> str:
    """The prior's name in a sentence."""
    return _PRIORS[spec.prior].words


def density(spec: LatentSpec, z: Floats) -> Floats:
    """p_z of one dimension at z, (…) to (…); in more dimensions it is the product over them."""
    return _PRIORS[spec.prior].density(np.asarray(z, float))


def grid_axis(spec: LatentSpec) -> Floats:
    """Where the manifold's grid has its lines in each dimension: (lines,)."""
    return np.linspace(-1, 1, GRID_LINES) * _PRIORS[spec.prior].grid_reach
