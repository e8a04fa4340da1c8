"""Pictures of surfaces: a pixel of them can be pointed at, and a light can be dragged over the clay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.one_picture import OnePicture
from ganstudio.gui.parts.ring import shows_focus
from ganstudio.modalities.light import Light

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

_STEP = 5.0  # degrees that a key moves the light by
_KNOB = 7
_TURNS = {
    Qt.Key.Key_Left: (-_STEP, 0.0),
    Qt.Key.Key_Right: (_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, _STEP),
    Qt.Key.Key_Down: (0.0, -_STEP),
}


class SurfacePicture(OnePicture):
    """A picture whose pixels are pointed at by a click. ``pointed`` carries row and column."""

    pointed = Signal(int, int)

    def __init__(self, title: str, *, dragged: bool = True) -> None:
        super().__init__(title, dragged=dragged)
        self._mark: tuple[int, int] | None = None

    def set_mark(self, mark: tuple[int, int] | None) -> None:
        """Mark a pixel, or none."""
        self._mark = mark
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Point at the pixel that is clicked."""
        if event.button() == Qt.MouseButton.LeftButton and (found := self._pixel_at(event.position())) is not None:
            self.pointed.emit(*found)

    def _pixel_at(self, place: QPointF) -> tuple[int, int] | None:
        if self.image is None or not self.target().contains(place):
            return None
        target = self.target()
        row = int((place.y() - target.top()) / target.height() * self.image.height())
        column = int((place.x() - target.left()) / target.width() * self.image.width())
        return min(row, self.image.height() - 1), min(column, self.image.width() - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, and a frame around the pixel that is marked."""
        super().paintEvent(event)
        if self.image is None or self._mark is None:
            return
        target, (row, column) = self.target(), self._mark
        side = target.width() / self.image.width()
        cell = QRectF(target.left() + column * side, target.top() + row * side, side, side)
        painter = QPainter(self)
        painter.setPen(QPen(QColor(theme.BACKGROUND), 3))
        painter.drawRect(cell.adjusted(-1, -1, 1, 1))
        painter.setPen(QPen(QColor(theme.TEXT), 1))
        painter.drawRect(cell.adjusted(-1, -1, 1, 1))


class Clay(OnePicture):
    """Surfaces under a light that is dragged. ``moved`` carries the ``Light``."""

    moved = Signal(object)

    def __init__(self, title: str) -> None:
        super().__init__(title, dragged=False)
        self.light = Light()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setToolTip(
            "Drag the light over the surfaces, or move it with the arrow keys; Home puts it back. No network paints "
            "this: it is as bright as the angle to the light says"
        )

    def _move(self, light: Light) -> None:
        self.light = light
        self.moved.emit(light)
        self.update()

    def _over(self, place: QPointF) -> None:
        if self.image is None:
            return
        target = self.target()
        reach = min(target.width(), target.height()) / 2
        away = place - target.center()
        self._move(Light.over(away.x() / reach, -away.y() / reach))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the light there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._over(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the light follow."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._over(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the light, Home puts it back."""
        if (turn := _TURNS.get(Qt.Key(event.key()))) is not None:
            self._move(self.light.turned(*turn))
        elif event.key() == Qt.Key.Key_Home:
            self._move(Light())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The clay, and a knob where the light stands over it."""
        super().paintEvent(event)
        if self.image is None:
            return
        target, painter = self.target(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        reach = min(target.width(), target.height()) / 2
        across, up, _ = self.light.towards
        place = target.center() + QPointF(across * (reach - _KNOB), -up * (reach - _KNOB))
        painter.setPen(QPen(QColor(theme.FOCUS if shows_focus(self) else theme.BACKGROUND), 2))
        painter.setBrush(QColor("#fff3c4"))
        painter.drawEllipse(place, _KNOB, _KNOB)
