"""The history of what codes tell."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.training.records.information import InformationHistory


def rows(count, codes, first=1):
    told = np.random.default_rng(first).normal(1.0, 0.2, (count, 2 + codes))
    told[:, 0] = np.arange(first, first + count)
    told[:, 1] = told[:, 0] / 50
    return told


def test_pieces_are_the_same_as_the_whole():
    table = rows(3000, 3)
    whole, pieces = InformationHistory(100), InformationHistory(100)
    for history in (whole, pieces):
        history.clear(3)
    whole.append(table)
    for part in np.array_split(table, 7):
        pieces.append(part)
    assert len(pieces) == 3000
    for code in range(3):
        np.testing.assert_allclose(pieces.average(code), whole.average(code), rtol=1e-5)
        np.testing.assert_allclose(pieces.raw(code), table[:, 2 + code], rtol=1e-6)
    np.testing.assert_array_equal(pieces.step, table[:, 0])
    np.testing.assert_array_equal(pieces.seconds, table[:, 1])
    assert pieces.latest() == pytest.approx([1, 1, 1], abs=0.1)  # standard error .02


def test_columns_that_were_handed_out_stay():
    history = InformationHistory(10)
    history.clear(1)
    history.append(rows(5, 1))
    kept, before = history.average(0), history.average(0).copy()
    generation = history.generation
    history.append(rows(5000, 1, first=6))
    history.window = 300
    assert history.generation == generation + 1
    np.testing.assert_array_equal(kept, before)
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 0


def test_a_window_smooths_anew():
    history, fresh = InformationHistory(10), InformationHistory(400)
    for each in (history, fresh):
        each.clear(2)
        each.append(rows(1500, 2))
    history.window = 400
    np.testing.assert_allclose(history.average(1), fresh.average(1), rtol=1e-5)
    with pytest.raises(ValueError, match="at least 1"):
        history.window = 0


def test_what_is_not_known_is_passed_over():
    history = InformationHistory(10)
    history.clear(1)
    table = rows(4, 1)
    table[:, 2] = np.nan, 2.0, np.nan, np.nan
    history.append(table)
    np.testing.assert_array_equal(history.average(0), np.float32([np.nan, 2, 2, 2]))
    assert history.latest().tolist() == [2.0]


def test_rows_are_found_by_their_step():
    history = InformationHistory()
    assert history.latest() is None
    assert history.row_at(5) == -1
    history.clear(1)
    history.append(rows(10, 1, first=3))
    assert [history.row_at(step) for step in (2, 3, 7.5, 100)] == [-1, 0, 4, 9]
    history.append(np.empty((0, 3)))
    assert len(history) == 10


@pytest.mark.parametrize("wrong", [np.zeros((3, 3)), np.zeros(5), np.zeros((1, 5)), np.zeros((1, 1, 4))])
def test_other_shapes_are_refused(wrong):
    history = InformationHistory()
    history.clear(2)
    with pytest.raises(ValueError, match=r"\(n, 4\)"):
        history.append(wrong)
