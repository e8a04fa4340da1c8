"""Pictures that are dragged onto one another to swap the noise of one level.

They are dragged by hand, not by the system: what takes a drag of the system's would take files, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QGuiApplication

from ganstudio.gui.gallery.wall import Wall
from ganstudio.gui.parts.one_picture import OnePicture

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QWidget

OTHERS = 12
"""Samples that noise is swapped with."""


class _Grip(QObject):
    """Tells a drag from a click by how far the mouse went."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._from: QPoint | None = None
        self.on = False

    def press(self, event: QMouseEvent) -> None:
        """The button goes down."""
        taken = self.on and event.button() == Qt.MouseButton.LeftButton
        self._from = event.globalPosition().toPoint() if taken else None

    def move(self, event: QMouseEvent) -> bool:
        """The mouse moves; whether something is held."""
        if self._is_far(event):
            self._widget.setCursor(Qt.CursorShape.ClosedHandCursor)
        return self._from is not None

    def release(self, event: QMouseEvent) -> QPoint | None:
        """The button goes up: where something was carried to, on the screen; None: it was a click."""
        far = self._is_far(event)
        self._from = None
        self._widget.setCursor(Qt.CursorShape.OpenHandCursor if self.on else Qt.CursorShape.ArrowCursor)
        return event.globalPosition().toPoint() if far else None

    def _is_far(self, event: QMouseEvent) -> bool:
        if self._from is None:
            return False
        gone = (event.globalPosition().toPoint() - self._from).manhattanLength()
        return gone > QGuiApplication.styleHints().startDragDistance()


class CarriedPicture(OnePicture):
    """``carried`` tells where on the screen it was dragged to, while it can be."""

    carried = Signal(object)

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._grip = _Grip(self)

    def set_carried(self, on: bool) -> None:
        """Whether a drag carries it within the view; else it takes the picture out of the window."""
        self._grip.on = on
        self.ways_out.dragging.plain = not on
        self.setCursor(Qt.CursorShape.OpenHandCursor if on else Qt.CursorShape.ArrowCursor)
        self.setToolTip("Drag it onto a sample below: they swap the noise of this level alone" if on else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it."""
        self._grip.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that it is held."""
        self._grip.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell where it was let go."""
        if (place := self._grip.release(event)) is not None:
            self.carried.emit(place)


class CarriedSamples(Wall):
    """A wall; ``carried`` tells which sample was dragged, and where to on the screen, while they can be."""

    carried = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._grip = _Grip(self)
        self._held: int | None = None

    def set_carried(self, on: bool) -> None:
        """Whether a drag carries a sample."""
        self._grip.on = on

    def at_global(self, place: QPoint) -> int | None:
        """Which sample lies there on the screen."""
        here = self.mapFromGlobal(place)
        return self.index_at(QPointF(here)) if self.isVisible() and self.rect().contains(here) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a sample; where none can be dragged, as ever."""
        self._held = self.index_at(event.position()) if self._grip.on else None
        if self._held is None:
            super().mousePressEvent(event)
        else:
            self._grip.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that it is held."""
        if not self._grip.move(event):
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell where it was let go; a click chooses it."""
        held, self._held = self._held, None
        if held is None:
            super().mouseReleaseEvent(event)
        elif (place := self._grip.release(event)) is not None:
            self.carried.emit(held, place)
        elif self.chosen != held:
            self.choose(held)
