"""faults_kept: trainings that the system fails at one call, killed there, out of space, or with a fault of the disk.

A game and a duel are begun, saved, and gone on with in a process that strace looks on at. Of its calls that touch the
run's folder 50 are chosen for each fault and each kind of game (FAULTS=number: so many), spread evenly from the first
to the last. At such a call the process is killed (SIGKILL), or the disk is full from there on (ENOSPC), or that call
alone fails (EIO). Afterwards the run must open, stand at a checkpoint no older than the last that was said to be kept,
hold every step up to there, and go on; or, where it had not yet begun, be begun in the same place.

Needs Linux and strace; without them it says so, and counts nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.figures import remark, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.training.messages import AnyEvent

FAULTS = int(os.environ.get("FAULTS") or 50)
KINDS = ("game", "duel")
SECONDS = 60.0
"""That a process may take, which is done in one or two."""
TRIES = 3
"""For a fault that did not come to pass, or not in the run."""
_CALL = re.compile(r"(?:\[pid +\d+\] |\d+ +)?(\w+)\((.*)")
_MAPPED = re.compile(r"<([^>]+)>")
_STANDS = struct.Struct("<qqq")  # of the last checkpoint that was told, whether it was said to go back, how it ended
_CLOSED, _REFUSED, _BROKE_DOWN = 1, 2, 3
_GIVES_BACK = re.compile(r"(close|munmap)\(|fcntl\(.*F_UNLCK")  # where that fails nobody can do better
_TAKES_SPACE = {"write", "pwrite64", "mkdir", "rename", "ftruncate", "fsync", "fdatasync", "openat"}
_PR_SET_PTRACER = 0x59616D61


@dataclass(frozen=True)
class Fault:
    """One to be done. call, number: at which call of the system; the number counts those of that name.

    path: where it is not empty, only calls about this file are counted, and fail.
    """

    kind: str
    how: str
    call: str
    number: int
    path: str = ""

    def words(self) -> list[str]:
        """What strace is told."""
        what = {"kill": "signal=KILL", "ENOSPC": "error=ENOSPC", "EIO": "error=EIO"}[self.how]
        lasting = self.how == "ENOSPC" and self.call != "openat"  # which also reads, and loads modules
        inject = ["-e", f"trace={self.call}", "-e", f"inject={self.call}:{what}:when={self.number}{'+' * lasting}"]
        return [*inject, *(("-P", self.path) if self.path else ())]


def can_be_done() -> str:
    """Why faults can't be injected here; "" where they can."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        return "faults can't be injected here: that takes Linux and strace (Debian, Ubuntu: apt-get install strace)"
    with tempfile.TemporaryDirectory() as home:
        told = subprocess.run(["strace", "-o", f"{home}/log", "true"], capture_output=True, text=True, check=False)
    return f"faults can't be injected here: strace may not look on: {told.stderr.strip()}" if told.returncode else ""


# --- the training that fails ------------------------------------------------------------------------------------------


def _experiments() -> tuple[Any, ...]:
    from ganstudio.experiment import DeviceSpec, Experiment, MLPDiscriminatorSpec, MLPGeneratorSpec, ScheduleSpec
    from ganstudio.presets import with_setting

    game = Experiment(
        name="tiny",
        generator=MLPGeneratorSpec(width=8, depth=1),
        discriminator=MLPDiscriminatorSpec(width=8, depth=1),
        schedule=ScheduleSpec(steps=1_000, batch_size=16),
        device=DeviceSpec(kind="cpu", threads=1),
    )
    return game, with_setting(game, "schedule.discriminator_steps", 3)


def _session(kind: str, run: Path, *, resume: bool) -> Any:
    from ganstudio.training.group.session import GroupSession
    from ganstudio.training.messages import Start, StartGroup
    from ganstudio.training.session.session import Session

    game, other = _experiments()
    if kind == "duel":
        anew = StartGroup(experiments=(game, other), run=run, measure=False)
        return GroupSession(StartGroup(resume=run, measure=False) if resume else anew)
    return Session(Start(resume=run, measure=False) if resume else Start(experiment=game, run=run, measure=False))


