"""Which run a file was made by: known by what it was begun with, whatever its folder is called now."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ganstudio.run._listing import run_folders
from ganstudio.system.files import FileFault, read_bytes

if TYPE_CHECKING:
    from pathlib import Path

_BEGUN_WITH = ("experiment.toml", "group.toml", "environment.json")
_MOST = 1 << 20
MARK_LETTERS = 16


def mark_of(run: Path) -> str:
    """16 hexadecimal digits of what a run was begun with; all of it that can be read."""
    digest = hashlib.sha256()
    for name in _BEGUN_WITH:
        try:
            content = read_bytes(run / name, _MOST)
        except FileFault:
            continue
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:MARK_LETTERS]


def find_run(runs: Path, name: str, mark: str) -> Path | None:
    """The run in a folder of runs that was begun with what ``mark`` says: of several the one that is called so.

    ``name`` is only compared, never followed: it comes from a file that may be anybody's.
    """
    found = run_folders(runs)
    named = next((run for run in found if run.name == name), None)
    if named is not None and mark_of(named) == mark:
        return named
    return next((run for run in found if mark_of(run) == mark), None)
