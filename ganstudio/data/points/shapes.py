"""Distributions of the plane: Gaussians on rings and grids, and blurred curves.

Each is a support, points or curves, blurred by an isotropic Gaussian. A curve's support is laid out as ``LAID_OUT``
positions, so that one fast draw serves all: a position of the support, plus noise. They stand closer than the blur
wherever the density is known, which makes the draw indistinguishable from one of the continuous curve.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.dataset import Classed, Dataset, FloatArray
from ganstudio.data.points.densities import (
    Curve,
    Doubles,
    curve_log_density,
    mixture_log_density,
    segment_log_density,
)
from ganstudio.modalities import Points

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.experiment import DisjointSpec, GridSpec, LineSpec, MoonsSpec, RingSpec, SpiralSpec, SwissRollSpec

LAID_OUT = 1 << 16
"""Positions that stand for a curve: 0.5 MB, which stays in the cache of a core."""

# --- mixtures ---------------------------------------------------------------------------------------------------------


def ring(spec: RingSpec) -> Dataset:
    """Gaussians evenly spaced on a circle about the origin, the first on the positive first axis."""
    angles = np.arange(spec.modes, dtype=np.float64) * (2 * math.pi / spec.modes)
    return _mixture("Ring", spec.radius * _on_circle(angles), spec.sigma)


def grid(spec: GridSpec) -> Dataset:
    """Gaussians on a square grid about the origin."""
    ticks = (np.arange(spec.side) - (spec.side - 1) / 2) * spec.spacing
    return _mixture("Grid", np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2), spec.sigma)


def disjoint(spec: DisjointSpec) -> Dataset:
    """Two Gaussians on the first axis, to the left and right of the origin."""
    half = spec.distance / 2
    return _mixture("Disjoint", np.array([[-half, 0.0], [half, 0.0]]), spec.sigma)


def _mixture(name: str, means: Doubles, sigma: float) -> Dataset:
    source = f"{len(means)} Gaussians of standard deviation {sigma:g}"
    return _blurred(name, means, sigma, mixture_log_density(means, sigma), source, modes=means)


# --- curves -----------------------------------------------------------------------------------------------------------


def line(spec: LineSpec) -> Dataset:
    """A segment about the origin."""
    angle = math.radians(spec.angle)
    direction = np.array([math.cos(angle), math.sin(angle)])
    support = np.outer((_midpoints(LAID_OUT) - 0.5) * spec.length, direction)
    density = segment_log_density(spec.length, angle, spec.sigma)
    return _blurred("Line", support, spec.sigma, density, f"a segment blurred by {spec.sigma:g}")


def two_moons(spec: MoonsSpec) -> Dataset:
    """Two half circles of radius 1, set into one another as in scikit-learn's ``make_moons``."""

    def upper(t: Doubles) -> Doubles:
        return _on_circle(math.pi * t)

    def lower(t: Doubles) -> Doubles:
        return np.array([1.0, 0.5]) - _on_circle(math.pi * t)

    return _curves("Two moons", (upper, lower), spec.sigma)


def spiral(spec: SpiralSpec) -> Dataset:
    """Archimedean arms from radius 0.1 to 1, run through at nearly constant speed."""
    inner = 0.1  # the arms would all meet in the origin

    def arm(start: float) -> Curve:
        def curve(t: Doubles) -> Doubles:
            # The arc grows as r dr once an arm has turned, hence the square root.
            radius = np.sqrt(inner**2 + (1 - inner**2) * t)
            turned = 2 * math.pi * spec.turns * (radius - inner) / (1 - inner)
            return radius[:, None] * _on_circle(start + turned)

        return curve

    starts = (2 * math.pi * index / spec.arms for index in range(spec.arms))
    return _curves("Spiral", tuple(arm(start) for start in starts), spec.sigma)


def swiss_roll(spec: SwissRollSpec) -> Dataset:
    """The first and third coordinate of scikit-learn's ``make_swiss_roll``, with the outer radius 1."""

    def roll(t: Doubles) -> Doubles:
        angle = 1.5 * math.pi * (1 + 2 * t)
        return (angle / (4.5 * math.pi))[:, None] * _on_circle(angle)

    return _curves("Swiss roll", (roll,), spec.sigma)


def _curves(name: str, curves: tuple[Curve, ...], sigma: float) -> Dataset:
    each = _midpoints(LAID_OUT // len(curves))
    support = np.concatenate([curve(each) for curve in curves])
    pieces = "a curve" if len(curves) == 1 else f"{len(curves)} curves"
    return _blurred(name, support, sigma, curve_log_density(curves, sigma), f"{pieces} blurred by {sigma:g}")


# --- what they share --------------------------------------------------------------------------------------------------


def _blurred(
    name: str,
    support: Doubles,
    sigma: float,
    log_density: Callable[[FloatArray], Doubles] | None,
    source: str,
    modes: Doubles | None = None,
) -> Dataset:
    """A support (m, 2), each position as likely, with isotropic noise; one scale for both axes keeps the shape."""
    centre = support.mean(axis=0)
    scale = math.sqrt(support.var(axis=0).mean() + sigma**2)
    places = np.ascontiguousarray((support - centre) / scale, np.float32)
    spread = np.float32(sigma / scale)

    def draw_classed(count: int, rng: np.random.Generator) -> Classed:
        samples = rng.standard_normal((count, 2), dtype=np.float32)
        samples *= spread
        chosen = rng.integers(0, len(places), count)
        samples += places.take(chosen, axis=0)
        return samples, chosen

    return Dataset(
        name=name,
        modality=Points.around(centre, scale),
        draw=lambda count, rng: draw_classed(count, rng)[0],
        log_density=log_density,
        modes=modes,
        # A mode is a class: which Gaussian a point comes from is known when it is drawn.
        classes=() if modes is None else tuple(map(str, range(len(modes)))),
        draw_classed=None if modes is None else draw_classed,
        class_shares=None if modes is None else np.full(len(modes), 1 / len(modes)),
        mode_sigma=None if modes is None else sigma,
        source=source,
    )


def _midpoints(count: int) -> Doubles:
    return (np.arange(count) + 0.5) / count


def _on_circle(angles: Doubles) -> Doubles:
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)
