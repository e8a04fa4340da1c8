"""Points of the latent space by seeds, between others, and paths over pins."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.experiment import CategoricalCodeSpec, ContinuousCodeSpec, LatentSpec
from ganstudio.walks import Walk, between, calculated, corners, drawn, nudged

NORMAL = LatentSpec(dimensions=50, codes=(CategoricalCodeSpec(size=3), ContinuousCodeSpec(reach=2.0)))
UNIFORM = LatentSpec(prior="uniform", dimensions=50)
A, B, C = (drawn(NORMAL, seed) for seed in (1, 2, 3))


def test_a_seed_is_a_point_of_the_prior() -> None:
    np.testing.assert_array_equal(drawn(NORMAL, 1), A)
    assert np.abs(A - B).max() > 0.1
    many = np.stack([drawn(NORMAL, seed) for seed in range(400)])
    assert np.abs(many[:, :50]).max() <= 3
    assert many[:, :50].std() == pytest.approx(0.987, abs=0.02)
    np.testing.assert_array_equal(many[:, 50:53].sum(1), 1)
    assert many[:, 50:53].mean(0) == pytest.approx([1 / 3] * 3, abs=0.08)
    assert np.abs(many[:, 53]).max() == pytest.approx(2, abs=0.05)
    np.testing.assert_allclose(drawn(NORMAL, 1, 0.5)[:50], A[:50] / 2, rtol=1e-6)


def test_between_two_z_of_a_normal_prior_the_length_is_kept() -> None:
    lengths = [np.linalg.norm(between(NORMAL, A, B, share)[:50]) for share in (0, 0.25, 0.5, 0.75, 1)]
    ends = np.linalg.norm(A[:50]), np.linalg.norm(B[:50])
    np.testing.assert_allclose(lengths, np.linspace(*ends, 5), rtol=1e-5)
    assert np.linalg.norm((A + B)[:50] / 2) < 0.85 * min(ends)
    np.testing.assert_allclose(between(NORMAL, A, B, 0), A, atol=1e-6)
    np.testing.assert_allclose(between(NORMAL, A, B, 1), B, atol=1e-6)
    np.testing.assert_allclose(between(NORMAL, A, B, 0.5)[50:], (A + B)[50:] / 2, atol=1e-6)


def test_of_a_uniform_prior_and_from_the_middle_it_goes_straight() -> None:
    first, second = drawn(UNIFORM, 1), drawn(UNIFORM, 2)
    np.testing.assert_allclose(between(UNIFORM, first, second, 0.3), 0.7 * first + 0.3 * second, atol=1e-6)
    zero = np.zeros_like(A)
    np.testing.assert_allclose(between(NORMAL, zero, A, 0.5), A / 2, atol=1e-6)
    opposite = between(NORMAL, A, -A, 0.5)
    assert np.isfinite(opposite).all()


def test_arithmetic_keeps_the_categories_of_the_last() -> None:
    made = calculated(NORMAL, A, B, C)
    np.testing.assert_allclose(made[:50], (A - B + C)[:50], atol=1e-6)
    np.testing.assert_array_equal(made[50:53], C[50:53])
    np.testing.assert_allclose(calculated(NORMAL, A, A, C), C, atol=1e-6)


def test_a_grid_has_its_four_points_at_its_corners() -> None:
    four = np.stack([A, B, C, drawn(NORMAL, 4)])
    grid = corners(NORMAL, four, 5)
    assert grid.shape == (25, NORMAL.width)
    np.testing.assert_allclose(grid[[0, 4, 20, 24]], four, atol=1e-5)
    np.testing.assert_allclose(grid[2], between(NORMAL, A, B, 0.5), atol=1e-5)


def test_a_nudge_is_near_and_as_long() -> None:
    near = nudged(NORMAL, A, 5)
    far = np.linalg.norm((near - A)[:50])
    assert 0.1 * np.linalg.norm(A[:50]) < far < 0.4 * np.linalg.norm(A[:50])
    lengths = [np.linalg.norm(nudged(NORMAL, A, seed)[:50]) for seed in range(50)]
    assert np.mean(lengths) == pytest.approx(np.linalg.norm(A[:50]), rel=0.05)
    np.testing.assert_array_equal(near[50:], A[50:])
    assert np.abs(nudged(UNIFORM, np.ones(50, np.float32), 0)).max() <= 1


def test_a_closed_walk_comes_back_and_an_open_one_ends() -> None:
    pins = np.stack([A, B, C])
    closed = Walk(spec=NORMAL, pins=pins, loop=True, seconds=2)
    assert (closed.legs, closed.length) == (3, 6)
    np.testing.assert_allclose(closed.at(6), A, atol=1e-6)
    np.testing.assert_allclose(closed.at(8), closed.at(2), atol=1e-6)
    assert len(closed.points(10)) == 60
    open_one = Walk(spec=NORMAL, pins=pins, loop=False, seconds=2)
    points = open_one.points(10)
    assert len(points) == 40
    np.testing.assert_allclose(points[[0, -1]], pins[[0, 2]], atol=1e-6)
    np.testing.assert_allclose(open_one.at(99), C, atol=1e-6)


def test_ease_is_slow_at_the_pins() -> None:
    eased, even = (
        Walk(spec=UNIFORM, pins=np.eye(2, 50, dtype=np.float32), ease=ease, seconds=1) for ease in (True, False)
    )
    assert np.linalg.norm(eased.at(0.1) - eased.at(0)) < 0.4 * np.linalg.norm(even.at(0.1) - even.at(0))
    np.testing.assert_allclose(eased.at(0.5), even.at(0.5), atol=1e-6)


def test_one_pin_is_a_walk_of_one_point() -> None:
    alone = Walk(spec=NORMAL, pins=A[None])
    assert (alone.legs, len(alone.points(30))) == (0, 1)
    np.testing.assert_array_equal(alone.at(5), A)
