"""Editing a mixture with the mouse: its modes are dragged, widened, weighed, added and removed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QRadialGradient, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.wheel import NOTCH
from ganstudio.gui.text.numbers import signed

if TYPE_CHECKING:
    from ganstudio.experiment import GaussianSpec
    from ganstudio.gui.rooms.draw.models import Modes
    from ganstudio.gui.rooms.draw.preview import Frame

_DOT = 5.0
_GRIP = 5.0
_NEAR = 10.0  # pixels within which a dot or a grip is meant
_LEAST_REACH = 22.0  # pixels from a dot to its grip, however narrow the Gaussian
_FACTOR = 1.15  # of a notch of the wheel
_KEYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class ModesCanvas(QWidget):
    """The plane with a mixture's Gaussians: a dot at each mean, rings at one and two standard deviations.

    ``changed`` comes with every change of the mixture, of what is selected, and of what part of the plane is seen.
    """

    changed = Signal()

    def __init__(self, modes: Modes) -> None:
        super().__init__()
        self.modes = modes
        self.frame_of_view: Frame = modes.reach()
        self._held: str = ""  # what the mouse drags: a mode, its grip, or the plane
        self._last = QPointF()
        self._moved = False
        self.setMinimumSize(240, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Mixture")
        self.setAccessibleDescription("Drag the Gaussians, or move the selected one with the arrow keys")

    # --- between the plane and the pixels ---

    def box(self) -> QRectF:
        """The square that is seen."""
        side = min(self.width(), self.height()) - 2
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def scale(self) -> float:
        """Pixels to a unit of the plane."""
        return self.box().width() / (2 * self.frame_of_view[2])

    def pixel(self, x: float, y: float) -> QPointF:
        """Where a point of the plane stands."""
        middle = self.box().center()
        left, up, _ = self.frame_of_view
        return QPointF(middle.x() + (x - left) * self.scale(), middle.y() - (y - up) * self.scale())

    def point(self, pixel: QPointF) -> tuple[float, float]:
        """Which point of the plane a pixel shows."""
        middle = self.box().center()
        left, up, _ = self.frame_of_view
        return left + (pixel.x() - middle.x()) / self.scale(), up - (pixel.y() - middle.y()) / self.scale()

    def grip(self, one: GaussianSpec) -> QPointF:
        """Where the grip is that changes the standard deviation."""
        return self.pixel(one.x, one.y) + QPointF(max(2 * one.sigma * self.scale(), _LEAST_REACH), 0)

    def mode_at(self, pixel: QPointF) -> int | None:
        """The Gaussian that is meant by a pixel: the nearest whose dot or inner ring is there."""
        found: tuple[float, int] | None = None
        for index, one in enumerate(self.modes.components):
            distance = QLineF(pixel, self.pixel(one.x, one.y)).length()
            if distance <= max(_NEAR, one.sigma * self.scale()) and (found is None or distance < found[0]):
                found = distance, index
        return None if found is None else found[1]

    def fit(self) -> None:
        """Bring all of the mixture into view."""
        self.frame_of_view = self.modes.reach()
        self._tell()

    # --- mouse and keys ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the selected one's grip, of a mode, or of the plane."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._last, self._moved = event.position(), False
        chosen = self.modes.chosen
        if chosen and QLineF(event.position(), self.grip(chosen)).length() <= _NEAR:
            self._held = "grip"
            return
        self.modes.selected = self.mode_at(event.position())
        self._held = "plane" if self.modes.selected is None else "mode"
        self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held."""
        if not self._held:
            return
        if not self._moved and self._held != "plane":
            self.modes.begin()
        self._moved = True
        chosen = self.modes.chosen
        step = event.position() - self._last
        if self._held == "plane":
            x, y, half = self.frame_of_view
            self.frame_of_view = x - step.x() / self.scale(), y + step.y() / self.scale(), half
        elif chosen and self._held == "mode":
            self.modes.change(x=chosen.x + step.x() / self.scale(), y=chosen.y - step.y() / self.scale())
        elif chosen:
            middle = self.pixel(chosen.x, chosen.y)
            before, after = (max(QLineF(middle, end).length(), 1.0) for end in (self._last, event.position()))
            self.modes.change(sigma=chosen.sigma * after / before)
        self._last = event.position()
        self._tell()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._held = ""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Add a Gaussian where there is none."""
        if event.button() == Qt.MouseButton.LeftButton and self.mode_at(event.position()) is None:
            self.modes.add(*self.point(event.position()))
            self._tell()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Widen the Gaussian under the mouse; elsewhere bring the plane nearer."""
        factor = _FACTOR ** (event.angleDelta().y() / NOTCH)
        index = self.mode_at(event.position())
        if index is not None:
            self.modes.selected = index
            self.modes.begin()
            self.modes.change(sigma=self.modes.components[index].sigma * factor)
        else:
            x, y, half = self.frame_of_view
            at_x, at_y = self.point(event.position())  # stays where it is
            half_after = min(max(half / factor, 1e-3), 2000.0)
            kept = half_after / half
            self.frame_of_view = at_x + (x - at_x) * kept, at_y + (y - at_y) * kept, half_after
        event.accept()
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes the selected one, the arrows move it, with Shift further."""
        chosen = self.modes.chosen
        direction = _KEYS.get(Qt.Key(event.key()))
        if chosen and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.modes.remove()
        elif chosen and direction:
            far = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            step = self.frame_of_view[2] * (0.1 if far else 0.01)
            self.modes.begin()
            self.modes.change(x=chosen.x + direction[0] * step, y=chosen.y + direction[1] * step)
        else:
            super().keyPressEvent(event)
            return
        self._tell()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the plane, then a glow, two rings and a dot for each Gaussian, and the selected one's grip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.box()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.SURFACE))
        painter.drawRect(box)
        painter.setClipRect(box)
        self._paint_axes(painter, box)
        if not self.modes.components:
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "Double-click to put a Gaussian here")
        most = max((one.weight for one in self.modes.components), default=1.0)
        for one in self.modes.components:
            self._paint_glow(painter, one, math.sqrt(one.weight / most))
        for index, one in enumerate(self.modes.components):
            self._paint_rings(painter, one, index == self.modes.selected)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.FOCUS if self.hasFocus() else theme.OUTLINE), 1))
        painter.drawRect(box)

    def _paint_axes(self, painter: QPainter, box: QRectF) -> None:
        x, y, half = self.frame_of_view
        step = 10 ** math.floor(math.log10(half))
        step *= 1 if half / step >= 2.5 else 0.5
        metrics = painter.fontMetrics()
        for middle, along in ((x, True), (y, False)):
            for tick in np.arange(math.ceil((middle - half) / step), math.floor((middle + half) / step) + 1) * step:
                at = self.pixel(tick, y) if along else self.pixel(x, tick)
                painter.setPen(QPen(QColor(theme.OUTLINE if abs(tick) < step / 2 else theme.BORDER), 1))
                if along:
                    painter.drawLine(QPointF(at.x(), box.top()), QPointF(at.x(), box.bottom()))
                    place = QPointF(at.x() + 4, box.bottom() - 5)
                else:
                    painter.drawLine(QPointF(box.left(), at.y()), QPointF(box.right(), at.y()))
                    place = QPointF(box.left() + 5, at.y() - 4)
                painter.setPen(QColor(theme.MUTED))
                # The corner where both axes' words would meet is the horizontal one's.
                if along or at.y() < box.bottom() - 2 * metrics.height():
                    painter.drawText(place, signed(f"{tick + 0.0:g}"))

    def _paint_glow(self, painter: QPainter, one: GaussianSpec, strength: float) -> None:
        middle, radius = self.pixel(one.x, one.y), max(3 * one.sigma * self.scale(), 1.0)
        glow = QRadialGradient(middle, radius)
        for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
            shade = QColor(theme.REAL)
            shade.setAlphaF(0.55 * strength * math.exp(-0.5 * (3 * share) ** 2) * (share < 1))
            glow.setColorAt(share, shade)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(glow)
        painter.drawEllipse(middle, radius, radius)

    def _paint_rings(self, painter: QPainter, one: GaussianSpec, selected: bool) -> None:
        middle = self.pixel(one.x, one.y)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for deviations in (1, 2):
            shade = QColor(theme.TEXT if selected else theme.REAL)
            shade.setAlphaF(0.8 if deviations == 1 else 0.45)
            painter.setPen(QPen(shade, 1.2))
            radius = deviations * one.sigma * self.scale()
            painter.drawEllipse(middle, radius, radius)
        if selected:
            grip = self.grip(one)
            painter.setPen(QPen(QColor(theme.TEXT), 1.2))
            painter.drawLine(middle, grip)
            painter.setPen(QPen(QColor(theme.BACKGROUND), 1.5))
            painter.setBrush(QColor(theme.TEXT))
            painter.drawRect(QRectF(grip.x() - _GRIP, grip.y() - _GRIP, 2 * _GRIP, 2 * _GRIP))
        painter.setPen(QPen(QColor(theme.BACKGROUND), 1.5))
        painter.setBrush(QColor(theme.TEXT if selected else theme.REAL))
        painter.drawEllipse(middle, _DOT, _DOT)
