"""A game that ended by itself: what is kept of it, and the way back to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.run import latest_checkpoint, step_of_checkpoint

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.training.messages import Start, StartGroup


@dataclass(frozen=True)
class WayBack:
    """How a game that has ended is opened again. kept: which step is on disk, in a sentence; offer: for a button."""

    command: Start | StartGroup
    kept: str
    offer: str


def way_back(start: Start | StartGroup, run: Path | None, runs: Path) -> WayBack:
    """From what the disk holds now of a run; ``start`` begins the game anew where nothing of it is kept."""
    checkpoint = latest_checkpoint(run) if run is not None else None
    if checkpoint is None:
        return WayBack(start, "Nothing of it is kept: it ended before its first checkpoint.", "Start Over")
    kept = f"Step {step_of_checkpoint(checkpoint):,} is kept, its last checkpoint."
    return WayBack(type(start)(resume=run, runs=runs), kept, "Open Again")
