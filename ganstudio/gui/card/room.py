"""The room where data are looked at before they are trained on, and the ways that lead there.

What was dropped comes here, and so does what is chosen from the shelf: used before, known by name, or drawn.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from ganstudio.data.known.known import is_here
from ganstudio.data.limits import home
from ganstudio.data.reading.errands import Source
from ganstudio.experiment import DatasetSpec
from ganstudio.gui.card.desk import Desk
from ganstudio.gui.card.reader import Reader
from ganstudio.gui.card.view import CardView
from ganstudio.gui.library.shelf import Shelf
from ganstudio.gui.opening.clipboard import pasted
from ganstudio.gui.sound.sounds import has_sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ganstudio.data.card import Card
    from ganstudio.data.known.known import KnownDataset
    from ganstudio.data.reading.errands import Carded, Sounded
    from ganstudio.data.reading.library import LibraryEntry
    from ganstudio.gui.library.datasets import DatasetsView
    from ganstudio.gui.opening.opener import Opener
    from ganstudio.gui.sound.sounds import Sounds

_CARD = "card"
"""Of the tags of what is heard of a card."""


class DataRoom(QObject):
    """The card, the desk behind it and the reader behind that.

    ``shown`` and ``cleared`` say whether the card is to be seen; ``drawing_wanted`` asks for the dialog to draw in;
    ``trained`` comes once a game on the data has been asked for.
    """

    shown = Signal()
    cleared = Signal()
    drawing_wanted = Signal()
    trained = Signal()

    def __init__(
        self,
        opener: Opener,
        datasets: DatasetsView,
        sounds: Sounds,
        parent: QObject | None = None,
        *,
        in_process: bool = False,
    ) -> None:
        super().__init__(parent)
        self._opener, self._sounds = opener, sounds
        self.view = CardView()
        self.reader = Reader(self, in_process=in_process)
        self.desk = Desk(self.view, self.reader, self)
        self.desk.shown.connect(self.shown)
        self.desk.cleared.connect(self.cleared)
        self.desk.trained.connect(self._train)
        self.desk.refused.connect(lambda why: opener.told.emit(why, True))
        self.desk.cleared.connect(self._hush)
        self.reader.carded.connect(self._on_card)
        self.reader.sounded.connect(self._play)
        sounds.moved.connect(self._show_playing)
        self.shelf = Shelf(datasets, self)
        self.shelf.refresh()
        opener.fetcher.left.connect(self.shelf.refresh)
        datasets.seen.connect(self.shelf.refresh)
        self._ways: dict[str, Callable[[Any], None]] = {
            "used": self._reopen,
            "known": self._open_known,
            "drawn": self._open_drawn,
        }
        datasets.chosen.connect(lambda row: self._ways[row.kind](row.key))
        datasets.files_requested.connect(opener.ask)
        datasets.folder_requested.connect(opener.ask_folder)
        datasets.paste_requested.connect(self.paste)
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
            paths = pasted(QGuiApplication.clipboard().mimeData(), home() / "datasets" / "pasted")
        except (ValueError, OSError) as error:
            self._opener.told.emit(str(error), True)
        else:
            self._opener.paths(paths)

    def close(self) -> None:
        """Stop reading, and wait until nothing is."""
        self.reader.close()
        self.shelf.close()

    def _train(self, card: Card) -> None:
        if hasattr(card.spec, "path"):
            card = replace(card, name=self.view.title.whole)  # of several files, more than their list's
            self.shelf.remember(card, self.view.sheet.first_pictures(12))
        name = card.name if hasattr(card.spec, "path") else ""
        classes = len(card.classes) > 1
        game = self.view.choices.game.preset
        self._opener.data(card.spec, card.modality, name, classes=classes, partners=card.partners, game=game)
        self.trained.emit()

    # --- what is heard ---

    def _on_card(self, carded: Carded) -> None:
        if carded.card.complete:
            self.view.sheet.set_heard(carded.card.pictured and has_sound(carded.card.modality))

    def _play(self, sounded: Sounded) -> None:
        self._sounds.play(lambda: (sounded.wave, sounded.rate), (_CARD, sounded.index))

    def _show_playing(self, playing: tuple[tuple[Any, float], ...]) -> None:
        told = {tag[1]: share for tag, share in playing if isinstance(tag, tuple) and tag[0] == _CARD}
        self.view.sheet.show_playing(told)

    def _hush(self) -> None:
        self._sounds.stop()

    # --- from the shelf ---

    def _reopen(self, entry: LibraryEntry) -> None:
        self.look((entry.path,), entry.spec)

    def _open_known(self, wanted: KnownDataset) -> None:
        spec: DatasetSpec = TypeAdapter(DatasetSpec).validate_python({"kind": wanted.name})
        if is_here(wanted):
            self.make(spec)
        else:
            self._opener.fetcher.offer(wanted, lambda: self._fetched(spec))

    def _fetched(self, spec: DatasetSpec) -> None:
        self.shelf.refresh()
        self.make(spec)

    def _open_drawn(self, spec: Callable[[], DatasetSpec] | None) -> None:
        if spec is None:
            self.drawing_wanted.emit()
        else:
            self.make(spec())
