from __future__ import annotations

import errno
import io
import json
import math
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ganstudio.measurements
import ganstudio.system
import ganstudio.training.session.session
from ganstudio import __version__, cli
from ganstudio.__main__ import main as program
from ganstudio.cli._terminal import Progress, to_json, warn
from ganstudio.data import watching
from ganstudio.data.files import records
from ganstudio.experiment import Experiment
from ganstudio.presets import load_experiment, load_preset, preset_file
from ganstudio.run import GroupFolder, RunFolder
from ganstudio.training.messages import (
    SCALARS,
    Adjust,
    Adjusted,
    Checkpointed,
    Closed,
    Failed,
    Notice,
    Opened,
    Play,
    Quit,
    RunCreated,
    Scalars,
    Start,
    StateChanged,
)
from tests.running import PATIENCE, running

KEYS = {"run", "steps", "seconds", "steps_per_second", "d_loss", "g_loss", "jsd_bound_nats"}
ONE_THREAD = ["--set", "device.threads=1"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "home"))


def rows(*steps: int, value: float = -1.0) -> np.ndarray:
    return np.array([[step, step / 100, 1.2, 0.9, 0.6, 0.4, value + step % 2 / 10, 1, 1] for step in steps], float)


def one_line(text: str) -> str:
    assert text.count("\n") == 1, text
    assert text.startswith("ganstudio: ")
    return text.removeprefix("ganstudio: ").strip()


# --- a real, small training ---


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    run = tmp_path_factory.mktemp("cli") / "ring"
    assert cli.main(["train", "ring", "--steps", "40", "--out", str(run), "--quiet", *ONE_THREAD]) == 0
    return run


def test_training_leaves_a_run_with_pictures_and_a_summary(trained) -> None:
    for name in ("curves.png", "samples.png"):
        with Image.open(trained / name) as picture:
            assert min(picture.size) >= 500
    summary = json.loads((trained / "summary.json").read_text())
    assert summary.keys() >= KEYS
    assert (summary["name"], summary["steps"], summary["stopped"]) == ("ring", 40, "finished")
    assert len(RunFolder.open(trained, read_only=True).scalars(SCALARS)) == 40


def test_json_is_one_object_on_standard_output(capsys) -> None:
    status = cli.main(["train", "ring", "--steps", "30", "--seed", "4", "--json", *ONE_THREAD])
    out, err = capsys.readouterr()
    assert status == 0
    result = json.loads(out)
    assert out.count("\n") == 1
    assert result.keys() >= KEYS
    assert result["seed"] == 4
    assert Path(result["run"]).parent == Path("runs")
    assert 1.0 < result["d_loss"] < 1.8
    assert "30/30" in err


def test_seconds_end_the_training(capsys) -> None:
    assert cli.main(["train", "line", "--seconds", "0.2", "--json", "--quiet", *ONE_THREAD]) == 0
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert err == ""
    assert result["stopped"] == "seconds"
    assert 0.2 <= result["seconds"] < 3
    assert 0 < result["steps"] < 6000


def test_a_run_goes_on_to_a_later_step(capsys) -> None:
    assert cli.main(["train", "ring", "--steps", "20", "--quiet", *ONE_THREAD]) == 0
    again = ["train", "ring", "--resume", "--steps", "35", "--set", "optimisers.generator.learning_rate=1e-4"]
    assert cli.main([*again, *ONE_THREAD]) == 0
    out, err = capsys.readouterr()
    assert "from step 20" in err
    assert "ring: 35 steps" in out
    (run,) = Path("runs").iterdir()
    folder = RunFolder.open(run, read_only=True)
    assert len(folder.scalars(SCALARS)) == 35
    assert {change.path for change in folder.changes()} == {"schedule.steps", "optimisers.generator.learning_rate"}
    assert cli.main(["train", str(run), "--resume", "--steps", "30"]) == 0
    assert "already at step 35" in capsys.readouterr().err


