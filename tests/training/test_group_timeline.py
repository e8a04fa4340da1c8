"""The timeline of several games: a moment is that of every member at one step."""

import errno

import numpy as np
import pytest
import torch

from ganstudio.experiment import HingeSpec
from ganstudio.presets import with_setting
from ganstudio.run import MEGABYTE, Moments, latest_checkpoint, moment_path, moments_of
from ganstudio.training.checkpoints.moments import load_moment
from ganstudio.training.messages import (
    GroupFrame,
    GroupOpened,
    MemberKept,
    MomentsKept,
    Notice,
    OpenMember,
    Revisit,
    StartGroup,
    StateChanged,
)
from ganstudio.training.pictures.plane import frozen_copy
from ganstudio.training.session import keeping, timeline
from tests.training.test_group_measuring import weights
from tests.training.test_group_session import Drive

KINDS = ("duel", "band")


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """A moment with every report of the session, and a report with every step."""
    for name in ("LEAST_SECONDS", "SHARE"):
        monkeypatch.setattr(timeline, name, 0)
    monkeypatch.setattr(keeping, "REPORT_SECONDS", 0)


def group_of(kind, experiment, **fields):
    if kind == "band":
        return StartGroup(experiments=(experiment,), seeds=3, play=True, **fields)
    others = (with_setting(experiment, "schedule.discriminator_steps", 2), with_setting(experiment, "objective", HINGE))
    return StartGroup(experiments=(experiment, *others), play=True, **fields)


HINGE = HingeSpec()


def trained(kind, plane, run):
    drive = Drive(group_of(kind, plane, run=run))
    drive.until(StateChanged, state="finished")
    return drive


def look(drive, number, run, step, beside=None):
    drive.send(Revisit(request=number, run=run, step=step, beside=beside))
    return drive.until(GroupFrame, visit=number)


@pytest.mark.parametrize("kind", KINDS)
def test_a_moment_shows_what_all_members_made_at_that_step(plane, tmp_path, kind):
    run = tmp_path / "run"
    drive = trained(kind, plane, run)
    made = {frame.step: frame.generated for frame in drive.of(GroupFrame)}
    steps = moments_of(run)
    assert steps == drive.of(MomentsKept)[-1].steps
    assert {0, 40} <= set(steps)
    assert made.keys() >= {0, 40}
    for number, step in enumerate((0, 40), 1):
        then = look(drive, number, run, step)
        assert (then.step, then.past, then.landscapes, then.asked) == (step, True, None, True)
        np.testing.assert_allclose(then.generated, made[step], rtol=0, atol=2e-2)
    assert np.abs(made[0] - made[40]).max() > 0.2
    now = look(drive, 3, run, None, beside=0)
    assert (now.step, now.past, now.beside.step, now.beside.past) == (40, False, 0, True)
    assert now.landscapes is not None
    np.testing.assert_allclose(now.beside.generated, made[0], rtol=0, atol=2e-2)
    np.testing.assert_array_equal(now.generated, made[40])
    drive.finish()


@pytest.mark.parametrize("kind", KINDS)
def test_it_changes_no_number_of_the_games(plane, tmp_path, kind):
    found = []
    for room in (0, 200):
        run = tmp_path / str(room)
        drive = Drive(group_of(kind, with_setting(plane, "measures.timeline", room), run=run))
        drive.until(StateChanged, state="playing")
        if room:
            look(drive, 1, run, 0)
        drive.until(StateChanged, state="finished")
        found.append(weights(drive.session))
        assert (len(moments_of(run)) > 2) == (room > 0)
        drive.finish()
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_they_share_the_room_of_one_run(plane, tmp_path, monkeypatch):
    rooms = []
    kept = Moments.keep
    monkeypatch.setattr(
        Moments, "keep", lambda self, step, content, room: rooms.append(room) or kept(self, step, content, room)
    )
    experiment = with_setting(plane, "measures.timeline", 3)
    trained("band", experiment, tmp_path / "run").finish()
    assert set(rooms) == {3 * MEGABYTE}


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_opened_as_a_run_takes_its_own_moments_along(plane, tmp_path, kind):
    run = tmp_path / "run"
    drive = trained(kind, plane, run)
    drive.send(OpenMember(1))
    own = drive.until(MemberKept).run
    assert moments_of(own) == moments_of(run)
    then = look(drive, 1, run, 10)
    with drive.session._group.member(1) as trainer:
        network = frozen_copy(trainer.average.module)
    load_moment(moment_path(own, then.step), network)
    with torch.inference_mode():
        made = network(drive.session._group.fixed_inputs).numpy()
    np.testing.assert_allclose(drive.session._dataset.modality.to_people(made), then.generated[1], rtol=0, atol=1e-6)
    drive.finish()


def test_of_many_moments_the_newest_is_among_those_taken_along(plane, tmp_path, monkeypatch):
    monkeypatch.setattr("ganstudio.training.group.member.MOST_COPIED", 3)
    run = tmp_path / "run"
    drive = trained("duel", plane, run)
    drive.send(OpenMember(1))
    own = moments_of(drive.until(MemberKept).run)
    assert own[-1] == moments_of(run)[-1]
    assert len(own) <= 3
    drive.finish()


def test_a_member_is_kept_without_its_moments_where_the_disk_takes_no_more(plane, tmp_path, monkeypatch):
    drive = trained("duel", plane, tmp_path / "run")

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Moments, "keep", full)
    drive.send(OpenMember(1))
    own = drive.until(MemberKept).run
    assert latest_checkpoint(own) is not None
    assert moments_of(own) == ()
    drive.finish()


@pytest.mark.parametrize("kind", KINDS)
def test_where_one_member_went_wrong_the_moments_go_on_without_it(plane, tmp_path, kind):
    run = tmp_path / "run"
    drive = Drive(group_of(kind, plane, run=run))
    drive.until(StateChanged, state="playing")
    generators = drive.session._group.generators(average=False)
    broken = generators[1] if kind == "duel" else generators
    with torch.no_grad():
        next(broken.parameters())[1 if kind == "band" else ...] = float("nan")
    drive.until(StateChanged, state="finished")
    last = look(drive, 1, run, moments_of(run)[-1])
    assert np.isnan(last.generated[1]).all()
    assert np.isfinite(last.generated[[0, 2]]).all()
    assert np.isfinite(look(drive, 2, run, 0).generated).all()
    drive.finish()


def test_opened_again_it_is_known_and_damage_is_told(plane, tmp_path):
    run = tmp_path / "run"
    trained("duel", plane, run).finish()
    steps = moments_of(run)
    again = Drive(StartGroup(resume=run))
    again.until(GroupOpened)
    assert again.until(MomentsKept).steps == steps
    again.until(StateChanged, state="paused") if not again.of(StateChanged) else None
    path = moment_path(run, 0)
    path.write_bytes(path.read_bytes()[:-1])
    frame = look(again, 1, run, 0)
    assert (frame.step, frame.past) == (40, False)
    assert str(path) in again.of(Notice)[-1].message
    again.send(Revisit(request=2, run=tmp_path / "other", step=0))  # asked of another game
    assert look(again, 3, run, steps[1]).step == steps[1]
    assert [frame.visit for frame in again.of(GroupFrame)][-2:] == [1, 3]
    again.session._archive.run = None  # as where its folder could not be taken back
    assert not look(again, 4, run, steps[1]).past
    again.finish()
