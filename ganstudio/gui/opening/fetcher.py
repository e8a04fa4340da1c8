"""Known datasets that are not on this computer: offered with what they cost, fetched beside the window, stoppable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QProgressDialog, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.data.known.known import KnownDataset


class Fetcher(QObject):
    """Fetches one dataset at a time. ``refused`` carries why it could not be; ``left`` comes when nothing came."""

    refused = Signal(str)
    left = Signal()

    _moved = Signal(object, int, int)
    _ended = Signal(object, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._pool = QThreadPool(self)
        self._errand: _Errand | None = None
        self._then: Callable[[], None] | None = None
        self._progress: QProgressDialog | None = None
        self._moved.connect(self._on_moved, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    def offer(self, wanted: KnownDataset, then: Callable[[], None]) -> None:
        """Ask whether to fetch a dataset; ``then`` is called once it is there."""
        if self._errand is not None or not self._may_fetch(wanted):
            self.left.emit()
            return
        self._then = then
        self._errand = _Errand(self, wanted)
        self._progress = QProgressDialog(f"Fetching {wanted.title}…", "Cancel", 0, 1000, self._window)
        self._progress.setWindowTitle(wanted.title)
        self._progress.setMinimumDuration(0)
        self._progress.setAutoClose(False)
        self._progress.setAutoReset(False)
        self._progress.canceled.connect(self.cancel)
        self._progress.setValue(0)
        self._progress.show()
        self._pool.start(self._errand)

    def cancel(self) -> None:
        """Stop fetching; what came is kept, and gone on with the next time."""
        if self._errand is not None:
            self._errand.cancelled = True
            self._dismiss()
            self.left.emit()

    def close(self) -> None:
        """Stop fetching and wait until nothing is."""
        self.cancel()
        self._pool.waitForDone()

    def _may_fetch(self, wanted: KnownDataset) -> bool:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(f"{wanted.title} is not on this computer")
        box.setText(f"Fetch {wanted.title} now? ({wanted.cost})")
        host = wanted.mirrors[0].split("/")[2]
        box.setInformativeText(
            f"From {host}, checked by its SHA-256.\nLicence: {wanted.licence}.\n\n{wanted.citation}."
        )
        fetch = box.addButton(f"&Fetch {wanted.cost}", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton("&Not Now", QMessageBox.ButtonRole.RejectRole))
        box.exec()
        return box.clickedButton() is fetch

    def _dismiss(self) -> None:
        self._errand = self._then = None
        if self._progress is not None:
            progress, self._progress = self._progress, None
            progress.canceled.disconnect(self.cancel)
            progress.close()
            progress.deleteLater()

    @Slot(object, int, int)
    def _on_moved(self, errand: _Errand, done: int, total: int) -> None:
        if errand is self._errand and self._progress is not None:
            self._progress.setLabelText(f"{done / 1e6:.1f} of {total / 1e6:.1f} MB")
            self._progress.setValue(round(1000 * done / total))

    @Slot(object, str)
    def _on_ended(self, errand: _Errand, why: str) -> None:
        if errand is not self._errand:
            return
        then = self._then
        self._dismiss()
        if why:
            self.refused.emit(why)
            self.left.emit()
        elif then is not None:
            then()


class _Cancelled(Exception):
    """Ends a download that nobody waits for any more."""


class _Errand(QRunnable):
    def __init__(self, fetcher: Fetcher, wanted: KnownDataset) -> None:
        super().__init__()
        self.cancelled = False
        self._fetcher = fetcher
        self._wanted = wanted
        self.setAutoDelete(False)

    def run(self) -> None:
        from ganstudio.data.published.fetching import fetch

        why = ""
        try:
            fetch(self._wanted, progress=self._go_on)
        except _Cancelled:
            return
        except (ValueError, OSError) as error:
            why = str(error) or type(error).__name__
        self._fetcher._ended.emit(self, why)

    def _go_on(self, done: int, total: int) -> None:
        if self.cancelled:
            raise _Cancelled
        self._fetcher._moved.emit(self, done, total)
