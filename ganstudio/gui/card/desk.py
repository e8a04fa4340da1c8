"""What lies on the desk: a dataset that was dropped, while it is read and chosen from, before it is trained on.

Nothing of the game in force is touched until it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from ganstudio.data.card import Card
    from ganstudio.data.reading.errands import Carded, Pictured, Previewed, Progressed, Refused, Source
    from ganstudio.experiment import DatasetSpec
    from ganstudio.gui.card.reader import Reader
    from ganstudio.gui.card.view import CardView

SHOW_MS = 120
"""What can't be used at all is mostly told sooner than that, and then no card flashes up."""
REREAD_MS = 500
"""From the last choice to the reading with it: whoever tries sizes one after the other waits for none of them."""


class Desk(QObject):
    """Owns what is asked of the reader, and shows its answers in the card.

    ``shown`` comes when the card is to be seen, ``cleared`` when it is not any more; ``trained`` carries the complete
    card of what is to be trained on; ``refused`` why nothing could be made of what was dropped.
    """

    shown = Signal()
    cleared = Signal()
    trained = Signal(object)
    refused = Signal(str)

    def __init__(self, view: CardView, reader: Reader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self._reader = reader
        self.source: Source | None = None
        """What lies on the desk; None: nothing does."""
        self._card: Card | None = None
        self._known = self._pictured = self._previewed = False
        """Whether a card is known, and whether its samples are pictures, of which the first are previewed."""
        self._proposed: DatasetSpec | None = None
        self._chosen: DatasetSpec | None = None
        self._wished = False
        self.visible = self.starting = False
        """Whether the card is to be seen, and whether a game on what it shows is on its way."""
        self._show_timer = QTimer(self, interval=SHOW_MS, singleShot=True)
        self._show_timer.timeout.connect(self._show)
        self._reread = QTimer(self, interval=REREAD_MS, singleShot=True)
        self._reread.timeout.connect(self._read_again)
        view.chosen.connect(self._choose)
        view.trained.connect(self._train)
        view.left.connect(self.leave)
        view.wanted.connect(reader.show)
        view.struck.connect(reader.hear)
        reader.progressed.connect(self._on_progress)
        reader.pictured.connect(self._on_pictures)
        reader.carded.connect(self._on_card)
        reader.refused.connect(self._on_refused)
        reader.previewed.connect(self._on_preview)

    @property
    def ready(self) -> bool:
        """Whether all is read, with the choices as they stand, and no question is open."""
        complete = self._card is not None and self._card.complete and not self._card.question
        return complete and not self._reread.isActive()

    def open(self, source: Source, spec: DatasetSpec | None = None) -> None:
        """Look at a source, in place of what lies there; spec: the choices, where it was used before."""
        self._forget()
        self.source, self._chosen = source, spec
        self.view.begin(source.name)
        self.view.allow()
        self._reader.read(source, spec)
        if not self.visible:
            self._show_timer.start()

    def leave(self) -> None:
        """Take away what lies there; the game goes on as it was."""
        if self.source is None:
            return
        self._forget()
        self._reader.forget()
        if self.visible:
            self.visible = False
            self.cleared.emit()

    def _forget(self) -> None:
        self._show_timer.stop()
        self._reread.stop()
        self.source = self._card = self._proposed = self._chosen = None
        self._wished = self._known = self._pictured = self._previewed = self.starting = False

    def _show(self) -> None:
        self._show_timer.stop()
        if self.source is not None and not self.visible:
            self.visible = True
            self.shown.emit()

    # --- what a person does ---

    def _choose(self, spec: DatasetSpec) -> None:
        assert self.source is not None
        self._chosen = spec
        self._wished = False
        self.view.allow()
        if self._previewed:
            self._reader.preview(self.source, spec)
        self._reread.start(REREAD_MS if self._pictured else 0)  # points are read in no time

    def _read_again(self) -> None:
        self._reread.stop()
        if self.source is not None:
            self._card = None
            self.view.begin_again()
            self._reader.read(self.source, self._chosen)

    def _train(self) -> None:
        if self.ready:
            self._emit_trained()
            return
        if self._reread.isActive():
            self._read_again()
        self._wished = True
        self.view.allow(waiting="Trains once it is read…")

    def _emit_trained(self) -> None:
        assert self._card is not None
        self._wished, self.starting = False, True
        self.view.allow(waiting="Starting…")
        self.trained.emit(self._card)

    def failed(self) -> None:
        """The game that was on its way did not come."""
        if self.starting:
            self.starting = False
            self.view.allow()

    # --- what the reader answers ---

    def _on_progress(self, progress: Progressed) -> None:
        self._show()
        self.view.show_progress(progress)

    def _on_pictures(self, pictured: Pictured) -> None:
        self._show()
        self.view.show_pictures(pictured)

    def _on_card(self, carded: Carded) -> None:
        assert self.source is not None
        card = carded.card
        if self._chosen is None:
            self._proposed = self._chosen = card.spec
        before = self._previewed
        self._previewed = card.pictured and not card.modality.read_first  # which would be read twice for nothing
        if self._previewed and not before:  # at first, and where points are taken as images from here on
            self._reader.preview(self.source, self._chosen)
        self._card, self._known, self._pictured = card, True, card.pictured
        self._show()
        name = card.name if len(self.source.paths) < 2 else self.source.name
        self.view.show_card(carded, name, self._chosen, self._proposed)
        if card.complete and card.question:
            self._wished = False
            self.view.allow(card.question)
        elif card.complete and self._wished:
            self._emit_trained()
        elif card.complete:
            self.view.allow()

    def _on_preview(self, previewed: Previewed) -> None:
        self.view.show_preview(previewed)

    def _on_refused(self, refused: Refused) -> None:
        self._wished = False
        if self._known:
            self.view.refuse(refused.why)  # other choices may do
        else:
            self.leave()
            self.refused.emit(refused.why)
