"""The list of data to come back to, kept up with what is on disk; looking there is done beside the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt, QThreadPool, Signal
from PySide6.QtGui import QImageWriter

from ganstudio.data import limits
from ganstudio.data.cache import entries as cache
from ganstudio.data.card import SomePoints
from ganstudio.data.errors import DatasetError
from ganstudio.data.known import known
from ganstudio.data.reading import library
from ganstudio.gui.library import thumbnails
from ganstudio.gui.library.runs_reader import Task

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data.card import Card
    from ganstudio.gui.library.datasets import DatasetsView


class Shelf(QObject):
    """Fills the view, and keeps in it what is trained on."""

    _found = Signal(object)
    _measured = Signal(str, str)

    def __init__(self, view: DatasetsView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._found.connect(view.show_used, Qt.ConnectionType.QueuedConnection)
        self._measured.connect(view.show_limits, Qt.ConnectionType.QueuedConnection)
        view.removed.connect(self._remove)

    def refresh(self) -> None:
        """Look again at what there is: a source on a network may take a while to answer."""
        self._pool.start(Task(self._look))
        self._view.show_known([(one, _here(one)) for one in known.KNOWN.values()])

    def remember(self, card: Card, pictures: npt.NDArray[np.uint8]) -> None:
        """Keep a dataset that is trained on; pictures: some of its samples, uint8 (k, h, w, 3)."""
        told = card.picture
        picture = thumbnails.of_points(told.points) if isinstance(told, SomePoints) else thumbnails.of_images(pictures)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(picture)
        png = bytes(buffer.data().data())
        self._pool.start(Task(lambda: self._keep(card, png)))

    def close(self) -> None:
        """Wait until nothing is looked at or kept."""
        self._pool.waitForDone()

    def _remove(self, path: Path) -> None:
        self._pool.start(Task(lambda: self._forget(path)))

    # --- in the pool's one thread, so in order ---

    def _look(self) -> None:
        self._found.emit(library.entries())
        try:
            memory, disk, sentence = limits.memory_bytes() / 1e9, limits.cache_bytes() / 1e9, limits.sentence()
        except DatasetError as error:  # a setting that is no number: reading will say so too
            self._measured.emit(str(error), "")
        else:
            used = cache.total_bytes() / 1e9
            self._measured.emit(
                f"Reading takes at most {memory:g} GB of memory. Prepared data: {used:.1f} of {disk:g} GB of the disk.",
                sentence,
            )

    def _keep(self, card: Card, png: bytes) -> None:
        library.remember(card, png)
        self._look()

    def _forget(self, path: Path) -> None:
        library.forget(path)
        self._look()


def _here(wanted: known.KnownDataset) -> int | None:
    """How many bytes of a dataset are here; None: all."""
    if known.is_here(wanted):
        return None
    folder = known.folder_of(wanted)
    files = [folder / file.name for file in wanted.files]
    parts = [file.with_name(file.name + ".part") for file in files]
    return sum(path.stat().st_size for path in (*files, *parts) if path.is_file())
