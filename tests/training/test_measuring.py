"""Estimates and alerts of a session: they never change the training, keep to their share, come back with the run."""

import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.measurements import DivergenceEstimate
from ganstudio.measurements.alerts import Alert
from ganstudio.presets import load_preset, with_setting
from ganstudio.run import RunFolder
from ganstudio.training.messages import (
    Adjust,
    Alerted,
    Covered,
    Estimated,
    Measured,
    Notice,
    Opened,
    Pause,
    Play,
    SlowStep,
    Stages,
    Start,
    StateChanged,
    Step,
)
from ganstudio.training.records.estimates import reach
from ganstudio.training.session import lookout as lookout_module
from ganstudio.training.session.measuring import MOST_OWED, Measurer, keep, kept
from ganstudio.training.session.session import Session
from ganstudio.training.step.games import Solo
from ganstudio.training.step.trainer import Trainer
from tests.training.test_session import Drive


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def measured(plane):
    """The tiny ring, measured quickly and often."""
    for path, value in (("steps", 400), ("batch_size", 64)):
        plane = with_setting(plane, f"schedule.{path}", value)
    return with_setting(plane, "measures", {"samples": 500, "share": 0.5, "neighbours": True})


def weights(session: Session) -> list[np.ndarray]:
    return [parameter.detach().numpy().copy() for parameter in session._trainer.generator.parameters()]


def trained(experiment, folder):
    drive = Drive(Start(experiment=experiment, run=folder, play=True))
    drive.until(StateChanged, state="finished")
    drive.finish()
    return drive


