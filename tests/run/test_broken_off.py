"""A program that ends while it mends a run leaves the damaged file or the mended one under the name, never neither."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ganstudio.experiment import Experiment
from ganstudio.run import Change, RunFolder, write_aside
from ganstudio.run._disk import keep_aside

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("d_loss", "g_loss")


@pytest.fixture
def run(tmp_path) -> Path:
    """A closed run with 2,000 steps in 40 commits, and a change."""
    folder = RunFolder.create(tmp_path / "r", Experiment(), {"torch": "2"})
    step = np.arange(1.0, 2_001)
    for part in np.split(np.stack([step, step / 7, np.sin(step), -np.cos(step)], axis=1), 40):
        folder.record_scalars(NAMES, part)
        folder.commit()
    folder.record_change(7, "schedule.steps", 9)
    folder.close()
    return folder.path


def read(path: Path) -> np.ndarray:
    folder = RunFolder.open(path, read_only=True)
    found = folder.scalars(NAMES)
    folder.close()
    return found


class Crash(BaseException):
    """Instead of a call of the system, the program's end."""


def crash_at(monkeypatch, number: int) -> None:
    """Have the call with this number, of those that give a file a name or take it away, not happen."""
    left = [number]

    def dying(real):
        def call(*arguments, **more):
            left[0] -= 1
            if not left[0]:
                raise Crash
            return real(*arguments, **more)

        return call

    for name in ("rename", "replace", "link", "unlink"):
        monkeypatch.setattr(os, name, dying(getattr(os, name)))
    monkeypatch.setattr("shutil.copy2", dying(shutil.copy2))


def crash_everywhere(monkeypatch, work, check) -> int:
    """Do ``work``, crashing a call later each time, and ``check`` what is left, until it comes through; the crashes."""
    for crashes in range(40):
        with monkeypatch.context() as patch:
            crash_at(patch, crashes + 1)
            try:
                work(crashes)
            except Crash:
                pass
            else:
                return crashes
        check(crashes)
    raise AssertionError("it never came through")


@pytest.fixture(params=[True, False], ids=["links", "no links"])
def disk(request, monkeypatch) -> None:
    """One that knows several names for a file, and one that does not."""

    def refused(*_arguments, **_more) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    if not request.param:
        monkeypatch.setattr(os, "link", refused)


def test_wherever_mending_a_database_is_broken_off_nothing_is_lost(run, tmp_path, disk, monkeypatch) -> None:
    damaged = bytearray((run / "metrics.sqlite").read_bytes())
    damaged[20 * 4096 : 21 * 4096] = bytes(4096)
    (run / "metrics.sqlite").write_bytes(damaged)

    def mend(number: int) -> None:
        shutil.copytree(run, tmp_path / f"{number}")
        folder = RunFolder.open(tmp_path / f"{number}")
        try:
            folder.truncate(2_000)
        finally:
            folder.close()

    def check(number: int) -> None:
        left = tmp_path / f"{number}"
        assert len(read(left)) > 1_700
        again = RunFolder.open(left)
        again.truncate(2_000)
        assert len(again.scalars(NAMES)) > 1_700
        again.close()
        assert damaged in [path.read_bytes() for path in left.glob("metrics.sqlite.damaged*")]

    assert crash_everywhere(monkeypatch, mend, check) >= 3


def test_wherever_mending_changes_is_broken_off_none_is_lost(run, tmp_path, disk, monkeypatch) -> None:
    with (run / "changes.jsonl").open("a") as file:
        file.write("[1]\n")

    def check(number: int) -> None:
        again = RunFolder.open(tmp_path / f"{number}", read_only=True)
        assert again.changes() == [Change(7, "schedule.steps", 9)]
        again.close()

    def mend(number: int) -> None:
        shutil.copytree(run, tmp_path / f"{number}")
        RunFolder.open(tmp_path / f"{number}").close()

    assert crash_everywhere(monkeypatch, mend, check) >= 3


def test_of_a_file_that_was_kept_aside_before_a_crash_there_is_no_second_copy(tmp_path) -> None:
    (tmp_path / "a").write_text("damaged")
    assert keep_aside(tmp_path / "a") == keep_aside(tmp_path / "a") == tmp_path / "a.damaged"
    write_aside(tmp_path / "a", "again")
    assert keep_aside(tmp_path / "a") == tmp_path / "a.damaged-2"
    assert (tmp_path / "a.damaged").read_text() == "damaged"


def test_a_copy_that_fails_leaves_no_half(tmp_path, monkeypatch) -> None:
    def fail(*_arguments, **_more) -> None:
        (tmp_path / "a.damaged").write_text("dam")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "a").write_text("damaged")
    monkeypatch.setattr(os, "link", fail)
    monkeypatch.setattr("shutil.copy2", fail)
    with pytest.raises(OSError, match="No space left"):
        keep_aside(tmp_path / "a")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
