"""Log-densities of Gaussians blurred over points, segments and curves of the plane, in nats, stable in the tails.

Legend: n points where the density is asked, m components, q quadrature nodes, g groups of nodes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ganstudio.data.dataset import FloatArray

Doubles = npt.NDArray[np.float64]
Curve = Callable[[Doubles], Doubles]
"""A curve (k,) in [0, 1] -> (k, 2), run through with the parameter drawn uniformly."""

_CHUNK = 1 << 20  # distances held at once: 8 MB each array, so that they stay near the cache

# --- mixtures ---------------------------------------------------------------------------------------------------------


def mixture_log_density(means: Doubles, sigma: float) -> Callable[[FloatArray], Doubles]:
    """Equal-weight mixture of isotropic Gaussians at ``means`` (m, 2), exact."""
    constant = -math.log(len(means)) - math.log(2 * math.pi * sigma**2)

    def log_density(points: FloatArray) -> Doubles:
        points_n2 = np.asarray(points, np.float64)
        answer_n = np.empty(len(points_n2))
        rows = max(1, _CHUNK // len(means))
        for start in range(0, len(points_n2), rows):
            block = points_n2[start : start + rows]
            exponents_nm = _squared_distances(block, means) / (-2 * sigma**2)
            answer_n[start : start + rows] = _log_sum_exp(exponents_nm) + constant
        return answer_n

    return log_density


def _squared_distances(points: Doubles, centres: Doubles) -> Doubles:
    # Differences first: |x|^2 - 2xc + |c|^2 would lose all digits for a sigma that is small beside the radius.
    along_x = points[:, None, 0] - centres[None, :, 0]
    along_y = points[:, None, 1] - centres[None, :, 1]
    return np.asarray(along_x * along_x + along_y * along_y)


def _log_sum_exp(exponents: Doubles) -> Doubles:
    """Over the last axis."""
    peak = exponents.max(axis=-1)
    return np.asarray(peak + np.log(np.exp(exponents - peak[..., None]).sum(axis=-1)))


# --- a segment --------------------------------------------------------------------------------------------------------


def segment_log_density(length: float, angle: float, sigma: float) -> Callable[[FloatArray], Doubles]:
    """A uniform segment about the origin at ``angle`` radians, convolved with an isotropic Gaussian: closed form.

    Along the segment (u) and across it (v) the density factors into
    (Phi((u + L/2) / sigma) - Phi((u - L/2) / sigma)) / L and a Gaussian of v.
    """
    cos, sin = math.cos(angle), math.sin(angle)
    constant = -math.log(length) - math.log(sigma) - 0.5 * math.log(2 * math.pi)

    def log_density(points: FloatArray) -> Doubles:
        points_n2 = np.asarray(points, np.float64)
        along = np.abs(points_n2 @ [cos, sin])  # symmetric, and the far side keeps its digits
        across = points_n2 @ [-sin, cos]
        mass = _log_normal_mass((along - length / 2) / sigma, (along + length / 2) / sigma)
        return np.asarray(mass - 0.5 * (across / sigma) ** 2 + constant)

    return log_density


def _log_normal_mass(low: Doubles, high: Doubles) -> Doubles:
    """log(Phi(high) - Phi(low)) for low < high, from the upper tails so that neither end underflows."""
    tail_low, tail_high = _log_upper_tail(low), _log_upper_tail(high)
    return np.asarray(tail_low + np.log(-np.expm1(np.minimum(tail_high - tail_low, -1e-300))))


def _log_upper_tail(x: Doubles) -> Doubles:
    """log(1 - Phi(x)): from erfc, and from its asymptotic series where erfc nears underflow (error below 1e-11)."""
    scaled = x / math.sqrt(2)
    near = np.minimum(scaled, 20.0)
    answer = np.log(0.5 * np.fromiter(map(math.erfc, near.tolist()), np.float64, len(near)))
    far = scaled > 20.0
    if far.any():
        t = scaled[far]
        w = 1 / (2 * t * t)
        series = -w + 3 * w**2 - 15 * w**3 + 105 * w**4
        answer[far] = -t * t - np.log(2 * math.sqrt(math.pi) * t) + np.log1p(series)
    return answer


# --- curves -----------------------------------------------------------------------------------------------------------

_NODES = 8  # Gauss-Legendre nodes in a panel
_PANEL = 3.0  # length of a panel in sigmas: what is left out of a Gaussian's integral is 1e-9 of it
_MAX_PANELS = 20_000  # beyond it the positions that samples are drawn from would stand farther apart than the blur
_CUTOFF = 25.0  # groups below e**-25 of the nearest node are left out, though there may be thousands of them


@dataclass(frozen=True, kw_only=True)
class _Nodes:
    """Quadrature nodes in groups of neighbours: coordinates and log weights (g, q), each group's middle and radius."""

    x: Doubles
    y: Doubles
    log_weights: Doubles
    middles: Doubles
    reach: Doubles


