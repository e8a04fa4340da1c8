"""Measures a run in a process of its own, as ``ganstudio measure`` does: beside the window and beside the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, Signal

from ganstudio.gui.parts.beside import process_beside
from ganstudio.system import programs

if TYPE_CHECKING:
    from pathlib import Path

FILE = "measures.npz"
"""Where the newest measures lie in a run's folder."""
_END_MS = 5_000
_NAME = "ganstudio: "  # what the command line puts before its errors


class Measuring(QObject):
    """One process at a time. ``told`` carries what it does, ``measured`` the file, ``failed`` why there is none."""

    told = Signal(str)
    measured = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._file: Path | None = None
        self._last = ""

    @property
    def running(self) -> bool:
        """Whether something is being measured."""
        return self._process is not None

    def start(self, run: Path, *, estimator: str, inception: bool) -> None:
        """Measure the newest checkpoint of a run; what is being measured already is given up."""
        self.stop()
        self._file, self._last = run / FILE, ""
        process = process_beside(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.readyReadStandardError.connect(lambda: self._read(process))
        process.finished.connect(lambda status, how: self._on_finished(process, status, how))
        process.errorOccurred.connect(lambda error: self._on_error(process, error))
        options = ["--estimator", estimator, *(["--inception"] if inception else [])]
        self._process = process
        words = ["measure", str(run), "--gently", "--json", "--pictures", str(self._file), *options]
        executable, *arguments = programs.program(*words)
        process.start(executable, arguments)

    def stop(self) -> None:
        """Give up what is being measured."""
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
            self.told.emit(self._last)

    def _on_error(self, process: QProcess, error: QProcess.ProcessError) -> None:
        if process is self._process and error == QProcess.ProcessError.FailedToStart:
            self._process = None
            self.failed.emit(f"the measuring could not be started: {process.errorString()}")

    def _on_finished(self, process: QProcess, status: int, how: QProcess.ExitStatus) -> None:
        if process is not self._process:
            return
        self._read(process)
        self._process = None
        process.deleteLater()
        if status == 0 and how == QProcess.ExitStatus.NormalExit:
            self.measured.emit(self._file)
        else:
            self.failed.emit(self._last.removeprefix(_NAME) or f"the measuring ended unexpectedly (exit code {status})")
