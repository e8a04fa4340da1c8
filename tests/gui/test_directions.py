"""Directions of z in the real window: found, turned, between marked groups, named, kept, taken over, undone."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from ganstudio.directions import MOST, along, unit
from ganstudio.experiment import DigitsSpec, LatentSpec, LowResolutionSpec
from ganstudio.gui.latent.directions import Directions
from ganstudio.presets import with_settings
from ganstudio.run import DIRECTIONS, directions_of, keep_directions

IMAGES = [("dataset", DigitsSpec()), ("latent", LatentSpec(dimensions=5))]


@pytest.fixture
def opened(studio, tiny):
    studio.start(with_settings(tiny, IMAGES))
    return studio


@pytest.fixture
def ways(opened):
    return opened.scene.latent.along.controls


def found(studio):
    """Press Find Directions, and wait for them."""
    controls = studio.scene.latent.along.controls
    controls.search.click()
    assert controls.search.text() == "Cancel Finding"
    studio.wait(lambda: controls.search.text() == "Find Directions")
    return studio.scene.latent.directions.all


def press(studio, row, key):
    studio.qtbot.keyClick(row.slider, key)


def test_principal_directions_stand_as_sliders_beside_z(opened, ways):
    assert ways.rows == []
    directions = found(opened)
    assert [one.name for one in directions] == [f"principal {k}" for k in range(1, 6)]
    assert [row.name.text() for row in ways.rows] == [one.name for one in directions]
    assert "% of the variance of G's first features" in ways.rows[0].slider.toolTip()
    assert ways.search.isEnabled()


def test_a_slider_moves_z_along_its_direction_alone(opened, ways):
    directions, latent = found(opened), opened.scene.latent
    before = latent.z.copy()
    answer = opened.rendered(lambda: latent.along.set_value(1, 1.25))
    assert along(directions[1], latent.latents) == pytest.approx(1.25, abs=1e-5)
    np.testing.assert_allclose(
        latent.z - before, (1.25 - before @ directions[1].vector) * directions[1].vector, atol=1e-5
    )
    assert ways.rows[1].slider.text == "1.25"
    assert latent.sliders[0].exact == pytest.approx(float(latent.z[0]), abs=1e-6)
    strip = opened.bridge.latents_of(answer)[1:10]
    inside = (np.abs(strip) < 2.999).all(axis=1)
    assert inside.sum() >= 5
    assert np.abs(strip).max() <= 3 + 1e-6
    np.testing.assert_allclose((strip @ directions[1].vector)[inside], np.linspace(-3, 3, 9)[inside], atol=1e-4)
    np.testing.assert_allclose((strip @ directions[0].vector)[inside], latent.z @ directions[0].vector, atol=1e-4)
    opened.trigger("undo")
    np.testing.assert_allclose(latent.z, before, atol=1e-6)
    assert ways.rows[1].slider.exact == pytest.approx(float(before @ directions[1].vector), abs=1e-5)


def test_the_way_back_along_a_direction_is_the_way_there_even_past_the_edge(opened, ways):
    found(opened)
    latent = opened.scene.latent
    latent.set_latents(np.array([2.9, -2.9, 2.9, -2.9, 2.9], np.float32))
    z, value = latent.z.copy(), ways.rows[0].slider.exact
    for far in (3.0, -3.0, 1.0):
        latent.along.set_value(0, far)
    assert np.abs(latent.z).max() <= 3 + 1e-6
    latent.along.set_value(0, value)
    np.testing.assert_allclose(latent.z, z, rtol=0, atol=1e-5)


def test_a_picture_of_a_direction_s_strip_is_what_a_click_on_it_gives_even_past_the_edge(opened, ways):
    found(opened)
    latent = opened.scene.latent
    latent.set_latents(np.array([2.9, -2.9, 2.9, -2.9, 2.9], np.float32))
    answer = opened.rendered(lambda: latent.along.set_value(0, 3.0))
    strip = opened.bridge.latents_of(answer)[1:10].copy()
    assert (np.abs(strip) > 2.999).any(axis=1).sum() >= 3  # an edge bends the way
    for share, picture in zip(np.linspace(-1, 1, 9), strip, strict=True):
        latent.along.go_to_share(float(share))
        np.testing.assert_allclose(latent.z, picture, rtol=0, atol=1e-5)


def test_a_search_is_ended_by_its_own_button(opened, ways):
    ways.search.click()
    assert ways.search.text() == "Cancel Finding"
    ways.search.click()
    assert ways.search.text() == "Find Directions"
    assert len(found(opened)) == 5  # and the next one is answered, which the one before is not
    assert ways.search.text() == "Find Directions"


def test_another_name_does_not_end_what_is_traversed(opened, ways):
    found(opened)
    state = opened.scene.latent._state
    opened.scene.latent.along.set_value(1, 0.5)
    assert state.way is opened.scene.latent.directions.all[1]
    ways.rows[1].name.setText("slant")
    ways.rows[1].name.editingFinished.emit()
    assert state.way is opened.scene.latent.directions.all[1]
    assert state.moved_name == "slant"
    ways.rows[1].gone.click()
    assert state.way is None


def test_what_finds_no_room_is_told(opened, ways):
    directions = opened.scene.latent.directions
    opened.window.directing.take([unit([1, 0, 0, 0, k], f"x {k}") for k in range(1, MOST - 1)])
    assert "left out" not in opened.notice
    assert len(found(opened)) == MOST
    assert opened.notice.startswith("3 directions are left out: a run keeps 64 at most")
    assert len(directions.all) == MOST


def test_keys_and_typed_numbers_turn_it(opened, ways):
    found(opened)
    row = ways.rows[0]
    row.slider.setFocus()
    value = row.slider.exact
    press(opened, row, Qt.Key.Key_Right)
    assert row.slider.exact == pytest.approx(value + 0.06, abs=0.01)
    row.slider.typed.emit(-0.5)
    assert row.slider.exact == pytest.approx(-0.5, abs=1e-5)
    assert opened.window.undo.history.undoable == "principal 1"


def test_between_two_marked_groups(opened, ways):
    scene, latent = opened.scene, opened.scene.latent
    assert not ways.difference.isEnabled()
    for index, group in ((0, "A"), (1, "A"), (2, "B")):
        latent.set_latents(opened.game.single.latents[index])
        ways.marks[group].click()
    assert ways.marks["A"].text() == "Mark A · 2"
    ways.difference.click()
    (direction,) = scene.latent.directions.all
    fixed = opened.game.single.latents
    truth = fixed[2] - fixed[:2].mean(0)
    np.testing.assert_allclose(direction.vector, truth / np.linalg.norm(truth), atol=1e-5)
    assert direction.name == "B \u2212 A"
    assert direction.told == "from the mean of 2 marked A to that of 1 marked B"
    ways.marks["B"].click()  # once more: no longer
    assert ways.marks["B"].text() == "Mark B"
    assert not ways.difference.isEnabled()
    ways.unmark.click()
    assert ways.marks["A"].text() == "Mark A"


def test_names_and_removals_are_steps_and_names_are_kept_by_a_second_search(opened, ways):
    found(opened)
    ways.rows[2].name.setText("slant")
    ways.rows[2].name.editingFinished.emit()
    assert opened.scene.latent.directions.all[2].name == "slant"
    ways.rows[0].gone.click()
    assert len(ways.rows) == 4
    opened.trigger("undo")
    assert len(ways.rows) == 5
    opened.trigger("undo")
    assert ways.rows[2].name.text() == "principal 3"
    opened.trigger("redo")
    assert ways.rows[2].name.text() == "slant"
    assert [one.name for one in found(opened)] == ["slant", *[f"principal {k}" for k in range(1, 6)]]


def test_they_are_kept_with_the_run_and_come_back_with_it(opened, ways, tiny):
    found(opened)
    opened.play(5)
    opened.pause()
    run = opened.run_folder()
    assert len(directions_of(run)) == 5  # found before there was a run
    ways.rows[0].name.setText("width")
    ways.rows[0].name.editingFinished.emit()
    assert directions_of(run)[0].name == "width"
    opened.start(with_settings(tiny, IMAGES))
    assert ways.rows == []
    assert list(opened.window.directing.others()) == [run]
    opened.scene.latent.directions.take(opened.window.directing.others()[run])
    assert ways.rows[0].name.text() == "width"
    opened.wait_for(opened.game.opened, lambda: opened.window.open_path(run))
    opened.wait(lambda: opened.state == "paused")
    assert [row.name.text() for row in ways.rows] == ["width", *[f"principal {k}" for k in range(2, 6)]]


@pytest.mark.parametrize("dimensions", [2, 40])
def test_a_game_of_another_latent_space_opens_as_ever(opened, ways, tiny, dimensions):
    found(opened)
    opened.trigger("pin")
    opened.start(with_settings(tiny, [*IMAGES, ("latent.dimensions", dimensions)]))
    assert ways.rows == []
    assert opened.game.history.names == tuple(one.name for one in opened.game.single.scalars)
    assert opened.scene.latent.latents.shape == (dimensions,)


def test_a_game_that_has_no_z_opens_as_ever(opened, ways, enlarging):
    found(opened)
    opened.start(enlarging)
    assert ways.rows == []
    assert not ways.isVisible()


def test_those_of_another_latent_space_and_damaged_ones_are_left(opened, ways):
    opened.play(5)
    opened.pause()
    run = opened.run_folder()
    keep_directions(run, [unit([1, 0], "of two"), unit([0, 1, 0, 0, 0], "of five")])
    opened.wait_for(opened.game.opened, lambda: opened.window.open_path(run))
    assert [row.name.text() for row in ways.rows] == ["of five"]
    (run / DIRECTIONS).write_text("{")
    opened.wait_for(opened.game.opened, lambda: opened.window.open_path(run))
    opened.wait(lambda: "directions of this run can't be read" in opened.notice)
    assert ways.rows == []


def test_of_others_as_many_are_taken_as_there_is_room_for():
    model = Directions()
    model.open(LatentSpec(dimensions=2), [unit([1, k], f"x {k}" if k > 1 else "x") for k in range(1, MOST - 1)])
    model.take([unit([0, 1], "x")] * MOST)
    assert [one.name for one in model.all[-3:]] == [f"x {MOST - 2}", f"x {MOST - 1}", f"x {MOST}"]
    assert len(model.all) == MOST
    model.take([unit([0, 1], "x")] * MOST)
    assert len(model.all) == MOST


def test_a_g_without_z_has_none(studio, tiny):
    none = [("dataset", DigitsSpec()), ("latent", LatentSpec(dimensions=0)), ("given", LowResolutionSpec(factor=2))]
    studio.start(with_settings(tiny, none))
    assert studio.scene.latent.along.controls.isHidden()


def test_osc_turns_them_and_their_tooltips_tell_how(opened, ways):
    pytest.importorskip("pythonosc")
    found(opened)
    performing = opened.window.performing
    performing.listen("127.0.0.1", 0)
    assert ways.rows[1].slider.toolTip().endswith("OSC: /direction/2")
    performing.controls.take("/direction/2", (0.75,))
    assert ways.rows[1].slider.exact == pytest.approx(0.75, abs=1e-5)
    performing.controls.take("/direction/99", (0.75,))
    performing.listen(on=False)
    assert "OSC" not in ways.rows[1].slider.toolTip()
