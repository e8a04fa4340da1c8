"""The divergences on the plane from distances to nearest neighbours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.measurements.divergence import LOG2
from ganstudio.measurements.estimate import (
    DivergenceEstimate,
    Doubles,
    EstimationError,
    Sides,
    Work,
    both_ways,
    collect,
    interval,
)
from ganstudio.measurements.ties import parted
from ganstudio.modalities import Points

if TYPE_CHECKING:
    from collections.abc import Generator

NEIGHBOURS = 10
_WIDE = 2 * NEIGHBOURS
_COUNTS = [NEIGHBOURS, _WIDE]
_NOISIER = 1.6  # the line through both counts than the smaller count: (4 - 2 + 1 / 2) ** 0.5
SMOOTH = 25  # neighbours whose distances tell the densities' ratio: fewer are noisier, more see less
_LEAF = 96  # points in a leaf
_DISTANCES = 60_000  # compared at one go
_TINIEST = 1e-30  # squared distance that stands for 0: far less than points that were parted are from each other


def neighbours(sides: Sides, samples: int, seed: int) -> Work:
    """Estimate from each point's 10 nearest neighbours of either side, of the plane only.

    With t points of both sides within the distance to the k-th of one's own, digamma(t) - digamma(k) has the mean
    log((p + q) / p) where the densities are even so far: t is a negative binomial number of trials. Where they bend
    within that distance, as in narrow modes, it is biased, of which twice as many neighbours tell most; the interval
    reaches as far again, and takes the points' values as independent.
    Points that are there more than once are parted first.
    Raises EstimationError for data that isn't points.
    """
    if not isinstance(sides.modality, Points):
        many = sides.modality.words.many
        raise EstimationError(f"nearest neighbours are looked up in the plane; choose the probe for {many}")
    real, fake = yield from collect(sides, real=samples, fake=samples)
    key = f"neighbours floor at {samples}"
    if key not in sides.cache:
        both, _ = yield from collect(sides, real=2 * samples, fake=0)
        random = np.random.default_rng((seed, 3))
        both = both[random.permutation(len(both))]
        half = len(both) // 2
        halves = yield from parted(both[:half], both[half : 2 * half], random)
        sides.cache[key] = yield from _floor(*halves)
    apart = yield from parted(real, fake, np.random.default_rng((seed, 4)))
    return DivergenceEstimate(
        estimator="neighbours",
        samples=len(real),
        **(yield from _divergence(*apart, sides.cache[key])),
        **(yield from _at_least(*apart)),
    )


def _divergence(real: Doubles, fake: Doubles, floor: float) -> Generator[None, None, dict[str, Any]]:
    """The JSD's fields of the estimate."""
    near, wide = yield from _values(real, fake)
    # What the densities bend within that reach grows with its area: twice as many neighbours are as far off again, and
    # the line through both is followed to no reach at all (Richardson 1911).
    straight = [2 * few - many for few, many in zip(near, wide, strict=True)]
    bent = abs(_jsd(near) - _jsd(wide))
    return interval(_jsd(straight), _error(straight, _NOISIER), floor, len(real), above=bent, below=bent)


def _floor(real: Doubles, fake: Doubles) -> Generator[None, None, float]:
    """Upper 95 % of what is read of two halves of p_data: by few neighbours, as equal densities bend alike."""
    near, _ = yield from _values(real, fake)
    high: float = interval(_jsd(near), _error(near), 0.0, len(real))["jsd_high"]
    return high


def _values(real: Doubles, fake: Doubles) -> Generator[None, None, tuple[list[Doubles], list[Doubles]]]:
    """Log D of the points (n,) of both sides, by k neighbours and by twice as many."""
    of_real = yield from _grow(real)
    of_fake = yield from _grow(fake)
    sides = []
    for own, other in ((of_real, of_fake), (of_fake, of_real)):
        sides.append((yield from _compare(own, other)))
    return [side[0] for side in sides], [side[1] for side in sides]


def _jsd(values: list[Doubles]) -> float:
    return LOG2 + (float(values[0].mean()) + float(values[1].mean())) / 2


def _error(values: list[Doubles], noisier: float = 1.0) -> float:
    error = 0.5 * math.hypot(*(_standard_error(side) for side in values))
    # Neighbours share their neighbours: where p = q the values of some k points stand and fall together.
    return math.hypot(error, 0.5 * noisier * math.sqrt(NEIGHBOURS / len(values[0])) / NEIGHBOURS)


def _standard_error(values: Doubles) -> float:
    return float(values.std()) / math.sqrt(len(values))


