"""Files that a library written in C reads: in a process of its own, whose memory and time are bounded.

These libraries were written for files of friends. What is dropped may come from anybody: a file that brings its reader
down, or has it ask for all the memory, becomes an error in words here, and the window stands.

The reader speaks in messages, each with its length in eight bytes and a letter before it: J a value in JSON, B bytes, E
an error in words, Z the end. Nothing is pickled, so that a reader that was taken over by a file can't take over the
program. It is a program of its own and no child of multiprocessing, as the process that trains may have none of those.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import signal
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ganstudio.data import limits
from ganstudio.data.errors import DatasetError
from ganstudio.data.watching import still_wanted
from ganstudio.system import programs

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

PATIENCE = 600
"""Seconds of computing after which a reader is ended."""
EXTRA = "formats"
"""Brings the libraries. The bundle does without them: some 290 MB for rare kinds of files."""

_READERS = {"scipy": "matlab", "h5py": "hdf5", "pyarrow": "parquet"}
"""The module of this room that needs a library."""
_PORTION = 2**24
_OTHERS = 2**30  # address space beside the data: shared libraries and the allocators' reserves


def is_there(library: str) -> bool:
    """Whether a library is installed."""
    return importlib.util.find_spec(library) is not None


def need(library: str, path: Path, kind: str, instead: str = ".npz") -> None:
    """Raise DatasetError where the library that reads this kind of file is not installed.

    instead: as what such a file can be saved to be read without.
    """
    if not is_there(library):
        lacking = programs.lacking(EXTRA)
        raise DatasetError(
            f'"{path.name}" is {kind}, which {library} reads, and that is {lacking}, or save it as {instead}'
        )


def told(library: str, question: str, path: Path) -> tuple[Any, ...]:
    """The whole answer to a question on what a file holds; the same is not asked twice while it does not change."""
    facts = path.stat()
    return _told(library, question, path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=8)  # several ask while a file is looked at, and each answer takes half a second
def _told(library: str, question: str, path: Path, _size: int, _changed: int) -> tuple[Any, ...]:
    return tuple(ask(library, question, path))


def ask(library: str, question: str, path: Path, *details: str) -> Generator[Any]:
    """What the generator ``question`` of the library's module yields for a path: values that JSON can hold, and bytes.

    Raises DatasetError as it does, and where the reader breaks down. Closing the iterator ends the reader.
    """
    messages = _messages(_READERS[library], question, path, details)
    try:
        for message in messages:
            if message[:1] == b"Z":
                return
            still_wanted()
            yield heard(message)
    finally:
        messages.close()
    raise DatasetError(f'"{path.name}" is damaged: it broke down what reads it; save or fetch it again')


def _messages(module: str, question: str, path: Path, details: tuple[str, ...]) -> Generator[bytes]:
    process = subprocess.Popen(
        programs.inside("foreign", module, question, str(path), *details),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=programs.surroundings(),
        creationflags=programs.WITHOUT_CONSOLE,
    )
    assert process.stdout is not None
    try:
        yield from received(process.stdout)
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def received(stream: IO[bytes]) -> Iterator[bytes]:
    """The messages in a stream, as far as they are whole."""
    while len(length := stream.read(8)) == 8:
        wanted = int.from_bytes(length, "big")
        if wanted > _PORTION + 1:  # no reader of ours says so much at once
            return
        message = stream.read(wanted)
        if len(message) < wanted:
            return
        yield message


def sent(message: bytes) -> bytes:
    """A message as it stands in the stream."""
    return len(message).to_bytes(8, "big") + message


def heard(message: bytes) -> Any:
    """What a message says. Raises DatasetError where it is one."""
    if message[:1] == b"E":
        raise DatasetError(message[1:].decode())
    return json.loads(message[1:]) if message[:1] == b"J" else message[1:]


# --- in the process that reads ----------------------------------------------------------------------------------------


def serve(module: str, question: str, path: str, *details: str) -> None:
    """Answer a question on standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked decides when to stop
    reader = importlib.import_module(f"ganstudio.data.files.{module}")
    _bound(limits.memory_bytes())
    for message in answers(reader, question, Path(path), *details):
        sys.stdout.buffer.write(sent(message))
    sys.stdout.buffer.flush()


def answers(reader: Any, question: str, path: Path, *details: str) -> Iterator[bytes]:
    """The messages that answer a question, up to the end."""
    try:
        for value in getattr(reader, question)(path, *details):
            if isinstance(value, (bytes, memoryview)):
                for start in range(0, len(value), _PORTION):
                    yield b"B" + bytes(value[start : start + _PORTION])
            else:
                yield b"J" + json.dumps(value).encode()
    except DatasetError as error:
        yield b"E" + str(error).encode()
    except MemoryError:
        most = (
            f"{limits.memory_bytes() / 1e9:g} GB of memory to read; save a part of it, or set {limits.MEMORY} to more"
        )
        yield b"E" + f'"{path.name}" takes more than {most}'.encode()
    except reader.TROUBLE as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        yield b"E" + f'"{path.name}" is damaged or of a kind that is not known here ({reason})'.encode()
    else:
        yield b"Z"


def _bound(room: int) -> None:
    """Let this process take so much memory beside what it has, and so much time."""
    if sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + room + _OTHERS
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
