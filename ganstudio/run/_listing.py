"""Where runs lie, what they are called, and a look at each without opening it."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ganstudio.run._checkpoints import latest_checkpoint, step_of_checkpoint
from ganstudio.run._lock import take_mark

if TYPE_CHECKING:
    from collections.abc import Iterable

_STAMP = "%Y-%m-%d_%H-%M-%S"


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """One run in a list. step: of its newest checkpoint. when: it was begun.

    thumbnail: its newest picture. frame: the newest samples of the fixed latents, .npy.
    kind, members: of games side by side "duel" or "band", and how many they are.
    """

    path: Path
    name: str
    step: int
    when: datetime
    thumbnail: Path | None
    frame: Path | None
    kind: Literal["run", "duel", "band"] = "run"
    members: int = 1


def default_runs() -> Path:
    """Where the window keeps its runs: ``$GANSTUDIO_HOME/runs``, else ``GAN Studio/runs`` in the home folder."""
    home = os.environ.get("GANSTUDIO_HOME")
    return (Path(home).expanduser() if home else Path.home() / "GAN Studio") / "runs"


def new_run_path(runs: Path, name: str) -> Path:
    """A folder for a new run that nobody has yet: the time, then the experiment's name. It isn't made here."""
    slug = re.sub(r"[^\w-]+", "_", name).strip("_") or "run"
    stem = f"{datetime.now():{_STAMP}}_{slug}"
    path, number = runs / stem, 2
    while path.exists():
        path, number = runs / f"{stem}-{number}", number + 1
    return path


def list_runs(runs: Path) -> list[RunSummary]:
    """Every run in a folder, newest first. What is no run, or can't be read, is passed over."""
    return _newest_first(_folders(runs))


def take_abandoned(runs: Path) -> list[RunSummary]:
    """Every run with a checkpoint that a program left by a crash, newest first. Each is given out once."""
    return _newest_first(folder for folder in _folders(runs) if latest_checkpoint(folder) and take_mark(folder))


def _folders(runs: Path) -> list[Path]:
    try:
        return list(runs.iterdir())
    except OSError:
        return []


def _newest_first(folders: Iterable[Path]) -> list[RunSummary]:
    found = [summary for folder in folders if (summary := _summary(folder) or _group_summary(folder))]
    return sorted(found, key=lambda summary: (summary.when, summary.path.name), reverse=True)


def _summary(run: Path) -> RunSummary | None:
    described = run / "experiment.toml"
    try:
        when = _begun(run, described)
        name = tomllib.loads(described.read_text(encoding="utf-8")).get("name", run.name)
        frames = sorted((run / "samples").glob("step-*.npy"))
        pictures = sorted((run / "samples").glob("*.png")) or sorted(run.glob("samples.png"))
    except (OSError, ValueError):
        return None
    checkpoint = latest_checkpoint(run)
    return RunSummary(
        path=run,
        name=str(name),
        step=step_of_checkpoint(checkpoint) if checkpoint else 0,
        when=when,
        thumbnail=pictures[-1] if pictures else None,
        frame=frames[-1] if frames else None,
    )


def _group_summary(run: Path) -> RunSummary | None:
    """Of games side by side, which have one folder."""
    described = run / "group.toml"
    try:
        when = _begun(run, described)
        data = tomllib.loads(described.read_text(encoding="utf-8"))
        name, kind, members = data["experiments"][0]["name"], data["kind"], len(data["names"])
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return None
    if kind not in ("duel", "band"):
        return None
    checkpoint = latest_checkpoint(run)
    frame = checkpoint / "samples.npy" if checkpoint else None
    return RunSummary(
        path=run,
        name=str(name),
        step=step_of_checkpoint(checkpoint) if checkpoint else 0,
        when=when,
        thumbnail=None,
        frame=frame if frame is not None and frame.is_file() else None,
        kind=kind,
        members=members,
    )


def _begun(run: Path, described: Path) -> datetime:
    written = datetime.fromtimestamp(described.stat().st_mtime)
    try:
        return datetime.strptime(run.name[:19], _STAMP)
    except ValueError:
        return written
