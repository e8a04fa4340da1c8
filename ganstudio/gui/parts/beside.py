"""A second process of the program, beside the window and its training, for what would hold them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QProcess, QProcessEnvironment

from ganstudio.system import programs

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

_LIBRARIES = ("OMP", "MKL", "OPENBLAS")


def process_beside(owner: QObject) -> QProcess:
    """A process that is not started yet, in which this very package is found and each library uses one thread."""
    process, environment = QProcess(owner), QProcessEnvironment()
    for name, value in programs.surroundings().items():
        environment.insert(name, value)
    for library in _LIBRARIES:
        environment.insert(f"{library}_NUM_THREADS", "1")
    process.setProcessEnvironment(environment)
    return process
