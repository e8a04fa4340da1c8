"""first_paint: from starting `ganstudio` to the painted window, warm. cli_help: `ganstudio --help`, start to end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from tests.benchmarks.figures import median, remark, report

TIMES = 7

# What the program does, with a note of the moment when the first painting is on the screen, and of what was loaded.
PAINTED = """
import gc, sys, time
sys.argv = ["ganstudio"]
gc.disable()  # as the program does it before it loads the window
from ganstudio.gui import app
from PySide6.QtCore import QTimer
original = app.MainWindow.paintEvent
def paint(self, event):
    # Painting and showing what was painted are one event: the first timer after it finds it on the screen. It must be
    # queued before the window's own, which then goes on to build the views.
    if not hasattr(self, "_noted"):
        self._noted = True
        QTimer.singleShot(0, self, lambda: note(self))
    original(self, event)
def note(window):
    print(time.time(), *{"torch", "numpy", "pyqtgraph"} & sys.modules.keys(), flush=True)
    window.close()
app.MainWindow.paintEvent = paint
from ganstudio.__main__ import main
sys.exit(main())
"""


def first_paint() -> float:
    with tempfile.TemporaryDirectory() as home:
        began = time.time()
        done = subprocess.run(
            [sys.executable, "-c", PAINTED],
            env=os.environ | {"GANSTUDIO_HOME": home},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    painted, *heavy = done.stdout.split()
    assert not heavy, f"{' and '.join(heavy)} was loaded before the window was painted"
    return float(painted) - began


def cli_help() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "ganstudio", "--help"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def run() -> int:
    first_paint(), cli_help()  # warm: files are in the system's cache from now on
    paints = [first_paint() for _ in range(TIMES)]
    helps = [cli_help() for _ in range(TIMES)]
    remark(f"first paint {min(paints):.2f} to {max(paints):.2f} s; help {min(helps):.2f} to {max(helps):.2f} s")
    reached = report("first_paint", median(paints), "s", "<=", 1.0)
    reached &= report("cli_help", median(helps), "s", "<=", 0.4)
    return 0 if reached else 1