def curve_log_density(curves: tuple[Curve, ...], sigma: float) -> Callable[[FloatArray], Doubles] | None:
    """Points drawn uniformly in the curves' parameters, each curve as likely, blurred by an isotropic Gaussian.

    The integral along the curves is taken by Gauss-Legendre panels of 3 sigma. Within 8 sigma of a curve the
    log-density is right to 1e-5 nats; farther out to 1e-3 of its own size. Groups of panels that can't matter to a
    point are passed over, so that the cost hardly grows as sigma shrinks. None for a blur that is too fine, below
    about a sixty thousandth of the curves' length.
    """
    panels = [_panel_count(curve, sigma) for curve in curves]
    if sum(panels) > _MAX_PANELS:
        return None
    nodes = _place_nodes(curves, panels)
    constant = -math.log(len(curves)) - math.log(2 * math.pi * sigma**2)

    def log_density(points: FloatArray) -> Doubles:
        points_n2 = np.asarray(points, np.float64)
        answer_n = np.empty(len(points_n2))
        rows = max(1, _CHUNK // max(len(nodes.middles), 256))
        for start in range(0, len(points_n2), rows):
            answer_n[start : start + rows] = _integrate(points_n2[start : start + rows], nodes, sigma)
        return answer_n + constant

    return log_density


def _panel_count(curve: Curve, sigma: float) -> int:
    fine = curve(np.linspace(0, 1, 4097))
    fastest = float(np.hypot(*np.diff(fine, axis=0).T).max()) * 4096
    return max(8, math.ceil(fastest / (_PANEL * sigma)))  # 8: a curve that bends within one blur


def _place_nodes(curves: tuple[Curve, ...], panels: list[int]) -> _Nodes:
    at, weight = np.polynomial.legendre.leggauss(_NODES)
    group = max(1, math.isqrt(max(panels)) // 8)  # panels in a group: balances finding groups and summing them
    positions, log_weights = [], []
    for curve, count in zip(curves, panels, strict=True):
        whole = -(-count // group) * group
        parameters = (np.arange(whole)[:, None] + (at + 1) / 2) / whole
        positions.append(curve(parameters.ravel()).reshape(-1, group * _NODES, 2))
        log_weights.append(np.tile(np.log(weight / (2 * whole)), (whole // group, group)))
    positions_gq2 = np.concatenate(positions)
    middles = positions_gq2[:, group * _NODES // 2]  # nodes themselves: their distance bounds the nearest node's
    return _Nodes(
        x=np.ascontiguousarray(positions_gq2[..., 0]),
        y=np.ascontiguousarray(positions_gq2[..., 1]),
        log_weights=np.concatenate(log_weights),
        middles=middles,
        reach=np.hypot(*np.moveaxis(positions_gq2 - middles[:, None], -1, 0)).max(axis=1),
    )


def _integrate(points: Doubles, nodes: _Nodes, sigma: float) -> Doubles:
    distance_ng = np.sqrt(_squared_distances(points, nodes.middles))
    limit_n1 = np.sqrt(distance_ng.min(axis=1, keepdims=True) ** 2 + 2 * _CUTOFF * sigma**2)
    matters = distance_ng <= limit_n1 + nodes.reach
    point, group = np.nonzero(matters)  # sorted by point, and each point has at least its nearest group
    sums = np.empty(len(point))
    rows = max(1, _CHUNK // (4 * nodes.log_weights.shape[1]))
    for start in range(0, len(point), rows):
        chosen, asked = group[start : start + rows], points[point[start : start + rows]]
        exponents = (asked[:, :1] - nodes.x[chosen]) ** 2
        exponents += (asked[:, 1:] - nodes.y[chosen]) ** 2
        exponents *= -0.5 / sigma**2
        exponents += nodes.log_weights[chosen]
        sums[start : start + rows] = _log_sum_exp(exponents)
    starts = np.concatenate([[0], np.cumsum(matters.sum(axis=1))[:-1]])
    return np.asarray(np.logaddexp.reduceat(sums, starts))
