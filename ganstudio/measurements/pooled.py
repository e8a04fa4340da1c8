"""A smooth estimate of the density of a cloud of points: what a small classifier needs to see narrow modes at all.

A perceptron fed with coordinates can't bend within a mode that is a hundredth as wide as the data: asked to tell such a
mode from one 1.6 times as wide it reads 0 instead of .092 nats. The log-density of real and generated points together,
and its gradient, are coordinates that fit every mode alike. They are made without looking at which side a point is of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Generator

Doubles = npt.NDArray[np.float64]

COMPONENTS = 32
_POINTS = 4000  # that a mixture is fitted to
_MEANS, _ROUNDS = 5, 25  # rounds of k-means, then of expectation and maximisation
_PRIOR = 5.0  # points' worth of roundness that each component's covariance is drawn to
_THINNEST = 1e-10  # squared, of unit variance: a component may sit on one point that is repeated


class PooledDensity:
    """A mixture of Gaussians with full covariances, fitted by expectation and maximisation (Dempster et al. 1977).

    The log of each weighted component is linear in the monomials of a point, ``coefficients`` (6, components).
    """

    def __init__(self, coefficients: Doubles, precisions: Doubles, slopes: Doubles) -> None:
        self._coefficients = coefficients
        self._gradients = np.concatenate([precisions, slopes], axis=1)

    @classmethod
    def fit(cls, points: Doubles, random: np.random.Generator) -> Generator[None, None, PooledDensity]:
        """Fit to points (n, 2) of about zero mean and unit variance, in slices."""
        chosen = points[random.permutation(len(points))[:_POINTS]]
        components = min(COMPONENTS, max(1, len(chosen) // 20))
        monomials = _monomials(chosen)
        means = chosen[:components].copy()
        for _ in range(_MEANS):
            nearest = ((means * means).sum(1) - 2 * chosen @ means.T).argmin(axis=1)
            shares_nk = np.zeros((len(chosen), components))
            shares_nk[np.arange(len(chosen)), nearest] = 1.0
            counts = shares_nk.sum(0)
            means = np.where(counts[:, None] > 0, shares_nk.T @ chosen / np.maximum(counts, 1.0)[:, None], means)
            yield
        for _ in range(_ROUNDS):
            density = cls(*_maximise(shares_nk.T @ monomials))
            shares_nk, _ = density._expect(monomials)
            yield
        return density

    def features(self, points: Doubles) -> Doubles:
        """Points (n, 2) -> (n, 3): the log-density, but for a constant, and its gradient."""
        shares_nk, logs = self._expect(_monomials(points))
        mixed = shares_nk @ self._gradients
        along_x = mixed[:, 3] - mixed[:, 0] * points[:, 0] - mixed[:, 1] * points[:, 1]
        along_y = mixed[:, 4] - mixed[:, 1] * points[:, 0] - mixed[:, 2] * points[:, 1]
        return np.stack([logs, along_x, along_y], axis=1)

    def _expect(self, monomials: Doubles) -> tuple[Doubles, Doubles]:
        """Each component's share of each point (n, k), and the log of the components' sum (n,)."""
        exponents = monomials @ self._coefficients
        peak = exponents.max(axis=1, keepdims=True)
        shares: Doubles = np.exp(exponents - peak)
        total = shares.sum(axis=1, keepdims=True)
        return shares / total, (peak + np.log(total))[:, 0]


def _monomials(points: Doubles) -> Doubles:
    x, y = points[:, 0], points[:, 1]
    return np.stack([x * x, x * y, y * y, x, y, np.ones_like(x)], axis=1)


def _maximise(moments_k6: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Coefficients (6, k), precisions (k, 3) and slopes (k, 2) from the components' sums of monomials."""
    counts = moments_k6[:, 5] + 1e-9
    xx, xy, yy, x, y = (moments_k6[:, :5] / counts[:, None]).T
    var_x, covariance, var_y = xx - x * x, xy - x * y, yy - y * y
    pull = _PRIOR / (counts + _PRIOR)
    common = pull * np.maximum(var_x + var_y, 0.0) / 2 + _THINNEST
    var_x, covariance, var_y = (1 - pull) * var_x + common, (1 - pull) * covariance, (1 - pull) * var_y + common
    determinant = np.maximum(var_x * var_y - covariance * covariance, _THINNEST**2)
    p_xx, p_xy, p_yy = var_y / determinant, -covariance / determinant, var_x / determinant
    slope_x, slope_y = p_xx * x + p_xy * y, p_xy * x + p_yy * y
    constant = np.log(counts) - 0.5 * np.log(determinant) - 0.5 * (slope_x * x + slope_y * y)
    coefficients = np.stack([-0.5 * p_xx, -p_xy, -0.5 * p_yy, slope_x, slope_y, constant])
    return coefficients, np.stack([p_xx, p_xy, p_yy], axis=1), np.stack([slope_x, slope_y], axis=1)
