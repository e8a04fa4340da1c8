"""Samples that are there more than once: rounded points, categories, repeated images."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ganstudio.data.images.dataset import image_dataset
from ganstudio.data.points.points import point_dataset
from ganstudio.measurements import ESTIMATOR_NAMES, DivergenceEstimate, EstimationError, Sides, finish
from ganstudio.measurements.estimate import collect
from ganstudio.measurements.estimators import ESTIMATORS

if TYPE_CHECKING:
    from ganstudio.data import Dataset

COUNT = 2000


def mostly_one_point(random: np.random.Generator) -> np.ndarray:
    points = random.normal(size=(COUNT, 2))
    points[: COUNT * 4 // 5] = [0.3, -0.2]
    return random.permutation(points)


TABLES = {
    "rounded to .1": lambda random: random.normal(size=(COUNT, 2)).round(1),
    "integers on a grid": lambda random: random.integers(0, 6, (COUNT, 2)).astype(float),
    "80 % at one point": mostly_one_point,
    "seven different rows": lambda random: random.normal(size=(7, 2))[random.choice(7, COUNT)],
    "two different rows": lambda random: np.array([[0.0, 0.0], [1.0, 2.0]])[random.choice(2, COUNT, p=[0.7, 0.3])],
    "far from 0": lambda random: random.normal(size=(COUNT, 2)).round(1) + 1000,
    "none repeated": lambda random: random.normal(size=(COUNT, 2)),
}


def estimate(name: str, data: Dataset, other: Dataset, seed: int, samples: int = COUNT) -> DivergenceEstimate:
    random = np.random.default_rng(seed + 50)
    return finish(ESTIMATORS[name](Sides.of(data, lambda count: other.draw(count, random), seed), samples, seed))


@pytest.mark.parametrize(
    ("name", "table"),
    [
        *((name, table) for name in ("histogram", "neighbours") for table in TABLES),
        *(("probe", table) for table in ("rounded to .1", "80 % at one point", "two different rows")),
    ],
)
def test_a_generator_that_draws_the_datas_own_rows_is_told_no_divergence(name: str, table: str) -> None:
    for seed in range(1 if name == "probe" else 4):
        data = point_dataset("rows", TABLES[table](np.random.default_rng(seed)), source="")
        found = estimate(name, data, data, seed)
        assert found.samples == COUNT
        assert found.jsd_low == 0.0
        assert -0.1 < found.jsd < 0.02
        assert 0.0 <= found.jsd_floor < 0.05


@pytest.mark.parametrize("name", ["histogram", "neighbours"])
def test_a_perfect_generator_of_other_rows_is_told_none_either(name: str) -> None:
    """It makes the distribution that the data were drawn from, rather than the rows themselves."""
    held = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        rows, others = random.integers(0, 6, (2, 9000, 2)).astype(float)
        data = point_dataset("rows", rows, source="")
        made = ((others - rows.mean(axis=0)) / data.modality.scale).astype(np.float32)
        sides = Sides.of(data, lambda count, made=made, random=random: made[random.integers(0, 9000, count)], seed)
        held += finish(ESTIMATORS[name](sides, 1000, seed)).jsd_low == 0.0
    assert 17 <= held <= 20


@pytest.mark.parametrize("name", ESTIMATOR_NAMES)
def test_a_last_digit_is_no_divergence(name: str) -> None:
    """As the same points have after a way through the data's units and back."""
    data = point_dataset("rows", np.random.default_rng(0).integers(0, 6, (COUNT, 2)) * 1.0, source="")
    random = np.random.default_rng(1)
    below = np.float32(-np.inf)
    sides = Sides.of(data, lambda count: np.nextafter(data.draw(count, random), below), 2)
    found = finish(ESTIMATORS[name](sides, COUNT, 2))
    assert found.jsd_low == 0.0
    assert found.jsd == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("name", ESTIMATOR_NAMES)
