"""A game that ended by itself: what is kept of it, and the way back to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ganstudio.run import latest_checkpoint, step_of_checkpoint
from ganstudio.training.messages import Start, StartGroup

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.experiment import Experiment
    from ganstudio.training.messages import AnyStart, GroupOpened, Opened


@dataclass(frozen=True)
class WayBack:
    """How a game that has ended is opened again. kept: which step is on disk, in a sentence; offer: for a button."""

    command: Start | StartGroup
    kept: str
    offer: str


class Standing:
    """What stands, or stood, in the window: a game, a group or nothing, and how to come back to it."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._asked: AnyStart | None = None
        self._group: StartGroup | None = None
        self._experiment: Experiment | None = None
        self._run: Path | None = None

    def ask(self, command: AnyStart) -> None:
        """Something is asked for; it stands once it is opened."""
        self._asked = command

    def opened(self, opened: Opened) -> None:
        """A game stands."""
        self._experiment, self._run, self._group = opened.experiment, opened.run, None

    def group_opened(self, opened: GroupOpened) -> None:
        """A group stands."""
        asked = self._asked if isinstance(self._asked, StartGroup) else self._group
        self._group = replace(asked, play=False, discard=False) if asked is not None else None
        self._experiment, self._run = opened.experiments[0], opened.run

    def adjusted(self, experiment: Experiment) -> None:
        """Other settings are in force."""
        self._experiment = experiment

    def recorded(self, run: Path) -> None:
        """What stands has a folder."""
        self._run = run

    def way_back(self) -> WayBack | None:
        """From what the disk holds now; None where nothing stood."""
        checkpoint = latest_checkpoint(self._run) if self._run is not None else None
        if checkpoint is not None:
            kept = f"Step {step_of_checkpoint(checkpoint):,} is kept, its last checkpoint."
            if self._group is not None:
                return WayBack(StartGroup(resume=self._run, runs=self._runs), kept, "Open Again")
            return WayBack(Start(resume=self._run, runs=self._runs), kept, "Open Again")
        kept = "Nothing of it is kept: it ended before its first checkpoint."
        if self._group is not None:
            return WayBack(self._group, kept, "Start Over")
        if self._experiment is not None:
            return WayBack(Start(experiment=self._experiment, runs=self._runs), kept, "Start Over")
        return None
