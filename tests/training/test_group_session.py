"""Group sessions: commands in, events out, members kept as runs."""

import os
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from ganstudio.experiment import HingeSpec, MinimaxSpec, SGDSpec
from ganstudio.presets import with_setting
from ganstudio.run import GroupFolder, RunError, RunFolder, _group_scalars, latest_checkpoint, take_abandoned
from ganstudio.training.group import camera as group_camera
from ganstudio.training.group.archive import GroupArchive
from ganstudio.training.group.group import members_of
from ganstudio.training.group.names import differing_paths, member_names
from ganstudio.training.group.session import GroupSession
from ganstudio.training.messages import (
    SCALARS,
    Adjust,
    Adjusted,
    Alerted,
    Broken,
    Checkpointed,
    Closed,
    Covered,
    Failed,
    GoBack,
    GroupFrame,
    GroupOpened,
    GroupScalars,
    Measured,
    MemberKept,
    Notice,
    OfMember,
    Opened,
    OpenMember,
    Pause,
    Play,
    Quit,
    RenderLatent,
    Reset,
    RunCreated,
    Save,
    Scalars,
    Start,
    StartGroup,
    StateChanged,
    Step,
)
from ganstudio.training.session import devices, keeping, saving
from ganstudio.training.session.session import Session
from tests.full_disk import full_disk


class Drive:
    """Runs a session in this thread: commands are handed in when an event is seen."""

    def __init__(self, start):
        self.session = GroupSession(start) if isinstance(start, StartGroup) else Session(start)
        self.events = []
        self._generator = self.session.run()

    def send(self, *commands):
        for command in commands:
            self.session.send(command)
        return self

    def until(self, kind, **fields):
        for event in self._generator:
            self.events.append(event)
            if isinstance(event, kind) and all(getattr(event, name) == value for name, value in fields.items()):
                return event
        raise AssertionError(f"the session ended without {kind.__name__} {fields}: {self.events[-3:]}")

    def finish(self):
        self.send(Quit())
        return self.until(Closed)

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    def rows(self):
        return np.concatenate([event.rows for event in self.of(GroupScalars)], axis=1)


@pytest.fixture
def band(plane, tmp_path):
    return StartGroup(experiments=(plane,), seeds=3, runs=tmp_path)


@pytest.fixture
def duel(plane, tmp_path):
    return StartGroup(experiments=(plane, with_setting(plane, "schedule.discriminator_steps", 5)), runs=tmp_path)


# --- which groups there can be ----------------------------------------------------------------------------------------


def test_a_band_s_members_differ_in_the_seed(plane):
    members = members_of(StartGroup(experiments=(with_setting(plane, "seed", 7),), seeds=3))
    assert [member.seed for member in members] == [7, 8, 9]
    assert differing_paths(members) == ["seed"]


@pytest.mark.parametrize(
    ("count", "seeds", "message"),
    [
        (2, 4, "a seed band trains one experiment, found 2"),
        (1, 65, "a seed band has 1 to 64 seeds, found 65"),
        (1, 0, "a duel has 2 to 4 experiments, found 1"),
        (5, 0, "a duel has 2 to 4 experiments, found 5"),
    ],
)
def test_groups_of_another_size_are_refused(plane, count, seeds, message):
    with pytest.raises(ValueError, match=message):
        members_of(StartGroup(experiments=(plane,) * count, seeds=seeds))


@pytest.mark.parametrize(("path", "value"), [("seed", 1), ("latent.dimensions", 3), ("dataset.sigma", 0.02)])
def test_a_duel_s_members_share_data_seed_and_latents(plane, path, value):
    name = path.split(".")[0]
    with pytest.raises(ValueError, match=f"{name}: the members of a duel differ in it, but must share dataset, seed"):
        members_of(StartGroup(experiments=(plane, with_setting(plane, path, value))))


def test_the_seeds_of_a_band_end_where_seeds_do(plane):
    with pytest.raises(ValueError, match="seed: found 4294967296"):
        members_of(StartGroup(experiments=(with_setting(plane, "seed", 2**32 - 1),), seeds=2))


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ([{}, {"schedule.discriminator_steps": 5}], ("k = 1", "k = 5")),
        (
            [{"objective.generator_update": "saturating"}, {}, {"objective.generator_update": "combined"}],
            ("saturating", "non-saturating", "combined"),
        ),
        ([{}, {"objective": HingeSpec()}], ("minimax", "hinge")),
        ([{}, {"optimisers.generator.learning_rate": 2e-4}], ("G rate 0.001", "G rate 0.0002")),
        ([{}, {"generator.width": 16}], ("G width 8", "G width 16")),
        ([{}, {"optimisers.discriminator": SGDSpec()}], ("D adam", "D sgd")),
        (
            [{}, {"objective": MinimaxSpec(gamma=0.5)}, {"objective": HingeSpec()}],
            ("minimax, gamma 0", "minimax, gamma 0.5", "hinge"),
        ),
        ([{}, {"name": "other", "measures.window": 5}], ("A", "B")),
        (
            [{}, {"generator.width": 16, "generator.depth": 2, "schedule.average": 0.5}],
            ("G width 8, G depth 1, …", "G width 16, G depth 2, …"),
        ),
    ],
    ids=["k", "update", "objective", "rate", "width", "optimiser", "kinds", "same", "many"],
)
def test_members_are_called_by_what_they_differ_in(plane, changes, names):
    experiments = []
    for change in changes:
        experiment = plane
        for path, value in change.items():
            experiment = with_setting(experiment, path, value)
        experiments.append(experiment)
    assert member_names(experiments) == names


