"""What a path is by itself, before anything of it is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData


OWN = "application/x-ganstudio-picture"
"""Marks what is dragged out of the window, so that it is not taken for data where it comes back."""


def is_run(path: Path) -> bool:
    """Whether a path is the folder of a run, of one game or of several, or of a checkpoint, by what it contains."""
    # A name is enough: whoever opens it says what is wrong with a file that is damaged, or none.
    return path.is_dir() and any(os.path.lexists(path / name) for name in ("experiment.toml", "group.toml"))


def is_game(path: Path) -> bool:
    """Whether a path is a run, or an experiment's file by its name, rather than data."""
    return is_run(path) or path.suffix.lower() == ".toml"


def whole_of(path: Path) -> Path:
    """The checkpoint of a group that a single game's part of it belongs to; any other path as it is."""
    part = path.parent.parent.name == "checkpoints" and (path.parent / "group.toml").is_file()
    return path.parent if part else path


def paths_in(mime: QMimeData) -> list[Path]:
    """The local files and folders, in order."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
