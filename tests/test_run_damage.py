"""Damaged and hostile run folders: what can be read is, what is missing is said, and nothing is lost or waited for."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ganstudio.experiment import Experiment
from ganstudio.presets import ExperimentError, load_experiment
from ganstudio.run import Change, RunError, RunFolder, _reading, take_abandoned, write_aside
from ganstudio.system.files import FileFault, read_bytes
from ganstudio.training.checkpoints.checkpoint import keep_whole
from tests import fuzzing_runs

NAMES = ("d_loss", "g_loss")
COMMITS, ROWS = 40, 50


@pytest.fixture
def run(tmp_path):
    """A closed run with 2,000 steps in 40 commits, a change, and a checkpoint by its name."""
    folder = RunFolder.create(tmp_path / "r", Experiment(), {"torch": "2"})
    for part in np.split(table(), COMMITS):
        folder.record_scalars(NAMES, part)
        folder.commit()
    folder.record_change(7, "schedule.steps", 9)
    (folder.checkpoints / f"step-{COMMITS * ROWS:08d}").mkdir()
    folder.close()
    return folder.path


def table() -> np.ndarray:
    step = np.arange(1.0, COMMITS * ROWS + 1)
    return np.stack([step, step / 7, np.sin(step), -np.cos(step)], axis=1)


def write(path, statement) -> None:
    with closing(sqlite3.connect(path / "metrics.sqlite")) as connection:
        connection.executescript(statement)


def read(path) -> tuple[np.ndarray, tuple[str, ...]]:
    folder = RunFolder.open(path, read_only=True)
    found = folder.scalars(NAMES)
    folder.close()
    return found, folder.missing


# --- bits -------------------------------------------------------------------------------------------------------------


def test_whatever_bit_flips_in_what_was_recorded_is_told(run) -> None:
    whole = (run / "metrics.sqlite").read_bytes()
    assert read(run) == (pytest.approx(table()), ())
    random = np.random.default_rng(0)
    silent = 0
    for place in random.integers(0, 8 * len(whole), 150).tolist():
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        (run / "metrics.sqlite").write_bytes(flipped)
        found, missing = read(run)
        if not missing:
            silent += 1
            np.testing.assert_array_equal(found, table())  # a bit that means nothing, as in a page's unused bytes
        else:  # what is left is right
            assert np.isin(found[:, 0], table()[:, 0]).all()
            known = table()[found[:, 0].astype(int) - 1]
            np.testing.assert_array_equal(np.where(np.isnan(found), known, found), known)
    assert silent <= 30  # 16 of them when this was written


def test_a_block_that_is_damaged_leaves_a_gap_that_is_named(run) -> None:
    write(run, "UPDATE scalars SET value = value + 1e-9 WHERE step = 120 AND name = 'd_loss'")
    found, (missing,) = read(run)
    assert len(found) == COMMITS * ROWS - ROWS
    assert "metrics.sqlite: the curves have a gap after step 100 up to step 151" in missing


def test_damage_is_told_once_however_often_the_run_is_read(run) -> None:
    write(run, "UPDATE scalars SET value = 3 WHERE step = 120")
    folder = RunFolder.open(run, read_only=True)
    first = folder.scalars(NAMES)
    for names in (NAMES, NAMES[:1], ("none",)):
        again = folder.scalars(names)
        np.testing.assert_array_equal(again, first[:, : 2 + len(names)] if "none" not in names else again[:0])
    assert len(folder.missing) == 1
    folder.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM scalars WHERE step = 120",
        "INSERT INTO scalars VALUES (120, 1.0, 'd_loss', 2.0)",
        "UPDATE scalars SET name = 'x' WHERE step = 120",
        "UPDATE scalars SET step = 121 WHERE step = 120",
        "UPDATE scalars SET seconds = 0 WHERE step = 120",
        "UPDATE scalars SET value = 'x' WHERE step = 120",
        "UPDATE scalars SET value = x'00' WHERE step = 120",
        "UPDATE scalars SET step = 1e300 WHERE step = 120",
        "UPDATE blocks SET checksum = 0 WHERE first > 1000",
        "UPDATE blocks SET last = last + 1 WHERE first > 1000",
        "DELETE FROM blocks WHERE first > 1000",
        "DROP TABLE blocks",
        "PRAGMA application_id = 0",
        "PRAGMA application_id = 7",
    ],
)
def test_whatever_is_changed_by_others_is_told(run, statement) -> None:
    write(run, statement)
    found, missing = read(run)
    assert missing
    assert np.isin(found[:, 0], table()[:, 0]).all()


def test_a_writer_goes_on_with_what_is_as_it_was_written(run) -> None:
    write(run, "UPDATE scalars SET value = 3 WHERE step IN (120, 1980)")
    folder = RunFolder.open(run)
    folder.truncate(1_990)
    folder.record_scalars(NAMES, table()[1_990:])
    folder.close()
    found, (missing,) = read(run)  # the damage is not covered up by going back into it
    left = [*range(100), *range(150, 1_950), *range(1_990, 2_000)]
    np.testing.assert_array_equal(found, table()[left])
    assert "a gap after step 100 up to step 151, 2 parts of it in all" in missing


def test_a_database_out_of_order_is_kept_aside_and_what_can_be_read_gone_on_with(run) -> None:
    damaged = bytearray((run / "metrics.sqlite").read_bytes())
    damaged[20 * 4096 : 21 * 4096] = bytes(4096)
    (run / "metrics.sqlite").write_bytes(damaged)
    assert len(read(run)[0]) > 1_700
    folder = RunFolder.open(run)
    folder.truncate(1_990)
    assert "The damaged file is kept as metrics.sqlite.damaged." in folder.missing[0]
    folder.record_scalars(NAMES, table()[1_990:])
    folder.close()
    found, missing = read(run)
    assert missing == ()
    assert len(found) > 1_700
    np.testing.assert_array_equal(found, table()[found[:, 0].astype(int) - 1])
    assert (run / "metrics.sqlite.damaged").read_bytes() == damaged


def test_going_back_keeps_the_checksums_true(run) -> None:
    for step in (1_777, 1_776, 1_750, 33, 0):
        folder = RunFolder.open(run)
        folder.truncate(step)
        np.testing.assert_array_equal(folder.scalars(NAMES), table()[:step])
        folder.record_scalars(NAMES, table()[step : step + 10])
        folder.close()
        found, missing = read(run)
        np.testing.assert_array_equal(found, table()[: step + 10])
        assert missing == ()


def test_a_run_from_before_there_were_checksums_opens_and_has_some_for_what_comes(run) -> None:
    write(run, "DROP TABLE blocks; PRAGMA application_id = 0")
    assert read(run) == (pytest.approx(table()), ())
    folder = RunFolder.open(run)
    folder.truncate(1_000)
    folder.record_scalars(NAMES, table()[1_000:1_200])
    assert folder.missing == ()
    folder.close()
    assert read(run) == (pytest.approx(table()[:1_200]), ())
    write(run, "UPDATE scalars SET value = 3 WHERE step = 1100")
    found, (missing,) = read(run)
    np.testing.assert_array_equal(found, table()[:1_000])
    assert "the curves have a gap" in missing


def test_of_such_a_run_what_is_not_ours_is_left_out_row_by_row(run) -> None:
    write(run, "DROP TABLE blocks; PRAGMA application_id = 0; UPDATE scalars SET value = 'x' WHERE step = 120")
    found, (missing,) = read(run)
    np.testing.assert_array_equal(found, np.delete(table(), 119, axis=0))
    assert "some rows are not what this program records" in missing


def test_negative_zero_and_whole_numbers_have_the_checksum_that_they_are_read_with(tmp_path) -> None:
    folder = RunFolder.create(tmp_path / "r", Experiment(), {})
    folder.record_scalars(("a", "b"), np.array([[1, 0.0, -0.0, 5.0], [2, 1.0, 1e18, 2.0**53]]))
    folder.close()
    assert RunFolder.open(tmp_path / "r", read_only=True).scalars(("a", "b")).shape == (2, 4)
    assert read(tmp_path / "r")[1] == ()


# --- databases that are none of ours ----------------------------------------------------------------------------------

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS step, 1.0 AS seconds, 'd_loss' AS name, 1.0 AS value FROM n"  # noqa: E501
TRIGGER = "CREATE TRIGGER t AFTER INSERT ON scalars BEGIN SELECT RAISE(ABORT, 'no'); END"
GENERATED = (
    "CREATE TABLE scalars (step INTEGER, seconds REAL, name TEXT, value REAL AS (length(hex(zeroblob(400000000)))))"
)


@pytest.mark.parametrize(
    "statement",
    [
        f"DROP TABLE scalars; CREATE VIEW scalars AS {ENDLESS}",
        f"DROP TABLE blocks; CREATE VIEW blocks AS {ENDLESS}",
        f"DROP TABLE scalars; {GENERATED}; INSERT INTO scalars VALUES (1, 1.0, 'd_loss')",
        "DROP TABLE scalars; CREATE TABLE scalars (x)",
        "DROP TABLE scalars",
        "ALTER TABLE scalars DROP COLUMN value",
    ],
)
def test_foreign_tables_are_not_read_and_not_written_to(run, statement) -> None:
    write(run, statement)
    began = time.monotonic()
    _, missing = read(run)
    assert missing
    folder = RunFolder.open(run)
    folder.truncate(10)
    folder.record_scalars(NAMES, table()[:5])
    folder.close()
    assert folder.missing
    assert time.monotonic() - began < 5
    assert (run / "metrics.sqlite.damaged").exists() or statement == "DROP TABLE scalars"


def test_a_trigger_is_not_set_off(run) -> None:
    write(run, TRIGGER)
    folder = RunFolder.open(run)
    folder.truncate(1_000)
    folder.record_scalars(NAMES, table()[1_000:])
    folder.close()
    np.testing.assert_array_equal(read(run)[0], table())


def test_no_database_at_all_is_told(run) -> None:
    for content in (b"", b"no database" * 100, (run / "metrics.sqlite").read_bytes()[:5_000]):
        (run / "metrics.sqlite").write_bytes(content)
        assert "The run's curves" in read(run)[1][0]
    (run / "metrics.sqlite").unlink()
    assert "No such file" in read(run)[1][0] or "there is no such file" in read(run)[1][0]


# --- files that are none ----------------------------------------------------------------------------------------------


@pytest.fixture(params=["pipe", "folder", "zeros", "noise", "circle"])
def odd(request):
    """Puts something that is no regular file in a file's place."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no named pipes here")

    def put(path) -> None:
        path.unlink(missing_ok=True)
        match request.param:
            case "pipe":
                os.mkfifo(path)
            case "folder":
                path.mkdir()
            case "zeros":
                path.symlink_to("/dev/zero")
            case "noise":
                path.symlink_to("/dev/urandom")
            case "circle":
                path.symlink_to(path)

    return put