def _events(kind: str, run: Path, *, resume: bool, steps: int) -> Iterator[AnyEvent]:
    """Train some steps, save, train some more with another rate, and end, which saves."""
    from ganstudio.training.messages import Adjust, Quit, Save, Step

    session = _session(kind, run, resume=resume)
    rate = Adjust("optimisers.generator.learning_rate", 0.001 if resume else 0.0005)
    for command in (*[Step()] * steps, Save(), rate, Step("discriminator"), *[Step()] * steps, Quit()):
        session.send(command)
    yield from session.run()


def _train(kind: str, run: Path, told: mmap.mmap) -> None:
    """Begin a run and go on with it; what is told goes into memory, as writing may fail."""
    from ganstudio.training import messages

    kept = back = 0
    for resume in (False, True):
        ended = _CLOSED
        for event in _events(kind, run, resume=resume, steps=4):
            if isinstance(event, messages.Checkpointed):
                kept = event.step
            elif isinstance(event, messages.Notice) and "went back to step" in event.message:
                back = 1
            elif isinstance(event, messages.Failed):
                ended = _REFUSED if event.expected else _BROKE_DOWN
                told[_STANDS.size :] = event.details.encode()[-len(told) + _STANDS.size :].ljust(
                    len(told) - _STANDS.size
                )
            told[: _STANDS.size] = _STANDS.pack(kept, back, ended)
        if ended == _BROKE_DOWN:
            return


def _carry_out(kind: str, run: Path, words: list[str], log: Path) -> tuple[int, int, int, str]:
    """Train with strace looking on; the step kept last, whether it went back, how it ended, and a traceback."""
    told = mmap.mmap(-1, 1 << 14)
    waits, go_on = os.pipe()
    child = os.fork()
    if not child:
        try:
            ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(-1 % 2**64), 0, 0, 0)
            os.read(waits, 1)
            _train(kind, run, told)
        finally:
            os._exit(0)
    os.close(waits)
    tracer = subprocess.Popen(
        ["strace", "-f", "-y", "-s", "0", "-o", str(log), *words, "-p", str(child)], stderr=subprocess.PIPE, text=True
    )
    assert tracer.stderr is not None
    attached = tracer.stderr.readline()
    os.write(go_on, b".")
    os.close(go_on)
    until, done = time.monotonic() + SECONDS, (0, 0)
    while done == (0, 0) and time.monotonic() < until:
        done = os.waitpid(child, os.WNOHANG)
        time.sleep(0.005)
    if hung := done == (0, 0):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    tracer.wait()
    tracer.stderr.close()
    assert "attached" in attached, attached
    kept, back, ended = _STANDS.unpack(told[: _STANDS.size])
    return kept, back, ended, "hangs" if hung else told[_STANDS.size :].rstrip(b"\0 ").decode(errors="replace")


# --- which faults there are -------------------------------------------------------------------------------------------


def _calls(kind: str, home: Path) -> list[tuple[str, int, str, bool]]:
    """The calls of a training that touch its run: name, the how manieth it is, of which path, whether it may fail.

    strace counts each thread's calls by themselves, so that the same fault meets several threads. One that begins maps
    its own memory, and where that fails Python waits for it without end, which is no fault of the disk: mappings are
    counted by their file.
    """
    run, log = home / "runs" / "run", home / "log"
    run.parent.mkdir()
    _, _, ended, why = _carry_out(kind, run, [], log)
    assert ended == _CLOSED, why
    counts: Counter[tuple[str, str]] = Counter()
    found = []
    for line in log.read_text(errors="replace").splitlines():
        if (match := _CALL.match(line)) is None:
            continue
        mapped = _MAPPED.search(match[2]) if match[1] == "mmap" else None
        path = mapped[1] if mapped else ""
        counts[match[1], path] += 1
        if f"{run}" in match[2]:
            found.append((match[1], counts[match[1], path], path, _GIVES_BACK.search(line) is None))
    shutil.rmtree(run.parent)
    return found


def faults(kind: str, home: Path, count: int) -> Iterator[Fault]:
    """So many of each sort, spread evenly over the calls that can fail so."""
    calls = _calls(kind, home)
    for how in ("kill", "ENOSPC", "EIO"):
        fit = [(call, number, path) for call, number, path, may_fail in calls if how == "kill" or may_fail]
        if how == "ENOSPC":
            fit = [one for one in fit if one[0] in _TAKES_SPACE]
        chosen = dict.fromkeys(round(place * (len(fit) - 1) / max(1, count - 1)) for place in range(count))
        for place in chosen:
            yield Fault(kind, how, *fit[place])


