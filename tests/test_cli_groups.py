"""``train``, ``sample`` and ``measure`` of several games side by side."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
import torch

from ganstudio import cli
from ganstudio.cli._group_results import in_words, spread
from ganstudio.experiment import DeviceSpec, Experiment, MLPDiscriminatorSpec, MLPGeneratorSpec, ScheduleSpec
from ganstudio.presets import dumps
from ganstudio.run import Change, GroupFolder, latest_checkpoint, write_aside
from ganstudio.training.group import session as group_session
from ganstudio.training.session import devices
from tests.full_disk import full_disk

OTHER = "schedule.discriminator_steps=3"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> str:
    """The file of an experiment that trains in no time."""
    experiment = Experiment(
        name="tiny",
        generator=MLPGeneratorSpec(width=8, depth=1),
        discriminator=MLPDiscriminatorSpec(width=8, depth=1),
        schedule=ScheduleSpec(steps=20, batch_size=16),
        device=DeviceSpec(kind="cpu", threads=1),
    )
    path = tmp_path_factory.mktemp("experiments") / "tiny.toml"
    path.write_text(dumps(experiment), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def duelled(tiny, tmp_path_factory) -> Path:
    run = tmp_path_factory.mktemp("groups") / "duel"
    assert cli.main(["train", tiny, "--against", OTHER, "--out", str(run), "--quiet"]) == 0
    return run


def test_a_band_is_trained_to_its_last_step_and_its_spread_told(tiny, capsys) -> None:
    assert cli.main(["train", tiny, "--seeds", "3", "--json"]) == 0
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert (result["kind"], result["steps"], result["stopped"], result["kept_step"]) == ("band", 20, "finished", 20)
    assert [one["name"] for one in result["members"]] == ["seed 0", "seed 1", "seed 2"]
    losses = sorted(one["d_loss"] for one in result["members"])
    assert result["spread"]["d_loss"] == {"least": losses[0], "median": losses[1], "greatest": losses[2]}
    assert {one["modes_total"] for one in result["members"]} == {8}
    assert "3 seeds of tiny on Ring: seed 0, seed 1, seed 2; on cpu, 1 thread" in err
    run = Path(result["run"])
    assert run.parent == Path("runs")
    assert GroupFolder.open(run, read_only=True).lineup().seeds == 3


def test_the_spread_tells_counts_as_whole_numbers_and_shares_as_shares() -> None:
    figures = [
        {"name": "a", "d_loss": 1.0, "g_loss": 1.0, "jsd_bound_nats": None, "modes": modes, "modes_total": 8}
        | {"high_quality": modes / 8}
        for modes in (3, 4, 3, 8)
    ]
    result = {"name": "n", "kind": "band", "steps": 3, "seconds": 1.0, "steps_per_second": None, "run": "r"}
    lines = in_words({**result, "members": figures, "spread": spread(figures)}).splitlines()
    assert "modes: median 3.5, from 3 to 8" in lines
    assert "within 3 SD of a mode: median 43.8 %, from 37.5 % to 100.0 %" in lines
    assert "D loss: median 1.000, from 1.000 to 1.000" in lines


def test_a_band_of_one_seed_is_told_in_the_singular(tiny, capsys) -> None:
    assert cli.main(["train", tiny, "--seeds", "1"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("tiny, 1 seed: 20 steps in ")
    assert err.startswith("1 seed of tiny on ")


def test_a_duel_against_the_same_with_another_setting(duelled, capsys) -> None:
    lineup = GroupFolder.open(duelled, read_only=True).lineup()
    assert lineup.names == ("k = 1", "k = 3")
    assert (duelled / "samples.png").stat().st_size > 5000
    summary = json.loads((duelled / "summary.json").read_text())
    assert [one["name"] for one in summary["members"]] == ["k = 1", "k = 3"]
    assert "spread" not in summary
    assert cli.main(["train", str(duelled), "--resume"]) == 0
    out, err = capsys.readouterr()
    assert "already at step 20; --steps with a larger number trains on" in err
    assert out.startswith("tiny, 2 games: 20 steps in ")
    assert "\n  k = 3  D loss " in out


def test_a_duel_against_another_experiment_with_what_is_set_for_both(tiny, tmp_path) -> None:
    other = tmp_path / "other.toml"
    text = Path(tiny).read_text().replace('name = "tiny"', 'name = "other"')
    other.write_text(text.replace("batch_size = 16", "batch_size = 8"))
    words = ["train", tiny, "--against", str(other), "--against", "objective.kind=hinge;seed=0", "--seed", "0"]
    assert cli.main([*words, "--set", "schedule.steps=5", "--out", "d", "--quiet"]) == 0
    lineup = GroupFolder.open(Path("d"), read_only=True).lineup()
    assert [one.schedule.steps for one in lineup.experiments] == [5, 5, 5]
    assert [one.schedule.batch_size for one in lineup.experiments] == [16, 8, 16]
    assert [one.objective.kind for one in lineup.experiments] == ["minimax", "minimax", "hinge"]


@pytest.mark.parametrize("found", ["out", "path", "name"])
def test_it_is_gone_on_with(tiny, duelled, found, capsys) -> None:
    shutil.copytree(duelled, Path("runs", "copy"))
    words = {
        "out": [tiny, "--out", "runs/copy"],
        "path": ["runs/copy"],
        "name": [tiny, "--against", OTHER],
    }[found]
    assert cli.main(["train", *words, "--resume", "--steps", "30"]) == 0
    out, err = capsys.readouterr()
    assert ", from step 20" in err
    assert out.startswith("tiny, 2 games: 30 steps in ")
    assert latest_checkpoint(Path("runs/copy")).name == "step-00000030"


def test_what_cannot_change_once_they_have_begun_is_refused(duelled, capsys) -> None:
    assert cli.main(["train", str(duelled), "--resume", "--set", "generator.width=4"]) == 2
    assert "generator.width: cannot change in the games in" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("setting", "message"),
    [("schedule.batch_size=-5", "schedule.batch_size"), ("schedule.no_such=1", "schedule.no_such")],
    ids=["a value", "a name"],
)
def test_what_none_of_them_can_take_is_refused(duelled, setting, message, capsys) -> None:
    assert cli.main(["train", str(duelled), "--resume", "--steps", "30", "--set", setting]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seeds", "3", "--against", "ring"], "choose one"),
        (["--seeds", "65"], "a band has at most 64 seeds"),
        (["--against", "a=1", "--against", "a=2", "--against", "a=3", "--against", "a=4"], "at most 4 games, found 5"),
        (["--against", "objective.kind=unknown"], "objective.kind: found 'unknown'"),
        (["--against", "no_such_preset"], "neither a preset nor a file"),
        (["--against", "seed=3"], "seed: the members of a duel differ in it, but must share dataset, seed and latent"),
    ],
)
def test_wrong_words_are_told_in_one_line(tiny, words, message, capsys) -> None:
    assert cli.main(["train", tiny, *words, "--quiet"]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert not Path("runs").exists()


def test_images_stand_in_no_group(capsys) -> None:
    assert cli.main(["train", "digits", "--seeds", "2", "--quiet"]) == 2
    assert "several games at once need points of the plane" in capsys.readouterr().err


def test_a_folder_that_can_t_be_written_is_told(tiny, capsys) -> None:
    Path("file").write_text("no folder")
    assert cli.main(["train", tiny, "--seeds", "2", "--out", "file/run", "--quiet"]) == 2
    assert "ganstudio: " in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize("words", [["--seeds", "2"], ["--against", OTHER]], ids=["band", "duel"])
def test_what_they_leave_in_their_run_is_never_written_into_a_pipe(tiny, words, capsys) -> None:
    assert cli.main(["train", tiny, *words, "--out", "run", "--quiet"]) == 0
    names, readers = ("samples.png", "summary.json"), []
    for name in names:
        Path("run", name).unlink()
        os.mkfifo(Path("run", name))
        readers.append(os.open(Path("run", name), os.O_RDONLY | os.O_NONBLOCK))
    capsys.readouterr()
    try:
        assert cli.main(["train", tiny, "--resume", "--out", "run", "--steps", "21", "--quiet"]) == 2
        assert [os.read(reader, 1) for reader in readers] == [b""] * len(names)
    finally:
        for reader in readers:
            os.close(reader)
    out, err = capsys.readouterr()
    told = [line for line in err.splitlines() if "is a named pipe" in line]
    assert [name for name in names if any(str(Path("run", name)) in line for line in told)] == list(names)
    assert all(Path("run", name).is_fifo() for name in names)
    assert ": 21 steps in " in out


def test_a_disk_that_has_no_room_for_what_they_leave_is_told_by_its_file(tiny, monkeypatch, capsys) -> None:
    def fill(path, content):
        with full_disk():
            write_aside(path, content)

    monkeypatch.setattr("ganstudio.cli._group_results.write_aside", fill)
    assert cli.main(["train", tiny, "--seeds", "2", "--out", "run", "--quiet"]) == 2
    (told,) = [line for line in capsys.readouterr().err.splitlines() if "File too large" in line]
    assert told == f"ganstudio: {Path('run', 'summary.json')}: File too large; the training itself is kept"
    assert Path("run", "samples.png").is_file()


def test_an_interrupt_leaves_a_checkpoint(tiny, monkeypatch, capsys) -> None:
    steps = []

    def step(session) -> None:
        session._group.step()
        steps.append(session._group.step_count)
        if len(steps) == 7:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(group_session.GroupSession, "_step", step)
    assert cli.main(["train", tiny, "--seeds", "2", "--out", "band", "--json"]) == 130
    result = json.loads(capsys.readouterr().out)
    # A signal is heard at the next call of Python's, which may be within the next step.
    assert result["stopped"] == "interrupted"
    assert result["steps"] == result["kept_step"] == len(steps) in (7, 8)


def test_samples_and_measures_are_of_a_member_that_is_named(duelled, capsys) -> None:
    for verb in (["sample", "--count", "6", "--out", "x.npy"], ["measure"]):
        assert cli.main([verb[0], str(duelled), *verb[1:]]) == 2
        assert "holds 2 games side by side; name one with --member: 'k = 1', 'k = 3'" in capsys.readouterr().err
        assert cli.main([verb[0], str(duelled), "--member", "k = 2", *verb[1:]]) == 2
        assert "there is no game 'k = 2' in it (did you mean 'k = " in capsys.readouterr().err
    made = []
    for name in ("k = 1", "k = 3"):
        assert cli.main(["sample", str(duelled), "--member", name, "--count", "6", "--out", "x.npy"]) == 0
        made.append(np.load("x.npy"))
    assert made[0].shape == (6, 2)
    assert not np.array_equal(*made)
    capsys.readouterr()
    assert cli.main(["measure", str(duelled), "--member", "k = 3", "--estimator", "histogram", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["member"], figures["step"], figures["modes_total"]) == ("k = 3", 20, 8)
    summary = json.loads((duelled / "summary.json").read_text())
    bounds = [{key: one[key] for key in one if key.startswith("jsd_bound")} for one in (figures, summary["members"][1])]
    assert bounds[0] == bounds[1] != {}


def test_a_member_of_a_single_run_is_refused(tiny, capsys) -> None:
    assert cli.main(["train", tiny, "--steps", "2", "--out", "run", "--quiet"]) == 0
    assert cli.main(["sample", "run", "--member", "A", "--count", "2", "--out", "x.npy"]) == 2
    assert "is the run of a single game" in capsys.readouterr().err


# --- where what describes them is damaged -----------------------------------------------------------------------------


def _names_changed(run) -> None:
    text = (run / "group.toml").read_text()
    (run / "group.toml").write_text(text.replace('"k = 3"', '"other"'))


def _pipe(run) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no named pipes here")
    (run / "group.toml").unlink()
    os.mkfifo(run / "group.toml")


DAMAGES = {
    "no_toml": lambda run: (run / "group.toml").write_bytes(b"kind = [[[["),
    "empty": lambda run: (run / "group.toml").write_bytes(b""),
    "of_others": _names_changed,
    "pipe": _pipe,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_games_whose_description_is_damaged_are_known_from_their_checkpoint(duelled, damage, capsys) -> None:
    whole = json.loads((duelled / "summary.json").read_text())
    run = shutil.copytree(duelled, Path("duel"))
    damage(run)
    told = "What was asked for when these games began is not known. "
    assert cli.main(["sample", "duel", "--member", "k = 3", "--count", "6", "--out", "x.npy"]) == 0
    assert capsys.readouterr().err.count(told) == 1
    assert cli.main(["sample", str(duelled), "--member", "k = 3", "--count", "6", "--out", "y.npy"]) == 0
    np.testing.assert_array_equal(np.load("x.npy"), np.load("y.npy"))
    assert capsys.readouterr().err == ""
    assert cli.main(["measure", "duel", "--member", "k = 3", "--estimator", "histogram", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["jsd_bound_nats"] == whole["members"][1]["jsd_bound_nats"]
    assert err.count(told) == 1
    assert cli.main(["measure", "duel"]) == 2
    assert "name one with --member: 'k = 1', 'k = 3'" in capsys.readouterr().err
    assert cli.main(["train", "duel", "--resume", "--steps", "22", "--json"]) == 0  # and its results
    out, err = capsys.readouterr()
    assert told in err
    result = json.loads(out)
    assert (result["kept_step"], [one["name"] for one in result["members"]]) == (22, ["k = 1", "k = 3"])


def test_games_that_nothing_describes_are_one_error_each(duelled, capsys) -> None:
    run = shutil.copytree(duelled, Path("duel"))
    (run / "group.toml").write_bytes(b"kind = [[[[")
    shutil.rmtree(run / "checkpoints")
    member = ["duel", "--member", "k = 3"]
    for words in (
        ["sample", *member, "--count", "2", "--out", "x.npy"],
        ["measure", *member],
        ["train", "duel", "--resume"],
    ):
        assert cli.main(words) == 2
        err = capsys.readouterr().err
        assert err.startswith("ganstudio: duel/group.toml: ")
        assert err.count("\n") == 1


def test_a_damaged_checkpoint_of_finished_games_is_told_and_the_results_are_of_the_one_before(tiny, capsys) -> None:
    assert cli.main(["train", tiny, "--seeds", "2", "--out", "band", "--quiet"]) == 0
    assert cli.main(["train", "band", "--resume", "--steps", "25", "--quiet"]) == 0
    (weights,) = Path("band/checkpoints/step-00000025").glob("*/generator.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1])
    capsys.readouterr()
    assert cli.main(["train", "band", "--resume", "--steps", "20", "--json"]) == 0
    out, err = capsys.readouterr()
    assert "The checkpoint of step 25 is damaged" in err
    assert json.loads(out)["kept_step"] == 20


# --- threads and changes ----------------------------------------------------------------------------------------------


def test_games_are_trained_with_as_many_threads_as_are_named_and_keep_them(tiny, capsys, monkeypatch) -> None:
    monkeypatch.setattr(devices, "cores", lambda: 4)
    before = torch.get_num_threads()
    try:
        assert cli.main(["train", tiny, "--seeds", "2", "--threads", "3", "--steps", "2", "--out", "band"]) == 0
        assert "on cpu, 3 threads" in capsys.readouterr().err
        assert json.loads(Path("band/environment.json").read_text())["threads"] == 3
        assert cli.main(["train", "band", "--resume", "--steps", "3"]) == 0
        assert "on cpu, 3 threads, from step 2" in capsys.readouterr().err
        assert cli.main(["train", "band", "--resume", "--threads", "2", "--steps", "4"]) == 0
        assert "on cpu, 2 threads, from step 3" in capsys.readouterr().err
        assert Change(3, "device.threads", 2) in GroupFolder.open(Path("band"), read_only=True).changes()
        assert cli.main(["train", "band", "--resume", "--steps", "5"]) == 0
        assert "on cpu, 2 threads, from step 4" in capsys.readouterr().err
    finally:
        torch.set_num_threads(before)


def test_changes_are_of_a_single_game(tiny, capsys) -> None:
    assert cli.main(["train", tiny, "--seeds", "2", "--changes", "changes.jsonl"]) == 2
    err = capsys.readouterr().err
    assert "not in several side by side; make them with --set" in err
    assert err.count("\n") == 1
