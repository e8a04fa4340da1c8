"""A way back from the command line: any kept checkpoint, past damage, with the same threads, or all of it once more."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from ganstudio import cli
from ganstudio.presets import dumps, load_preset, with_setting
from ganstudio.run import RunFolder, checkpoints_of, latest_checkpoint, write_aside
from ganstudio.training.messages import (
    SCALARS,
    Adjust,
    Closed,
    Notice,
    Opened,
    Pause,
    Quit,
    Save,
    Scalars,
    Start,
    StateChanged,
    Step,
)
from ganstudio.training.session import devices
from ganstudio.training.session.session import Session
from tests.full_disk import full_disk

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 40


@pytest.fixture(autouse=True)
def threads():
    """Give back what a run may have changed."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def small(**settings):
    experiment = load_preset("ring")
    first = {
        "schedule.steps": STEPS,
        "schedule.batch_size": 16,
        "generator.width": 8,
        "discriminator.width": 8,
        "device.threads": 1,
    }
    for path, value in (first | settings).items():
        experiment = with_setting(experiment, path, value)
    return experiment


def drive(start, *commands, until=None):
    """Run a session to its end; its events. Commands are handed in one after another, as each is done."""
    session, events = Session(start), []
    for command in (*commands, *(() if start.play else (Quit(),))):
        session.send(command)
    for event in session.run():
        events.append(event)
        if isinstance(event, StateChanged) and event.state == "finished":
            session.send(Quit())
    assert isinstance(events[-1], Closed), events[-1]
    return events


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """A run with checkpoints of the steps 5, 10 and 15."""
    run = tmp_path_factory.mktemp("way") / "run"
    saves = [command for _ in range(3) for command in (*[Step()] * 5, Save())]
    drive(Start(experiment=small(), run=run), *saves)
    assert [path.name for path in checkpoints_of(run)] == [f"step-{step:08d}" for step in (15, 10, 5)]
    return run


@pytest.fixture
def run(kept, tmp_path) -> Path:
    return shutil.copytree(kept, tmp_path / "run")


def damage(run):
    path = latest_checkpoint(run) / "average.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


BACK = "The checkpoint of step 15 is damaged (average.safetensors: its checksum does not match): went back to step 10."


def sampled(path, *options):
    out = path.parent / "samples.npy"
    assert cli.main(["sample", str(path), "--count", "7", "--out", str(out), *options]) == 0
    return np.load(out)


def test_past_a_damaged_checkpoint_that_is_said_and_nothing_of_it_deleted(run, capsys):
    damage(run)
    samples = sampled(run)
    assert capsys.readouterr().err.splitlines() == [f"ganstudio: {BACK}"]
    np.testing.assert_array_equal(samples, sampled(run, "--at", "10"))
    capsys.readouterr()
    assert cli.main(["measure", str(run), "--estimator", "neighbours", "--json", "--quiet"]) == 0
    told = capsys.readouterr()
    assert (json.loads(told.out)["step"], told.err.strip()) == (10, f"ganstudio: {BACK}")
    assert cli.main(["train", str(run), "--resume", "--json"]) == 0
    told = capsys.readouterr()
    assert BACK in told.err
    assert "What this run held after step 10 is kept in" in told.err
    assert (json.loads(told.out)["steps"], json.loads(told.out)["kept_step"]) == (STEPS, STEPS)
    names = {path.name for path in (run / "checkpoints").iterdir()}
    assert "damaged-step-00000015" in names
    aside = {path.name for path in run.glob("*-after-*")}
    assert aside == {"metrics-after-00000010.sqlite", "timeline-after-00000010"}


def test_where_no_checkpoint_can_be_used_all_are_listed(run, capsys):
    for path in checkpoints_of(run):
        (path / "generator.safetensors").unlink()
    for command in (["sample", str(run), "--count", "3", "--out", "a.npy"], ["train", str(run), "--resume"]):
        assert cli.main(command) == 2
        told = capsys.readouterr().err
        assert all(f"step {step} (generator.safetensors: is missing)" in told for step in (5, 10, 15))


def test_any_step_can_be_sampled_and_its_folder_names_it(run, capsys):
    five = sampled(run, "--at", "5")
    np.testing.assert_array_equal(five, sampled(run / "checkpoints" / "step-00000005"))
    assert (five != sampled(run)).any()
    assert cli.main(["sample", str(run), "--at", "7", "--count", "3", "--out", "a.npy"]) == 2
    assert "no checkpoint of step 7: there are those of the steps 5; 10; 15" in capsys.readouterr().err
    wrong = str(run / "checkpoints" / "step-00000005")
    assert cli.main(["sample", wrong, "--at", "10", "--count", "3", "--out", "a.npy"]) == 2
    assert "is the checkpoint of step 5" in capsys.readouterr().err