# --- what is left -----------------------------------------------------------------------------------------------------


def _look(fault: Fault, run: Path, kept: int, back: int) -> str:
    """Go on with what is left; what is wrong with it, or ""."""
    from ganstudio.run import GroupFolder, RunError, RunFolder
    from ganstudio.training import messages
    from ganstudio.training.messages import SCALARS

    begun = any((run / mark).is_file() for mark in ("experiment.toml", "group.toml"))
    if kept and not begun:
        return f"step {kept} was kept, and there is no run"
    events = list(_events(fault.kind, run, resume=begun, steps=3))
    failed = [event.message for event in events if isinstance(event, messages.Failed)]
    if failed:
        return f"does not {'go on' if begun else 'begin'}: {failed[0]}"
    (opened,) = [event for event in events if isinstance(event, messages.Opened | messages.GroupOpened)]
    reached = [event.step for event in events if isinstance(event, messages.StateChanged)][-1]
    if opened.step < kept and not back:
        return f"step {kept} was kept, and it stands at step {opened.step}"
    if reached != opened.step + 7:
        return f"stops at step {reached}, opened at step {opened.step}"
    folder = (GroupFolder if fault.kind == "duel" else RunFolder).open(run, read_only=True)
    try:
        if isinstance(folder, GroupFolder):
            steps = [step for step, _ in folder.packed("steps")]
        else:
            steps = folder.scalars(SCALARS)[:, 0].tolist()
    except RunError as error:
        return str(error)
    finally:
        folder.close()
    if not back and (sorted(steps) != list(range(1, reached + 1)) or folder.missing):
        return f"holds {len(steps)} of {reached} steps; {' '.join(folder.missing)}"
    return ""


class Missed(Exception):
    """The call that was to fail did not come to pass this time: the kernel's answers differ a little."""


def _came_to_pass(fault: Fault, log: Path, run: Path) -> bool:
    """Whether it was killed, or the call that failed was one of its run's.

    How many calls of a name come before it differs between two trainings, as threads take turns.
    """
    lines = log.read_text(errors="replace").splitlines()
    if fault.how == "kill":
        return any("killed by SIGKILL" in line for line in lines)
    return any("(INJECTED)" in line and f"{run}" in line for line in lines)


def inject(fault: Fault, home: Path) -> str:
    """Have it happen; what is wrong afterwards, or "". Raises Missed."""
    run = home / "runs" / "run"
    run.parent.mkdir()
    try:
        kept, back, ended, details = _carry_out(fault.kind, run, fault.words(), home / "log")
        if not _came_to_pass(fault, home / "log", run):
            raise Missed
        if details == "hangs":
            return "hangs"
        if ended == _BROKE_DOWN:
            return f"broke down\n{details}"
        return _look(fault, run, kept, back)
    finally:
        shutil.rmtree(run.parent, ignore_errors=True)


def carry_out(count: int) -> tuple[Counter[str], list[str]]:
    """Inject so many faults of each sort into each kind of game: how many there were, and what went wrong."""
    import torch

    torch.set_num_threads(1)
    done: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wrong = []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        os.environ["GANSTUDIO_HOME"] = folder
        for kind in KINDS:
            home = Path(folder) / kind
            home.mkdir()
            for resume in (False, True):  # so that what comes late is loaded: processes are forked off this one
                list(_events(kind, home / "warm", resume=resume, steps=2))
            for fault in faults(kind, home, count):
                for _ in range(TRIES):
                    with contextlib.suppress(Missed):
                        why = inject(fault, home)
                        break
                else:
                    missed[f"{kind}, {fault.how}"] += 1
                    continue
                done[f"{kind}, {fault.how}"] += 1
                if why:
                    wrong.append(f"{fault.kind}, {fault.how} at {fault.call} number {fault.number}: {why}")
    for what, times in missed.items():
        remark(f"{what}: {times} faults did not come to pass")
    return done, wrong


def run() -> int:
    """Carry out all of them; 0 when each left what it should, or none could be done."""
    if why := can_be_done():
        remark(why)
        return 0
    done, wrong = carry_out(FAULTS)
    for what, count in done.items():
        remark(f"{what}: {count} faults")
    for one in wrong:
        remark(one)
    return 0 if report("faults_kept", done.total() - len(wrong), f"of {done.total()}", ">=", done.total()) else 1
