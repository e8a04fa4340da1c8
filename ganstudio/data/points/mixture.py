"""Mixtures of isotropic Gaussians of the plane, each with its own standard deviation and weight.

Legend: n points, m components.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.dataset import Dataset
from ganstudio.data.points.shapes import disjoint, grid, ring
from ganstudio.experiment import DisjointSpec, GaussianSpec, GridSpec, MixtureSpec, RingSpec, Spec
from ganstudio.modalities import Points

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.data.dataset import Classed, FloatArray

Doubles = npt.NDArray[np.float64]

_CHUNK = 1 << 20  # distances held at once: 8 MB each array, so that they stay near the cache


def build_mixture(spec: MixtureSpec) -> Dataset:
    """The mixture, with its exact log-density, finite everywhere.

    ``modes`` is known where all components are alike, as its measures are those of an equal-weight mixture.
    """
    means = np.array([(one.x, one.y) for one in spec.components], np.float64)
    sigmas = np.array([one.sigma for one in spec.components], np.float64)
    weights = np.array([one.weight for one in spec.components], np.float64)
    weights /= weights.sum()
    centre = (weights @ means).astype(np.float32)
    scale = math.sqrt(weights @ (((means - centre) ** 2).mean(axis=1) + sigmas**2))
    alike = len({(one.sigma, one.weight) for one in spec.components}) == 1
    count = len(means)
    draw_classed = _draw(((means - centre) / scale).astype(np.float32), (sigmas / scale).astype(np.float32), weights)
    return Dataset(
        name="Mixture",
        modality=Points.around(centre, scale),
        draw=lambda count, rng: draw_classed(count, rng)[0],
        log_density=weighted_log_density(means, sigmas, weights),
        modes=means if alike else None,
        mode_sigma=float(sigmas[0]) if alike else None,
        source=f"{count} {'Gaussian' if count == 1 else 'Gaussians'} with weights and standard deviations of their own",
        classes=tuple(map(str, range(count))),
        draw_classed=draw_classed,
        class_shares=weights,
    )


def weighted_log_density(means: Doubles, sigmas: Doubles, weights: Doubles) -> Callable[[FloatArray], Doubles]:
    """Mixture of isotropic Gaussians with means (m, 2), standard deviations (m,), weights (m,) that sum to 1: exact.

    Answers (n, 2) points with (n,) nats.
    """
    constants_m = np.log(weights) - np.log(2 * math.pi * sigmas**2)
    halves_m = -0.5 / sigmas**2

    def log_density(points: FloatArray) -> Doubles:
        points_n2 = np.asarray(points, np.float64)
        answer_n = np.empty(len(points_n2))
        rows = max(1, _CHUNK // len(means))
        for start in range(0, len(points_n2), rows):
            block = points_n2[start : start + rows]
            # Differences first: |x|^2 - 2xc + |c|^2 would lose all digits for a small sigma.
            squares_nm = (block[:, :1] - means[:, 0]) ** 2 + (block[:, 1:] - means[:, 1]) ** 2
            exponents_nm = squares_nm * halves_m + constants_m
            peak_n1 = exponents_nm.max(axis=1, keepdims=True)
            sums_n = np.exp(exponents_nm - peak_n1).sum(axis=1)
            answer_n[start : start + rows] = peak_n1[:, 0] + np.log(sums_n)
        return answer_n

    return log_density


def weighted_choice(weights: Doubles) -> Callable[[int, np.random.Generator], npt.NDArray[np.int64]]:
    """Draws of indices (count,) in proportion to weights (m,), some of which may be 0: those are never drawn."""
    if (weights == weights[0]).all():
        return lambda count, rng: rng.integers(0, len(weights), count)
    cumulated = np.cumsum(weights)
    cumulated /= cumulated[-1]  # the last is 1, and a draw is below it: no index beyond the end
    return lambda count, rng: np.searchsorted(cumulated, rng.random(count), side="right")


def _draw(
    places: npt.NDArray[np.float32], spreads: npt.NDArray[np.float32], weights: Doubles
) -> Callable[[int, np.random.Generator], Classed]:
    choose = weighted_choice(weights)

    def draw(count: int, rng: np.random.Generator) -> Classed:
        component = choose(count, rng)
        samples = rng.standard_normal((count, 2), dtype=np.float32)
        samples *= spreads.take(component)[:, None]
        samples += places.take(component, axis=0)
        return samples, component

    return draw


# --- what else is a mixture -------------------------------------------------------------------------------------------

_EQUAL: dict[type[Spec], Callable[..., Dataset]] = {RingSpec: ring, GridSpec: grid, DisjointSpec: disjoint}


def as_mixture(spec: Spec) -> MixtureSpec | None:
    """The same distribution as components that can be edited one by one; None: ``spec`` is no mixture of Gaussians."""
    if isinstance(spec, MixtureSpec):
        return spec
    builder = _EQUAL.get(type(spec))
    if builder is None:
        return None
    dataset = builder(spec)
    assert dataset.modes is not None, f"{spec.kind} is entered as a mixture"  # type: ignore[attr-defined]
    sigma = dataset.mode_sigma
    # Twelve decimals: cos and sin leave 6e-17 where a person would write 0.
    means = dataset.modes.round(12) + 0.0
    return MixtureSpec(components=tuple(GaussianSpec(x=x, y=y, sigma=sigma) for x, y in means.tolist()))
