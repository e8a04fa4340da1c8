"""The history of scalars: rows in, columns and moving averages out."""

import math
import time

import numpy as np
import pytest

from ganstudio.measurements import estimate_jsd_bound, jsd_bound, value_statistics
from ganstudio.training.history import History
from ganstudio.training.messages import SCALARS

COLUMNS = {name: index + 2 for index, name in enumerate(SCALARS)}


def make_rows(count: int, seed: int = 0, gaps: float = 0.0) -> np.ndarray:
    random = np.random.default_rng(seed)
    rows = random.normal(0.7, 0.2, (count, 2 + len(SCALARS)))
    rows[:, COLUMNS["value"]] -= 1.8
    rows[:, 0] = np.arange(1, count + 1)
    rows[:, 1] = rows[:, 0] / 250.0
    scalars = rows[:, 2:]
    scalars[random.random(scalars.shape) < gaps] = np.nan
    return rows


def naive_average(values: np.ndarray, window: int) -> np.ndarray:
    alpha = 2.0 / (window + 1.0)
    total = weight = 0.0
    averages = []
    for value in values.astype(np.float32).astype(np.float64):
        if math.isfinite(value):
            total = (1.0 - alpha) * total + alpha * value
            weight = (1.0 - alpha) * weight + alpha
        averages.append(total / weight if weight else math.nan)
    return np.array(averages)


def averages(history: History) -> np.ndarray:
    return np.stack([*(history.average(name) for name in SCALARS), *history.jsd_bound()])


def test_starts_empty():
    history = History()
    assert len(history) == 0
    assert history.step.shape == history.seconds.shape == history.raw("d_loss").shape == (0,)
    assert [part.shape for part in history.jsd_bound()] == [(0,)] * 3


def test_keeps_every_row_of_a_long_run():
    rows = make_rows(5000, gaps=0.1)
    history = History()
    for start in range(0, 5000, 37):
        history.append(rows[start : start + 37])
    assert len(history) == 5000
    np.testing.assert_array_equal(history.step, rows[:, 0])
    np.testing.assert_array_equal(history.seconds, rows[:, 1])
    for name, column in COLUMNS.items():
        np.testing.assert_array_equal(history.raw(name), rows[:, column].astype(np.float32))


@pytest.mark.parametrize("window", [1, 2, 3, 20, 200, 100_000])
@pytest.mark.parametrize("gaps", [0.0, 0.4])
def test_average_is_the_naive_formula(window: int, gaps: float):
    rows = make_rows(700, gaps=gaps)
    history = History(window)
    history.append(rows)
    for name, column in COLUMNS.items():
        np.testing.assert_allclose(history.average(name), naive_average(rows[:, column], window), rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize("window", [1, 2, 20, 200])
@pytest.mark.parametrize("gaps", [0.0, 0.4])
@pytest.mark.parametrize("piece", [7, 500])
def test_bound_and_band_are_those_of_the_measurements(window: int, gaps: float, piece: int):
    rows = make_rows(500, gaps=gaps)
    rows[:, COLUMNS["value"]] = rows[:, COLUMNS["value"]].astype(np.float32)
    history = History(window)
    for start in range(0, 500, piece):
        history.append(rows[start : start + piece])
    statistics = value_statistics(rows[:, COLUMNS["value"]], window)
    centre, half = jsd_bound(statistics.mean), statistics.standard_error  # 2 errors of V / 2
    average, low, high = history.jsd_bound()
    np.testing.assert_allclose(average, centre, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(low, centre - half, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(high, centre + half, rtol=1e-6, atol=1e-7)
    assert np.isnan(low).all() == (window == 1)


@pytest.mark.parametrize("gaps", [0.0, 0.85])
def test_the_last_bound_is_the_one_in_the_summary(gaps: float):
    """Also where most steps move G alone: then the window's values lie far back."""
    rows = make_rows(5000, gaps=gaps)
    rows[:2000, COLUMNS["value"]] += 1.0
    rows[-1, COLUMNS["value"]] = -1.0
    history = History(200)
    history.append(rows)
    summary = estimate_jsd_bound(rows[:, COLUMNS["value"]], 200)
    average, low, _ = (float(part[-1]) for part in history.jsd_bound())
    assert summary is not None
    assert summary.nats == pytest.approx(average, abs=2e-7)
    assert 2 * summary.standard_error == pytest.approx(average - low, abs=4e-7)


@pytest.mark.parametrize("window", [1, 2, 30, 1000])
@pytest.mark.parametrize("piece", [1, 100, 128, 333, 20_000])
def test_in_pieces_or_at_once_is_the_same(window: int, piece: int):
    rows = make_rows(1000 if piece == 1 else 40_000, gaps=0.2)
    whole, pieces = History(window), History(window)
    whole.append(rows)
    for start in range(0, len(rows), piece):
        pieces.append(rows[start : start + piece])
    np.testing.assert_allclose(averages(pieces), averages(whole), rtol=2e-6, atol=1e-6)


def test_another_window_computes_anew():
    rows = make_rows(3000, gaps=0.2)
    history, fresh = History(200), History(17)
    history.append(rows[:2000])
    before, generation = history.average("d_loss"), history.generation
    kept = before.copy()
    history.window = 17
    history.append(rows[2000:])
    fresh.append(rows)
    np.testing.assert_allclose(averages(history), averages(fresh), rtol=2e-6, atol=1e-6)
    np.testing.assert_array_equal(before, kept)
    assert history.generation != generation


def test_same_window_changes_nothing():
    history = History(50)
    generation = history.generation
    history.window = 50
    assert history.generation == generation


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e300])
@pytest.mark.parametrize("window", [1, 5, 200])
def test_what_is_not_finite_does_not_poison(bad: float, window: int):
    rows = make_rows(400)
    spoiled = np.insert(rows, 100, rows[100], axis=0)
    spoiled[100, 2:] = bad
    clean, history = History(window), History(window)
    clean.append(rows)
    history.append(spoiled)
    after = averages(history)
    np.testing.assert_allclose(after[:, 100], after[:, 99])
    np.testing.assert_allclose(np.delete(after, 100, axis=1), averages(clean), rtol=2e-6, atol=1e-6)
    assert not np.isfinite(history.raw("d_loss")[100])


def test_a_finite_spike_is_forgotten():
    rows = make_rows(2000)
    rows[10, 2:] = 1e38
    history = History(20)
    history.append(rows)
    assert np.isfinite(averages(history)[:, 2:]).all()
    expected = naive_average(rows[1000:, COLUMNS["d_loss"]], 20)
    np.testing.assert_allclose(history.average("d_loss")[-100:], expected[-100:], rtol=1e-5)


def test_bound_is_unknown_before_the_first_values():
    rows = make_rows(5)
    rows[:2, COLUMNS["value"]] = np.nan
    history = History(10)
    history.append(rows)
    average, low, high = history.jsd_bound()
    assert np.isnan(average).tolist() == [True, True, False, False, False]
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, True, True, True, False]


