"""The divergences on the plane by counting samples in cells, corrected for the bias that counting has."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.measurements.cells import Cells, drawn_cells, exact_cells
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

_NULL = 200  # draws of p_data's own counts behind the floor
_COARSER = 4  # cells of four times the area show how much hides within a cell
_MISSING = 0.01  # share of one side that lies where the other has none: the KLs then tell little


def histogram(sides: Sides, samples: int, seed: int) -> Work:
    """Estimate by a histogram of generated points against the exact cell masses of p_data, of the plane only.

    Counting alone is biased up, by about a quarter of the sum over cells of p / ((p + q) n); that is taken off
    (Miller 1955, for the JSD). Within a cell differences are not seen, which biases it low. Where p_data is known by
    its samples only, both sides are counted and both biases taken off.
    Raises EstimationError for data that isn't points.
    """
    if not sides.is_plane:
        raise EstimationError("a histogram counts points of the plane; choose the probe for images")
    random = np.random.default_rng((seed, 2))
    real, fake = yield from collect(sides, real=samples, fake=samples)
    tables = []
    for share in (1, _COARSER):
        # Within a cell of half the width a smooth difference hides a quarter as much.
        cells = yield from _cells(sides, real, fake, max(1, samples // share))
        p = cells.masses if sides.log_density is not None else cells.count(real) / len(real)
        tables.append((p, cells.count(fake)))
        yield
    behind = None if sides.log_density is not None else len(real)
    fine, coarse = (float(_corrected(p, counts / len(fake), len(fake), behind)) for p, counts in tables)
    floor = yield from _floor(*tables[0], behind, random)
    return _summarise(*tables[0], behind, fine, floor, max(0.0, fine - coarse) / 2)


def _cells(sides: Sides, real: Samples, fake: Samples, samples: int) -> Generator[None, None, Cells]:
    """Cells as fine as ``samples`` allow; those of a known density are made once."""
    if sides.log_density is None:
        cells = drawn_cells(real, np.concatenate([real, fake]), samples)
        yield
        return cells
    key = f"histogram cells at {samples}"
    if key not in sides.cache:
        sides.cache[key] = yield from exact_cells(sides.draw_real, sides.log_density_here, samples)
    known: Cells = sides.cache[key]
    return known


def _floor(
    p: Doubles, counts: npt.NDArray[np.int64], real: int | None, random: np.random.Generator
) -> Generator[None, None, float]:
    """Upper 95 % of the estimates from counts that both sides draw from one distribution."""
    n = int(counts.sum())
    middle = p / p.sum() if real is None else (p * real + counts) / (real + n)
    null = []
    for _ in range(_NULL):
        drawn = p if real is None else random.multinomial(real, middle) / real
        null.append(float(_corrected(drawn, random.multinomial(n, middle) / n, n, real)))
        yield
    return float(np.quantile(null, 0.95))


def _summarise(
    p: Doubles, counts: npt.NDArray[np.int64], real: int | None, jsd: float, floor: float, allowance: float
) -> DivergenceEstimate:
    """From p's masses (m,) and the counts of q; ``real``: the samples behind p where it is not exact."""
    n = int(counts.sum())
    q = counts / n
    error = math.hypot(_sampling_error(p, q, n, real), _counting_error(p, n, real))
    return DivergenceEstimate(
        estimator="histogram",
        **interval(jsd, error, floor, allowance),
        **_kl("kl_forward", p, q, real, n),
        **_kl("kl_reverse", q, p, n, real),
        samples=n,
        clipped=float(p[q == 0].sum()) > _MISSING or float(q[p == 0].sum()) > _MISSING,
    )


def _corrected(p: Doubles, q: Doubles, n: int, real: int | None) -> Doubles:
    """JSD of masses (..., m) less the bias of counting; q of n samples, p of ``real`` of them or exact."""
    total = np.where(p + q > 0, p + q, 1.0)
    jsd = 0.5 * (_times_log(p, 2 * p / total) + _times_log(q, 2 * q / total)).sum(axis=-1)
    # The second derivative in q is p / (2 q (p + q)), and q's variance q / n: half their product, summed.
    bias = 0.25 * (np.where(q > 0, p, 0.0) / total).sum(axis=-1) / n
    if real is not None:
        bias = bias + 0.25 * (np.where(p > 0, q, 0.0) / total).sum(axis=-1) / real
    corrected: Doubles = jsd - bias
    return corrected


def _times_log(mass: Doubles, ratio: Doubles) -> Doubles:
    return np.where(mass > 0, mass * np.log(np.where(ratio > 0, ratio, 1.0)), 0.0)


def _sampling_error(p: Doubles, q: Doubles, n: int, real: int | None) -> float:
    """Standard error by the delta method: the JSD's slope in q is half of log(2 q / (p + q))."""
    variance = _variance(q, _slope(q, p)) / n
    if real is not None:
        variance += _variance(p, _slope(p, q)) / real
    return math.sqrt(variance)


def _slope(mass: Doubles, other: Doubles) -> Doubles:
    inside = mass > 0
    return np.where(inside, 0.5 * np.log(2 * np.where(inside, mass, 1.0) / np.where(inside, mass + other, 1.0)), 0.0)


def _variance(mass: Doubles, values: Doubles) -> float:
    mean = float(mass @ values)
    return max(0.0, float(mass @ (values - mean) ** 2))


def _counting_error(p: Doubles, n: int, real: int | None) -> float:
    """What is left of the noise where p = q and the slope is 0: 8 n JSD is then chi squared, of as many degrees."""
    sides = 1.0 if real is None else 1.0 + n / real
    return sides * math.sqrt(2 * int((p > 0).sum())) / (8 * n)


def _kl(name: str, p: Doubles, q: Doubles, n_p: int | None, n_q: int | None) -> dict[str, Any]:
    """KL(p || q) over cells; a cell that one side's samples left empty is counted as half a sample there."""
    safe_p = p if n_p is None else np.maximum(p, 0.5 / n_p)
    safe_q = np.maximum(q, 0.5 / (n_q or n_p or 1))
    used = p > 0
    logs = np.where(used, np.log(np.where(used, safe_p, 1.0) / safe_q), 0.0)
    kl = float(p @ logs)
    variance = 0.0
    if n_p is not None:  # E log p is too large by a half over n_p for every cell, and E -log q too
        kl -= 0.5 * int(used.sum()) / n_p
        variance += _variance(p, logs) / n_p
    if n_q is not None:
        kl -= 0.5 * float((p[used] / safe_q[used]).clip(max=3.0).sum()) / n_q
        ratio = np.where(used, p / safe_q, 0.0)
        variance += _variance(q, ratio) / n_q
    return kl_fields(name, kl, math.sqrt(variance))
