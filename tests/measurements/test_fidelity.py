from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from ganstudio.measurements import EstimationError
from ganstudio.measurements.fidelity import class_shares, overlap, shares_divergence, sure_share
from ganstudio.measurements.memorising import copying, nearest, nearest_of


def normal(count: int, seed: int, features: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, features)).astype(np.float32)


# --- precision, recall, density, coverage ---


def direct(real: np.ndarray, fake: np.ndarray) -> tuple[float, float, float, float]:
    """The four as their papers write them, on whole matrices."""
    real_radii = np.sort(cdist(real, real), axis=1)[:, 5]
    fake_radii = np.sort(cdist(fake, fake), axis=1)[:, 5]
    apart = cdist(real, fake)
    inside = apart <= real_radii[:, None]
    recall = (apart <= fake_radii[None]).any(axis=1).mean()
    return inside.any(axis=0).mean(), recall, inside.sum(axis=0).mean() / 5, inside.any(axis=1).mean()


@pytest.mark.parametrize("rows", [None, 1000])
def test_overlap_is_what_the_papers_define(rows: int | None, monkeypatch) -> None:
    if rows:
        monkeypatch.setattr("ganstudio.measurements.fidelity._DISTANCES", rows)
    real, fake = normal(150, 0), normal(130, 1) * 0.8 + 0.3
    found = overlap(real, fake)
    assert (found.precision, found.recall, found.density, found.coverage) == pytest.approx(direct(real, fake), abs=1e-6)


def test_overlap_of_equal_and_of_disjoint_sets() -> None:
    found = overlap(normal(1000, 0), normal(1000, 1))
    assert found.density == pytest.approx(1.0, abs=0.1)
    # Of equal distributions coverage tends to 1 - 2^-k.
    assert found.coverage == pytest.approx(1 - 0.5**5, abs=0.03)
    assert found.precision == pytest.approx(found.recall, abs=0.04)
    apart = overlap(normal(100, 0), normal(100, 1) + 50)
    assert (apart.precision, apart.recall, apart.density, apart.coverage) == (0, 0, 0, 0)


def test_overlap_tells_poor_samples_from_missing_ones() -> None:
    two = np.concatenate([normal(300, 0), normal(300, 1) + 20])
    one_left = overlap(two, normal(600, 2))
    assert one_left.precision > 0.9
    assert one_left.recall == pytest.approx(0.5, abs=0.05)
    assert one_left.coverage == pytest.approx(0.5, abs=0.05)
    half_wrong = overlap(two, np.concatenate([two[:300] + 0.01, normal(300, 3) + 100]))
    assert half_wrong.precision == pytest.approx(0.5, abs=0.02)


def test_overlap_needs_more_samples_than_neighbours() -> None:
    with pytest.raises(EstimationError, match="more than 5 samples"):
        overlap(normal(5, 0), normal(50, 0))


# --- classes ---


def test_a_classifier_is_sure_above_nine_tenths() -> None:
    assert sure_share(np.array([[0.95, 0.05], [0.1, 0.9], [0.5, 0.5], [0.01, 0.99]])) == 0.5


def test_divergence_of_shares() -> None:
    shares = class_shares(np.array([0, -1, 0, 2, 2, -1]), 4)
    np.testing.assert_allclose(shares, [0.5, 0, 0.5, 0])
    assert shares_divergence(shares, shares) == pytest.approx(0.0, abs=1e-12)
    assert shares_divergence(shares, np.array([0, 0.5, 0, 0.5])) == pytest.approx(math.log(2), abs=1e-12)
    middle = np.array([0.75, 0.25])
    expected = 0.5 * math.log(1 / 0.75) + 0.5 * float((np.array([0.5, 0.5]) * np.log(0.5 / middle)).sum())
    assert shares_divergence(np.array([1.0, 0.0]), np.array([0.5, 0.5])) == pytest.approx(expected, abs=1e-12)


# --- memorising ---


