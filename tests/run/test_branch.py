"""A run branched from a checkpoint of another: what it holds, what it knows, and that the other one is not changed."""

import json
import shutil

import numpy as np
import pytest
import torch

from ganstudio.cli import main
from ganstudio.directions import unit
from ganstudio.experiment import DeviceSpec, Experiment, MLPDiscriminatorSpec, MLPGeneratorSpec, ScheduleSpec
from ganstudio.run import (
    Parent,
    RunError,
    RunFolder,
    branch,
    checkpoints_of,
    directions_of,
    keep_directions,
    mark_of,
    moments_of,
    parent_of,
    step_of_checkpoint,
    summarise,
)
from ganstudio.training.messages import (
    SCALARS,
    Adjust,
    Closed,
    Failed,
    Notice,
    Opened,
    Pause,
    Quit,
    RunCreated,
    Save,
    Start,
    Step,
)
from ganstudio.training.session.archive import Archive
from ganstudio.training.session.session import Session
from tests.full_disk import full_disk

RATE = "optimisers.generator.learning_rate"


def drive(start, *commands):
    session = Session(start)
    for command in (*commands, Quit()):
        session.send(command)
    return session, list(session.run())


def of(told, kind):
    return [event for event in told if isinstance(event, kind)]


@pytest.fixture
def experiment():
    return Experiment(
        name="tiny",
        generator=MLPGeneratorSpec(width=8, depth=1),
        discriminator=MLPDiscriminatorSpec(width=8, depth=1),
        schedule=ScheduleSpec(steps=6, batch_size=16),
        device=DeviceSpec(kind="cpu", deterministic=True),
    )


@pytest.fixture
def parent(experiment, tmp_path):
    """A run with checkpoints of steps 2 and 5, and a change at each."""
    path = tmp_path / "parent"
    change = [Adjust(RATE, 0.01), Adjust(RATE, 0.02)]
    drive(Start(experiment=experiment, run=path), Step(), change[0], Step(), Save(), *[Step()] * 2, change[1], Step())
    assert [step_of_checkpoint(each) for each in checkpoints_of(path)] == [5, 2]
    return path


def contents(run):
    return {
        path.relative_to(run).as_posix(): path.read_bytes()
        for path in run.rglob("*")
        if path.is_file() and not path.name.startswith(("metrics.sqlite-", ".lock", "lock"))
    }


def test_it_stands_where_the_other_stood_and_that_one_is_not_changed(parent, tmp_path):
    before = contents(parent)
    assert branch(parent, 2, tmp_path / "child") == 2
    assert contents(parent) == before
    child = RunFolder.open(tmp_path / "child", read_only=True)
    assert child.scalars(SCALARS)[:, 0].tolist() == [1, 2]
    assert [(change.step, change.value) for change in child.changes()] == [(1, 0.01)]
    assert [step_of_checkpoint(path) for path in checkpoints_of(child.path)] == [2]
    assert max(moments_of(child.path)) == 2
    assert parent_of(child.path) == Parent(str(parent), 2)
    assert parent_of(parent) is None
    summary = summarise(child.path)
    assert (summary.name, summary.step, summary.parent) == ("tiny", 2, ("parent", 2))
    assert mark_of(child.path) != mark_of(parent)


def test_it_goes_on_to_the_bit_as_the_other_did(parent, tmp_path):
    _, told = drive(
        Start(resume=parent, at=2, branch=True, run=tmp_path / "child"), *[Step()] * 2, Adjust(RATE, 0.02), Step()
    )
    assert of(told, Opened)[0].step == 2
    for name in ("generator", "average", "discriminator"):
        files = [run / f"checkpoints/step-00000005/{name}.safetensors" for run in (parent, tmp_path / "child")]
        assert files[0].read_bytes() == files[1].read_bytes()
    rows = [RunFolder.open(run, read_only=True).scalars(SCALARS) for run in (parent, tmp_path / "child")]
    np.testing.assert_array_equal(rows[0][:, 2:], rows[1][:, 2:])


def test_the_session_says_that_it_is_new_and_of_whom(parent, tmp_path):
    _, told = drive(Start(resume=parent, at=2, branch=True, runs=tmp_path / "runs"))
    (created,) = of(told, RunCreated)
    assert created.run.parent == tmp_path / "runs"
    assert of(told, Opened)[0].run == created.run
    (notice,) = [one for one in of(told, Notice) if "branched from parent at step 2" in one.message]
    assert not notice.wrong
    assert parent_of(created.run).name == "parent"
    assert not list(parent.glob("*after*"))


def test_the_game_in_force_may_be_branched_from(parent, tmp_path):
    """Its own session writes the run meanwhile."""
    session = Session(Start(resume=parent))
    told = session.run()
    while not isinstance(next(told), Opened):
        pass
    branch(parent, 5, tmp_path / "child")
    session.send(Quit())
    assert isinstance(list(told)[-1], Closed)
    assert parent_of(tmp_path / "child").step == 5


