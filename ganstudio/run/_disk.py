"""Files that a crash or a power cut leaves whole: written aside, synced to the disk, renamed."""

from __future__ import annotations

import os
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


def move_aside(path: Path) -> Path:
    """Rename whatever lies at a path so that another file can take its place; where it is now. Raises OSError."""
    aside, number = path.with_name(f"{path.name}.damaged"), 2
    while os.path.lexists(aside):
        aside, number = path.with_name(f"{path.name}.damaged-{number}"), number + 1
    path.rename(aside)
    return aside
