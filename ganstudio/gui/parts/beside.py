"""Carries out a verb of the command line in a process beside the window and its training, which it would hold up."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from ganstudio.system import programs

if TYPE_CHECKING:
    from collections.abc import Callable

_LIBRARIES = ("OMP", "MKL", "OPENBLAS")
_END_MS = 5_000
_NAME = "ganstudio: "  # what the command line puts before its errors


class Beside(QObject):
    """One process at a time. ``told`` carries how far it is, ``done`` what it made, ``failed`` why there is nothing."""

    told = Signal(str)
    done = Signal(object)
    failed = Signal(str)
    task: ClassVar[str] = "it"
    """The subject of the sentences that say why nothing came of it: "the export"."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._line = b""  # of which the end has not come yet
        self._last = ""

    @property
    def running(self) -> bool:
        """Whether the process is at work."""
        return self._process is not None

    def carry_out(self, *words: str, result: Callable[[str], object]) -> None:
        """Run the program with these words; what it is doing already is given up.

        ``result`` makes of what it printed what ``done`` carries; its OSError or ValueError is told as a failure.
        """
        self._give_up()
        self._line, self._last = b"", ""
        self._process = process = self._new()
        process.readyReadStandardError.connect(lambda: self._read(process))
        process.finished.connect(lambda status, how: self._on_finished(process, status, how, result))
        process.errorOccurred.connect(lambda error: self._on_error(process, error))
        executable, *arguments = programs.program(*words, "--gently")
        process.start(executable, arguments)

    def stop(self) -> None:
        """Give up what is being done; nothing is told of it any more."""
        self._give_up()

    def _give_up(self) -> None:
        process = self._process
        if process is not None:
            self._end()
            process.kill()
            process.waitForFinished(_END_MS)

    def _new(self) -> QProcess:
        """A process that is not started yet, in which this very package is found and each library uses one thread."""
        process, environment = QProcess(self), QProcessEnvironment()
        for name, value in programs.surroundings().items():
            environment.insert(name, value)
        for library in _LIBRARIES:
            environment.insert(f"{library}_NUM_THREADS", "1")
        process.setProcessEnvironment(environment)
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        assert process is not None
        process.deleteLater()

    def _read(self, process: QProcess) -> None:
        if process is not self._process:
            return
        read = self._line + bytes(process.readAllStandardError().data())
        *lines, self._line = read.replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            said = line.decode(errors="replace").strip()
            if said:
                self._last = said
                if not said.startswith(_NAME):
                    self.told.emit(said)

    def _on_error(self, process: QProcess, error: QProcess.ProcessError) -> None:
        if process is self._process and error == QProcess.ProcessError.FailedToStart:
            self._end()
            self.failed.emit(f"{self.task} could not be started: {process.errorString()}")

    def _on_finished(
        self,
        process: QProcess,
        status: int,
        how: QProcess.ExitStatus,
        result: Callable[[str], object],
    ) -> None:
        self._read(process)
        if process is not self._process:  # also where who was told a line has given it up
            return
        self._end()
        if status != 0 or how != QProcess.ExitStatus.NormalExit:
            why = self._line.decode(errors="replace").strip() or self._last
            self.failed.emit(why.removeprefix(_NAME) or f"{self.task} ended unexpectedly (exit code {status})")
            return
        try:
            made = result(bytes(process.readAllStandardOutput().data()).decode(errors="replace").strip())
        except (OSError, ValueError) as error:
            self.failed.emit(str(error))
            return
        self.done.emit(made)