def test_a_branch_of_a_branch_knows_the_nearest(parent, tmp_path):
    branch(parent, 2, tmp_path / "child")
    drive(Start(resume=tmp_path / "child"), Step(), Pause())
    branch(tmp_path / "child", None, tmp_path / "grandchild")
    assert parent_of(tmp_path / "grandchild") == Parent(str(tmp_path / "child"), 3)


def test_what_can_t_be_branched_is_told_and_nothing_is_left(parent, tmp_path):
    with pytest.raises(RunError, match="no checkpoint of step 3: there are those of the steps 2; 5"):
        branch(parent, 3, tmp_path / "child")
    only = tmp_path / "only"
    drive(Start(resume=parent, branch=True, at=2, run=only))
    with pytest.raises(RunError, match=r"no checkpoint of step 3: there is that of step 2$"):
        branch(only, 3, tmp_path / "child")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/mine.txt").touch()
    with pytest.raises(RunError, match=r"holds other files \(mine.txt\)"):
        branch(parent, 2, tmp_path / "other")
    assert (tmp_path / "other/mine.txt").exists()
    with full_disk(), pytest.raises(RunError, match="no run can be branched there"):
        branch(parent, 2, tmp_path / "child")
    assert not (tmp_path / "child").exists()
    shutil.rmtree(parent / "checkpoints")
    with pytest.raises(RunError, match="holds no checkpoint yet"):
        branch(parent, None, tmp_path / "child")


def test_a_branch_that_can_t_be_opened_is_no_run(parent, tmp_path):
    data = json.loads((parent / "data.json").read_text())
    path = parent / "checkpoints/step-00000002/generator.safetensors"
    assert data
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    _, told = drive(Start(resume=parent, at=2, branch=True, run=tmp_path / "child"))
    assert isinstance(told[-1], Failed)
    assert "damaged" in told[-1].message or "can't be used" in told[-1].message
    assert not (tmp_path / "child").exists()


@pytest.mark.parametrize(
    "text", ["", "[]", '{"run": 3, "step": 1}', '{"run": "x", "step": -1}', '{"run": "x"}', "[" * 9_000]
)
def test_a_damaged_word_of_the_parent_is_passed_over(parent, tmp_path, text):
    branch(parent, 2, tmp_path / "child")
    (tmp_path / "child/parent.json").write_text(text)
    assert parent_of(tmp_path / "child") is None
    assert summarise(tmp_path / "child").parent is None


def test_from_the_command_line(parent, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    child = tmp_path / "child"
    threads = torch.get_num_threads()
    words = ["train", str(parent), "--branch", "--at", "2", "--set", f"{RATE}=0.005", "--out", str(child), "--quiet"]
    assert main(words) == 0
    torch.set_num_threads(threads)
    run = RunFolder.open(child, read_only=True)
    assert [(change.step, change.value) for change in run.changes() if change.path == RATE] == [(1, 0.01), (2, 0.005)]
    assert step_of_checkpoint(checkpoints_of(child)[0]) == 6
    capsys.readouterr()
    for more, told in (
        (["--set", "generator.width=9"], "generator.width: cannot change at a checkpoint"),
        (["--resume"], "--resume: --branch goes on from a checkpoint, in a new run"),
        (["--at", "3"], "no checkpoint of step 3"),
        (["--seeds", "3"], "--branch: is of a run of one game"),
        (["--out", str(child)], "holds a run already"),
    ):
        assert main(["train", str(parent), "--branch", *more]) == 2
        assert told in capsys.readouterr().err
    assert main(["train", "ring", "--branch"]) == 2
    assert "ring: no such folder" in capsys.readouterr().err


@pytest.mark.parametrize("fault", [KeyboardInterrupt, MemoryError, ValueError], ids=lambda fault: fault.__name__)
def test_whatever_stops_it_leaves_no_folder_behind(parent, tmp_path, monkeypatch, fault):
    def stopped(*_):
        raise fault

    monkeypatch.setattr(RunFolder, "copy_scalars", stopped)
    with pytest.raises(fault):
        branch(parent, 2, tmp_path / "child")
    assert not (tmp_path / "child").exists()


def test_a_branch_that_can_t_be_opened_or_let_go_of_is_no_run(parent, tmp_path, monkeypatch):
    opens = RunFolder.open

    def refuses(*where, **how):
        if how.get("read_only"):
            return opens(*where, **how)
        raise RunError("not now")

    monkeypatch.setattr(RunFolder, "open", refuses)
    monkeypatch.setattr("ganstudio.training.session.folder.FolderArchive.leave", refuses)
    archive = Archive(Start(resume=parent, at=2, branch=True, run=tmp_path / "child"))
    with pytest.raises(RunError, match="not now"):
        archive.open()
    with pytest.raises(RunError, match="not now"):
        archive.leave()
    assert not (tmp_path / "child").exists()


def test_directions_go_along(parent, tmp_path):
    keep_directions(parent, [unit([1, 2], "slant")])
    branch(parent, 2, tmp_path / "child")
    assert [one.name for one in directions_of(tmp_path / "child")] == ["slant"]
