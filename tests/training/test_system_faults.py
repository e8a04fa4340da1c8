"""A training that the system fails at one call leaves a run that goes on: a few calls of each sort, chosen evenly.

``make bench-slow NAME=faults`` does 50 of each.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.benchmarks import faults


@pytest.mark.slow
def test_a_training_that_the_system_fails_at_a_call_is_kept_and_goes_on():
    if why := faults.can_be_done():
        pytest.skip(why)
    # In a process of its own: it forks, which one with threads had better not do.
    script = "from tests.benchmarks import faults; done, wrong = faults.carry_out(3); print(done.total(), wrong)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=110)
    count, _, wrong = told.stdout.strip().splitlines()[-1].partition(" ")
    assert wrong == "[]"
    assert 14 <= int(count) <= 18


def test_where_strace_is_missing_it_is_said_and_nothing_is_counted(monkeypatch, capsys):
    monkeypatch.setattr(faults.shutil, "which", lambda _: None)
    monkeypatch.setattr(faults, "carry_out", lambda _: pytest.fail("it was tried"))
    assert faults.run() == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "takes Linux and strace" in err
