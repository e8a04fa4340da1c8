"""Figures of tunes: right on tunes whose truth is known, and controls that are told apart from them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import FolkSpec
from ganstudio.measurements import EstimationError
from ganstudio.measurements.tunes import controls, figures
from ganstudio.measurements.tunes.figures import Real, sides_of, tune_figures
from ganstudio.measurements.tunes.nearest import ASIDE, TrainingTunes
from ganstudio.measurements.tunes.traits import divergence, nearest, traits_of

HOLD, REST = 24, 25


def tune(*symbols: int) -> np.ndarray:
    row = np.full(32, HOLD, np.int8)
    row[: len(symbols)] = symbols
    return row


def melody_figures(dataset, draw, seed):
    return list(tune_figures(*sides_of(dataset, draw, seed)))


@pytest.fixture(scope="module")
def folk():
    dataset = build_dataset(FolkSpec(count=700, held_out=300))
    return dataset, Real.of(dataset, 0)


def test_traits_of_two_tunes_are_counted_by_hand():
    tunes = np.stack([tune(0, HOLD, 4, 1, REST, 12), np.tile(tune(7, 0)[:16], 2)])
    found = traits_of(tunes, 24)
    assert found.notes == 4
    assert found.in_scale == pytest.approx(7 / 8)
    assert found.tonic == 1
    assert found.repeats == 0.5
    assert found.unique == pytest.approx((4 + 2) / 2)
    assert found.distinct == 1
    assert found.pitches[[0, 1, 4, 7, 12]].tolist() == [3, 1, 1, 2, 1]
    assert found.lengths[[1, 2, 15, 16]].tolist() == [4, 1, 2, 1]
    intervals = {int(k) - 24: int(n) for k, n in enumerate(found.intervals) if n}
    assert intervals == {4: 1, -3: 1, 11: 1, -7: 2, 7: 1}
    assert found.leaps == 0
    nothing = traits_of(np.full((2, 32), REST, np.int8), 24)
    assert (nothing.notes, nothing.in_scale, nothing.tonic, nothing.repeats) == (0, 0, 0, 0)


def test_the_training_tune_nearest_to_one_tune_is_found_and_none_that_was_kept_aside(folk):
    _, real = folk
    tunes = TrainingTunes.of(folk[0])
    changed = real.training[5].copy()
    changed[[3, 9]] = REST
    found, different = tunes.nearest(changed)
    assert different == (found != changed).sum() <= 2
    held, apart = nearest(real.aside[:ASIDE], real.training)
    told = [tunes.nearest(one)[1] for one in real.aside[:ASIDE]]
    np.testing.assert_allclose(told, apart * 32, atol=1e-4)
    assert len(held) == ASIDE
    assert tunes.aside == (min(told), round(float(np.median(told))))
    assert tunes.aside[1] > 0  # those kept aside are not among what is learned
    none = TrainingTunes.of(build_dataset(FolkSpec(count=30, held_out=0)))
    assert none.aside is None


def test_training_tunes_are_read_for_as_long_as_they_are_wanted(folk):
    asked = iter([True, True, False])
    assert TrainingTunes.of(folk[0], lambda: next(asked)) is None
    assert list(asked) == []


def test_tunes_kept_aside_are_compared_for_as_long_as_they_are_wanted(folk):
    asks = []
    TrainingTunes.of(folk[0], lambda: asks.append(1) is None)
    while_read = len(asks) - ASIDE
    assert while_read > 0
    asked = iter([True] * (while_read + 3) + [False])
    assert TrainingTunes.of(folk[0], lambda: next(asked)) is None
    assert list(asked) == []


def test_the_divergence_of_histograms_is_jensen_and_shannon_s():
    one, other = np.array([1.0, 1, 0]), np.array([0.0, 1, 1])
    assert divergence(one, one) == 0
    assert divergence(one, 5 * other) == pytest.approx(np.log(2) / 2)
    assert divergence(np.array([1.0, 0]), np.array([0.0, 1])) == pytest.approx(np.log(2))
    assert divergence(np.zeros(3), one) == pytest.approx(np.log(2))


def test_the_nearest_training_tune_is_found():
    training = np.stack([tune(0, 2, 4), tune(7, 5, 4), tune(0, 2, 4, 5, 7)])
    which, apart = nearest(np.stack([tune(0, 2, 4, 5), tune(7, 5, 4)]), training, most=1)
    assert which[1] == 1
    np.testing.assert_allclose(apart, [1 / 32, 0])


def test_chains_have_the_steps_of_tunes_and_no_whole(folk):
    _, real = folk
    for order, leaps in ((1, 0.15), (3, 0.03)):
        chain = traits_of(controls.markov(real.training, 300, order, 0), 24)
        assert chain.in_scale == pytest.approx(1, abs=0.02)
        assert chain.repeats <= 0.01
        assert 0.15 < chain.tonic < 0.45
        assert chain.leaps < leaps
    mixed = traits_of(controls.shuffled(real.training, 300, 0), 24)
    assert mixed.in_scale == 1
    assert mixed.repeats == 0
    assert divergence(mixed.intervals, traits_of(real.training, 24).intervals) > 0.02


def test_an_lstm_learns_the_next_symbol_and_touches_no_other_random_stream(folk):
    _, real = folk
    state = torch.get_rng_state()
    made = controls.lstm(real.training, 200, 0, steps=60)
    assert torch.equal(torch.get_rng_state(), state)
    assert (made.shape, made.dtype) == ((200, 32), np.int8)
    np.testing.assert_array_equal(made, controls.lstm(real.training, 200, 0, steps=60))
    assert 0.8 < traits_of(made, 24).in_scale <= 1


def test_real_tunes_get_their_floors_and_copies_are_told(folk, monkeypatch):
    dataset, _ = folk
    monkeypatch.setattr(controls, "LSTM_STEPS", 5)
    monkeypatch.setattr(
        figures, "of_controls", lambda real, seed: {"shuffled": controls.shuffled(real.training, 200, 0)}
    )
    found = {one.name: one for one in melody_figures(dataset, lambda n: dataset.at(np.arange(n) % 700), 0)}
    assert found["in_scale"].value == found["in_scale"].floor == 1
    assert found["tonic"].value == 1
    assert found["repeats"].value == pytest.approx(found["repeats"].floor, abs=0.06)
    assert 0 <= found["intervals_jsd"].value < 0.005
    assert dict(found["intervals_jsd"].controls)["shuffled"] > 0.02
    assert (found["copied"].value, found["nearest"].value) == (1, 0)
    assert found["copied"].floor < 0.2
    other = build_dataset(FolkSpec(count=1000, held_out=0, seed=5))
    fresh = {one.name: one for one in melody_figures(dataset, lambda n: other.at(np.arange(n)), 0)}
    assert fresh["copied"].value == pytest.approx(fresh["copied"].floor, abs=0.06)


def test_too_few_tunes_and_no_numbers_are_told(folk):
    dataset, _ = folk
    with pytest.raises(EstimationError, match="fewer than 250 real tunes"):
        Real.of(build_dataset(FolkSpec(count=100, held_out=0)), 0)
    with pytest.raises(EstimationError, match="no finite numbers"):
        melody_figures(dataset, lambda n: np.full((n, 32, 26), np.nan, np.float32), 0)
    whole = Real.of(build_dataset(FolkSpec(count=300, held_out=0)), 0)
    assert (len(whole.training), len(whole.aside)) == (240, 60)
