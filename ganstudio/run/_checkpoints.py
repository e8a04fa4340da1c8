"""The checkpoints of a run: which there are, which of them are whole, and which stay on the disk.

A checkpoint is a folder checkpoints/step-00006000/. The last file that is written into it is manifest.json, with the
size and the SHA-256 of every other one; those of older programs have none, and are taken as they are.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganstudio.presets import ExperimentError, load_experiment
from ganstudio.run._lock import RunError
from ganstudio.run._manifests import MOST_MANIFEST, NAME, fault_of, seconds_of, step_of_checkpoint
from ganstudio.system.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.experiment import Experiment

EXPERIMENT = "experiment.toml"
BROKEN = "broken.json"
"""In a checkpoint of games side by side: the places of those that had gone wrong, where any had."""
UNFINISHED, _REPLACED = ".writing-", ".replaced-"
ROOM_SECONDS = 30.0
"""So much older, in seconds of training, is one of the checkpoints that stay: a game goes wrong before it shows."""


@dataclass(frozen=True)
class Damaged:
    """A checkpoint that can't be used, and why, in words."""

    path: Path
    why: str

    @property
    def step(self) -> int:
        """The step that it was to be of."""
        return step_of_checkpoint(self.path)


def checkpoints_of(run: Path) -> list[Path]:
    """The folders of a run's checkpoints, newest first; one in the making, or set aside, has another name."""
    return _newest_first(run / "checkpoints")


