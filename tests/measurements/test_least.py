from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from ganstudio.measurements import Sides, finish
from ganstudio.measurements.estimators import ESTIMATORS
from ganstudio.measurements.least import Least, Scores, least_divergence
from ganstudio.modalities import Points
from tests.quadrature import Mixture, divergences

ANGLES = np.arange(8) * 2 * np.pi / 8
RING = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
PAIRS = {
    "equal": (Mixture([[0.0, 0.0]]), Mixture([[0.0, 0.0]])),
    "shifted": (Mixture([[0.0, 0.0]]), Mixture([[0.5, 0.0]])),
    "twice as wide": (Mixture([[0.0, 0.0]]), Mixture([[0.0, 0.0]], 2.0)),
    "shrunk ring": (Mixture(RING, 0.1), Mixture(0.9 * RING, 0.1)),
    "rare mode": (
        Mixture([[0.0, 0.0], [6.0, 0.0]], 0.5, [0.7, 0.3]),
        Mixture([[0.0, 0.0], [6.0, 0.0]], 0.5, [0.999, 0.001]),
    ),
    "far apart": (Mixture([[0.0, 0.0]], 0.5), Mixture([[8.0, 0.0]], 0.5)),
}


def finished(folds: list[tuple[Scores, Scores]]) -> Least:
    work = least_divergence(folds)
    while True:
        try:
            next(work)
        except StopIteration as stop:
            return stop.value


def folds_of(x: np.ndarray, y: np.ndarray, count: int = 3) -> list[tuple[Scores, Scores]]:
    """T of samples (n,) of both sides, in parts."""
    return [(Scores.drawn(x[part::count]), Scores.drawn(y[part::count])) for part in range(count)]


# --- the bound itself ---


def test_with_the_true_log_ratio_the_bound_is_the_divergence() -> None:
    """N(0, 1) against N(1, 1): log p / q is 1/2 - x, and the divergence 1/2."""
    random = np.random.default_rng(0)
    x, y = 0.5 - random.normal(size=20_000), 0.5 - random.normal(1.0, 1.0, 20_000)
    found = finished(folds_of(x, y))
    assert found.read == pytest.approx(0.5, abs=0.04)
    assert 0.4 < found.limit < 0.5


@pytest.mark.parametrize("sureness", [0.3, 1.0, 3.0, 10.0])
def test_whatever_is_learned_the_limit_holds_as_often_as_told(sureness: float) -> None:
    """A T that is a tenth as sure as it should be, or ten times: it is 95 % that hold, here of 60."""
    held, limits = 0, []
    for seed in range(60):
        random = np.random.default_rng(seed)
        x, y = ((0.5 - random.normal(mean, 1.0, 600)) * sureness for mean in (0.0, 1.0))
        limits.append(finished(folds_of(x, y, 2)).limit)
        held += limits[-1] <= 0.5
    assert 52 <= held <= 60
    assert 0.1 < np.mean(limits) < 0.5


def test_of_nothing_learned_nothing_is_told() -> None:
    random = np.random.default_rng(3)
    found = finished(folds_of(random.normal(size=2000), random.normal(size=2000)))
    assert found.limit == 0.0
    assert found.read == pytest.approx(0.0, abs=0.02)


def test_what_is_never_seen_is_at_most_as_rare_as_samples_tell() -> None:
    """Of sides that share nothing n samples tell that q has less than 3 / n where p is: log n / 3 nats."""
    for count in (300, 3000, 30_000):
        found = finished(folds_of(np.full(count, 50.0), np.full(count, -50.0)))
        assert found.limit == pytest.approx(math.log(count / 3), abs=1.0)
        assert found.limit < math.log(count / 3) + 0.1
        assert found.sparse


def test_scores_of_cells_are_those_of_their_samples() -> None:
    random = np.random.default_rng(5)
    x, y = random.integers(0, 6, 4000), random.binomial(5, 0.4, 4000)
    ratios = np.log((np.bincount(x, minlength=6) + 1.0) / (np.bincount(y, minlength=6) + 1.0))
    cells = [
        tuple(Scores(ratios, np.bincount(side[k::2], minlength=6) / 2000, 2000) for side in (x, y)) for k in (0, 1)
    ]
    one_by_one, together = finished(folds_of(ratios[x], ratios[y], 2)), finished(cells)
    assert together.read == pytest.approx(one_by_one.read, abs=1e-9)
    assert together.limit == pytest.approx(one_by_one.limit, abs=1e-9)


# --- of estimators: 20 seeds and the probe are in the benchmark kl_intervals ---


def sides(p: Mixture, q: Mixture, seed: int, *, known: bool, cache: dict[str, object]) -> Sides:
    random = np.random.default_rng(seed)
    return Sides(
        draw_real=lambda count: p.draw(count, random),
        draw_fake=lambda count: q.draw(count, random),
        modality=Points(),
        log_density=p.log_density if known else None,
        cache=cache,
    )


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize(("name", "known", "seeds"), [("histogram", True, 8), ("histogram", False, 8)])
def test_the_limits_are_below_the_truth_and_not_far_below(name: str, known: bool, seeds: int, pair: str) -> None:
    p, q = PAIRS[pair]
    truth, cache, held = divergences(p, q), {}, 0
    for seed in range(seeds):
        found = finish(ESTIMATORS[name](sides(p, q, seed, known=known, cache=cache), 2000, seed))
        for low, kl in ((found.kl_forward_low, truth.kl_forward), (found.kl_reverse_low, truth.kl_reverse)):
            assert low is not None
            held += low <= kl + 1e-9
            assert low >= min(0.2 * kl, 3.0) - 0.02
    assert held >= 2 * seeds - 1


def test_a_missing_mode_makes_a_divergence_infinite_and_the_bound_grows_with_the_samples() -> None:
    p, q = Mixture([[0.0, 0.0], [60.0, 0.0]], 0.5, [0.5, 0.5]), Mixture([[0.0, 0.0]], 0.5)
    limits = [
        finish(ESTIMATORS["histogram"](sides(p, q, 1, known=False, cache={}), count, 1)).kl_forward_low
        for count in (500, 5000, 50_000)
    ]
    assert all(0.9 < later - earlier < 1.9 for earlier, later in pairwise(limits))  # half of log 10, 1.15, in the end
    assert 1.0 < limits[0] < 0.5 * math.log(500 / 3)
