"""The contact sheet: small pictures of all samples, of which only those around the visible ones are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.sound.playhead import paint_playhead

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

SIDE, GAP = 48, 4
KEPT = 3_000
"""So many small pictures stay in memory, which are 20 MB; the others are asked for when they come into view."""
_SETTLE_MS = 40  # between the last scrolling and the question for what is missing


class ContactSheet(QAbstractScrollArea):
    """A grid of samples as they come. ``wanted(first, count)`` asks for those in view that are not here.

    Where samples have a sound, ``struck(index)`` says which is to be heard: one that is clicked, that arrows go to, or
    again the last one, by Space.
    """

    wanted = Signal(int, int)
    struck = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # else the columns would jump
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("All samples")
        WaysOut(self, "Samples")
        self.setMinimumSize(5 * (SIDE + GAP) + 14, 160)
        self.viewport().setAcceptDrops(False)
        self._count = 0
        self._askable = False
        self._kept: dict[int, npt.NDArray[np.uint8]] = {}
        self._names: dict[int, str] = {}
        self._stale: set[int] = set()
        self._heard = False
        self._current: int | None = None
        self._playing: Mapping[int, float] = {}
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._ask)

    @property
    def count(self) -> int:
        """How many samples there are."""
        return self._count

    @property
    def shown(self) -> int:
        """How many of the samples in view have their picture, as it is now."""
        return sum(index in self._kept and index not in self._stale for index in self._visible())

    def clear(self) -> None:
        """Show nothing, from the top."""
        self._count, self._askable = 0, False
        self._kept.clear()
        self._names.clear()
        self._stale.clear()
        self.set_heard(False)
        self.verticalScrollBar().setValue(0)
        self._fit()

    def begin_again(self) -> None:
        """The same source is read with other choices: the old pictures stay until new ones take their places."""
        self._askable = False
        self._stale = set(self._kept)
        self._names.clear()

    def set_count(self, count: int, *, complete: bool) -> None:
        """So many samples there are by now; complete: all, and those that are missing can be asked for."""
        if complete or count > self._count:
            self._count = count
        self._askable = complete
        if complete:
            for index in [index for index in self._kept if index >= count]:
                del self._kept[index]
                self._names.pop(index, None)
                self._stale.discard(index)
        self._fit()

    def set_heard(self, on: bool) -> None:
        """Whether samples can be heard."""
        self._heard, self._current, self._playing = on, None, {}
        self.setToolTip("Click to hear it; arrows hear the next, Space the same again" if on else "")
        self.viewport().update()

    def show_playing(self, playing: Mapping[int, float]) -> None:
        """Mark how far, from 0 to 1, each sample is that is heard."""
        if playing or self._playing:
            self._playing = dict(playing)
            self.viewport().update()

    def put(self, first: int, images: npt.NDArray[np.uint8], names: tuple[str, ...] = ()) -> None:
        """Small pictures, uint8 (k, 48, 48, 3), of the samples from number ``first``."""
        self._kept.update(enumerate(images, start=first))
        self._names.update(enumerate(names, start=first))
        self._stale.difference_update(range(first, first + len(images)))
        self._count = max(self._count, first + len(images))
        if len(self._kept) > KEPT:
            self._drop_furthest()
        self._fit()

    def first_pictures(self, count: int) -> npt.NDArray[np.uint8]:
        """Up to ``count`` of the first pictures that are here, uint8 (k, 48, 48, 3)."""
        found = [self._kept[index] for index in sorted(self._kept)[:count]]
        return np.stack(found) if found else np.empty((0, SIDE, SIDE, 3), np.uint8)

    # --- places ---

    def _columns(self) -> int:
        return max(1, (self.viewport().width() + GAP) // (SIDE + GAP))

    def _left(self) -> int:
        return (self.viewport().width() - self._columns() * (SIDE + GAP) + GAP) // 2

    def _visible(self) -> range:
        columns, top = self._columns(), self.verticalScrollBar().value()
        first = top // (SIDE + GAP) * columns
        last = ((top + self.viewport().height()) // (SIDE + GAP) + 1) * columns
        return range(min(first, self._count), min(last, self._count))

    def place_of(self, index: int) -> QRect:
        """Where a sample stands in the viewport."""
        row, column = divmod(index, self._columns())
        top = row * (SIDE + GAP) - self.verticalScrollBar().value()
        return QRect(self._left() + column * (SIDE + GAP), top, SIDE, SIDE)

    def index_at(self, x: int, y: int) -> int | None:
        """The sample at a place of the viewport."""
        column, row = (x - self._left()) // (SIDE + GAP), (y + self.verticalScrollBar().value()) // (SIDE + GAP)
        index = row * self._columns() + column
        found = 0 <= column < self._columns() and 0 <= index < self._count
        return index if found and self.place_of(index).contains(x, y) else None

    def _fit(self) -> None:
        rows = -(-self._count // self._columns())
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, rows * (SIDE + GAP) - GAP - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(SIDE + GAP)
        bar.setEnabled(bar.maximum() > 0)  # with nothing to scroll it is not seen
        self.viewport().update()

    def _drop_furthest(self) -> None:
        """Keep three quarters, those nearest to what is seen, so that this is not done for each picture."""
        seen = self._visible()
        middle = (seen.start + seen.stop) // 2
        for index in sorted(self._kept, key=lambda index: abs(index - middle))[KEPT * 3 // 4 :]:
            del self._kept[index]
            self._names.pop(index, None)
            self._stale.discard(index)

    def _ask(self) -> None:
        missing = [index for index in self._visible() if index not in self._kept or index in self._stale]
        if missing and self._askable:
            self.wanted.emit(missing[0], missing[-1] - missing[0] + 1)

    # --- events ---

    def sizeHint(self) -> QSize:
        """Ten columns."""
        return QSize(10 * (SIDE + GAP) + 14, 480)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the new width."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is in view; what has not come yet is an empty frame."""
        painter = QPainter(self.viewport())
        empty = QColor(theme.SURFACE)
        missing = False
        for index in self._visible():
            place = self.place_of(index)
            if not place.intersects(event.rect()):
                continue
            picture = self._kept.get(index)
            missing |= picture is None or index in self._stale
            if picture is None:
                painter.fillRect(place, empty)
            else:
                image = QImage(picture.data, SIDE, SIDE, 3 * SIDE, QImage.Format.Format_RGB888)
                painter.drawImage(place.topLeft(), image)
            if index == self._current:
                painter.setPen(QPen(QColor(theme.FOCUS), 2))
                painter.drawRect(place)
            if index in self._playing:
                paint_playhead(painter, QRectF(place), self._playing[index])
        painter.end()
        if missing and self._askable:
            self._settle.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hear what is clicked."""
        place = event.position().toPoint()
        index = self.index_at(place.x(), place.y())
        if self._heard and index is not None and event.button() == Qt.MouseButton.LeftButton:
            self._strike(index)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Belongs to the press."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from sample to sample by arrows, where they are heard; else scroll."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self._columns(),
                 Qt.Key.Key_Down: self._columns(), Qt.Key.Key_Space: 0}  # fmt: skip
        step = steps.get(Qt.Key(event.key())) if self._heard and self._count else None
        if step is None:
            super().keyPressEvent(event)
            return
        first = self._visible().start
        index = first if self._current is None else self._current + step
        if 0 <= index < self._count:
            self._strike(index)

    def event(self, event: QEvent) -> bool:
        """Keep Space, which would be Play, for hearing the same again."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._heard
            and event.key() == Qt.Key.Key_Space
        ):
            event.accept()
            return True
        return super().event(event)

    def _strike(self, index: int) -> None:
        self._current = index
        place, bar = self.place_of(index), self.verticalScrollBar()
        if place.top() < 0 or place.bottom() > self.viewport().height():
            bar.setValue(bar.value() + place.center().y() - self.viewport().height() // 2)
        self.viewport().update()
        self.struck.emit(index)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell the name of what is under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.index_at(event.pos().x(), event.pos().y())
            words = "" if index is None else self._names.get(index, f"number {index + 1:,}")
            words += f" \N{MIDDLE DOT} {self.toolTip()}" if words and self._heard else ""
            QToolTip.showText(event.globalPos(), words, self.viewport())
            return True
        return super().viewportEvent(event)
