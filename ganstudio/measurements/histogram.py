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
from ganstudio.measurements.least import Scores
from ganstudio.modalities import Points

if TYPE_CHECKING:
    from collections.abc import Generator

_NULL = 200  # draws of p_data's own counts behind the floor
_COARSER = 4  # cells of four times the area show how much hides within a cell
_PRIOR = 1.0  # samples' worth of both sides being equal, as the cells' log-ratios are learned


def histogram(sides: Sides, samples: int, seed: int) -> Work:
    """Estimate by a histogram of generated points against the exact cell masses of p_data, of the plane only.

    Counting alone is biased up, by about a quarter of the sum over cells of p / ((p + q) n); that is taken off
    (Miller 1955, for the JSD). Within a cell differences are not seen, which biases it low. Where p_data is known by
    its samples only, both sides are counted and both biases taken off.
    Raises EstimationError for data that isn't points.
    """
    if not isinstance(sides.modality, Points):
        raise EstimationError(
            f"a histogram counts points of the plane; choose the probe for {sides.modality.words.many}"
        )
    random = np.random.default_rng((seed, 2))
    real, fake = yield from collect(sides, real=samples, fake=samples)
    tables = []
    for share in (1, _COARSER):
        # Cells of half the width hide a quarter of a smooth difference, so that the truth is a third of what wider ones
        # lose above; in narrow modes, which neither see into, it is up to all of that.
        cells = yield from _cells(sides, real, fake, max(1, samples // share))
        p = cells.masses if sides.log_density is not None else cells.count(real) / len(real)
        tables.append((p, cells.count(fake)))
        yield
    behind = None if sides.log_density is not None else len(real)
    fine, coarse = (float(_corrected(p, counts / len(fake), len(fake), behind)) for p, counts in tables)
    floor = yield from _floor(*tables[0], behind, random)
    error = math.hypot(_sampling_error(*tables[0], behind), _counting_error(tables[0][0], len(fake), behind))
    return DivergenceEstimate(
        estimator="histogram",
        samples=len(fake),
        **interval(fine, error, floor, len(fake), above=max(0.0, fine - coarse)),
        **(yield from _at_least(sides, real, fake, samples)),
    )


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


def _sampling_error(p: Doubles, counts: npt.NDArray[np.int64], real: int | None) -> float:
    """Standard error by the delta method: the JSD's slope in q is half of log(2 q / (p + q))."""
    n = int(counts.sum())
    q = counts / n
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


# --- the Kullback-Leibler divergences ---------------------------------------------------------------------------------


def _at_least(sides: Sides, real: Samples, fake: Samples, samples: int) -> Generator[None, None, dict[str, Any]]:
    """Over cells a KL is at most what it is over points (data processing): a bound on the one bounds the other.

    Each half of the samples is judged by log-ratios of counts of the other half.
    """
    forward, reverse = [], []
    for turn in (0, 1):
        learned_real, learned_fake = real[turn::2], fake[turn::2]
        judged_real, judged_fake = real[1 - turn :: 2], fake[1 - turn :: 2]
        cells = yield from _cells(sides, learned_real, learned_fake, max(1, samples // _COARSER))
        of_fake = cells.count(learned_fake)
        if sides.log_density is None:
            ratios = _log_ratios(cells.count(learned_real), of_fake)
            p, behind = cells.count(judged_real) / len(judged_real), len(judged_real)
        else:
            ratios = _log_ratios(cells.masses * len(learned_fake), of_fake)
            p, behind = cells.masses / cells.masses.sum(), None
        q = cells.count(judged_fake) / len(judged_fake)
        forward.append((Scores(ratios, p, behind), Scores(ratios, q, len(judged_fake))))
        reverse.append((Scores(-ratios, q, len(judged_fake)), Scores(-ratios, p, behind)))
        yield
    return (yield from kl_fields(forward, reverse))


def _log_ratios(real: npt.NDArray[Any], fake: npt.NDArray[np.int64]) -> Doubles:
    """Log p / q of cells (m,) from counts on both sides, drawn a little to equality where both are few."""
    total_real, total_fake = real.sum(), fake.sum()
    middle = (real + fake) / (total_real + total_fake)
    ratios: Doubles = np.log(real + middle * _PRIOR + 1e-9) - np.log(fake + middle * _PRIOR + 1e-9)
    ratios += math.log((total_fake + _PRIOR) / (total_real + _PRIOR))
    return ratios