# --- commands and events ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["band", "duel"])
def test_it_trains_to_the_last_step(kind, request, tmp_path):
    start = request.getfixturevalue(kind)
    drive = Drive(start)
    opened = drive.until(GroupOpened)
    members = 3 if kind == "band" else 2
    assert opened.band == (kind == "band")
    assert opened.names == (("seed 0", "seed 1", "seed 2") if opened.band else ("k = 1", "k = 5"))
    assert len(opened.experiments) == members
    assert (opened.step, opened.real.shape, opened.real.dtype) == (0, (2000, 2), np.float32)
    low, high = opened.real.min(0), opened.real.max(0)
    assert opened.plane[0] < low[0] < high[0] < opened.plane[1]
    frame = drive.until(GroupFrame)
    assert frame.generated.shape == (members, 1000, 2)
    assert frame.landscapes.shape == (members, 48, 48)
    assert frame.landscapes.dtype == frame.generated.dtype == np.float32
    assert frame.landscapes.min() >= 0
    assert frame.landscapes.max() <= 1
    assert frame.bounds == opened.plane
    drive.send(Play())
    drive.until(StateChanged, state="finished", step=40)
    assert drive.of(GroupFrame)[-1].step == 40
    drive.finish()
    assert drive.rows().shape == (members, 40, 2 + len(SCALARS))
    assert drive.rows()[0, :, 0].tolist() == list(range(1, 41))
    assert [event.state for event in drive.of(StateChanged)] == ["paused", "playing", "finished"]
    assert not drive.of(Notice)
    (folder,) = tmp_path.iterdir()
    assert (drive.of(RunCreated), drive.of(Checkpointed)[-1].step) == ([RunCreated(folder)], 40)
    lineup = GroupFolder.open(folder, read_only=True).lineup()
    assert (lineup.names, lineup.seeds) == (opened.names, members if opened.band else 0)


@pytest.mark.parametrize("kind", ["band", "duel"])
def test_games_that_are_only_looked_at_leave_nothing(kind, request, tmp_path):
    drive = Drive(request.getfixturevalue(kind))
    drive.until(GroupFrame)
    drive.send(Adjust("schedule.discriminator_steps", 4))
    drive.finish()
    assert not list(tmp_path.iterdir())


def test_played_on_after_the_last_step_they_take_as_many_as_when_they_began(band):
    drive = Drive(with_play(band))
    run = drive.until(RunCreated).run
    drive.until(StateChanged, state="finished", step=40)
    drive.send(Play())
    drive.until(StateChanged, state="finished", step=80)
    drive.finish()
    again = Drive(StartGroup(resume=run, play=True))
    assert again.until(Adjusted).value == 120
    again.finish()


def test_playing_on_after_the_last_step_and_starting_over(band):
    drive = Drive(with_play(band))
    drive.until(StateChanged, state="finished", step=40)
    drive.send(Play())
    assert drive.until(Adjusted).value == 80
    drive.until(StateChanged, state="finished", step=80)
    drive.send(Reset())
    opened = drive.until(GroupOpened)
    assert opened.step == 0
    drive.until(StateChanged, state="paused", step=0)
    first = drive.rows()[:, 0, 2:]
    drive.events.clear()
    drive.send(Step())
    drive.until(StateChanged, state="paused", step=1)
    # The scalars of several steps are computed at once, and where a row falls into the remainder of a vector operation
    # torch takes another path of softplus, which differs in the last bit; the weights know nothing of it.
    np.testing.assert_allclose(drive.rows()[:, 0, 2:], first, rtol=1e-6)
    drive.finish()


def with_play(start):
    return replace(start, play=True)


def test_pausing_stands_still(plane, tmp_path):
    plane = with_setting(plane, "schedule.steps", 1_000_000)
    drive = Drive(StartGroup(experiments=(plane,), seeds=2, runs=tmp_path, play=True))
    drive.until(GroupScalars)
    drive.send(Pause())
    paused = drive.until(StateChanged, state="paused")
    drive.send(Pause(), Step("discriminator"))
    stepped = drive.until(StateChanged, state="paused")
    assert stepped.step == paused.step + 1
    assert np.isnan(drive.rows()[:, -1, 2 + SCALARS.index("g_loss")]).all()
    assert drive.of(GroupFrame)[-1].step == stepped.step
    drive.finish()


def test_a_live_setting_reaches_all_members(band):
    drive = Drive(band)
    drive.until(GroupFrame)
    drive.send(Adjust("schedule.discriminator_steps", 4))
    assert drive.until(Adjusted).experiment.schedule.discriminator_steps == 4
    drive.send(Adjust("generator.width", 16))
    assert "can't change while games are going" in drive.until(Notice).message
    drive.send(Adjust("schedule.batch_size", 1))
    assert "schedule.batch_size" in drive.until(Notice).message
    drive.finish()


def test_what_is_compared_stays_and_a_setting_that_one_lacks_reaches_the_others(plane, tmp_path):
    hinge = with_setting(plane, "objective", HingeSpec())
    drive = Drive(StartGroup(experiments=(hinge, plane), runs=tmp_path))
    drive.until(GroupFrame)
    drive.send(Step(), Adjust("objective", {"kind": "least_squares"}), Adjust("objective.gamma", 0.5))
    assert drive.until(Notice).message == (
        "objective is what these games are compared in: it stays as it is in each of them"
    )
    assert drive.until(Adjusted).value == 0.5
    drive.send(Step(), OpenMember(1))
    kept = drive.until(MemberKept)
    assert RunFolder.open(kept.run, read_only=True).changes()[0].path == "objective.gamma"
    drive.finish()


