"""What can't be opened leaves the game before it in force, to the bit; what could not be written is asked about."""

from __future__ import annotations

import gc
import shutil
import weakref
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from ganstudio.data import build_dataset
from ganstudio.presets import with_setting
from ganstudio.run import GroupFolder, RunError, RunFolder, latest_checkpoint, list_runs
from ganstudio.training.messages import (
    SCALARS,
    Adjust,
    Checkpointed,
    Failed,
    Frame,
    GroupOpened,
    GroupScalars,
    Notice,
    Opened,
    Pause,
    Play,
    Pulse,
    Quit,
    Refused,
    Rendered,
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
from ganstudio.training.session import needs, room
from ganstudio.training.session.lending import Lending
from ganstudio.training.session.loop import Loop
from ganstudio.training.session.needs import ALWAYS
from ganstudio.training.session.session import Session
from tests.full_disk import full_disk
from tests.training.test_group_session import Drive as AnyDrive
from tests.training.test_host import Hosted
from tests.training.test_session import Drive


@pytest.fixture
def hosted():
    hosted = Hosted()
    yield hosted
    hosted.close()


@pytest.fixture
def game(plane):
    """A game whose every step draws from torch's global random state, which opening another game sets anew."""
    game = with_setting(plane, "objective", {"kind": "wasserstein"})
    return with_setting(game, "schedule.steps", 1_000_000)


def started(hosted, game, runs, steps=3):
    """A game that was trained for some steps, and its run."""
    hosted.host.send(Start(experiment=game, runs=runs))
    hosted.until(Opened)
    hosted.host.send(Step())
    run = hosted.until(RunCreated).run
    for _ in range(steps - 1):
        hosted.host.send(Step())
    hosted.until(StateChanged, lambda event: event.step == steps)
    return run


def no_run(tmp_path, plane, images):
    return Start(resume=tmp_path)


def data_missing(tmp_path, plane, images):
    return Start(experiment=with_setting(plane, "dataset", {"kind": "table", "path": str(tmp_path / "none.csv")}))


def in_another_window(tmp_path, plane, images):
    in_another_window.held = RunFolder.create(tmp_path / "held", plane, {})
    return Start(resume=tmp_path / "held")


def damaged(tmp_path, plane, images):
    drive = Drive(Start(experiment=plane, run=tmp_path / "damaged"))
    drive.send(Step())
    drive.until(StateChanged, step=1)
    drive.finish()
    for file in (tmp_path / "damaged" / "checkpoints").rglob("*.safetensors"):
        file.write_bytes(b"0" * 50)
    return Start(resume=tmp_path / "damaged")


def not_a_device(tmp_path, plane, images):
    return Start(experiment=with_setting(plane, "device.kind", "cuda"))


def no_such_group(tmp_path, plane, images):
    return StartGroup(experiments=(images,), seeds=2)


def no_memory(tmp_path, plane, images):
    return Start(experiment=plane)


def raise_memory_error(_spec):
    raise MemoryError


WRONG = [no_run, data_missing, in_another_window, damaged, not_a_device, no_such_group, no_memory]


@pytest.mark.parametrize("wrong", WRONG)
def test_the_game_before_goes_on_to_the_bit(hosted, game, plane, images, tmp_path, wrong, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    whole = Drive(Start(experiment=game, run=tmp_path / "whole"))
    whole.send(*[Step()] * 6)
    whole.until(StateChanged, step=6)
    whole.finish()
    command = wrong(tmp_path, plane, images)
    run = started(hosted, game, tmp_path / "runs")
    hosted.host.send(Adjust("schedule.discriminator_steps", 1))
    if wrong is no_memory:
        monkeypatch.setattr("ganstudio.training.session.commanding.build_dataset", raise_memory_error)
    hosted.host.send(command)
    refused = hosted.until((Refused, Opened, GroupOpened))
    assert isinstance(refused, Refused)
    assert refused.message
    assert "Traceback" in refused.details
    for step in (4, 5, 6):
        hosted.host.send(Step())
        hosted.until(StateChanged, lambda event, step=step: event.step == step)
    hosted.host.send(Save())
    assert hosted.until(Checkpointed).step == 6
    rows = RunFolder.open(run, read_only=True).scalars(SCALARS)
    np.testing.assert_array_equal(rows[:, 2:], whole.rows()[:, 2:])
    if wrong is in_another_window:
        in_another_window.held.close()


def test_it_goes_on_playing_and_its_pictures_come(hosted, game, tmp_path):
    started(hosted, game, tmp_path)
    hosted.host.send(Play())
    hosted.until(Scalars)
    hosted.host.send(Start(resume=tmp_path / "none"))
    hosted.until(Refused)
    before = hosted.until(Scalars).rows[-1, 0]
    assert hosted.until(Scalars).rows[0, 0] > before
    hosted.host.send(RenderLatent(request=7, latents=np.zeros((1, 2), np.float32)))
    assert hosted.until(Rendered).request == 7
    assert hosted.until(Frame).step > 3
    hosted.host.send(Pause())
    hosted.until(StateChanged, lambda event: event.state == "paused")


def test_a_game_that_was_never_stepped_stays_too(hosted, game, tmp_path):
    hosted.host.send(Start(experiment=game, runs=tmp_path))
    hosted.until(Opened)
    hosted.host.send(Start(resume=tmp_path / "none"))
    hosted.until(Refused)
    hosted.host.send(Step())
    hosted.until(StateChanged, lambda event: event.step == 1)


def test_a_group_stays_when_nothing_takes_its_place(hosted, plane, images, tmp_path):
    hosted.host.send(StartGroup(experiments=(plane,), seeds=2, runs=tmp_path))
    hosted.until(GroupOpened)
    hosted.host.send(Step())
    hosted.until(StateChanged, lambda event: event.step == 1)
    for wrong in (Start(resume=tmp_path / "none"), StartGroup(experiments=(images,), seeds=2)):
        hosted.host.send(wrong)
        hosted.until(Refused)
    hosted.host.send(Step())
    assert hosted.until(GroupScalars).rows[0, 0, 0] == 2


def test_the_run_in_force_can_be_opened_again(hosted, game, tmp_path):
    """It has one writer: the game in force lets go of it first, and takes it back where it can't be opened."""
    run = started(hosted, game, tmp_path)
    hosted.host.send(Start(resume=run))
    opened = hosted.until((Opened, Refused))
    assert (opened.run, opened.step) == (run, 3)
    for file in (run / "checkpoints").rglob("*.safetensors"):
        file.write_bytes(b"0" * 50)
    hosted.host.send(Start(resume=run))
    assert isinstance(hosted.until((Opened, Refused)), Refused)
    hosted.host.send(Step())
    hosted.host.send(Save())
    assert hosted.until(Checkpointed).step == 4
    assert RunFolder.open(run, read_only=True).scalars(SCALARS)[:, 0].tolist() == [1, 2, 3, 4]


def test_starting_over_from_an_opened_run_leaves_that_run_and_keeps_all_of_the_new_one(game, tmp_path):
    first = Drive(Start(experiment=game, runs=tmp_path))
    first.send(Step(), Save(), Step(), Step())
    run = first.until(RunCreated).run
    first.finish()
    again = Drive(Start(resume=run, at=1, runs=tmp_path))
    again.until(StateChanged)
    again.send(Reset(), Step(), Step(), Step())
    new = again.until(RunCreated).run
    again.finish()
    assert new != run
    assert RunFolder.open(new, read_only=True).scalars(SCALARS)[:, 0].tolist() == [1, 2, 3]
    assert sorted(path.name for path in (run / "checkpoints").iterdir()) == ["step-00000001", "step-00000003"]


@pytest.mark.parametrize("side_by_side", [False, True])
def test_a_game_that_plays_and_can_not_have_its_run_back_goes_on_into_a_new_one(
    game, tmp_path, side_by_side, monkeypatch
):
    single, band = Start(experiment=game, runs=tmp_path), StartGroup(experiments=(game,), seeds=2, runs=tmp_path)
    drive = AnyDrive(band if side_by_side else single)
    drive.send(Play())
    run = drive.until(RunCreated).run
    drive.until(GroupScalars if side_by_side else Scalars)
    drive.session.lend(Start(resume=run))
    with monkeypatch.context() as held:
        held.setattr(RunFolder, "open", lambda *_: (_ for _ in ()).throw(RunError("it is held")))
        told, created, *_ = drive.session.take_back()
    assert "goes into a new" in told.message
    assert created.run != run
    drive.until(GroupScalars if side_by_side else Scalars)
    drive.send(Pause())
    assert drive.until(Checkpointed).path.parent.parent == created.run
    drive.finish()


@pytest.mark.parametrize("held", [False, True])
def test_rows_that_a_full_disk_refused_are_not_lost_where_another_start_is(game, tmp_path, held, monkeypatch):
    drive = Drive(Start(experiment=game, runs=tmp_path))
    drive.send(Step(), Step())
    run = drive.until(RunCreated).run
    drive.until(StateChanged, step=2)
    with full_disk():
        drive.send(Step())
        assert "stays in memory" in drive.until(Notice).message
        drive.until(StateChanged, step=3)
        drive.session.lend(Start(resume=run))
    with monkeypatch.context() as patched:
        if held:
            patched.setattr(RunFolder, "open", lambda *_: (_ for _ in ()).throw(RunError("it is held")))
        list(drive.session.take_back())
    drive.send(Step(), Save())
    after = drive.until(Checkpointed).path.parent.parent
    drive.finish()
    assert (after != run) == held
    steps = [step for path in {run, after} for step in RunFolder.open(path, read_only=True).scalars(SCALARS)[:, 0]]
    assert sorted(steps) == [1, 2, 3, 4]


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize("held", [False, True])
def test_what_a_full_disk_refused_of_a_group_goes_back_to_its_folder_or_into_a_new_one(
    game, tmp_path, held, over, monkeypatch
):
    drive = AnyDrive(StartGroup(experiments=(game,), seeds=2, runs=tmp_path))
    drive.send(Step())
    run = drive.until(RunCreated).run
    drive.until(StateChanged, step=1)
    with full_disk():
        drive.send(Step())
        drive.until(Notice)
        drive.until(StateChanged, step=2)
        drive.session.lend(StartGroup(resume=run))
    with monkeypatch.context() as patched:
        if held:
            patched.setattr(GroupFolder, "open", lambda *_: (_ for _ in ()).throw(RunError("it is held")))
        assert len(list(drive.session.take_back())) == held
    drive.send(*[Reset(discard=True)] * over, Step(), Save())
    after = drive.until(Checkpointed, step=1 if over else 3).path.parent.parent
    drive.finish()
    assert (after != run) == (held or over)
    steps = {
        path: [step for step, _ in GroupFolder.open(path, read_only=True).packed("steps")] for path in {run, after}
    }
    if over:  # the new games have nothing of those before
        assert steps[after] == [1]
    else:
        assert sorted(step for own in steps.values() for step in own) == [1, 2, 3]


def test_a_game_whose_folder_was_deleted_gives_way(tmp_path):
    lending = Lending()
    lending.run = SimpleNamespace(path=tmp_path / "deleted")
    lending.lend(tmp_path)
    assert lending.run is not None


def failed_of(hosted):
    """The next Failed; no Refused comes before it."""
    while not isinstance(event := hosted.events.get(timeout=60), Failed):
        assert not isinstance(event, Refused)
    return event


def test_a_game_that_ends_by_an_error_as_it_gives_way_is_not_said_to_go_on(hosted, game, tmp_path, monkeypatch):
    started(hosted, game, tmp_path)

    def wrong(_self):
        raise ValueError("wrong")
        yield

    monkeypatch.setattr(Session, "_end", wrong)
    hosted.host.send(Start(resume=tmp_path / "none"))
    assert failed_of(hosted).message == "wrong"
    assert "no such folder" in failed_of(hosted).message


def test_what_can_not_be_opened_is_not_being_opened_for_ever(hosted, tmp_path):
    hosted.host.send(Start(resume=tmp_path / "none"))
    failed_of(hosted)
    assert hosted.until(Pulse).doing == ""


@pytest.mark.parametrize("asked", [Start, StartGroup, Reset])
def test_steps_that_could_not_be_written_are_asked_about(hosted, game, tmp_path, asked):
    run = started(hosted, game, tmp_path)
    make = {
        Start: lambda **also: Start(experiment=game, runs=tmp_path, **also),
        StartGroup: lambda **also: StartGroup(experiments=(game,), seeds=2, runs=tmp_path, **also),
        Reset: Reset,
    }[asked]
    with full_disk():
        hosted.host.send(make())
        refused = hosted.until((Refused, Opened, GroupOpened))
        assert isinstance(refused, Refused)
        assert refused.unsaved
        assert refused.command == make()
        assert "The last 3 steps" in refused.message
        assert str(run) in refused.message
    hosted.host.send(Step())
    hosted.until(StateChanged, lambda event: event.step == 4)
    with full_disk():
        hosted.host.send(make(discard=True))
        hosted.until((Opened, GroupOpened))
    assert latest_checkpoint(run) is None


def test_with_room_again_nothing_is_asked(hosted, game, tmp_path):
    run = started(hosted, game, tmp_path)
    with full_disk():
        hosted.host.send(Save())
        told = hosted.until(Notice)
        assert (told.unsaved, told.no_checkpoint) == (True, True)
    hosted.host.send(Start(experiment=game, runs=tmp_path))
    assert isinstance(hosted.until((Opened, Refused)), Opened)
    assert latest_checkpoint(run).name == "step-00000003"


@pytest.mark.parametrize("command", [Play(), Step()])
def test_a_run_that_can_not_be_made_is_told_and_the_game_stays(game, tmp_path, command):
    (tmp_path / "file").write_text("no folder")
    drive = Drive(Start(experiment=game, runs=tmp_path / "file"))
    drive.send(command)
    assert "can't begin" in drive.until(Notice).message
    (tmp_path / "file").unlink()
    drive.send(Step())
    drive.until(StateChanged, step=1)
    drive.send(Quit())
    assert not drive.of(Failed)
    drive.finish()


@pytest.mark.parametrize("blocked", [False, True], ids=["where one can be made", "where none can be made"])
def test_saving_what_was_trained_makes_a_folder_where_there_is_none(game, tmp_path, blocked):
    runs, elsewhere = tmp_path / "runs", tmp_path / "elsewhere"
    drive = Drive(Start(experiment=game, runs=runs))
    drive.send(Step())
    drive.until(StateChanged, step=1)
    drive.session._archive.leave()  # as where its folder could not be taken back
    if blocked:
        runs.rename(elsewhere)
        runs.write_text("no folder")
        drive.send(Save())
        told = drive.until(Notice)
        assert told.message.startswith("What was trained can't be kept: ")
        assert told.no_checkpoint
        runs.unlink()
    drive.send(Save())
    made = drive.until(RunCreated).run
    assert drive.until(Checkpointed, step=1).path.parent.parent == made
    assert made.parent == runs
    drive.finish()


# --- where there is no room for two games at once ---------------------------------------------------------------------


@pytest.fixture
def room_for_one(monkeypatch):
    """Memory in which a game finds room once those before are gone."""
    sessions = []
    init = Loop.__init__

    def remembered(session, *args):
        init(session, *args)
        sessions.append(weakref.ref(session))

    monkeypatch.setattr(Loop, "__init__", remembered)

    def free(least):
        return least if sum(reference() is not None for reference in sessions) > 1 else 2 * least

    return lambda least: monkeypatch.setattr(room, "available", lambda _device: free(least))


@pytest.fixture
def wide(game):
    """A game of which two do not fit into memory where one does."""
    return with_setting(with_setting(game, "generator.width", 512), "generator.depth", 6)


def least_for(experiment):
    """Bytes that are just too few for a game."""
    dataset = build_dataset(experiment.dataset)
    return ALWAYS + needs.foreseen(experiment, dataset, needs.outline(experiment, dataset)).total(16) - 1


@pytest.mark.parametrize("side_by_side", [False, True])
@pytest.mark.parametrize("trained", [False, True])
def test_a_game_that_fits_only_without_the_one_before_takes_its_place(
    hosted, wide, tmp_path, room_for_one, trained, side_by_side
):
    before = Start(experiment=wide, runs=tmp_path, measure=False)
    if side_by_side:
        before = StartGroup(experiments=(wide,), seeds=2, runs=tmp_path, measure=False)
    hosted.host.send(before)
    hosted.until((Opened, GroupOpened))
    gc.collect()
    if trained:
        hosted.host.send(Step())
        hosted.until(StateChanged, lambda event: event.step == 1)
    room_for_one(least_for(wide))
    hosted.host.send(Start(experiment=with_setting(wide, "name", "next"), runs=tmp_path, measure=False))
    assert hosted.until((Opened, GroupOpened, Refused)).experiment.name == "next"
    hosted.host.send(Step())
    hosted.until(StateChanged, lambda event: event.step == 1)
    assert [run.step for run in list_runs(tmp_path) if run.name == wide.name] == [1] * trained


def test_a_game_that_made_room_in_vain_is_opened_again_as_it_stood(hosted, wide, tmp_path, room_for_one):
    first = Start(experiment=wide, run=tmp_path / "first", play=False, measure=False)
    other = AnyDrive(Start(experiment=wide, run=tmp_path / "other", measure=False))
    other.send(Step(), Save())
    weights = other.until(Checkpointed).path / "average.safetensors"
    other.finish()
    del other
    weights.write_bytes(b"damaged")
    (weights.parent / "manifest.json").unlink()  # so that it is found out only when the weights are loaded
    (weights.parent / "training.json").rename(weights.parent / "kept.json")
    hosted.host.send(first)
    hosted.until(Opened)
    hosted.host.send(Step())
    hosted.host.send(Save())
    hosted.until(Checkpointed)
    gc.collect()
    room_for_one(least_for(wide))
    hosted.host.send(Start(resume=tmp_path / "other", measure=False))
    again = hosted.until(Opened)
    assert (again.run, again.step) == (tmp_path / "first", 1)
    assert "average" in hosted.until(Refused).message
    hosted.host.send(Step())
    hosted.until(StateChanged, lambda event: event.step == 2)


@pytest.mark.parametrize("side_by_side", [False, True])
def test_a_game_that_is_opened_again_stands_where_it_was_looked_at(game, tmp_path, side_by_side):
    start = StartGroup(experiments=(game,), seeds=2) if side_by_side else Start(experiment=game)
    drive = AnyDrive(replace(start, run=tmp_path / "run"))
    drive.send(Step(), Save(), Step())
    drive.until(StateChanged, step=2)
    drive.finish()
    looking = AnyDrive(type(start)(resume=tmp_path / "run" / "checkpoints" / "step-00000001"))
    assert looking.until((Opened, GroupOpened)).step == 1
    before = looking.session.again()
    looking.send(Step(), Save())
    looking.until(Checkpointed, step=2)
    after = looking.session.again()
    looking.finish()
    for again, step in ((before, 1), (after, 2)):
        other = AnyDrive(again)
        assert other.until((Opened, GroupOpened)).step == step
        other.finish()


@pytest.mark.parametrize("side_by_side", [False, True])
def test_a_game_whose_folder_was_deleted_is_in_memory_alone_and_makes_no_room(game, tmp_path, side_by_side):
    start = StartGroup(experiments=(game,), seeds=2) if side_by_side else Start(experiment=game)
    drive = AnyDrive(replace(start, run=tmp_path / "run"))
    drive.send(Step(), Save())
    drive.until(Checkpointed, step=1)
    assert drive.session.again().resume == tmp_path / "run"
    shutil.rmtree(tmp_path / "run")
    assert drive.session.again() is None
    drive.finish()


def test_a_game_that_does_not_fit_alone_either_leaves_the_one_before_alone(hosted, wide, tmp_path, room_for_one):
    hosted.host.send(Start(experiment=wide, runs=tmp_path, measure=False))
    hosted.until(Opened)
    room_for_one(least_for(wide))
    hosted.host.send(Start(experiment=with_setting(wide, "generator.width", 2048), runs=tmp_path))
    assert "of memory, and" in hosted.until((Opened, Refused)).message
    hosted.host.send(Step())
    hosted.until(StateChanged, lambda event: event.step == 1)
