"""Which runs of sounds there are to play tunes with, and their notes, which a process of its own makes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, Signal

from ganstudio.gui.parts.beside import process_beside
from ganstudio.modalities import Sound
from ganstudio.playing import Notes
from ganstudio.run import RunError, list_runs, modality_of, read_array
from ganstudio.system import programs
from ganstudio.system.files import read_bytes

if TYPE_CHECKING:
    from ganstudio.run import RunSummary

MOST_RUNS = 12
"""Runs of sounds that are offered, the newest."""
_LOOKED_AT = 100
_LARGEST = 2**26
_END_MS = 5_000
_NAME = "ganstudio: "  # what the command line puts before its errors


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


class NotesMaker(QObject):
    """One process at a time. ``made`` carries the ``Notes`` of a run, ``failed`` why there are none."""

    made = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._last = ""

    @property
    def running(self) -> bool:
        """Whether notes are being made."""
        return self._process is not None

    def start(self, run: Path) -> None:
        """Make the notes of the newest checkpoint of a run; those that are being made already are given up."""
        self.stop()
        self._last = ""
        self._folder = tempfile.TemporaryDirectory(prefix="ganstudio-notes-", ignore_cleanup_errors=True)
        out = Path(self._folder.name) / "notes.npz"
        self._process = process = process_beside(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.readyReadStandardError.connect(lambda: self._read(process))
        process.finished.connect(lambda status, how: self._on_finished(process, status, how, out))
        process.errorOccurred.connect(lambda error: self._on_error(process, error))
        executable, *arguments = programs.program("notes", str(run), "--out", str(out), "--gently")
        process.start(executable, arguments)

    def stop(self) -> None:
        """Give up what is being made."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            process.waitForFinished(_END_MS)
            process.deleteLater()
        self._drop()

    def _drop(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _read(self, process: QProcess) -> None:
        lines = bytes(process.readAllStandardError().data()).decode(errors="replace").splitlines()
        said = [line.strip() for line in lines if line.strip()]
        if said and process is self._process:
            self._last = said[-1]

    def _on_error(self, process: QProcess, error: QProcess.ProcessError) -> None:
        if process is self._process and error == QProcess.ProcessError.FailedToStart:
            self._process = None
            self._drop()
            self.failed.emit(f"it could not be asked for its notes: {process.errorString()}")

    def _on_finished(self, process: QProcess, status: int, how: QProcess.ExitStatus, out: Path) -> None:
        if process is not self._process:
            return
        self._read(process)
        self._process = None
        process.deleteLater()
        if status != 0 or how != QProcess.ExitStatus.NormalExit:
            self._drop()
            why = self._last.removeprefix(_NAME)
            self.failed.emit(why or f"it was asked for its notes, and ended unexpectedly (exit code {status})")
            return
        try:
            notes = Notes.unpacked(read_bytes(out, _LARGEST))
        except (OSError, ValueError) as error:
            self._drop()
            self.failed.emit(str(error))
            return
        self._drop()
        self.made.emit(notes)
