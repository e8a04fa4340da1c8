"""Films that ffmpeg makes: of every size, and in words where it makes none."""

import os
import shutil
import sys
import tempfile

import numpy as np
import pytest

from ganstudio.export import ExportError, ffmpeg, save_film

FRAMES = [np.full((4, 6, 3), 40 * index, np.uint8) for index in range(5)]


@pytest.fixture
def by(tmp_path, monkeypatch):
    """Has a script stand for ffmpeg, alone on the path."""
    if sys.platform == "win32":
        pytest.skip("a script is no program there")

    def stand(text, mode=0o755):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "ffmpeg").write_text(text)
        (folder / "ffmpeg").chmod(mode)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")

    return stand


@pytest.mark.parametrize(
    ("script", "why"),
    [
        pytest.param("\0\0", "ffmpeg can't be started: ", id="no program"),
        pytest.param("#!/bin/sh\necho Unknown encoder >&2\nexit 1\n", "make the film: Unknown encoder$", id="words"),
        pytest.param("#!/bin/sh\nexit 3\n", r"it said nothing of why \(exit code 3\)$", id="silent"),
        pytest.param("#!/bin/sh\nexit 0\n", r"it said nothing of why \(exit code 0\)$", id="no film"),
        pytest.param("#!/bin/sh\nkill -9 $$\n", r"something ended it \(signal 9\)$", id="killed"),
    ],
)
def test_why_ffmpeg_made_no_film_is_told_and_nothing_is_left(tmp_path, monkeypatch, by, script, why):
    by(script)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with pytest.raises(ExportError, match=why):
        save_film(tmp_path / "a.mp4", FRAMES, 10)
    assert not (tmp_path / "a.mp4").exists()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_full_disk_where_films_are_made_is_told(tmp_path, monkeypatch, by):
    by("#!/bin/sh\nexit 1\n")
    full = type(shutil.disk_usage(tmp_path))(10**9, 10**9, 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(ExportError, match=r"there is no room left in .*, where films are made; free some disk space"):
        save_film(tmp_path / "a.webm", FRAMES, 10)


@pytest.mark.skipif(ffmpeg() is None, reason="there is no ffmpeg here")
@pytest.mark.parametrize("ending", [".mp4", ".webm"])
@pytest.mark.parametrize("shape", [(6, 4, 3), (5, 7, 1), (1, 1, 3)], ids=str)
def test_ffmpeg_makes_films_of_every_size(tmp_path, ending, shape):
    save_film(tmp_path / f"a{ending}", [np.full(shape, 40 * index, np.uint8) for index in range(5)], 10)
    data = (tmp_path / f"a{ending}").read_bytes()
    assert data[4:8] == b"ftyp" if ending == ".mp4" else data[:4] == b"\x1a\x45\xdf\xa3"
