"""One writer a run: a lock that the system itself lets go of when its holder dies, however it dies."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE = ".lock"
# Windows forbids others to read locked bytes, so the byte that is locked lies far behind the pid.
_LOCKED_BYTE = 1 << 20


class RunError(ValueError):
    """A run's folder that can't be used; the message says which, why and what to do."""


def reason(error: Exception) -> str:
    """Why something could not be written, in words: of an OSError the file and what the system says of it."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


class RunLock:
    """Holds a run's folder for this process until ``release``.

    The file names the holder's pid for people; what counts is the system's lock on it, so that a pid left behind by a
    program that was killed, or given to another program since, never shuts a run.

    Raises RunError when another program, or another part of this one, holds it.
    """

    def __init__(self, run: Path) -> None:
        self._descriptor: int | None = None
        try:
            descriptor = os.open(run / FILE, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise RunError(f"{run}: cannot be written to: {error.strerror}") from None
        if not _lock(descriptor):
            holder = _pid(descriptor)
            os.close(descriptor)
            who = "this program" if holder == os.getpid() else f"process {holder}" if holder else "another program"
            raise RunError(f"{run}: is being written by {who}; close it there first")
        self._descriptor = descriptor
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())

    def release(self, *, abandoned: bool = False) -> None:
        """Let others write the run; where it is abandoned the pid stays, as with a program that was killed.

        The file always stays: removing it would let two programs lock two files of one name.
        """
        if self._descriptor is not None:
            if not abandoned:
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def take_mark(run: Path) -> bool:
    """Whether the program that last wrote the run did not close it in order, as in a crash; told once, to one asker."""
    try:
        descriptor = os.open(run / FILE, os.O_RDWR)
    except OSError:
        return False
    try:
        if _pid(descriptor) is None or not _lock(descriptor):  # closed in order, or being written right now
            return False
        os.ftruncate(descriptor, 0)
        return True
    finally:
        os.close(descriptor)  # and with it the lock


def _pid(descriptor: int) -> int | None:
    text = os.read(descriptor, 20).decode("ascii", "replace").strip()
    return int(text) if text.isdecimal() else None


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # Some network file systems know no locks; a run there must still open.
            return True
        return True
