"""Files that a crash or a power cut leaves whole: written aside, synced to the disk, renamed."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from ganstudio.system.writing import write_aside

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["sync", "write_aside"]


def sync(path: Path) -> None:
    """Have the disk hold a file's content, or a folder's entries, before anything else is done. Raises OSError."""
    # Windows can't open a folder to sync it; its renames are atomic all the same.
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_aside(path: Path) -> Path:
    """Give what lies at a path a second name, so that another file can take the first by ``os.replace``; the second.

    A crash in between leaves it under both names. What is neither a file nor a link, whose place none can take, is
    moved. Raises OSError.
    """
    there = path.lstat()
    aside, number = path.with_name(f"{path.name}.damaged"), 2
    while os.path.lexists(aside):
        if os.path.samestat(there, aside.lstat()):  # a crash came in between the last time
            return aside
        aside, number = path.with_name(f"{path.name}.damaged-{number}"), number + 1
    if not (stat.S_ISREG(there.st_mode) or stat.S_ISLNK(there.st_mode)):
        return path.rename(aside)
    try:
        os.link(path, aside, follow_symlinks=False)
    except (OSError, NotImplementedError):  # a disk that has one name for each file, such as a memory card
        _copy(path, aside)
    return aside


def _copy(path: Path, to: Path) -> None:
    """Copy a file, or a link as a link, whole or not at all. Raises OSError."""
    try:
        shutil.copy2(path, to, follow_symlinks=False)
        if not to.is_symlink():
            sync(to)
    except OSError:
        with suppress(OSError):
            to.unlink(missing_ok=True)
        raise
