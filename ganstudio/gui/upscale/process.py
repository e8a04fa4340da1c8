"""Enlarges a whole picture in a process of its own, as ``ganstudio upscale`` does: a large one takes minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, Signal

from ganstudio.gui.parts.beside import process_beside
from ganstudio.system import programs

if TYPE_CHECKING:
    from pathlib import Path

_END_MS = 5_000
_NAME = "ganstudio: "  # what the command line puts before its errors


class Upscaling(QObject):
    """One process at a time. ``done`` carries the file that was written, ``failed`` why there is none."""

    done = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._last = ""

    @property
    def running(self) -> bool:
        """Whether a picture is being enlarged."""
        return self._process is not None

    def start(self, picture: Path, checkpoint: Path, out: Path, invention: float) -> None:
        """Enlarge a picture with a checkpoint's G; one that is being enlarged already is given up."""
        self.stop()
        self._last = ""
        self._process = process = process_beside(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.readyReadStandardError.connect(lambda: self._read(process))
        process.finished.connect(lambda status, how: self._on_finished(process, status, how, out))
        process.errorOccurred.connect(lambda error: self._on_error(process, error))
        words = ["upscale", str(picture), "--run", str(checkpoint), "--out", str(out), "--gently", "--quiet"]
        executable, *arguments = programs.program(*words, f"--alpha={invention:g}")
        process.start(executable, arguments)

    def stop(self) -> None:
        """Give up what is being enlarged."""
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

    def _on_error(self, process: QProcess, error: QProcess.ProcessError) -> None:
        if process is self._process and error == QProcess.ProcessError.FailedToStart:
            self._process = None
            self.failed.emit(f"it could not be started: {process.errorString()}")

    def _on_finished(self, process: QProcess, status: int, how: QProcess.ExitStatus, out: Path) -> None:
        if process is not self._process:
            return
        self._read(process)
        self._process = None
        process.deleteLater()
        if status == 0 and how == QProcess.ExitStatus.NormalExit:
            self.done.emit(out)
        else:
            self.failed.emit(self._last.removeprefix(_NAME) or f"it ended unexpectedly (exit code {status})")
