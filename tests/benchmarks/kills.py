"""kills_kept, kills_lost: trainings of every kind, in the window and without one, killed at random moments.

Of 60 kills (KILLS=number: of so many) all must leave a run that opens, goes on, and has lost at most 6 s. In the window
it is in turn everything that is killed, the training's process or the window's alone.
"""

from __future__ import annotations

import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.figures import remark, report

KILLS = int(os.environ.get("KILLS") or 60)
AT_ONCE = 2
LONGEST = 14.0
"""Seconds of training after which it is killed at the latest: the first two checkpoints lie before that."""
MOST_LOST = 6.0
STARTS_WITHIN = 180.0
KINDS = {
    "single": [],
    "duel": ["--against", "schedule.discriminator_steps=3"],
    "band": ["--seeds", "8"],
}
HOW = ("all", "training", "window")


@dataclass(frozen=True)
class Kill:
    """One to be done. how: what is killed; "" where there is no window."""

    number: int
    kind: str
    how: str
    after: float


@dataclass(frozen=True)
class Found:
    """What a kill left. lost: seconds of training; step: where the run stands; told: what is wrong, if anything."""

    kill: Kill
    lost: float
    step: int
    told: str


def kills(count: int, seed: int) -> list[Kill]:
    """Every kind as often without a window as in one, at moments that are spread evenly."""
    draw = random.Random(seed)
    made = []
    for number in range(count):
        kind = list(KINDS)[number % 3]
        how = HOW[number // 6 % 3] if number // 3 % 2 else ""
        made.append(Kill(number, kind, how, draw.uniform(0.05, LONGEST)))
    return made


def carry_out(kill: Kill) -> Found:
    """Train, kill, and look at what is left."""
    with tempfile.TemporaryDirectory(prefix="kills-") as home:
        runs = Path(home) / "runs"
        runs.mkdir()
        process = _started(kill, Path(home), runs)
        try:
            run = _begun(runs, process)
            time.sleep(kill.after)
            killed = _kill(kill, process)
        finally:
            _end(process)
        if run is None:
            return Found(kill, math.inf, 0, "did not begin to train")
        _wait_until_free(run)
        return _look(kill, run, killed)


def _started(kill: Kill, home: Path, runs: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "GANSTUDIO_HOME": str(home)}
    long = ["--set", "schedule.steps=1000000", "--quiet"]
    command = [sys.executable, "-m", "ganstudio", "train", "ring", *long, *KINDS[kill.kind], "--out", str(runs / "run")]
    if kill.how:
        environment["QT_QPA_PLATFORM"] = "offscreen"
        command = [sys.executable, "-m", "tests.benchmarks.kills", kill.kind, str(runs)]
    return subprocess.Popen(
        command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _begun(runs: Path, process: subprocess.Popen[bytes]) -> Path | None:
    """The run's folder, once it is there: training begins then."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        for run in runs.iterdir():
            if any((run / name).is_file() for name in ("experiment.toml", "group.toml")):
                return run
        time.sleep(0.01)
    return None


def _kill(kill: Kill, process: subprocess.Popen[bytes]) -> float:
    """Kill without a warning; when that was."""
    if kill.how == "training":
        os.kill(_training_of(process.pid), signal.SIGKILL)
    elif kill.how == "window":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    return time.time()


def _training_of(window: int) -> int:
    """The process of the window's that holds a run's lock open."""
    children = Path(f"/proc/{window}/task/{window}/children").read_text().split()
    own = [
        child for path in Path(f"/proc/{window}/task").iterdir() for child in (path / "children").read_text().split()
    ]
    for child in {*children, *own}:
        names = [os.readlink(name) for name in Path(f"/proc/{child}/fd").iterdir() if name.is_symlink()]
        if any(name.endswith("/.lock") for name in names):
            return int(child)
    raise RuntimeError(f"no process of {window} trains")


def _end(process: subprocess.Popen[bytes]) -> None:
    """What is still there, such as a window whose training was killed."""
    if process.poll() is None:
        time.sleep(0.5)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait_until_free(run: Path) -> None:
    """A training whose window was killed writes its checkpoint first."""
    from ganstudio.run import RunError
    from ganstudio.run._lock import RunLock

    for _ in range(600):
        try:
            lock = RunLock(run)
        except RunError:
            time.sleep(0.1)
        else:
            lock.release(abandoned=True)  # as it was found
            return


def _look(kill: Kill, run: Path, killed: float) -> Found:
    """Open what is left as the program does, and train on."""
    from ganstudio.run import is_group, latest_checkpoint, list_runs
    from ganstudio.training import messages
    from ganstudio.training.group.session import GroupSession
    from ganstudio.training.session.session import Session

    checkpoint = latest_checkpoint(run)
    # Its first file was written just after the training stood still for it.
    kept = min(path.stat().st_mtime for path in checkpoint.rglob("*")) if checkpoint else _born(run)
    lost = max(0.0, killed - kept)
    if [summary.path for summary in list_runs(run.parent)] != [run]:
        return Found(kill, lost, 0, "is not listed")
    start = messages.StartGroup(resume=run) if is_group(run) else messages.Start(resume=run)
    session = GroupSession(start) if isinstance(start, messages.StartGroup) else Session(start)
    for command in (*[messages.Step()] * 3, messages.Quit()):
        session.send(command)
    events = list(session.run())
    failed = [event.message for event in events if isinstance(event, messages.Failed)]
    opened = [event for event in events if isinstance(event, messages.Opened | messages.GroupOpened)]
    reached = [event.step for event in events if isinstance(event, messages.StateChanged)]
    told = "; ".join(failed) or ("" if opened and reached[-1] == opened[0].step + 3 else "does not go on")
    return Found(kill, lost, opened[0].step if opened else 0, told)


def _born(run: Path) -> float:
    return min((run / name).stat().st_mtime for name in ("environment.json", "data.json") if (run / name).exists())


def run() -> int:
    """Carry out all of them; 0 when none lost more than it may."""
    found: list[Found] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for one in pool.map(carry_out, kills(KILLS, seed=int(os.environ.get("SEED") or 0))):
            found.append(one)
            where = f"window, {one.kill.how}" if one.kill.how else "headless"
            remark(
                f"{one.kill.number:2}: {one.kill.kind} ({where}) after {one.kill.after:.1f} s: step {one.step}, "
                f"{one.lost:.1f} s lost{f': {one.told}' if one.told else ''}"
            )
    kept = sum(not one.told for one in found)
    everything = report("kills_kept", kept, f"of {KILLS}", ">=", KILLS)
    return 0 if report("kills_lost", max(one.lost for one in found), "s", "<=", MOST_LOST) and everything else 1


def window(kind: str, runs: Path) -> None:
    """Open the real window and train in it until somebody kills it."""
    from ganstudio.gui.app import Application
    from ganstudio.gui.window.main_window import MainWindow
    from ganstudio.presets import load_preset, with_setting
    from ganstudio.training.messages import StartGroup, StateChanged

    application = Application([])
    shown = MainWindow(runs)
    game, play = shown.game, shown.actions_by_id["play"]
    ring = with_setting(load_preset("ring"), "schedule.steps", 1_000_000)
    other = with_setting(ring, "schedule.discriminator_steps", 3)
    games = StartGroup(experiments=(ring, other), runs=runs)
    if kind == "band":
        games = StartGroup(experiments=(ring,), seeds=8, runs=runs)
    stands = []

    def stands_still(event: StateChanged) -> None:
        """First comes the ring preset, which every window opens with, then the games, if they are meant."""
        if event.state == "paused":
            stands.append(kind)
            if len(stands) == 1 and kind != "single":
                game.start(games)
            elif len(stands) <= 2:
                play.trigger()

    game.state_changed.connect(stands_still)
    shown.show()
    application.exec()


if __name__ == "__main__":
    window(sys.argv[1], Path(sys.argv[2]))
