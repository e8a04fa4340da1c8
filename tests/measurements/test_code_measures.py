from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from scipy.stats import spearmanr

from ganstudio.measurements.assignment import best_matching
from ganstudio.measurements.codes import (
    information_table,
    matched_accuracy,
    mutual_information,
    rank_correlation,
    slant,
)

N = 4000


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(0)


# --- mutual information ---


def test_information_of_a_column_with_itself_is_its_entropy(random) -> None:
    classes = random.integers(0, 10, N)
    assert mutual_information(classes, random.permutation(10)[classes]) == pytest.approx(math.log(10), abs=0.005)
    angles = random.uniform(-1, 1, N)
    assert mutual_information(angles, np.exp(angles)) == pytest.approx(math.log(20), abs=0.001)


def test_information_of_independent_columns_is_nothing(random) -> None:
    classes, angles, others = random.integers(0, 10, N), random.uniform(-1, 1, N), random.normal(size=N)
    assert mutual_information(classes, angles) == pytest.approx(0.0, abs=0.01)
    # 361 degrees of freedom would read 0.045 were the bias not taken away.
    assert mutual_information(angles, others) == pytest.approx(0.0, abs=0.012)


def test_information_of_a_noisy_channel(random) -> None:
    bits = random.integers(0, 2, N)
    said = np.where(random.uniform(size=N) < 0.1, 1 - bits, bits)
    expected = math.log(2) + 0.1 * math.log(0.1) + 0.9 * math.log(0.9)
    assert mutual_information(bits, said) == pytest.approx(expected, abs=0.03)


def test_information_of_gaussians_is_near_the_closed_form(random) -> None:
    left = random.normal(size=N)
    right = 0.8 * left + 0.6 * random.normal(size=N)
    # Cutting into bins loses a little.
    assert mutual_information(left, right) == pytest.approx(-0.5 * math.log(1 - 0.64), abs=0.05)


def test_floats_of_few_values_are_not_cut(random) -> None:
    values = random.integers(0, 3, N) / 2.0
    assert mutual_information(values, values) == pytest.approx(math.log(3), abs=0.005)


# --- the table and MIG ---


def test_mig_is_one_where_each_factor_has_a_code_of_its_own(random) -> None:
    classes, angles = random.integers(0, 10, N), random.uniform(-1, 1, N)
    table = information_table({"c1": classes, "c2": angles}, {"class": classes, "angle": angles})
    assert (table.codes, table.factors) == (("c1", "c2"), ("class", "angle"))
    assert table.mig == pytest.approx(1.0, abs=0.01)
    np.testing.assert_allclose(table.entropies, [math.log(10), math.log(20)], atol=0.005)
    np.testing.assert_allclose(np.diag(table.nats), table.entropies, atol=0.01)
    np.testing.assert_allclose(table.control, 0, atol=0.01)


def test_mig_is_nothing_where_two_codes_tell_the_same_or_none_tells_anything(random) -> None:
    classes = random.integers(0, 10, N)
    assert information_table({"a": classes, "b": classes}, {"class": classes}).mig == pytest.approx(0.0, abs=1e-9)
    noise = {"a": random.uniform(size=N), "b": random.integers(0, 10, N)}
    assert information_table(noise, {"class": classes}).mig == pytest.approx(0.0, abs=0.01)


def test_mig_of_one_code_and_of_factors_that_do_not_vary(random) -> None:
    classes = random.integers(0, 4, N)
    constant = np.zeros(N)
    assert information_table({"a": classes}, {"class": classes, "none": constant}).mig == pytest.approx(1.0, abs=0.005)
    assert information_table({"a": classes}, {"none": constant}).mig is None
    assert information_table({"a": classes}, {}).mig is None


# --- matching ---


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (10, 10), (4, 9), (12, 5), (1, 6)])
def test_the_matching_is_the_best_one(shape: tuple[int, int], random) -> None:
    for integers in (True, False):
        for _ in range(10):
            gains = random.integers(0, 20, shape) if integers else random.normal(size=shape)
            found = best_matching(gains)
            best = gains[linear_sum_assignment(gains, maximize=True)].sum()
            assert len(found) == len(set(found.values())) == min(shape)
            assert sum(gains[pair] for pair in found.items()) == pytest.approx(best, abs=1e-9)


def test_accuracy_with_values_matched_to_classes(random) -> None:
    labels = random.integers(0, 10, N)
    named = random.permutation(10)
    said = np.where(random.uniform(size=N) < 0.2, random.integers(0, 10, N), named[labels])
    found = matched_accuracy(said, labels)
    assert found.accuracy == pytest.approx(0.8 + 0.2 / 10, abs=0.02)
    assert found.classes == {int(named[label]): label for label in range(10)}


def test_accuracy_with_more_and_with_fewer_values_than_classes() -> None:
    labels = np.repeat(np.arange(4), 25)
    assert matched_accuracy(labels // 2, labels).accuracy == 0.5
    # A class that is split over two values keeps the larger of them: one to one, so that more values do not pay.
    assert matched_accuracy(np.arange(100) // 10, labels).accuracy == pytest.approx(0.4)


def test_accuracy_by_chance_is_low(random) -> None:
    found = matched_accuracy(random.integers(0, 10, 1000), random.integers(0, 10, 1000))
    assert found.accuracy == pytest.approx(0.13, abs=0.02)


# --- rank correlation and slant ---


def test_rank_correlation_is_spearmans(random) -> None:
    left = random.normal(size=200)
    right = np.round(left + random.normal(size=200), 1)
    assert rank_correlation(left, right) == pytest.approx(spearmanr(left, right).statistic, abs=1e-12)
    assert rank_correlation(left, -np.exp(left)) == pytest.approx(-1, abs=1e-12)
    assert math.isnan(rank_correlation(left, np.ones(200)))
    left[3] = np.nan
    assert rank_correlation(left, right) == pytest.approx(spearmanr(left, right, nan_policy="omit").statistic, abs=1e-9)


def sheared(shear: float) -> np.ndarray:
    """A bright bar in the middle of 41 x 41 pixels whose middle moves by ``shear`` columns right for each row up."""
    y, x = np.mgrid[20:-21:-1, -20:21]
    return np.exp(-((x - shear * y) ** 2) / 8.0) * (np.abs(y) < 12) * 255


@pytest.mark.parametrize("shear", [-0.5, -0.2, 0.0, 0.3])
def test_slant_is_the_shear_of_a_bar(shear: float) -> None:
    assert slant(sheared(shear)[None])[0] == pytest.approx(shear, abs=0.01)


def test_slant_does_not_mind_place_brightness_or_type() -> None:
    bar = sheared(0.3)
    moved = np.roll(bar, (3, -2), axis=(0, 1))
    images = np.stack([bar, moved, bar / 3 + 20])
    np.testing.assert_allclose(slant(images), 0.3, atol=0.01)
    np.testing.assert_allclose(slant(np.rint(images).astype(np.uint8)), 0.3, atol=0.015)


def test_slant_of_what_has_no_height_is_not_known() -> None:
    row = np.zeros((9, 9))
    row[4] = 1
    assert np.isnan(slant(np.stack([np.full((9, 9), 7.0), row]))).all()
