"""Uses a packed bundle as a person does who has nothing else: unpacked under a strange name, on a screen of its own.

Its environment names no Python, no virtual environment and no project; the libraries that it loads are looked at too.
Whatever it writes to a terminal that it should not is an error.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.bundle import drag
from tests.bundle.screen import SIZE, Screen, TooLateError, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[2]
PLACE = "生成 对抗 网络 (a b)"
"""Where it is unpacked: spaces, brackets and letters beyond ASCII."""
PATIENCE = 240.0
DRAGS = 4
RING_STEPS, DIGITS_STEPS, ZIP_STEPS = 200, 10, 5


class BrokenError(AssertionError):
    """The bundle does not do what it should."""


class Home:
    """A folder for everything that the bundle leaves behind, and the environment that says so."""

    def __init__(self, folder: Path, display: str | None = None) -> None:
        self.runs = folder / "home" / "runs"
        self.runs.mkdir(parents=True, exist_ok=True)
        nothing = folder / "nothing"
        nothing.mkdir(exist_ok=True)
        self.environment = {
            "HOME": str(folder / "home"),
            "GANSTUDIO_HOME": str(folder / "home"),
            "PATH": str(nothing),
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(nothing),
            "GANSTUDIO_SOUND": "null",
        }
        if display is not None:
            self.environment |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        if sys.platform == "win32":
            self.environment |= {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP")}

    def all_runs(self) -> set[Path]:
        """The runs that there are, once they hold scalars."""
        return {path.parent for path in self.runs.glob("*/metrics.sqlite")}


def steps_of(run: Path) -> int:
    """How far a run has come, as its file of scalars says."""
    try:
        with sqlite3.connect(f"{(run / 'metrics.sqlite').as_uri()}?mode=ro", uri=True) as file:
            return file.execute("SELECT max(step) FROM scalars").fetchone()[0] or 0
    except sqlite3.OperationalError:
        return 0  # being made


def say(command: Sequence[str | Path], home: Home, *, of: str) -> str:
    """What a verb of the bundle says; nothing but results may come. Raises BrokenError."""
    done = subprocess.run(
        list(map(str, command)), env=home.environment, cwd=home.runs, capture_output=True, timeout=PATIENCE, check=False
    )
    said, wrong = done.stdout.decode("utf-8"), done.stderr.decode("utf-8", "replace")
    if done.returncode != 0 or wrong:
        raise BrokenError(f"{of}: exit status {done.returncode}, and on standard error:\n{wrong or '(nothing)'}")
    return said


def command_line(program: Path, home: Home) -> None:
    """What needs no window: the doctor, training, going on, samples, data."""
    found = json.loads(say([program, "doctor", "--json"], home, of="doctor"))
    if not found["bundle"] or found["bundle"]["damaged"] or not found["bundle"]["parts"]:
        raise BrokenError(f"doctor does not know that it is in a bundle: {found['bundle']}")
    if found["device"]["error"] or not found["qt"]["starts"]:
        raise BrokenError(f"doctor found something wrong: {found['advice']}")
    if find_spec("miniaudio") and not (found["sound"]["miniaudio"] and found["sound"]["device"] == "Null"):
        raise BrokenError(f"doctor can't play a sound into nothing: {found['sound']}")
    run = home.runs / "by the command line 环"
    for more in ([], ["--resume"]):
        steps = str(RING_STEPS * (1 + len(more)))
        words = ["train", "ring", "--steps", steps, "--out", run, "--quiet", "--json", *more]
        say([program, *words], home, of=" ".join(map(str, words)))
    say([program, "measure", run, "--estimator", "histogram", "--json", "--quiet"], home, of="measure")
    digits = home.runs / "digits by the command line"
    say([program, "train", "digits", "--steps", "3", "--out", digits, "--quiet"], home, of="train digits")
    say([program, "sample", digits, "--count", "4", "--out", home.runs / "s.png"], home, of="sample")
    said = json.loads(say([program, "datasets", pictures(home.runs), "--json", "--quiet"], home, of="datasets"))
    if not said:
        raise BrokenError("datasets says nothing of an archive of images")
    said = json.loads(say([program, "datasets", tune(home.runs), "--json", "--quiet"], home, of="datasets"))
    if (said["kind"], said["count"]) != ("melody", 5):
        raise BrokenError("datasets says nothing of a MIDI file")
    if find_spec("miniaudio"):
        said = json.loads(say([program, "datasets", floats(home.runs), "--json", "--quiet"], home, of="datasets"))
        if (said["kind"], said["count"]) != ("sound", 1):
            raise BrokenError("datasets says nothing of a sound")


def tune(folder: Path) -> Path:
    """A MIDI file, which a library of its own reads."""
    from tests.data import midi_on_disk

    path = folder.parent / "曲.mid"
    path.write_bytes(midi_on_disk.tune())
    return path


def floats(folder: Path) -> Path:
    """A sound of 32-bit floats, which takes the program's own decoding program to read."""
    from tests.data.sounds_on_disk import tone, wav

    path = folder.parent / "音.wav"
    path.write_bytes(wav(tone(), bits=0))
    return path


