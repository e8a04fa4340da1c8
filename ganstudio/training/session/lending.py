"""A run's folder has one writer: the game in force lets go of it where it is to be opened once more."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from ganstudio.run import RunError, RunFolder, run_and_step

if TYPE_CHECKING:
    from pathlib import Path

Folder = TypeVar("Folder", bound=RunFolder)


class Lending(Generic[Folder]):
    """What a session leaves on disk. run: the folder that it holds; None while there is none."""

    run: Folder | None = None
    _lent: Folder | None = None
    _unwritten: Folder | None = None
    """A folder that is closed, and that could not be had back: it may hold what the disk refused."""

    @property
    def held(self) -> Path | None:
        """The folder at hand, also while it is lent."""
        folder = self.run or self._lent
        return None if folder is None else folder.path

    @property
    def gone(self) -> bool:
        """Whether somebody deleted the folder at hand; not where the disk that it was on is away with it."""
        return self.run is not None and is_deleted(self.run.path, self.run.MARK)

    def let_go(self) -> None:
        """Hold the folder no longer, as it is gone; the next one gets what was not written to it."""
        if self.run is not None:
            with suppress(OSError, RunError):
                self.run.close()
            self._unwritten, self.run = self.run, None

    def lend(self, run: Path | None) -> None:
        """Let go of the folder until ``take_back``, where it is the one of ``run``, a folder or a checkpoint in it."""
        if self.run is None or run is None:
            return
        path, _ = run_and_step(run)
        if _are_one(path, self.run.path):
            self._lent = self.run
            with suppress(RunError):  # what could not be written was told when it was to be
                self.run.close()
            self.run = None

    def take_back(self, kind: type[Folder]) -> None:
        """Hold the folder that was lent again, if one was, with what could not be written before.

        Raises RunError where that can't be: then there is none, and ``hand_on`` gives this to the next one.
        """
        if self._lent is not None:
            self._unwritten, self._lent = self._lent, None
            self.run = kind.open(self._unwritten.path)
            self.hand_on()

    def hand_on(self) -> None:
        """Give the folder at hand what could not be written to the one before."""
        if self._unwritten is not None and self.run is not None:
            self._unwritten.hand_over(self.run)
            self._unwritten = None


def is_deleted(folder: Path, mark: str) -> bool:
    """Whether somebody deleted a folder, in which a file called ``mark`` was; not where the disk is away with it."""
    return not os.path.lexists(folder / mark) and folder.parent.is_dir()


def _are_one(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there; that of the game in force may have been deleted meanwhile
        return False
