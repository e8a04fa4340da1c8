"""Numbers gone wrong: which and where is said, and there is a way back that loses nothing in silence."""

import errno
import json

import numpy as np
import pytest

from ganstudio.experiment import CategoricalCodeSpec, LatentSpec
from ganstudio.objectives.information import information_scalars
from ganstudio.presets import with_setting
from ganstudio.run import RunFolder, latest_checkpoint
from ganstudio.scalars import COMMON
from ganstudio.training.messages import (
    SCALARS,
    Adjust,
    Adjusted,
    Broken,
    GoBack,
    Notice,
    Opened,
    Play,
    RunCreated,
    Save,
    Scalars,
    SlowStep,
    Start,
    StateChanged,
    Step,
)
from ganstudio.training.session.breaking import first_wrong, slower
from tests.training.test_host import Hosted
from tests.training.test_session import Drive

WILD = {"kind": "sgd", "learning_rate": 10.0, "momentum": 0.999}


@pytest.fixture
def hosted():
    hosted = Hosted()
    yield hosted
    hosted.close()


@pytest.fixture
def wild(plane):
    """A game whose numbers go wrong after some steps."""
    for path, value in {
        "schedule.steps": 1_000_000,
        "schedule.decay": "none",
        "objective": {"kind": "hinge"},
        "optimisers.generator": WILD,
        "optimisers.discriminator": WILD,
    }.items():
        plane = with_setting(plane, path, value)
    return plane


def broken(hosted, game, runs):
    """A game that has gone wrong after its checkpoint of step 2, and what was told of it."""
    tame = with_setting(game, "optimisers.generator", {"kind": "sgd", "learning_rate": 0.01})
    tame = with_setting(tame, "optimisers.discriminator", {"kind": "sgd", "learning_rate": 0.02})
    hosted.host.send(Start(experiment=tame, runs=runs))
    for command in (Step(), Step(), Save()):
        hosted.host.send(command)
    run = hosted.until(RunCreated).run
    hosted.host.send(Step())
    for player in ("generator", "discriminator"):
        hosted.host.send(Adjust(f"optimisers.{player}", WILD))
    hosted.host.send(Play())
    return run, hosted.until(Broken)


DECLARED = (*COMMON, *information_scalars(LatentSpec(codes=(CategoricalCodeSpec(name="digit"),))))


def rows(**wrong):
    table = np.zeros((4, 2 + len(SCALARS) + 1))
    table[:, 0] = range(1, 5)
    for name, step in wrong.items():
        table[step - 1, 2 + (len(SCALARS) if name == "code" else SCALARS.index(name))] = np.nan
    return table


@pytest.mark.parametrize(
    ("wrong", "phase", "told"),
    [
        ({}, "both", None),
        ({"d_loss": 3}, "both", (2, "D's loss is no longer a finite number")),
        (
            {"g_loss": 2, "g_gradient": 2, "d_loss": 4},
            "both",
            (1, "G's loss is no longer a finite number, nor is the gradient of G's weights"),
        ),
        (
            {"d_loss": 1, "d_real": 1, "value": 1},
            "both",
            (0, "D's loss is no longer a finite number, nor are 2 others of that step"),
        ),
        ({"code": 1}, "both", (0, "the information on digit is no longer a finite number")),
        ({"g_loss": 1, "g_gradient": 1}, "discriminator", None),
        ({"g_loss": 1}, "generator", (0, "G's loss is no longer a finite number")),
        ({"d_loss": 1}, "generator", None),
        ({"d_loss": 1, "code": 1}, "generator", (0, "the information on digit is no longer a finite number")),
    ],
)
def test_the_first_wrong_number_is_named(wrong, phase, told):
    assert first_wrong(rows(**wrong), DECLARED, phase) == told


def test_infinite_is_wrong_too():
    table = rows()
    table[1, 2] = np.inf
    assert first_wrong(table, DECLARED) == (1, "D's loss is no longer a finite number")


def test_both_rates_are_lowered(plane):
    halved = slower(plane, 0.5).optimisers
    before = plane.optimisers
    assert halved.generator.learning_rate == before.generator.learning_rate / 2
    assert halved.discriminator.learning_rate == before.discriminator.learning_rate / 2


def test_message_state_header_and_record_name_the_same_step(hosted, wild, tmp_path):
    run, event = broken(hosted, wild, tmp_path)
    assert event.kept == 2
    assert "no longer a finite number" in event.words
    assert f"stopped at step {event.step:,}" in event.words
    assert "of step 2," in event.words
    hosted.host.send(Save())
    told = hosted.until((Notice, StateChanged))
    assert "of step 2" in told.message
    recorded = RunFolder.open(run, read_only=True).scalars(SCALARS)
    assert recorded[-1, 0] <= event.step  # what is no number is not stored