def test_dropped_points_are_trained_on_under_their_own_name(capsys) -> None:
    Path("cloud.csv").write_text("x,y\n" + "\n".join(f"{i % 7},{i % 5}" for i in range(100)))
    arguments = ["train", "digits", "--data", "cloud.csv", "--steps", "5", "--json"]
    assert cli.main([*arguments, *ONE_THREAD]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["name"] == "cloud"
    assert "the networks of digits are not for points: taking networks of kind mlp" in err
    resume = ["train", "ring", "--resume", "--out", json.loads(out)["run"]]
    assert cli.main([*resume, "--data", "cloud.csv", "--steps", "5"]) == 0
    capsys.readouterr()
    assert cli.main([*resume, "--data", "other.csv"]) == 2
    assert "goes on with the data that it began with" in one_line(capsys.readouterr().err)


def test_images_are_drawn_as_a_grid(capsys) -> None:
    images = np.random.default_rng(0).integers(0, 255, (40, 8, 8), dtype=np.uint8)
    np.save("pictures.npy", images)
    small = ["--set", "generator.width=8", "--set", "discriminator.width=8", *ONE_THREAD]
    assert cli.main(["train", "ring", "--data", "pictures.npy", "--steps", "2", "--out", "r", "--quiet", *small]) == 0
    with Image.open("r/samples.png") as picture:
        assert picture.size == (274, 274)
    assert cli.main(["measure", "r", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert "modes" not in figures
    assert (figures["jsd_nats"], figures["estimator"]) == (None, "probe")
    assert "the data has 40 samples" in figures["estimate_missing"]


@pytest.mark.skipif(sys.platform == "win32", reason="these signals are another thing there")
@pytest.mark.parametrize(
    ("name", "times", "status", "words"),
    [("SIGINT", 1, 130, []), ("SIGTERM", 3, 143, ["--seeds", "2"])],
)
def test_ctrl_c_and_kill_end_in_order_with_a_checkpoint(tmp_path, name, times, status, words) -> None:
    long = ["--steps", "1000000", *ONE_THREAD]
    command = [sys.executable, "-m", "ganstudio", "train", "ring", *words, "--out", "r", *long]
    with running(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "it/s" in line:
                break
        for _ in range(times):
            process.send_signal(getattr(signal, name))
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, "Traceback" in err) == (status, False)
    assert "run: r" in out
    assert json.loads((tmp_path / "r" / "summary.json").read_text())["stopped"] == "interrupted"
    (kept,) = (tmp_path / "r" / "checkpoints").glob("step-*")
    assert json.loads((tmp_path / "r" / "summary.json").read_text())["steps"] == int(kept.name[5:]) > 0


# --- measure, sample, presets, doctor ---


@pytest.fixture
def few_samples(monkeypatch) -> None:
    monkeypatch.setattr(ganstudio.measurements, "SAMPLES", 2000)


@pytest.mark.parametrize("estimator", ["probe", "histogram", "neighbours"])
def test_measure_estimates_the_divergences(estimator: str, trained, few_samples, capsys) -> None:
    assert cli.main(["measure", str(trained), "--json", "--estimator", estimator]) == 0
    figures = json.loads(capsys.readouterr().out)
    # After 40 steps the eight narrow modes are far from being met.
    assert 0.4 < figures["jsd_low"] <= figures["jsd_nats"] <= figures["jsd_high"] + 1e-9
    assert figures["jsd_high"] <= math.log(2)
    assert 0 <= figures["jsd_floor_nats"] < 0.05
    assert 0.5 < figures["kl_forward_low"] <= figures["kl_forward_nats"]
    assert 0.5 < figures["kl_reverse_low"] <= figures["kl_reverse_nats"]
    assert (figures["kl_kind"], figures["kl_forward_high"], figures["kl_reverse_high"]) == ("lower bound", None, None)
    assert figures["estimator"] == estimator
    assert figures["estimate_samples"] == 2000


def test_measure_says_divergences_in_words(trained, few_samples, capsys) -> None:
    assert cli.main(["measure", str(trained), "--estimator", "histogram"]) == 0
    out = capsys.readouterr().out
    assert "JSD by the histogram of 2,000 samples a side: 0.6" in out
    assert ", floor 0.0" in out
    assert re.search(r"^KL\(p_data \|\| p_g\): >= \d\.\d{3} nats \(95 %\)$", out, re.MULTILINE)


def test_measure_prints_what_is_known_of_a_mixture(trained, few_samples, capsys) -> None:
    assert cli.main(["measure", str(trained), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["run"], figures["step"], figures["modes_total"]) == (str(trained), 40, 8)
    assert 0 <= figures["modes_strict"] <= figures["modes"] <= 8
    assert 0 <= figures["high_quality"] <= 1
    # After 40 steps D is no better than a guess, so that its value bounds nothing.
    assert (figures["jsd_bound_nats"], figures["jsd_bound_se_nats"]) == (None, None)
    assert figures["jsd_bound_missing"] == "it is at or below 0, and no JSD is below that"
    assert cli.main(["measure", str(trained)]) == 0
    out = capsys.readouterr().out
    assert "modes reached: " in out
    assert "JSD bound from the game: says nothing yet, because it is at or below 0, and no JSD is below that\n" in out


def test_samples_are_the_same_for_the_same_seed(trained, capsys) -> None:
    for name, seed in (("a.npy", "1"), ("b.npy", "1"), ("c.npy", "2")):
        assert cli.main(["sample", str(trained), "--count", "7", "--seed", seed, "--out", name]) == 0
    assert capsys.readouterr().out == "a.npy\nb.npy\nc.npy\n"
    a, b, c = (np.load(name) for name in ("a.npy", "b.npy", "c.npy"))
    assert a.shape == (7, 2)
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_a_preset_is_printed_as_a_file_that_train_takes(capsys, tmp_path) -> None:
    assert cli.main(["presets", "ring"]) == 0
    path = tmp_path / "my.toml"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert load_experiment(path) == load_preset("ring")
    assert cli.main(["presets", "rnig"]) == 2
    assert "no such preset (did you mean 'ring'?)" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_samples_go_where_a_link_leads_and_into_a_pipe_that_is_read(trained, capsys) -> None:
    sample = ["sample", str(trained), "--count", "7", "--out"]
    Path("kept").mkdir()
    Path("link.npy").symlink_to(Path("kept", "a.npy"))
    assert cli.main([*sample, "link.npy"]) == 0
    assert Path("link.npy").is_symlink()
    os.mkfifo("pipe.npy")
    assert cli.main([*sample, "pipe.npy"]) == 2
    assert one_line(capsys.readouterr().err).endswith("nobody reads from it: start the program that does first")
    reader = os.open("pipe.npy", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert cli.main([*sample, "pipe.npy"]) == 0
        piped = np.load(io.BytesIO(os.read(reader, 1 << 16)))
    finally:
        os.close(reader)
    assert Path("pipe.npy").is_fifo()
    assert piped.shape == (7, 2)
    np.testing.assert_array_equal(piped, np.load(Path("kept", "a.npy")))


@pytest.mark.skipif(os.name == "nt", reason="links take a right of their own there")
def test_what_a_training_leaves_in_its_run_is_never_written_through_a_link() -> None:
    train = ["train", "ring", "--out", "run", "--quiet", *ONE_THREAD]
    assert cli.main([*train, "--steps", "2"]) == 0
    Path("mine.txt").write_text("mine")
    names = ("samples.png", "curves.png", "summary.json")
    for name in names:
        Path("run", name).unlink()
        Path("run", name).symlink_to(Path("mine.txt").absolute())
    assert cli.main([*train, "--resume", "--steps", "3"]) == 0
    assert Path("mine.txt").read_text() == "mine"
    assert not any(Path("run", name).is_symlink() for name in names)
    assert json.loads(Path("run", "summary.json").read_text())["steps"] == 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_a_training_leaves_in_its_run_is_never_written_into_a_pipe(capsys) -> None:
    train = ["train", "ring", "--out", "run", "--quiet", *ONE_THREAD]
    assert cli.main([*train, "--steps", "2"]) == 0
    names = ("samples.png", "curves.png", "summary.json")
    readers = []
    for name in names:
        Path("run", name).unlink()
        os.mkfifo(Path("run", name))
        readers.append(os.open(Path("run", name), os.O_RDONLY | os.O_NONBLOCK))
    capsys.readouterr()
    try:
        assert cli.main([*train, "--resume", "--steps", "3"]) == 2
        assert [os.read(reader, 1) for reader in readers] == [b""] * len(names)
    finally:
        for reader in readers:
            os.close(reader)
    told = capsys.readouterr().err.splitlines()
    assert [name for name in names if any(name in line and "is a named pipe" in line for line in told)] == list(names)
    assert all(Path("run", name).is_fifo() for name in names)


def test_presets_are_listed_with_their_summaries(capsys) -> None:
    assert cli.main(["presets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ring ")
    assert len(lines) >= 8


def test_doctor_reports_and_mends(monkeypatch, capsys) -> None:
    monkeypatch.setattr(ganstudio.system, "report", lambda runs: {"runs": str(runs), "load": math.inf})
    monkeypatch.setattr(ganstudio.system, "describe", lambda report, more: f"runs in {report['runs']}; {dict(more)}")
    monkeypatch.setenv("GANSTUDIO_MEMORY_GB", "2.5")
    monkeypatch.setattr(ganstudio.system, "fix", lambda: 7)
    assert cli.main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "home" in said
    assert "2.5 GB of memory to read one (GANSTUDIO_MEMORY_GB), 20 GB of disk" in said
    assert "'Sound': '" in said
    assert cli.main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["load"], told["data"]["memory_bytes"]) == (None, 2_500_000_000)
    assert set(told["data"]["libraries"]) == {"scipy", "h5py", "pyarrow", "soundfile"}
    assert set(told["sound"]) == {"miniaudio", "device", "error"}
    assert (told["sound"]["device"] is None) != (told["sound"]["error"] is None)
    assert cli.main(["doctor", "--fix"]) == 7


# --- bad input ---


@pytest.mark.parametrize("out", [["--out", "file/run"], []], ids=["a place that was named", "the usual one"])
def test_where_no_run_can_be_made_another_place_can_be_named(out, capsys) -> None:
    Path("file" if out else "runs").write_text("no folder")
    assert cli.main(["train", "ring", "--steps", "2", "--quiet", *out, *ONE_THREAD]) == 2
    told = one_line(capsys.readouterr().err)
    assert "a run cannot be made there: " in told
    assert "--out names another place for this run" in told
    assert "GANSTUDIO_HOME" not in told  # which says where the window keeps its runs


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "rign"], "rign: neither a preset nor a file (did you mean 'ring' or 'srgan'?)"),
        (["train", "ring", "--set", "objective.kind=foo"], "objective.kind: found 'foo', allowed: 'minimax', "),
        (["train", "ring", "--set", "steps"], "steps: expected dotted.key=value"),
        (["train", "ring", "--resume"], "--resume: no run of ring in runs; name its folder with --out"),
        (["train", "ring", "--resume", "--out", "none"], "none: no such folder"),
        (["train", "ring", "--data", "none"], "--data none: no such file or folder"),
        (["train", "ring", "--out", "."], ".: holds other files (file.txt)"),
        (["measure", "none"], "none: no such folder"),
        (["sample", "none", "--count", "3", "--out", "a.jpg"], "a.jpg: samples are written as .png, .npy, .npz"),
        (["sample", "none", "--count", "3", "--out", "a.png"], "none: no such folder"),
        (["open", "./ring"], "./ring: no such file or folder"),
        (["open", "none"], "none: no such file or folder, no such preset, allowed: ring, "),
        (
            ["open", "rign"],
            "rign: no such file or folder, no such preset (did you mean 'ring' or 'srgan'?), allowed: ring, ",
        ),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments: list[str], message: str, capsys) -> None:
    Path("file.txt").touch()
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert one_line(err).startswith(message)
    assert out == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "ring", "--steps", "0"], "argument --steps: found '0', expected a whole number of at least 1"),
        (["train", "ring", "--seconds", "nan"], "argument --seconds: found 'nan', expected a number of seconds"),
        (["train", "ring", "--seconds", "x"], "argument --seconds: found 'x', expected a number of seconds"),
        (["train", "ring", "--seed", "-1"], "argument --seed: found '-1', expected a whole number from 0"),
        (["sample", "run", "--count", "3"], "the following arguments are required: --out"),
        (["dance"], "argument VERB: invalid choice: 'dance'"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(arguments: list[str], message: str, capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert one_line(capsys.readouterr().err).startswith(message)


def test_whoever_names_data_without_a_verb_is_told_what_opens_them(capsys) -> None:
    with pytest.raises(SystemExit):
        cli.main(["my_images"])
    assert "ganstudio open PATH opens data, a preset or a run in the window" in one_line(capsys.readouterr().err)


def test_what_has_begun_does_not_change(trained, capsys) -> None:
    assert cli.main(["train", "ring", "--resume", "--out", str(trained), "--seed", "9"]) == 2
    assert "seed: cannot change in the run" in one_line(capsys.readouterr().err)


def test_a_run_that_is_being_written_is_left_alone(trained, capsys) -> None:
    folder = RunFolder.open(trained)
    resume = ["train", "ring", "--resume", "--out", str(trained), "--steps", "50", "--quiet"]
    assert cli.main(resume) == 2
    assert "is being written by this program" in one_line(capsys.readouterr().err)
    folder.close()


def test_a_mistake_of_the_program_is_not_dressed_up(monkeypatch) -> None:
    def broken() -> list[str]:
        raise ValueError("a bug")

    monkeypatch.setattr("ganstudio.presets.preset_names", broken)
    with pytest.raises(ValueError, match="a bug"):
        cli.main(["presets"])


# --- a session's events, told by a fake one ---


class FakeSession:
    """Yields what it is given until it has been told to quit."""

    script: tuple[object, ...] = ()
    folder = RunFolder

    def __init__(self, start: Start) -> None:
        self.start = start
        self.sent: list[object] = []
        FakeSession.last = self

    def send(self, command: object) -> None:
        self.sent.append(command)

    def run(self):
        for event in self.script:
            if callable(event):
                event()
            else:
                yield event
        assert self.sent.count(Quit()) == 1 or isinstance(event, Failed)
        if not isinstance(event, Failed):
            yield Closed()


def opened(**changes) -> Opened:
    known = dict.fromkeys(Opened.__dataclass_fields__)
    known |= {"experiment": Experiment(), "step": 0, "seconds": 0.0, "data_name": "Fake", "data_count": 12}
    return Opened(**(known | {"skipped": (), "skipped_count": 0, "notes": (), "device": "cpu", "threads": 2} | changes))


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """A session that tells ``script``; it yields the run that the script made with what was recorded there."""
    monkeypatch.setattr(ganstudio.training.session.session, "Session", FakeSession)
    folder = RunFolder.create(tmp_path / "made", Experiment(name="fake"), {"device": "cpu"})
    folder.record_scalars(SCALARS, rows(*range(1, 50)))
    folder.close()
    return folder.path


def play(*events: object) -> None:
    FakeSession.script = events


def test_what_a_full_disk_leaves_of_one_step_is_told_in_the_singular(fake, capsys) -> None:
    play(
        opened(data_count=1),
        RunCreated(fake),
        StateChanged("playing", 0),
        Scalars(rows(1)),
        StateChanged("paused", 1, "unwritable"),
    )
    assert cli.main(["train", "ring"]) == 2
    told = capsys.readouterr().err
    assert "Fake (1 sample) on cpu" in told
    assert "made: nothing could be kept, and 1 step is lost; make room, then ganstudio train " in told
    assert "--resume starts over" in told


@pytest.mark.skipif(os.name == "nt", reason="shells there quote in another way")
def test_a_command_that_is_told_can_be_copied_whatever_the_run_is_called(fake, tmp_path, capsys) -> None:
    run = fake.rename(tmp_path / "it's mine")
    play(
        opened(),
        RunCreated(run),
        StateChanged("playing", 0),
        Checkpointed(1, run / "checkpoints" / "step-00000001"),
        Scalars(rows(1, 2)),
        StateChanged("paused", 2, "unwritable"),
    )
    assert cli.main(["train", "ring", "--quiet"]) == 2
    (told,) = [line for line in capsys.readouterr().err.splitlines() if "--resume goes on from there" in line]
    command = re.search(r"make room, then (.*) goes on from there", told).group(1)
    assert shlex.split(command) == ["ganstudio", "train", str(run), "--resume"]


@pytest.mark.parametrize("again", [False, True], ids=["no other run", "another that takes nothing"])
def test_a_deleted_run_is_not_said_to_keep_anything(again, fake, tmp_path, capsys) -> None:
    other = tmp_path / "other"
    shutil.copytree(fake, other)
    play(
        opened(),
        RunCreated(fake),
        StateChanged("playing", 0),
        Scalars(rows(1, 2)),
        Checkpointed(2, fake / "checkpoints" / "step-00000002"),
        Scalars(rows(3)),
        lambda: shutil.rmtree(fake),
        *([RunCreated(other)] if again else []),
        StateChanged("paused", 3, "unwritable"),
    )
    assert cli.main(["train", "ring"]) == 2
    told = capsys.readouterr().err
    assert "kept is the checkpoint" not in told
    assert "3 steps are lost" in told
    gone = f"{fake} was deleted, and no other run could be made: nothing is kept, and 3 steps are lost"
    assert (gone in told) == (not again)
    assert ("--resume" in told) == again


def test_a_run_that_diverged_has_no_figures(fake, capsys) -> None:
    play(
        opened(),
        RunCreated(fake),
        StateChanged("paused", 0),
        StateChanged("playing", 0),
        Scalars(rows(1, 2, value=math.nan)),
        StateChanged("paused", 2),
        Notice("Training stopped at step 2."),
    )
    assert cli.main(["train", "ring", "--json", "--quiet"]) == 1
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert one_line(err) == "Training stopped at step 2."
    assert (result["d_loss"], result["jsd_bound_nats"], result["stopped"]) == (None, None, "diverged")


@pytest.mark.parametrize("more", [[], ["--seeds", "2"]], ids=["one game", "side by side"])
def test_where_no_run_can_be_made_it_ends_with_words(more, monkeypatch, capsys) -> None:
    """As on a disk that can only be read, which a test can't count on: found out once all else has been."""

    def refused(path: Path, *_args: object, **_options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    for folder in (RunFolder, GroupFolder):
        monkeypatch.setattr(folder, "_begin", refused)
    assert cli.main(["train", "ring", "--steps", "4", "--out", "run", "--quiet", "--json", *ONE_THREAD, *more]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Read-only file system" in one_line(err)


def test_where_a_run_can_not_be_gone_on_with_it_ends_with_words(monkeypatch, capsys) -> None:
    for steps in ("4", "8"):
        more = ["--resume"] if steps == "8" else ["--out", "run"]
        command = ["train", "run" if more == ["--resume"] else "ring", *more, "--steps", steps, "--quiet", *ONE_THREAD]
        assert cli.main(command) == 0

    def refused(*_args: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(RunFolder, "truncate", refused)
    capsys.readouterr()
    assert cli.main(["train", "run", "--resume", "--at", "4", "--quiet"]) == 2
    assert "No space left on device" in one_line(capsys.readouterr().err)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_on_a_full_disk_it_stops_with_words(tmp_path) -> None:
    run = tmp_path / "run"
    command = f"ulimit -f 40; exec {sys.executable} -m ganstudio train ring --steps 4000 --quiet --json --out {run}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "make room, then go on" not in done.stderr  # nobody can: the program ends
    resume = re.escape(f"make room, then ganstudio train {run} --resume starts over")
    assert re.search(rf"{run}: nothing could be kept, and [1-9]\d* steps are lost; {resume}", done.stderr)
    assert "the training itself is kept" not in done.stderr
    assert cli.main(["train", str(run), "--resume", "--steps", "2", "--quiet"]) == 0
    assert json.loads(done.stdout)["kept_step"] is None


@pytest.mark.parametrize(
    ("message", "status", "shown"),
    [
        ("device.kind: cuda is not available", 2, "device.kind: cuda is not available"),
        ("RuntimeError: oh", 1, "training broke down: RuntimeError: oh"),
    ],
)
def test_a_failure_is_told(message: str, status: int, shown: str, fake, capsys) -> None:
    play(Failed(message, "Traceback\n  here", expected=status == 2))
    assert cli.main(["train", "ring", "--quiet"]) == status
    assert one_line(capsys.readouterr().err) == shown
    assert cli.main(["train", "ring"]) == status
    assert ("Traceback" in capsys.readouterr().err) == (status == 1)


def test_what_was_skipped_is_named_and_counted(fake, capsys) -> None:
    skipped = tuple((f"{index}.png", "is not an image") for index in range(7))
    play(
        opened(skipped=skipped, skipped_count=7),
        RunCreated(fake),
        StateChanged("playing", 0),
        StateChanged("finished", 49),
    )
    assert cli.main(["train", "ring"]) == 0
    err = capsys.readouterr().err
    assert "Fake (12 samples) on cpu, 2 threads" in err
    assert "skipped 4.png: is not an image" in err
    assert "5.png" not in err
    assert "skipped 7 in all" in err


def test_ctrl_c_asks_the_session_to_quit_and_a_second_one_aborts(fake, capsys) -> None:
    def interrupt() -> None:
        signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    play(opened(), RunCreated(fake), StateChanged("playing", 0), interrupt, Scalars(rows(1)))
    assert cli.main(["train", "ring", "--quiet"]) == 130
    assert "fake: 49 steps" in capsys.readouterr().out
    play(opened(), RunCreated(fake), StateChanged("playing", 0), interrupt, interrupt)
    assert cli.main(["train", "ring", "--quiet"]) == 130
    assert capsys.readouterr().out == ""
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interruption_before_the_first_step_leaves_no_run(fake, capsys) -> None:
    play(opened(), lambda: signal.raise_signal(signal.SIGINT))
    assert cli.main(["train", "ring", "--quiet"]) == 130
    assert capsys.readouterr().out == ""


def test_an_interruption_ends_the_reading_of_data(tmp_path, monkeypatch, capsys) -> None:
    path = tmp_path / "points.csv"
    path.write_text("".join(f"{x % 7},{x % 5}\n" for x in range(100)))
    monkeypatch.chdir(tmp_path)
    asked = []

    def endless() -> None:
        while watching._LOOKING.get() is not None:  # nobody watches where a command line is read
            asked.append(1)
            if len(asked) == 50:
                signal.raise_signal(signal.SIGINT)
            watching.still_wanted()

    monkeypatch.setattr(records, "still_wanted", endless)
    assert cli.main(["train", "ring", "--data", str(path), "--quiet"]) == 130
    assert 50 <= len(asked) <= 60
    assert not (tmp_path / "runs").exists()


def test_resuming_sends_the_changes_and_then_plays(fake) -> None:
    adjusted = [Adjusted(0, path, None, Experiment()) for path in ("objective.kind", "schedule.steps")]
    play(opened(), *adjusted, StateChanged("playing", 0), Scalars(rows(60)), StateChanged("finished", 70))
    resume = ["train", "ring", "--resume", "--out", str(fake), "--steps", "70", "--set", "objective.kind=hinge"]
    FakeSession.script = (opened(run=fake), *FakeSession.script[1:])
    assert cli.main([*resume, "--quiet"]) == 0
    session = FakeSession.last
    assert session.start.resume == fake
    expected = [Adjust("objective.kind", "hinge"), Adjust("schedule.steps", 70), Play(), Quit()]
    assert session.sent == expected


def test_a_change_that_the_session_refuses_ends_it_untrained(fake, capsys) -> None:
    refused = Notice("objective.kind: this D is not for it", setting="objective.kind")
    play(opened(), Notice("something else"), refused)
    resume = ["train", "ring", "--resume", "--out", str(fake), "--steps", "70", "--set", "objective.kind=hinge"]
    FakeSession.script = (opened(run=fake), *FakeSession.script[1:])
    assert cli.main([*resume, "--quiet"]) == 2
    assert FakeSession.last.sent == [Adjust("objective.kind", "hinge"), Quit()]
    out, err = capsys.readouterr()
    assert (out, err) == ("", "ganstudio: objective.kind: this D is not for it\n")


# --- progress ---


class Terminal:
    """A stream that is a terminal, and may go away."""

    def __init__(self) -> None:
        self.text = ""
        self.gone: OSError | None = None

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        if self.gone is not None:
            raise self.gone
        self.text += text

    def flush(self) -> None:
        pass


@pytest.mark.parametrize("gone", [BrokenPipeError(), OSError(5, "Input/output error")])  # a pipe, a terminal
def test_on_a_terminal_a_bar_fills_a_line(monkeypatch, gone) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "100")
    progress = Progress(quiet=False)
    progress.update(50, 100, rate=0.01, d_loss=1.0, g_loss=math.nan)
    progress.update(51, 100, rate=2.0, d_loss=1.0, g_loss=2.0)
    progress.update(100, 100, rate=2.0, d_loss=1.0, g_loss=2.0, last=True)
    progress.note("done")
    first, second = terminal.text.lstrip("\r").split("\r")
    assert len(first) == 99
    assert "50/100  0.0 it/s  1:23:20 left  D 1.000  G -" in first
    assert first.count("=") == pytest.approx(second.count("=") / 2, abs=2)
    assert second.endswith("\ndone\n")
    terminal.gone = gone
    progress.note("nobody sees this")
    warn("nor this")
    terminal.gone = None
    progress.note("nor this")
    assert terminal.text.endswith("done\n")


def test_elsewhere_plain_lines_come_every_few_seconds(capsys) -> None:
    progress = Progress(quiet=False)
    for step in range(100):
        progress.update(step, 100, rate=0, d_loss=1.0, g_loss=1.0)
    progress.close()
    assert capsys.readouterr().err == "0/100  0.0 it/s  -  D 1.000  G 1.000\n"


def test_a_program_without_a_console_says_nothing(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdout", None)
    warn("nobody is there")
    assert cli.main(["presets"]) == 0


def test_json_has_no_nan() -> None:
    assert to_json({"a": math.nan, "b": [math.inf, 1.0], "c": {"d": -math.inf}, "e": Path("x")}) == (
        '{"a": null, "b": [null, 1.0], "c": {"d": null}, "e": "x"}'
    )


# --- the program ---


def test_without_a_display_the_default_experiment_is_trained(monkeypatch, fake, capsys) -> None:
    monkeypatch.setattr(ganstudio.system, "display_available", lambda: False)
    play(opened(), RunCreated(fake), StateChanged("playing", 0), StateChanged("finished", 49))
    assert cli.main([]) == 0
    out, err = capsys.readouterr()
    assert "no display for a window: training the ring preset" in err
    assert f"run: {fake}" in out
    assert FakeSession.last.start.experiment.name == "ring"


@pytest.mark.parametrize(
    ("opened", "words"),
    [
        ("grid", ["grid"]),
        ("my data", ["ring", "--data", "my data"]),
        ("my.toml", ["my.toml"]),
        ("made", ["made", "--resume"]),
        ("made/checkpoints/step-00000007", ["made", "--resume", "--at", "7"]),
    ],
)
def test_without_a_display_what_can_be_done_in_its_place_is_told(opened, words, fake, monkeypatch, capsys) -> None:
    monkeypatch.setattr(ganstudio.system, "display_available", lambda: False)
    for made in ("my data", "made/checkpoints/step-00000007"):
        Path(made).mkdir(parents=True)
    Path("my.toml").write_text("")
    assert cli.main(["open", opened]) == 2
    told = one_line(capsys.readouterr().err)
    command = told.partition("train without one: ")[2]
    command = command.replace(f"{Path.cwd()}{os.sep}", "")  # of a checkpoint the run is named with its whole path
    assert [word.strip('"') for word in shlex.split(command, posix=os.name != "nt")] == ["ganstudio", "train", *words]


@pytest.mark.parametrize(
    ("arguments", "path"), [([], None), (["open", "."], Path()), (["open", "grid"], preset_file("grid"))]
)
def test_with_a_display_the_window_opens(arguments: list[str], path: Path | None, monkeypatch) -> None:
    asked: list[Path | None] = []

    class App:
        @staticmethod
        def run_window(path: Path | None) -> int:
            asked.append(path)
            return 5

    monkeypatch.setattr(ganstudio.system, "display_available", lambda: True)
    monkeypatch.setitem(sys.modules, "ganstudio.gui.app", App)
    assert cli.main(arguments) == 5
    assert asked == [path]
    monkeypatch.setitem(sys.modules, "ganstudio.gui.app", None)
    assert cli.main(arguments) == 2


def test_the_environment_is_set_before_anything_heavy_loads(monkeypatch, capsys) -> None:
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.setenv(name, "restored afterwards")
        monkeypatch.delenv(name)
    monkeypatch.setenv("KMP_BLOCKTIME", "5")
    assert program(["presets"]) == 0
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    assert os.environ["KMP_BLOCKTIME"] == "5"


def test_help_loads_nothing_heavy_and_is_quick() -> None:
    script = """
import sys
from ganstudio.__main__ import main
try:
    main(["train", "--help"])
finally:
    heavy = {"torch", "numpy", "pydantic", "PySide6", "matplotlib"} & set(sys.modules)
    sys.stderr.write(",".join(heavy))
"""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--set dotted.key=value" in done.stdout
    assert time.monotonic() - began < 5  # the figure itself, 0.4 s, is a benchmark


def test_the_version(capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"ganstudio {__version__}\n"


def test_a_reader_that_goes_away_is_no_error(tmp_path) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "ganstudio", "presets"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False, cwd=tmp_path)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")