@pytest.mark.parametrize("kind", ["band", "duel"])
@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("augmentation.colour", 0.1, "augmentation: is for images, but the data are points"),
        ("recogniser.consistency", 1.0, "recogniser.consistency: is of views of images, but the data are points"),
    ],
)
def test_a_setting_that_the_games_can_t_take_changes_none_of_them(kind, path, value, told, request, tmp_path):
    drive = Drive(request.getfixturevalue(kind))
    drive.until(GroupFrame)
    before = drive.session._group.experiments
    drive.send(Adjust(path, value))
    assert drive.until(Notice).message.startswith(told)
    assert drive.session._group.experiments == before
    drive.send(Step(), OpenMember(0))
    drive.until(MemberKept)
    drive.finish()
    assert not drive.of(Adjusted)
    assert all(not path.read_text() for path in tmp_path.rglob("changes.jsonl"))


def test_where_one_member_can_t_take_its_settings_none_is_changed(duel):
    drive = Drive(duel)
    drive.until(GroupFrame)
    group = drive.session._group
    before = group.experiments
    asked = [with_setting(before[0], "objective", HingeSpec()), with_setting(before[1], "augmentation.colour", 0.1)]
    with pytest.raises(ValueError, match="augmentation: is for images"):
        group.adjust(asked)
    assert group.experiments == tuple(trainer.experiment for trainer in group.trainers) == before
    drive.finish()


def test_unequal_starts_are_told(plane):
    drive = Drive(StartGroup(experiments=(plane, with_setting(plane, "discriminator.width", 4))))
    assert drive.until(Notice).message == (
        "The members' networks differ, so that D can't start from the same weights in all."
    )
    drive.finish()


@pytest.mark.parametrize("kind", ["band", "duel"])
def test_a_kept_member_is_a_run_that_goes_on(kind, request, tmp_path):
    start = request.getfixturevalue(kind)
    drive = Drive(start)
    drive.send(*[Step()] * 4, OpenMember(1))
    kept = drive.until(MemberKept)
    assert kept.index == 1
    assert kept.run.parent == tmp_path
    assert kept.run.name.endswith("_tiny-seed_1" if kind == "band" else "_tiny-k_5")
    drive.send(OpenMember(1), Step(), OpenMember(1), OpenMember(9))
    assert drive.until(MemberKept).run == kept.run
    assert drive.until(MemberKept).run != kept.run
    assert drive.until(Notice).message == f"There is no game 10 among these {len(drive.of(GroupOpened)[0].names)}."
    drive.finish()

    run = RunFolder.open(kept.run, read_only=True)
    assert run.experiment() == drive.of(GroupOpened)[0].experiments[1]
    np.testing.assert_array_equal(run.scalars(SCALARS), drive.rows()[1, :4])
    assert latest_checkpoint(kept.run).name == "step-00000004"
    assert np.load(run.samples / "step-00000004.npy").shape == (1000, 2)
    alone = Drive(Start(resume=kept.run))
    assert alone.until(Opened).step == 4
    alone.send(Step())
    alone.until(StateChanged, step=5)
    assert np.concatenate([event.rows for event in alone.of(Scalars)])[:, 0].tolist() == [1, 2, 3, 4, 5]
    np.testing.assert_allclose(
        alone.of(Scalars)[-1].rows[0, 2:], drive.rows()[1, 4, 2:], rtol=0 if kind == "duel" else 1e-4, atol=1e-5
    )
    alone.finish()


def test_saving_keeps_the_group(band, tmp_path):
    drive = Drive(band)
    drive.send(Step(), Save(), Save())
    saved = drive.until(Checkpointed)
    assert saved.path.parent.parent.parent == tmp_path
    assert drive.until(Checkpointed) == saved
    drive.finish()
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("kind", ["band", "duel"])
def test_saving_games_that_were_not_trained_leaves_nothing(kind, request, tmp_path):
    drive = Drive(request.getfixturevalue(kind))
    drive.send(Save())
    drive.finish()
    assert not list(tmp_path.iterdir())


def test_saving_games_that_are_only_looked_at_leaves_what_came_after(duel, tmp_path):
    drive = Drive(duel)
    drive.send(Step(), Save(), Step(), Save())
    drive.until(Checkpointed, step=2)
    drive.finish()
    (folder,) = tmp_path.iterdir()
    before = sorted(folder.rglob("*"))
    looking = Drive(StartGroup(resume=folder / "checkpoints" / "step-00000001"))
    looking.send(Save())
    assert looking.until(Checkpointed).step == 1
    looking.finish()
    assert sorted(folder.rglob("*")) == before