@pytest.mark.parametrize("named", ["--at", "its folder"])
def test_going_on_from_an_earlier_step_makes_the_same_numbers_and_keeps_what_came_after(run, named, tmp_path):
    command = [str(run), "--at", "5"] if named == "--at" else [str(run / "checkpoints" / "step-00000005")]
    before = RunFolder.open(run, read_only=True).scalars(SCALARS)
    assert cli.main(["train", *command, "--resume", "--quiet"]) == 0
    whole = tmp_path / "whole"
    drive(Start(experiment=small(), run=whole, play=True))
    one, other = (RunFolder.open(path, read_only=True).scalars(SCALARS) for path in (run, whole))
    np.testing.assert_array_equal(one[:, 2:], other[:, 2:])
    names = {path.name for path in (run / "checkpoints").iterdir()}
    assert {"left-step-00000010", "left-step-00000015"} <= names
    (run / "metrics.sqlite").unlink()
    (run / "metrics-after-00000005.sqlite").rename(run / "metrics.sqlite")
    np.testing.assert_array_equal(RunFolder.open(run, read_only=True).scalars(SCALARS), before[5:])


def test_looking_at_an_earlier_step_changes_nothing(run):
    files = [path for path in run.rglob("*") if path.is_file() and path.name not in (".lock", "metrics.sqlite")]
    before = [path.stat().st_mtime_ns for path in files], RunFolder.open(run, read_only=True).scalars(SCALARS)
    events = drive(Start(resume=run, at=5))
    assert [event.step for event in events if isinstance(event, Opened)] == [5]
    assert sum(len(event.rows) for event in events if isinstance(event, Scalars)) == 5
    assert [path.stat().st_mtime_ns for path in files] == before[0]
    np.testing.assert_array_equal(RunFolder.open(run, read_only=True).scalars(SCALARS), before[1])


def test_a_run_that_was_killed_before_its_first_checkpoint_keeps_its_curves(run, capsys):
    shutil.rmtree(run / "checkpoints")
    assert cli.main(["train", str(run), "--resume"]) == 0
    assert "What this run held before, as there is no checkpoint of it, is kept in" in capsys.readouterr().err
    assert (run / "metrics-after-00000000.sqlite").exists()
    assert len(RunFolder.open(run, read_only=True).scalars(SCALARS)) == STEPS


def test_at_and_changes_are_for_what_they_are_for(run, capsys):
    assert cli.main(["train", "ring", "--at", "5"]) == 2
    assert "--resume" in capsys.readouterr().err
    assert cli.main(["train", str(run), "--resume", "--changes", "changes.jsonl"]) == 2
    assert "new run" in capsys.readouterr().err


# --- numbers gone wrong, and full disks -------------------------------------------------------------------------------


def test_where_numbers_go_wrong_at_once_no_checkpoint_is_spoken_of(tmp_path, capsys):
    settings = [
        "optimisers.discriminator.kind=sgd",
        "optimisers.discriminator.learning_rate=1",
        "objective.kind=least_squares",
        "optimisers.generator.learning_rate=0.9",
    ]
    options = [word for setting in settings for word in ("--set", setting)]
    command = ["train", "ring", "--steps", "100", "--seed", "1", "--out", str(tmp_path / "run"), "--json", *options]
    assert cli.main(command) == 1
    told = capsys.readouterr()
    assert "There is no checkpoint" in told.err
    assert "last checkpoint" not in told.err
    assert json.loads(told.out)["kept_step"] is None


def test_what_numbers_gone_wrong_leave_names_the_step_of_the_last_checkpoint(tmp_path):
    events = drive(
        Start(experiment=small(), run=tmp_path / "run"),
        *[Step()] * 3,
        Save(),
        Adjust("optimisers.discriminator", {"kind": "sgd", "learning_rate": 10}),
        Adjust("optimisers.generator", {"kind": "sgd", "learning_rate": 10}),
        Adjust("objective.kind", "least_squares"),
        *[Step()] * 30,
        Save(),
    )
    told = [event.message for event in events if isinstance(event, Notice)]
    assert any("The last checkpoint is of step 3." in message for message in told), told
    assert latest_checkpoint(tmp_path / "run").name == "step-00000003"


