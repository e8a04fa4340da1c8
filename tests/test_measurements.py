from __future__ import annotations

import math

import numpy as np
import pytest

from ganstudio.measurements import (
    LOG2,
    JSDBound,
    MovingAverage,
    MovingError,
    displayed,
    estimate_jsd_bound,
    jsd_bound,
    mode_coverage,
    moving_average,
    value_statistics,
)


def plain_average(values: np.ndarray, window: int) -> np.ndarray:
    """The definition, a step at a time."""
    decay, total, weight, averages = 1 - 2 / (window + 1), 0.0, 0.0, []
    for value in values:
        if np.isfinite(value):
            total, weight = decay * total + value, decay * weight + 1
        averages.append(total / weight if weight else np.nan)
    return np.array(averages)


@pytest.mark.parametrize("window", [1, 2, 7, 200, 5000])
def test_the_moving_average_is_its_definition(window: int) -> None:
    values = np.random.default_rng(0).normal(3, 1, 3000)
    values[[0, 1, 50, 2999]] = np.nan
    values[60] = np.inf
    np.testing.assert_allclose(moving_average(values, window), plain_average(values, window), rtol=1e-9, equal_nan=True)


def plain_error(values: np.ndarray, window: int) -> list[float]:
    """The definition, from explicit weights: residuals stay as they were when their value came."""
    decay = 1 - 2 / (window + 1)
    residuals: list[float] = []
    errors = []
    for last, value in enumerate(values):
        if np.isfinite(value):
            residuals.append(value - plain_average(values[: last + 1], window)[-1])
        if len(residuals) < 3 or window == 1:
            errors.append(np.nan)
            continue
        weights = decay ** np.arange(len(residuals))[::-1]
        weights /= weights.sum()
        variance = float(weights @ np.square(residuals))
        covariance = float(weights[1:] @ (np.array(residuals[1:]) * residuals[:-1]))
        samples, correlation = 1 / float(weights @ weights), min(max(covariance / variance, 0.0), 0.95)
        errors.append(math.sqrt(variance / (samples - 1) * (1 + correlation) / (1 - correlation)))
    return errors


@pytest.mark.parametrize("window", [1, 2, 7, 200])
@pytest.mark.parametrize("correlation", [0.0, 0.7, 0.99])
def test_the_standard_error_is_its_definition(window: int, correlation: float) -> None:
    values = np.random.default_rng(5).normal(0, 1, 300)
    for index in range(1, 300):
        values[index] += correlation * values[index - 1]
    values[[0, 5, 6, 40, 299]] = np.nan
    values[60] = -np.inf
    found = value_statistics(values, window).standard_error
    np.testing.assert_allclose(found, plain_error(values, window), rtol=1e-9)


@pytest.mark.parametrize("piece", [1, 100, 128, 333])
@pytest.mark.parametrize("window", [1, 2, 200])
def test_in_pieces_or_at_once_is_the_same(window: int, piece: int) -> None:
    values = np.random.default_rng(6).normal(-1, 0.1, 1500)
    values[::7] = np.nan
    average, error = MovingAverage(1, window), MovingError(window)
    means, errors = [], []
    for start in range(0, 1500, piece):
        part = values[start : start + piece]
        means.append(average.extend(part[None])[0][0])
        errors.append(error.extend(part, means[-1]))
    whole = value_statistics(values, window)
    np.testing.assert_allclose(np.concatenate(means), whole.mean, rtol=1e-12)
    np.testing.assert_allclose(np.concatenate(errors), whole.standard_error, rtol=1e-10)


def test_averages_of_nothing_are_nothing() -> None:
    assert moving_average(np.empty(0), 10).shape == (0,)
    assert value_statistics(np.empty(0), 10).mean.shape == (0,)
    assert np.isnan(value_statistics(np.array([np.nan, np.nan]), 10).mean).all()


@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_the_standard_error_is_the_spread_of_averages(correlation: float) -> None:
    random = np.random.default_rng(1)
    means, errors = [], []
    for _ in range(300):
        values = random.standard_normal(800)
        for index in range(1, len(values)):
            values[index] += correlation * values[index - 1]
        statistics = value_statistics(values, 100)
        means.append(statistics.mean[-1])
        errors.append(statistics.standard_error[-1])
    ratio = np.mean(errors) / np.std(means)
    assert 0.85 < ratio < 1.15


def test_the_standard_error_is_absent_before_it_can_be_known_and_0_without_noise() -> None:
    error = value_statistics(np.full(5, 2.0), 10).standard_error
    assert np.isnan(error[:2]).all()
    np.testing.assert_allclose(error[2:], 0.0, atol=1e-12)


def test_the_bound_meets_the_jsd_at_both_ends() -> None:
    assert jsd_bound(-math.log(4)) == pytest.approx(0.0, abs=1e-15)
    assert jsd_bound(0.0) == LOG2
    np.testing.assert_allclose(jsd_bound(np.array([-math.log(4), 0.0])), [0.0, LOG2], atol=1e-15)


