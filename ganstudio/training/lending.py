"""A run's folder has one writer: the game in force lets go of it where it is to be opened once more."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from ganstudio.run import RunError, RunFolder, run_and_step

if TYPE_CHECKING:
    from pathlib import Path

Folder = TypeVar("Folder", bound=RunFolder)


class Lending(Generic[Folder]):
    """What a session leaves on disk. run: the folder that it holds; None while there is none."""

    run: Folder | None = None
    _lent: Path | None = None

    def lend(self, run: Path | None) -> None:
        """Let go of the folder until ``take_back``, where it is the one of ``run``, a folder or a checkpoint in it."""
        if self.run is None or run is None:
            return
        path, _ = run_and_step(run)
        if _are_one(path, self.run.path):
            self._lent = self.run.path
            with suppress(RunError):  # what could not be written was told when it was to be
                self.run.close()
            self.run = None

    def take_back(self, kind: type[Folder]) -> None:
        """Hold the folder that was lent again, if one was. Raises RunError where that can't be: then there is none."""
        lent, self._lent = self._lent, None
        if lent is not None:
            self.run = kind.open(lent)


def _are_one(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there; that of the game in force may have been deleted meanwhile
        return False


def unkept(lost: int, place: Path) -> str:
    """That steps are in memory alone, in a sentence; empty where there are none."""
    if lost <= 0:
        return ""
    what = "The last step" if lost == 1 else f"The last {lost:,} steps"
    return f"{what} could not be written to {place}, and would be lost."
