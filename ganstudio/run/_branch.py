"""A run that goes on from a checkpoint of another one with other settings, and knows which."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from ganstudio.presets import dumps
from ganstudio.run import _changes
from ganstudio.run._checkpoints import Choice, run_and_step
from ganstudio.run._data import FILE as DATA
from ganstudio.run._directions import FILE as DIRECTIONS
from ganstudio.run._disk import write_aside
from ganstudio.run._folder import ENVIRONMENT, EXPERIMENT, RunFolder, check_free
from ganstudio.run._lock import RunError, reason
from ganstudio.run._moments import FOLDER as TIMELINE
from ganstudio.run._parent import PARENT
from ganstudio.system.files import FileFault, check_regular

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SAMPLES = "samples"
_MOST = 1 << 33


def branch(parent: Path, at: int | None, to: Path) -> int:
    """Make a run in ``to`` that stands where another stood at a checkpoint: of step ``at``, or the newest whole one.

    It holds all that the other one held up to there, and the other one is not changed. Returns the step. Raises
    RunError where there is no such checkpoint, or the disk won't: then nothing of it is left.
    """
    path, named = run_and_step(parent)
    folder = RunFolder.open(path, read_only=True)
    choice = Choice(path, named if at is None else at)
    if choice.path is None:
        raise RunError(
            f"{path}: holds no checkpoint yet, from which a run could be branched: train it for a while first"
        )
    check_free(to)
    whole = False
    try:
        begun = folder.experiment()
    except RunError:  # no reason not to go on with good weights
        begun = choice.experiment
    try:
        to.mkdir(parents=True, exist_ok=True)
        _copy_all(choice.path, to / "checkpoints" / choice.path.name)
        for name in (_SAMPLES, TIMELINE):
            _copy_up_to(path / name, to / name, choice.step)
        for name in (DATA, DIRECTIONS, "alarms.json"):
            _copy(path / name, to / name)
        folder.copy_scalars(choice.step, to)
        write_aside(to / _changes.FILE, _changes.packed(_changes.parted(folder.changes(), choice.step)[0]))
        environment = folder.environment() | {"branched": datetime.now().isoformat()}
        write_aside(to / ENVIRONMENT, json.dumps(environment, indent=2, default=str) + "\n")
        told = {"run": os.path.abspath(path), "step": choice.step}
        write_aside(to / PARENT, json.dumps(told, indent=1) + "\n")
        # Last, because it is what makes the folder a run.
        write_aside(to / EXPERIMENT, dumps(begun))
        whole = True
    except (OSError, RunError) as error:
        raise RunError(f"{to}: no run can be branched there: {reason(error)}") from None
    finally:
        if not whole:  # whatever it was, and Ctrl+C too
            shutil.rmtree(to, ignore_errors=True)
        with suppress(RunError):
            folder.close()
    return choice.step


def _copy_all(source: Path, to: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file():
            _copy(path, to / path.relative_to(source))


def _copy_up_to(source: Path, to: Path, step: int) -> None:
    """What is named after a step up to this one, and what is named after none."""
    for path in _files(source):
        number = path.stem.removeprefix("step-")
        if not number.isdecimal() or int(number) <= step:
            _copy(path, to / path.name)


def _files(folder: Path) -> Iterable[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError:
        return []


def _copy(source: Path, to: Path) -> None:
    """Copy a regular file; what is none, or not there, is left out. Raises OSError."""
    try:
        check_regular(source, _MOST)
    except FileFault:
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, to)
