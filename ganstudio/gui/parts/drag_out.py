"""Seeing that somebody begins to drag what a widget shows out of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


class DragOut(QObject):
    """Calls ``begin`` where the mouse is moved on a widget with its left button down.

    plain: whether that alone begins a drag; else it means something already, and a drag takes Ctrl.
    """

    def __init__(self, widget: QWidget, begin: Callable[[], None], *, plain: bool) -> None:
        super().__init__(widget)
        self._begin, self.plain = begin, plain
        self._pressed: QPoint | None = None
        widget.installEventFilter(self)
        inner = getattr(widget, "viewport", None)
        if inner is not None:  # which gets the mouse in place of it
            inner().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin a drag where the mouse is moved with its button down."""
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            left = event.button() == Qt.MouseButton.LeftButton and (self.plain or bool(held))
            self._pressed = event.globalPosition().toPoint() if left else None
            return bool(left and held and not self.plain)
        if kind == QEvent.Type.MouseButtonRelease:
            self._pressed = None
        elif kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent) and self._pressed is not None:
            far = (event.globalPosition().toPoint() - self._pressed).manhattanLength()
            if (
                event.buttons() & Qt.MouseButton.LeftButton
                and far > 2 * QGuiApplication.styleHints().startDragDistance()
            ):
                self._pressed = None
                self._let_go(watched, event)
                self._begin()
                return True
        return super().eventFilter(watched, event)

    @staticmethod
    def _let_go(watched: QObject, event: QMouseEvent) -> None:
        """The button's release goes to the drag: whoever was pressed is told by hand."""
        end = QMouseEvent(
            QEvent.Type.MouseButtonRelease,
            event.position(),
            event.globalPosition(),
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.NoButton,
            event.modifiers(),
        )
        QGuiApplication.sendEvent(watched, end)
