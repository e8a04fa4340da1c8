"""Damaged run folders, thousands of them: each gives a run, what is left of it, or one error in words.

``python -m tests.fuzzing_runs`` damages a file of a small real run at random, from a seed, and lists, looks at,
samples, goes on with and measures what is left. It works in a process of its own, whose address space is bounded;
should a run bring that down, the next begins behind it. Prints one JSON object, as ``tests.fuzzing`` does.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import zipfile
from pathlib import Path

import numpy as np

from tests.fuzzing import TooSlow, _bound, _fast, _peak, _say
from tests.run_damage import damage, outside, written_through

OLD = Path(__file__).parent / "before" / "runs-0.1.0.zip"
KINDS = ("ring", "conditional", "infogan", "ebgan_glyphs")
GROUPS = {"duel": 0, "band": 3}
"""Games side by side, and of how many seeds."""
PATIENCE = 5.0
"""Seconds of the processor that one deed may take, and a third of those of the clock: others may be at work."""
_SILENCE = 90.0  # seconds without a word from the worker, after which it is taken to hang


# --- the runs ---------------------------------------------------------------------------------------------------------


def make_runs(folder: Path) -> list[Path]:
    """Small runs of every kind: those of version 0.1.0, and the same made anew."""
    from ganstudio.presets import load_experiment

    with zipfile.ZipFile(OLD) as packed:
        packed.extractall(folder / "old")
    for kind in KINDS:
        experiment = load_experiment(folder / "old" / kind / "experiment.toml")
        _train(folder / "new" / kind, experiment)
    for kind, seeds in GROUPS.items():
        train_group(folder / "new" / kind, load_experiment(folder / "old" / "ring" / "experiment.toml"), seeds)
    return [folder / "old" / kind for kind in KINDS] + [folder / "new" / kind for kind in (*KINDS, *GROUPS)]


def train_group(path, experiment, seeds):
    """A small duel, or a band of so many seeds."""
    from ganstudio.measurements import DivergenceEstimate
    from ganstudio.measurements.coverage import ModeCoverage
    from ganstudio.presets import with_setting
    from ganstudio.run import GroupFolder
    from ganstudio.training.group.rows import pack_estimate, pack_looks
    from ganstudio.training.group.session import GroupSession
    from ganstudio.training.messages import Adjust, Covered, Estimated, Quit, Save, StartGroup, Step

    other = () if seeds else (with_setting(experiment, "schedule.discriminator_steps", 3),)
    start = StartGroup(experiments=(experiment, *other), seeds=seeds, run=path, measure=False)
    session = GroupSession(start)
    for command in (Step("both"), Step("discriminator"), Save(), Adjust("schedule.steps", 99), Step("both"), Quit()):
        session.send(command)
    for _ in session.run():
        pass
    folder, members = GroupFolder.open(path), seeds or 2
    look = Covered(1, ModeCoverage(modes=3, modes_strict=2, high_quality=0.5, mode_kl=0.1, counts=(1, 2, 3)))
    folder.record_packed("looks", pack_looks([look] * members))
    known = Estimated(
        1, 0.1, DivergenceEstimate(estimator="histogram", jsd=0.1, jsd_low=0, jsd_high=0.2, jsd_floor=0.1, samples=9)
    )
    folder.record_packed("estimates", [pack_estimate(index, known) for index in range(members)])
    folder.close()


def _train(path, experiment):
    from ganstudio.directions import unit
    from ganstudio.run import keep_directions
    from ganstudio.training.messages import Adjust, Quit, Save, Start, Step
    from ganstudio.training.session.session import Session

    session = Session(Start(experiment=experiment, run=path, measure=False))
    for command in (Step("both"), Step("discriminator"), Save(), Adjust("schedule.steps", 99), Step("both"), Quit()):
        session.send(command)
    for _ in session.run():
        pass
    keep_directions(path, [unit([1, -2], "slant", "by hand"), unit([0.5, 0], "width")])


# --- what is done with each -------------------------------------------------------------------------------------------


def look(run):
    """Read everything that is read without opening the game."""
    from ganstudio.run import GroupFolder, RunFolder, directions_of, is_group
    from ganstudio.training.group.loaded import member_rows
    from ganstudio.training.group.rows import unpack_estimates, unpack_looks
    from ganstudio.training.messages import SCALARS

    folder = (GroupFolder if is_group(run) else RunFolder).open(run, read_only=True)
    folder.environment(), folder.changes(), folder.scalars(SCALARS)
    if isinstance(folder, GroupFolder):
        list(member_rows(folder, 2)), list(unpack_looks(folder.packed("looks"), 2))
        unpack_estimates(folder.packed("estimates"), 2)
    folder.close()
    folder.experiment()
    directions_of(run)


def listing(run):
    """What the window's list does."""
    from ganstudio.gui.library.runs_reader import picture_of
    from ganstudio.run import list_runs, take_abandoned

    (summary,) = [summary for summary in list_runs(run.parent) if summary.path == run] or (None,)
    for source in (summary.thumbnail, summary.frame) if summary else ():
        if source is not None:
            picture_of(source)
    take_abandoned(run.parent)


