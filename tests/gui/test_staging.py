"""In the window: which stage a game is in and how long it takes, and the menu that skips and repeats stages."""

from __future__ import annotations

import pytest

from ganstudio.presets import plan_of, with_setting, with_settings
from ganstudio.training.messages import Broken, Notice, Restage, SkipStage, Step


def kinds(studio) -> list[tuple[str, int]]:
    return [(one.kind, one.steps) for one in plan_of(studio.game.experiment)]


def test_what_was_skipped_or_repeated_is_undone_in_one_step(studio, enlarging) -> None:
    staging, history = studio.window.staging, studio.window.undo.history
    studio.start(with_setting(enlarging, "stages.0.steps", 500))
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 1)
    whole = studio.game.experiment
    staging.fill()
    staging.menu.actions()[0].trigger()
    studio.game.take(Notice("The data has 40 samples."))  # of something else, while the answer is on its way
    studio.wait(lambda: history.undoable == "Skip Content" and studio.game.experiment.schedule.steps == short(whole))
    assert kinds(studio) == [("content", 1)]
    studio.trigger("undo")
    studio.wait(lambda: studio.game.experiment == whole)
    assert history.undoable is None
    studio.trigger("redo")
    studio.wait(lambda: studio.game.experiment.schedule.steps == short(whole))
    assert kinds(studio) == [("content", 1)]
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 2)
    notice = studio.wait_for(studio.game.notice, lambda: studio.trigger("undo"))
    assert "2 steps are made already" in notice.message
    assert kinds(studio) == [("content", 1)]


@pytest.mark.parametrize("begun", [False, True])
def test_a_stage_of_another_length_leaves_the_game_as_long_as_it_is(studio, enlarging, begun) -> None:
    studio.start(with_setting(enlarging, "stages.0.steps", 500))
    whole, history = studio.game.experiment, studio.window.undo.history
    if begun:
        studio.send(Step())
        studio.wait(lambda: studio.game.step == 1)
    told: list[str] = []
    studio.window.settings.switched.connect(told.append)
    studio.edit("stages.0.steps", 200)
    studio.wait(lambda: studio.game.experiment.schedule.steps == whole.schedule.steps - 300)
    assert kinds(studio) == [("content", 200)]
    assert "takes 999,700 steps now" in told[0]
    assert not studio.window.settings.pending
    assert studio.window.settings.experiment == studio.game.experiment
    studio.trigger("undo")
    studio.wait(lambda: studio.game.experiment == whole)
    assert history.undoable is None


@pytest.mark.parametrize("length", [200, 900])
def test_stages_that_leave_no_step_for_the_game_leave_the_total_as_it_is(studio, enlarging, length) -> None:
    studio.start(with_settings(enlarging, [("stages.0.steps", 500), ("schedule.steps", 100)]))
    studio.edit("stages.0.steps", length)
    studio.wait(lambda: kinds(studio) == [("content", length)])
    assert studio.game.experiment.schedule.steps == 100


def test_a_length_that_a_broken_game_was_asked_for_is_shown_no_longer(studio, enlarging, monkeypatch) -> None:
    studio.start(with_setting(enlarging, "stages.0.steps", 500))
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 1)
    panel, whole = studio.window.settings, studio.game.experiment
    with monkeypatch.context() as lost:
        lost.setattr(studio.game, "act", lambda _command: None)
        studio.edit("stages.0.steps", 200)
    assert panel.pending_experiment() != whole
    studio.game.take(Broken(1, "a loss is NaN", None))
    assert panel.pending_experiment() == whole
    assert studio.window.undo.history.undoable is None


def test_a_length_that_is_refused_changes_nothing(studio, enlarging) -> None:
    studio.start(with_setting(enlarging, "stages.0.steps", 3))
    for step in range(1, 6):
        studio.send(Step())
        studio.wait(lambda step=step: studio.game.step == step)
    whole = studio.game.experiment
    notice = studio.wait_for(studio.game.notice, lambda: studio.edit("stages.0.steps", 200))
    assert notice.message.startswith("stages: 5 steps are made already")
    assert studio.notice.startswith("Stages: 5 steps are made already")
    assert studio.game.experiment == studio.window.settings.experiment == whole
    assert studio.window.settings.row_at("stages.0.steps").editor.value() == 3
    assert studio.window.undo.history.undoable is None


