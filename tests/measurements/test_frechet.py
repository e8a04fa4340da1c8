from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import sqrtm

from ganstudio.measurements import EstimationError
from ganstudio.measurements.frechet import frechet_local, kernel_distance


def normal(count: int, seed: int, *, features: int = 8, shift: float = 0.0, spread: float = 1.0) -> np.ndarray:
    return shift + spread * np.random.default_rng(seed).standard_normal((count, features))


# --- Frechet ---


def test_frechet_is_the_closed_form_for_gaussians() -> None:
    # Per feature: shift^2 + (1 - spread)^2.
    left, right = normal(60_000, 0), normal(60_000, 1, shift=0.5, spread=1.5)
    assert frechet_local(left, right) == pytest.approx(8 * (0.25 + 0.25), rel=0.03)


def test_frechet_is_the_formula_with_a_matrix_square_root() -> None:
    random = np.random.default_rng(3)
    left, right = (normal(300, seed) @ random.standard_normal((8, 8)) for seed in (4, 5))
    c, d = np.cov(left, rowvar=False), np.cov(right, rowvar=False)
    expected = ((left.mean(0) - right.mean(0)) ** 2).sum() + np.trace(c + d - 2 * np.real(sqrtm(c @ d)))
    assert frechet_local(left, right) == pytest.approx(float(expected), rel=1e-4)
    assert frechet_local(right, left) == pytest.approx(float(expected), rel=1e-4)


def test_frechet_of_a_set_with_itself_is_nothing_and_of_samples_falls_as_one_over_n() -> None:
    assert frechet_local(normal(200, 0), normal(200, 0)) == pytest.approx(0.0, abs=1e-6)
    few, many = (np.mean([frechet_local(normal(n, s), normal(n, 100 + s)) for s in range(6)]) for n in (250, 2000))
    assert few / many == pytest.approx(8, rel=0.35)


def test_frechet_copes_with_features_that_do_not_vary() -> None:
    left, right = normal(100, 0), normal(100, 1)
    left[:, 3:], right[:, 3:] = 0.0, 0.0
    right[:, 5] = 2.0
    assert frechet_local(left, right) == pytest.approx(4.1, abs=0.1)


def test_frechet_needs_more_samples_than_features() -> None:
    with pytest.raises(EstimationError, match="in 8 features needs more samples a side than 8"):
        frechet_local(normal(8, 0), normal(100, 1))


# --- kernel distance ---


def direct(left: np.ndarray, right: np.ndarray) -> float:
    """The unbiased estimate as the U-statistic is written, pair by pair."""
    n = len(left)

    def kernel(x: np.ndarray, y: np.ndarray) -> float:
        return float((x @ y / len(x) + 1) ** 3)

    terms = [
        kernel(left[i], left[j]) + kernel(right[i], right[j]) - kernel(left[i], right[j]) - kernel(left[j], right[i])
        for i in range(n)
        for j in range(n)
        if i != j
    ]
    return float(np.mean(terms))


def test_kernel_distance_is_the_u_statistic() -> None:
    left, right = normal(20, 0), normal(25, 1, shift=0.3)
    assert kernel_distance(left, right).value == pytest.approx(direct(left, right[:20]), rel=1e-9)


def test_kernel_distance_is_the_same_in_one_piece_and_in_many(monkeypatch) -> None:
    left, right = normal(100, 0), normal(100, 1, shift=0.3)
    whole = kernel_distance(left, right)
    monkeypatch.setattr("ganstudio.measurements.frechet._ROWS", 7)
    parts = kernel_distance(left, right)
    assert (parts.value, parts.standard_error) == pytest.approx((whole.value, whole.standard_error), rel=1e-9)


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_kernel_distance_is_unbiased_and_its_standard_error_is_that_of_repeats(shift: float) -> None:
    found = [kernel_distance(normal(150, s), normal(150, 1000 + s, shift=shift)) for s in range(120)]
    values = np.array([one.value for one in found])
    error = values.std() / np.sqrt(len(values))
    if shift == 0:
        assert abs(values.mean()) < 4 * error
    truth = kernel_distance(normal(3000, 5), normal(3000, 6, shift=shift))
    assert values.mean() == pytest.approx(truth.value, abs=4 * float(np.hypot(error, truth.standard_error)))
    assert np.mean([one.standard_error for one in found]) == pytest.approx(values.std(), rel=0.3)


def test_kernel_distance_needs_some_samples() -> None:
    with pytest.raises(EstimationError, match="4 samples a side or more, found 3"):
        kernel_distance(normal(3, 0), normal(10, 0))