def test_the_bound_is_the_jsd_for_the_best_discriminator() -> None:
    """Two densities on a grid of cells: V of D* = p/(p + q) gives their JSD exactly."""
    random = np.random.default_rng(2)
    p, q = random.dirichlet(np.ones(50)), random.dirichlet(np.ones(50))
    best, middle = p / (p + q), (p + q) / 2
    value = float(np.sum(p * np.log(best) + q * np.log(1 - best)))
    jsd = float(np.sum(p * np.log(p / middle) + q * np.log(q / middle)) / 2)
    assert jsd_bound(value) == pytest.approx(jsd, abs=1e-12)
    worse = np.clip(best + 0.1, 0.01, 0.99)
    assert jsd_bound(float(np.sum(p * np.log(worse) + q * np.log(1 - worse)))) < jsd


def test_the_estimate_averages_the_last_window() -> None:
    random = np.random.default_rng(3)
    values = np.concatenate([np.zeros(5000), -1 + 0.1 * random.standard_normal(2000)])
    bound = estimate_jsd_bound(values, 200)
    assert bound is not None
    assert bound.nats == pytest.approx(LOG2 - 0.5, abs=4 * 0.05 / math.sqrt(200))
    assert 0.6 < bound.standard_error / (0.05 / math.sqrt(200)) < 1.6


@pytest.mark.parametrize(
    "values", [[], [np.nan] * 5, [-1.0], [-1.0, -1.1, -np.inf, -1.0], [*[-1.0] * 50, *[np.nan] * 10]]
)
def test_no_number_is_given_where_there_is_none(values: list[float]) -> None:
    assert estimate_jsd_bound(np.array(values), 10) is None


def test_updates_of_g_alone_do_not_hide_the_bound() -> None:
    values = np.array([-1.0, -1.1, np.nan, -1.2, -1.0, np.nan])
    bound = estimate_jsd_bound(values, 10)
    assert bound is not None
    assert LOG2 - 0.6 < bound.nats < LOG2 - 0.5


def test_what_is_shown_lies_where_a_jsd_lies() -> None:
    assert displayed(-0.1) == 0.0
    assert displayed(2.0) == LOG2
    assert math.isnan(displayed(float("nan")))
    np.testing.assert_array_equal(displayed(np.array([-1.0, 0.3, 9.0])), [0.0, 0.3, LOG2])


def ring(modes: int = 8) -> np.ndarray:
    angles = np.arange(modes) * 2 * np.pi / modes
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_coverage_of_the_mixture_itself() -> None:
    random = np.random.default_rng(4)
    points = ring()[random.integers(0, 8, 2500)] + 0.01 * random.standard_normal((2500, 2))
    found = mode_coverage(points.astype(np.float32), ring(), 0.01)
    assert (found.modes, found.modes_strict) == (8, 8)
    assert 0.980 < found.high_quality < 0.996
    assert found.mode_kl is not None
    assert 0.0 <= found.mode_kl < 0.005
    assert sum(found.counts) == round(found.high_quality * 2500)


def test_coverage_of_a_collapsed_generator() -> None:
    found = mode_coverage(np.repeat(ring()[:1], 100, axis=0), ring(), 0.01)
    assert (found.modes, found.modes_strict, found.high_quality) == (1, 1, 1.0)
    assert found.mode_kl == pytest.approx(math.log(8), abs=1e-12)


def test_a_single_sample_reaches_a_mode_but_not_strictly() -> None:
    points = np.concatenate([np.repeat(ring()[:1], 799, axis=0), ring()[1:2]])
    found = mode_coverage(points, ring(), 0.01)
    assert (found.modes, found.modes_strict) == (2, 1)


def test_coverage_of_noise_and_of_numbers_gone_wrong() -> None:
    points = np.array([[0.0, 0.0], [np.nan, 1.0], [np.inf, 0.0], [1.0, 0.029], [1.0, 0.031]])
    found = mode_coverage(points, ring(), 0.01)
    assert found.high_quality == pytest.approx(0.2, abs=1e-12)
    nothing = mode_coverage(points[:3], ring(), 0.01)
    assert (nothing.modes, nothing.high_quality, nothing.mode_kl) == (0, 0.0, None)


@pytest.mark.parametrize(
    ("nats", "error", "why"),
    [
        (0.3, 0.02, None),
        (0.001, 0.0005, None),
        (0.69, 0.5, None),
        (-0.3, 0.001, "below 0"),
        (0.0, 0.0, "below 0"),
        (-8517.3, 8517.0, "below 0"),
        (0.01, 0.02, "standard error"),
        (0.6, 0.6, "standard error"),
        (1e4, 5.0, "standard error"),
    ],
)
def test_a_bound_that_says_nothing_says_so(nats: float, error: float, why: str | None) -> None:
    found = JSDBound(nats, error).empty
    assert found is None if why is None else why in str(found)
