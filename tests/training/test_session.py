"""Sessions: commands in, events out, and what stands on disk afterwards."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from ganstudio.presets import with_setting
from ganstudio.run import Alarm, Change, RunFolder, latest_checkpoint
from ganstudio.training.messages import (
    SCALARS,
    Adjust,
    Adjusted,
    Alerted,
    Broken,
    Checkpointed,
    Closed,
    Failed,
    GoBack,
    Notice,
    Opened,
    Pause,
    Play,
    Quit,
    Refused,
    Reset,
    RunCreated,
    Save,
    Scalars,
    Start,
    StateChanged,
    Step,
    Superseded,
)
from ganstudio.training.session import keeping, timeline
from ganstudio.training.session.archive import MOST_SAMPLES, Archive, thin_samples
from ganstudio.training.session.session import Session
from tests.full_disk import full_disk


class Drive:
    """Runs a session in this thread: commands are handed in when an event is seen."""

    def __init__(self, start):
        self.session = Session(start)
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
        return np.concatenate([event.rows for event in self.of(Scalars)])


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


def test_it_trains_to_the_last_step_and_keeps_everything(plane, folder):
    drive = Drive(Start(experiment=plane, run=folder, play=True))
    opened = drive.until(Opened)
    assert (opened.step, opened.run, opened.modality.shape, opened.real.shape) == (0, None, (2,), (2000, 2))
    assert opened.latents.shape == (1000, 2)
    drive.until(StateChanged, state="finished", step=40)
    drive.finish()
    assert drive.rows()[:, 0].tolist() == list(range(1, 41))
    run = RunFolder.open(folder, read_only=True)
    np.testing.assert_array_equal(run.scalars(SCALARS), drive.rows())
    assert latest_checkpoint(folder).name == "step-00000040"
    assert [path.name for path in sorted(run.samples.iterdir())] == ["step-00000040.npy"]
    assert np.load(run.samples / "step-00000040.npy").shape == (1000, 2)
    assert run.experiment() == plane
    assert {"device", "threads", "seed"} <= set(run.environment())


def test_damaged_curves_and_settings_do_not_keep_good_weights_from_being_gone_on_with(plane, folder):
    drive = Drive(Start(experiment=plane, run=folder, play=True))
    drive.until(StateChanged, state="finished", step=40)
    drive.finish()
    (folder / "metrics.sqlite").write_bytes(b"no database" * 100)
    (folder / "experiment.toml").write_bytes(b"\xff")
    (folder / "changes.jsonl").write_text("[1]\n")
    again = Drive(Start(resume=folder, measure=False))
    assert "experiment.toml: not a text file" in again.until(Notice).message
    told = again.until(Notice).message
    assert again.of(Opened)[0].step == 40
    assert "metrics.sqlite: file is not a database" in told
    assert "changes.jsonl, line 1" in told
    again.send(Step("both"))
    again.until(StateChanged, state="paused", step=41)
    again.finish()
    assert again.rows()[:, 0].tolist() == [41]
    assert (folder / "metrics.sqlite.damaged").read_bytes() == b"no database" * 100


def test_nothing_is_written_before_the_first_step(plane, tmp_path):
    drive = Drive(Start(experiment=plane, runs=tmp_path))
    drive.until(StateChanged, state="paused")
    drive.finish()
    assert not list(tmp_path.iterdir())


def test_stepping_by_hand(plane, folder):
    drive = Drive(Start(experiment=plane, run=folder))
    drive.send(Step("discriminator"), Step("generator"), Step("both"))
    for step in (1, 2, 3):
        drive.until(StateChanged, state="paused", step=step)
    d_loss, g_loss = drive.rows()[:, 2], drive.rows()[:, 3]
    assert np.isnan(d_loss).tolist() == [False, True, False]
    assert np.isnan(g_loss).tolist() == [True, False, False]
    drive.finish()
    changes = RunFolder.open(folder, read_only=True).changes()
    assert [(change.step, change.path, change.value) for change in changes] == [
        (0, "step", "discriminator"),
        (1, "step", "generator"),
    ]


def test_pausing_writes_a_checkpoint_and_playing_goes_on(plane, folder):
    plane = with_setting(plane, "schedule.steps", 100_000)
    drive = Drive(Start(experiment=plane, run=folder, play=True))
    drive.until(Scalars)
    drive.send(Pause())
    paused = drive.until(StateChanged, state="paused")
    assert drive.until(Checkpointed).step == paused.step
    drive.send(Play())
    drive.until(StateChanged, state="playing", step=paused.step)
    drive.until(Scalars)
    drive.finish()
    steps = drive.rows()[:, 0]
    assert steps.tolist() == list(range(1, len(steps) + 1))
    assert latest_checkpoint(folder).name == f"step-{len(steps):08d}"


def test_a_change_takes_effect_and_is_written(plane, folder):
    drive = Drive(Start(experiment=plane, run=folder))
    drive.send(Step(), Adjust("schedule.discriminator_steps", 5), Adjust("objective.generator_update", "combined"))
    adjusted = drive.until(Adjusted, path="objective.generator_update")
    assert adjusted.experiment.schedule.discriminator_steps == 5
    assert adjusted.step == 1
    drive.send(Step())
    drive.until(StateChanged, step=2)
    drive.finish()
    run = RunFolder.open(folder, read_only=True)
    assert [(change.step, change.path, change.value) for change in run.changes()] == [
        (1, "schedule.discriminator_steps", 5),
        (1, "objective.generator_update", "combined"),
    ]
    assert run.experiment() == plane  # what was asked for stays as it was


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("generator.width", 9, "generator.width"),
        ("schedule.batch_size", 0, "schedule.batch_size"),
        ("objective.generator_update", "foo", "saturating"),
        ("nothing.there", 1, "nothing"),
    ],
)
def test_a_change_that_can_not_be_is_refused_and_training_goes_on(plane, folder, path, value, words):
    drive = Drive(Start(experiment=plane, run=folder))
    drive.send(Step(), Adjust(path, value))
    assert words in drive.until(Notice).message
    drive.send(Step())
    drive.until(StateChanged, step=2)
    drive.finish()


def test_saving_twice_says_twice_that_it_is_safe(plane, folder):
    drive = Drive(Start(experiment=plane, run=folder))
    drive.send(Step(), Save(), Save())
    assert drive.until(Checkpointed, step=1) == drive.until(Checkpointed, step=1)
    drive.finish()
    assert len(list((folder / "checkpoints").iterdir())) == 1


def test_closing_and_reopening_goes_on_exactly(plane, tmp_path):
    whole = Drive(Start(experiment=plane, run=tmp_path / "whole", play=True))
    whole.until(StateChanged, state="finished")
    whole.finish()
    part = Drive(Start(experiment=plane, run=tmp_path / "part"))
    part.send(*[Step()] * 15)
    part.until(StateChanged, step=15)
    part.finish()
    again = Drive(Start(resume=tmp_path / "part", play=True))
    opened = again.until(Opened)
    assert (opened.step, opened.run) == (15, tmp_path / "part")
    again.until(StateChanged, state="finished", step=40)
    again.finish()
    np.testing.assert_array_equal(again.rows()[:, 2:], whole.rows()[:, 2:])
    assert again.rows()[:, 0].tolist() == list(range(1, 41))  # the part before came back from disk


def test_resuming_keeps_what_was_changed_by_hand(plane, folder):
    drive = Drive(Start(experiment=plane, run=folder))
    drive.send(Step(), Adjust("optimisers.generator.learning_rate", 0.5), Step())
    drive.until(StateChanged, step=2)
    drive.finish()
    again = Drive(Start(resume=folder))
    assert again.until(Opened).experiment.optimisers.generator.learning_rate == 0.5
    again.finish()


def test_steps_after_the_last_checkpoint_are_forgotten_on_disk_too(plane, folder, monkeypatch):
    """Killed between checkpoints: what was trained after the last one is trained again, and nothing stands twice."""
    drive = Drive(Start(experiment=plane, run=folder))
    drive.send(Step(), Step(), Save())
    drive.until(Checkpointed, step=2)
    drive.send(Step(), Adjust("schedule.batch_size", 4), Step())
    drive.until(StateChanged, step=4)
    drive.session._archive.run.close()  # as the system does when the process is killed
    again = Drive(Start(resume=folder))
    assert again.until(Opened).step == 2
    again.send(Step())
    again.until(StateChanged, step=3)
    again.finish()
    run = RunFolder.open(folder, read_only=True)
    assert run.scalars(SCALARS)[:, 0].tolist() == [1, 2, 3]
    assert run.changes() == []


def test_starting_over_is_a_new_run_with_the_same_numbers(plane, tmp_path):
    drive = Drive(Start(experiment=plane, runs=tmp_path))
    drive.send(Step(), Step())
    first = drive.until(RunCreated).run
    drive.until(StateChanged, step=2)
    before = drive.rows()
    drive.events.clear()
    drive.send(Reset(), Step(), Step())
    assert drive.until(Opened).step == 0
    second = drive.until(RunCreated).run
    drive.until(StateChanged, step=2)
    np.testing.assert_array_equal(drive.rows()[:, 2:], before[:, 2:])
    drive.finish()
    assert first != second
    assert latest_checkpoint(first).name == latest_checkpoint(second).name == "step-00000002"


def test_playing_on_after_the_end_trains_as_many_again(plane, folder):
    drive = Drive(Start(experiment=plane, run=folder, play=True))
    drive.until(StateChanged, state="finished", step=40)
    drive.send(Play())
    assert drive.until(Adjusted, path="schedule.steps").value == 80
    drive.until(StateChanged, state="finished", step=80)
    drive.finish()


def test_another_start_ends_this_session_in_order(plane, images, folder):
    drive = Drive(Start(experiment=plane, run=folder))
    drive.send(Step())
    drive.until(StateChanged, step=1)
    drive.send(Start(experiment=images))
    drive.until(Closed)
    assert drive.session.successor.experiment == images
    assert latest_checkpoint(folder).name == "step-00000001"


def test_a_loss_gone_wrong_stops_and_leaves_the_last_good_checkpoint(plane, folder):
    drive = Drive(Start(experiment=with_setting(plane, "schedule.steps", 100_000), run=folder))
    drive.send(Step(), Save())
    drive.until(Checkpointed, step=1)
    drive.send(Adjust("optimisers.discriminator", {"kind": "sgd", "learning_rate": 10}))
    drive.send(Adjust("optimisers.generator", {"kind": "sgd", "learning_rate": 10}), Adjust("objective.kind", "hinge"))
    drive.send(Play())
    assert "no longer a finite number" in drive.until(Broken).words
    drive.send(Save())
    told = drive.until(Notice)
    assert "Nothing was saved" in told.message
    assert told.no_checkpoint
    assert drive.session._state == "paused"
    drive.finish()
    assert latest_checkpoint(folder).name == "step-00000001"


def test_a_full_disk_stops_the_training_and_nothing_of_it_is_lost(plane, folder):
    plane = with_setting(plane, "schedule.steps", 100_000)
    drive = Drive(Start(experiment=plane, run=folder, play=True))
    drive.until(Scalars)
    with full_disk():
        drive.until(StateChanged, state="paused", why="unwritable")
        assert str(folder) in drive.until(Notice).message
        drive.send(Play())
        drive.until(StateChanged, state="paused", why="unwritable")
    drive.send(Play())
    drive.until(StateChanged, state="playing")
    drive.until(Scalars)
    drive.send(Pause())
    step = drive.until(Checkpointed).step
    drive.finish()
    run = RunFolder.open(folder, read_only=True)
    np.testing.assert_array_equal(run.scalars(SCALARS), drive.rows())
    assert drive.rows()[:, 0].tolist() == list(range(1, step + 1))


def test_what_is_changed_by_hand_on_a_full_disk_is_written_down_once_there_is_room(plane, folder):
    drive = Drive(Start(experiment=plane, run=folder))
    drive.send(Step(), Save())
    drive.until(Checkpointed, step=1)
    drive.finish()
    again = Drive(Start(resume=folder))
    again.until(Opened)
    with full_disk():
        again.send(Adjust("schedule.steps", 1000 * plane.schedule.steps))
        again.until(StateChanged, state="paused", why="unwritable")
        again.until(Adjusted)
    again.send(Step())
    again.until(StateChanged, step=2)
    with full_disk():
        again.send(Step("discriminator"))
        again.until(StateChanged, step=3)
    again.send(Save())
    again.until(Checkpointed, step=3)
    again.finish()
    changes = [Change(1, "schedule.steps", 1000 * plane.schedule.steps), Change(2, "step", "discriminator")]
    assert RunFolder.open(folder, read_only=True).changes() == changes


@pytest.mark.parametrize("asked", [Save(), Pause(), None])
def test_a_folder_that_was_deleted_is_followed_by_another_and_nothing_in_memory_is_lost(plane, folder, asked):
    plane = with_setting(plane, "schedule.steps", 100_000)
    drive = Drive(Start(experiment=plane, run=folder, play=True))
    drive.until(Scalars)
    drive.send(Save())
    drive.until(Checkpointed)
    drive.until(Scalars)
    shutil.rmtree(folder)
    if asked is not None:
        drive.send(asked)
        told = drive.until(Notice)
        assert told.message == f"{folder} was deleted. What is trained from now on goes into a new run."
        run = drive.until(RunCreated).run
        assert drive.until(Checkpointed).path.parent.parent == run
    drive.finish()
    created = drive.of(RunCreated)
    assert len(created) == 2
    run = created[-1].run
    assert run != folder
    assert run.parent == folder.parent
    assert not folder.exists()
    step = drive.session._trainer.step_count
    assert latest_checkpoint(run).name == f"step-{step:08d}"
    again = Drive(Start(resume=run))
    assert again.until(Opened).step == step
    again.finish()


def test_a_deleted_folder_is_told_for_what_it_is_where_the_timeline_meets_it_first(plane, folder, monkeypatch):
    for name in ("LEAST_SECONDS", "SHARE"):
        monkeypatch.setattr(timeline, name, 0.0)
    commit, deleted = Archive.commit, []

    def commit_and_delete(archive, *, force):
        commit(archive, force=force)
        if not deleted and (folder / "timeline").exists():
            deleted.append(folder)
            shutil.rmtree(folder)

    monkeypatch.setattr(Archive, "commit", commit_and_delete)
    drive = Drive(Start(experiment=with_setting(plane, "schedule.steps", 100_000), run=folder, play=True))
    told = drive.until(Notice)
    assert told.message == f"{folder} was deleted. What is trained from now on goes into a new run."
    assert drive.until(RunCreated).run != folder
    drive.finish()


def test_where_a_deleted_folder_can_have_no_successor_yet_all_of_it_counts_as_unkept(plane, folder, monkeypatch):
    monkeypatch.setattr(keeping, "REPORT_SECONDS", 0.0)  # so that a report is due with the picture that fails
    plane = with_setting(with_setting(plane, "schedule.steps", 100_000), "measures.samples_every", 1)
    drive = Drive(Start(experiment=plane, run=folder, play=True))
    drive.until(Scalars)
    drive.send(Save())
    drive.until(Checkpointed)
    with full_disk():
        shutil.rmtree(folder)
        drive.until(StateChanged, state="paused", why="unwritable")
        drive.send(Pause(), Start(experiment=plane))
        step = drive.session._trainer.step_count
        lost = f"The last {step:,} steps could not be written to {folder.parent}, and would be lost."
        assert drive.until(Refused).message == lost
    drive.send(Play())
    run = drive.until(RunCreated).run
    assert drive.until((Checkpointed, Scalars)) == Checkpointed(step, run / f"checkpoints/step-{step:08d}")
    drive.finish()


def test_a_folder_that_was_deleted_while_nothing_new_was_trained_stays_away(plane, folder):
    drive = Drive(Start(experiment=plane, run=folder))
    drive.send(Step(), Save())
    drive.until(Checkpointed, step=1)
    shutil.rmtree(folder)
    drive.finish()
    assert len(drive.of(RunCreated)) == 1
    assert not list(folder.parent.iterdir())


@pytest.mark.parametrize("deleted", [False, True])
def test_where_the_folder_of_a_game_gone_wrong_was_deleted_it_begins_anew_with_lower_rates(plane, folder, deleted):
    drive = Drive(Start(experiment=with_setting(plane, "schedule.steps", 100_000), run=folder))
    drive.send(Step(), Save())
    drive.until(Checkpointed, step=1)
    drive.send(Adjust("optimisers.discriminator", {"kind": "sgd", "learning_rate": 10}))
    drive.send(Adjust("optimisers.generator", {"kind": "sgd", "learning_rate": 10}), Adjust("objective.kind", "hinge"))
    drive.send(Play())
    drive.until(Broken)
    if deleted:
        shutil.rmtree(folder)
    last = drive.session._archive.last_kept()
    assert last == ("There is no checkpoint of it." if deleted else "The last checkpoint is of step 1.")
    drive.send(GoBack(0.5))
    drive.until(Superseded)
    start = drive.session.successor
    assert start.resume == (None if deleted else folder)
    if deleted:
        assert start.experiment.optimisers.generator.learning_rate == 5
    drive.finish()


def test_a_folder_on_a_disk_that_is_away_is_no_deleted_one(plane, tmp_path):
    runs = tmp_path / "disk" / "runs"
    drive = Drive(Start(experiment=with_setting(plane, "schedule.steps", 100_000), run=runs / "one", play=True))
    drive.until(Scalars)
    shutil.move(runs.parent, tmp_path / "away")
    drive.send(Pause())
    assert "was deleted" not in drive.until(Notice).message
    assert not runs.exists()
    drive.finish()
    assert len(drive.of(RunCreated)) == 1


def test_a_checkpoint_that_does_not_fit_is_told_and_leaves_nothing(plane, folder):
    drive = Drive(Start(experiment=plane, run=folder))
    drive.send(Step())
    drive.until(StateChanged, step=1)
    with full_disk():
        drive.send(Save())
        notice = drive.until(Notice, unsaved=True)
        assert "File too large" in notice.message
        assert str(folder) in notice.message
        assert not list((folder / "checkpoints").iterdir())
        assert not list((folder / "samples").iterdir())
    drive.send(Save())
    drive.until(Checkpointed, step=1)
    drive.send(Step())
    drive.until(StateChanged, step=2)
    drive.finish()
    assert latest_checkpoint(folder).name == "step-00000002"


@pytest.mark.parametrize("name", ["generator.safetensors", "training.safetensors", "manifest.json"])
def test_the_system_s_reason_is_told_for_each_of_its_files(plane, folder, name, monkeypatch):
    """A disk may fill up in the middle of a checkpoint."""
    drive = Drive(Start(experiment=plane, run=folder))
    drive.send(Step())
    drive.until(StateChanged, step=1)
    write = Path.write_bytes

    def fill(path, data):
        if path.name == name:
            with full_disk():
                return write(path, data)
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", fill)
    drive.send(Save())
    assert "File too large" in drive.until(Notice, unsaved=True).message
    assert not list((folder / "checkpoints").iterdir())
    drive.finish()


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [("dataset", {"kind": "images", "path": "/nowhere/at/all"}, "nowhere"), ("device.kind", "cuda", "cuda")],
)
def test_what_can_not_start_fails_with_words(plane, folder, setting, value, words, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    drive = Drive(Start(experiment=with_setting(plane, setting, value), run=folder))
    failed = drive.until(Failed)
    assert words in failed.message
    assert "Traceback" in failed.details
    assert not folder.exists()


def test_a_bug_is_told_and_the_run_is_released(plane, folder, monkeypatch):
    drive = Drive(Start(experiment=plane, run=folder))
    drive.send(Step())
    drive.until(StateChanged, step=1)
    monkeypatch.setattr(drive.session._trainer, "step", lambda *_: 1 / 0)
    drive.send(Step())
    assert "ZeroDivisionError" in drive.until(Failed).message
    RunFolder.open(folder).close()


def test_opening_what_is_no_run_fails_with_words(tmp_path):
    failed = Drive(Start(resume=tmp_path)).until(Failed)
    assert str(tmp_path) in failed.message


def test_kept_samples_of_a_long_run_are_thinned(tmp_path):
    for step in range(0, 500 * (MOST_SAMPLES + 50), 500):
        (tmp_path / f"step-{step:08d}.npy").touch()
        thin_samples(tmp_path)
    kept = sorted(int(path.stem[5:]) for path in tmp_path.iterdir())
    assert MOST_SAMPLES / 2 < len(kept) <= MOST_SAMPLES
    assert (kept[0], kept[1], kept[-1]) == (0, 1000, 500 * (MOST_SAMPLES + 49))  # older ones further apart


COLLAPSE = "mode_collapse", 3, "G's points cover 1 of 8 modes"


def alarmed(drive, index=0):
    """Let a symptom hold that no scalar tells of, as looks at samples would find it."""
    kind, step, evidence = COLLAPSE
    drive.session._lookout._watchers[index]._episodes[kind].tell(step, evidence)


def test_alarms_that_held_when_a_run_was_left_hold_when_it_is_opened(plane, folder):
    drive = Drive(Start(experiment=plane, run=folder, measure=False)).send(*[Step("both")] * 5)
    drive.until(StateChanged, step=5)
    alarmed(drive)
    drive.send(Step("both"))
    told = drive.until(Alerted).alerts
    drive.finish()
    assert [(alert.kind, alert.step, alert.evidence) for alert in told] == [COLLAPSE]
    again = Drive(Start(resume=folder, measure=False))
    assert again.until(Alerted).alerts == told
    assert [event.step for event in again.of(Opened)] == [6]
    again.finish()
    before = (folder / "alarms.json").read_bytes()
    looked = Drive(Start(resume=folder, measure=False))
    looked.until(Alerted)
    looked.finish()
    assert (folder / "alarms.json").read_bytes() == before  # who only looks changes nothing


def test_an_alarm_of_after_the_checkpoint_or_in_a_damaged_file_does_not_hold(plane, folder):
    drive = Drive(Start(experiment=plane, run=folder, measure=False)).send(*[Step("both")] * 4, Save())
    drive.until(Checkpointed, step=4)
    alarmed(drive)
    drive.send(Step("both"), Step("both"))
    drive.until(Alerted)
    drive._generator.close()  # killed
    kept = RunFolder.open(folder, read_only=True)
    assert kept.alarms(4) is None
    assert kept.alarms(5) == ((Alarm(*COLLAPSE),),)
    for text in ("[", "[]", "{}", '{"told": 3}', '{"told": [{"step": 1, "games": [[[1, 2]]]}]}', "\x00" * 9):
        (folder / "alarms.json").write_text(text)
        assert kept.alarms(5) is None
        again = Drive(Start(resume=folder, measure=False))
        again.until(StateChanged, state="paused")
        again.finish()
        assert again.of(Alerted) == []


def test_alarms_that_the_scalars_show_hold_in_a_run_that_kept_none(plane, folder):
    """As in runs of before: D has been perfect for a thousand steps."""
    drive = Drive(Start(experiment=plane, run=folder, measure=False)).send(Step("both"), Save())
    drive.until(Checkpointed, step=1)
    drive.finish()
    run = RunFolder.open(folder)
    rows = np.tile([0.0, 1e-3, 1e-6, 12.0, 1.0, 1e-7, -1e-6, 0.1, 1e-9], (1200, 1))
    rows[:, 0] = 1  # single moves by hand repeat the step, never the time
    rows[:, 1] = np.linspace(1.0, 2.0, 1200)
    run.record_scalars(SCALARS, rows)
    run.close()
    drive = Drive(Start(resume=folder, measure=False))
    drive.session._archive.recorded = lambda _: iter([np.column_stack([np.arange(1.0, 1201.0), rows[:, 1:]])])
    assert "perfect_discriminator" in [alert.kind for alert in drive.until(Alerted).alerts]
    drive.finish()