def test_how_often_a_value_is_there_is_what_is_compared(name: str) -> None:
    """Shares of 7 to 3 against 3 to 7 of the same two rows."""
    rows, shares, turned = np.array([[0.0, 0.0], [1.0, 2.0]]), np.array([0.7, 0.3]), np.array([0.3, 0.7])
    truth = float(shares @ np.log(shares / 0.5) + turned @ np.log(turned / 0.5)) / 2
    random = np.random.default_rng(1)
    data = point_dataset("rows", rows[random.permutation(np.repeat([0, 1], [1400, 600]))], source="")
    values = data.draw(2000, random)
    low, high = np.unique(values, axis=0)
    sides = Sides.of(data, lambda count: np.where(random.random((count, 1)) < 0.3, low, high), 3)
    found = finish(ESTIMATORS[name](sides, 2000, 3))
    assert found.jsd == pytest.approx(truth, abs=0.025)
    assert found.jsd_low <= truth <= found.jsd_high


def whole(sides: Sides, count: int) -> np.ndarray:
    work = collect(sides, real=count, fake=0)
    while True:
        try:
            next(work)
        except StopIteration as stop:
            return stop.value[0]


def test_each_row_is_drawn_once_and_a_value_as_often_as_it_is_there() -> None:
    data = point_dataset("rows", TABLES["rounded to .1"](np.random.default_rng(0)), source="")
    assert data.at is not None
    everything = whole(Sides.of(data, data.at, 0), 10 * COUNT)
    rows = data.at(np.arange(COUNT))
    for column in (0, 1):
        np.testing.assert_array_equal(np.sort(everything[:, column]), np.sort(rows[:, column]))
    assert not np.array_equal(everything, rows)  # in random order
    assert len(whole(Sides.of(data, data.at, 0), 500)) == 500


def test_repeated_images_are_drawn_as_often_and_mirrored_as_the_games_are() -> None:
    pictures = np.zeros((300, 1, 8, 8), np.uint8)
    pictures[:, 0, :, :4] = np.arange(300, dtype=np.uint8)[:, None, None] % 3 * 100 + 50
    data = image_dataset("pictures", pictures, source="", held_out=100, flips=True)
    drawn = whole(Sides.of(data, lambda count: np.empty((count, 1, 8, 8), np.float32), 0), 1000)
    assert drawn.shape == (200, 1, 8, 8)
    values, counts = np.unique(drawn.max(axis=(1, 2, 3)), return_counts=True)
    assert counts.tolist() == [67, 67, 66]
    np.testing.assert_allclose(values, np.array([50, 150, 250]) / 127.5 - 1, atol=1e-6)
    left = (drawn[:, 0, 0, 0] > -1).mean()
    assert left == pytest.approx(0.5, abs=0.15)


def test_a_probe_tells_repeated_images_from_none_that_are_the_same() -> None:
    random = np.random.default_rng(0)
    pictures = random.integers(0, 255, (40, 1, 8, 8), dtype=np.uint8)[random.choice(40, 600, p=_uneven(40))]
    data = image_dataset("pictures", pictures, source="")
    found = estimate("probe", data, data, 0)
    assert (found.samples, found.jsd_low) == (600, 0.0)
    assert found.jsd == pytest.approx(0.0, abs=0.02)


def _uneven(count: int) -> np.ndarray:
    shares = 1.0 / np.arange(1, count + 1)
    return shares / shares.sum()


def test_too_few_rows_are_told_but_few_values_are_enough() -> None:
    few = point_dataset("rows", np.random.default_rng(0).normal(size=(50, 2)), source="")
    with pytest.raises(EstimationError, match="the data has 50 samples; an estimate needs 100 or more"):
        estimate("histogram", few, few, 0)
    two = point_dataset("rows", np.repeat([[0.0, 0.0], [1.0, 1.0]], 60, axis=0), source="")
    found = estimate("histogram", two, two, 0)
    assert found.samples == 120
    assert found.jsd == pytest.approx(0.0, abs=0.02)
    assert found.jsd_high < math.log(2) / 4