def test_bound_of_known_values():
    rows = make_rows(300)
    rows[:, COLUMNS["value"]] = -math.log(4.0)  # D knows nothing: p_g equals p_data
    history = History(50)
    history.append(rows)
    average, low, high = history.jsd_bound()
    assert np.abs(average).max() < 1e-6
    assert np.abs(low[2:]).max() < 1e-6
    assert np.abs(high[2:]).max() < 1e-6


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_band_covers_the_truth(correlation: float):
    """Of independent minibatches, and of ones whose V follows the one before."""
    noise = np.random.default_rng(4).normal(0.0, 0.1, (1000, 800))
    for step in range(1, 800):
        noise[:, step] += correlation * noise[:, step - 1]
    inside = []
    rows = make_rows(600)
    for path in noise[:, 200:]:
        rows[:, COLUMNS["value"]] = path - 1.0
        history = History(100)
        history.append(rows)
        _, low, high = history.jsd_bound()
        inside.append(low[-1] <= math.log(2.0) - 0.5 <= high[-1])
    assert 0.90 < np.mean(inside) < 0.98


def test_columns_are_views_that_stay_as_they_were():
    history = History()
    history.append(make_rows(10))
    column = history.raw("g_loss")
    assert np.shares_memory(column, history.raw("g_loss"))
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1.0
    kept = column.copy()
    history.append(make_rows(5000, seed=1))
    np.testing.assert_array_equal(column, kept)


def test_clear_forgets():
    history = History(10)
    history.append(make_rows(50))
    generation = history.generation
    history.clear()
    assert len(history) == 0
    assert history.generation != generation
    fresh = History(10)
    for each in (history, fresh):
        each.append(make_rows(20, seed=3))
    np.testing.assert_array_equal(averages(history), averages(fresh))


def test_takes_one_row_and_none():
    history = History()
    history.append(make_rows(1)[0])
    history.append(np.empty((0, 2 + len(SCALARS))))
    assert len(history) == 1


def test_says_what_is_wrong():
    with pytest.raises(ValueError, match=r"shape \(3, 4\): it should be \(n, 9\)"):
        History().append(np.zeros((3, 4)))
    with pytest.raises(ValueError, match="at least 1"):
        History(0)
    with pytest.raises(KeyError, match="d_loss"):
        History().raw("loss")


def test_a_million_steps():
    """Ample room above what was measured (0.5 s and 0.2 ms on two cores): only a loop over rows would fail."""
    rows = make_rows(100_000)
    history = History()
    start = time.thread_time()
    for _ in range(10):
        history.append(rows)
    assert time.thread_time() - start < 6.0
    assert len(history) == 1_000_000
    times = []
    for _ in range(50):
        start = time.thread_time()
        history.append(rows[:100])
        times.append(time.thread_time() - start)
    assert sorted(times)[25] < 0.003
