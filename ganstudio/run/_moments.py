"""Moments of a training: what G's average was at many steps, one file each, within so many bytes for all of them.

They lie in timeline/step-00000500.safetensors. ``training.checkpoints.moments`` says what a file holds.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from ganstudio.run._lock import RunError
from ganstudio.system.writing import write_aside

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

FOLDER = "timeline"
MOST_MOMENTS = 1_000
"""As many as a slider can be told apart on; of a small G far more would fit."""
MEGABYTE = 1_000_000
_NAME = re.compile(r"step-(\d{8,12})\.safetensors")


class Moments:
    """The moments of one run, by their steps. The folder is made with the first one.

    Raises RunError where it is a link: old files are removed there, and it may lead anywhere.
    """

    def __init__(self, run: Path) -> None:
        self.folder = run / FOLDER
        if self.folder.is_symlink():
            raise RunError(f"{self.folder}: is a link to another folder; put that folder itself in its place")
        self._sizes = dict(_found(self.folder))

    @property
    def steps(self) -> tuple[int, ...]:
        """Of which there is a moment, rising."""
        return tuple(sorted(self._sizes))

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(self._sizes.values())

    def keep(self, step: int, content: bytes, budget: int) -> bool:
        """Keep a moment, and thin those before so that all of them take at most ``budget`` bytes.

        Returns whether it is there: one larger than the budget is not kept. Raises OSError where the disk won't.
        """
        if len(content) > budget:
            self.thin(budget)
            return False
        self.folder.mkdir(exist_ok=True)
        self.thin(budget - len(content), MOST_MOMENTS - 1, newest=step)
        # Not synced: a power cut may take the last ones with it, and each has a checksum.
        write_aside(self.folder / _name(step), content, durable=False)
        self._sizes[step] = len(content)
        return True

    def thin(self, budget: int, most: int = MOST_MOMENTS, newest: int | None = None) -> None:
        """Remove what there is no room for. newest: the step of the one that is to come."""
        steps = sorted(self._sizes.keys() - {newest})
        size = sum(self._sizes[step] for step in steps)
        while steps and (size > budget or len(steps) > most):
            step = steps.pop(surplus(steps if newest is None else [*steps, newest]))
            size -= self._sizes[step]
            self._remove(step)

    def set_aside(self, step: int) -> Path | None:
        """Move what came after a step into a folder of its own, as the run goes on from there; None: there is nothing.

        Raises OSError.
        """
        later = [each for each in self._sizes if each > step]
        if not later:
            return None
        aside, number = self.folder.with_name(f"{FOLDER}-after-{step:08d}"), 2
        while os.path.lexists(aside):
            aside, number = self.folder.with_name(f"{FOLDER}-after-{step:08d}-{number}"), number + 1
        aside.mkdir()
        for each in later:
            with suppress(FileNotFoundError):
                (self.folder / _name(each)).rename(aside / _name(each))
            del self._sizes[each]
        return aside

    def forget(self, step: int) -> None:
        """Remove what came after a step: it is trained again."""
        for each in [each for each in self._sizes if each > step]:
            self._remove(each)

    def _remove(self, step: int) -> None:
        del self._sizes[step]
        with suppress(OSError):  # somebody else's hand, or a system that holds it: it is counted no more
            (self.folder / _name(step)).unlink()


def surplus(steps: Sequence[int]) -> int:
    """The index of the one of these steps, rising, that is missed the least.

    The further a moment is from both ends of the training, the further apart it may stand from its neighbours: G learns
    fast at first, and what is new is looked at closely. The first and the last stay while there are others.
    """
    if len(steps) < 3:
        return 0
    first, last = steps[0], steps[-1]
    shares = (
        (steps[index + 1] - steps[index - 1]) / min(steps[index] - first, last - steps[index])
        for index in range(1, len(steps) - 1)
    )
    return 1 + min(enumerate(shares), key=lambda each: each[1])[0]


def moments_of(run: Path) -> tuple[int, ...]:
    """The steps of a run's moments, rising, as they lie on the disk."""
    return tuple(sorted(_steps(run / FOLDER)))


def moment_path(run: Path, step: int) -> Path | None:
    """The file of the moment of a step, or of the nearest that is there; None where there are none."""
    steps = moments_of(run)
    nearest = min(steps, key=lambda each: (abs(each - step), each), default=None)
    return None if nearest is None else run / FOLDER / _name(nearest)


def step_of_moment(path: Path) -> int:
    """The step that a moment's file is named after."""
    match = _NAME.fullmatch(path.name)
    assert match, path
    return int(match[1])


def _name(step: int) -> str:
    return f"step-{step:08d}.safetensors"


def _steps(folder: Path) -> Iterable[int]:
    """The step of each file that is called as a moment, without asking for its size: of 500 that takes 2 ms."""
    try:
        with os.scandir(folder) as entries:
            return [int(match[1]) for entry in entries if (match := _NAME.fullmatch(entry.name)) and entry.is_file()]
    except OSError:
        return []


def _found(folder: Path) -> Iterable[tuple[int, int]]:
    """Step and size of each file that is called as a moment."""
    try:
        with os.scandir(folder) as entries:
            return [
                (int(match[1]), entry.stat().st_size)
                for entry in entries
                if (match := _NAME.fullmatch(entry.name)) and entry.is_file()
            ]
    except OSError:
        return []
