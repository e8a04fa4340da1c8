"""One writer a run: a lock that the system itself lets go of when its holder dies, however it dies."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE = ".lock"
# Windows forbids others to read locked bytes, so the byte that is locked lies far behind the pid.
_LOCKED_BYTE = 1 << 20
# Neither waits on a named pipe nor follows a link: what it leads to would be emptied.
_FLAGS = os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)


class RunError(ValueError):
    """A run's folder that can't be used; the message says which, why and what to do."""


class PlaceError(RunError):
    """The system makes no folder of a run there; in another place it might."""


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
            descriptor = os.open(run / FILE, _FLAGS | os.O_CREAT, 0o644)
        except OSError as error:
            raise RunError(f"{run}: cannot be written to: {reason(error)}") from None
        if not _is_regular(descriptor):
            os.close(descriptor)
            raise RunError(f"{run / FILE}: not a regular file; remove it, then open the run again")
        if not _lock(descriptor):
            holder = _pid(descriptor)
            os.close(descriptor)
            who = "this program" if holder == os.getpid() else f"process {holder}" if holder else "another program"
            raise RunError(f"{run} is being written by {who}; close it there first")
        try:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
        except OSError as error:  # a full disk refuses even these few bytes
            os.close(descriptor)
            raise RunError(f"{run / FILE}: cannot be written to: {error.strerror}") from None
        self._descriptor = descriptor

    def release(self, *, abandoned: bool = False) -> None:
        """Let others write the run; where it is abandoned the pid stays, as with a program that was killed.

        The file always stays: removing it would let two programs lock two files of one name.
        """
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            try:
                if not abandoned:
                    with suppress(OSError):  # then the run is told of as one that was not closed in order
                        os.ftruncate(descriptor, 0)
            finally:
                os.close(descriptor)


def take_mark(run: Path) -> bool:
    """Whether the program that last wrote the run did not close it in order, as in a crash; told once, to one asker."""
    try:
        if not (run / FILE).is_file():  # opening a device may set it to work
            return False
        descriptor = os.open(run / FILE, _FLAGS)
    except OSError:
        return False
    try:
        # Closed in order, or being written right now.
        if not _is_regular(descriptor) or _pid(descriptor) is None or not _lock(descriptor):
            return False
        os.ftruncate(descriptor, 0)
        return True
    except OSError:
        return False  # what can't be marked as told of would be told of again
    finally:
        os.close(descriptor)  # and with it the lock


def _is_regular(descriptor: int) -> bool:
    return stat.S_ISREG(os.fstat(descriptor).st_mode)


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
