"""The values of a categorical code, or the classes, as picture buttons: what G makes of each, the rest as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.pixels import Packed, picture
from ganstudio.gui.text.plain import plain_tip

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP, _FRAME, _NUMBER = 3, 2, 15
_LARGEST, _LEAST = 56, 24  # side of a picture, device-independent pixels
_IN_A_ROW = 10  # values that shall stand side by side, if their pictures find room at all
_BESIDE, _NARROWEST, _WIDEST = 6, 24, 134  # of a button with words alone: the air beside them, and their room
_TIP = "Click a value, or walk through them with the arrow keys"
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ValueButtons(QWidget):
    """One button for each value, in as many rows as the width asks for; words alone while there are no pictures.

    names: what the values are called; none: by their numbers. ``chosen`` carries the value that was clicked or walked
    to with the arrow keys. Then ``struck`` carries it too, as a key of an instrument would that is pressed, whether it
    was chosen before or not; and ``let_go`` when it is no longer held.
    """

    chosen = Signal(int)
    struck = Signal(int)
    let_go = Signal(int)

    def __init__(self, size: int, names: Sequence[str] = ()) -> None:
        super().__init__()
        self.size_of_code, self.value = size, 0
        self._named = bool(names)
        self._names = tuple(names) or tuple(map(str, range(size)))
        self._images: list[QImage] = []
        self._hover: int | None = None
        self._held: int | None = None
        self._letters = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(_TIP)
        self._arrange()

    def set_value(self, value: int) -> None:
        """Show which value is in force, without a signal."""
        if value != self.value:
            self.value = value
            self.update()

    def set_letters(self, letters: str) -> None:
        """Say which keys of the keyboard play the first values; empty: they play nothing."""
        self._letters = letters
        self.setToolTip(self._tip())
        self.update()

    def _tip(self) -> str:
        if not self._letters:
            return _TIP
        last = self._letters[: self.size_of_code][-1]
        keys = f"the keys {self._letters[0]} to {last} play them"
        return f"Press a value to hear it; {keys}, and the arrow keys walk through them"

    def strike(self, value: int) -> None:
        """Choose a value, as if its button were pressed, till ``let_go``."""
        self._choose(value)
        self.struck.emit(value)

    def set_images(self, packed: Packed) -> None:
        """Show what G makes of each value, (values, h, w) packed pixels."""
        assert len(packed) == self.size_of_code, packed.shape
        fresh = not self._images or self._images[0].size().toTuple() != packed.shape[:0:-1]
        self._images = [picture(each) for each in packed]
        if fresh:
            self._arrange()
        self.update()

    @property
    def images(self) -> list[QImage]:
        """The pictures that are shown, one pixel for each of the sample's."""
        return self._images

    def rect_of(self, value: int) -> QRect:
        """Where a value's button stands."""
        width, height = self._cell()
        line, column = divmod(value, self._columns())
        return QRect(column * (width + _GAP), line * (height + _GAP), width, height)

    def value_at(self, x: float, y: float) -> int | None:
        """Which value's button is at a place."""
        width, height = self._cell()
        column, line = int(x // (width + _GAP)), int(y // (height + _GAP))
        value = line * self._columns() + column
        inside = 0 <= column < self._columns() and 0 <= value < self.size_of_code
        return value if inside and self.rect_of(value).contains(int(x), int(y)) else None

    # --- geometry ---

    def _picture(self) -> tuple[int, int]:
        """Width and height of a picture: whole magnifications of the sample's pixels, if these find room."""
        ratio = self.devicePixelRatioF()
        across, down = self._images[0].width(), self._images[0].height()
        share = (self.width() + _GAP) / min(self.size_of_code, _IN_A_ROW) - _GAP - 2 * _FRAME
        room = min(max(share, _LEAST), _LARGEST) * ratio
        side = max(across, down)
        factor = room // side if room >= side else room / side
        return int(across * factor / ratio), int(down * factor / ratio)

    def _cell(self) -> tuple[int, int]:
        if not self._images:
            longest = max(map(self.fontMetrics().horizontalAdvance, self._names)) if self._named else 0
            return min(max(longest + 2, _NARROWEST), _WIDEST) + _BESIDE, 26
        across, down = self._picture()
        return across + 2 * _FRAME, down + 2 * _FRAME + _NUMBER

    def _columns(self) -> int:
        return min(max((self.width() + _GAP) // (self._cell()[0] + _GAP), 1), self.size_of_code)

    def _arrange(self) -> None:
        height = (self._cell()[1] + _GAP) * -(-self.size_of_code // self._columns()) - _GAP
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the buttons anew."""
        self._arrange()
        super().resizeEvent(event)

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the buttons that are seen."""
        painter = QPainter(self)
        font = QFont(self.font())
        if self._images:
            font.setPixelSize(theme.FONT_SMALL)
        painter.setFont(font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for value in range(self.size_of_code):
            box = self.rect_of(value)
            if box.intersects(event.rect()):
                self._paint_button(painter, box, value)

    def _paint_button(self, painter: QPainter, box: QRect, value: int) -> None:
        on = value == self.value
        hovered = value == self._hover
        focused = self.hasFocus() and on
        edge = theme.FOCUS if focused else theme.ACCENT if on else theme.MUTED if hovered else theme.OUTLINE
        painter.setPen(QPen(QColor(edge), 2 if on else 1))
        painter.setBrush(QColor(theme.SELECTED if on else theme.RAISED))
        painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 4, 4)
        label = box
        if self._images:
            across, down = self._picture()
            image, target = self._images[value], QRectF(box.left() + _FRAME, box.top() + _FRAME, across, down)
            shrunk = across * self.devicePixelRatioF() < image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
            painter.drawImage(target, image)
            label = QRect(box.left(), box.top() + _FRAME + down, box.width(), _NUMBER + 1)
        if value < len(self._letters):
            self._paint_letter(painter, box, self._letters[value])
        painter.setPen(QColor(theme.TEXT if on else theme.MUTED))
        room = label.width() - (2 if self._images else _BESIDE)
        told = painter.fontMetrics().elidedText(self._names[value], Qt.TextElideMode.ElideRight, room)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, told)

    def _paint_letter(self, painter: QPainter, box: QRect, letter: str) -> None:
        """Write the key that plays a value in the corner of its button."""
        corner = QRectF(box.left() + _FRAME + 1, box.top() + _FRAME + 1, _NUMBER - 1, _NUMBER - 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.BACKGROUND))
        painter.drawRoundedRect(corner, 3, 3)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(corner, Qt.AlignmentFlag.AlignCenter, letter)

    # --- mouse and keys ---

    def _choose(self, value: int) -> None:
        if 0 <= value < self.size_of_code and value != self.value:
            self.set_value(value)
            self.chosen.emit(value)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what was clicked."""
        value = self.value_at(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and value is not None:
            self._held = value
            self.strike(value)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of it."""
        if event.button() == Qt.MouseButton.LeftButton and self._held is not None:
            self.let_go.emit(self._held)
            self._held = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up what is under the mouse."""
        hover = self.value_at(event.position().x(), event.position().y())
        if hover != self._hover:
            self._hover = hover
            # A long name may have been cut; what the keys do is told between the buttons.
            name = str(hover) if hover is None else self._names[hover]
            self.setToolTip(self._tip() if name == str(hover) else plain_tip(name))
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Light up nothing."""
        self._hover = None
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk, Home and End go to the ends, a digit goes to that value."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._walk(self.value + _STEPS[key])
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._walk(self.value + (self._columns() if key == Qt.Key.Key_Down else -self._columns()))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._walk(0 if key == Qt.Key.Key_Home else self.size_of_code - 1)
        elif event.text().isdecimal():
            self._walk(int(event.text()))
        else:
            super().keyPressEvent(event)

    def _walk(self, value: int) -> None:
        """Go to a value, and let it sound once."""
        if 0 <= value < self.size_of_code:
            self.strike(value)
            self.let_go.emit(value)
