"""How good single samples are, and how much of the data they reach: by neighbours in features, and by classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.measurements.estimate import EstimationError

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.measurements.estimate import Doubles

NEIGHBOURS = 5
SURE = 0.9
"""Probability of a class above which a classifier counts as sure of it."""
_DISTANCES = 1 << 21  # in memory at one go: 16 MB
_ROUNDING = 1e-12  # of the squared sizes, some thousand times what doubles lose of them


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Of two sets of features, in each of which a sample's ball reaches to its 5th neighbour in its own set.

    precision: share of generated samples in a real ball. recall: share of real samples in a generated ball
    (Kynkaanniemi et al. 2019). density: real balls that a generated sample is in, over 5: 1 is expected of equal sets,
    more where samples crowd in dense places. coverage: share of real balls with a generated sample in them
    (Naeem et al. 2020).
    """

    precision: float
    recall: float
    density: float
    coverage: float


def overlap(real: npt.NDArray[np.floating], generated: npt.NDArray[np.floating]) -> Overlap:
    """Precision, recall, density and coverage of features (n, f) and (m, f), k = 5; exact, in bounded memory.

    Raises EstimationError for fewer than 6 samples a side.
    """
    if min(len(real), len(generated)) <= NEIGHBOURS:
        raise EstimationError(f"precision and recall need more than {NEIGHBOURS} samples a side")
    real, generated = centred(real, generated)
    real_radii, generated_radii = _radii(real), _radii(generated)
    inside, recalled, covered = np.zeros(len(generated)), 0, 0
    for rows in chunks(len(real), len(generated)):
        apart = squared_distances(real[rows], generated)
        in_ball = apart <= real_radii[rows, None]
        inside += in_ball.sum(axis=0)
        covered += int(in_ball.any(axis=1).sum())
        recalled += int((apart <= generated_radii[None, :]).any(axis=1).sum())
    return Overlap(
        precision=float((inside > 0).mean()),
        recall=recalled / len(real),
        density=float(inside.mean()) / NEIGHBOURS,
        coverage=covered / len(real),
    )


def _radii(features: Doubles) -> Doubles:
    """Squared distance of each (n,) to its 5th neighbour; the nearest of all is the sample itself."""
    radii = np.empty(len(features))
    for rows in chunks(len(features), len(features)):
        apart = squared_distances(features[rows], features)
        radii[rows] = np.partition(apart, NEIGHBOURS, axis=1)[:, NEIGHBOURS]
    return radii


def chunks(rows: int, columns: int) -> list[slice]:
    """Rows of a matrix of distances that are worked on at one go, so that its memory stays bounded."""
    step = max(1, _DISTANCES // max(1, columns))
    return [slice(start, start + step) for start in range(0, rows, step)]


def centred(left: npt.NDArray[np.floating], right: npt.NDArray[np.floating]) -> tuple[Doubles, Doubles]:
    """Features (n, f) and (m, f) as ``squared_distances`` needs them: the mean of ``right`` taken off both."""
    origin = right.mean(axis=0, dtype=np.float64)
    return left - origin, right - origin


def squared_distances(left: Doubles, right: Doubles) -> Doubles:
    """Squared Euclidean distances (n, m) of rows (n, f) and (m, f), not below 0.

    A product of matrices is many times as fast as the differences, but loses as many digits as the rows are far from
    0 beside what they are apart: in 32 bits an offset of 1,000 spreads left a precision of .68 where it is .02. Hence
    ``centred`` doubles. What rounding alone can make of equal rows is 0, so that repeated samples are at no distance.
    """
    apart: Doubles = -2 * (left @ right.T)
    sizes = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)
    apart += sizes
    apart[apart <= _ROUNDING * sizes] = 0.0
    return apart


def sure_share(probabilities: npt.NDArray[np.floating]) -> float:
    """Share of samples that a classifier gives one class more than 90 %, from its probabilities (n, k)."""
    return float((probabilities.max(axis=1) > SURE).mean())


def class_shares(classes: npt.NDArray[np.integer], count: int) -> Doubles:
    """Share of each of so many classes (k,) among samples (n,), of which those of class -1 are of none."""
    known = classes[classes >= 0]
    return np.bincount(known, minlength=count) / max(1, len(known))


def shares_divergence(left: Doubles, right: Doubles) -> float:
    """Jensen-Shannon divergence of two tables of shares (k,), nats, from 0 to log 2."""
    middle = (left + right) / 2
    total = 0.0
    for side in (left, right):
        some = side > 0
        total += float((side[some] * np.log(side[some] / middle[some])).sum()) / 2
    return max(0.0, total)