@pytest.mark.parametrize("name", ["samples.png", "curves.png", "summary.json"])
def test_a_training_whose_pictures_do_not_fit_is_kept_and_tells_its_figures(tmp_path, name, capsys, monkeypatch):
    run = tmp_path / "run"
    (tmp_path / "small.toml").write_text(dumps(small()))

    def fill(path, content):
        if path.name != name:
            return write_aside(path, content)
        with full_disk():
            return write_aside(path, content)

    monkeypatch.setattr("ganstudio.export.writing.write_aside", fill)
    monkeypatch.setattr("ganstudio.cli._results.write_aside", fill)
    assert cli.main(["train", str(tmp_path / "small.toml"), "--out", str(run), "--json", "--quiet"]) == 2
    told = capsys.readouterr()
    assert (json.loads(told.out)["steps"], json.loads(told.out)["kept_step"]) == (STEPS, STEPS)
    (line,) = told.err.splitlines()
    assert line.startswith(f"ganstudio: {run / name}: ")
    assert line.endswith("File too large; the training itself is kept")
    left = {path.name for path in run.iterdir()}
    assert left & {"samples.png", "curves.png", "summary.json", f".{name}.new"} == {
        "samples.png",
        "curves.png",
        "summary.json",
    } - {name}


@pytest.mark.parametrize("ending", [".npy", ".npz", ".png"])
def test_samples_that_do_not_fit_leave_nothing_and_the_file_before_stays(run, ending, capsys):
    out = run.parent / f"samples{ending}"
    command = ["sample", str(run), "--count", "900", "--out", str(out)]
    with full_disk():
        assert cli.main(command) == 2
    assert f"{out}: cannot be written: File too large" in capsys.readouterr().err
    assert [path.name for path in run.parent.iterdir()] == ["run"]
    assert cli.main(command) == 0
    whole = out.read_bytes()
    with full_disk():
        assert cli.main(command) == 2
    assert out.read_bytes() == whole
    assert sorted(path.name for path in run.parent.iterdir()) == ["run", out.name]


# --- the same numbers -------------------------------------------------------------------------------------------------


def test_a_run_keeps_the_threads_that_it_began_with(tmp_path, monkeypatch):
    monkeypatch.setattr(devices, "cores", lambda: 4)
    run = tmp_path / "run"
    drive(Start(experiment=small(**{"device.threads": 2}), run=run), Step())
    asked_for_none = with_setting(small(), "device.threads", 0)
    (run / "experiment.toml").write_text(dumps(asked_for_none))
    (latest_checkpoint(run) / "experiment.toml").write_text(dumps(asked_for_none))
    (latest_checkpoint(run) / "manifest.json").unlink()
    (run / "checkpoints" / "step-00000001" / "training.json").rename(run / "kept.json")
    (run / "kept.json").rename(run / "checkpoints" / "step-00000001" / "training.json")
    monkeypatch.setattr("ganstudio.run._manifests._SIGNED", ())
    monkeypatch.setattr(devices, "measure_threads", lambda _: pytest.fail("there is nothing to measure"))
    (opened,) = [event for event in drive(Start(resume=run)) if isinstance(event, Opened)]
    assert (opened.threads, torch.get_num_threads()) == (2, 2)
    monkeypatch.setattr(devices, "cores", lambda: 1)
    events = drive(Start(resume=run))
    assert [event.threads for event in events if isinstance(event, Opened)] == [1]
    assert [
        "trained with 2 threads, and this machine has 1" in each.message for each in events if isinstance(each, Notice)
    ]
    monkeypatch.setattr(devices, "cores", lambda: 4)
    drive(Start(resume=run, threads=3), Step())
    (opened,) = [event for event in drive(Start(resume=run)) if isinstance(event, Opened)]
    assert opened.threads == 3  # as it went on with
    (change,) = RunFolder.open(run, read_only=True).changes()
    assert (change.step, change.path, change.value) == (1, "device.threads", 3)


def test_threads_that_are_named_beside_a_setting_are_kept_too(run, monkeypatch):
    monkeypatch.setattr(devices, "cores", lambda: 4)
    rate = "optimisers.generator.learning_rate"
    drive(Start(resume=run, threads=3), Adjust(rate, 0.001), Step())
    assert [change.path for change in RunFolder.open(run, read_only=True).changes()] == ["device.threads", rate]
    (opened,) = [event for event in drive(Start(resume=run)) if isinstance(event, Opened)]
    assert opened.threads == 3


@pytest.mark.parametrize("told", [0, -1, 2.5, "2", None, 10**9, True])
def test_a_count_of_threads_that_is_none_is_measured_anew(run, told):
    described = json.loads((run / "environment.json").read_text())
    (run / "environment.json").write_text(json.dumps(described | {"threads": told}))
    (opened,) = [event for event in drive(Start(resume=run)) if isinstance(event, Opened)]
    assert opened.threads == 1