def test_games_that_have_no_folder_to_be_kept_in_are_not_trained(plane, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    drive = Drive(StartGroup(experiments=(plane,), seeds=2, runs=blocked, play=True))
    assert drive.until(StateChanged, why="unwritable").step == 0
    told = drive.until(Notice)
    assert told.message.startswith("These games can't be kept, so that they are not trained: ")
    assert told.no_checkpoint
    drive.send(OpenMember(0))
    assert "seed 0 could not be kept" in drive.until(Notice).message
    drive.finish()


@pytest.mark.parametrize("kind", ["band", "duel"])
@pytest.mark.parametrize("blocked", [False, True], ids=["where one can be made", "where none can be made"])
def test_saving_what_was_trained_makes_a_folder_where_there_is_none(kind, blocked, request, tmp_path):
    runs, elsewhere = tmp_path / "runs", tmp_path / "elsewhere"
    drive = Drive(replace(request.getfixturevalue(kind), runs=runs))
    drive.send(Step())
    drive.until(StateChanged, step=1)
    drive.session._archive.leave()  # as where their folder could not be taken back
    if blocked:
        runs.rename(elsewhere)
        runs.write_text("no folder")
        drive.send(Save())
        assert drive.until(StateChanged).why == "unwritable"
        told = drive.until(Notice)
        assert told.message.startswith("What was trained can't be kept: ")
        assert told.no_checkpoint
        runs.unlink()
    drive.send(Save())
    made = drive.until(RunCreated).run
    assert drive.until(Checkpointed, step=1).path.parent.parent == made
    assert made.parent == runs
    drive.finish()


@pytest.mark.parametrize("kind", ["band", "duel"])
def test_what_was_trained_while_there_was_no_folder_is_in_the_next_one(kind, request, tmp_path):
    drive = Drive(request.getfixturevalue(kind))
    drive.send(Step())
    drive.until(StateChanged, step=1)
    drive.session._archive.leave()  # as where their folder could not be taken back
    drive.session._step()  # and was told of no more by then
    drive.send(OpenMember(0))
    drive.until(MemberKept)
    drive.send(Save())
    made = drive.until(RunCreated).run
    drive.until(Checkpointed, step=2)
    drive.finish()
    assert [step for step, _ in GroupFolder.open(made, read_only=True).packed("steps")] == [2]


@pytest.mark.parametrize("kind", ["band", "duel"])
def test_a_game_is_opened_by_itself_where_the_folder_of_all_was_deleted(kind, request, tmp_path):
    drive = Drive(request.getfixturevalue(kind))
    drive.send(Step(), Save())
    drive.until(Checkpointed, step=1)
    (folder,) = tmp_path.iterdir()
    shutil.rmtree(folder)
    drive.send(OpenMember(0))
    told = drive.until((Notice, MemberKept))
    while isinstance(told, Notice) and "timeline" in told.message:  # the moment of this step came with the checkpoint
        told = drive.until((Notice, MemberKept))
    assert told.message == f"{folder} was deleted. What is trained from now on goes into a new folder."
    made = drive.until(RunCreated).run
    assert drive.until(Checkpointed, step=1).path.parent.parent == made
    assert latest_checkpoint(drive.until(MemberKept).run).name == "step-00000001"
    drive.finish()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize("kind", ["band", "duel"])
def test_a_pipe_in_the_place_of_a_file_of_theirs_is_told_and_never_written_into(kind, request, tmp_path):
    drive = Drive(request.getfixturevalue(kind))
    drive.send(Step(), Save())
    drive.until(Checkpointed, step=1)
    drive.finish()
    (folder,) = tmp_path.iterdir()
    (folder / "data.json").unlink()
    os.mkfifo(folder / "changes.jsonl")
    again = Drive(StartGroup(resume=folder))
    again.until(GroupOpened)
    assert "changes.jsonl" in again.until(Notice).message
    again.send(Step(), Save())
    again.until(Checkpointed, step=2)
    again.finish()
    assert (folder / "changes.jsonl.damaged").is_fifo()
    assert (folder / "data.json").is_file()  # of games that were begun before data were kept


# --- kept and gone on with --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["band", "duel"])
def test_a_group_opens_as_it_was_and_goes_on_to_the_bit(kind, request, tmp_path):
    start = request.getfixturevalue(kind)
    whole = Drive(start)
    whole.send(*[Step()] * 3, Adjust("schedule.batch_size", 8), *[Step()] * 6)
    whole.until(StateChanged, step=9)
    ends = weights_of(whole.session._group)
    whole.finish()

    first = Drive(replace(start, runs=tmp_path / "other"))
    first.send(*[Step()] * 3, Adjust("schedule.batch_size", 8), Step())
    first.until(StateChanged, step=4)
    first.finish()
    (folder,) = (tmp_path / "other").iterdir()
    opened_first = first.of(GroupOpened)[0]

    again = Drive(StartGroup(resume=folder))
    opened = again.until(GroupOpened)
    assert (opened.step, opened.run, opened.names, opened.band) == (
        4,
        folder,
        opened_first.names,
        opened_first.band,
    )
    assert {experiment.schedule.batch_size for experiment in opened.experiments} == {8}
    np.testing.assert_array_equal(again.until(GroupScalars).rows, first.rows())
    again.send(*[Step()] * 5)
    again.until(StateChanged, step=9)
    for own, other in zip(ends, weights_of(again.session._group), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(own, other, strict=True))
    np.testing.assert_allclose(again.rows()[..., 2:], whole.rows()[..., 2:], rtol=0 if kind == "duel" else 1e-6)
    again.finish()


def weights_of(group):
    found = []
    for index in range(len(group.experiments)):
        with group.member(index) as trainer:
            networks = (trainer.generator, trainer.average.module, trainer.discriminator)
            found.append([value.clone() for network in networks for value in network.state_dict().values()])
    return found


def test_what_was_measured_and_seen_of_the_members_comes_back(plane, tmp_path):
    quick = with_setting(plane, "measures", {"samples": 500, "probe": False, "share": 0.5})
    first = Drive(StartGroup(experiments=(quick,), seeds=2, runs=tmp_path))
    first.send(Step())
    seen = {(told.index, type(told.event)): told.event for told in take(first, OfMember, 4)}
    assert set(seen) == {(index, kind) for index in range(2) for kind in (Measured, Covered)}
    first.finish()
    again = Drive(StartGroup(resume=next(tmp_path.iterdir()), measure=False))
    found = {(told.index, type(told.event)): told.event for told in take(again, OfMember, 4)}
    assert found == seen
    again.finish()


@pytest.mark.parametrize("kind", ["band", "duel"])
def test_alarms_that_held_when_games_were_left_hold_when_they_are_opened(kind, request, tmp_path):
    first = Drive(request.getfixturevalue(kind))
    first.send(Step())
    first.until(StateChanged, step=1)
    episode = first.session._lookout._watchers[1]._episodes["mode_collapse"]
    episode.tell(1, "G's points cover 1 of 8 modes")
    first.send(Step())
    first.until(StateChanged, step=2)
    first.finish()
    (told,) = (each for each in first.of(OfMember) if isinstance(each.event, Alerted))
    again = Drive(StartGroup(resume=next(tmp_path.iterdir()), measure=False))
    while not isinstance((found := again.until(OfMember)).event, Alerted):
        pass
    assert found == told
    assert told.index == 1
    assert [(alert.kind, alert.step) for alert in told.event.alerts] == [("mode_collapse", 1)]
    again.finish()


def take(drive, kind, count):
    return [drive.until(kind) for _ in range(count)]


def test_a_setting_changed_while_they_stand_still_is_kept(band, tmp_path):
    first = Drive(band)
    first.send(Step(), Save(), Adjust("schedule.batch_size", 5))
    first.until(Adjusted)
    first.finish()
    again = Drive(StartGroup(resume=next(tmp_path.iterdir())))
    assert again.until(GroupOpened).experiments[2].schedule.batch_size == 5
    again.finish()


def test_it_is_saved_at_each_pause_and_by_the_clock(plane, tmp_path, monkeypatch):
    monkeypatch.setattr(saving, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(saving, "SHARE", 0)
    monkeypatch.setattr(keeping, "REPORT_SECONDS", 0.0)
    endless = with_setting(plane, "schedule.steps", 10**6)
    drive = Drive(StartGroup(experiments=(endless,), seeds=2, runs=tmp_path, play=True, measure=False))
    clocked = take(drive, Checkpointed, 5)
    assert len({event.step for event in clocked}) == 5
    monkeypatch.setattr(saving, "LEAST_SECONDS", 1e9)
    drive.until(GroupScalars)
    drive.send(Pause())
    paused = drive.until(StateChanged, state="paused")
    assert drive.until(Checkpointed).step == paused.step > drive.of(Checkpointed)[-2].step
    drive.finish()
    assert len(list((clocked[0].path.parent).iterdir())) == 3


def test_a_reset_begins_another_folder(band, tmp_path):
    drive = Drive(band)
    drive.send(Step(), Reset(), Step())
    drive.until(StateChanged, step=1)
    drive.until(GroupOpened, step=0, run=None)
    drive.until(StateChanged, step=1)
    drive.finish()
    assert [latest_checkpoint(path).name for path in tmp_path.iterdir()] == ["step-00000001"] * 2


def test_a_killed_group_goes_on_from_its_checkpoint(duel, tmp_path):
    drive = Drive(duel)
    drive.send(Step(), Save(), Step(), Step())
    drive.until(StateChanged, step=3)
    drive.session._archive.commit(force=True)
    folder = next(tmp_path.iterdir())
    shutil.copytree(folder, tmp_path / "killed")
    drive.finish()
    again = Drive(StartGroup(resume=tmp_path / "killed"))
    assert again.until(GroupOpened).step == 1
    assert again.until(GroupScalars).rows[0, :, 0].tolist() == [1]
    again.send(*[Step()] * 2)
    again.until(StateChanged, step=3)
    np.testing.assert_array_equal(again.rows()[..., 2:], drive.rows()[..., 2:])
    again.finish()


def test_killed_before_its_first_checkpoint_it_begins_again(duel, tmp_path):
    drive = Drive(duel)
    drive.send(Step(), Step())
    drive.until(StateChanged, step=2)
    drive.session._archive.commit(force=True)
    shutil.copytree(next(tmp_path.iterdir()), tmp_path / "killed")
    drive.finish()
    again = Drive(StartGroup(resume=tmp_path / "killed"))
    assert again.until(GroupOpened).step == 0
    again.until(GroupFrame)
    assert not again.of(GroupScalars)
    again.send(Step())
    again.until(StateChanged, step=1)
    np.testing.assert_array_equal(again.rows()[..., 2:], drive.rows()[:, :1, 2:])
    again.finish()
    rows = Drive(StartGroup(resume=tmp_path / "killed")).until(GroupScalars).rows
    assert rows[0, :, 0].tolist() == [1]


def test_a_group_that_another_holds_is_refused_in_words(duel, tmp_path):
    drive = Drive(duel)
    drive.send(Step())
    folder = drive.until(RunCreated).run
    failed = Drive(StartGroup(resume=folder)).until(Failed)
    assert failed.expected
    assert "is being written by" in failed.message
    drive.finish()


@pytest.mark.parametrize("orderly", [True, False])
def test_a_group_that_a_crash_left_is_told_of_once(duel, tmp_path, orderly):
    drive = Drive(duel)
    drive.send(Step(), Quit(abandoned=not orderly))
    drive.until(Closed)
    left = take_abandoned(tmp_path)
    assert [(summary.kind, summary.members, summary.step) for summary in left] == ([] if orderly else [("duel", 2, 1)])
    assert take_abandoned(tmp_path) == []


def test_a_full_disk_pauses_them_and_loses_nothing(duel, tmp_path):
    drive = Drive(duel)
    drive.send(Step())
    drive.until(StateChanged, step=1)
    with full_disk():
        drive.send(Save())
        told = drive.until(Notice, unsaved=True)
        assert told.message.startswith("The checkpoint of step 1 could not be written. ")
        assert told.no_checkpoint
        assert "make room, then save again" in told.message
    drive.send(Step(), Save())
    assert drive.until(Checkpointed).step == 2
    drive.finish()
    again = Drive(StartGroup(resume=next(tmp_path.iterdir())))
    assert again.until(GroupScalars).rows[0, :, 0].tolist() == [1, 2]
    again.finish()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("group.toml", b"kind = [[[[", "not valid TOML"),
        ("group.toml", b"[" * 3000, "not valid TOML"),
        ("group.toml", b"kind = 'trio'", "kind: found 'trio', allowed: 'duel' or 'band'"),
        ("group.toml", b"kind = 'band'\nseeds = 1000000\nnames = []\nexperiments = [{}]", "make no band"),
        ("group.toml", b"kind = 'duel'\nnames = ['a', 'a']\nexperiments = [{}, {}]", "two games are called alike"),
        ("part-00/training.json", b"", "part-00/training.json: has 0 bytes"),
        ("part-01/generator.safetensors", None, "part-01/generator.safetensors: is missing"),
    ],
)
def test_a_damaged_group_is_refused_in_words(duel, tmp_path, name, content, message):
    drive = Drive(duel)
    drive.send(Step())
    drive.until(StateChanged, step=1)
    drive.finish()
    (folder,) = tmp_path.iterdir()
    path = folder / name if name == "group.toml" else folder / "checkpoints" / "step-00000001" / name
    if name == "group.toml":
        shutil.rmtree(folder / "checkpoints")  # each of which holds a copy
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    failed = Drive(StartGroup(resume=folder)).until(Failed)
    assert failed.expected
    assert message in failed.message
    assert str(folder) in failed.message


