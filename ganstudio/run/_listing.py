"""Where runs lie, what they are called, and a look at each without opening it."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ganstudio.run import _reading
from ganstudio.run._checkpoints import latest_checkpoint
from ganstudio.run._lock import FILE as LOCK
from ganstudio.run._lock import RunError, take_mark
from ganstudio.run._manifests import step_of_checkpoint
from ganstudio.run._parent import parent_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_STAMP = "%Y-%m-%d_%H-%M-%S"
_STAMPED = re.compile(r"(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d)", re.ASCII)
_LONGEST_NAME = 200
_LONGEST_SLUG = 160  # bytes of an experiment's name in its run's: with the time and more behind it that is below 255


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """One run in a list. step: of its newest checkpoint. when: it was begun.

    thumbnail: its newest picture. frame: the newest samples of the fixed latents, .npy.
    kind, members: of games side by side "duel" or "band", and how many they are.
    parent: the name of the run that it was branched from, and the step; None where it was not.
    trouble: why what describes the run can't be read, in words; its name is the folder's then.
    """

    path: Path
    name: str
    step: int
    when: datetime
    thumbnail: Path | None
    frame: Path | None
    kind: Literal["run", "duel", "band"] = "run"
    members: int = 1
    parent: tuple[str, int] | None = None
    trouble: str = ""


def default_runs() -> Path:
    """Where the window keeps its runs: ``$GANSTUDIO_HOME/runs``, else ``GAN Studio/runs`` in the home folder."""
    home = os.environ.get("GANSTUDIO_HOME")
    return (Path(home).expanduser() if home else Path.home() / "GAN Studio") / "runs"


def new_run_path(runs: Path, name: str) -> Path:
    """A folder for a new run that nobody has yet: the time, then the experiment's name. It isn't made here."""
    slug = re.sub(r"[^\w-]+", "_", name).strip("_") or "run"
    while len(os.fsencode(slug)) > _LONGEST_SLUG:  # systems count bytes, of which a letter may have four
        slug = slug[:-1]
    stem = f"{datetime.now():{_STAMP}}_{slug}"
    path, number = runs / stem, 2
    while path.exists():
        path, number = runs / f"{stem}-{number}", number + 1
    return path


def list_runs(runs: Path) -> list[RunSummary]:
    """Every run in a folder, newest first; what is none is passed over. A damaged one is there with its ``trouble``."""
    return [summary for run in run_folders(runs) if (summary := summarise(run))]


def take_abandoned(runs: Path) -> list[RunSummary]:
    """Every run with a checkpoint that a program left by a crash, newest first. Each is given out once."""
    left = [run for run in run_folders(runs) if _has_mark(run) and latest_checkpoint(run) and take_mark(run)]
    return [summary for run in left if (summary := summarise(run))]


def run_folders(runs: Path) -> list[Path]:
    """The folders in a folder that may be runs, newest first by their names, without a look into any of them."""
    try:
        with os.scandir(runs) as entries:
            names = [entry.name for entry in entries if entry.is_dir()]
    except OSError:
        return []
    begun = {name: _begun(runs / name) for name in names}
    return [runs / name for name in sorted(names, key=lambda name: (begun[name], name), reverse=True)]


def summarise(run: Path) -> RunSummary | None:
    """What a list shows of the run in a folder; None where there is none. Nothing in it is trusted or waited for."""
    mark = next((mark for mark in _READERS if os.path.lexists(run / mark)), None)
    if mark is None:
        return None
    trouble, told = "", dict[str, Any](name=run.name)
    try:
        told = _READERS[mark](_reading.skimmed_table(run / mark), run.name)
    except RunError as error:
        trouble = str(error)
    except (LookupError, TypeError, ValueError):
        trouble = f"{run / mark}: does not say what was trained"
    checkpoint = latest_checkpoint(run)
    frame, thumbnail = _pictures(run)
    if "kind" in told and checkpoint is not None:
        frame = checkpoint / "samples.npy"
    return RunSummary(
        path=run,
        step=step_of_checkpoint(checkpoint) if checkpoint else 0,
        when=_begun(run),
        thumbnail=thumbnail,
        frame=frame,
        parent=_parent(run),
        trouble=trouble,
        **told,
    )


def _of_game(table: Mapping[str, Any], folder: str) -> dict[str, Any]:
    return {"name": _name(table.get("name", folder))}


def _of_group(table: Mapping[str, Any], _folder: str) -> dict[str, Any]:
    kind = table["kind"]
    if kind not in ("duel", "band"):
        raise ValueError(kind)
    return {"name": _name(table["experiments"][0]["name"]), "kind": kind, "members": len(table["names"])}


_READERS: Mapping[str, Callable[[Mapping[str, Any], str], dict[str, Any]]] = {
    "experiment.toml": _of_game,
    "group.toml": _of_group,
}
"""By the file that makes a folder a run."""


def _parent(run: Path) -> tuple[str, int] | None:
    found = parent_of(run)
    return None if found is None else (found.name[:_LONGEST_NAME], found.step)


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value[:_LONGEST_NAME]


def _pictures(run: Path) -> tuple[Path | None, Path | None]:
    """The newest samples of the fixed latents, and the newest picture."""
    try:
        names = os.listdir(run / "samples")
    except OSError:
        names = []
    frame = max((name for name in names if name.startswith("step-") and name.endswith(".npy")), default=None)
    picture = max((name for name in names if name.endswith(".png")), default=None)
    drawn = run / "samples" / picture if picture else run / "samples.png"
    return run / "samples" / frame if frame else None, drawn if picture or drawn.is_file() else None


def _has_mark(run: Path) -> bool:
    """Whether somebody's pid stands in the lock, which takes a millisecond less to know than by opening it."""
    try:
        return (run / LOCK).stat().st_size > 0
    except OSError:
        return False


def _begun(run: Path) -> datetime:
    """When a run was begun: by its name, else when it was described, or its folder made."""
    if stamp := _STAMPED.match(run.name):
        with suppress(ValueError):
            return datetime.fromisoformat("{}T{}:{}:{}".format(*stamp.groups()))
    for path in (run / "experiment.toml", run / "group.toml", run):
        with suppress(OSError, ValueError, OverflowError):
            return datetime.fromtimestamp(path.stat().st_mtime)
    return datetime.fromtimestamp(0)
