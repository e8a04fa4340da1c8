"""The timeline of games side by side: all tiles, values and curves go back together."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from ganstudio.presets import with_setting
from ganstudio.training.messages import OpenMember, StartGroup
from ganstudio.training.session import timeline


@pytest.fixture
def often(monkeypatch):
    monkeypatch.setattr(timeline, "LEAST_SECONDS", 0)
    monkeypatch.setattr(timeline, "SHARE", 0)


@pytest.fixture(params=["duel"])
def games(request, studio, tiny, often):
    """Two games side by side with some moments, paused."""
    start = (
        StartGroup(experiments=(tiny,), seeds=2, runs=studio.runs)
        if request.param == "band"
        else StartGroup(experiments=(tiny, with_setting(tiny, "schedule.discriminator_steps", 2)), runs=studio.runs)
    )
    studio.wait_for(studio.game.group_opened, lambda: studio.game.start(start))
    studio.wait(lambda: studio.state == "paused")
    studio.play(20)
    studio.wait(lambda: len(studio.game.past.steps) > 3)
    studio.pause()
    view, past = studio.window._rooms.group, studio.game.past
    studio.wait(lambda: past.steps[-1] == studio.game.step and view._frame.step == studio.game.step)
    return studio


def view_of(studio):
    return studio.window._rooms.group


def go(studio, step):
    """Go to a moment and wait until every tile shows it."""
    past, view = studio.game.past, view_of(studio)
    past.go(step)
    studio.wait(lambda: not past.waits and view._frame.past is (step is not None) and not view.wall._due)


def points(wall):
    return np.stack([tile._points for tile in wall.tiles])


@pytest.mark.parametrize("games", ["duel", "band"], indirect=True)
def test_tiles_values_and_curves_go_back_together_and_now_comes_back(games):
    view = view_of(games)
    games.wait(lambda: not view.wall._due)
    now, told = points(view.wall).copy(), [tile._standing.values for tile in view.wall.tiles]
    assert view.timeline.isVisible()
    assert view.wall.tiles[0]._landscape.value_at(0, 0) is not None
    go(games, 0)
    assert (np.abs(points(view.wall) - now).max(axis=(1, 2)) > 0.02).all()
    assert view._place.text() == "step 0 · D as it was then is not kept"
    assert view.wall.tiles[0]._landscape.value_at(0, 0) is None
    assert {panel._row for panel in view.curves._visible()} == {0}
    assert [tile._standing.values for tile in view.wall.tiles] != told
    view.timeline.now.click()
    games.wait(lambda: not games.game.past.waits and not view._frame.past and not view.wall._due)
    np.testing.assert_allclose(points(view.wall), now, atol=1e-5)
    assert {panel._row for panel in view.curves._visible()} == {None}


@pytest.mark.parametrize("games", ["band"], indirect=True)
def test_two_moments_stand_side_by_side_in_one_range(games):
    view, past = view_of(games), games.game.past
    assert view.pair.view is None
    go(games, 0)
    view.timeline.compare.click()
    games.wait(lambda: not past.waits and view.pair.view is not None)
    go(games, None)
    other = view.pair.view
    games.wait(lambda: other.isVisible() and not other._due)
    assert (past.shown, past.beside) == (None, 0)
    assert (np.abs(points(other) - points(view.wall)).max(axis=(1, 2)) > 0.02).all()
    view.wall.tiles[0]._plane.camera.zoom(2.0, QPoint(40, 40).toPointF(), view.wall.tiles[0].picture_rect().size())
    assert other.plane.camera is view.wall.plane.camera
    view.chips["real"].setChecked(False)
    assert "real" not in other.plane.shown
    view.timeline.compare.click()
    assert not other.isVisible()


def test_the_strip_is_clicked_and_the_film_is_played_from_there(games, monkeypatch):
    monkeypatch.setattr("ganstudio.gui.timeline.bar.FRAME_MS", 1)
    monkeypatch.setattr("ganstudio.gui.timeline.bar.FILM_MS", 100)
    view, past, seen = view_of(games), games.game.past, []
    strip = view.timeline.strip
    games.qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(strip.place_of(0)), 10))
    games.wait(lambda: past.shown == 0 and not past.waits)
    go(games, past.steps[-3])
    past.moved.connect(lambda: seen.append(past.shown))
    view.timeline.film.click()
    games.wait(lambda: not view.timeline.plays)
    assert seen == [*past.steps[-2:], None]  # it ends with what is now
    assert view.timeline.branch.isHidden()  # a checkpoint of several games is no run's


def test_a_game_that_is_opened_alone_has_its_past_with_it(games):
    steps = games.game.past.steps
    games.wait_for(games.game.opened, lambda: games.send(OpenMember(1)))
    games.wait(lambda: games.game.past.steps == steps)
    past = games.game.past
    assert past.shown is None
    told = [tile._standing for tile in view_of(games).wall.tiles]
    past.go(0)
    games.wait(lambda: not past.waits and past.shown == 0)
    assert [tile._standing for tile in view_of(games).wall.tiles] == told  # nobody sees them now
    games.wait(lambda: games.scene.samples._step.text().startswith("step 0"))
