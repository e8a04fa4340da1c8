from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from ganstudio.experiment import Experiment, HingeSpec, TableSpec
from ganstudio.run import (
    Change,
    RunError,
    RunFolder,
    default_runs,
    latest_checkpoint,
    list_runs,
    new_run_path,
    take_abandoned,
)
from tests.full_disk import full_disk

NAMES = ("d_loss", "g_loss")


@pytest.fixture
def run(tmp_path):
    folder = RunFolder.create(tmp_path / "runs" / "a", Experiment(name="a", seed=3), {"torch": "2", "path": Path("x")})
    yield folder
    folder.close()


def rows(*steps: int, value: float = 1.0) -> np.ndarray:
    return np.array([[step, step / 10, value, -step] for step in steps], np.float64)


def test_a_new_run_holds_what_was_asked_for(run) -> None:
    assert run.experiment() == Experiment(name="a", seed=3)
    assert run.environment() == {"torch": "2", "path": "x"}
    assert run.checkpoints.is_dir()
    assert run.samples.is_dir()


def test_the_path_to_the_data_is_kept_absolute(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = RunFolder.create(tmp_path / "r", Experiment(dataset=TableSpec(path="points.csv")), {})
    run.close()
    assert run.experiment().dataset == TableSpec(path=str((tmp_path / "points.csv").resolve()))


def test_scalars_come_back_in_order_with_gaps_as_nan(run) -> None:
    given = rows(1, 2, 3)
    given[1, 2] = np.nan
    given[2, 3] = np.inf
    run.record_scalars(NAMES, given[::-1])
    expected = given.copy()
    expected[2, 3] = np.nan
    np.testing.assert_array_equal(run.scalars(NAMES), expected)
    np.testing.assert_array_equal(run.scalars(NAMES[1:]), expected[:2, [0, 1, 3]])
    assert run.scalars(("none",)).shape == (0, 3)
    assert run.scalars(()).shape == (0, 2)


def test_many_scalars_fill_several_statements(run) -> None:
    given = rows(*range(1, 1002))
    run.record_scalars(NAMES, given)
    run.record_scalars(NAMES, given[:0])
    np.testing.assert_array_equal(run.scalars(NAMES), given)


def test_single_updates_at_one_step_are_kept_apart_by_their_time(run) -> None:
    given = np.array([[5, 0.1, 1.0, np.nan], [5, 0.2, 2.0, np.nan], [6, 0.3, np.nan, 3.0]])
    run.record_scalars(NAMES, given)
    np.testing.assert_array_equal(run.scalars(NAMES), given)


def test_the_table_is_the_one_that_others_may_read(run) -> None:
    run.record_scalars(NAMES, rows(1))
    run.commit()
    with sqlite3.connect(run.path / "metrics.sqlite") as other:
        found = other.execute("SELECT step, seconds, name, value FROM scalars ORDER BY name").fetchall()
    other.close()
    assert found == [(1, 0.1, "d_loss", 1.0), (1, 0.1, "g_loss", -1.0)]


def test_a_kill_loses_only_what_was_not_committed(tmp_path) -> None:
    script = f"""
import os, numpy as np
from pathlib import Path
from ganstudio.experiment import Experiment
from ganstudio.run import RunFolder
run = RunFolder.create(Path({str(tmp_path / "r")!r}), Experiment(), {{}})
run.record_scalars(("a",), np.array([[1, 0.5, 2.0]]))
run.commit()
run.record_scalars(("a",), np.array([[2, 0.6, 2.0]]))
run.record_change(1, "schedule.steps", 9)
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9
    run = RunFolder.open(tmp_path / "r")
    np.testing.assert_array_equal(run.scalars(("a",)), [[1, 0.5, 2.0]])
    assert run.changes() == [Change(1, "schedule.steps", 9)]
    run.close()


def test_a_durable_commit_is_synced_to_the_disk_itself(run, monkeypatch) -> None:
    synced = set()

    def fsync(descriptor):
        synced.add(os.fstat(descriptor).st_ino)
        real(descriptor)

    real = os.fsync
    monkeypatch.setattr(os, "fsync", fsync)
    run.record_scalars(NAMES, rows(1))
    run.record_change(1, "schedule.steps", 9)
    run.commit()
    assert not synced
    run.commit(durable=True)
    # Moving its log into the database SQLite syncs both.
    assert (run.path / "metrics.sqlite-wal").stat().st_size == 0
    assert {path.stat().st_ino for path in (run.path, run.path / "changes.jsonl")} <= synced
    synced.clear()
    with _reading(run.path):
        run.record_scalars(NAMES, rows(2))
        run.commit(durable=True)
        assert (run.path / "metrics.sqlite-wal").stat().st_ino in synced
    assert (run.path / "changes.jsonl").stat().st_ino not in synced


@contextmanager
def _reading(path):
    """Somebody who reads just now, so that the log can't be moved."""
    with closing(sqlite3.connect(path / "metrics.sqlite")) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM scalars").fetchone()
        yield


def test_a_log_that_cannot_be_synced_is_told(run, monkeypatch) -> None:
    run.record_scalars(NAMES, rows(1))
    run.commit()

    def fsync(_descriptor):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(RunError, match=r"metrics\.sqlite-wal: .* cannot be synced to the disk: Input/output error"):
        run.commit(durable=True)


def test_what_a_full_disk_refuses_waits_for_the_next_time(run) -> None:
    run.record_scalars(NAMES, rows(1))
    run.commit()
    connection = run._scalars._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    run.record_scalars(NAMES, rows(*range(2, 1002)))
    for _ in range(2):
        with pytest.raises(RunError, match="full"):
            run.commit()
    connection.execute("PRAGMA max_page_count = 1000000")
    run.record_scalars(NAMES, rows(1002))
    run.commit()
    np.testing.assert_array_equal(run.scalars(NAMES), rows(*range(1, 1003)))


def test_changes_are_written_at_once_and_survive_a_torn_line(run) -> None:
    assert run.changes() == []
    run.record_change(10, "optimisers.generator.learning_rate", 1e-4)
    run.record_change(20, "objective", HingeSpec())
    with (run.path / "changes.jsonl").open("a") as file:
        file.write('{"step": 30, "pa')
    run.close()
    expected = [Change(10, "optimisers.generator.learning_rate", 1e-4), Change(20, "objective", {"kind": "hinge"})]
    assert RunFolder.open(run.path, read_only=True).changes() == expected
    again = RunFolder.open(run.path)
    again.record_change(30, "schedule.steps", 5)
    assert again.changes() == [*expected, Change(30, "schedule.steps", 5)]
    again.close()


def test_a_change_that_a_full_disk_refuses_waits_for_the_next_time(run) -> None:
    wanted = [Change(step, "schedule.steps", 1000 + step) for step in range(1, 6)]
    for change in wanted[:1]:
        run.record_change(change.step, change.path, change.value)
    written = (run.path / "changes.jsonl").read_bytes()
    assert 50 < len(written) < 100  # so that half of the next one fits
    with full_disk():
        for change in wanted[1:4]:
            with pytest.raises(OSError, match="File too large"):
                run.record_change(change.step, change.path, change.value)
        with pytest.raises(RunError, match=r"changes\.jsonl: cannot be written to: File too large"):
            run.commit()
        assert (run.path / "changes.jsonl").read_bytes() == written
        assert run.changes() == wanted[:4]
    run.record_change(5, "schedule.steps", 1005)
    assert RunFolder.open(run.path, read_only=True).changes() == wanted
    run.close()


def test_changes_that_a_full_disk_refused_go_with_the_run_and_are_written_as_it_is_let_go_of(run) -> None:
    change = Change(1, "name", "x" * 100)
    with full_disk():
        with pytest.raises(OSError, match="File too large"):
            run.record_change(1, "name", "x" * 100)
        run.close()
    again = RunFolder.open(run.path)
    assert again.changes() == []
    run.hand_over(again)
    again.truncate(0)  # what comes after a checkpoint is what stands in the file
    assert again.changes() == [change]
    again.close()
    assert RunFolder.open(run.path, read_only=True).changes() == [change]


def test_a_damaged_change_is_named_by_its_line_and_the_others_are_kept(run) -> None:
    run.record_change(1, "seed", 1)
    with (run.path / "changes.jsonl").open("a") as file:
        file.write("[1]\n")
    run.record_change(2, "seed", 2)
    run.close()
    reader = RunFolder.open(run.path, read_only=True)
    assert reader.changes() == [Change(1, "seed", 1), Change(2, "seed", 2)]
    (told,) = reader.missing
    assert "changes.jsonl, line 2: not a change: '[1]'." in told
    writer = RunFolder.open(run.path)
    assert "The damaged file is kept as changes.jsonl.damaged." in writer.missing[0]
    assert writer.changes() == reader.changes()
    assert (run.path / "changes.jsonl.damaged").read_text().count("\n") == 3
    writer.close()
    assert RunFolder.open(run.path, read_only=True).missing == ()


def test_going_on_from_a_checkpoint_forgets_what_came_after(run) -> None:
    run.record_scalars(NAMES, rows(1, 2, 3))
    for step in (1, 2, 3):
        run.record_change(step, "schedule.steps", step)
    run.truncate(2)
    np.testing.assert_array_equal(run.scalars(NAMES), rows(1, 2))
    assert [change.step for change in run.changes()] == [1, 2]
    run.close()
    again = RunFolder.open(run.path)
    again.truncate(0)
    assert len(again.scalars(NAMES)) == 0
    again.close()


def test_two_writers_are_kept_apart_and_a_reader_is_let_in(run) -> None:
    run.record_scalars(NAMES, rows(1))
    run.commit()
    with pytest.raises(RunError, match="is being written by this program; close it there first"):
        RunFolder.open(run.path)
    reader = RunFolder.open(run.path, read_only=True)
    np.testing.assert_array_equal(reader.scalars(NAMES), rows(1))
    with pytest.raises(AssertionError, match="for reading only"):
        reader.record_change(1, "seed", 1)
    reader.close()


def test_another_program_is_named_by_its_pid(run) -> None:
    script = """
import sys
from pathlib import Path
from ganstudio.run import RunError, RunFolder
try:
    RunFolder.open(Path(sys.argv[1]))
except RunError as error:
    sys.stdout.write(str(error))
"""
    command = [sys.executable, "-c", script, str(run.path)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert f"is being written by process {os.getpid()}; close it there first" in out


def test_a_lock_left_by_a_dead_program_is_taken_over(run) -> None:
    run.close()
    run.close()
    (run.path / ".lock").write_text("1\n")
    again = RunFolder.open(run.path)
    assert (again.path / ".lock").read_text().strip() == str(os.getpid())
    again.close()


def test_a_run_that_a_dead_program_left_is_given_out_once(run) -> None:
    runs = run.path.parent
    (run.checkpoints / "step-00000007").mkdir()
    assert take_abandoned(runs) == []  # it is held
    run.close()
    assert take_abandoned(runs) == []  # it was closed in order
    (run.path / ".lock").write_text("1\n")
    assert [(summary.name, summary.step) for summary in take_abandoned(runs)] == [("a", 7)]
    assert take_abandoned(runs) == []
    RunFolder.open(run.path).close()


def test_a_run_without_a_checkpoint_is_not_worth_telling_of(run) -> None:
    run.close()
    (run.path / ".lock").write_text("1\n")
    assert take_abandoned(run.path.parent) == []


def test_a_run_is_not_made_over_another_or_among_other_files(run, tmp_path) -> None:
    with pytest.raises(RunError, match="holds a run already"):
        RunFolder.create(run.path, Experiment(), {})
    (tmp_path / "mine.txt").touch()
    with pytest.raises(RunError, match=r"holds other files \(mine\.txt\)"):
        RunFolder.create(tmp_path, Experiment(), {})
    with pytest.raises(RunError, match=r"mine\.txt: a run cannot be made there: [^;]*$"):
        RunFolder.create(tmp_path / "mine.txt", Experiment(), {})
    default_runs().parent.mkdir(parents=True, exist_ok=True)
    default_runs().write_text("no folder")
    with pytest.raises(RunError, match=r"a run cannot be made there: .*; GANSTUDIO_HOME names another place for all"):
        RunFolder.create(default_runs() / "run", Experiment(), {})


def test_what_is_no_run_is_said(tmp_path) -> None:
    with pytest.raises(RunError, match=r"none: no such folder"):
        RunFolder.open(tmp_path / "none")
    with pytest.raises(RunError, match=r"experiment\.toml is missing"):
        RunFolder.open(tmp_path)


def test_damage_is_told_in_words(run) -> None:
    run.close()
    (run.path / "metrics.sqlite").write_bytes(b"no database" * 100)
    (run.path / "experiment.toml").write_text("seed = -1")
    (run.path / "environment.json").write_text("[")
    reader = RunFolder.open(run.path, read_only=True)
    assert reader.scalars(NAMES).shape == (0, 4)
    assert f"{run.path / 'metrics.sqlite'}: file is not a database." in reader.missing[-1]
    with pytest.raises(RunError, match=r"experiment\.toml: seed: found -1"):
        reader.experiment()
    assert reader.environment() == {}
    assert "environment.json: not valid JSON" in reader.missing[1]


def test_a_closed_run_is_read_without_leaving_a_trace(run) -> None:
    run.record_scalars(NAMES, rows(1, 2))
    run.close()
    before = {entry.name for entry in run.path.iterdir()}
    reader = RunFolder.open(run.path, read_only=True)
    np.testing.assert_array_equal(reader.scalars(NAMES), rows(1, 2))
    assert {entry.name for entry in run.path.iterdir()} == before
    reader.close()
    assert "metrics.sqlite-wal" not in before


def test_a_writer_closes_in_order_while_somebody_reads(run) -> None:
    run.record_scalars(NAMES, rows(1))
    run.commit()
    reader = RunFolder.open(run.path, read_only=True)
    reader.scalars(NAMES)
    run.close()
    np.testing.assert_array_equal(reader.scalars(NAMES), rows(1))
    reader.close()


def test_a_run_without_scalars_reads_as_empty(run) -> None:
    assert RunFolder.open(run.path, read_only=True).scalars(NAMES).shape == (0, 4)


def test_new_runs_get_names_of_their_own(tmp_path) -> None:
    first = new_run_path(tmp_path, "my ring/2")
    datetime.strptime(first.name[:19], "%Y-%m-%d_%H-%M-%S")
    assert first.name[19:] == "_my_ring_2"
    assert first.parent == tmp_path
    first.mkdir()
    assert new_run_path(tmp_path, "my ring/2") != first
    assert new_run_path(tmp_path, "///").name.endswith("_run")


@pytest.mark.parametrize("letter", ["x", "字", "𝒙"])
def test_a_run_of_the_longest_name_can_be_made_and_found(letter, tmp_path) -> None:
    experiment = Experiment(name=80 * letter)
    path = new_run_path(tmp_path, f"{experiment.name}-duel")
    RunFolder.create(path, experiment, {}).close()
    assert [(run.path, run.name) for run in list_runs(tmp_path)] == [(path, experiment.name)]
    assert len(path.name) > 50
    assert path.name[20:] == f"{experiment.name}-duel"[: len(path.name) - 20]


def test_the_home_of_runs_follows_the_environment(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path))
    assert default_runs() == tmp_path / "runs"
    monkeypatch.delenv("GANSTUDIO_HOME")
    assert default_runs() == Path.home() / "GAN Studio" / "runs"


def test_the_newest_complete_checkpoint_is_found(tmp_path) -> None:
    assert latest_checkpoint(tmp_path) is None
    for name in ("step-00000999", "step-00001000", ".step-00002000.new", "step-00003000.part", "notes"):
        (tmp_path / "checkpoints" / name).mkdir(parents=True)
    (tmp_path / "checkpoints" / "step-00009000").touch()
    found = latest_checkpoint(tmp_path)
    assert found is not None
    assert found.name == "step-00001000"


def test_runs_are_listed_newest_first_and_broken_ones_with_their_trouble(tmp_path) -> None:
    assert list_runs(tmp_path / "none") == []
    for name in ("2026-01-01_00-00-00_old", "2026-03-01_00-00-00_new"):
        RunFolder.create(tmp_path / name, Experiment(name=name[20:]), {}).close()
    run = tmp_path / "2026-03-01_00-00-00_new"
    (run / "checkpoints" / "step-00000500").mkdir()
    (run / "samples" / "step-00000500.png").touch()
    (tmp_path / "2026-01-01_00-00-00_old" / "samples" / "step-00000100.npy").touch()
    (tmp_path / "2026-05-01_00-00-00_broken").mkdir()
    (tmp_path / "2026-05-01_00-00-00_broken" / "experiment.toml").write_bytes(b"\xff")
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    broken, new, old = list_runs(tmp_path)
    assert (broken.name, broken.step, new.trouble) == ("2026-05-01_00-00-00_broken", 0, "")
    assert broken.trouble.startswith(f"{broken.path / 'experiment.toml'}: not a text file")
    assert new.frame is None
    assert old.frame == old.path / "samples" / "step-00000100.npy"
    assert (new.name, new.step, new.when) == ("new", 500, datetime(2026, 3, 1))
    assert new.thumbnail == run / "samples" / "step-00000500.png"
    assert (old.name, old.step, old.thumbnail) == ("old", 0, None)


def test_a_run_in_a_list_takes_one_file_and_settings_that_others_share_are_read_once(tmp_path) -> None:
    """What a list of thousands costs, counted in a process of its own, since nobody can take an audit hook back."""
    count = 30
    for number in range(count):
        name = f"2026-01-01_00-00-{number:02d}_ring"
        run = RunFolder.create(tmp_path / name, Experiment(name=f"ring {number}", seed=number), {})
        run.close()
        np.save(run.samples / "step-00000005.npy", np.zeros((4, 2), np.float32))
        (run.checkpoints / "step-00000005").mkdir()
    script = f"""
import sys, tomllib
from pathlib import Path
from ganstudio.run import list_runs
opened, listed, parsed, loads = [], [], [], tomllib.loads
tomllib.loads = lambda text: parsed.append(text) or loads(text)
runs = {str(tmp_path)!r}
def watch(event, args):
    if str((*args, "")[0]).startswith(runs):
        opened.extend([args[0]] * (event == "open"))
        listed.extend([args[0]] * (event in ("os.listdir", "os.scandir")))
sys.addaudithook(watch)
assert len({{run.name for run in list_runs(Path(runs))}}) == {count}
print(len(opened), len(listed), sum(map(len, parsed)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    opened, listed, parsed = map(int, done.stdout.split())
    assert opened == count
    assert listed == 2 * count + 1  # its checkpoints and its samples
    whole = (run.path / "experiment.toml").stat().st_size
    assert whole <= parsed < 4 * whole


def test_a_run_in_a_folder_of_any_name_is_dated_by_its_file(tmp_path) -> None:
    RunFolder.create(tmp_path / "mine", Experiment(), {}).close()
    os.utime(tmp_path / "mine" / "experiment.toml", (1e9, 1e9))
    assert list_runs(tmp_path)[0].when == datetime.fromtimestamp(1e9)


def test_the_written_change_is_plain_json(run) -> None:
    run.record_change(4, "objective", HingeSpec())
    line = (run.path / "changes.jsonl").read_text().strip()
    assert json.loads(line) == {"step": 4, "path": "objective", "value": {"kind": "hinge"}}


def test_reading_runs_loads_neither_torch_nor_qt() -> None:
    script = (
        "import sys, ganstudio.run, ganstudio.presets; sys.exit('torch' in sys.modules or 'PySide6' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_long_record_is_read_in_parts_and_whole_alike(tmp_path, monkeypatch):
    for name in ("_recorded.AT_ONCE", "_blocks.MOST_ROWS"):
        monkeypatch.setattr(f"ganstudio.run.{name}", 100)
    run = RunFolder.create(tmp_path / "run", Experiment(), {})
    rows = np.random.default_rng(0).normal(size=(500, 5))
    rows[:, 0], rows[:, 1] = np.arange(500), np.arange(500) / 7
    rows[::3, 3] = np.nan
    run.record_scalars(("a", "b", "c"), rows)
    run.record_scalars(("other",), rows[:, :3])
    parts = list(run.scalar_parts(("a", "b", "c")))
    assert len(parts) > 10
    for read in (np.concatenate(parts), run.scalars(("a", "b", "c"))):
        np.testing.assert_array_equal(read, rows)
    run.close()
