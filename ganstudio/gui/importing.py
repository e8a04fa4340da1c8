"""What is dropped or opened: looked at in a thread of the pool, so that the window and the run in progress go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.experiment import DatasetSpec


@dataclass(frozen=True)
class Found:
    """A dataset that was dropped: its spec, and the shape of its samples, (2,) or (channels, height, width)."""

    spec: DatasetSpec
    shape: tuple[int, ...]


class Importer(QObject):
    """Finds out what a path holds, one at a time: the newest asked for wins.

    ``found`` carries a ``Found``; ``refused`` why nothing can be made of the path.
    """

    found = Signal(object)
    refused = Signal(str)

    _answered = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest: _Look | None = None
        self._pool = QThreadPool(self)
        self._answered.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def look(self, path: Path) -> None:
        """Look at a path; one that is still being looked at is forgotten."""
        self._forget()
        self._newest = _Look(self, path)
        self._pool.start(self._newest)

    def close(self) -> None:
        """Forget what is being looked at, and wait until nothing is."""
        self._forget()
        self._pool.waitForDone()

    def _forget(self) -> None:
        if self._newest is not None:
            self._newest.forgotten = True
            self._newest = None

    @Slot(object, object)
    def _answer(self, look: _Look, answer: Found | str) -> None:
        if look is not self._newest:
            return
        self._newest = None
        if isinstance(answer, Found):
            self.found.emit(answer)
        else:
            self.refused.emit(answer)


class _Forgotten(Exception):
    """Ends the loading of what nobody waits for any more."""


class _Look(QRunnable):
    def __init__(self, importer: Importer, path: Path) -> None:
        super().__init__()
        self.forgotten = False
        self._importer = importer
        self._path = path
        self.setAutoDelete(False)

    def run(self) -> None:
        from ganstudio.data import open_path

        try:
            spec, dataset = open_path(self._path, progress=self._go_on)
        except _Forgotten:
            return
        except (ValueError, OSError, MemoryError) as error:
            answer: Found | str = str(error) or type(error).__name__
        else:
            answer = Found(spec, dataset.shape)
        self._importer._answered.emit(self, answer)

    def _go_on(self, _done: int, _total: int) -> None:
        if self.forgotten:
            raise _Forgotten


def is_run(path: Path) -> bool:
    """Whether a path is a run folder, or a checkpoint's folder in one, by what it contains."""
    return path.is_dir() and (path / "experiment.toml").is_file()


def run_of(path: Path) -> Path:
    """The run that a dropped run folder or checkpoint belongs to."""
    return path.parent.parent if path.parent.name == "checkpoints" else path