def test_it_is_told_with_the_very_step_that_was_told_last(wild, tmp_path):
    drive = Drive(Start(experiment=wild, run=tmp_path / "run", play=True))
    event = drive.until(Broken)
    assert event.kept is None
    assert "no checkpoint" in event.words
    assert drive.rows()[-1, 0] == event.step
    assert np.isfinite(drive.rows()[:-1]).all()
    assert drive.of(StateChanged)[-1] == StateChanged("paused", event.step, "diverged")
    for command in (Play(), Step(), SlowStep()):
        drive.send(command)
        assert drive.until(Broken) == event
    drive.finish()
    assert latest_checkpoint(tmp_path / "run") is None


@pytest.mark.parametrize("phase", ["both", "discriminator"])
def test_a_step_by_hand_is_watched_too(plane, tmp_path, monkeypatch, phase):
    drive = Drive(Start(experiment=plane, run=tmp_path / "run"))
    drive.send(Step(phase))
    drive.until(StateChanged, step=1)
    assert not drive.of(Broken)
    for parameter in drive.session._trainer.discriminator.parameters():
        parameter.data.fill_(float("nan"))
    drive.send(Step(phase))
    assert drive.until(Broken).step == 2
    drive.finish()


def test_back_to_the_last_checkpoint_with_half_the_rates(hosted, wild, tmp_path):
    run, event = broken(hosted, wild, tmp_path)
    hosted.host.send(GoBack())
    opened = hosted.until(Opened)
    assert (opened.run, opened.step) == (run, 2)
    adjusted = [hosted.until(Adjusted) for _ in range(2)]
    assert [(each.step, each.value) for each in adjusted] == [(2, 0.005), (2, 0.01)]
    told = hosted.until(Notice).message
    assert "Went back to step 2" in told
    assert "G at 0.005, D at 0.01" in told
    assert "is kept in" in told
    assert hosted.until(Scalars).rows[:, 0].tolist() == [1, 2]
    hosted.host.send(Step())
    assert hosted.until(Scalars).rows[:, 0].tolist() == [3]
    changes = [json.loads(line) for line in (run / "changes.jsonl").read_text().splitlines()]
    assert [(change["step"], change["value"]) for change in changes] == [(2, 0.005), (2, 0.01)]
    aside = [path.name for path in run.iterdir() if "after" in path.name]
    assert any(name.endswith(".jsonl") for name in aside)  # what was changed after the checkpoint
    assert len(aside) >= 2  # and what was trained
    hosted.host.send(Start(resume=run))
    assert hosted.until(Opened).experiment.optimisers.generator.learning_rate == 0.005
    assert event.step > 2


def test_a_way_back_that_the_disk_refuses_is_told_as_what_went_wrong(plane, tmp_path, monkeypatch):
    run = tmp_path / "run"
    before = Drive(Start(experiment=plane, run=run))
    before.send(Step(), Save(), Step())
    before.until(StateChanged, step=2)
    before.finish()

    def refuse(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(RunFolder, "truncate", refuse)
    drive = Drive(Start(resume=run, at=1, slower=0.5))
    drive.until(Opened, step=1)
    drive.finish()
    (told,) = [notice for notice in drive.of(Notice) if notice.message.startswith("Went back to step 1.")]
    assert f"Training can't go on: {run}: No space left on device." in told.message
    assert (told.wrong, told.no_checkpoint) == (True, True)


def test_without_a_checkpoint_over_again_with_half_the_rates(hosted, wild, tmp_path):
    hosted.host.send(Start(experiment=wild, runs=tmp_path, play=True))
    first = hosted.until(RunCreated).run
    assert hosted.until(Broken).kept is None
    hosted.host.send(GoBack())
    opened = hosted.until(Opened)
    assert (opened.run, opened.step) == (None, 0)
    assert opened.experiment.optimisers.generator.learning_rate == 5.0
    assert opened.experiment.optimisers.discriminator.learning_rate == 5.0
    assert first.is_dir()


def test_going_back_is_for_games_that_went_wrong(hosted, plane, tmp_path):
    hosted.host.send(Start(experiment=plane, runs=tmp_path))
    hosted.until(Opened)
    hosted.host.send(GoBack())
    hosted.host.send(Step())
    assert hosted.until((Opened, Scalars)).rows[0, 0] == 1
