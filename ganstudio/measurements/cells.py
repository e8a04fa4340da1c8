"""Cells of the plane with the mass that p_data has in each, exact where its log-density is known.

Cells are as small as so many samples can fill (about 30 to a cell). Where p_data thins out they are joined, two by two,
until a few samples are to be expected in each; points where p_data has no mass at all share one cell out of its range.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_PER_CELL = 30.0
_FEWEST = 4.0  # samples of p_data to be expected in a cell: fewer, and the bias correction's expansion fails
_LEVELS = 24
_DRAWN = 20_000  # points that show where p_data has mass
_NODES = 3  # Gauss-Legendre nodes along a side: right to 1e-4 even where a cell is two deviations wide
_ROWS = 512
_PART = (math.sqrt(5) - 1) / 2
_STRIDE = 1 << 31  # rows and columns are packed into one integer


@dataclass(frozen=True, eq=False)
class Cells:
    """A partition of the plane. ``keys`` (k,) fine cells, sorted; ``bins`` (k,) the cell that each was joined to.

    masses: (m + 1,) of p_data in every joined cell; the last is out of range.
    """

    origin: Doubles
    width: float
    keys: Integers
    bins: Integers
    masses: Doubles

    def count(self, points: npt.NDArray[np.float32]) -> Integers:
        """How many of points (n, 2) lie in each cell: (m + 1,)."""
        keys = _pack(points, self.origin, self.width)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        bins = np.where(self.keys[at] == keys, self.bins[at], len(self.masses) - 1)
        return np.bincount(bins, minlength=len(self.masses))


def _pack(points: npt.NDArray[np.floating], origin: Doubles, width: float) -> Integers:
    # Far outside the range every place is as good as the next; beyond it the packed numbers would wrap.
    places = np.clip(np.floor((points.astype(np.float64) - origin) / width), 0, _STRIDE - 2).astype(np.int64)
    packed: Integers = places[:, 1] * _STRIDE + places[:, 0]
    return packed


def _cell_width(entropy: float, samples: int) -> float:
    """So wide that p_data, of this differential entropy, fills samples / 30 cells evenly."""
    return math.exp((entropy - math.log(max(1.0, samples / _PER_CELL))) / 2)


def exact_cells(
    draw: Callable[[int], npt.NDArray[np.float32]],
    log_density: Callable[[npt.NDArray[np.floating]], Doubles],
    samples: int,
) -> Generator[None, None, Cells]:
    """Cells for ``samples`` points of a known density, integrated over each cell by Gauss and Legendre's rule.

    draw: count -> points (count, 2). log_density: of the same units.
    """
    drawn, logs = [], []
    for _ in range(0, _DRAWN, _ROWS):
        drawn.append(draw(_ROWS))
        logs.append(log_density(drawn[-1]))
        yield
    points, log_p = np.concatenate(drawn), np.concatenate(logs)
    # The median holds the entropy against a few points that lie far out.
    width = _cell_width(-float(log_p[np.isfinite(log_p)].mean()), samples)
    origin = points.min(axis=0).astype(np.float64) - 1e3 * width
    keys = yield from _surroundings(np.unique(_pack(points, origin, width)))
    at, weight = np.polynomial.legendre.leggauss(_NODES)
    offsets = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2) * width / 2
    weights = np.outer(weight, weight).ravel() * width**2 / 4
    masses = np.empty(len(keys))
    rows = _ROWS // len(offsets)
    for start in range(0, len(keys), rows):
        block = keys[start : start + rows]
        middles = origin + (np.stack([block % _STRIDE, block // _STRIDE], axis=1) + 0.5) * width
        inside = log_density((middles[:, None] + offsets).reshape(-1, 2)).reshape(len(block), -1)
        masses[start : start + rows] = np.exp(inside) @ weights
        yield
    # Rounding and the rule's error: what the cells hold together can't be more than all.
    masses *= min(1.0, 1.0 / masses.sum())
    return _join(origin, width, keys, masses, samples)


def drawn_cells(real: npt.NDArray[np.float32], pooled: npt.NDArray[np.float32], samples: int) -> Cells:
    """Cells for a density that is known by its samples (n, 2) only; they follow both sides together, pooled (2n, 2).

    They are as wide as ``samples`` points can fill, and hold what as many lead to expect.
    """
    spread = pooled.astype(np.float64)
    # A grid's entropy stands in for the differential one, at a width where points still share cells.
    low, high = spread.min(axis=0), spread.max(axis=0)
    coarse = max(float((high - low).max()), 1e-12) / max(4.0, math.sqrt(len(real)) / 2)
    _, counts = np.unique(_pack(pooled, low - coarse, coarse), return_counts=True)
    shares = counts / counts.sum()
    width = _cell_width(-float(shares @ np.log(shares)) + 2 * math.log(coarse), samples)
    # Not by a whole width: the lowest of rounded points would lie on a border, which the last digit decides about.
    origin = low - _PART * width
    keys, counts = np.unique(_pack(pooled, origin, width), return_counts=True)
    return _join(origin, width, keys, counts / counts.sum(), samples)


def _surroundings(keys: Integers) -> Generator[None, None, Integers]:
    """Cells (k,) and those up to eight steps away: where so many draws left none there may be mass between them."""
    for step in (1, 2, 5):
        shifts = [x + y * _STRIDE for x in (-step, 0, step) for y in (-step, 0, step)]
        keys = np.unique(np.concatenate([keys + shift for shift in shifts]))
        yield
    return keys


def _join(origin: Doubles, width: float, keys: Integers, masses: Doubles, samples: int) -> Cells:
    """Join cells in squares of twice the side, and again, until each is to hold a few samples."""
    enough = _FEWEST / samples
    bins = np.full(len(keys), -1, np.int64)
    final: list[Doubles] = []
    count = 0
    places = np.stack([keys % _STRIDE, keys // _STRIDE], axis=1)
    left = np.arange(len(keys))
    for _ in range(_LEVELS):
        packed = places[left, 1] * _STRIDE + places[left, 0]
        _, inverse = np.unique(packed, return_inverse=True)
        joined = np.bincount(inverse, masses[left]).astype(np.float64)
        kept = joined >= enough
        numbers = np.cumsum(kept) - 1 + count
        bins[left] = np.where(kept[inverse], numbers[inverse], -1)
        final.append(joined[kept])
        count += int(kept.sum())
        left = left[~kept[inverse]]
        places >>= 1
    rest = float(masses[left].sum())
    bins[left] = count
    whole = np.concatenate([*final, [rest]])
    outside = max(0.0, 1.0 - float(whole.sum()))
    return Cells(origin, width, keys, bins, np.concatenate([whole, [outside]]))
