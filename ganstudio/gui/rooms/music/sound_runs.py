"""Which runs of sounds there are to play tunes with, and their notes, which a process of its own makes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.gui.parts.beside import Beside
from ganstudio.modalities import Sound
from ganstudio.playing import Notes
from ganstudio.run import RunError, list_runs, modality_of, read_array
from ganstudio.system.files import read_bytes

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from ganstudio.run import RunSummary

MOST_RUNS = 12
"""Runs of sounds that are offered, the newest."""
_LOOKED_AT = 100
_LARGEST = 2**26


def sound_runs(*folders: Path) -> list[RunSummary]:
    """The newest runs in folders whose samples are sounds and that have a checkpoint."""
    there = {run.path: run for folder in folders for run in list_runs(folder)[:_LOOKED_AT]}
    found = [
        run
        for run in there.values()
        if run.kind == "run" and run.step and run.frame is not None and _is_sound(run.frame)
    ]
    return sorted(found, key=lambda run: run.when, reverse=True)[:MOST_RUNS]


def _is_sound(frame: Path) -> bool:
    try:
        return isinstance(modality_of(frame, read_array(frame)), Sound)
    except RunError:
        return False


class NotesMaker(Beside):
    """``done`` carries the ``Notes`` of a run."""

    task = "finding its notes"

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.done.connect(self._drop)
        self.failed.connect(self._drop)

    def start(self, run: Path) -> None:
        """Find the notes of the newest checkpoint of a run."""
        self.stop()
        self._folder = tempfile.TemporaryDirectory(prefix="ganstudio-notes-", ignore_cleanup_errors=True)
        out = Path(self._folder.name) / "notes.npz"
        self.carry_out(
            "notes", str(run), "--out", str(out), result=lambda _printed: Notes.unpacked(read_bytes(out, _LARGEST))
        )

    def stop(self) -> None:
        """Give up the notes that are being found."""
        super().stop()
        self._drop()

    def _drop(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