@pytest.mark.parametrize("kind", ["band", "duel"])
def test_where_the_list_of_games_is_damaged_they_go_on_from_their_checkpoint(kind, request, tmp_path):
    drive = Drive(request.getfixturevalue(kind))
    drive.send(Step())
    names = drive.until(GroupOpened).names
    drive.until(StateChanged, step=1)
    drive.finish()
    (folder,) = tmp_path.iterdir()
    (folder / "group.toml").write_bytes(b"kind = [[[[")
    again = Drive(StartGroup(resume=folder))
    opened = again.until(GroupOpened)
    assert (opened.step, opened.names, opened.band) == (1, names, kind == "band")
    told = again.until(Notice).message
    assert told.startswith("What was asked for when these games began is not known. ")
    assert str(folder / "group.toml") in told
    again.send(Step())
    again.until(StateChanged, step=2)
    again.finish()


def test_where_the_newest_checkpoint_is_damaged_they_go_on_from_the_one_before(duel, tmp_path):
    drive = Drive(duel)
    drive.send(Step(), Save(), Step())
    drive.until(StateChanged, step=2)
    drive.finish()
    (folder,) = tmp_path.iterdir()
    (folder / "checkpoints" / "step-00000002" / "part-01" / "average.safetensors").write_bytes(b"")
    again = Drive(StartGroup(resume=folder))
    assert again.until(GroupOpened).step == 1
    told = again.until(Notice).message
    assert told.startswith("The checkpoint of step 2 is damaged (part-01/average.safetensors: has 0 bytes")
    assert told.endswith("went back to step 1.")
    assert again.until(GroupScalars).rows[0, :, 0].tolist() == [1]
    again.send(Step())
    assert "is kept in" in again.until(Notice).message
    again.until(StateChanged, step=2)
    np.testing.assert_array_equal(again.rows()[..., 2:], drive.rows()[..., 2:])
    again.finish()


