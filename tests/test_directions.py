"""Directions of z: where points stand on them, between groups, and as text."""

import json

import numpy as np
import pytest

from ganstudio.directions import (
    LONGEST_NAME,
    MOST,
    Direction,
    DirectionError,
    along,
    between_groups,
    fits,
    free_name,
    moved,
    packed,
    reach,
    unit,
    unpacked,
)
from ganstudio.experiment import CategoricalCodeSpec, LatentSpec
from ganstudio.run import DIRECTIONS, directions_of, keep_directions

SPACE = LatentSpec(dimensions=3, codes=(CategoricalCodeSpec(size=2),))
HERE = np.array([0.5, -1.0, 2.0, 0, 1], np.float32)


def test_a_point_moves_along_a_direction_and_nowhere_else():
    direction = unit([3, 4, 0], "slant")
    np.testing.assert_allclose(direction.vector, [0.6, 0.8, 0], atol=1e-6)
    assert along(direction, HERE) == pytest.approx(0.3 - 0.8, abs=1e-6)
    made = moved(SPACE, direction, HERE, 1.5)
    assert along(direction, made) == pytest.approx(1.5, abs=1e-6)
    np.testing.assert_allclose(made - HERE, 2.0 * np.array([0.6, 0.8, 0, 0, 0]), atol=1e-6)
    np.testing.assert_allclose(moved(SPACE, direction, made, -0.5), HERE, atol=1e-6)


def test_z_of_a_uniform_prior_stays_inside():
    uniform = LatentSpec(prior="uniform", dimensions=2)
    direction = unit([1, 1], "both")
    made = moved(uniform, direction, np.array([0.9, -0.9], np.float32), 1.2)
    np.testing.assert_allclose(made, [1.0, -0.9 + 1.2 / 2**0.5], atol=1e-5)
    assert reach(uniform, direction) == pytest.approx(2**0.5, abs=1e-6)
    assert reach(uniform, unit([1, 0], "one")) == pytest.approx(1, abs=1e-6)
    assert reach(SPACE, direction) == pytest.approx(3, abs=1e-9)


def test_z_stays_in_the_truncated_prior_and_goes_no_farther_out_where_it_is_beyond():
    direction, here = unit([3, 4, 0], "slant"), np.array([0, 0.5, 2.5, 0, 0], np.float32)
    assert along(direction, moved(SPACE, direction, here, 99)) == pytest.approx(3, abs=1e-6)
    assert along(direction, moved(SPACE, direction, here, -99, 0.5)) == pytest.approx(-1.5, abs=1e-6)
    steep = np.array([0, 1.4, 2.5, 0, 0], np.float32)
    np.testing.assert_allclose(
        moved(SPACE, direction, steep, 1.5, 0.5), [0.6 * (1.5 - 1.12), 1.5, 2.5, 0, 0], rtol=0, atol=1e-5
    )
    beyond = np.array([0, 3.5, 0, 0, 0], np.float32)
    np.testing.assert_allclose(moved(SPACE, direction, beyond, 3)[:3], [0.6 * 0.2, 3.5, 0], rtol=0, atol=1e-5)


def test_a_direction_leads_from_the_mean_of_one_group_to_that_of_another():
    first = np.array([[0, 0, 0, 1, 0], [0, 2, 0, 0, 1]], np.float32)
    second = np.array([[3, 1, 4, 0, 1]], np.float32)
    direction = between_groups(SPACE, first, second, "B \u2212 A")
    np.testing.assert_allclose(direction.vector, [0.6, 0, 0.8], atol=1e-6)
    assert direction.told == "from the mean of 2 marked A to that of 1 marked B"
    with pytest.raises(DirectionError, match="mark at least one for each"):
        between_groups(SPACE, first[:0], second, "x")
    with pytest.raises(DirectionError, match="the same mean"):
        between_groups(SPACE, first, first, "x")


def test_directions_come_back_from_text_as_they_were():
    kept = (unit([1, 2, 3], "Glätte", "by hand"), unit([-1, 0, 1e-3], "other"))
    for before, after in zip(kept, unpacked(json.loads(packed(kept))), strict=True):
        assert (after.name, after.told) == (before.name, before.told)
        np.testing.assert_allclose(after.vector, before.vector, atol=1e-6)
        assert np.linalg.norm(after.vector) == pytest.approx(1, abs=1e-6)
    assert fits(SPACE, kept[0])
    assert not fits(LatentSpec(dimensions=2), kept[0])


def test_half_a_character_in_a_name_does_not_keep_directions_from_being_written():
    (found,) = unpacked(json.loads(r'{"directions": [{"name": "\ud800 smile", "told": "\udfff", "values": [0, 2]}]}'))
    assert (found.name, found.told) == ("? smile", "?")
    (again,) = unpacked(json.loads(packed([found]).encode()))
    assert again.name == "? smile"


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"directions": 3},
        {"directions": [3]},
        {"directions": [{"name": "a"}]},
        {"directions": [{"name": "", "values": [1]}]},
        {"directions": [{"name": "a", "values": ["1"]}]},
        {"directions": [{"name": "a", "values": [0, 0]}]},
        {"directions": [{"name": "a", "values": [True]}]},
        {"directions": [{"name": "a", "values": [10**400]}]},
        {"directions": [{"name": "a", "values": [1], "told": 3}]},
        {"directions": [{"name": "a", "values": [1]}] * (MOST + 1)},
    ],
    ids=str,
)
def test_text_that_holds_no_directions_is_refused(told):
    with pytest.raises(DirectionError, match=r"direction"):
        unpacked(told)


def test_a_file_of_directions_that_can_t_be_read_is_not_written_over(tmp_path):
    (tmp_path / DIRECTIONS).write_text('{"directions": [')
    for _ in range(2):
        keep_directions(tmp_path, [unit([1, 2], "width")])
        assert [one.name for one in directions_of(tmp_path)] == ["width"]
    assert {path.name for path in tmp_path.iterdir()} == {DIRECTIONS, f"{DIRECTIONS}.damaged"}
    assert (tmp_path / f"{DIRECTIONS}.damaged").read_text() == '{"directions": ['


def test_names_are_free_and_no_longer_than_they_may_be():
    one = Direction("smile", np.ones(1, np.float32))
    assert free_name("smile", [one]) == "smile 2"
    assert free_name("frown", [one]) == "frown"
    assert len(unit([1], "x" * 90).name) == LONGEST_NAME
