"""Estimates, coverage and alerts of every member of a group: in turns, of one step, and without a trace in training."""

import itertools

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import HingeSpec, MinimaxSpec
from ganstudio.measurements.alerts import Alert
from ganstudio.presets import load_preset, with_setting
from ganstudio.run import RunFolder
from ganstudio.training.group.band import Band
from ganstudio.training.group.group import members_of
from ganstudio.training.messages import (
    Adjust,
    Alerted,
    Covered,
    GroupFrame,
    Measured,
    MemberKept,
    Notice,
    OfMember,
    OpenMember,
    Play,
    Start,
    StartGroup,
    StateChanged,
    Step,
    WatchPlanes,
)
from ganstudio.training.session import lookout as lookout_module
from ganstudio.training.session import measuring
from ganstudio.training.session.measuring import Measurer, kept
from tests.training.test_group_session import Drive


@pytest.fixture
def measured(plane):
    """The tiny ring, measured quickly and often."""
    plane = with_setting(plane, "schedule.steps", 120)
    return with_setting(plane, "measures", {"samples": 500, "share": 0.5})


def group_of(kind, experiment, **fields):
    if kind == "band":
        return StartGroup(experiments=(experiment,), seeds=3, **fields)
    # The Wasserstein penalty and this one's differ in what they draw from torch's own stream.
    other = with_setting(experiment, "objective", MinimaxSpec(gamma=0.1))
    return StartGroup(experiments=(experiment, other, with_setting(experiment, "objective", HingeSpec())), **fields)


def told(drive, kind):
    """(member, event) in order."""
    return [(event.index, event.event) for event in drive.of(OfMember) if isinstance(event.event, kind)]


def estimates(drive):
    """(member, step, estimator) in order."""
    return [
        (index, each.step, each.estimate.estimator)
        for index, event in told(drive, Measured)
        for each in event.estimates
    ]


def weights(session):
    """Every weight of both players of all members."""
    found = []
    for index in range(3):
        with session._group.member(index) as trainer:
            networks = (trainer.generator, trainer.discriminator, trainer.average.module)
            found += [parameter.detach().numpy().copy() for network in networks for parameter in network.parameters()]
    return found


