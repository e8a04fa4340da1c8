"""What a Kullback-Leibler divergence is at least, from samples alone. numpy only.

For any function T, KL(p || q) >= E_p T - log E_q exp T (Donsker and Varadhan 1975), with equality where T is log p / q.
So a T that was learned from other samples gives a lower bound, whatever it is, and these samples its error. There is
no upper one: q may lack a part of p that is too rare to be among the samples, which makes the divergence infinite.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

Doubles = npt.NDArray[np.float64]

Z_ONE_SIDED = 1.645
"""Standard errors to one side that leave 5 % of a normal distribution beyond them."""
UNSEEN = 3.0
"""Samples that may be missing of what none was seen of: none has a chance of 5 % where 3 are expected."""
_INEXACT = 1e-4
"""Mass that may lie elsewhere where masses are integrals of a density over cells: what these are right to."""
_SPARSE = 0.25
"""Share of E_q exp T that may be missing before the samples are too few for a bound that is near."""
_SCALES = (1.0, 0.85, 0.7, 0.5, 0.3, 0.1, 0.0)
_CAPS = (0.5, 1.0, 2.0, 3.0, 4.5, 6.0, 8.0, 10.0, 12.0)


@dataclass(frozen=True, eq=False)
class Scores:
    """T (n,) on samples of one side that it wasn't learned from.

    shares: (n,) of the mass at each of them, where T is of cells. samples: how many are behind them; None: the masses
    are integrals of a density.
    """

    values: Doubles
    shares: Doubles | None = None
    samples: int | None = None

    @classmethod
    def drawn(cls, values: Doubles) -> Scores:
        """Of samples one by one."""
        return cls(values, None, len(values))

    @property
    def missing(self) -> float:
        """Mass that may lie where none of it is seen."""
        return UNSEEN / self.samples if self.samples else _INEXACT

    def mean_of(self, what: Doubles) -> tuple[float, float]:
        """The mean of values (n,) at these samples, and its variance."""
        if self.shares is None:
            return float(what.mean()), float(what.var()) / len(what)
        mean = float(self.shares @ what)
        spread = 0.0 if self.samples is None else float(self.shares @ (what - mean) ** 2) / self.samples
        return mean, spread


Fold = tuple[Scores, Scores]
"""One T on samples of p, and on samples of q."""


@dataclass(frozen=True)
class Least:
    """A lower bound on a divergence, nats: as it was read, and what it exceeds with a confidence of 95 %, at least 0.

    sparse: how rare something is that is seen of one side alone decides it; the divergence may be far above.
    """

    read: float
    limit: float
    sparse: bool


def least_divergence(folds: Sequence[Fold]) -> Generator[None, None, Least]:
    """Bound KL(p || q) from folds, each with a T of its own, and samples that it wasn't learned from, in slices.

    How far T is trusted is chosen for each fold by the others: a factor on it, and where it is cut.
    """
    trusted: list[tuple[_Trust, Fold]] = []
    for own in range(len(folds)):
        others = [fold for place, fold in enumerate(folds) if place != own]
        best, choice = -math.inf, _Trust(0.0, 1.0)
        for scale in _SCALES:
            for cap in _CAPS:
                trust = _Trust(scale, cap)
                limit = _bound([(trust, fold) for fold in others]).limit
                if limit > best:
                    best, choice = limit, trust
            yield
        trusted.append((choice, folds[own]))
    found = _bound(trusted)
    return Least(found.read, max(0.0, found.limit), found.sparse)


@dataclass(frozen=True)
class _Trust:
    """A factor on T, which may be too sure, and where it is cut."""

    scale: float
    cap: float

    def __call__(self, values: Doubles) -> Doubles:
        return np.clip(values * self.scale, -self.cap, self.cap)


def _bound(folds: Sequence[tuple[_Trust, Fold]]) -> Least:
    """The mean over the folds of E_p T, less the log of that of E_q exp T; its 95 % lower limit may be below 0.

    Where exp T is largest q may have mass that none of its samples shows: the limit counts as many there as may well
    be missing.
    """
    count = len(folds)
    first = [own.mean_of(trust(own.values)) for trust, (own, _) in folds]
    second = [other.mean_of(np.exp(trust(other.values))) for trust, (_, other) in folds]
    mean, tilted = (sum(part[0] for part in parts) / count for parts in (first, second))
    tilted = max(tilted, 1e-300)
    variance = sum(part[1] for part in first) / count**2 + sum(part[1] for part in second) / (count * tilted) ** 2
    missing = sum(fold[1].missing * math.exp(_largest(trust, fold)) for trust, fold in folds) / count**2
    read = mean - math.log(tilted)
    limit = mean - math.log(tilted + missing) - Z_ONE_SIDED * math.sqrt(variance)
    return Least(read, limit, missing > _SPARSE * tilted)


def _largest(trust: _Trust, fold: Fold) -> float:
    return float(trust(np.array([max(float(side.values.max()) for side in fold)]))[0])