def _at_least(real: Doubles, fake: Doubles) -> Generator[None, None, dict[str, Any]]:
    """What the KLs are at least: each half of the points is judged by its distances to the other half's.

    The squared distances to the k-th neighbours of either side are as 1 / p to 1 / q (Wang, Kulkarni and Verdu 2009).
    """
    folds = []
    for turn in (0, 1):
        of_real = yield from _grow(real[turn::2])
        of_fake = yield from _grow(fake[turn::2])
        ratios = []
        for side in (real, fake):
            queries = yield from _grow(side[1 - turn :: 2])
            to_real = yield from _farthest(queries, of_real)
            to_fake = yield from _farthest(queries, of_fake)
            ratios.append(np.log(to_fake / to_real) + math.log(len(of_fake.points) / len(of_real.points)))
        folds.append((ratios[0], ratios[1]))
    return (yield from both_ways(folds))


# --- finding neighbours -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Tree:
    """Points (n, 2) in compact leaves of equal size: ``starts`` (l + 1,), boxes ``low`` and ``high`` (l, 2)."""

    points: Doubles
    starts: npt.NDArray[np.int64]
    low: Doubles
    high: Doubles

    def leaf(self, index: int) -> Doubles:
        return self.points[self.starts[index] : self.starts[index + 1]]

    def around(self, low: Doubles, high: Doubles, reach: float) -> Doubles:
        """Points of all leaves whose boxes are within ``reach`` of this box; there may be none."""
        gaps = np.maximum(np.maximum(self.low - high, low - self.high), 0.0)
        near = np.flatnonzero(np.hypot(gaps[:, 0], gaps[:, 1]) <= reach)
        return np.concatenate([self.points[:0], *(self.leaf(index) for index in near.tolist())])

    def reach(self, low: Doubles, high: Doubles, k: int) -> float:
        """A distance within which every point of the box has k points of this tree, from the boxes alone."""
        spans = np.maximum(high - self.low, self.high - low)
        farthest = np.hypot(spans[:, 0], spans[:, 1])
        order = np.argsort(farthest)
        enough = np.cumsum(np.diff(self.starts)[order]) >= k
        return float(farthest[order[int(enough.argmax())]])


def _grow(points: Doubles) -> Generator[None, None, _Tree]:
    """Split at the median of the longer side, until leaves are small."""
    blocks = [points]
    while len(blocks[0]) > _LEAF:
        halves = []
        for block in blocks:
            axis = int(np.ptp(block, axis=0).argmax())
            middle = len(block) // 2
            ordered = block[np.argpartition(block[:, axis], middle, kind="introselect")]
            halves += [ordered[:middle], ordered[middle:]]
        blocks = halves
        yield
    low, high = (np.array([pick(block, axis=0) for block in blocks]) for pick in (np.min, np.max))
    starts = np.concatenate([[0], np.cumsum([len(block) for block in blocks])]).astype(np.int64)
    return _Tree(np.concatenate(blocks), starts, low, high)


def _compare(own: _Tree, other: _Tree) -> Generator[None, None, Doubles]:
    """At each point of ``own`` (2, n) an estimate of log(p / (p + q)), by k neighbours and by twice as many."""
    harmonic = np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, _WIDE + len(other.points) + 1))])
    log_d = []
    for index in range(len(own.starts) - 1):
        queries, low, high = own.leaf(index), own.low[index], own.high[index]
        near = own.around(low, high, own.reach(low, high, _WIDE + 1))
        squared = np.empty((len(queries), 2))
        for rows in _blocks(len(queries), len(near)):
            # The nearest of all is the point itself.
            squared[rows] = np.partition(_squared(queries[rows], near), _COUNTS, axis=1)[:, _COUNTS]
            yield
        there = other.around(low, high, math.sqrt(float(squared.max())))
        for rows in _blocks(len(queries), len(there)):
            across = _squared(queries[rows], there)
            inside = np.stack([(across < squared[rows, k, None]).sum(axis=1) for k in (0, 1)])
            # digamma(t) - digamma(k) is a difference of harmonic numbers.
            k = np.array(_COUNTS)[:, None] - 1
            log_d.append(harmonic[k] - harmonic[k + inside])
            yield
    return np.concatenate(log_d, axis=1)


def _farthest(queries: _Tree, tree: _Tree) -> Generator[None, None, Doubles]:
    """Squared distance of each point of ``queries`` (n,) to the k-th nearest of another tree."""
    found = []
    for index in range(len(queries.starts) - 1):
        points, low, high = queries.leaf(index), queries.low[index], queries.high[index]
        near = tree.around(low, high, tree.reach(low, high, SMOOTH))
        for rows in _blocks(len(points), len(near)):
            found.append(np.partition(_squared(points[rows], near), SMOOTH - 1, axis=1)[:, SMOOTH - 1])
            yield
    return np.maximum(np.concatenate(found), _TINIEST)


def _blocks(queries: int, candidates: int) -> list[slice]:
    """Rows that are compared at one go, a millisecond or two of work."""
    rows = max(1, _DISTANCES // max(1, candidates))
    return [slice(start, start + rows) for start in range(0, queries, rows)]


def _squared(left: Doubles, right: Doubles) -> Doubles:
    squares: Doubles = (left[:, None, 0] - right[None, :, 0]) ** 2
    squares += (left[:, None, 1] - right[None, :, 1]) ** 2
    return squares
