"""One tune as a large piano roll: what sounds moves through it, and each note can be heard by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ring import shows_focus
from ganstudio.gui.sound.playhead import paint_playhead
from ganstudio.modalities.music import NOTE, OFF, SCALE, TONIC, notes_of, repeats
from ganstudio.modalities.sound import name_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ganstudio.modalities import Melody
    from ganstudio.modalities.music import Note

    Tune = npt.NDArray[Any]

_NAMES, _TITLE, _BRACKET = 30, 16, 14
"""Pixels at the left for the names of pitches, above for the title, below for the brackets of a repeated half."""
_REPEAT = "#b094f2"
_EMPTY = "No tune yet: press Play and watch G learn"


class Roll(QWidget):
    """``struck`` carries a note (pitch above the lowest, steps) that is to be heard, by a click or the arrows."""

    struck = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("roll")
        self.setMinimumSize(160, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._modality: Melody | None = None
        self._tune: Tune | None = None
        self._notes: list[Note] = []
        self._chosen: int | None = None
        self._share: float | None = None
        self._title = ""
        self._same: npt.NDArray[np.bool_] | None = None
        self.clear()

    @property
    def tune(self) -> Tune | None:
        """The symbols (steps,) that are shown."""
        return self._tune

    @property
    def share(self) -> float | None:
        """How far what sounds is, from 0 to 1; None: nothing of it sounds."""
        return self._share

    @property
    def notes(self) -> list[Note]:
        """The notes that are shown."""
        return self._notes

    def sizeHint(self) -> QSize:
        """Half of a gallery's place."""
        return QSize(400, 190)

    def clear(self, empty: str = _EMPTY) -> None:
        """Show that there is no tune, and why."""
        self._tune, self._notes, self._chosen, self._share, self._title = None, [], None, None, ""
        self._same, self._empty = None, empty
        self.setAccessibleName("Piano roll")
        self.setAccessibleDescription(empty)
        self.setToolTip("")
        self.update()

    def show_tune(
        self,
        tune: Tune,
        modality: Melody,
        title: str,
        *,
        same: npt.NDArray[np.bool_] | None = None,
        told: str = "",
    ) -> None:
        """Show a tune (steps,) under a title. same: the steps (steps,) that are underlined; told: what it says then."""
        self._tune, self._modality, self._title, self._same = tune, modality, title, same
        self._notes = notes_of(tune, modality.pitches)
        if self._chosen is not None and self._chosen >= len(self._notes):
            self._chosen = None
        described = self.described
        self.setAccessibleName(f"Piano roll, {title}: {described}")
        self.setAccessibleDescription("")
        self.setToolTip(f"{told}{described}. Click a note to hear it; Left and Right go from note to note")
        self.update()

    @property
    def described(self) -> str:
        """The tune in words."""
        off = sum(note.pitch % 12 not in SCALE for note in self._notes)
        count = len(self._notes)
        told = f"{count} note{'' if count == 1 else 's'}, {off or 'none'} out of C major (hatched)"
        return f"{told}; the second half repeats the first (bracketed)" if self._repeated else told

    @property
    def _repeated(self) -> bool:
        if self._tune is None or self._modality is None:
            return False
        return bool(repeats(self._tune[None], self._modality.pitches)[0])

    def show_playing(self, share: float | None) -> None:
        """Show how far what sounds is."""
        if share != self._share:
            self._share = share
            self.update()

    # --- where things are ---

    @property
    def _box(self) -> QRectF:
        """Where notes are, in whole rows."""
        assert self._modality is not None
        return QRectF(_NAMES, _TITLE, self.width() - _NAMES - 4, self.height() - _TITLE - 4 - _BRACKET)

    def _place(self, note: Note) -> QRectF:
        assert self._modality is not None
        box = self._box
        across, down = box.width() / self._modality.steps, box.height() / self._modality.pitches
        top = box.bottom() - (note.pitch + 1) * down
        return QRectF(box.left() + note.start * across, top, note.steps * across, down)

    def place_of(self, index: int) -> QPointF:
        """The middle of a note on the widget."""
        return self._place(self._notes[index]).center()

    def note_at(self, place: QPointF) -> int | None:
        """Which note is there; a little above and below too, as rows are narrow."""
        found = [k for k, note in enumerate(self._notes) if self._place(note).adjusted(0, -3, 0, 3).contains(place)]
        return min(found, key=lambda k: abs(self.place_of(k).y() - place.y()), default=None)

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw rows, bars, notes, brackets, and how far it is."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
        if self._tune is None or self._modality is None:
            painter.setPen(QColor(theme.MUTED))
            box = self.rect().adjusted(16, 8, -16, -8)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)
            return
        self._paint_rows(painter, self._modality)
        for index, note in enumerate(self._notes):
            self._paint_note(painter, note, chosen=index == self._chosen)
        if self._same is not None:
            self._paint_same(painter, self._same)
        if self._repeated:
            self._paint_brackets(painter)
        painter.setPen(QColor(theme.MUTED))
        title = QRectF(_NAMES, 0, self.width() - _NAMES - 4, _TITLE)
        shown = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, int(title.width()))
        painter.drawText(title, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
        if self._share is not None:
            paint_playhead(painter, self._box, self._share)
        if shows_focus(self) and self._chosen is None:
            painter.setPen(QColor(theme.FOCUS))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_rows(self, painter: QPainter, modality: Melody) -> None:
        box = self._box
        down, across = box.height() / modality.pitches, box.width() / modality.steps
        small = painter.font()
        small.setPixelSize(theme.FONT_SMALL)
        painter.setFont(small)
        for pitch in range(modality.pitches):
            row = QRectF(box.left(), box.bottom() - (pitch + 1) * down, box.width(), down)
            painter.fillRect(row, QColor(theme.RAISED if pitch % 12 in SCALE else theme.SURFACE))
            if pitch % 12 == 0:
                painter.setPen(QColor(theme.MUTED))
                name = QRectF(0, row.center().y() - 8, _NAMES - 4, 16)
                aligned = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(name, aligned, name_of(modality.lowest + pitch))
        for step in range(0, modality.steps + 1, 2):
            bar = step % modality.bar == 0
            painter.setPen(QPen(QColor(theme.OUTLINE if bar else theme.BORDER), 1))
            x = round(box.left() + step * across)
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def _paint_note(self, painter: QPainter, note: Note, *, chosen: bool) -> None:
        off = note.pitch % 12 not in SCALE
        colour = QColor(*(OFF if off else TONIC if note.pitch % 12 == 0 else NOTE))
        place = self._place(note).adjusted(1, 0.5, -1, -0.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.TEXT) if chosen else colour, 2 if chosen else 1))
        painter.setBrush(QBrush(colour, Qt.BrushStyle.BDiagPattern) if off else colour)
        painter.drawRoundedRect(place, 2, 2)
        painter.restore()

    def _paint_same(self, painter: QPainter, same: npt.NDArray[np.bool_]) -> None:
        """Underline the steps in which it is like another tune."""
        box, across = self._box, self._box.width() / len(same)
        for step in same.nonzero()[0].tolist():
            painter.fillRect(QRectF(box.left() + step * across, box.bottom(), across, 2), QColor(theme.REAL))

    def _paint_brackets(self, painter: QPainter) -> None:
        box, pen = self._box, QPen(QColor(_REPEAT), 2)
        painter.setPen(pen)
        for left, right in ((box.left(), box.center().x()), (box.center().x(), box.right())):
            ends = (left + 4, right - 4)
            for x in ends:
                painter.drawLine(QPointF(x, box.bottom() + 3), QPointF(x, box.bottom() + 9))
            painter.drawLine(QPointF(ends[0], box.bottom() + 9), QPointF(ends[1], box.bottom() + 9))

    # --- mouse and keys ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at notes."""
        on_note = self.note_at(event.position()) is not None if self._notes else False
        self.setCursor(Qt.CursorShape.PointingHandCursor if on_note else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Play the note that is clicked."""
        if event.button() == Qt.MouseButton.LeftButton and self._notes:
            self._strike(self.note_at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Play the next note or the one before."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._notes:
            super().keyPressEvent(event)
            return
        here = self._chosen if self._chosen is not None else (-1 if step > 0 else len(self._notes))
        self._strike(min(max(here + step, 0), len(self._notes) - 1))

    def _strike(self, index: int | None) -> None:
        self._chosen = index
        if index is not None:
            self.struck.emit(self._notes[index].pitch, self._notes[index].steps)
        self.update()
