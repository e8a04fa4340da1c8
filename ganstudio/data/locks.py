"""Locks on folders that the system itself lets go of when their holder dies, however it dies."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE = ".lock"


class Hold:
    """Holds a folder until ``release`` or until nothing refers to it: with others who only read it, or alone.

    Raises BlockingIOError where others hold it in a way that this one can't share, another OSError where there is no
    such folder or it can't be opened.
    """

    def __init__(self, folder: Path, *, alone: bool) -> None:
        self._descriptor: int | None = None
        descriptor = _open(folder / FILE)
        try:
            _lock(descriptor, alone)
        except BlockingIOError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    __del__ = release


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        return os.open(path, os.O_RDONLY)  # a folder that is only to be read can be held all the same


if sys.platform == "win32":

    def _lock(descriptor: int, alone: bool) -> None:
        """Nothing to do: Windows moves and removes no folder while a file in it is open."""

else:
    import fcntl

    def _lock(descriptor: int, alone: bool) -> None:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:
            return  # some network file systems know no locks; what lies there must still open
