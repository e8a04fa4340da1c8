"""What is dropped or opened: looked at in a thread of the pool, so that the window and the run in progress go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.data import Dataset
    from ganstudio.experiment import DatasetSpec


class Importer(QObject):
    """Finds out what a path holds, one at a time: the newest asked for wins.

    ``found`` carries a ``Found``; ``refused`` why nothing can be made of the path.
    """

    found = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest: _Look | None = None

    def look(self, path: Path) -> None:
        """Look at a path; one that is still being looked at is forgotten."""
        self._newest = look = _Look(path)
        look.answers.found.connect(lambda found: self._answer(look, found, None))
        look.answers.refused.connect(lambda why: self._answer(look, None, why))
        QThreadPool.globalInstance().start(look)

    def _answer(self, look: _Look, found: Found | None, why: str | None) -> None:
        if look is not self._newest:
            return
        self._newest = None
        if why is not None:
            self.refused.emit(why)
        else:
            self.found.emit(found)


class Found:
    """A dataset that was dropped: its spec, its shape and what was skipped."""

    def __init__(self, path: Path, spec: DatasetSpec, dataset: Dataset) -> None:
        self.path = path
        self.spec = spec
        self.shape = dataset.shape
        self.count = dataset.count
        self.skipped = dataset.skipped


class _Answers(QObject):
    found = Signal(object)
    refused = Signal(str)


class _Look(QRunnable):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.answers = _Answers()
        self.setAutoDelete(False)

    def run(self) -> None:
        from ganstudio.data import open_path

        try:
            spec, dataset = open_path(self.path)
        except (ValueError, OSError, MemoryError) as error:
            self.answers.refused.emit(str(error) or type(error).__name__)
        else:
            self.answers.found.emit(Found(self.path, spec, dataset))


def is_run(path: Path) -> bool:
    """Whether a path is a run folder, or a checkpoint's folder in one, by what it contains."""
    return path.is_dir() and (path / "experiment.toml").is_file()


def run_of(path: Path) -> Path:
    """The run that a dropped run folder or checkpoint belongs to."""
    return path.parent.parent if path.parent.name == "checkpoints" else path
