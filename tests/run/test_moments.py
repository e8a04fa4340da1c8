"""Moments of a training on disk: how many stay, which of them, and never more bytes than there is room for."""

import numpy as np
import pytest

from ganstudio.run import Moments, RunError, moment_path, moments_of
from ganstudio.run._moments import surplus
from tests.full_disk import full_disk


def keep(moments, steps, size=100, budget=10**9):
    return [moments.keep(step, bytes(size), budget) for step in steps]


def on_disk(run):
    return sum(path.stat().st_size for path in (run / "timeline").iterdir())


def test_they_are_kept_within_the_budget_and_it_is_used(tmp_path):
    moments, most = Moments(tmp_path), 0
    for step in range(0, 3000, 7):
        moments.keep(step, bytes(100), 5_050)
        most = max(most, on_disk(tmp_path))
    assert on_disk(tmp_path) == moments.size == 5_000
    assert most == 5_000
    assert (moments.steps[0], moments.steps[-1]) == (0, 2996)
    assert Moments(tmp_path).steps == moments_of(tmp_path) == moments.steps


def test_there_is_one_for_each_doubling_of_age_and_as_many_at_the_beginning(tmp_path):
    moments = Moments(tmp_path)
    keep(moments, range(10_000), budget=4_000)
    steps = np.array(moments.steps)
    assert len(steps) == 40
    for ends in (steps[1:], 9_999 - steps[-2::-1]):
        # From the end outwards to the middle each is at most twice as far as the one before.
        half = ends[ends <= 5_000]
        assert np.all(half[1:] <= 2 * half[:-1])
        assert half[0] <= 2


def test_surplus_is_the_one_whose_neighbours_are_nearest_for_where_it_stands():
    assert surplus([0, 50, 52, 54, 100]) == 2
    assert surplus([0, 1, 2, 50, 98, 99, 100]) == 3
    assert surplus([0, 10]) == surplus([7]) == 0


def test_one_too_large_is_not_kept_and_the_others_stay(tmp_path):
    moments = Moments(tmp_path)
    assert keep(moments, [0, 1], size=40, budget=100) == [True, True]
    assert keep(moments, [2], size=101, budget=100) == [False]
    assert moments.steps == (0, 1)
    assert keep(moments, [3], size=100, budget=100) == [True]
    assert moments.steps == (3,)


def test_a_smaller_budget_thins_them_out_with_the_next_one(tmp_path):
    moments = Moments(tmp_path)
    keep(moments, range(50))
    keep(moments, [50], budget=1_000)
    assert len(moments.steps) == 10
    assert (moments.steps[0], moments.steps[-1]) == (0, 50)


def test_the_same_step_once_more_takes_the_place_of_the_first(tmp_path):
    moments = Moments(tmp_path)
    keep(moments, [0, 5, 5], size=50, budget=100)
    assert (moments.steps, moments.size) == ((0, 5), 100)


def test_what_came_later_is_set_aside_or_forgotten(tmp_path):
    moments = Moments(tmp_path)
    keep(moments, [0, 5, 9])
    assert moments.set_aside(5).name == "timeline-after-00000005"
    assert (moments.steps, moments.set_aside(5)) == ((0, 5), None)
    assert [path.name for path in (tmp_path / "timeline-after-00000005").iterdir()] == ["step-00000009.safetensors"]
    keep(moments, [9])
    assert moments.set_aside(5).name == "timeline-after-00000005-2"
    moments.forget(0)
    assert moments.steps == moments_of(tmp_path) == (0,)


def test_the_nearest_is_found(tmp_path):
    assert moment_path(tmp_path, 4) is None
    keep(Moments(tmp_path), [0, 5, 9])
    assert [moment_path(tmp_path, step).name[5:13] for step in (0, 3, 7, 8, 900)] == [
        "00000000", "00000005", "00000005", "00000009", "00000009",
    ]  # fmt: skip


def test_other_files_are_no_moments_and_a_link_is_refused(tmp_path):
    (tmp_path / "timeline").mkdir()
    for name in ("step-1.safetensors", "x", ".step-00000001.safetensors.new"):
        (tmp_path / "timeline" / name).touch()
    (tmp_path / "timeline/step-00000003.safetensors").mkdir()
    assert Moments(tmp_path).steps == ()
    (tmp_path / "run").mkdir()
    (tmp_path / "run/timeline").symlink_to(tmp_path)
    with pytest.raises(RunError, match="is a link to another folder"):
        Moments(tmp_path / "run")


def test_a_full_disk_raises_and_leaves_those_before(tmp_path):
    moments = Moments(tmp_path)
    keep(moments, [0, 1], size=50)
    with full_disk(), pytest.raises(OSError, match="File too large"):
        keep(moments, [2], size=5_000)
    assert moments.steps == moments_of(tmp_path) == (0, 1)
    assert on_disk(tmp_path) == 100
