"""Logs lie where the platform keeps them, a crash is written down, and Qt starts under any path."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ganstudio.system import doctor
from ganstudio.system.logs import MOST_BYTES, crash_file, crashes_watched, log_folder

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("environment", "system", "end"),
    [
        ({"GANSTUDIO_HOME": "/x"}, "linux", "/x/logs"),
        ({"XDG_STATE_HOME": "/s"}, "linux", "/s/ganstudio"),
        ({}, "linux", "/.local/state/ganstudio"),
        ({}, "darwin", "/Library/Logs/GAN Studio"),
        ({"LOCALAPPDATA": "/local"}, "win32", "/local/GAN Studio/Logs"),
    ],
)
def test_logs_lie_where_the_platform_keeps_them(environment, system, end):
    assert log_folder(environment, system).as_posix().endswith(end)


def test_doctor_says_where(monkeypatch, home):
    monkeypatch.setattr(doctor, "_device", lambda: {"name": "cpu", "error": None, "torch_seconds": 0.0})
    monkeypatch.setattr(
        doctor, "_threads", lambda: {"usable": 1, "cores": 1, "torch": 1} | dict.fromkeys(doctor.THREAD_VARIABLES)
    )
    monkeypatch.setattr(doctor, "_start_qt", lambda: {"starts": True, "platform": "x", "error": None})
    told = doctor.describe(doctor.report())
    assert f"{home / 'logs' / 'ganstudio.log'} (nothing went wrong so far)" in told


CRASH = """
import ctypes, sys
from ganstudio.system.logs import crashes_watched
with crashes_watched():
    ctypes.string_at(0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there the machine's faults are told in another way")
def test_a_crash_is_written_down(home):
    ended = subprocess.run([sys.executable, "-c", CRASH], cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode < 0
    assert "Segmentation fault" in crash_file().read_text()


def test_a_long_crash_file_is_put_aside(home):
    crash_file().parent.mkdir(parents=True)
    crash_file().write_text("x" * (MOST_BYTES + 1))
    with crashes_watched():
        pass
    assert crash_file().stat().st_size == 0
    assert crash_file().with_name("crashes.txt.1").exists()


ODD = """
import sys
from ganstudio.gui.app import make_application
from PySide6.QtCore import QFile
app = make_application()
sys.stdout.write(f"{app.platformName()} {QFile.exists('styles:down.svg')}")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a link needs rights there, and such names there are not")
@pytest.mark.parametrize("name", ["a,b", "a;b", 'a"b', "a\\b", "a b(c)'d"])
def test_the_window_starts_under_any_path(tmp_path, name):
    import PySide6
    import shiboken6

    place = tmp_path / name
    place.mkdir()
    for package in (
        Path(PySide6.__file__).parent,
        Path(shiboken6.__file__).parent,
        ROOT / "ganstudio",
        ROOT / "resources",
    ):
        (place / package.name).symlink_to(package)
    environment = os.environ | {"PYTHONPATH": str(place), "QT_QPA_PLATFORM": "offscreen"}
    started = subprocess.run(
        [sys.executable, "-c", ODD], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (started.returncode, started.stdout) == (0, "offscreen True"), started.stderr
