"""What a path is by itself, before anything of it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def is_run(path: Path) -> bool:
    """Whether a path is a run folder, or a checkpoint's folder in one, by what it contains."""
    return path.is_dir() and (path / "experiment.toml").is_file()


def is_game(path: Path) -> bool:
    """Whether a path is a run, or an experiment's file by its name, rather than data."""
    return is_run(path) or path.suffix.lower() == ".toml"


def run_of(path: Path) -> Path:
    """The run that a dropped run folder or checkpoint belongs to."""
    return path.parent.parent if path.parent.name == "checkpoints" else path
