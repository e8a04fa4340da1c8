"""The history of scalars: rows in, columns and moving averages out."""

import math
import time
import tracemalloc

import numpy as np
import pytest

from ganstudio.gui.plots.decimate import Extremes, pixel_columns
from ganstudio.measurements import estimate_jsd_bound, jsd_bound, value_statistics
from ganstudio.training.messages import SCALARS
from ganstudio.training.records.history import History

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
    assert history.step[0] == 1
    assert len(history) < 300_000  # old steps stand in stretches
    times = []
    for _ in range(50):
        start = time.thread_time()
        history.append(rows[:100])
        times.append(time.thread_time() - start)
    assert sorted(times)[25] < 0.003


def make_long(count: int, window: int = 200) -> tuple[History, np.ndarray]:
    history, rows = History(window), make_rows(count, gaps=0.05)
    rows[::50_021, 2:] += 30.0  # spikes of a single step
    for start in range(0, count, 70_001):
        history.append(rows[start : start + 70_001])
    return history, rows


@pytest.mark.parametrize(("by_time", "width"), [(False, 1000), (True, 1000), (False, 300)])
def test_of_a_long_run_every_column_of_a_plot_covers_what_it_would_with_every_row(by_time: bool, width: int):
    count = 400_000
    history, rows = make_long(count)
    whole = naive_average(rows[:, COLUMNS["g_loss"]], 200)
    every, kept = rows[:, 1 if by_time else 0], history.seconds if by_time else history.step
    low, high = float(every[0]), float(every[-1])
    assert len(history) < count / 3
    assert np.all(np.diff(kept) >= 0)
    for curve, full in (
        (history.raw("g_loss"), rows[:, COLUMNS["g_loss"]].astype(np.float32)),
        (history.average("g_loss"), whole.astype(np.float32)),
    ):
        shown = Extremes().span(curve, pixel_columns(kept, low, high, width, history.thinned))
        steps = np.clip(np.searchsorted(np.linspace(low, high, width + 1), every, side="right") - 1, 0, width - 1)
        starts = np.searchsorted(steps, np.arange(width))
        true = np.fmin.reduceat(full, starts), np.fmax.reduceat(full, starts)
        # Rows that are taken together in blocks, and stretches, may lie across a column's edge: then they show in both.
        assert np.all(least_around(shown[0], 1 if width < 1000 else 0) <= true[0] + 1e-6)  # nothing is lost,
        assert np.all(-least_around(-shown[1], 1 if width < 1000 else 0) >= true[1] - 1e-6)
        assert np.all(shown[0] >= least_around(true[0], 1) - 1e-6)  # and nothing is there that was not
        assert np.all(shown[1] <= -least_around(-true[1], 1) + 1e-6)


def least_around(values: np.ndarray, columns: int) -> np.ndarray:
    padded = np.pad(values, columns, constant_values=np.inf)
    return np.fmin.reduce([padded[k : k + len(values)] for k in range(2 * columns + 1)])


def test_the_newest_steps_of_a_long_run_are_there_one_by_one():
    history, rows = make_long(400_000)
    newest = len(history) - history.thinned
    assert 50_000 < newest < 100_000
    np.testing.assert_array_equal(history.step[-newest:], rows[-newest:, 0])
    np.testing.assert_array_equal(history.raw("d_loss")[-newest:], rows[-newest:, COLUMNS["d_loss"]].astype(np.float32))


def test_a_stretch_reads_as_from_where_to_where_over_its_steps():
    history, rows = make_long(400_000)
    at = history.rows_of(11)
    assert (at.start, at.stop) == (10, 12)
    first, last = history.step[at].astype(int)
    inside = rows[first - 1 : last, COLUMNS["d_real"]].astype(np.float32)
    assert last - first + 1 == 32
    assert history.raw("d_real")[at].tolist() == [np.nanmin(inside), np.nanmax(inside)]
    newest = history.rows_of(len(history) - 1)
    assert newest.stop - newest.start == 1


def test_another_window_on_a_long_run_smooths_old_steps_by_their_means():
    history, rows = make_long(400_000, window=200)
    history.window = 2000
    true = naive_average(rows[:, COLUMNS["g_loss"]], 2000)
    at = history.step[: history.thinned].astype(int) - 1
    shown = history.average("g_loss")[: history.thinned]
    np.testing.assert_allclose(shown[1::2][200:], true[at[1::2]][200:], atol=0.01)
    np.testing.assert_allclose(history.average("g_loss")[-1000:], true[-1000:], rtol=1e-5)
    assert np.isfinite(history.jsd_bound().low).mean() > 0.999


def test_of_what_is_subtracted_the_ends_of_a_stretch_change_places():
    history, _ = make_long(400_000)
    average = history.average("value")
    turned = history.exchanged(average)
    assert turned[[0, 1, -1]].tolist() == average[[1, 0, -1]].tolist()


def test_memory_of_a_run_is_bounded():
    history = History()
    rows = make_rows(100_000)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    sizes = []
    for _ in range(12):
        rows[:, 0] += len(rows)
        history.append(rows)
        sizes.append(tracemalloc.get_traced_memory()[0] - before)
    tracemalloc.stop()
    assert 1e6 < max(sizes) < 24e6
    assert sizes[-1] < sizes[2] * 1.5