@pytest.fixture
def wild(plane):
    """A game whose weights overflow at its third step."""
    fast = SGDSpec(learning_rate=10)
    wild = plane.model_copy(update={"objective": HingeSpec()})
    return with_setting(with_setting(wild, "optimisers.generator", fast), "optimisers.discriminator", fast)


def test_a_member_gone_wrong_is_told_once_and_the_others_go_on(plane, wild):
    # Without estimates: one that begins just before the weights overflow is refused, and that is told as well.
    drive = Drive(StartGroup(experiments=(wild, plane), play=True, measure=False))
    drive.until(StateChanged, state="finished", step=40)
    drive.finish()
    (told,) = drive.of(Notice)
    assert told.message.startswith("In hinge, G sgd, … ")
    assert "is no longer a finite number" in told.message
    assert "at step 3." in told.message
    assert told.message.endswith("the other games go on.")
    assert np.isfinite(drive.rows()[1]).all()


def test_with_all_members_gone_wrong_training_stops(wild):
    drive = Drive(
        StartGroup(experiments=(with_setting(wild, "schedule.steps", 10**6),), seeds=2, play=True, measure=False)
    )
    drive.until(StateChanged, state="playing")
    stopped = drive.until(StateChanged, state="paused")
    broken = drive.until(Broken)
    assert broken.step == stopped.step == drive.rows()[0, -1, 0]
    assert "in seed 0 " in broken.words
    assert "in seed 1 " in broken.words
    assert broken.kept is None
    drive.send(Play())
    assert drive.until(Broken) == broken
    drive.send(GoBack())
    drive.until(Closed)
    again = drive.session.successor
    assert (again.seeds, again.experiments[0].optimisers.generator.learning_rate) == (2, 5.0)


