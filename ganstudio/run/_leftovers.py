"""Our own files that a program left unfinished when it was killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.run._checkpoints import UNFINISHED, clear_unfinished
from ganstudio.run._lock import FILE as LOCK

if TYPE_CHECKING:
    from pathlib import Path

_WRITTEN = ("environment.json", "data.json", "experiment.toml", "group.toml", "alarms.json")
_BEGUN = frozenset({*_WRITTEN[:2], *(f".{name}.new" for name in _WRITTEN)})
"""What a start writes before experiment.toml or group.toml, which makes the folder a run."""
_FOLDERS = frozenset({"checkpoints", "samples"})


def leftovers(path: Path) -> set[str]:
    """The names in a folder that hold nothing but what a start of ours made before it died. Raises OSError.

    A start makes the lock first: without one, a data.json or environment.json is somebody else's.
    """
    names = {entry.name for entry in path.iterdir()}
    if LOCK not in names:
        return {name for name in names & _FOLDERS if _is_bare(path / name)}
    files = {name for name in names & (_BEGUN | {LOCK}) if _is_file(path / name)}
    folders = {name for name in names & _FOLDERS if _is_bare(path / name)}
    return files | folders


def clear_leftovers(path: Path) -> None:
    """Remove the files that a start of ours left before it died; the lock stays. Raises OSError."""
    for name in leftovers(path) - {LOCK}:
        if name in _FOLDERS:
            clear_unfinished(path / name)
        else:
            (path / name).unlink()


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_bare(path: Path) -> bool:
    """Whether a folder holds nothing, or a checkpoint that was never finished."""
    if path.is_symlink() or not path.is_dir():
        return False
    return all(entry.name.startswith(UNFINISHED) for entry in path.iterdir())
