"""The timeline in the window: moments of the training gone back to, with everything that is seen."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QToolButton

from ganstudio.experiment import (
    DCGANDiscriminatorSpec,
    DCGANGeneratorSpec,
    DeviceSpec,
    DigitsSpec,
    Experiment,
    LatentSpec,
    ScheduleSpec,
)
from ganstudio.gui.library.picture_list import DETAIL
from ganstudio.gui.timeline.strip import EMPTY, TimelineStrip
from ganstudio.run import Parent, parent_of, summarise
from ganstudio.training.session import timeline


@pytest.fixture
def digits():
    return Experiment(
        name="digits",
        dataset=DigitsSpec(),
        latent=LatentSpec(dimensions=4),
        generator=DCGANGeneratorSpec(width=4),
        discriminator=DCGANDiscriminatorSpec(width=4),
        schedule=ScheduleSpec(steps=100_000, batch_size=16),
        device=DeviceSpec(kind="cpu", threads=1),
    )


@pytest.fixture
def often(monkeypatch):
    monkeypatch.setattr(timeline, "LEAST_SECONDS", 0)
    monkeypatch.setattr(timeline, "SHARE", 0)


@pytest.fixture
def trained(studio, often):
    """The tiny game with some moments, paused."""
    studio.play(200)
    studio.wait(lambda: len(studio.game.past.steps) > 5)
    studio.pause()
    studio.wait(lambda: studio.game.past.steps[-1] == studio.game.step)
    studio.wait(lambda: studio.game.kept_step == studio.game.step)
    studio.wait(lambda: studio.scene.samples._step.text() == f"step {studio.game.step:,}")
    return studio


def go(studio, step, beside=None):
    """Go to a moment and wait for what is seen there."""
    past = studio.game.past
    studio.wait_for(studio.game.frame, lambda: past.go(step))
    studio.wait(lambda: not past.waits)


def bar(studio):
    return studio.scene.timeline


def test_before_the_first_moment_it_says_so(studio):
    assert studio.game.past.steps == ()
    assert not bar(studio).film.isEnabled()
    assert bar(studio).compare.isHidden()
    assert bar(studio).now.isHidden()
    strip = bar(studio).strip
    studio.window.resize(1440, 880)
    studio.wait(lambda: strip.width() >= strip.fontMetrics().horizontalAdvance(EMPTY))  # whole where there is room
    bar(studio).strip.grab()  # painted without any
    studio.qtbot.mouseClick(bar(studio).strip, Qt.MouseButton.LeftButton, pos=QPoint(30, 10))
    assert studio.game.past.shown is None


def test_plane_curves_and_sliders_go_back_together_and_now_comes_back(trained):
    studio, view = trained, trained.scene.samples
    now = view._generated.points.copy()
    go(studio, 0)
    assert studio.game.past.shown == 0
    then = view._generated.points
    assert np.abs(then - now).max() > 0.05
    assert view._step.text().startswith("step 0")
    assert {panel._row for panel in studio.scene.curves._visible()} == {0}
    assert studio.scene.timeline.now.isVisible()
    studio.wait(lambda: not studio.bridge.asked)
    probe = studio.rendered(lambda: studio.scene.latent.set_latents(np.zeros(2, np.float32)))
    assert probe.step == 0
    studio.wait_for(studio.game.frame, lambda: studio.scene.timeline.now.click())
    np.testing.assert_allclose(view._generated.points, now, atol=1e-5)
    assert studio.game.past.shown is None
    assert {panel._row for panel in studio.scene.curves._visible()} == {None}


def test_the_cursor_stands_at_the_step_on_every_curve(trained):
    step = trained.game.past.steps[len(trained.game.past.steps) // 2]
    go(trained, step)
    history = trained.game.history
    rows = {panel._row for panel in trained.scene.curves._visible()}
    assert len(rows) == 1
    assert history.step[rows.pop()] == pytest.approx(step, abs=2)


def test_d_of_now_is_not_shown_next_to_what_g_made_then(trained):
    view = trained.scene.samples
    view.set_layer("landscape", True)
    trained.wait(lambda: view.judged.landscape.isVisible())
    wide = view.shown.width()
    go(trained, 0)
    assert not view.judged.landscape.isVisible()
    assert not view.judged.bar.isVisible()
    assert view.shown.width() == wide
    assert "D as it was then is not kept" in view._step.text()
    go(trained, None)
    trained.wait(lambda: view.judged.landscape.isVisible())
    assert view.judged.bar.isVisible()


def test_it_is_dragged_and_turned_by_keys(trained):
    strip, past = bar(trained).strip, trained.game.past
    trained.qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(strip.place_of(0)), 10))
    assert past.shown == 0
    trained.qtbot.mouseMove(strip, QPoint(strip.width() // 2, 10))
    middle = past.shown
    assert 0 < middle < past.steps[-1]
    trained.qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton)
    strip.setFocus()
    place = past.steps.index(middle)
    for key, step in (
        (Qt.Key.Key_Right, past.steps[place + 1]),
        (Qt.Key.Key_Left, middle),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, None),
        (Qt.Key.Key_Left, past.steps[-1]),
        (Qt.Key.Key_Escape, None),
    ):
        trained.qtbot.keyClick(strip, key)
        assert past.shown == step, key
    trained.wait(lambda: not past.waits)
    assert strip.accessibleDescription().startswith("now, ")
    trained.qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(strip.width() - 2, 10))
    assert past.shown is None


def test_the_training_goes_on_while_the_past_is_seen(trained):
    go(trained, 0)
    view = trained.scene.samples
    then = view._generated.points.copy()
    trained.play(200)
    np.testing.assert_array_equal(view._generated.points, then)
    assert trained.game.past.shown == 0
    trained.pause()
    trained.wait_for(trained.game.frame, lambda: trained.game.past.go(None))
    trained.wait(lambda: view._step.text() == f"step {trained.game.step:,}")


def test_the_film_goes_through_all_moments_and_ends_at_now(trained, monkeypatch):
    monkeypatch.setattr("ganstudio.gui.timeline.bar.FRAME_MS", 1)
    monkeypatch.setattr("ganstudio.gui.timeline.bar.FILM_MS", 1000)
    past, seen = trained.game.past, []
    past.moved.connect(lambda: seen.append(past.shown))
    bar(trained).film.click()
    assert bar(trained).plays
    trained.wait(lambda: not bar(trained).plays)
    assert tuple(seen) == (*past.steps, None)
    bar(trained).film.click()
    trained.wait(lambda: past.shown != past.steps[-1])
    bar(trained).film.click()
    assert not bar(trained).plays


def test_of_a_game_that_ended_by_itself_no_moment_is_asked_for(trained, monkeypatch):
    parts = (bar(trained).film, bar(trained).strip, bar(trained).compare, bar(trained).now)
    bar(trained).film.click()
    with monkeypatch.context() as broken:
        broken.setattr("ganstudio.training.step.trainer.Trainer.step", lambda *_: 1 / 0)
        trained.wait_for(trained.game.failed, lambda: trained.trigger("step_both"))
    assert not bar(trained).plays
    assert not any(part.isEnabled() for part in parts)
    assert bar(trained).branch.isEnabled()  # which opens it again
    trained.wait_for(trained.game.opened, trained.game.revive)
    trained.wait(lambda: bar(trained).film.isEnabled())
    assert all(part.isEnabled() for part in parts)


def test_two_moments_side_by_side(trained):
    past, pair = trained.game.past, trained.scene.pair
    go(trained, 0)
    trained.wait_for(trained.game.frame, lambda: bar(trained).compare.click())
    go(trained, None)
    assert (past.shown, past.beside) == (None, 0)
    assert pair.view.isVisible()
    assert pair.view is not trained.scene.samples
    assert np.abs(pair.view._generated.points - trained.scene.samples._generated.points).max() > 0.05
    bar(trained).compare.click()
    assert past.beside is None
    assert not pair.view.isVisible()


def test_another_game_is_seen_as_it_is_now(trained, tiny, digits):
    go(trained, 0)
    trained.start(digits)
    past = trained.game.past
    assert (past.shown, past.beside, past.steps) == (None, None, ())
    trained.play(150)
    trained.wait(lambda: len(past.steps) > 2)
    trained.pause()
    view = trained.scene.samples
    trained.wait(lambda: view._generated.samples is not None and len(view._generated.samples))
    now = view._generated.samples.copy()
    go(trained, 0)
    assert np.abs(view._generated.samples.astype(int) - now).max() > 1
    then = view._generated.samples.copy()
    bar(trained).compare.click()
    go(trained, past.steps[-1])
    np.testing.assert_array_equal(trained.scene.pair.view._generated.samples, then)
    assert np.abs(view._generated.samples.astype(int) - then).max() > 1


def test_a_run_that_is_opened_again_has_its_moments(trained):
    run, steps = trained.run_folder(), trained.game.past.steps
    trained.wait_for(trained.game.opened, lambda: trained.window.open_path(run))
    trained.wait(lambda: trained.game.past.steps == steps)
    go(trained, 0)
    assert trained.scene.samples._step.text().startswith("step 0")


def test_a_damaged_moment_is_told_and_now_is_seen(trained):
    run = trained.run_folder()
    (run / "timeline/step-00000000.safetensors").write_bytes(b"nothing")
    trained.game.past.go(0)
    trained.wait(lambda: "This moment can't be shown" in trained.notice)
    trained.wait(lambda: trained.game.past.shown is None)


def test_pictures_are_named_after_the_moment(trained):
    go(trained, 0)
    assert trained.window.shown()[1] == "step-0"


def test_a_run_is_branched_from_a_checkpoint_and_knows_its_parent(trained):
    run, step = trained.run_folder(), trained.game.past.checkpoints[-1]
    go(trained, 0)
    menu = bar(trained).menu()
    acts = {act.text(): act for act in menu.actions()}
    assert list(acts) == [f"From Step {each:,}" for each in trained.game.past.checkpoints]  # nearest first
    trained.wait_for(trained.game.opened, acts[f"From Step {step:,}"].trigger)
    menu.deleteLater()
    trained.wait(lambda: trained.state == "paused" and trained.game.past.shown is None)
    assert trained.game.run != run
    assert trained.game.step == step
    assert parent_of(trained.run_folder()) == Parent(str(run), step)
    trained.wait(lambda: "branched from" in trained.notice)
    trained.play(20)
    trained.pause()
    assert summarise(trained.run_folder()).parent == (run.name, step)


def test_the_list_of_runs_branches_too_and_tells_the_parent(trained):
    runs, run = trained.window.shell.earlier_runs, trained.run_folder()
    runs.refresh()
    trained.wait(lambda: runs.list.count() == 1)
    menu = runs.menu_at(runs.list.visualItemRect(runs.list.item(0)).center())
    (branches,) = list(menu.findChildren(QMenu, "branchMenu"))
    trained.wait_for(trained.game.opened, branches.actions()[0].trigger)
    menu.deleteLater()
    trained.wait(lambda: runs.list.count() == 2)
    item = runs.list.item(0)
    assert f"Branched from {run.name} at step" in item.toolTip()
    assert item.data(DETAIL).startswith("branch · step")


def test_without_a_budget_it_says_where_to_have_one(studio):
    studio.edit("measures.timeline", 0)
    studio.wait(lambda: studio.game.experiment.measures.timeline == 0)
    studio.play(20)
    studio.pause()
    assert studio.game.past.steps == ()
    assert isinstance(studio.window.findChild(TimelineStrip, "timeline_strip"), TimelineStrip)
    assert not studio.window.findChild(QToolButton, "timeline_film").isEnabled()
