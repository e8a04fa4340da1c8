"""A plot as hands take it: where things are on it, and what mouse and keys ask of the axes and the crosshair."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtWidgets import QToolTip, QWidget

from ganstudio.gui.parts.ring import brought_by_tab
from ganstudio.gui.plots.paint import BOTTOM, LEFT, RIGHT, TOP, X_AXIS

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent

    from ganstudio.gui.plots.series import Timeline

_NEAR_MARK = 4


class Steered(QWidget):
    """A plot over a timeline, without its curves.

    With the focus, Left and Right move the crosshair, Home and End take it to the ends, Escape takes it away, + and -
    zoom; up and down ask for the next plot, with ``walked``. fixed: the y axis, where it stays as it is.
    """

    walked = Signal(int)
    focused = Signal()

    hovered = Signal(object)
    """x under the mouse, None when it has left."""
    viewed = Signal(float, float)
    """The range of x that the mouse asked for."""
    scaled = Signal()
    """The y axis was set by hand: ``y_by_hand``."""
    fit_wanted = Signal()
    resized = Signal()

    def __init__(self, fixed: tuple[float, float] | None) -> None:
        super().__init__()
        self.fixed = fixed
        self.y_by_hand: tuple[float, float] | None = None
        self.y_range = fixed or (0.0, 1.0)
        self.shows_x_axis = False
        self._timeline: Timeline | None = None
        self._row: int | None = None
        self._ringed, self._magnified = False, 1.0
        self._drag: tuple[QPointF, tuple[float, float], bool] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other pixels need other curves."""
        super().resizeEvent(event)
        self.resized.emit()

    # --- geometry -----------------------------------------------------------------------------------------------------

    def plot_rect(self) -> QRect:
        """Where the curves are, in this widget's coordinates."""
        below = BOTTOM + (X_AXIS if self.shows_x_axis else 0)
        return QRect(LEFT, TOP, max(self.width() - LEFT - RIGHT, 1), max(self.height() - TOP - below, 1))

    def pixel_width(self) -> int:
        """Columns of device pixels under the curves."""
        return max(round(self.plot_rect().width() * self.ratio()), 1)

    def x_at(self, position: float) -> float:
        """Value on the x axis at a horizontal position."""
        assert self._timeline is not None
        rect, line = self.plot_rect(), self._timeline
        return line.low + (position - rect.left()) / rect.width() * (line.high - line.low)

    def position_of(self, x: float) -> float:
        """Horizontal position of a value on the x axis."""
        assert self._timeline is not None
        rect, line = self.plot_rect(), self._timeline
        return rect.left() + (x - line.low) / (line.high - line.low) * rect.width()

    def ratio(self) -> float:
        """Pixels of the curves for each device-independent one: the screen's, or those of a picture that is saved."""
        return self.devicePixelRatioF() * self._magnified

    def magnify(self, factor: float) -> None:
        """Make so many times the screen's pixels from now on."""
        self._magnified = factor
        self.scaled.emit()

    # --- keys ---------------------------------------------------------------------------------------------------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Ring the plot when the keyboard brought the focus."""
        self._ringed = brought_by_tab(event)
        self.focused.emit()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the crosshair away that the keys put there."""
        super().focusOutEvent(event)
        if not self.underMouse():
            self.hovered.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk to the next plot, move the crosshair, or zoom."""
        key, line = event.key(), self._timeline
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.walked.emit(key)
        elif key == Qt.Key.Key_Escape and self._row is not None:
            self.hovered.emit(None)
        elif line is None or not len(line.x):
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
            self.hovered.emit(self._next_to(key, line))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 1 / 0.85 if key == Qt.Key.Key_Minus else 0.85
            pivot = line.high if self._row is None else float(line.x[min(self._row, len(line.x) - 1)])
            self.viewed.emit(pivot + (line.low - pivot) * factor, pivot + (line.high - pivot) * factor)
        else:
            super().keyPressEvent(event)

    def _next_to(self, key: int, line: Timeline) -> float:
        """Where a key takes the crosshair: a hundredth of what is seen, or a row where these are further apart."""
        first, last = np.searchsorted(line.x, (line.low, line.high))
        last = max(min(int(last), len(line.x) - 1), 0)
        first = min(int(first), last)
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            return float(line.x[first if key == Qt.Key.Key_Home else last])
        at = last if self._row is None else min(max(self._row, first), last)
        way = 1 if key == Qt.Key.Key_Right else -1
        goal = float(line.x[at]) + way * (line.high - line.low) / 100
        if way > 0:
            to = max(int(np.searchsorted(line.x, goal)), at + 1)
        else:
            to = min(int(np.searchsorted(line.x, goal, side="right")) - 1, at - 1)
        return float(line.x[min(max(to, first), last)])

    # --- mouse --------------------------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom: the x axis of all plots; over the y axis this plot's own."""
        if self._timeline is None or not event.angleDelta().y():
            event.ignore()
            return
        factor = 0.85 ** (event.angleDelta().y() / 120.0)
        rect, spot = self.plot_rect(), event.position()
        if spot.x() < LEFT:
            if self.fixed is None:
                low, high = self.y_range
                pivot = high - (spot.y() - rect.top()) / rect.height() * (high - low)
                self._see((pivot + (low - pivot) * factor, pivot + (high - pivot) * factor))
        else:
            pivot, line = self.x_at(spot.x()), self._timeline
            self.viewed.emit(pivot + (line.low - pivot) * factor, pivot + (line.high - pivot) * factor)
        event.accept()

    def _see(self, y_range: tuple[float, float]) -> None:
        low, high = y_range
        if math.isfinite(low) and math.isfinite(high) and high - low > 1e-12 * max(abs(low), abs(high), 1.0):
            self.y_by_hand = y_range
            self.scaled.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the plot, or of its y axis."""
        if event.button() == Qt.MouseButton.LeftButton and self._timeline is not None:
            on_axis = event.position().x() < LEFT
            held = self.y_range if on_axis else (self._timeline.low, self._timeline.high)
            self._drag = event.position(), held, on_axis

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._drag = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Fit."""
        self.fit_wanted.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while the plot is held; otherwise move the crosshair."""
        rect, spot = self.plot_rect(), event.position()
        if self._timeline is None:
            return
        if self._drag is None:
            self.hovered.emit(self.x_at(spot.x()) if rect.left() <= spot.x() <= rect.right() else None)
            self._show_mark(spot)
            return
        start, (low, high), on_axis = self._drag
        if on_axis:
            shift = (spot.y() - start.y()) / rect.height() * (high - low)
            if self.fixed is None and shift:
                self._see((low + shift, high + shift))
        elif spot.x() != start.x():
            shift = (start.x() - spot.x()) / rect.width() * (high - low)
            self.viewed.emit(low + shift, high + shift)

    def _show_mark(self, spot: QPointF) -> None:
        assert self._timeline is not None
        near = [text for x, text in self._timeline.marks if abs(self.position_of(x) - spot.x()) <= _NEAR_MARK]
        if near:
            QToolTip.showText(self.mapToGlobal(spot.toPoint()), "\n".join(near), self)
        elif QToolTip.isVisible():
            QToolTip.hideText()

    def leaveEvent(self, _event: QEvent) -> None:
        """Take the crosshair away."""
        self.hovered.emit(None)
