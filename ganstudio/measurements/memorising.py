"""Whether a generator copies its training images: which of them a sample is nearest to, and how near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.measurements.fidelity import centred, chunks, squared_distances

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from ganstudio.measurements.estimate import Samples

NEAR = 0.05
"""Share of the held-out samples that are nearer to a training image than the distance which counts as near."""
_SAME = 1e-3
"""Distance of an image to itself: the least that pixels can differ by is 0.008, and features vary by about 1."""
_FLOATS = 1 << 23  # of training images in memory at one go: 64 MB


@dataclass(frozen=True, kw_only=True, eq=False)
class Nearest:
    """The k nearest of the reference for each query, nearest first: their numbers (n, k), and distances (n, k)."""

    indices: npt.NDArray[np.int64]
    distances: npt.NDArray[np.float32]


def nearest(reference: npt.NDArray[np.float32], queries: npt.NDArray[np.float32], k: int = 1) -> Nearest:
    """Nearest rows of features (m, f) to queries (n, f) by Euclidean distance; k at most m."""
    return nearest_of(lambda indices: reference[indices], len(reference), queries, k)


def nearest_of(
    at: Callable[[npt.NDArray[np.integer]], Samples], count: int, queries: npt.NDArray[np.float32], k: int = 1
) -> Nearest:
    """Nearest of ``count`` samples that ``at`` gives by number (n, ...), such as ``Dataset.at``, in bounded memory.

    queries: (n, ...) of the same shape; distances are Euclidean over all the values of a sample. k at most count.
    """
    flat = queries.reshape(len(queries), -1)
    best = np.full((len(queries), k), np.inf)
    found = np.zeros((len(queries), k), np.int64)
    step = max(k, _FLOATS // max(1, flat.shape[1]))
    for start in range(0, count, step):
        indices = np.arange(start, min(start + step, count))
        candidates, centred_queries = centred(at(indices).reshape(len(indices), -1), flat)
        for rows in chunks(len(flat), len(indices)):
            apart = np.concatenate([best[rows], squared_distances(centred_queries[rows], candidates)], axis=1)
            numbers = np.concatenate([found[rows], np.broadcast_to(indices, (len(apart), len(indices)))], axis=1)
            kept = np.argpartition(apart, k - 1, axis=1)[:, :k]
            kept = np.take_along_axis(kept, np.argsort(np.take_along_axis(apart, kept, 1), axis=1), 1)
            best[rows] = np.take_along_axis(apart, kept, 1)
            found[rows] = np.take_along_axis(numbers, kept, 1)
    return Nearest(indices=found, distances=_exactly(at, found, flat))


def _exactly(
    at: Callable[[npt.NDArray[np.integer]], Samples], found: npt.NDArray[np.int64], flat: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Distances (n, k) by their differences: that of a copy is 0, and that of a near one keeps its digits."""
    distances = np.empty(found.shape, np.float32)
    for query, (numbers, row) in enumerate(zip(found, flat, strict=True)):
        there = at(numbers).reshape(len(numbers), -1).astype(np.float64)
        distances[query] = np.sqrt(((there - row) ** 2).sum(axis=1))
    return distances


@dataclass(frozen=True, kw_only=True)
class Copying:
    """How near samples come to training images, beside held-out samples, which can't have been copied.

    generated, held_out: median distance to the nearest training image. near: share of generated samples that are
    nearer to one than all but 5 % of the held-out samples are; 0.05 is expected where nothing is copied, and more where
    samples are plainer than real ones, or copies.
    """

    generated: float
    held_out: float
    near: float


def copying(generated: npt.NDArray[np.floating], held_out: npt.NDArray[np.floating]) -> Copying | None:
    """Compare distances to the nearest training image (n,) and (m,); None where no held-out sample says anything.

    A held-out image that is a training image too, as in data with repeated images, is left out: G may well have copied
    it, and at distance 0 no copy could be nearer than it.
    """
    apart = held_out[held_out > _SAME]
    if not len(apart):
        return None
    limit = float(np.quantile(apart, NEAR))
    return Copying(
        generated=float(np.median(generated)),
        held_out=float(np.median(apart)),
        near=float((generated < limit).mean()),
    )
