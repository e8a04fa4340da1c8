"""The divergences of two Gaussian mixtures of the plane by quadrature: the truth that estimators are held against."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Doubles = npt.NDArray[np.float64]

_REACH = 9.0  # standard deviations about a mean that are integrated over: e**-40 of a mode lies beyond
_STEPS = 4  # lattice steps to the smallest standard deviation: on smooth functions the sum then errs below 1e-9


class Mixture:
    """Isotropic Gaussians at ``means`` (m, 2) with standard deviations ``sigmas`` and ``weights``, each (m,) or one."""

    def __init__(
        self, means: npt.ArrayLike, sigmas: npt.ArrayLike = 1.0, weights: Sequence[float] | Doubles | None = None
    ) -> None:
        self.means: Doubles = np.asarray(means, np.float64).reshape(-1, 2)
        count = len(self.means)
        self.sigmas: Doubles = np.broadcast_to(np.asarray(sigmas, np.float64), count)
        shares: Doubles = np.ones(count) if weights is None else np.asarray(weights, np.float64)
        assert len(shares) == count, (len(shares), count)
        self.weights: Doubles = shares / shares.sum()

    def log_density(self, points: npt.NDArray[np.floating[Any]]) -> Doubles:
        """Nats at points (n, 2); -inf nowhere but where even the nearest mode underflows."""
        points_n2 = np.asarray(points, np.float64)
        parts = [
            math.log(weight) - math.log(2 * math.pi * sigma**2) - ((points_n2 - mean) ** 2).sum(1) / (2 * sigma**2)
            for mean, sigma, weight in zip(self.means, self.sigmas, self.weights, strict=True)
            if weight > 0
        ]
        answer: Doubles = np.logaddexp.reduce(parts, axis=0)
        return answer

    def draw(self, count: int, random: np.random.Generator) -> npt.NDArray[np.float32]:
        """Independent points (count, 2)."""
        chosen = random.choice(len(self.means), count, p=self.weights)
        noise = random.standard_normal((count, 2)) * self.sigmas[chosen, None]
        return (self.means[chosen] + noise).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Divergences:
    """JSD(p || q), KL(p || q) and KL(q || p), nats."""

    jsd: float
    kl_forward: float
    kl_reverse: float


def divergences(p: Mixture, q: Mixture) -> Divergences:
    """Integrate over a lattice about the modes, to 1e-6 nats (trapezoidal rule, spectrally accurate on Gaussians)."""
    points, area = _lattice(p, q)
    log_p, log_q = p.log_density(points), q.log_density(points)
    log_middle = np.logaddexp(log_p, log_q) - math.log(2)
    density_p, density_q = np.exp(log_p) * area, np.exp(log_q) * area
    return Divergences(
        jsd=float(density_p @ (log_p - log_middle) + density_q @ (log_q - log_middle)) / 2,
        kl_forward=float(density_p @ (log_p - log_q)),
        kl_reverse=float(density_q @ (log_q - log_p)),
    )


def _lattice(p: Mixture, q: Mixture) -> tuple[Doubles, float]:
    """Lattice points (n, 2) that lie near a mode, and the area that each stands for."""
    step = float(min(p.sigmas.min(), q.sigmas.min())) / _STEPS
    near: set[tuple[int, int]] = set()
    for mixture in (p, q):
        for mean, sigma in zip(mixture.means, mixture.sigmas, strict=True):
            reach = math.ceil(_REACH * sigma / step)
            column, row = np.rint(mean / step).astype(int).tolist()
            near.update((column + x, row + y) for x in range(-reach, reach + 1) for y in range(-reach, reach + 1))
    return np.array(sorted(near), np.float64) * step, step * step
