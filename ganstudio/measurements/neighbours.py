"""The divergences on the plane from distances to nearest neighbours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.measurements.divergence import LOG2
from ganstudio.measurements.estimate import (
    DivergenceEstimate,
    Doubles,
    EstimationError,
    Samples,
    Sides,
    Work,
    collect,
    interval,
    kl_fields,
)

if TYPE_CHECKING:
    from collections.abc import Generator

NEIGHBOURS = 10
_LEAF = 96  # points in a leaf
_DISTANCES = 60_000  # compared at one go
_TINIEST = 1e-30  # squared distance that stands for 0: far less than points that were parted are from each other
_APART = 1e-6  # of the data's deviation, by which equal points are parted: some ten times what 32-bit floats resolve


def neighbours(sides: Sides, samples: int, seed: int) -> Work:
    """Estimate from each point's 10 nearest neighbours of either side, of the plane only.

    KL: the log-ratio of the two distances to the tenth neighbour (Wang, Kulkarni and Verdu 2009). JSD: with t points of
    both sides within the distance to the k-th of one's own, digamma(t) - digamma(k) has the mean log((p + q) / p) where
    the densities are even so far: t is a negative binomial number of trials. Where they bend within that distance,
    in narrow modes, both are biased low. The interval takes the points' values as independent. Points that are there
    more than once are parted first.
    Raises EstimationError for data that isn't points.
    """
    if not sides.is_plane:
        raise EstimationError("nearest neighbours are looked up in the plane; choose the probe for images")
    real, fake = yield from collect(sides, real=samples, fake=samples)
    key = f"neighbours floor at {samples}"
    if key not in sides.cache:
        both, _ = yield from collect(sides, real=2 * samples, fake=0)
        random = np.random.default_rng((seed, 3))
        both = both[random.permutation(len(both))]
        half = len(both) // 2
        sides.cache[key] = (yield from _estimate(both[:half], both[half : 2 * half], 0.0, random)).jsd_high
    return (yield from _estimate(real, fake, sides.cache[key], np.random.default_rng((seed, 4))))


def _estimate(real: Samples, fake: Samples, floor: float, random: np.random.Generator) -> Work:
    parted = yield from _parted(real, fake, random)
    of_real = yield from _grow(parted[0])
    of_fake = yield from _grow(parted[1])
    log_d, ratios = [], []
    for own, other in ((of_real, of_fake), (of_fake, of_real)):
        values, ratio = yield from _compare(own, other)
        log_d.append(values)
        ratios.append(ratio)
    jsd = LOG2 + (float(log_d[0].mean()) + float(log_d[1].mean())) / 2
    error = 0.5 * math.hypot(*(_standard_error(values) for values in log_d))
    # Neighbours share their neighbours: where p = q the values of some k points stand and fall together.
    error = math.hypot(error, 0.5 * math.sqrt(NEIGHBOURS / len(real)) / NEIGHBOURS)
    return DivergenceEstimate(
        estimator="neighbours",
        **interval(jsd, error, floor),
        **kl_fields("kl_forward", float(ratios[0].mean()), _standard_error(ratios[0])),
        **kl_fields("kl_reverse", float(ratios[1].mean()), _standard_error(ratios[1])),
        samples=min(len(real), len(fake)),
    )


def _standard_error(values: Doubles) -> float:
    return float(values.std()) / math.sqrt(len(values))


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
        """Points of all leaves whose boxes are within ``reach`` of this box."""
        gaps = np.maximum(np.maximum(self.low - high, low - self.high), 0.0)
        near = np.flatnonzero(np.hypot(gaps[:, 0], gaps[:, 1]) <= reach)
        return np.concatenate([self.leaf(index) for index in near.tolist()])

    def reach(self, low: Doubles, high: Doubles, k: int) -> float:
        """A distance within which every point of the box has k points of this tree, from the boxes alone."""
        spans = np.maximum(high - self.low, self.high - low)
        farthest = np.hypot(spans[:, 0], spans[:, 1])
        order = np.argsort(farthest)
        enough = np.cumsum(np.diff(self.starts)[order]) >= k
        return float(farthest[order[int(enough.argmax())]])


def _parted(
    real: Samples, fake: Samples, random: np.random.Generator
) -> Generator[None, None, tuple[Doubles, Doubles]]:
    """Both sides as doubles, with every value that is there more than once, on either side, spread over a tiny square.

    Among ties there is no tenth neighbour. Where each atom of both distributions is spread alike, every divergence
    stays what it is, and within the square the densities are even, as the estimates want them.
    """
    both = np.concatenate([real, fake]) + np.float32(0)  # -0 becomes 0
    _, place, counts = np.unique(both.view(np.uint64)[:, 0], return_inverse=True, return_counts=True)
    yield
    points = both.astype(np.float64)
    tied = counts[place] > 1
    width = _APART * (float(real.std(axis=0, dtype=np.float64).max()) or 1.0)
    points[tied] += random.uniform(-width, width, (int(tied.sum()), 2))
    return points[: len(real)], points[len(real) :]


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


def _compare(own: _Tree, other: _Tree) -> Generator[None, None, tuple[Doubles, Doubles]]:
    """At each point of ``own`` (n,): an estimate of log(p / (p + q)), and one of log(p / q)."""
    harmonic = np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, NEIGHBOURS + len(other.points) + 1))])
    offset = math.log(len(other.points) / (len(own.points) - 1))
    log_d, ratios = [], []
    for index in range(len(own.starts) - 1):
        queries, low, high = own.leaf(index), own.low[index], own.high[index]
        near = own.around(low, high, own.reach(low, high, NEIGHBOURS + 1))
        own_squared = np.empty(len(queries))
        for rows in _blocks(len(queries), len(near)):
            # The nearest of all is the point itself.
            own_squared[rows] = np.partition(_squared(queries[rows], near), NEIGHBOURS, axis=1)[:, NEIGHBOURS]
            yield
        farther = max(other.reach(low, high, NEIGHBOURS), math.sqrt(float(own_squared.max())))
        there = other.around(low, high, farther)
        for rows in _blocks(len(queries), len(there)):
            across = _squared(queries[rows], there)
            inside = (across < own_squared[rows, None]).sum(axis=1)
            across_squared = np.partition(across, NEIGHBOURS - 1, axis=1)[:, NEIGHBOURS - 1]
            # digamma(t) - digamma(k) is a difference of harmonic numbers.
            log_d.append(harmonic[NEIGHBOURS - 1] - harmonic[NEIGHBOURS - 1 + inside])
            distances = np.maximum(across_squared, _TINIEST) / np.maximum(own_squared[rows], _TINIEST)
            ratios.append(np.log(distances) + offset)
            yield
    return np.concatenate(log_d), np.concatenate(ratios)


def _blocks(queries: int, candidates: int) -> list[slice]:
    """Rows that are compared at one go, a millisecond or two of work."""
    rows = max(1, _DISTANCES // candidates)
    return [slice(start, start + rows) for start in range(0, queries, rows)]


def _squared(left: Doubles, right: Doubles) -> Doubles:
    squares: Doubles = (left[:, None, 0] - right[None, :, 0]) ** 2
    squares += (left[:, None, 1] - right[None, :, 1]) ** 2
    return squares
