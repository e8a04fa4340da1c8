"""runs_window: how much later the window can be worked with 1,500 runs on disk than with two.

runs_list: until all of them are listed. runs_pause: how much longer its thread was kept from its events meanwhile.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from tests.benchmarks.figures import median, remark, report

RUNS = 1_500
TIMES = 3

# From the start of the program until the first game can be played, and until all runs are listed and painted.
WINDOW = """
import json, sys, time
began = float(sys.argv[1])
sys.argv = ["ganstudio"]
from ganstudio.gui import app
from PySide6.QtCore import QTimer
told, pauses = {}, []
class Window(app.MainWindow):
    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        self.game.opened.connect(lambda _: told.setdefault("usable", time.time() - began))
        self.shell.earlier_runs.whole.connect(lambda: told.setdefault("whole", time.time() - began))
        self._last, self._beat = time.time(), QTimer(self, interval=5)
        self._beat.timeout.connect(self._look)
        self._beat.start()
    def _look(self):
        now = time.time()
        if "usable" in told:
            pauses.append(now - self._last)
        self._last = now
        if len(told) == 2 and now - began > told["usable"] + 2:
            rows = self.shell.earlier_runs.list
            print(json.dumps(told | {"rows": rows.count(), "pause": max(pauses)}), flush=True)
            self._beat.stop()
            self.close()
app.MainWindow = Window
from ganstudio.__main__ import main
sys.exit(main())
"""


def make(runs: Path, count: int) -> None:
    """Healthy runs, as the window leaves them, of points and of images."""
    from ganstudio.presets import dumps, load_preset

    random = np.random.default_rng(0)
    kinds = []
    for name, samples in (("ring", random.normal(size=(1000, 2))), ("digits", random.integers(0, 256, (64, 8, 8, 1)))):
        kind = runs.parent / "kinds" / name
        (kind / "checkpoints" / "step-00001000").mkdir(parents=True)
        (kind / "samples").mkdir()
        (kind / "experiment.toml").write_text(dumps(load_preset(name)), encoding="utf-8")
        for step in range(200, 1001, 200):
            np.save(
                kind / "samples" / f"step-{step:08d}.npy", samples.astype(np.float32 if name == "ring" else np.uint8)
            )
        (kind / ".lock").touch()
        kinds.append(kind)
    for index in range(count):
        begun = datetime(2026, 1, 1) + timedelta(hours=index)
        shutil.copytree(kinds[index % 2], runs / f"{begun:%Y-%m-%d_%H-%M-%S}_{kinds[index % 2].name}")


def measure(count: int) -> dict[str, float]:
    import time

    with tempfile.TemporaryDirectory() as home:
        make(Path(home) / "runs", count)
        done = subprocess.run(
            [sys.executable, "-c", WINDOW, str(time.time())],
            env=os.environ | {"GANSTUDIO_HOME": home},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    told: dict[str, float] = json.loads(done.stdout)
    assert told["rows"] == count
    return told


def run() -> int:
    few = [measure(2) for _ in range(TIMES)]
    many = [measure(RUNS) for _ in range(TIMES)]
    usable = [median([told["usable"] for told in some]) for some in (few, many)]
    whole = [median([told["whole"] for told in some]) for some in (few, many)]
    pause = median([told["pause"] for told in many]), median([told["pause"] for told in few])
    remark(f"with 2 runs usable after {usable[0]:.2f} s, listed after {whole[0]:.2f} s")
    remark(f"with {RUNS:,} usable after {usable[1]:.2f} s, listed after {whole[1]:.2f} s")
    reached = report("runs_window", usable[1] - usable[0], "s", "<=", 0.5)
    reached &= report("runs_list", whole[1], "s", "<=", 5.0)
    reached &= report("runs_pause", pause[0] - pause[1], "s", "<=", 0.1)
    return 0 if reached else 1
