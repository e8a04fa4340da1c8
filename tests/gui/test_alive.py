"""Whatever can't be opened, or ends by itself, leaves a window whose buttons do what they say."""

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox

from ganstudio.presets import with_setting
from ganstudio.run import RunFolder, latest_checkpoint, list_runs
from ganstudio.training.messages import Adjust, Save, StartGroup
from tests.full_disk import full_disk


def offer(studio):
    (button,) = studio.window.shell.notices.offers
    assert button.isVisible()
    return button


def facts(studio):
    """What a window says of its game: name, step, curves, settings, preset."""
    window = studio.window
    return (
        window.shell.transport._title.text(),
        studio.game.step,
        studio.game.history.raw("d_loss").tolist(),
        window.settings.experiment,
        window.shell.presets.selected,
    )


@pytest.fixture
def held(tmp_path, tiny):
    """A run that another window holds."""
    run = RunFolder.create(tmp_path / "held", tiny, {})
    yield run.path
    run.close()


def refuse(studio, act):
    return studio.wait_for(studio.game.refused, act)


def test_a_run_that_is_open_in_another_window_leaves_the_game_as_it_was(studio, held):
    studio.play(20)
    studio.pause()
    studio.window._tick()
    before, run = facts(studio), studio.run_folder()
    refuse(studio, lambda: studio.window.open_path(held))
    assert "is being written by" in studio.notice
    assert facts(studio) == before
    assert not studio.window.shell.earlier_runs.list.selectedItems()
    assert (studio.run_folder(), studio.state) == (run, "paused")
    step = studio.game.step
    for name in ("step_discriminator", "step_generator", "step_both"):
        step += 1
        studio.trigger(name)
        studio.wait(lambda step=step: studio.game.step == step)
    answer = studio.rendered(lambda: studio.scene.latent.sliders[0].setValue(700))
    assert answer.step == step
    studio.edit("schedule.discriminator_steps", 2)
    studio.play(5)
    studio.pause()
    assert len(list_runs(studio.runs)) == 1
    studio.wait_for(studio.game.opened, lambda: studio.trigger("reset"))
    assert studio.game.step == 0


def test_a_game_that_plays_plays_on(studio, held, tiny):
    studio.play(20)
    refuse(studio, lambda: studio.window.open_path(held))
    step = studio.game.step
    studio.wait(lambda: studio.game.step > step + 20)
    assert studio.state == "playing"
    assert np.array_equal(studio.game.history.step, np.arange(1, len(studio.game.history) + 1))
    group = StartGroup(experiments=(with_setting(tiny, "dataset.kind", "digits"),), seeds=2, runs=studio.runs)
    refuse(studio, lambda: studio.game.start(group))
    assert studio.window.shell.middle() is studio.scene
    assert studio.state == "playing"


def test_a_preset_whose_data_are_gone_is_not_marked_as_chosen(studio, tiny, tmp_path):
    gone = with_setting(tiny, "dataset", {"kind": "table", "path": str(tmp_path / "gone.csv")})
    refuse(studio, lambda: studio.window.opener.experiment(gone))
    assert "gone.csv" in studio.notice
    studio.play(3)
    assert studio.window.settings.experiment == tiny


def answer(monkeypatch, word):
    told = []

    def exec_(box):
        told.append(f"{box.text()} {box.informativeText()}")
        box.clickedButton = lambda: next(b for b in box.buttons() if b.text().replace("&", "") == word)

    monkeypatch.setattr(QMessageBox, "exec", exec_)
    return told


