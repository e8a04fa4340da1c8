"""The discriminator that would be optimal: D*(x) = p_data/(p_data + p_g) over the cells of a part of the plane.

Goodfellow et al. 2014 (arXiv:1406.2661), proposition 1. Both densities are averaged over each cell: a mode may be far
narrower than a cell. p_data is integrated where its log-density is known and counted from draws where it is not; p_g is
counted. Legend: c cells along a side of the part that is looked at, m = c + 2 MARGIN with what noise may bring into it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ganstudio.data import Dataset
    from ganstudio.training.pictures.geometry import Bounds

Doubles = npt.NDArray[np.float64]

CELLS = 80
MARGIN = 24
"""Cells around the part that is looked at: three standard deviations of the widest blur of cells."""
DRAWS = 200_000
"""Samples counted on each side: some 200 in a cell where a thousand cells share them, D* within .02."""
_SLICE, _EVALUATED = 4096, 1024  # samples, and evaluations of p_data, in one slice of the work: some 5 ms
_EVALUATIONS = 150_000  # of p_data in one round at most: 1 s where it takes longest, on a spiral
_SETTLED = 0.02  # share of the mass that the last doubling moved: what is left is a quarter of it
_COARSER = (1, 2, 4, 8)  # how many cells may be joined along a side
_ERROR = 0.05  # standard error of D*, on average over where there is mass, above which cells are joined


@dataclass(frozen=True)
class Cells:
    """A part of the plane, ``bounds`` in data units, cut into CELLS x CELLS, with MARGIN cells more all around."""

    bounds: Bounds

    @property
    def size(self) -> Doubles:
        """Width and height of a cell, data units."""
        left, right, low, high = self.bounds
        return np.array([right - left, high - low]) / CELLS

    @property
    def corner(self) -> Doubles:
        """Where the outermost cell begins: lowest x and y."""
        return np.array([self.bounds[0], self.bounds[2]]) - MARGIN * self.size

    def centres(self) -> npt.NDArray[np.float32]:
        """Centres of the inner cells (c * c, 2), row by row from the lowest y."""
        ticks = np.arange(CELLS) + 0.5 + MARGIN
        x, y = np.meshgrid(*(self.corner[axis] + ticks * self.size[axis] for axis in (0, 1)))
        return np.stack([x.ravel(), y.ravel()], 1).astype(np.float32)

    def count(self, points: npt.NDArray[np.floating]) -> Doubles:
        """How many points (n, 2) lie in each cell, margin and all: (m, m), row 0 lowest. Others aren't counted."""
        side = CELLS + 2 * MARGIN
        with np.errstate(invalid="ignore", over="ignore"):  # a generator that diverged
            places = np.floor((points - self.corner) / self.size)
            inside = ((places >= 0) & (places < side)).all(axis=1)
        column, line = places[inside].astype(np.intp).T
        counts: Doubles = np.bincount(line * side + column, minlength=side * side).reshape(side, side).astype(float)
        return counts

    def blurred(self, masses: Doubles, sigma: float) -> Doubles:
        """Masses (m, m) convolved with a Gaussian of ``sigma`` data units, without the margin: (c, c)."""
        across, down = (_kernel(float(sigma / size)) for size in self.size)
        return np.asarray(down @ masses @ across.T)


def _kernel(sigma: float) -> Doubles:
    """Share of the mass at each cell's centre that a Gaussian of ``sigma`` cells brings into each inner cell (c, m)."""
    if sigma == 0:
        return np.eye(CELLS, CELLS + 2 * MARGIN, MARGIN)
    ends = np.arange(-CELLS - MARGIN, CELLS + MARGIN + 1) - 0.5
    below = np.array([0.5 * (1 + math.erf(end / sigma / math.sqrt(2))) for end in ends])
    offsets = np.arange(CELLS)[:, None] + MARGIN - np.arange(CELLS + 2 * MARGIN)
    return np.asarray(np.diff(below)[offsets + CELLS + MARGIN])


@dataclass(frozen=True)
class Masses:
    """Mass of a distribution in each cell (m, m), and how many draws tell it: infinite where it was integrated."""

    cells: Doubles
    draws: float


def split_noise(cells: Cells, noise: float) -> tuple[float, float]:
    """Noise of ``noise`` data units as what cells are blurred by, and what must be added to the samples themselves.

    Blurring the cells adds no noise of its own, but the margin holds three standard deviations of a third of it only.
    """
    blur = min(noise, MARGIN / 3 * float(cells.size.min()))
    return blur, math.sqrt(max(noise**2 - blur**2, 0.0))


def count_draws(
    cells: Cells, draw: Callable[[int], npt.NDArray[np.floating]], count: int = DRAWS
) -> Generator[None, None, Masses]:
    """Count draws, (n) -> (n, 2) in data units; one slice of them between two yields."""
    counts = np.zeros((CELLS + 2 * MARGIN,) * 2)
    for start in range(0, count, _SLICE):
        counts += cells.count(draw(min(_SLICE, count - start)))
        yield
    return Masses(counts / count, count)