def _newest_first(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:  # which tell by themselves what they are
            complete = [folder / entry.name for entry in entries if NAME.fullmatch(entry.name) and entry.is_dir()]
    except OSError:
        return []
    return sorted(complete, key=step_of_checkpoint, reverse=True)


def latest_checkpoint(run: Path) -> Path | None:
    """The newest checkpoint of a run by its name, whether it is whole or not; or None."""
    return next(iter(checkpoints_of(run)), None)


def run_and_step(path: Path) -> tuple[Path, int | None]:
    """The run that a path names, and the step where it is the folder of one of the run's checkpoints."""
    whole = Path(os.path.abspath(path))
    if whole.parent.name == "checkpoints" and (match := NAME.fullmatch(whole.name)):
        return whole.parent.parent, int(match[1])
    return path, None


class Choice:
    """The checkpoint that a run is gone on with: the newest that is whole, or the one of step ``at``.

    path: its folder; None where the run has none at all. damaged: those that were passed over on the way to it.

    Raises RunError where there is none of that step, or no checkpoint is whole.
    """

    def __init__(self, run: Path, at: int | None = None) -> None:
        self.run, self.at = run, at
        self.damaged: list[Damaged] = []
        self._settings: Any = None
        self._all = checkpoints_of(run)
        self._left = [path for path in self._all if at is None or step_of_checkpoint(path) == at]
        if at is not None and not self._left:
            raise RunError(f"{run}: holds no checkpoint of step {at:,}: {self._steps()}")
        self.path = self._next()

    @property
    def step(self) -> int:
        """The checkpoint's step; 0 where there is none."""
        return 0 if self.path is None else step_of_checkpoint(self.path)

    @property
    def experiment(self) -> Experiment:
        """The settings in force there, or when the run began. Raises ExperimentError where these can't be read."""
        settings: Experiment = self._settings or self._read(self.run)
        return settings

    def _read(self, folder: Path) -> Any:
        """The settings in a folder. Raises ExperimentError or RunError."""
        return load_experiment(folder / EXPERIMENT)

    @property
    def newer(self) -> list[Path]:
        """Whole checkpoints of later steps: they were not asked for."""
        passed = [damaged.path for damaged in self.damaged]
        return [path for path in self._all if step_of_checkpoint(path) > self.step and path not in passed]

    def reject(self, why: str) -> None:
        """Take the one before, since this one can't be used either. Raises RunError where there is none."""
        assert self.path is not None
        self._pass_over(self.path, why)
        self.path = self._next()

    def told(self) -> str | None:
        """What was passed over, for people; None where the checkpoint is the one that was to be expected."""
        if not self.damaged:
            return None
        listed = "; ".join(f"the checkpoint of step {each.step:,} is damaged ({each.why})" for each in self.damaged)
        return f"{listed[0].upper()}{listed[1:]}: went back to step {self.step:,}."

    def set_aside(self) -> list[Path]:
        """Give what is damaged, and what is newer, other names, for the run to go on from here; the new paths.

        Raises OSError.
        """
        moved = [_renamed(each.path, "damaged") for each in self.damaged if each.path.exists()]
        return [*moved, *(_renamed(path, "left") for path in self.newer if path.exists())]

    def _next(self) -> Path | None:
        while self._left:
            path = self._left.pop(0)
            if (why := fault_of(path)) is None:
                try:
                    self._settings = self._read(path)
                except (ExperimentError, RunError) as error:
                    why = str(error)
                else:
                    return path
            self._pass_over(path, why)
        if not self.damaged:
            return None
        told = "; ".join(f"step {each.step:,} ({each.why})" for each in self.damaged)
        if self.at is not None:
            raise RunError(f"{self.run}: the checkpoint can't be used: {told}. {self._steps()}")
        raise RunError(f"{self.run}: none of its checkpoints can be used: {told}")

    def _pass_over(self, path: Path, why: str) -> None:
        self.damaged.append(Damaged(path, why.removeprefix(f"{path}{os.sep}").removeprefix(f"{path}: ")))

    def _steps(self) -> str:
        steps = [
            f"{step_of_checkpoint(path):,}"
            for path in reversed(self._all)
            if path not in [each.path for each in self.damaged]
        ]
        if len(steps) == 1:
            return f"there is that of step {steps[0]}"
        return f"there are those of the steps {'; '.join(steps)}" if steps else "there is no other"


def thin(folder: Path) -> None:
    """Remove the checkpoints under ``folder`` that nobody would go back to.

    The newest two stay, as the newest may be of a game that had just gone wrong; the newest of those that are
    ROOM_SECONDS of training older, and one that is to become that; of the older ones at least one for each doubling of
    age. Of games side by side also the newest in which each
    that has gone wrong had not yet: the others may train on for days.
    """
    found = [(path, seconds_of(path)) for path in _newest_first(folder)]
    if len(found) <= 2:
        return
    older = found[2:]
    limit = found[0][1] - ROOM_SECONDS
    grown = next((index for index, (_, seconds) in enumerate(older) if seconds <= limit), len(older))
    kept = {index for index in (grown - 1, grown) if 0 <= index < len(older)}
    kept |= _doubling([found[0][1] - seconds for _, seconds in older], grown)
    wrong = [broken_in(path) for path, _ in found] if broken_in(found[0][0]) else []
    for game in wrong[0] if wrong else ():
        kept.add(next((place for place, games in enumerate(wrong) if game not in games), 0) - 2)
    for index, (path, _) in enumerate(older):
        if index not in kept:
            shutil.rmtree(path, ignore_errors=True)


def _doubling(ages: Sequence[float], first: int) -> set[int]:
    """The indices of these ages, rising, from ``first`` on that stay: none is more than twice as old as the one before.

    So it stays so as they grow older; where there is no such one the next stays. The oldest stays, too.
    """
    kept, last = set(), ages[first] if first < len(ages) else 0.0
    for index in range(first + 1, len(ages)):
        if not isfinite(ages[index]):  # of one that does not say how old it is
            break
        if index + 1 == len(ages) or not isfinite(ages[index + 1]) or ages[index + 1] > 2 * last:
            kept.add(index)
            last = ages[index]
    return kept


def broken_in(checkpoint: Path) -> frozenset[int]:
    """The places of those of several games that had gone wrong in a checkpoint, as far as it says so."""
    try:
        told = json.loads(read_bytes(checkpoint / BROKEN, MOST_MANIFEST))
    except (ValueError, RecursionError):  # a FileFault is a ValueError
        return frozenset()
    return frozenset(place for place in told if type(place) is int) if isinstance(told, list) else frozenset()


def replaced(checkpoint: Path) -> list[Path]:
    """What a newer checkpoint of the same step took the place of, and is still there; the newest first."""
    found = (path for path in checkpoint.parent.glob(f"{_REPLACED}*") if _name(path) == checkpoint.name)
    return sorted(found, key=_turn, reverse=True)


def free_for_replaced(checkpoint: Path) -> Path:
    """The path for one that is about to be replaced: the system may not have let an earlier one be removed."""
    turn = max((_turn(path) for path in replaced(checkpoint)), default=0) + 1
    return checkpoint.with_name(f"{_REPLACED}{checkpoint.name}" + (f".{turn}" if turn > 1 else ""))


def _name(path: Path) -> str:
    """Of the checkpoint that was replaced."""
    return path.name.removeprefix(_REPLACED).partition(".")[0]


def _turn(path: Path) -> int:
    number = path.name.removeprefix(_REPLACED).partition(".")[2]
    return int(number) if number.isdecimal() else 1


def clear_unfinished(folder: Path) -> None:
    """Remove what a program that died left half written; only for who holds the run."""
    for name in {_name(path) for path in folder.glob(f"{_REPLACED}*")}:
        for path in replaced(folder / name):
            if not (folder / name).exists():
                path.rename(folder / name)
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(f"{UNFINISHED}*"):
        if path.is_symlink():  # which is not followed, and would be in the way
            path.unlink()
        shutil.rmtree(path, ignore_errors=True)


# --- manifests --------------------------------------------------------------------------------------------------------


def _renamed(path: Path, word: str) -> Path:
    target, number = path.with_name(f"{word}-{path.name}"), 2
    while os.path.lexists(target):
        target, number = path.with_name(f"{word}-{path.name}-{number}"), number + 1
    return path.rename(target)
