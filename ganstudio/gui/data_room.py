"""The room where data are looked at before they are trained on, and the ways that lead there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from ganstudio.data.errands import Source
from ganstudio.gui.clipboard import pasted
from ganstudio.gui.desk import Desk
from ganstudio.gui.reading import Reader
from ganstudio.gui.views.card import CardView
from ganstudio.run import default_runs

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.data.card import Card
    from ganstudio.experiment import DatasetSpec
    from ganstudio.gui.opening import Opener


class DataRoom(QObject):
    """The card, the desk behind it and the reader behind that.

    ``shown`` and ``cleared`` say whether the card is to be seen.
    """

    shown = Signal()
    cleared = Signal()

    def __init__(self, opener: Opener, parent: QObject | None = None, *, in_process: bool = False) -> None:
        super().__init__(parent)
        self._opener = opener
        self.view = CardView()
        self.reader = Reader(self, in_process=in_process)
        self.desk = Desk(self.view, self.reader, self)
        self.desk.shown.connect(self.shown)
        self.desk.cleared.connect(self.cleared)
        self.desk.trained.connect(self._train)
        self.desk.refused.connect(lambda why: opener.told.emit(why, True))
        opener.found.connect(self.look)

    def look(self, paths: tuple[Path, ...], spec: DatasetSpec | None = None) -> None:
        """Look at what was dropped, or, with a spec, was used before."""
        self.desk.open(Source(paths=paths), spec)

    def make(self, spec: DatasetSpec) -> None:
        """Look at what needs no path: drawn images, a dataset known by name."""
        self.desk.open(Source(spec=spec), spec)

    def paste(self) -> None:
        """Look at what is in the clipboard."""
        try:
            paths = pasted(QGuiApplication.clipboard().mimeData(), default_runs().parent / "datasets" / "pasted")
        except (ValueError, OSError) as error:
            self._opener.told.emit(str(error), True)
        else:
            self._opener.paths(paths)

    def close(self) -> None:
        """Stop reading, and wait until nothing is."""
        self.reader.close()

    def _train(self, card: Card) -> None:
        self._opener.data(card.spec, card.shape)
