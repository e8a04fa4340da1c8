"""Folders full of damaged runs before a window that starts: it can be worked with, lists them, opens or refuses each.

``python -m tests.fuzzing_windows`` damages runs at random, from a seed, as ``tests.fuzzing_runs`` does, puts some
dozens of them under runs/, and starts the real program there. Once it is usable and has listed them all, some are
opened one after the other. Prints one JSON object: how long the starts took, the longest that a window was kept from
its events, and the failures, which are what hangs, what nobody caught, and lists that are not whole.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.fuzzing import _fast
from tests.fuzzing_runs import _copy, make_runs
from tests.run_damage import damage

MARKS = ("experiment.toml", "group.toml")
SECONDS = 120.0
"""That a window may take for all of it, the processors being anybody's."""
PAUSE = 5.0
"""Seconds that a window may be kept from its events."""

# The program itself, with a window that does what a person would, and tells what it saw.
WINDOW = """
import json, sys, time
began, *wanted = sys.argv[1:]
began = float(began)
sys.argv = ["ganstudio"]
from pathlib import Path
from PySide6.QtCore import QTimer
from ganstudio.gui import app

told = {"opened": 0, "refused": 0, "faults": [], "pause": 0.0}
wanted = [Path(path) for path in wanted]

class Window(app.MainWindow):
    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        self._heard = set()
        self.game.opened.connect(lambda _: self._next("opened"))
        self.game.group_opened.connect(lambda _: self._next("opened"))
        self.game.refused.connect(self._refuse)
        self.game.failed.connect(lambda event: self._fail(event.message + event.details))
        self.shell.earlier_runs.whole.connect(lambda: self._next("whole"))
        tell = self.teller.fault
        self.teller.fault = lambda words, details: (tell(words, details), self._fail(details))
        self._last, self._beat = time.time(), QTimer(self, interval=20)
        self._beat.timeout.connect(self._look)
        self._beat.start()

    def _fail(self, details):
        told["faults"].append(details)
        self._end()

    def _refuse(self, event):
        if event.expected:
            self._next("refused")
        else:
            self._fail(event.details)

    def _look(self):
        now = time.time()
        if "usable" in told:
            told["pause"] = max(told["pause"], now - self._last)
        self._last = now

    def _next(self, what):
        if self._heard >= {"opened", "whole"}:
            told[what] += 1
        elif what not in self._heard:
            self._heard.add(what)
            told["usable" if what == "opened" else what] = time.time() - began
            if not self._heard >= {"opened", "whole"}:
                return
            told["rows"] = self.shell.earlier_runs.list.count()
        else:
            return
        if wanted:
            path = wanted.pop()
            QTimer.singleShot(50, lambda: self.open_path(path))
        else:
            self._end()

    def _end(self):
        self._beat.stop()
        QTimer.singleShot(0, self.close)

app.MainWindow = Window
from ganstudio.__main__ import main
status = main()
print(json.dumps(told), flush=True)
sys.exit(status)
"""


def is_listed(run):
    """Whether a folder is taken for a run, by the name of what describes it."""
    return any(os.path.lexists(run / mark) for mark in MARKS)


def fill(runs, whole, count, rng):
    """Put damaged copies of whole runs into a folder, some as a crash leaves them; how each is damaged, by its name."""
    ways = {}
    for index in range(count):
        original = whole[rng.integers(len(whole))]
        run = runs / f"{index:03d}"
        shutil.copytree(original, run)
        if rng.random() < 0.3:
            (run / ".lock").write_text("1\n")
        ways[run.name] = f"{original.parent.name}/{original.name}/{damage(run, rng)}"
    return ways


def start(home, wanted):
    """Start the program in a home, have it open some runs, and end it; what it told, and what is wrong or ""."""
    environment = os.environ | {"GANSTUDIO_HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    expected = sum(map(is_listed, (home / "runs").iterdir()))
    command = [sys.executable, "-c", WINDOW, str(time.time()), *map(str, wanted)]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        _, err = process.communicate()
        return {}, f"did not end within {SECONDS:.0f} s\n{err[-4000:]}"
    if process.returncode or "Traceback" in err:
        return {}, f"exit status {process.returncode}\n{out[-2000:]}\n{err[-4000:]}"
    told = json.loads(out.splitlines()[-1])
    if told["faults"]:
        return told, told["faults"][0]
    if told["rows"] != expected:
        return told, f"lists {told['rows']} of {expected} runs"
    if told["opened"] + told["refused"] != len(wanted):
        return told, f"{told['opened']} runs opened and {told['refused']} were refused of {len(wanted)}"
    return told, "" if told["pause"] <= PAUSE else f"was kept from its events for {told['pause']:.1f} s"


def run(windows, runs, opened, seed=0, keep=None, first=0):
    """Start so many windows, each before so many runs of which it opens some; what became of them."""
    keep = Path(keep) if keep else Path(tempfile.mkdtemp(prefix="fuzzing-windows-"))
    all_told, failures = [], []
    with tempfile.TemporaryDirectory(prefix="fuzz-windows-", dir=_fast()) as folder:
        whole = make_runs(Path(folder) / "whole")
        for index in range(first, windows):
            rng = np.random.default_rng([seed, index])
            home = Path(folder) / f"{index}"
            ways = fill(home / "runs", whole, runs, rng)
            listed = [home / "runs" / name for name in ways if is_listed(home / "runs" / name)]
            wanted = [listed[place] for place in rng.permutation(len(listed))[:opened]]
            shutil.copytree(home, keep / f"{index}", symlinks=True, copy_function=_copy, ignore=_pipes)
            told, wrong = start(home, wanted)
            all_told.append(told)
            if wrong:
                order = [f"{path.name}: {ways[path.name]}" for path in reversed(wanted)]
                failures.append({"index": index, "wrong": wrong, "opened": order})
            else:
                shutil.rmtree(keep / f"{index}")
            shutil.rmtree(home)
    return {
        "windows": windows - first, "runs": (windows - first) * runs,
        **{key: sum(told.get(key, 0) for told in all_told) for key in ("opened", "refused")},
        "slowest_usable_s": _most(all_told, "usable"), "slowest_list_s": _most(all_told, "whole"),
        "longest_pause_s": _most(all_told, "pause"), "failures": failures, "kept": str(keep),
    }  # fmt: skip


def _most(all_told, key):
    return round(max((told.get(key, 0.0) for told in all_told), default=0.0), 2)


def _pipes(folder, names):
    """What can't be copied: named pipes would be waited for."""
    return [name for name in names if Path(folder, name).is_fifo()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--windows", type=int, default=25)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--opened", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", default=None)
    asked = parser.parse_args()
    found = run(asked.windows, asked.runs, asked.opened, asked.seed, asked.keep, asked.first)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 1 if found["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
