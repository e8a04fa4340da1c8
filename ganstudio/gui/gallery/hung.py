"""How pictures of samples hang on a widget: in one image, as large as whole magnifications allow, and where each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from ganstudio.gui.gallery.marks import paint_letter, paint_mark
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.pixels import Mosaic, Packed, magnified, picture
from ganstudio.gui.sound.playhead import around, paint_playhead

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from ganstudio.gui.gallery.marks import Marks


class Hung:
    """Pictures in a room of a widget: all of them side by side, or one alone; with what they bear and what sounds.

    room: where on the widget they may hang, in its device-independent pixels: in the middle, or ``at_top`` of it.
    """

    def __init__(self, widget: QWidget, room: Callable[[], QRectF], *, at_top: bool = False) -> None:
        self._widget, self._room, self._at_top = widget, room, at_top
        self.mosaic: Mosaic | None = None
        """How all stand, in device pixels; None while there are none."""
        self.image: QImage | None = None
        self._alone: int | None = None
        self.playing: Mapping[int, float] = {}

    def take_down(self) -> None:
        """Show nothing."""
        self.mosaic = self.image = self._alone = None

    def hang(self, packed: Packed, columns: int) -> None:
        """Show all (n, h, w), at least one, so many in a row; 0: as many as make them largest."""
        count, height, width = packed.shape
        self._alone, self.mosaic = None, Mosaic.fit(count, height, width, self._pixels(), columns=columns)
        self.image = self.mosaic.compose(packed, theme.BACKGROUND)

    def hang_alone(self, packed: Packed, index: int) -> None:
        """Show one of them (n, h, w)."""
        room, (height, width) = self._pixels(), packed.shape[1:]
        factor = max(min(room[0] // width, room[1] // height), 1)
        self._alone, self.image = index, picture(magnified(packed[index], factor))

    def show_playing(self, playing: Mapping[int, float]) -> None:
        """Show how far those are that sound, from 0 to 1 by their index."""
        for index in filter(self._shows, {*self.playing, *playing}):
            self._widget.update(around(self.rect(index)))
        self.playing = playing

    def _pixels(self) -> tuple[int, int]:
        room, ratio = self._room(), self._widget.devicePixelRatioF()
        return max(int(room.width() * ratio), 1), max(int(room.height() * ratio), 1)

    def _shows(self, index: int) -> bool:
        if self._alone is not None:
            return index == self._alone
        return self.mosaic is not None and index < self.mosaic.count

    @property
    def target(self) -> QRectF:
        """Where the image stands, on whole device pixels; made smaller where it does not fit."""
        assert self.image is not None
        room, ratio = self._room(), self._widget.devicePixelRatioF()
        pixels = self._pixels()
        shrink = min(1.0, pixels[0] / self.image.width(), pixels[1] / self.image.height())
        across, down = self.image.width() * shrink, self.image.height() * shrink
        left, above = (room.width() * ratio - across) / 2, 0 if self._at_top else (room.height() * ratio - down) / 2
        return QRectF(
            room.left() + round(left) / ratio, room.top() + round(above) / ratio, across / ratio, down / ratio
        )

    def rect(self, index: int) -> QRectF:
        """Where a sample stands on the widget."""
        target = self.target
        if self._alone is not None:
            return target
        assert self.mosaic is not None
        assert self.image is not None
        cell, scale = QRectF(self.mosaic.rect(index)), target.width() / self.image.width()
        left, top = target.left() + cell.left() * scale, target.top() + cell.top() * scale
        return QRectF(left, top, cell.width() * scale, cell.height() * scale)

    def index_at(self, place: QPointF) -> int | None:
        """Which of all is shown at a place of the widget."""
        if self.mosaic is None or self.image is None or self._alone is not None:
            return None
        target = self.target
        scale = self.image.width() / target.width()
        x, y = (place.x() - target.left()) * scale, (place.y() - target.top()) * scale
        return self.mosaic.index_at(int(x // 1), int(y // 1))

    def paint(self, painter: QPainter, marks: Marks, letters: Sequence[str] = ()) -> None:
        """Draw the image, what its samples bear, and how far those are that sound."""
        assert self.image is not None
        target = self.target
        shrunk = target.width() * self._widget.devicePixelRatioF() < self.image.width() - 0.5
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
        painter.drawImage(target, self.image)
        for index, mark in enumerate(marks):
            if self._shows(index):
                paint_mark(painter, self.rect(index), mark)
        for index, letter in enumerate(letters):
            if letter and self._shows(index):
                paint_letter(painter, self.rect(index), letter)
        for index, share in self.playing.items():
            if self._shows(index):
                paint_playhead(painter, self.rect(index), share)