def sample(run):
    from ganstudio.cli._members import generator_of

    generator = generator_of(run, _member(run), with_data=False)
    generator.generate(generator.draw_latents(4, 0))


def measure(run):
    """What measuring reads; the estimates themselves take their time and read nothing."""
    from ganstudio.cli._measure import _bound_at
    from ganstudio.cli._members import generator_of
    from ganstudio.training.checkpoints.loaded import load_recogniser

    member = _member(run)
    bound = _bound_at(run, member)
    generator = generator_of(run, member)
    bound(generator)
    generator.dataset.draw(4, np.random.default_rng(0))
    if generator.experiment.latent.codes:
        load_recogniser(run)


def _member(run):
    """The last of several games that stand side by side there."""
    from ganstudio.cli._members import check_member
    from ganstudio.run import GroupChoice, is_group

    return check_member(run, GroupChoice(run).begun()[0].names[-1] if is_group(run) else None)


def results(run):
    """What a training leaves when it is done. For the pictures of curves and samples there is no time."""
    from ganstudio.cli._group_results import finish_group
    from ganstudio.run import is_group

    if is_group(run):
        with contextlib.redirect_stdout(io.StringIO()):
            finish_group(run, stop="finished", as_json=True)


def resume(run):
    """Go on for two steps."""
    from ganstudio.run import is_group
    from ganstudio.training.group.session import GroupSession
    from ganstudio.training.messages import Failed, Quit, Start, StartGroup, Step
    from ganstudio.training.session.session import Session

    if is_group(run):
        session = GroupSession(StartGroup(resume=run, measure=False))
    else:
        session = Session(Start(resume=run, measure=False))
    for command in (Step("both"), Step("both"), Quit()):
        session.send(command)
    for event in session.run():
        if isinstance(event, Failed):
            if not event.expected:
                raise AssertionError(event.details)
            raise Refused(event.message)


class Refused(ValueError):
    """A session that ended in words."""


DEEDS = (listing, look, sample, measure, results, resume)


def do(deed, run):
    """What became of it, and the details where it is none of "done" and "refused"."""
    began = time.process_time()
    signal.setitimer(signal.ITIMER_REAL, 3 * PATIENCE)
    try:
        deed(run)
    except TooSlow:
        return "slow", traceback.format_exc()
    except ValueError as error:
        ours = type(error).__module__.startswith(("ganstudio.", "tests.", "__main__"))
        return ("refused", str(error)) if ours and str(error) else ("raised", traceback.format_exc())
    except (Exception, SystemExit):  # noqa: BLE001  (what this is here to find)
        return "raised", traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    took = time.process_time() - began
    return ("slow", f"{took:.1f} s of the processor") if took > PATIENCE else ("done", "")


# --- the worker -------------------------------------------------------------------------------------------------------