def spoil(drive, *members):
    """Make what the Ds of a duel hold no numbers."""
    for index in members:
        for parameter in drive.session._group.trainers[index].discriminator.parameters():
            parameter.data.fill_(float("nan"))


@pytest.mark.parametrize("phase", ["both", "discriminator", "generator"])
def test_steps_by_hand_are_watched_too(duel, phase):
    drive = Drive(duel)
    drive.send(Step(phase), Save())
    drive.until(Checkpointed, step=1)
    assert not drive.of(Notice)
    spoil(drive, 1)
    drive.send(Step(phase))
    told = drive.until(Notice).message
    assert told.startswith("In k = 5 ")
    assert "at step 2." in told
    assert drive.until(StateChanged).why == "asked"
    spoil(drive, 0)
    drive.send(Step(phase))
    assert drive.until(StateChanged).why == "diverged"
    broken = drive.until(Broken)
    assert (broken.step, broken.kept) == (3, 1)
    drive.send(Step(phase))
    assert drive.until(Broken) == broken
    assert drive.session._group.step_count == 3
    drive.send(Save())
    assert drive.until(Notice).message.endswith("in any of these games. The last checkpoint is of step 1.")
    drive.finish()


def test_broken_games_are_not_given_more_steps(plane):
    short = with_setting(plane, "schedule.steps", 1)
    drive = Drive(
        StartGroup(experiments=(short, with_setting(short, "schedule.discriminator_steps", 5)), measure=False)
    )
    drive.until(GroupFrame)
    spoil(drive, 0, 1)
    drive.send(Step(), Play())
    broken = drive.until(Broken)
    assert drive.until(Broken) == broken
    drive.finish()
    assert not drive.of(Adjusted)
    assert all(each.schedule.steps == 1 for each in drive.session._group.experiments)


def test_a_group_goes_back_to_its_last_checkpoint_at_half_the_rates(wild, tmp_path):
    folder = tmp_path / "group"
    tame = with_setting(with_setting(wild, "schedule.steps", 10**6), "optimisers.generator.learning_rate", 0.01)
    tame = with_setting(tame, "optimisers.discriminator.learning_rate", 0.02)
    drive = Drive(StartGroup(experiments=(tame,), seeds=2, run=folder, measure=False))
    drive.send(Step(), Save())
    drive.until(Checkpointed, step=1)
    drive.send(Step(), *[Adjust(f"optimisers.{player}.learning_rate", 10) for player in ("generator", "discriminator")])
    drive.send(Play())
    assert drive.until(Broken).kept == 1
    drive.send(GoBack())
    drive.until(Closed)
    again = Drive(drive.session.successor)
    assert again.until(GroupOpened).step == 1
    rates = [again.until(Adjusted).value for _ in range(2)]
    assert rates == [0.005, 0.01]
    told = again.until(Notice).message
    assert told.startswith("Went back to step 1.")
    assert "is kept in" in told
    again.send(Step())
    again.until(StateChanged, step=2)
    again.finish()


def test_a_group_goes_back_to_where_the_fewest_had_gone_wrong(duel, tmp_path):
    drive = Drive(replace(duel, run=tmp_path / "group", measure=False))
    drive.send(Step(), Save())
    drive.until(Checkpointed, step=1)
    spoil(drive, 1)
    drive.send(Step(), Save())
    drive.until(Checkpointed, step=2)
    spoil(drive, 0)
    drive.send(Step())
    assert drive.until(Broken).kept == 1
    drive.send(GoBack())
    drive.until(Closed)
    again = Drive(drive.session.successor)
    assert again.until(GroupOpened).step == 1
    assert "step-00000002 is kept" in (told := again.until(Notice).message) or "left-step-00000002" in told
    again.send(Step())
    again.until(StateChanged, step=2)
    assert np.isfinite(again.rows()).all()
    again.finish()


def test_a_game_that_has_gone_wrong_is_no_run_of_its_own_and_where_it_was_right_is_told(duel, tmp_path):
    drive = Drive(replace(duel, measure=False))
    drive.send(Step(), Save())
    right = drive.until(Checkpointed, step=1).path
    spoil(drive, 1)
    drive.send(Step(), Save())
    drive.until(Checkpointed, step=2)
    drive.send(OpenMember(1), OpenMember(0))
    told = drive.until(Notice).message
    assert told.startswith("k = 5 could not be kept: the generator's weights are no longer finite numbers.")
    assert told.endswith(f" They were in {right}, which can be opened.")
    kept = drive.until(MemberKept)
    assert (kept.index, latest_checkpoint(kept.run).name) == (0, "step-00000002")
    drive.finish()
    assert {path.name for path in tmp_path.iterdir()} == {right.parent.parent.name, kept.run.name}


