"""The map of normals as a canvas: a brush is led over it, unless none is in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPen

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.wheel import Wheel
from ganstudio.gui.rooms.surfaces.picture import SurfacePicture

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent, QWheelEvent

_STEP = 32  # eighths of a degree of a wheel's turn, of which a notch is 120, for a step of the brush's size


class MapCanvas(SurfacePicture):
    """``begun`` and ``led`` carry the place of the brush, column and row; ``undo_wanted`` is Ctrl+Z.

    ``resized`` carries the steps that the wheel was turned by. A brush is a share of the shorter side; None: a click
    points at a pixel.
    """

    begun = Signal(float, float)
    led = Signal(float, float)
    undo_wanted = Signal()
    resized = Signal(int)

    def __init__(self, title: str) -> None:
        super().__init__(title, dragged=False)
        self._brush: float | None = None
        self._hand: QPointF | None = None
        self._leads = False
        self._wheel = Wheel(_STEP)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def set_brush(self, size: float | None) -> None:
        """Take a brush in hand, or none."""
        self._brush = size
        self.setMouseTracking(size is not None)
        if size is None:
            self.unsetCursor()
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)
        self.update()

    def _place(self, position: QPointF) -> tuple[float, float]:
        """Column and row under a point of the widget, beyond the map too."""
        assert self.image is not None
        target = self.target()
        across = (position.x() - target.left()) / target.width() * self.image.width()
        return across, (position.y() - target.top()) / target.height() * self.image.height()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke, or point at a pixel."""
        if self._brush is None or self.image is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._leads = True
        self.begun.emit(*self._place(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lead the brush, and show where it is."""
        self._hand = event.position()
        if self._leads and self._brush is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self.led.emit(*self._place(event.position()))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        self._leads = False
        super().mouseReleaseEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Show no brush where the mouse is not."""
        self._hand = None
        self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the brush's size."""
        if self._brush is None:
            super().wheelEvent(event)
        else:
            if steps := self._wheel.steps(event):
                self.resized.emit(steps)
            event.accept()

    def event(self, event: QEvent) -> bool:
        """Keep Undo for the strokes while a brush is in hand."""
        if event.type() == QEvent.Type.ShortcutOverride and self._brush is not None and _is_undo(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a stroke back."""
        if self._brush is not None and _is_undo(event):
            self._leads = False  # what is led is gone, and the stroke before it is to stay
            self.undo_wanted.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The map, and the brush's outline."""
        super().paintEvent(event)
        if self._brush is None or self._hand is None or self.image is None:
            return
        target = self.target()
        radius = self._brush * min(target.width(), target.height()) / 2
        ring = QRectF(self._hand.x() - radius, self._hand.y() - radius, 2 * radius, 2 * radius)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(target)
        for colour, width in ((theme.BACKGROUND, 3), (theme.TEXT, 1)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawEllipse(ring)


def _is_undo(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
