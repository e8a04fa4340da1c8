"""The measures of a run: how good G's samples are, whether it copies, and what its codes learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.room import RoomView
from ganstudio.gui.rooms.measures.cards import cards
from ganstudio.gui.rooms.measures.tunes import NearestTunes
from ganstudio.gui.rooms.measures.words import KINDS, headline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QHideEvent

    from ganstudio.gui.rooms.measures.words import Kind
    from ganstudio.measurements.record import Record

_EMPTY_WIDTH = 480
NO_RUN = "Train a few steps first: there is nothing to measure yet."


class MeasuresView(RoomView):
    """Shows one ``Record``. ``wanted`` asks for another, with the FID where that is ticked; ``stopped`` gives it up.

    ``weights_wanted`` asks for the weights that the FID needs. ``played`` carries samples that are to be heard, their
    kind and a tag; ``hushed`` asks for silence.
    """

    wanted = Signal(bool)
    stopped = Signal()
    weights_wanted = Signal()
    played = Signal(object, object, object)
    hushed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Measures", parent)
        self.record: Record | None = None
        self._names: tuple[str, ...] = ()
        self._started = self._running = False
        self._kind = KINDS.others
        self.go = QPushButton("Measure")
        self.go.setProperty("primary", True)
        self.go.setToolTip("Measure G as it is now; a checkpoint is written first")
        self.stop = QPushButton("Stop")
        self.fid = QCheckBox("FID (Inception)")
        self.weights = QPushButton("Get weights…")
        self.weights.setToolTip("Fetch the published Inception weights that the FID needs (96 MB)")
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Measuring")
        self._page = QScrollArea(widgetResizable=True)
        self._page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._arrange()
        self.go.clicked.connect(lambda: self.wanted.emit(self.fid.isEnabled() and self.fid.isChecked()))
        self.stop.clicked.connect(self.setFocus)  # the button goes, and the focus must not leave the room with it
        self.stop.clicked.connect(self.stopped)
        self.weights.clicked.connect(self.weights_wanted)
        self.open(KINDS.others, started=False)

    # --- what the window calls ---

    def open(self, kind: Kind, *, started: bool) -> None:
        """Another game, with samples of this kind: forget the last one's measures."""
        self._kind, self._running = kind, False
        self.record = None
        self.set_started(started)
        self._show()

    def name_codes(self, names: Sequence[str]) -> None:
        """Call the codes by these names from now on."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            if self.record is not None:
                self._show()

    def set_started(self, started: bool) -> None:
        """Whether there is a run to measure."""
        self._started = started
        self._enable()
        if self.record is None:
            self._show()

    def set_weights(self, here: bool) -> None:
        """Whether the weights that the FID needs are on this computer."""
        self.fid.setEnabled(here)
        told = "takes some minutes more" if here else "it needs weights that are not on this computer yet"
        self.fid.setToolTip(f"Measure the published FID too: {told}")
        self.weights.setVisible(not here and self._kind.inception)

    def show_running(self, told: str) -> None:
        """Say what is being measured."""
        self._running = True
        if self.go.hasFocus():
            self.setFocus()  # else it goes to the next button as this one is switched off
        self.told.setText(f"{told[:1].upper()}{told[1:]}…")
        self._enable()

    def show_record(self, record: Record) -> None:
        """Show what was measured."""
        self.record, self._running = record, False
        self._enable()
        self._show()

    def show_failed(self, why: str) -> None:
        """Say why nothing was measured; what was before stays."""
        self._running = False
        self._enable()
        self.told.setText(f"{why[:1].upper()}{why[1:]}")
        self.told.setProperty("role", "error")
        self._polish()

    def show_playing(self, playing: Sequence[tuple[Any, float]]) -> None:
        """Show how far what sounds is: (tag, share from 0 to 1) of each."""
        for heard in self.findChildren(NearestTunes):
            heard.show_playing(playing)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing sounds on that nobody can stop."""
        if not event.spontaneous():
            self.hushed.emit()
        super().hideEvent(event)

    # --- how it is built ---

    def _arrange(self) -> None:
        layout = self._laid_out(self.fid, self.weights, self.stop, self.go, right=theme.SPACING)
        layout.addWidget(self.progress)
        layout.addWidget(self._page, 1)

    def _enable(self) -> None:
        self.go.setEnabled(self._started and not self._running)
        self.stop.setVisible(self._running)
        self.progress.setVisible(self._running)
        self.fid.setVisible(self._kind.inception)
        self.told.setProperty("role", "muted")
        self._polish()

    def _polish(self) -> None:
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)

    def _show(self) -> None:
        if not self._running:
            self.told.setText(headline(self.record.figures) if self.record else "" if self._started else NO_RUN)
        page = QWidget()
        page.setObjectName("page")  # which the stylesheet knows
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, theme.SPACING, theme.SPACING)
        column.setSpacing(2 * theme.SPACING)
        if self.record is None:
            empty = QLabel(self._kind.empty, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
            empty.setProperty("role", "muted")
            empty.setFixedWidth(_EMPTY_WIDTH)
            column.addWidget(empty, 1, Qt.AlignmentFlag.AlignHCenter)
        else:
            for card in cards(self.record, self._names):
                column.addWidget(card)
            for heard in page.findChildren(NearestTunes):
                heard.played.connect(self.played)
                heard.hushed.connect(self.hushed)
            column.addStretch(1)
        self._page.setWidget(page)
