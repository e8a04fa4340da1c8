"""A history of numbers that only some games have."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.training.records.history import History

NAMES = ("a", "b", "c")


def rows(count, codes, first=1):
    told = np.random.default_rng(first).normal(1.0, 0.2, (count, 2 + codes))
    told[:, 0] = np.arange(first, first + count)
    told[:, 1] = told[:, 0] / 50
    return told


def test_pieces_are_the_same_as_the_whole():
    table = rows(3000, 3)
    whole, pieces = History(100), History(100)
    for history in (whole, pieces):
        history.clear(NAMES)
    whole.append(table)
    for part in np.array_split(table, 7):
        pieces.append(part)
    assert len(pieces) == 3000
    for place, name in enumerate(NAMES):
        np.testing.assert_allclose(pieces.average(name), whole.average(name), rtol=1e-5)
        np.testing.assert_allclose(pieces.raw(name), table[:, 2 + place], rtol=1e-6)
    np.testing.assert_array_equal(pieces.step, table[:, 0])
    np.testing.assert_array_equal(pieces.seconds, table[:, 1])
    assert [pieces.latest(name) for name in NAMES] == pytest.approx([1, 1, 1], abs=0.1)  # standard error .02


def test_columns_that_were_handed_out_stay():
    history = History(10)
    history.clear("a")
    history.append(rows(5, 1))
    kept, before = history.average("a"), history.average("a").copy()
    generation = history.generation
    history.append(rows(5000, 1, first=6))
    history.window = 300
    assert history.generation == generation + 1
    np.testing.assert_array_equal(kept, before)
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 0


def test_a_window_smooths_anew():
    history, fresh = History(10), History(400)
    for each in (history, fresh):
        each.clear("ab")
        each.append(rows(1500, 2))
    history.window = 400
    np.testing.assert_allclose(history.average("b"), fresh.average("b"), rtol=1e-5)
    with pytest.raises(ValueError, match="at least 1"):
        history.window = 0


def test_what_is_not_known_is_passed_over():
    history = History(10)
    history.clear("a")
    table = rows(4, 1)
    table[:, 2] = np.nan, 2.0, np.nan, np.nan
    history.append(table)
    np.testing.assert_array_equal(history.average("a"), np.float32([np.nan, 2, 2, 2]))
    assert history.latest("a") == 2.0


def test_without_v_there_is_no_bound():
    history = History(names="a")
    assert np.isnan(history.latest("a"))
    history.append(rows(10, 1, first=3))
    assert np.isnan(np.stack(history.jsd_bound())).all()
    assert history.jsd_bound().average.shape == (10,)


@pytest.mark.parametrize("count", [50, 800_000])
def test_a_number_that_comes_later_was_not_known_before(count):
    table = rows(count + 100, 3)
    history, fresh = History(100, "a"), History(100, "abc")
    history.append(table[:count, :3])
    before = history.generation
    history.append(table[count:, [0, 1, 4, 2]], ("c", "a"))
    assert history.names == ("a", "c")
    assert history.generation > before
    table[:count, 4] = np.nan
    fresh.append(table)
    assert (count > 1000) == (history.thinned > 0)
    for name in ("a", "c"):
        np.testing.assert_allclose(history.average(name)[-100:], fresh.average(name)[-100:], rtol=1e-4)
        np.testing.assert_array_equal(history.raw(name)[-100:], fresh.raw(name)[-100:])
    assert np.isnan(history.average("c")[:-100]).all()
    # One that is left out again is not known, and its average stands still.
    history.append(table[-5:, :3], ("a",))
    assert np.isnan(history.raw("c")[-5:]).all()
    assert history.latest("c") == history.average("c")[-6]


@pytest.mark.parametrize("wrong", [np.zeros((3, 3)), np.zeros(5), np.zeros((1, 5)), np.zeros((1, 1, 4))])
def test_other_shapes_are_refused(wrong):
    history = History(names="ab")
    with pytest.raises(ValueError, match=r"\(n, 4\)"):
        history.append(wrong)
