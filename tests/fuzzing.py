"""Damaged files, thousands of them: each becomes a dataset or a DatasetError, within a bound of memory and of time.

``python -m tests.fuzzing`` damages small whole files of every kind at random, from a seed, and opens each. It works in
a process of its own, whose address space is bounded; should a file bring that down, the next begins behind it.
Prints one JSON object: how many files there were, what became of them, and what must not have.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import gzip
import importlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import traceback
import zipfile
from pathlib import Path

import numpy as np

MEMORY = 2**30
"""Bytes of address space that opening a file may take beside what the program has."""
PATIENCE = 10.0
"""Seconds that opening a file may take; the files have some kilobytes."""
_SILENCE = 60.0  # seconds without a word from the worker, after which it is taken to hang


# --- damage -----------------------------------------------------------------------------------------------------------


def flip(data, rng, _others):
    for _ in range(rng.integers(1, 9)):
        data[rng.integers(len(data))] ^= rng.integers(1, 256)
    return data


def flip_early(data, rng, _others):
    """Headers stand at the front."""
    data[rng.integers(min(len(data), 128))] = rng.integers(256)
    return data


def cut(data, rng, _others):
    return data[: rng.integers(len(data))]


def lengthen(data, rng, _others):
    return data + bytes(rng.integers(0, 2) * rng.integers(0, 256, rng.integers(1, 5000)).astype(np.uint8))


def splice(data, rng, others):
    other = others[rng.integers(len(others))]
    start, end = sorted(rng.integers(0, len(other) + 1, 2))
    at, upto = sorted(rng.integers(0, len(data) + 1, 2))
    return data[:at] + other[start:end] + data[upto:]


def repeat(data, rng, _others):
    start, end = sorted(rng.integers(0, len(data) + 1, 2))
    return data[:end] + data[start:end] * int(rng.integers(1, 20)) + data[end:]


def blow_up(data, rng, _others):
    """A number in a header that claims far more, or nothing."""
    size, order = rng.choice([2, 4, 8]), rng.choice(["little", "big"])
    number = int(rng.choice([0, 1, 2**15 - 1, 2**16 - 1, 2**31 - 1, 2**32 - 1, 2**40, 2**63 - 1, 2**64 - 1]))
    at = rng.integers(min(len(data), int(rng.choice([64, 512, len(data)]))))
    data[at : at + size] = (number % 2 ** (8 * int(size))).to_bytes(int(size), str(order))
    return data


def blow_up_written(data, rng, _others):
    """The same where numbers are written out."""
    found = list(re.finditer(rb"\d+", bytes(data)))
    if not found:
        return blow_up(data, rng, _others)
    one = found[rng.integers(len(found))]
    return data[: one.start()] + rng.choice([b"99999999999999", b"-1", b"1e999", b"nan", b"0", b""]) + data[one.end() :]


DAMAGE = (flip, flip_early, cut, lengthen, splice, repeat, blow_up, blow_up_written)


def damaged(name, data, rng, others):
    """The bytes of a file with something wrong; half of the times inside what is compressed, packed again rightly."""
    inside = rng.random() < 0.5
    if inside and data.startswith(b"\x1f\x8b"):
        return gzip.compress(damaged(name, gzip.decompress(data), rng, others), 1)
    if inside and data.startswith(b"PK"):
        return _in_zip(data, rng, others)
    if inside and name.endswith(".tar"):
        return _in_tar(data, rng, others)
    for _ in range(rng.integers(1, 4)):
        if not data:
            break
        data = bytes(DAMAGE[rng.integers(len(DAMAGE))](bytearray(data), rng, others))
    return data


def _in_zip(data, rng, others):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as whole, zipfile.ZipFile(file, "w") as archive:
        for member in whole.namelist():
            inner = whole.read(member)
            archive.writestr(member, damaged(member, inner, rng, others) if rng.random() < 0.5 else inner)
    return file.getvalue()


def _in_tar(data, rng, others):
    file = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as whole, tarfile.open(fileobj=file, mode="w") as archive:
        for member in whole.getmembers():
            inner = damaged(member.name, whole.extractfile(member).read(), rng, others)
            member.size = len(inner)
            archive.addfile(member, io.BytesIO(inner))
    return file.getvalue()


# --- the worker -------------------------------------------------------------------------------------------------------


class TooSlow(BaseException):
    """No file takes so long."""


def work(first, count, seed, folder, keep):
    """Open files number ``first`` and on; a line each."""
    from ganstudio.data.files import foreign, sound_decoders
    from tests.file_samples import samples

    foreign._messages = _forked  # a start from nothing takes a second
    sound_decoders._Program = _ForkedDecoder
    whole = samples()
    for library in ("scipy.io", "h5py", "pyarrow.parquet", "miniaudio", "soundfile"):
        try:
            __import__(library)
        except ImportError:
            continue
    _warm(whole, folder)
    _bound()
    names = sorted(whole)
    others = [whole[name] for name in names]

    def stop(*_):
        raise TooSlow

    signal.signal(signal.SIGALRM, stop)
    for index in range(first, count):
        rng = np.random.default_rng([seed, index])
        name = names[rng.integers(len(names))]
        path = folder / f"{index}" / name
        path.parent.mkdir()
        path.write_bytes(damaged(name, whole[name], rng, others))
        began = time.monotonic()
        outcome, details = _open(path)
        took = time.monotonic() - began
        if outcome not in ("dataset", "refused"):
            shutil.copy(path, keep / f"{index}-{name}")
        shutil.rmtree(path.parent)
        _say(index=index, name=name, outcome=outcome, seconds=round(took, 3), details=details)
        if index % 500 == 0:
            shutil.rmtree(folder / "home" / "datasets", ignore_errors=True)
    _say(peak=_peak())


def _forked(module, question, path, details):
    """Answer as the program that ``foreign`` starts does, from a copy of this process."""
    from ganstudio.data.files import foreign

    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        with open(into, "wb") as stream, contextlib.suppress(BrokenPipeError):
            reader = importlib.import_module(f"ganstudio.data.files.{module}")
            for message in foreign.answers(reader, question, path, *details):
                stream.write(foreign.sent(message))
        os._exit(0)
    os.close(into)
    try:
        with open(out, "rb") as stream:
            yield from foreign.received(stream)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


class _ForkedDecoder:
    """Decodes as the program of its own does, in a copy of this process."""

    def __init__(self):
        from ganstudio.system import decoding

        asked, self.ours_in = os.pipe()
        self.ours_out, answered = os.pipe()
        self.child = os.fork()
        if self.child == 0:
            os.close(self.ours_in), os.close(self.ours_out)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            with open(asked, "rb") as into, open(answered, "wb") as out, contextlib.suppress(BrokenPipeError):
                decoding.answer(into, out)
            os._exit(0)
        os.close(asked), os.close(answered)
        self.asked, self.answered = open(self.ours_in, "wb"), open(self.ours_out, "rb")  # noqa: SIM115

    def ask(self, library, data):
        from ganstudio.data.files import sound_decoders

        return sound_decoders.asked(self.asked, self.answered, library, data)

    def end(self):
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        for stream in (self.asked, self.answered):
            with contextlib.suppress(OSError):
                stream.close()


def _open(path):
    from ganstudio.data import DatasetError, open_path

    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        dataset = open_path(path)[1]
        batch = dataset.draw(8, np.random.default_rng(0))
        if batch.shape != (8, *dataset.shape) or not np.isfinite(batch).all():
            return "wrong", f"a minibatch of the shape {batch.shape}, or not finite"
    except DatasetError as error:
        return ("refused", "") if str(error) else ("wrong", "an error without a word")
    except TooSlow:
        return "slow", traceback.format_exc()
    except Exception:  # noqa: BLE001  (what this is here to find)
        return "raised", traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return "dataset", ""


def _warm(whole, folder):
    """Open every file once as it is, so that what libraries take for themselves is there before the bound is set."""
    for name, data in whole.items():
        path = folder / "warm" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        _open(path)


def _bound():
    if sys.platform == "linux":
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY,) * 2)


def _peak():
    """The most memory that this process had; 0 where only getrusage tells, which counts whoever started it as well."""
    if sys.platform != "linux":
        return 0
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def _say(**told):
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


# --- whoever watches it -----------------------------------------------------------------------------------------------


def run(count, seed=0, keep=None):
    """Open ``count`` damaged files; what became of them by number, the failures, the slowest, the peak of memory."""
    keep = Path(keep) if keep else Path(tempfile.mkdtemp(prefix="fuzzing-"))
    keep.mkdir(parents=True, exist_ok=True)
    outcomes, kinds, failures = collections.Counter(), collections.Counter(), []
    first, slowest, peak, ended = 0, 0.0, 0, False
    while first < count:
        with tempfile.TemporaryDirectory(prefix="fuzz-", dir=_fast()) as folder:
            for told in _told(first, count, seed, Path(folder), keep):
                if "peak" in told:
                    peak, ended = max(peak, told["peak"]), True
                    continue
                first = told["index"] + 1
                outcomes[told["outcome"]] += 1
                kinds[told["name"]] += 1
                slowest = max(slowest, told["seconds"])
                if told["outcome"] not in ("dataset", "refused"):
                    failures.append(told)
            if first < count and not ended:
                failures.append({"index": first, "outcome": "brought the worker down"})
                outcomes["brought the worker down"] += 1
                first += 1
    return {
        "files": sum(outcomes.values()), "outcomes": dict(outcomes), "kinds": len(kinds), "slowest_seconds": slowest,
        "peak_mb": round(peak / 1e6), "failures": failures, "kept": str(keep),
    }  # fmt: skip


def _fast():
    """A folder in memory, where there is one: files are written by the thousand."""
    return next((folder for folder in ("/dev/shm",) if os.access(folder, os.W_OK)), None)


def _told(first, count, seed, folder, keep):
    command = [sys.executable, "-W", "ignore", "-m", "tests.fuzzing", "--worker", str(folder), "--keep", str(keep)]
    command += ["--first", str(first), "--count", str(count), "--seed", str(seed)]
    environment = dict(os.environ, GANSTUDIO_HOME=str(folder / "home"), GANSTUDIO_MEMORY_GB="0.25")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        for line in process.stdout:
            yield json.loads(line)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", default=None)
    parser.add_argument("--worker", type=Path, default=None)
    arguments = parser.parse_args()
    if arguments.worker:
        work(arguments.first, arguments.count, arguments.seed, arguments.worker, Path(arguments.keep))
        return 0
    found = run(arguments.count, arguments.seed, arguments.keep)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 1 if found["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
