"""Files that a library written in C reads: in a process of its own, whose memory and time are bounded.

These libraries were written for files of friends. What is dropped may come from anybody: a file that brings its reader
down, or has it ask for all the memory, becomes an error in words here, and the window stands.

Both sides speak in bytes, each message with a letter before it: J a value in JSON, B bytes, E an error in words, Z the
end. Nothing is pickled, so that a reader that was taken over by a file can't take over the program.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import multiprocessing
import signal
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.data import limits
from ganstudio.data.dataset import DatasetError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from multiprocessing.connection import Connection

PATIENCE = 120.0
"""Seconds without an answer after which a file is given up."""

START = "spawn"
"""How the process begins; a fork would take the window's threads with it."""

_READERS = {"scipy": "matlab", "h5py": "hdf5", "pyarrow": "parquet"}
"""The library that a module of this room needs."""
EXTRA = "pip install 'ganstudio[formats]'"
"""How the libraries are installed."""
_PORTION = 2**24
_OTHERS = 2**30  # address space beside the data: shared libraries and the allocators' reserves


def need(library: str, path: Path, kind: str) -> None:
    """Raise DatasetError where the library that reads this kind of file is not installed."""
    if importlib.util.find_spec(library) is None:
        raise DatasetError(f'"{path.name}" is {kind}, which {library} reads, and that is not installed; {EXTRA}')


def told(library: str, question: str, path: Path) -> tuple[Any, ...]:
    """The whole answer to a question on what a file holds; the same is not asked twice while it does not change."""
    facts = path.stat()
    return _told(library, question, path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=8)  # several ask while a file is looked at, and each answer takes half a second
def _told(library: str, question: str, path: Path, _size: int, _changed: int) -> tuple[Any, ...]:
    return tuple(ask(library, question, path))


def ask(library: str, question: str, path: Path, *details: str) -> Generator[Any]:
    """What the generator ``question`` of the library's module yields for a path: values that JSON can hold, and bytes.

    Raises DatasetError as it does, and where the reader breaks down. Closing the iterator ends the process.
    """
    context: Any = multiprocessing.get_context(START)
    here, there = context.Pipe(duplex=False)
    arguments = (there, _READERS[library], question, str(path), details, limits.memory_bytes())
    process = context.Process(target=_serve, args=arguments, daemon=True)
    process.start()
    there.close()
    try:
        while (message := _next(here, path))[:1] != b"Z":
            yield heard(message)
    finally:
        process.kill()
        process.join()
        process.close()
        here.close()


def heard(message: bytes) -> Any:
    """What a message says. Raises DatasetError where it is one."""
    if message[:1] == b"E":
        raise DatasetError(message[1:].decode())
    return json.loads(message[1:]) if message[:1] == b"J" else message[1:]


def _next(connection: Connection, path: Path) -> bytes:
    try:
        if connection.poll(PATIENCE):
            return connection.recv_bytes(_PORTION + 1)
        why = f"takes more than {PATIENCE:.0f} s to read"
    except (EOFError, OSError):
        why = "is damaged: it broke down what reads it"
    raise DatasetError(f'"{path.name}" {why}; save or fetch it again')


def _serve(connection: Connection, module: str, question: str, path: str, details: tuple[str, ...], room: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked decides when to stop
    reader = importlib.import_module(f"ganstudio.data.{module}")
    _bound(room)
    for message in answers(reader, question, Path(path), *details):
        connection.send_bytes(message)


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
    """Let this process take so much memory beside what it has."""
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + room + _OTHERS
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