@pytest.mark.parametrize("way", ["preset", "run", "reset", "group", "experiment"])
def test_steps_in_memory_alone_are_asked_about_first(studio, tiny, tmp_path, monkeypatch, way):
    other = RunFolder.create(tmp_path / "runs" / "other", tiny, {})
    other.close()
    studio.play(10)
    run = studio.run_folder()
    ways = {
        "preset": lambda: studio.window.opener.preset("line"),
        "run": lambda: studio.window.open_path(other.path),
        "reset": lambda: studio.trigger("reset"),
        "group": lambda: studio.game.start(StartGroup(experiments=(tiny,), seeds=2, runs=studio.runs)),
        "experiment": lambda: studio.window.opener.experiment(replace_name(tiny)),
    }
    with full_disk():
        studio.wait(lambda: studio.state == "paused")
        told = answer(monkeypatch, "Stay")
        ways[way]()
        studio.wait(lambda: told)
        assert "could not be written" in told[0]
        assert studio.run_folder() == run
        told = answer(monkeypatch, "Leave Without Saving")
        opened = studio.game.group_opened if way == "group" else studio.game.opened
        studio.wait_for(opened, ways[way])
        assert told
    assert latest_checkpoint(run) is None


def replace_name(tiny):
    return tiny.model_copy(update={"name": "another"})


def test_closing_asks_about_steps_that_can_not_be_written(studio, monkeypatch):
    """The disk was full only since the last checkpoint: nobody has been told yet."""
    for step in (1, 2, 3):  # by hand: no checkpoint is due yet
        studio.trigger("step_both")
        studio.wait(lambda step=step: studio.game.step == step)
    told = answer(monkeypatch, "Stay")
    with full_disk():
        assert not studio.window.close()
    assert "lost" in told[0]
    assert studio.window.close()


# --- games that end by themselves ---


def kept(studio):
    """Train, and keep a checkpoint: the run and the step."""
    studio.play(5)
    studio.pause()
    step = studio.wait_for(studio.game.checkpointed, lambda: studio.send(Save())).step
    return studio.run_folder(), step


@pytest.mark.parametrize("press", ["the button", "play", "step_both", "reset"])
def test_a_game_that_ended_by_itself_is_opened_again_by_whatever_is_pressed(studio, monkeypatch, press):
    run, step = kept(studio)
    with monkeypatch.context() as broken:
        broken.setattr("ganstudio.training.step.trainer.Trainer.step", lambda *_: 1 / 0)
        studio.wait_for(studio.game.failed, lambda: studio.trigger("step_both"))
    assert studio.window.shell.transport._state.text() == "● Stopped"
    act = offer(studio).click if press == "the button" else lambda: studio.trigger(press)
    opened = studio.wait_for(studio.game.opened, act)
    assert (opened.run, opened.step) == (run, step)
    if press == "play":
        studio.wait(lambda: studio.state == "playing" and studio.game.step > step)
    elif press == "step_both":
        studio.wait(lambda: studio.game.step == step + 1)
    elif press == "reset":
        studio.wait(lambda: studio.game.run is None and studio.game.step == 0)
    else:
        studio.wait(lambda: studio.state == "paused")
        assert studio.notice == ""


def test_a_game_whose_process_died_is_opened_again(open_studio):
    studio = open_studio(in_process=False)
    run, step = kept(studio)
    studio.wait_for(studio.game.failed, studio.bridge._worker._process.kill)
    assert studio.notice == f"The training process ended unexpectedly. Step {step:,} is kept, its last checkpoint."
    assert studio.window.shell.transport._state.text() == "● Stopped"
    opened = studio.wait_for(studio.game.opened, lambda: studio.trigger("play"))
    assert (opened.run, opened.step) == (run, step)
    studio.wait(lambda: studio.state == "playing" and studio.game.step > step)


def test_one_that_died_before_its_first_checkpoint_says_so(open_studio):
    studio = open_studio(in_process=False)
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.step == 1)
    studio.wait_for(studio.game.failed, studio.bridge._worker._process.kill)
    assert "Nothing of it is kept" in studio.notice
    opened = studio.wait_for(studio.game.opened, offer(studio).click)
    assert (opened.step, opened.experiment.name) == (0, "tiny")
    studio.play(2)


