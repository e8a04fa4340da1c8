"""What InfoGAN's codes learned: how the readings of Q on real images go with classes and factors that are known.

A reading is what Q takes a code to be, one for each image (n,): integers, the likeliest value of a categorical code, or
floats, the mean of a continuous one. A factor is integers (a class) or floats (an angle, a width) in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.measurements.assignment import best_matching

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from ganstudio.measurements.estimate import Doubles

    Column = npt.NDArray[np.integer] | npt.NDArray[np.floating]
    Levels = npt.NDArray[np.int64]

BINS = 20
_SHUFFLES = 5


def mutual_information(left: Column, right: Column) -> float:
    """I(left; right) of two columns (n,), nats, at least 0; floats are cut into 20 bins of as many samples each.

    Counted in the cells, less the bias that counting has where the columns are independent (Miller 1955, Madow).
    """
    return _information(_levels(left), _levels(right))


def _levels(column: Column) -> Levels:
    """Numbers from 0 of the values (n,), or of the bins where there are more different floats than bins."""
    values, numbers = np.unique(column, return_inverse=True)
    if np.issubdtype(column.dtype, np.integer) or len(values) <= BINS:
        return numbers.astype(np.int64)
    edges = np.quantile(column, np.arange(1, BINS) / BINS)
    return np.searchsorted(np.unique(edges), column, side="right").astype(np.int64)


def _table(left: Levels, right: Levels) -> Doubles:
    table = np.zeros((int(left.max()) + 1, int(right.max()) + 1))
    np.add.at(table, (left, right), 1.0)
    return table


def _entropy(counts: Doubles) -> float:
    shares = counts[counts > 0] / counts.sum()
    return -float((shares * np.log(shares)).sum())


def _information(left: Levels, right: Levels) -> float:
    table = _table(left, right)
    counted = _entropy(table.sum(axis=1)) + _entropy(table.sum(axis=0)) - _entropy(table.ravel())
    # Cells without a sample count for nothing: where one column tells the other there is no bias to take away.
    seen = int((table > 0).sum()) - int((table.sum(axis=1) > 0).sum()) - int((table.sum(axis=0) > 0).sum()) + 1
    return max(0.0, counted - max(0, seen) / (2 * len(left)))


@dataclass(frozen=True, kw_only=True, eq=False)
class InformationTable:
    """Mutual information of codes (rows) and factors (columns), nats.

    nats: (codes, factors). control: the same with the factors' samples shuffled, the mean of 5 times: what is read
    where there is nothing. entropies: H of each factor (factors,), as it was cut into bins: its ceiling.
    """

    codes: tuple[str, ...]
    factors: tuple[str, ...]
    nats: Doubles
    control: Doubles
    entropies: Doubles

    @property
    def mig(self) -> float | None:
        """Mutual information gap: mean over the factors of (I1 - I2) / H (Chen et al. 2018).

        I1, I2: of the two codes that tell most of a factor; I2 is 0 where there is one code. None without any factor
        that varies.
        """
        varied = self.entropies > 0
        if not varied.any() or not self.codes:
            return None
        best = np.sort(np.concatenate([self.nats, np.zeros_like(self.nats[:1])]), axis=0)[::-1]
        return float(((best[0] - best[1])[varied] / self.entropies[varied]).mean())


def information_table(
    readings: Mapping[str, Column], factors: Mapping[str, Column], *, seed: int = 0
) -> InformationTable:
    """Mutual information of each code's readings (n,) and each factor (n,), and its control."""
    random = np.random.default_rng(seed)
    codes = {name: _levels(column) for name, column in readings.items()}
    known = {name: _levels(column) for name, column in factors.items()}
    nats, control = np.zeros((2, len(codes), len(known)))
    for column, factor in enumerate(known.values()):
        shuffled = [random.permutation(factor) for _ in range(_SHUFFLES)]
        for row, code in enumerate(codes.values()):
            nats[row, column] = _information(code, factor)
            control[row, column] = float(np.mean([_information(code, other) for other in shuffled]))
    return InformationTable(
        codes=tuple(codes),
        factors=tuple(known),
        nats=nats,
        control=control,
        entropies=np.array([_entropy(np.bincount(factor).astype(np.float64)) for factor in known.values()]),
    )


@dataclass(frozen=True, kw_only=True)
class Matched:
    """A categorical code as a classifier. accuracy: share of samples whose value is matched to their class.

    classes: value -> class, one to one; where there are more values than classes some have none, and are errors.
    """

    accuracy: float
    classes: dict[int, int]


def matched_accuracy(values: npt.NDArray[np.integer], labels: npt.NDArray[np.integer]) -> Matched:
    """Match values (n,) one to one to classes (n,) so that most samples agree, and say how many do."""
    table = _table(values.astype(np.int64), labels.astype(np.int64))
    classes = best_matching(table)
    return Matched(accuracy=float(sum(table[pair] for pair in classes.items()) / len(values)), classes=classes)


def rank_correlation(left: Column, right: Column) -> float:
    """Spearman's rank correlation of two columns (n,), equal values at their mean rank; NaN where one is constant.

    Pairs in which one side is NaN are left out.
    """
    known = ~(np.isnan(left) | np.isnan(right))
    ranks = []
    for column in (left[known], right[known]):
        _, numbers, counts = np.unique(column, return_inverse=True, return_counts=True)
        rank = (np.cumsum(counts) - (counts - 1) / 2)[numbers]
        ranks.append(rank - rank.mean())
    size = float(np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))
    return float(ranks[0] @ ranks[1]) / size if size > 0 else float("nan")


def slant(images_nhw: npt.NDArray[np.floating] | npt.NDArray[np.integer]) -> Doubles:
    """Slant (n,) of bright strokes on dark, from the second moments of the brightness above each image's darkest.

    Columns to the right for each row up, mu_11 / mu_02, such as deskewing undoes; positive leans to the right.
    NaN for an image whose ink has no height.
    """
    ink = images_nhw.astype(np.float64)
    ink -= ink.min(axis=(1, 2), keepdims=True)
    height, width = ink.shape[1:]
    up, right = -np.arange(height, dtype=np.float64), np.arange(width, dtype=np.float64)
    total = ink.sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        up_n = up[None] - ((ink.sum(axis=2) @ up) / total)[:, None]
        right_n = right[None] - ((ink.sum(axis=1) @ right) / total)[:, None]
        mixed = np.einsum("nhw,nh,nw->n", ink, up_n, right_n)
        tall = np.einsum("nhw,nh->n", ink, up_n**2)
        # Rounding may leave a row of ink some 1e-30 of height.
        return np.where(tall > 1e-9 * total, mixed / tall, np.nan)