def test_an_estimate_never_changes_the_training(measured, tmp_path):
    with_estimates = trained(measured, tmp_path / "with")
    without = trained(with_setting(measured, "measures.share", 0.0), tmp_path / "without")
    assert with_estimates.of(Measured)
    assert not without.of(Measured)
    for one, other in zip(weights(with_estimates.session), weights(without.session), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(with_estimates.rows()[:, 2:], without.rows()[:, 2:])


def test_every_estimator_tells_of_the_step_where_training_stands_still(measured, folder):
    drive = Drive(Start(experiment=measured, run=folder))
    drive.send(*[Step()] * 5)
    drive.until(StateChanged, state="paused", step=5)
    while {each.estimate.estimator for event in drive.of(Measured) for each in event.estimates if each.step == 5} != {
        "probe",
        "histogram",
        "neighbours",
    }:
        drive.until(Measured)
    drive.send(Step())  # and a command is answered in between
    drive.until(StateChanged, state="paused", step=6)
    drive.finish()


def test_what_was_measured_comes_back_with_the_run(measured, folder):
    drive = Drive(Start(experiment=measured, run=folder))
    drive.send(*[Step()] * 5)
    drive.until(StateChanged, step=5)
    first = drive.until(Measured).estimates[0]
    drive.until(Measured)
    drive.finish()
    again = Drive(Start(resume=folder))
    told = again.until(Measured).estimates
    again.finish()
    assert len(told) == 2
    assert first in told
    assert first.estimate.samples == 500
    assert 0 <= first.estimate.jsd_low <= first.estimate.jsd_high <= np.log(2)


def test_intervals_of_older_versions_are_left_out(folder):
    """They gave a KL an upper limit, and did not hold the truth."""
    run = RunFolder.create(folder, load_preset("ring"), {})
    numbers = {"jsd": 0.1, "jsd_low": 0.05, "jsd_high": 0.2, "jsd_floor": 0.01, "samples": 500, "clipped": True}
    older = DivergenceEstimate(
        estimator="probe",
        kl_forward=0.3,
        kl_forward_low=0.2,
        kl_forward_high=0.4,
        kl_reverse=0.5,
        kl_reverse_low=0.4,
        kl_reverse_high=0.6,
        **numbers,
    )
    newer = DivergenceEstimate(
        estimator="probe", kl_forward=0.3, kl_forward_low=0.2, kl_reverse=0.5, kl_reverse_low=0.4, **numbers
    )
    for step, estimate in ((1, older), (2, newer)):
        keep(run, Estimated(step, 1.0, estimate))
    told = [each.estimate for each in kept(run)]
    run.close()
    unknown = dict.fromkeys(("kl_forward_low", "kl_forward_high", "kl_reverse_low", "kl_reverse_high"))
    assert told == [replace(older, **unknown), newer]
    assert [estimate.kl_kind for estimate in told] == ["rough", "lower bound"]
    assert reach(told[0], "kl_forward") == (0.3, 0.3)
    assert reach(told[1], "kl_forward") == (0.2, 0.3)
    assert reach(told[1], "jsd") == (0.05, 0.2)


def test_work_keeps_to_its_share_and_never_holds_the_training_up_for_long(measured, monkeypatch):
    """By the time of this thread alone: what other programs take of a busy machine is not counted."""
    monkeypatch.setattr(time, "perf_counter", time.thread_time)
    experiment = with_setting(with_setting(measured, "measures.share", 0.2), "schedule.steps", 10**6)
    trainer = Trainer(experiment, build_dataset(experiment.dataset), torch.device("cpu"))
    measurer = Measurer(Solo(trainer))
    trainer.step()
    list(measurer.spend(1.0))  # whatever the first slice has to load
    training = working = longest = 0.0
    for _ in range(400):
        began = trainer.seconds
        trainer.step()
        step = trainer.seconds - began
        begin = time.perf_counter()
        list(measurer.spend(step))
        took = time.perf_counter() - begin
        training, working, longest = training + step, working + took, max(longest, took)
    # 0.2 of the time is a quarter of the training's; a slice may overshoot, which is then owed back.
    assert 0.1 * training < working < 0.25 * training + MOST_OWED + 0.05
    assert longest < MOST_OWED + 0.25  # slices are some 5 ms


def test_estimates_can_be_switched_while_training(measured, folder):
    drive = Drive(Start(experiment=with_setting(measured, "schedule.steps", 10**6), run=folder, play=True))
    drive.send(Adjust("measures.probe", False), Adjust("measures.neighbours", False))
    drive.until(StateChanged, state="playing")
    names = {drive.until(Measured).estimates[0].estimate.estimator for _ in range(3)}
    assert names == {"histogram"}
    drive.finish()


def test_an_estimate_that_can_not_be_made_is_said_once(measured, folder, tmp_path):
    """Ten distinct points tell nothing of a density."""
    table = tmp_path / "ten.csv"
    table.write_text("".join(f"{i / 2},{i * i}\n" for i in range(10)), encoding="utf-8")
    few = with_setting(measured, "dataset", {"kind": "table", "path": str(table)})
    drive = Drive(Start(experiment=with_setting(few, "measures.neighbours", False), run=folder))
    drive.send(Step())
    assert "the data has 10 samples" in drive.until(Notice).message
    drive.send(Step())
    drive.until(StateChanged, step=2)
    drive.send(*[Step()] * 3)
    drive.until(StateChanged, step=5)
    drive.finish()
    assert sum("no estimate" in event.message for event in drive.of(Notice)) == 1


def test_of_a_generator_gone_wrong_nothing_is_measured(measured, folder):
    drive = Drive(Start(experiment=measured, run=folder))
    drive.send(Step())
    drive.until(Measured)
    with torch.no_grad():
        next(drive.session._trainer.generator.parameters()).fill_(float("nan"))
    drive.events.clear()
    drive.send(Step("discriminator"))
    drive.until(StateChanged, step=2)
    drive.finish()
    assert not [event for event in drive.of(Notice) if "estimate" in event.message]


def test_modes_are_counted_and_alerts_told(measured, folder, monkeypatch):
    alert = Alert(kind="mode_collapse", step=3, title="Mode collapse", evidence="one of eight", advice="noise")
    monkeypatch.setattr(lookout_module.Watcher, "alerts", lambda self: (alert,))
    drive = Drive(Start(experiment=measured, run=folder))
    drive.send(Step())
    covered = drive.until(Covered)
    assert covered.step == 1
    assert 0 <= covered.coverage.modes <= 8
    assert drive.until(Alerted).alerts == (alert,)
    drive.send(Step())
    drive.until(Covered, step=2)
    drive.until(StateChanged, step=2)
    drive.finish()
    assert len(drive.of(Alerted)) == 1  # nothing new


def test_a_slow_step_is_a_step_like_any_other(measured, folder, tmp_path):
    quick = with_setting(measured, "measures.share", 0.0)
    slow = Drive(Start(experiment=quick, run=folder))
    slow.send(Play(), SlowStep())
    slow.until(StateChanged, state="playing")
    stages = slow.until(Stages)
    assert stages.step == slow.session._trainer.step_count
    plain = Drive(Start(experiment=quick, run=tmp_path / "plain"))
    plain.send(*[Step()] * stages.step)
    plain.until(StateChanged, step=stages.step)
    for one, other in zip(weights(slow.session), weights(plain.session), strict=True):
        np.testing.assert_array_equal(one, other)
    slow.finish()
    plain.finish()


def test_nothing_is_measured_before_the_first_step(measured, tmp_path):
    drive = Drive(Start(experiment=measured, runs=tmp_path))
    drive.until(Opened)
    drive.send(Pause())
    drive.finish()
    assert not drive.of(Measured)