def work(first, count, seed, folder, keep):
    import torch

    torch.set_num_threads(1)
    whole = make_runs(folder / "whole")
    for run in whole:
        shutil.copytree(run, folder / "warm" / run.parent.name / run.name)
    for run in sorted((folder / "warm").glob("*/*")):
        for deed in DEEDS:
            told = do(deed, run)
            assert told[0] == "done", (run, deed, told)
    _bound()

    def stop(*_):
        raise TooSlow

    signal.signal(signal.SIGALRM, stop)
    for index in range(first, count):
        rng = np.random.default_rng([seed, index])
        run = folder / f"{index}" / "run"
        original = whole[rng.integers(len(whole))]
        shutil.copytree(original, run)
        how = f"{original.parent.name}/{original.name}/{damage(run, rng)}"
        shutil.copytree(run, folder / f"{index}" / "kept" / "run", symlinks=True, copy_function=_copy)
        _say(index=index, begins=how)
        outcomes, before = {}, outside(run)
        for deed in DEEDS:
            outcome, details = do(deed, run)
            outcomes[deed.__name__] = outcome
            if outcome not in ("done", "refused"):
                _say(index=index, how=how, deed=deed.__name__, outcome=outcome, details=details)
        if changed := written_through(run, before):
            _say(index=index, how=how, deed="links", outcome="written through", details=str(changed))
        if not set(outcomes.values()) <= {"done", "refused"}:
            with contextlib.suppress(OSError, shutil.Error):
                shutil.copytree(folder / f"{index}" / "kept", keep / f"{index}", symlinks=True, copy_function=_copy)
        threads = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
        if threads:
            _say(index=index, how=how, deed="threads", outcome="left", details=str(threads))
        shutil.rmtree(folder / f"{index}")
        _say(index=index, ends=outcomes)
    _say(peak=_peak())


def _copy(source, target):
    if Path(source).is_file() and Path(source).stat().st_size < 1 << 26:
        shutil.copy2(source, target)


# --- whoever watches it -----------------------------------------------------------------------------------------------


def run(count, seed=0, keep=None, first=0):
    """Damage ``count`` runs; what became of each deed, the failures, the peak of memory."""
    keep = Path(keep) if keep else Path(tempfile.mkdtemp(prefix="fuzzing-runs-"))
    keep.mkdir(parents=True, exist_ok=True)
    outcomes, failures, peak = collections.Counter(), [], 0
    begun, how = first, ""
    while first < count:
        at_all = False
        with tempfile.TemporaryDirectory(prefix="fuzz-runs-", dir=_fast()) as folder:
            for told in _told(first, count, seed, Path(folder), keep):
                if "peak" in told:
                    peak, first = max(peak, told["peak"]), count
                elif "begins" in told:
                    how, at_all = told["begins"], True
                elif "ends" in told:
                    first = told["index"] + 1
                    outcomes.update(f"{deed} {outcome}" for deed, outcome in told["ends"].items())
                else:
                    failures.append(told)
            assert at_all, "the worker did not begin: whole runs can't be made or opened"
            if first < count:
                failures.append({"index": first, "how": how, "outcome": "brought the worker down, or hung"})
                first += 1
    return {
        "runs": count - begun, "outcomes": dict(sorted(outcomes.items())), "peak_mb": round(peak / 1e6),
        "failures": failures, "kept": str(keep),
    }  # fmt: skip


def _told(first, count, seed, folder, keep):
    command = [sys.executable, "-W", "ignore", "-m", "tests.fuzzing_runs", "--worker", str(folder), "--keep", str(keep)]
    command += ["--first", str(first), "--count", str(count), "--seed", str(seed)]
    environment = dict(os.environ, GANSTUDIO_HOME=str(folder / "home"), OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    watch = threading.Timer(_SILENCE, process.kill)
    watch.start()
    try:
        for line in process.stdout:
            watch.cancel()
            watch.join()
            yield json.loads(line)
            watch = threading.Timer(_SILENCE, process.kill)
            watch.start()
    finally:
        watch.cancel()
        watch.join()
        process.kill()
        process.wait()
        process.stdout.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", default=None)
    parser.add_argument("--worker", type=Path, default=None)
    arguments = parser.parse_args()
    if arguments.worker:
        work(arguments.first, arguments.count, arguments.seed, arguments.worker, Path(arguments.keep))
        return 0
    found = run(arguments.count, arguments.seed, arguments.keep, arguments.first)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 1 if found["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