def pictures(folder: Path) -> Path:
    """An archive of images."""
    from io import BytesIO

    from PIL import Image

    path = folder.parent / "图 片.zip"
    random = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(48):
            stream = BytesIO()
            Image.fromarray(random.integers(0, 255, (16, 16), np.uint8)).save(stream, "PNG")
            archive.writestr(f"{number % 2}/{number}.png", stream.getvalue())
    return path


class Window:
    """The window, on a screen of its own, from its start to its end."""

    def __init__(self, program: Path, screen: Screen, home: Home, *words: str | Path) -> None:
        self.screen, self.home, self.begun = screen, home, time.time()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end
        self._process = subprocess.Popen(
            [str(program), *map(str, words)],
            env=home.environment,
            cwd=home.runs,
            stdout=self._said,
            stderr=subprocess.STDOUT,
        )
        self.see("the window", lambda: screen.colours() > 60)
        self.painted = time.time() - self.begun
        self.focus()

    def see(self, what: str, look: Callable[[], object], seconds: float | None = None) -> object:
        """Wait for something while the program lives. Raises BrokenError, with what the program said."""

        def look_alive() -> object:
            if self._process.poll() is not None:
                raise BrokenError(
                    f"{what}: the program ended (status {self._process.returncode}); it said: {self.said()}"
                )
            return look()

        try:
            return wait_for(what, look_alive, seconds or PATIENCE)
        except TooLateError as error:
            picture = Path(tempfile.gettempdir()) / "bundle.png"
            self.screen.photograph(picture)
            raise BrokenError(f"{error}; the screen as it was: {picture}; the program said: {self.said()!r}") from None

    def focus(self) -> None:
        """Let keys go to the window, as a window manager would."""
        for number in self.screen.windows("GAN Studio"):
            self.screen.xdotool("windowfocus", number)

    def said(self) -> str:
        """What the program wrote so far."""
        self._said.seek(0)
        return self._said.read().decode("utf-8", "replace")

    def begin(self, what: str, *keys: str) -> Path:
        """Press keys, a single step last, until there is a run of it: before the game is ready, they do nothing."""
        before = self.home.all_runs()

        def knock() -> Path | None:
            if new := self.home.all_runs() - before:
                return new.pop()
            self.focus()
            for key in keys:
                self.screen.key(key)
            time.sleep(0.1)
            return None

        run = self.see(f"a run of {what}", knock)
        assert isinstance(run, Path)
        return run

    def train(self, run: Path, steps: int, *, plays: bool = False) -> None:
        """Play until a run has come so far, and pause. plays: it does already."""
        if not plays:
            self.screen.key("space")
        self.see(f"step {steps} of {run.name}", lambda: steps_of(run) >= steps)
        self.screen.key("space")

    def drop(self, path: Path) -> None:
        """Drag a file from another window onto the middle of this one."""
        environment = os.environ | {"DISPLAY": self.screen.display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
        source = subprocess.Popen([sys.executable, "-m", "tests.bundle.drag", str(path)], env=environment)
        try:
            self.see("what is dragged", lambda: self.screen.windows(drag.TITLE))
            time.sleep(1)
            middle = (SIZE[0] // 2, SIZE[1] // 2)
            for _ in range(DRAGS):  # a window that is slow to come up does not feel the first press
                self.screen.drag(
                    (20, 20), (28, 28), (40, 40), (50, 50), (200, 200), (400, 300), middle, (middle[0] + 5, middle[1])
                )
                with contextlib.suppress(subprocess.TimeoutExpired):
                    source.wait(timeout=10)
                    break
            else:
                raise BrokenError(f"{path.name} was dragged {DRAGS} times and never dropped")
        finally:
            source.kill()
            source.wait()
        self.focus()

    def save(self, run: Path) -> None:
        """Write a checkpoint, and wait until it is there."""

        def written() -> set[tuple[str, int]]:
            return {(path.name, path.stat().st_mtime_ns) for path in run.glob("checkpoints/step-*")}

        before = written()
        self.screen.key("s", "ctrl+s")  # after one more step: what is saved already is not saved again
        self.see(f"a checkpoint of {run.name}", lambda: bool(written() - before))

    def foreign_files(self) -> list[str]:
        """What this process and its children have mapped that lies in a Python, an environment or the project."""
        bad = [str(ROOT), sys.prefix, sys.base_prefix + "/lib/python", sysconfig.get_path("stdlib")]
        found = []
        for process in [self._process.pid, *_children(self._process.pid)]:
            maps = Path(f"/proc/{process}/maps").read_text(encoding="utf-8").splitlines()
            found += [line.split(None, 5)[-1] for line in maps if any(f" {place}/" in line for place in bad)]
        return sorted(set(found))

    def quit(self) -> None:
        """Close it. Raises BrokenError where it does not end well or has said anything."""
        self.screen.key("ctrl+q")
        status = self._process.wait(timeout=60)
        if status != 0 or self.said():
            raise BrokenError(f"the window ended with status {status}; it said: {self.said() or '(nothing)'}")

    def end(self) -> None:
        """End it by force, if it still lives."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._said.close()


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return [each for child in map(int, listed) for each in (child, *_children(child))]


def move_slider(window: Window) -> None:
    """Drag a slider of z, and see the picture of its sample change."""
    screen = window.screen
    handle = find_slider(screen)
    before = screen.pixels()
    screen.drag(handle, (handle[0] + 20, handle[1]), (handle[0] + 40, handle[1]))
    window.see(
        "another sample after a slider was moved", lambda: bool((screen.pixels() != before).any(axis=2).sum() > 60)
    )


def find_slider(screen: Screen) -> tuple[int, int]:
    """The handle of the lowest slider beneath the plane: what has the accent's colour there, at its right end."""
    from ganstudio.gui.looks import theme

    accent = np.array([int(theme.ACCENT[place : place + 2], 16) for place in (1, 3, 5)])
    left, top = 480, SIZE[1] - 100
    rows, columns = np.nonzero((abs(screen.pixels()[top:, left:720].astype(int) - accent) < 12).all(axis=2))
    if not len(rows):
        raise BrokenError("no slider of z is to be seen")
    lowest = rows > rows.max() - 8
    return int(columns[lowest].max()) + left - 4, int(rows.max()) + top - 4


def use(window_program: Path, home: Home, screen: Screen, resources: Path) -> tuple[float, float]:
    """The whole round in the window; seconds to the first painting and to the first training step."""
    window = Window(window_program, screen, home)
    try:
        ring = window.begin("the ring", "s")
        stepped = ring.stat().st_ctime - window.begun if steps_of(ring) < 1 else time.time() - window.begun
        window.train(ring, RING_STEPS)
        move_slider(window)
        window.save(ring)
        window.drop(resources / "presets" / "digits.toml")
        window.train(window.begin("digits", "s"), DIGITS_STEPS)
        window.drop(pictures(home.runs))
        dropped = window.begin("a dropped archive", "Return")  # its card's button trains at once
        window.train(dropped, ZIP_STEPS, plays=True)
        if strangers := window.foreign_files():
            raise BrokenError(f"the bundle uses what is not its own: {', '.join(strangers[:5])}")
        window.save(dropped)
        painted = window.painted
        window.quit()
    finally:
        window.end()
    wait_for("an empty screen", lambda: screen.colours() < 10, 10)
    again = Window(window_program, screen, home, "open", ring)
    try:
        so_far = steps_of(ring)

        def knock() -> bool:
            screen.key("s")
            time.sleep(0.2)
            return steps_of(ring) > so_far

        again.see("the run going on that was reopened", knock)
        again.save(ring)
        again.quit()
    finally:
        again.end()
    return painted, stepped