def test_what_was_changed_while_paused_is_in_force_after_closing_or_a_kill(run):
    drive(Start(resume=run), Adjust("optimisers.generator.learning_rate", 0.25))
    (opened,) = [event for event in drive(Start(resume=run)) if isinstance(event, Opened)]
    assert opened.experiment.optimisers.generator.learning_rate == 0.25
    session = Session(Start(resume=run))
    session.send(Adjust("optimisers.generator.learning_rate", 0.125))
    going = session.run()
    next(event for event in going if getattr(event, "path", "") == "optimisers.generator.learning_rate")
    session._archive.run.close()  # as the system does when the process is killed
    (opened,) = [event for event in drive(Start(resume=run)) if isinstance(event, Opened)]
    assert (opened.step, opened.experiment.optimisers.generator.learning_rate) == (15, 0.125)


def replay(run, out, *options):
    command = ["train", str(run / "experiment.toml"), "--changes", str(run / "changes.jsonl"), "--out", str(out)]
    return cli.main([*command, "--quiet", *options])


def test_a_run_steered_by_hand_is_replayed_to_the_bit(tmp_path):
    run = tmp_path / "run"
    drive(
        Start(experiment=small(), run=run),
        Step("discriminator"),
        *[Step()] * 4,
        Adjust("optimisers.generator.learning_rate", 0.02),
        Adjust("optimisers.discriminator", {"kind": "rmsprop"}),
        Step("generator"),
        Step("generator"),
        Adjust("schedule.discriminator_steps", 2),
        *[Step()] * 6,
        Save(),
        Adjust("objective.generator_update", "saturating"),
        Step("discriminator"),
        Step(),
    )
    drive(Start(resume=run, play=True))  # to the end, 40
    assert replay(run, tmp_path / "again") == 0
    one, other = (RunFolder.open(path, read_only=True) for path in (run, tmp_path / "again"))
    np.testing.assert_array_equal(one.scalars(SCALARS)[:, 2:], other.scalars(SCALARS)[:, 2:])
    assert one.changes() == other.changes()
    for name in ("generator", "average", "discriminator", "training"):
        first, second = (latest_checkpoint(path) / f"{name}.safetensors" for path in (run, tmp_path / "again"))
        assert first.read_bytes() == second.read_bytes()


def test_a_run_that_was_played_beyond_its_end_is_replayed_too(tmp_path):
    run = tmp_path / "run"
    drive(Start(experiment=small(**{"schedule.steps": 10}), run=run, play=True))
    drive(Start(resume=run, play=True))
    assert replay(run, tmp_path / "again") == 0
    one, other = (RunFolder.open(path, read_only=True).scalars(SCALARS) for path in (run, tmp_path / "again"))
    assert len(one) == 20
    np.testing.assert_array_equal(one[:, 2:], other[:, 2:])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "line 2: not a change: 'nonsense'"),
        ('{"step": 1e400, "path": "schedule.batch_size", "value": 3}', "line 2: not a change"),
        ('{"step": 3, "path": "schedule.batch_size", "value": NaN}', "line 2: not a change"),
        ('{"step": 3, "path": "schedule.batch_size", "value": 0}', "line 2: schedule.batch_size"),
        ('{"step": 3, "path": "generator.width", "value": 9}', "line 2: generator.width can't change"),
        ('{"step": 3, "path": "step", "value": "sideways"}', "line 2: not a move of a player: 'sideways'"),
        ('{"step": 1, "path": "schedule.batch_size", "value": 3}', "behind one of step 2"),
        ('{"step": 3, "path": "device.threads", "value": 0}', "not a number of threads: 0"),
        ("[" * 100_000, "line 2: not a change"),
    ],
)
def test_changes_that_can_not_be_made_are_told_by_their_line(run, tmp_path, line, words, capsys):
    good = '{"step": 2, "path": "schedule.batch_size", "value": 8}\n'
    (run / "changes.jsonl").write_text(f"{good}{line}\n")
    assert replay(run, tmp_path / "again") == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


def test_a_game_gone_wrong_is_no_checkpoint(tmp_path):
    """Here while paused: nothing else would tell that the weights are no numbers."""
    session = Session(Start(experiment=small(), run=tmp_path / "run"))
    session.send(Step())
    session.send(Save())
    told = []
    for event in session.run():
        told.append(event)
        if getattr(event, "path", None) is not None:
            with torch.no_grad():
                next(session._trainer.generator.parameters()).fill_(float("nan"))
            session._trainer.step_count += 1
            session.send(Save())
            session.send(Pause())
            session.send(Quit())
    assert any("the generator's weights are no longer finite" in getattr(each, "message", "") for each in told)
    assert [path.name for path in checkpoints_of(tmp_path / "run")] == ["step-00000001"]