def data_masses(cells: Cells, dataset: Dataset, added: float) -> Generator[None, None, Masses]:
    """p_data's mass in each cell, with noise of ``added`` data units added to it; in slices.

    Integrated where the log-density is known and no noise is added, else counted. Draws say where the mass lies, so
    that the integration spends its points there; where it then misses mass, being of a blur too fine, draws count.
    """
    random = np.random.default_rng(0)

    def draw(count: int) -> npt.NDArray[np.floating]:
        points = dataset.modality.to_people(dataset.draw(count, random))
        return points + random.normal(0, added, points.shape) if added else points

    counted = yield from count_draws(cells, draw)
    if dataset.log_density is None or added > 0:
        # Points with replacement tell no more than there are of them.
        return Masses(counted.cells, min(counted.draws, dataset.count or math.inf) if not added else counted.draws)
    integrated = yield from _integrate(cells, dataset.log_density, _spread(counted.cells > 0))
    share, found = counted.cells.sum(), integrated.sum()
    if abs(found - share) <= 0.01 * share + 5 * math.sqrt(share / counted.draws):
        return Masses(integrated, math.inf)
    return counted


def _integrate(
    cells: Cells, log_density: Callable[[npt.NDArray[np.floating]], Doubles], matters: npt.NDArray[np.bool_]
) -> Generator[None, None, Doubles]:
    """Midpoint rule in each cell, and in those that matter (m, m) with twice the points along a side until it holds.

    For a Gaussian the rule's error is about 2 exp(-2 (pi sigma / spacing)^2): nothing while points are a sigma apart.
    """
    masses = np.zeros(matters.shape)
    chosen, side = np.ones_like(matters), 1
    while chosen.sum() * side**2 <= _EVALUATIONS:
        places = np.argwhere(chosen)[:, ::-1]
        ticks = (np.arange(side) + 0.5) / side
        inner = np.stack(np.meshgrid(ticks, ticks), -1).reshape(-1, 2)
        found = np.empty(len(places))
        rows = max(1, _EVALUATED // len(inner))
        for start in range(0, len(places), rows):
            block = places[start : start + rows, None] + inner
            density = np.exp(log_density((cells.corner + block * cells.size).reshape(-1, 2)))
            found[start : start + rows] = density.reshape(-1, len(inner)).mean(axis=1) * cells.size.prod()
            yield
        moved = np.abs(found - masses[chosen]).sum()
        masses[chosen] = found
        if side > 1 and moved <= _SETTLED * found.sum():
            break
        chosen, side = matters, 2 * side
    return masses


def _spread(cells: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """These cells and their neighbours."""
    wider = np.pad(cells, 1)
    wider = wider[:-2] | wider[1:-1] | wider[2:]
    return np.asarray(wider[:, :-2] | wider[:, 1:-1] | wider[:, 2:])


def optimal_belief(cells: Cells, data: Masses, model: Masses, blur: float) -> npt.NDArray[np.float32]:
    """D* in each inner cell (c, c), both sides blurred by ``blur`` data units; NaN where neither has mass.

    That is, fewer than one of DRAWS samples of each. Where the draws are too few for so many cells, as in a small part
    of the plane, 2, 4 or 8 of them are joined along a side: D* of larger cells, rather than noise or a wider blur.
    """
    p_data, p_model = (cells.blurred(side.cells, blur) for side in (data, model))
    # What a blurred cell holds comes from about 4 pi sigma^2 cells around it.
    sharing = max(1.0, 4 * math.pi * blur**2 / float(cells.size.prod()))
    for joined in _COARSER:
        real, fake = _joined(p_data, joined), _joined(p_model, joined)
        if _error(real, fake, sharing * data.draws, sharing * model.draws) <= _ERROR:
            break
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 / 0: nobody is there
        belief = real / (real + fake)
    belief[(real * DRAWS < 1) & (fake * DRAWS < 1)] = np.nan
    return belief.repeat(joined, axis=0).repeat(joined, axis=1).astype(np.float32)


def _error(real: Doubles, fake: Doubles, real_draws: float, fake_draws: float) -> float:
    """Standard error of D* where there is mass, from masses that were counted from so many draws.

    It is taken from masses drawn half way to their neighbours' mean: a cell in which none of few samples fell is no
    certainty that none ever will.
    """
    real, fake = ((side + _neighbours_mean(side)) / 2 for side in (real, fake))
    mass = real + fake
    some = mass > 1e-20  # powers of what is thinner still are nothing at all
    real, fake, mass = real[some], fake[some], mass[some]
    # (D* (1 - D*))^2 (1 / real samples + 1 / generated samples), written so that no mass divides nothing.
    variance = real * fake / mass**4 * (fake / real_draws + real / fake_draws)
    return math.sqrt((mass * variance).sum() / mass.sum()) if some.any() else 0.0


def _neighbours_mean(masses: Doubles) -> Doubles:
    """Each cell's mean in the largest cells that may be made of it."""
    together = len(masses) * max(_COARSER) // CELLS
    return _joined(masses, together).repeat(together, axis=0).repeat(together, axis=1) / together**2


def _joined(masses: Doubles, side: int) -> Doubles:
    count = len(masses) // side
    return np.asarray(masses.reshape(count, side, count, side).sum(axis=(1, 3)))
