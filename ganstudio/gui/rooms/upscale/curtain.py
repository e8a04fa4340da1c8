"""Two pictures of one size in one place, and a curtain between them that is drawn to and fro."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ring import shows_focus

if TYPE_CHECKING:
    from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent

_STEP, _ZOOM, _MOST = 0.02, 1.25, 16.0
_GRIP = 7.0
_WAYS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
_TAG = 6


class Curtain(QWidget):
    """What is left of the edge shows one picture, what is right of it the other, at the same zoom and place.

    ``moved`` carries where the edge is, from 0 to 1. Dragging moves it, and with the right button the pictures; the
    wheel zooms. By the keyboard: Left and Right, Plus, Minus and 0. ``pointed`` carries the place of the pictures that
    the mouse is on, as shares of their sides; by the keyboard Shift and the arrows move it.
    """

    moved = Signal(float)
    pointed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.edge, self.zoom = 0.5, 1.0
        self._left: QImage | None = None
        self._right: QImage | None = None
        self._names = ("", "")
        self._middle = QPointF(0.5, 0.5)  # of the pictures: what stands in the middle of the widget
        self._grabbed: QPointF | None = None
        self.empty = ""
        self.spot: QRectF | None = None
        """A part of the pictures that is outlined, in their pixels; None: none is."""
        self._place = QPointF(0.5, 0.5)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(200, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Two ways to enlarge")
        self.setToolTip(
            "Drag the edge, or use Left and Right. The wheel, Plus and Minus zoom, the right button moves, 0 fits"
        )

    def sizeHint(self) -> QSize:
        """Large enough to see something."""
        return QSize(320, 200)

    @property
    def pictures(self) -> tuple[QImage | None, QImage | None]:
        """What is shown left and right."""
        return self._left, self._right

    def show_pictures(self, left: QImage | None, right: QImage | None, names: tuple[str, str]) -> None:
        """Show two pictures of one size; the place and the zoom stay."""
        self._left, self._right, self._names = left, right, names
        self.setAccessibleDescription(f"Left: {names[0]}; right: {names[1]}")
        self.update()

    def set_edge(self, edge: float) -> None:
        """Draw the curtain so far from the left."""
        self.edge = min(1.0, max(0.0, edge))
        self.update()
        self.moved.emit(self.edge)

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Show the pictures so many times larger than they fit; ``at`` stays where it is."""
        before = self.place()
        self.zoom = min(_MOST, max(1.0, zoom))
        if at is not None and before.width():
            after = self.place()
            held = QPointF((at.x() - before.left()) / before.width(), (at.y() - before.top()) / before.height())
            now = QPointF(after.left() + held.x() * after.width(), after.top() + held.y() * after.height())
            self._move(at - now)
        if self.zoom == 1.0:
            self._middle = QPointF(0.5, 0.5)
        self.update()

    def outline(self, spot: QRectF | None) -> None:
        """Outline a part of the pictures, in their pixels; None: none."""
        self.spot = spot
        self.update()

    def point(self, place: QPointF) -> None:
        """Point at a place of the pictures, shares of their sides."""
        self._place = QPointF(min(1.0, max(0.0, place.x())), min(1.0, max(0.0, place.y())))
        self.pointed.emit(self._place)

    def place(self) -> QRectF:
        """Where the whole picture would be."""
        if self._left is None:
            return QRectF()
        width, height = self._left.width(), self._left.height()
        factor = min(self.width() / width, self.height() / height) * self.zoom
        size = QPointF(width * factor, height * factor)
        left = self.width() / 2 - self._middle.x() * size.x()
        top = self.height() / 2 - self._middle.y() * size.y()
        return QRectF(left, top, size.x(), size.y())

    def _move(self, by: QPointF) -> None:
        place = self.place()
        if place.width() and self.zoom > 1:
            x, y = self._middle.x() - by.x() / place.width(), self._middle.y() - by.y() / place.height()
            self._middle = QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))
        self.update()

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw both pictures, each on its side, the edge, and what they are."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.SURFACE))
        if self._left is None or self._right is None:
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty)
            return
        place, edge = self.place(), self.edge * self.width()
        sides = (QRectF(0, 0, edge, self.height()), QRectF(edge, 0, self.width() - edge, self.height()))
        for image, side in zip((self._left, self._right), sides, strict=True):
            painter.setClipRect(side)
            painter.drawImage(place, image)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.FOCUS if shows_focus(self) else theme.TEXT), 2))
        painter.drawLine(QPointF(edge, 0), QPointF(edge, self.height()))
        painter.setBrush(QColor(theme.RAISED))
        painter.drawEllipse(QPointF(edge, self.height() / 2), _GRIP, _GRIP)
        if self.spot is not None:
            scale = place.width() / self._left.width()
            at = QRectF(place.topLeft() + self.spot.topLeft() * scale, self.spot.size() * scale)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.FOCUS), 1))
            painter.drawRect(at)
        self._paint_names(painter)

    def _paint_names(self, painter: QPainter) -> None:
        metrics = self.fontMetrics()
        for name, right in zip(self._names, (False, True), strict=True):
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, self.width() // 2 - 4 * _TAG)
            width, height = metrics.horizontalAdvance(text) + 2 * _TAG, metrics.height() + _TAG
            box = QRectF(self.width() - width - _TAG if right else _TAG, _TAG, width, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.BACKGROUND))
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
            painter.setPen(QColor(theme.TEXT))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    # --- mouse and keys ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the edge, or of the pictures."""
        self._grabbed = event.position()
        if event.button() == Qt.MouseButton.LeftButton:
            self.set_edge(event.position().x() / max(1, self.width()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the edge, or the pictures, along; and point."""
        if (place := self.place()).width():
            at = event.position() - place.topLeft()
            self.point(QPointF(at.x() / place.width(), at.y() / place.height()))
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.set_edge(event.position().x() / max(1, self.width()))
        elif event.buttons() and self._grabbed is not None:
            self._move(event.position() - self._grabbed)
            self._grabbed = event.position()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom where the mouse is."""
        self.set_zoom(self.zoom * _ZOOM ** (event.angleDelta().y() / 120), event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The same by keys."""
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and event.key() in _WAYS:
            self.point(self._place + _WAYS[Qt.Key(event.key())] * _STEP)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.set_edge(self.edge + (_STEP if event.key() == Qt.Key.Key_Right else -_STEP))
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.set_zoom(self.zoom * _ZOOM)
        elif event.key() == Qt.Key.Key_Minus:
            self.set_zoom(self.zoom / _ZOOM)
        elif event.key() == Qt.Key.Key_0:
            self.set_zoom(1.0)
        else:
            super().keyPressEvent(event)