@pytest.mark.parametrize("name", ["metrics.sqlite", "metrics.sqlite-wal", "changes.jsonl", "environment.json"])
def test_an_odd_file_keeps_nobody_from_the_rest(run, odd, name) -> None:
    odd(run / name)
    reader = RunFolder.open(run, read_only=True)
    reader.scalars(NAMES), reader.changes(), reader.environment()
    reader.close()
    (missing,) = reader.missing
    assert name in missing
    writer = RunFolder.open(run)
    writer.truncate(3)
    writer.record_change(3, "seed", 4)
    writer.record_scalars(NAMES, table()[3:5])
    assert Change(3, "seed", 4) in writer.changes()
    writer.close()
    assert len(read(run)[0]) == (5 if name in ("changes.jsonl", "environment.json") else 2)


def test_an_odd_experiment_and_an_odd_lock_are_one_error_each(run, odd) -> None:
    odd(run / "experiment.toml")
    with pytest.raises(RunError, match=r"experiment\.toml: "):
        RunFolder.open(run, read_only=True).experiment()
    odd(run / ".lock")
    assert take_abandoned(run.parent) == []
    with pytest.raises(RunError, match=r"\.lock: "):
        RunFolder.open(run)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
def test_a_lock_never_empties_what_it_links_to(run, tmp_path) -> None:
    (tmp_path / "mine.txt").write_text("12\n")
    (run / ".lock").unlink()
    (run / ".lock").symlink_to(tmp_path / "mine.txt")
    take_abandoned(run.parent)
    with pytest.raises(RunError):
        RunFolder.open(run)
    assert (tmp_path / "mine.txt").read_text() == "12\n"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