def test_a_game_that_the_disk_does_not_take_leaves_no_folder(duel, tmp_path, monkeypatch):
    drive = Drive(duel)
    drive.send(Step())
    folder = drive.until(RunCreated).run
    drive.until(StateChanged, step=1)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ganstudio.training.group.member.save_checkpoint", full)
    drive.send(OpenMember(0))
    assert "could not be kept: No space left" in drive.until(Notice).message
    assert list(tmp_path.iterdir()) == [folder]
    drive.finish()


@pytest.mark.parametrize(
    ("damaged", "told"),
    [
        ("recall", "The games' curves so far can't be shown"),
        ("findings", "What was measured before can't be shown"),
    ],
)
@pytest.mark.parametrize("error", [RunError("it is locked"), OSError(5, "Input/output error")])
def test_a_past_that_can_not_be_read_does_not_end_the_games(duel, tmp_path, monkeypatch, damaged, told, error):
    drive = Drive(replace(duel, run=tmp_path / "group"))
    drive.send(Step())
    drive.until(StateChanged, step=1)
    drive.finish()

    def wrong(*_):
        raise error

    monkeypatch.setattr(GroupArchive, damaged, wrong)
    again = Drive(StartGroup(resume=tmp_path / "group"))
    assert again.until(GroupOpened).step == 1
    assert again.until(Notice).message.startswith(told)
    again.send(Step())
    again.until(StateChanged, step=2)
    again.finish()


def test_what_of_a_group_s_folder_can_not_be_read_is_told(duel, tmp_path):
    drive = Drive(replace(duel, run=tmp_path / "group"))
    drive.send(Step())
    drive.until(StateChanged, step=1)
    drive.finish()
    (tmp_path / "group" / "environment.json").write_text("[")
    again = Drive(StartGroup(resume=tmp_path / "group"))
    again.until(GroupOpened)
    assert "What the run was begun on is not known" in again.until(Notice).message
    again.finish()


def test_what_a_group_can_t_do_is_told(band):
    drive = Drive(band)
    drive.until(GroupFrame)
    drive.send(RenderLatent(request=1, latents=np.zeros((1, 2), np.float32)))
    assert "open one of them first" in drive.until(Notice).message
    drive.finish()


@pytest.mark.parametrize("successor", [Start, StartGroup])
def test_another_start_ends_the_group_and_is_left_for_the_host(band, plane, successor):
    drive = Drive(band)
    drive.until(GroupFrame)
    command = Start(experiment=plane) if successor is Start else band
    drive.send(command)
    drive.until(Closed)
    assert drive.session.successor is command


def test_images_fail_in_words(images):
    failed = Drive(StartGroup(experiments=(images,), seeds=2)).until(Failed)
    assert failed.expected
    assert "several games at once need points of the plane" in failed.message


def test_the_number_of_threads_is_measured_unless_it_is_said(plane, monkeypatch):
    asked = []
    monkeypatch.setattr(devices, "measure_threads", lambda step: asked.append(step()) or 1)
    free = with_setting(plane, "device", {"kind": "cpu"})
    drive = Drive(StartGroup(experiments=(free,), seeds=2))
    assert drive.until(GroupOpened).step == 0
    drive.finish()
    assert len(asked) == 1


def test_frames_keep_to_their_share_of_the_time(plane, monkeypatch):
    """Each frame takes a second of a clock by hand, a step a half: between two frames lie at least 24 s."""
    now = [0.0]
    monkeypatch.setattr(group_camera.time, "monotonic", lambda: now[0])
    start = StartGroup(experiments=(with_setting(plane, "schedule.steps", 80),), seeds=2, measure=False)
    drive = Drive(start)
    drive.until(GroupFrame)
    group = drive.session._group
    judge, step = group.judge, group.step

    def tick(seconds, then):
        now[0] += seconds
        return then

    monkeypatch.setattr(group, "judge", lambda points: tick(1.0, judge(points)))
    monkeypatch.setattr(group, "step", lambda *phase: tick(0.5, step(*phase)))
    drive.send(Play())
    drive.until(StateChanged, state="finished")
    steps = [event.step for event in drive.of(GroupFrame)]
    gaps = np.diff(steps[1:-1])  # the first was made before the clock was slowed, the last when training ended
    assert len(gaps) == 1
    assert gaps[0] == pytest.approx(48, abs=1)
    drive.finish()


def test_a_long_training_is_remembered_by_evenly_spaced_steps(duel, tmp_path, monkeypatch):
    monkeypatch.setattr(_group_scalars, "LEAST_ROWS", 10)
    monkeypatch.setattr(_group_scalars, "MOST_BYTES", dict.fromkeys(_group_scalars.MOST_BYTES, 0))
    drive = Drive(duel)
    drive.send(*[Step()] * 35)
    drive.until(StateChanged, step=35)
    drive.finish()
    again = Drive(StartGroup(resume=next(tmp_path.iterdir())))
    rows = again.until(GroupScalars).rows
    np.testing.assert_array_equal(rows, drive.rows()[:, 3::4])
    again.send(*[Step()] * 20)
    again.until(StateChanged, step=55)
    again.finish()
    steps = Drive(StartGroup(resume=next(tmp_path.iterdir()))).until(GroupScalars).rows[0, :, 0]
    assert steps.tolist() == [8, 16, 24, 32, 40, 48]
