"""Writes exports in a process of its own, as ``ganstudio export`` does: beside the window and beside the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, Signal

from ganstudio.gui.parts.beside import process_beside
from ganstudio.system import programs

if TYPE_CHECKING:
    from collections.abc import Sequence

_END_MS = 5_000
_NAME = "ganstudio: "  # what the command line puts before its errors


class Exporting(QObject):
    """One export at a time. ``told`` carries how far it is, ``done`` what was written, ``failed`` why nothing was."""

    told = Signal(str)
    done = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._last = self._said = ""

    @property
    def running(self) -> bool:
        """Whether something is being written."""
        return self._process is not None

    def start(self, words: Sequence[str]) -> None:
        """Carry out ``ganstudio export`` with these words; what is being written already is given up."""
        self.stop()
        self._last = self._said = ""
        self._process = process = process_beside(self)
        process.readyReadStandardError.connect(lambda: self._read(process))
        process.finished.connect(lambda status, how: self._on_finished(process, status, how))
        process.errorOccurred.connect(lambda error: self._on_error(process, error))
        executable, *arguments = programs.program("export", *words, "--gently")
        process.start(executable, arguments)

    def stop(self) -> None:
        """Give up what is being written; nothing half of it stays."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            process.waitForFinished(_END_MS)
            process.deleteLater()

    def _read(self, process: QProcess) -> None:
        lines = bytes(process.readAllStandardError().data()).decode(errors="replace").splitlines()
        said = [line.strip() for line in lines if line.strip()]
        if said and process is self._process:
            self._last = said[-1]
            if not self._last.startswith(_NAME):
                self.told.emit(self._last)

    def _on_error(self, process: QProcess, error: QProcess.ProcessError) -> None:
        if process is self._process and error == QProcess.ProcessError.FailedToStart:
            self._process = None
            self.failed.emit(f"the export could not be started: {process.errorString()}")

    def _on_finished(self, process: QProcess, status: int, how: QProcess.ExitStatus) -> None:
        if process is not self._process:
            return
        self._read(process)
        said = bytes(process.readAllStandardOutput().data()).decode(errors="replace").strip()
        self._process = None
        process.deleteLater()
        if status == 0 and how == QProcess.ExitStatus.NormalExit:
            self.done.emit(said)
        else:
            self.failed.emit(self._last.removeprefix(_NAME) or f"the export ended unexpectedly (exit code {status})")