@pytest.mark.parametrize("there", [False, True])
def test_nothing_is_written_through_a_link(run, tmp_path, there) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    linked = [
        "metrics.sqlite",
        "changes.jsonl",
        ".changes.jsonl.new",
        ".environment.json.new",
        ".metrics.sqlite.new",
        "samples/.step-00002001.npy.new",
        "checkpoints/.writing-00002001",
    ]
    for name in linked:
        target = outside / Path(name).name
        if there:
            target.write_bytes((run / name).read_bytes() if (run / name).exists() else b"mine")
        (run / name).parent.mkdir(exist_ok=True)
        (run / name).unlink(missing_ok=True)
        (run / name).symlink_to(target)
    before = {path.name: path.read_bytes() for path in outside.iterdir()}
    folder = RunFolder.open(run)
    folder.record_scalars(NAMES, table()[:3] + np.array([2_000, 300, 0, 0]))
    folder.record_change(2_001, "seed", 3)
    write_aside(folder.samples / "step-00002001.npy", b"x")
    keep_whole(folder.checkpoints, 2_001, lambda aside: None, seconds=1.0)
    folder.close()
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before
    rows, missing = read(run)
    assert rows[-3:, 0].tolist() == [2_001, 2_002, 2_003]
    assert len(rows) == (2_003 if there else 3)  # what could be read through it is kept
    assert missing == ()
    told = " ".join(folder.missing)
    assert "metrics.sqlite: it is a link to another file" in told
    assert "changes.jsonl: is a link to another file" in told
    changes = RunFolder.open(run, read_only=True).changes()
    assert changes == [*([Change(7, "schedule.steps", 9)] if there else []), Change(2_001, "seed", 3)]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