def test_a_fault_of_the_program_s_own_leaves_a_way_back(studio, monkeypatch):
    studio.play(5)
    studio.pause()
    monkeypatch.setattr("ganstudio.training.step.trainer.Trainer.step", lambda *_: 1 / 0)
    studio.wait_for(studio.game.failed, lambda: studio.trigger("play"))
    assert "ZeroDivisionError" in studio.notice
    assert "is kept" in studio.notice
    assert not studio.window.settings.isEnabled()
    monkeypatch.undo()
    opened = studio.wait_for(studio.game.opened, offer(studio).click)
    assert opened.step >= 5
    assert studio.window.settings.isEnabled()
    studio.play(3)


@pytest.mark.parametrize("kept", [False, True])
def test_what_is_changed_while_a_game_that_ended_is_opened_again_is_all_taken(studio, monkeypatch, kept):
    if kept:
        studio.play(5)
        studio.pause()
    with monkeypatch.context() as broken:
        broken.setattr("ganstudio.training.step.trainer.Trainer.step", lambda *_: 1 / 0)
        studio.wait_for(studio.game.failed, lambda: studio.trigger("step_both"))
    begun, taken = studio.game.starts, []
    studio.game.adjusted.connect(lambda event: taken.append(event.path))
    for path, value in (("schedule.steps", 5000), ("schedule.discriminator_steps", 2), ("measures.window", 50)):
        studio.game.act(Adjust(path, value))
    studio.wait(lambda: taken[-1:] == ["measures.window"])
    changed = studio.game.experiment
    assert (changed.schedule.steps, changed.schedule.discriminator_steps, changed.measures.window) == (5000, 2, 50)
    assert studio.game.starts == begun + 1


def test_a_group_that_ended_is_begun_again(studio, tiny, monkeypatch):
    studio.wait_for(
        studio.game.group_opened,
        lambda: studio.game.start(StartGroup(experiments=(tiny,), seeds=2, runs=studio.runs)),
    )
    monkeypatch.setattr("ganstudio.training.group.band.Band.step", lambda *_: 1 / 0)
    studio.wait_for(studio.game.failed, lambda: studio.trigger("step_both"))
    monkeypatch.undo()
    studio.wait_for(studio.game.group_opened, offer(studio).click)
    assert studio.game.group is not None


def test_a_game_of_a_group_that_ended_is_opened_by_itself_all_the_same(studio, tiny, monkeypatch):
    studio.wait_for(
        studio.game.group_opened,
        lambda: studio.game.start(StartGroup(experiments=(tiny,), seeds=2, runs=studio.runs)),
    )
    studio.wait_for(studio.game.checkpointed, lambda: (studio.trigger("step_both"), studio.send(Save())))
    with monkeypatch.context() as broken:
        broken.setattr("ganstudio.training.group.band.Band.step", lambda *_: 1 / 0)
        studio.wait_for(studio.game.failed, lambda: studio.trigger("step_both"))
    opened = studio.wait_for(studio.game.opened, lambda: studio.window._rooms.group.member_chosen.emit(1))
    assert (opened.step, studio.game.group) == (1, None)


def test_slow_motion_does_not_wait_for_a_step_that_does_not_come(studio, monkeypatch):
    studio.trigger("slow_motion")
    monkeypatch.setattr("ganstudio.training.session.session.slow_step", lambda *_: 1 / 0)
    studio.wait_for(studio.game.failed, studio.window._rooms.slow._next.click)
    assert studio.window.shell.middle() is studio.scene
    assert not studio.window.actions_by_id["slow_motion"].isEnabled()


def test_a_start_that_is_refused_at_the_very_first_still_gives_a_game(open_studio, held):
    studio = open_studio(held)
    assert "is being written by" in studio.notice
    studio.wait(lambda: studio.game.experiment is not None)
    assert studio.game.experiment.name == "ring"
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.step == 1)