@pytest.mark.parametrize("small", [False, True])
def test_the_nearest_are_found_in_order(small: bool, monkeypatch) -> None:
    if small:
        monkeypatch.setattr("ganstudio.measurements.memorising._FLOATS", 100)
        monkeypatch.setattr("ganstudio.measurements.fidelity._DISTANCES", 64)
    reference, queries = normal(200, 0), normal(31, 1)
    found = nearest(reference, queries, 3)
    apart = cdist(queries, reference)
    np.testing.assert_array_equal(found.indices, np.argsort(apart, axis=1)[:, :3])
    np.testing.assert_allclose(found.distances, np.sort(apart, axis=1)[:, :3], atol=1e-4)


def test_the_nearest_of_images_that_are_given_by_number() -> None:
    images = np.random.default_rng(0).standard_normal((50, 1, 4, 4)).astype(np.float32)
    found = nearest_of(lambda some: images[some], 50, images[[7, 33]])
    np.testing.assert_array_equal(found.indices[:, 0], [7, 33])
    np.testing.assert_array_equal(found.distances, 0)


def test_copies_stand_out_against_held_out_samples() -> None:
    train, held_out, fresh = normal(2000, 0), normal(1000, 1), normal(1000, 2)
    copies = np.concatenate([fresh[:700], train[:300] + 0.01])
    distances = [nearest(train, side).distances for side in (held_out, fresh, copies)]
    honest, copied = copying(distances[1], distances[0]), copying(distances[2], distances[0])
    assert honest is not None
    assert copied is not None
    assert honest.near == pytest.approx(0.05, abs=0.03)
    assert honest.generated == pytest.approx(honest.held_out, rel=0.05)
    assert copied.near == pytest.approx(0.3 + 0.7 * 0.05, abs=0.03)


def test_repeated_held_out_images_do_not_hide_copies() -> None:
    """Every tenth held-out image is a training image as well."""
    train, fresh = normal(2000, 0), normal(1000, 1)
    held_out = np.concatenate([train[:100], fresh[100:]])
    copies = np.concatenate([normal(700, 2), train[:300]])
    to_held_out, to_copies = (nearest(train, side).distances for side in (held_out, copies))
    assert (to_held_out[:100] == 0).all()
    found = copying(to_copies, to_held_out)
    assert found is not None
    assert found.near == pytest.approx(0.3 + 0.7 * 0.05, abs=0.03)
    assert copying(to_copies, to_held_out[:100]) is None


# --- far from 0 ---


@pytest.mark.parametrize("offset", [0.0, 100.0, 1000.0, 1e5])
def test_an_offset_changes_nothing(offset: float) -> None:
    real, fake = normal(400, 0).astype(np.float64), normal(400, 1).astype(np.float64) * 0.8 + 0.9
    found = overlap(real + offset, fake + offset)
    expected = direct(real, fake)
    assert all(0.05 < share < 0.95 for share in expected)
    assert (found.precision, found.recall, found.density, found.coverage) == pytest.approx(expected, abs=1e-9)
    there = nearest(real + offset, fake + offset, 3)
    apart = cdist(fake, real)
    np.testing.assert_array_equal(there.indices, np.argsort(apart, axis=1)[:, :3])
    np.testing.assert_allclose(there.distances, np.sort(apart, axis=1)[:, :3], rtol=1e-5)


def test_two_groups_far_from_each_other_keep_their_digits() -> None:
    real, fake = normal(400, 0).astype(np.float64), normal(400, 1).astype(np.float64) * 0.8 + 0.9
    real[200:] += 3000.0
    fake[200:] += 3000.0
    found = overlap(real, fake)
    assert (found.precision, found.recall, found.density, found.coverage) == pytest.approx(direct(real, fake), abs=1e-9)


def test_samples_that_are_there_again_are_at_no_distance() -> None:
    """Of 400 rows 300 are the same one: each of them is in the ball of all the others, whose radius is 0."""
    rows = normal(400, 0, features=64)
    rows[:300] = rows[0]
    found = overlap(rows, rows[np.random.default_rng(1).permutation(400)])
    assert (found.precision, found.recall, found.coverage) == (1.0, 1.0, 1.0)