@pytest.mark.parametrize("name", ["checkpoints", "samples"])
def test_a_run_whose_folder_is_a_link_is_not_written_to(run, tmp_path, name) -> None:
    (run / name).rename(tmp_path / name)
    (run / name).symlink_to(tmp_path / name)
    with pytest.raises(RunError, match=f"{name}: is a link to another folder; put that folder itself in its place"):
        RunFolder.open(run)
    RunFolder.open(run, read_only=True).close()
    (run / name).unlink()
    (tmp_path / name).rename(run / name)
    RunFolder.open(run).close()  # the lock was let go of


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
def test_a_link_to_a_regular_file_is_as_good(run) -> None:
    (run / "experiment.toml").rename(run / "mine.toml")
    (run / "experiment.toml").symlink_to(run / "mine.toml")
    assert RunFolder.open(run, read_only=True).experiment() == Experiment()


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 3_000,
        "a = " + "{b=" * 3_000,
        "a." * 200_000 + "a = 1",
        '"a".' * 50_000 + "a = 1",
        '{k = """a"""", ' + "b." * 50_000 + "b = 1}",
        "seed = " + "9" * 5_000,
        "seed = 0x" + "f" * 5_000,
        "seed = 1e400",
        "seed = 1979-05-27",
        "\0",
        "\ufeff",
        '[dataset]\nkind = "table"\npath = "a\\u0000b"',
        '[dataset]\nkind = "table"\npath = "~no_such_user/x"',
        "x = 1\n" * 200_000,
    ],
    ids=str,
)
def test_any_text_is_an_experiment_or_one_error(tmp_path, text) -> None:
    path = tmp_path / "experiment.toml"
    path.write_text(text, encoding="utf-8")
    began = time.monotonic()
    with pytest.raises(ExperimentError, match=r"\w"):
        load_experiment(path)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"step": Infinity, "path": "seed", "value": 1}',
        '{"step": 1e999, "path": "seed", "value": 1}',
        '{"step": 1, "path": "seed", "value": 1e999}',
        '{"step": 1, "path": "seed", "value": NaN}',
        '{"step": ' + "9" * 5_000 + ', "path": "seed", "value": 1}',
        '{"step": -1, "path": "seed", "value": 1}',
        '{"step": true, "path": "seed", "value": 1}',
        '{"step": 1, "path": 3, "value": 1}',
        '{"step": 1, "path": "seed"}',
        "null",
        "\0",
        "\u2028",
        "\udcff",
    ],
    ids=range(14),
)
def test_any_line_is_a_change_or_is_told(run, line) -> None:
    with (run / "changes.jsonl").open("ab") as file:
        file.write(line.encode("utf-8", "surrogateescape") + b"\n")
    reader = RunFolder.open(run, read_only=True)
    assert reader.changes() == [Change(7, "schedule.steps", 9)]
    assert "changes.jsonl, line 2: not a change" in reader.missing[0]


def test_files_of_gigabytes_are_not_read(run) -> None:
    for name in ("changes.jsonl", "environment.json", "experiment.toml"):
        os.truncate(run / name, 5 << 30)
    reader = RunFolder.open(run, read_only=True)
    reader.changes(), reader.environment()
    assert [one.count("too large: 5,368,709,120 bytes") for one in reader.missing] == [1, 1]
    with pytest.raises(RunError, match="too large"):
        reader.experiment()


# --- arrays -----------------------------------------------------------------------------------------------------------


