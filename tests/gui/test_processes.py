"""Processes beside the window end with it, also where nobody closed them."""

import subprocess
import sys
import time

import pytest

from ganstudio.data.reading import host
from ganstudio.gui.card import reader
from ganstudio.gui.seam import bridge, worker
from ganstudio.training.messages import Start
from tests.gui.loading import never_ready

SCRIPT = """
import sys
from ganstudio.data.reading.errands import Quit
from ganstudio.data.reading.host import serve
from ganstudio.gui.seam.processes import spawn

if __name__ == "__main__":
    process, connection = spawn(serve, "reading", Quit())
    print(process.pid, process.daemon, flush=True)
"""


def test_a_program_that_ends_without_closing_them_does_not_wait_for_ever(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    ended = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.split()[1] == "False"  # a daemon could have no helpers


@pytest.fixture
def patient(monkeypatch):
    """Processes that never come to load what they need, and a window that would wait for a minute."""
    monkeypatch.setattr(worker, "_serve", never_ready)
    monkeypatch.setattr(host, "serve", never_ready)
    monkeypatch.setattr(bridge, "CLOSE_MS", 60_000)
    monkeypatch.setattr(reader, "CLOSE_SECONDS", 60)


def test_closing_does_not_wait_for_what_still_loads(qapp, patient, tiny, tmp_path):
    training, reading = bridge.TrainingBridge(), reader.Reader()
    training.send(Start(experiment=tiny, runs=tmp_path / "runs"))
    reading.warm()
    processes = training._worker._process, reading._desk._process
    begun = time.monotonic()
    training.close()
    reading.close()
    assert time.monotonic() - begun < 30
    assert all(process.exitcode not in (None, 0) for process in processes)
    assert not (tmp_path / "runs").exists()