@pytest.mark.parametrize("kind", ["band", "duel"])
def test_measuring_never_changes_the_training(kind, measured):
    drives = []
    for measure in (True, False):
        drive = Drive(group_of(kind, measured, play=True, measure=measure))
        drive.until(StateChanged, state="finished")
        drive.finish()
        drives.append(drive)
    assert estimates(drives[0])
    assert not estimates(drives[1])
    # The scalars of several steps are computed at once; the last bit depends on how many, and the weights know nothing.
    np.testing.assert_allclose(drives[0].rows()[:, :, 2:], drives[1].rows()[:, :, 2:], rtol=1e-6)
    for one, other in zip(weights(drives[0].session), weights(drives[1].session), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", ["band", "duel"])
def test_members_take_turns_and_are_measured_at_the_same_steps(kind, measured):
    drive = Drive(group_of(kind, with_setting(measured, "measures.probe", False), play=True))
    drive.until(StateChanged, state="finished", step=120)
    while len(estimates(drive)) < 6 or estimates(drive)[-1] != (2, 120, "histogram"):
        drive.until(OfMember)
    drive.finish()
    found = estimates(drive)
    steps = [step for _, step, _ in found]
    assert [index for index, _, _ in found] == [0, 1, 2] * (len(found) // 3)
    assert steps == [step for step in steps[::3] for _ in range(3)]
    assert steps == sorted(steps)


def test_each_is_measured_as_it_was_when_the_round_began(measured):
    """The last of the round, too, is of its first step: the same as what a duel that stood still there tells."""
    experiment = with_setting(measured, "measures.probe", False)
    still, moving = Drive(group_of("band", experiment)), Drive(group_of("band", experiment))
    jsds = []
    for drive, steps in ((still, 1), (moving, 3)):
        drive.send(Step())
        drive.until(StateChanged, state="paused", step=1)
        while not told(drive, Measured):  # of the first member
            drive.until(OfMember)
        drive.send(*[Step()] * (steps - 1))
        while len(found := told(drive, Measured)) < 3:
            drive.until(OfMember)
        assert [event.estimates[0].step for _, event in found] == [1, 1, 1]
        jsds.append([event.estimates[0].estimate.jsd for _, event in found])
        drive.finish()
    assert jsds[0] == jsds[1]
    assert len(set(jsds[0])) == 3


def test_both_estimators_tell_of_all_members_where_training_stands_still(measured):
    drive = Drive(group_of("band", measured))
    drive.send(Step())
    while len(estimates(drive)) < 6:
        drive.until(OfMember)
    assert sorted(estimates(drive)) == [(k, 1, name) for k in range(3) for name in ("histogram", "probe")]
    drive.send(Adjust("measures.share", 0.0), Step())  # and a command is answered in between
    drive.until(StateChanged, state="paused", step=2)
    drive.finish()
    assert len(estimates(drive)) == 6


@pytest.mark.parametrize(("seeds", "times"), [(3, 1), (5, 4)])
def test_in_a_band_the_quick_estimator_has_the_most_turns(measured, monkeypatch, seeds, times):
    """By a clock that moves on by a second whenever it is read: each slice takes as long as another."""
    slices = {"probe": 0, "histogram": 0}

    def endless(name):
        def estimator(sides, samples, seed):
            while True:
                slices[name] += 1
                yield

        return estimator

    for name in slices:
        monkeypatch.setitem(measuring.ESTIMATORS, name, endless(name))
    seconds = itertools.count()
    monkeypatch.setattr(measuring.time, "perf_counter", lambda: float(next(seconds)))
    members = members_of(StartGroup(experiments=(measured,), seeds=seeds))
    band = Band(members, build_dataset(measured.dataset), torch.device("cpu"))
    band.step()
    measurer = Measurer(band)
    for _ in range(100):
        list(measurer.work())
    assert slices["histogram"] == pytest.approx(times * slices["probe"], abs=2 * times)


def test_of_a_member_gone_wrong_nothing_is_measured_and_the_others_have_their_turn(measured):
    drive = Drive(group_of("band", with_setting(measured, "measures.probe", False)))
    drive.send(Step())
    drive.until(StateChanged, step=1)
    with torch.no_grad():
        drive.session._group.generator.weights_sp[1] = float("nan")
    drive.send(Step("discriminator"))
    while sum(step == 2 for _, step, _ in estimates(drive)) < 2:
        drive.until(OfMember)
    drive.finish()
    assert [index for index, step, _ in estimates(drive) if step == 2] == [0, 2]
    assert not [event for event in drive.of(Notice) if "estimate" in event.message]


@pytest.mark.parametrize("kind", ["band", "duel"])
def test_the_modes_of_every_member_are_counted(kind, measured):
    drive = Drive(group_of(kind, measured))
    drive.send(*[Step()] * 2)
    drive.until(StateChanged, state="paused", step=2)
    drive.finish()
    found = [(index, event.step) for index, event in told(drive, Covered)]
    assert found == [(0, 1), (1, 1), (2, 1), (0, 2), (1, 2), (2, 2)]
    assert all(len(event.coverage.counts) == 8 for _, event in told(drive, Covered))


def test_where_no_modes_are_known_none_are_counted(measured):
    drive = Drive(group_of("band", with_setting(measured, "dataset", {"kind": "spiral"})))
    drive.send(Step())
    drive.until(StateChanged, state="paused", step=1)
    drive.finish()
    assert not told(drive, Covered)


def test_modes_are_counted_as_a_single_game_counts_them(measured):
    band, alone = Drive(group_of("band", measured)), Drive(Start(experiment=measured, measure=False))
    for drive in (band, alone):
        drive.send(Step())
        drive.until(StateChanged, state="paused", step=1)
    one, other = dict(told(band, Covered))[0].coverage, alone.of(Covered)[0].coverage
    assert abs(one.high_quality - other.high_quality) <= 1 / 2500  # a stacked G differs in the last bit
    assert one.modes == other.modes
    band.finish()
    alone.finish()


def test_alerts_are_told_of_the_member_that_they_hold_for(measured, monkeypatch):
    alert = Alert(kind="mode_collapse", step=1, title="Mode collapse", evidence="one of eight", advice="noise")
    drive = Drive(group_of("band", measured))
    drive.until(GroupFrame)
    monkeypatch.setattr(drive.session._lookout._watchers[1], "alerts", lambda: (alert,))
    drive.send(*[Step()] * 2)
    drive.until(StateChanged, state="paused", step=2)
    drive.finish()
    assert told(drive, Alerted) == [(1, Alerted((alert,)))]


def test_a_member_that_goes_wrong_raises_its_alarm(measured):
    drive = Drive(group_of("band", measured))
    drive.send(Step())
    drive.until(StateChanged, state="paused", step=1)
    with torch.no_grad():
        drive.session._group.discriminator.weights_sp[2] = float("nan")
    drive.send(Step())
    drive.until(StateChanged, state="paused", step=2)
    drive.finish()
    ((index, alerted),) = told(drive, Alerted)
    assert index == 2
    assert [alert.kind for alert in alerted.alerts] == ["not_finite"]


def test_scalars_are_seen_in_order_whenever_it_is_time(measured, monkeypatch):
    """A watcher is shown every row once, and a look does not come with each report."""
    seen, looks = [], []
    monkeypatch.setattr(lookout_module.Watcher, "see_scalars", lambda self, rows, by_hand: seen.append(rows[:, 0]))
    monkeypatch.setattr(lookout_module.Watcher, "see_samples", lambda self, step, points: looks.append(step))
    monkeypatch.setattr("ganstudio.training.session.keeping.REPORT_SECONDS", 0.0)
    drive = Drive(group_of("band", measured, measure=False, play=True))
    drive.until(StateChanged, state="finished")
    drive.finish()
    for member in range(3):
        assert np.concatenate(seen[member::3]).tolist() == list(range(1, 121))
    assert len(looks) % 3 == 0
    assert len(looks) <= 9


def test_a_kept_member_takes_its_estimates_along(measured, tmp_path):
    drive = Drive(group_of("band", with_setting(measured, "measures.probe", False), runs=tmp_path))
    drive.send(Step())
    while len(estimates(drive)) < 3:
        drive.until(OfMember)
    drive.send(OpenMember(1))
    run = drive.until(MemberKept).run
    drive.finish()
    (mine,) = (event.estimates for index, event in told(drive, Measured) if index == 1)
    assert kept(RunFolder.open(run, read_only=True)) == mine
    again = Drive(Start(resume=run))
    assert again.until(Measured).estimates == mine
    again.finish()


def test_landscapes_cover_what_is_watched(measured):
    drive = Drive(group_of("band", measured))
    home = drive.until(GroupFrame)
    drive.send(WatchPlanes((-30.0, -10.0, 5.0, 10.0)))
    far = drive.until(GroupFrame)
    assert far.bounds == (-30.0, -10.0, 5.0, 10.0)
    drive.send(WatchPlanes(home.bounds))
    back = drive.until(GroupFrame)
    np.testing.assert_array_equal(back.landscapes, home.landscapes)
    assert not np.array_equal(far.landscapes, home.landscapes)
    drive.send(Play(), WatchPlanes((0.0, 1.0, 0.0, 1.0)))
    drive.until(StateChanged, state="playing")
    assert drive.until(GroupFrame).bounds == (0.0, 1.0, 0.0, 1.0)
    drive.finish()


def test_a_member_is_kept_with_what_was_measured_of_it(measured, tmp_path):
    drive = Drive(group_of("duel", with_setting(measured, "measures.probe", False), runs=tmp_path))
    drive.send(Step())
    while len(estimates(drive)) < 3:
        drive.until(OfMember)
    drive.send(*map(OpenMember, range(3)))
    runs = [drive.until(MemberKept).run for _ in range(3)]
    drive.finish()
    for run, (_, event) in zip(runs, told(drive, Measured), strict=True):
        assert kept(RunFolder.open(run, read_only=True)) == event.estimates


@pytest.mark.slow
def test_healthy_seeds_stay_silent_and_a_stalled_game_is_named():
    """Five seeds of GAN Lab's game; and two Gaussians far apart, where only the saturating update stalls."""
    quick = {"kind": "cpu", "threads": 1}
    healthy = with_setting(with_setting(load_preset("ganlab"), "schedule.steps", 2000), "device", quick)
    far = with_setting(with_setting(load_preset("disjoint"), "schedule.steps", 900), "device", quick)
    updates = [with_setting(far, "objective.generator_update", update) for update in ("saturating", "non_saturating")]
    alarms = []
    for start in (
        StartGroup(experiments=(healthy,), seeds=5, play=True, measure=False),
        StartGroup(experiments=tuple(updates), play=True, measure=False),
    ):
        drive = Drive(start)
        drive.until(StateChanged, state="finished")
        drive.finish()
        alarms.append({(index, alert.kind) for index, event in told(drive, Alerted) for alert in event.alerts})
    assert alarms[0] == set()
    assert (0, "perfect_discriminator") in alarms[1]
    # The other has gone to one of the two, and is told no more than that.
    assert {kind for index, kind in alarms[1] if index == 1} <= {"mode_collapse"}