@pytest.mark.parametrize("answer", ["refused", "broken", "another game"])
def test_what_was_asked_in_vain_is_not_taken_for_what_is_done_later(studio, enlarging, monkeypatch, answer) -> None:
    staging, turns = studio.window.staging, []
    staging.turned.connect(turns.append)
    studio.start(with_setting(enlarging, "stages.0.steps", 500))
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 1)
    staging.fill()
    with monkeypatch.context() as lost:
        lost.setattr(studio.game, "act", lambda _command: None)
        staging.menu.actions()[0].trigger()
    told = {"refused": Notice("It is over.", setting="stages"), "broken": Broken(1, "a loss is NaN", None)}
    if answer in told:
        studio.game.take(told[answer])
    else:
        studio.start(with_setting(enlarging, "stages.0.steps", 400))
        studio.send(Step())
        studio.wait(lambda: studio.game.step == 1)
    studio.wait_for(studio.game.adjusted, lambda: studio.send(SkipStage()))
    studio.wait(lambda: kinds(studio) == [("content", 1)])
    assert turns == []


def test_what_was_changed_just_before_a_stage_is_skipped_is_what_undo_goes_back_to(
    studio, enlarging, monkeypatch
) -> None:
    staging, turns = studio.window.staging, []
    staging.turned.connect(turns.append)
    studio.start(with_setting(enlarging, "stages.0.steps", 500))
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 1)
    staging.fill()
    act = studio.game.act
    with monkeypatch.context() as sooner:
        sooner.setattr(studio.game, "act", lambda asked: [act(each) for each in (shorter, asked)])
        shorter = Restage((("stages.0.steps", 300),))
        staging.menu.actions()[0].trigger()
    studio.wait(lambda: kinds(studio) == [("content", 1)] and turns)
    (turn,) = turns
    assert dict(turn.before)["stages.0.steps"] == 300
    assert dict(turn.after)["stages.0.steps"] == 1


def short(whole) -> int:
    """The steps of a game whose first stage, of 500 steps, ends after the first."""
    return whole.schedule.steps - 499


def test_a_stage_is_skipped_and_repeated_from_the_menu(studio, enlarging) -> None:
    staging = studio.window.staging
    assert not staging.menu.menuAction().isVisible()
    studio.start(with_setting(enlarging, "stages.0.steps", 500))
    studio.wait(staging.menu.menuAction().isVisible)
    bar = studio.window.shell.transport
    studio.wait(lambda: bar._steps.text().startswith("Content stage"))
    assert bar._steps.toolTip().startswith("Content stage to 500. The menu Train")
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 1)
    staging.fill()
    skip, _separator, again = staging.menu.actions()
    assert skip.text() == "&Skip the Rest of Content"
    assert again.text() == "&Begin Content Again from Here"
    studio.wait_for(studio.game.adjusted, again.trigger)
    studio.wait(lambda: kinds(studio) == [("content", 501)])
    staging.fill()
    studio.wait_for(studio.game.adjusted, staging.menu.actions()[0].trigger)
    studio.wait(lambda: kinds(studio) == [("content", 1)])
    assert ("the game begins") in {text for step, text in studio.scene.curves._marks if step == 1}
    assert not [step for step, _ in studio.scene.curves._marks if step > 1]
    studio.wait(lambda: bar._steps.text().startswith("Adversarial stage"))
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 2)
    staging.fill()
    (repeat,) = staging.menu.actions()
    assert repeat.text() == "Repeat Content (step 1)"
    studio.wait_for(studio.game.adjusted, repeat.trigger)
    studio.wait(lambda: kinds(studio) == [("content", 1), ("adversarial", 1), ("content", 1)])