def test_arrays_come_back_as_they_were_saved(tmp_path) -> None:
    for saved in (
        np.arange(6, dtype=np.float32).reshape(3, 2),
        np.asfortranarray(np.arange(6.0).reshape(3, 2)),
        np.zeros((2, 3, 3, 1), np.uint8),
        np.zeros((0, 2), np.float32),
        np.zeros(3),
    ):
        np.save(tmp_path / "a.npy", saved)
        found = _reading.array(tmp_path / "a.npy")
        np.testing.assert_array_equal(found, saved)
        assert (found.dtype, found.shape) == (saved.dtype, saved.shape)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"(3, 2)", b"(1000000000000, 2)"),
        (b"(3, 2)", b"(9999999999, 9999999999)"),
        (b"(3, 2)", b"(-3, 2)"),
        (b"(3, 2)", b"(4, 2)"),
        (b"'<f4'", b"'|O'"),
        (b"'<f4'", b"[('a', '<f4')]"),
        (b"'shape'", b"'shap'"),
        (b"{", b"{" * 5_000),
        (b"\x93", b"\x94"),
    ],
)
def test_an_array_that_claims_what_it_has_not_is_told(tmp_path, before, after) -> None:
    path = tmp_path / "step-00000001.npy"
    np.save(path, np.ones((3, 2), np.float32))
    path.write_bytes(path.read_bytes().replace(before, after, 1))
    with pytest.raises(RunError, match=r"step-00000001\.npy: "):
        _reading.array(path)


def test_what_grows_while_it_is_read_is_told(tmp_path) -> None:
    if not os.path.exists("/proc/self/maps"):
        pytest.skip("there are no files without a size here")
    with pytest.raises(FileFault, match="too large"):
        read_bytes(tmp_path.__class__("/proc/self/maps"), 10)


# --- what a start that died left --------------------------------------------------------------------------------------


def test_what_a_start_left_that_was_killed_is_taken_over(tmp_path) -> None:
    for leftover in (
        ".environment.json.new",
        ".experiment.toml.new",
        "environment.json",
        "checkpoints/.writing-00000004/x",
    ):
        path = tmp_path / "r" / leftover
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{")
    (tmp_path / "r" / "samples").mkdir()
    (tmp_path / "r" / ".lock").write_text("1\n")
    RunFolder.create(tmp_path / "r", Experiment(), {"a": 1}).close()
    run = RunFolder.open(tmp_path / "r", read_only=True)
    assert run.environment() == {"a": 1}
    names = {path.name for path in (tmp_path / "r").iterdir()}
    assert names == {".lock", "checkpoints", "samples", "environment.json", "experiment.toml"}
    assert list(run.checkpoints.iterdir()) == []


@pytest.mark.parametrize("name", ["checkpoints/step-00000001", "samples/mine.png", "environment.json/mine"])
def test_what_is_not_of_such_a_start_is_never_taken_over(tmp_path, name) -> None:
    (tmp_path / "r" / name).mkdir(parents=True)
    with pytest.raises(RunError, match="holds other files"):
        RunFolder.create(tmp_path / "r", Experiment(), {})
    assert (tmp_path / "r" / name).is_dir()


@pytest.mark.parametrize("name", ["data.json", "environment.json"])
def test_a_file_of_somebody_s_that_is_called_like_one_of_ours_stays(tmp_path, name) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(RunError, match="holds other files"):
        RunFolder.create(tmp_path, Experiment(), {})
    assert {path.name for path in tmp_path.iterdir()} == {name}


def test_an_unfinished_checkpoint_is_cleared_by_whoever_goes_on(run) -> None:
    (run / "checkpoints" / ".writing-00002000").mkdir()
    RunFolder.open(run, read_only=True).close()
    assert (run / "checkpoints" / ".writing-00002000").exists()
    RunFolder.open(run).close()
    assert [path.name for path in (run / "checkpoints").iterdir()] == ["step-00002000"]


def test_a_lock_that_a_full_disk_refuses_is_told_and_let_go(run, monkeypatch) -> None:
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "ftruncate", full)
        with pytest.raises(RunError, match=r"\.lock: cannot be written to: No space left on device"):
            RunFolder.open(run)
    folder = RunFolder.open(run)
    with monkeypatch.context() as patched:
        patched.setattr(os, "ftruncate", full)
        folder.close()
    RunFolder.open(run).close()


# --- at random --------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="bounds memory, and needs pipes and devices")
def test_runs_damaged_at_random_end_in_what_they_are_or_in_words() -> None:
    found = fuzzing_runs.run(60, seed=1)
    assert found["failures"] == []
    assert found["runs"] == 60
    assert found["outcomes"]["resume done"] > 20
    assert found["outcomes"]["resume refused"] > 3
