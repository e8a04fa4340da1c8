"""The prior under the hand: the picture of what stands still, the marks that move on it, mouse and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from ganstudio.gui.latent.prior_paint import LABELS, Stage, paint_still
from ganstudio.gui.latent.state import LatentState
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ring import shows_focus
from ganstudio.gui.parts.ways_out import WaysOut

if TYPE_CHECKING:
    from ganstudio.experiment import LatentSpec

Codes = npt.NDArray[np.float32]

_ANY = 16_777_215  # pixels that Qt takes for no limit
_AIR = 1.06  # of the outermost latent, so that its dot is whole
_STEP = 1 / 50  # of the range from 0, as a key turns a slider
_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Down: (1, -1),
    Qt.Key.Key_Up: (1, 1),
}


class PriorCanvas(QWidget):
    """A square for 2-D z, a strip under the density's curve for 1-D.

    ``pointed`` carries the z (d,) under the mouse, None when it leaves the prior; ``picked`` the z that was clicked,
    dragged or walked to with the arrow keys, within the range of the sliders. ``taken`` and ``let_go`` come after the
    first and the last of those that belong to one click, drag or key.
    """

    pointed = Signal(object)
    picked = Signal(object)
    taken = Signal()
    let_go = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(120, 100)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        small = self.font()
        small.setPixelSize(theme.FONT_SMALL)
        self.setFont(small)
        self._spec: LatentSpec | None = None
        self._latents: Codes = np.empty((0, 2), np.float32)
        self._limit = self._extent = 1.0
        self._grid = self._dragging = False
        self._magnified = 1.0
        WaysOut(self, "Prior of z", dragged=False)
        self._still: QPixmap | None = None
        self._pointed: Codes | None = None
        self._current: Codes | None = None
        self._linked: int | None = None

    # --- what it shows ---

    @property
    def current(self) -> Codes | None:
        """Where the sliders stand, (d,)."""
        return self._current

    @property
    def linked(self) -> int | None:
        """Which of the fixed latents is ringed."""
        return self._linked

    def open(self, spec: LatentSpec, latents: Codes) -> None:
        """Show a prior of one or two dimensions, and the fixed latents (n, d)."""
        assert spec.dimensions <= 2
        assert latents.shape[1:] == (spec.dimensions,)
        self._spec, self._latents = spec, latents
        self._limit = LatentState(spec).limit
        # A normal has no end: the furthest latent is shown too, wherever it lies.
        self._extent = _AIR * float(np.abs(latents).max(initial=self._limit))
        self._pointed, self._current, self._linked = None, None, None
        self._dragging = False
        self._bound_height()
        self._renew()

    def set_grid(self, on: bool) -> None:
        """Show the lines of z that the manifold is made of."""
        self._grid = on
        self._renew()

    def set_current(self, z: Codes | None) -> None:
        """Mark where the sliders stand, (d,)."""
        self._current = z
        self.update()

    def set_linked(self, index: int | None) -> None:
        """Ring one of the fixed latents."""
        if index != self._linked:
            self._linked = index
            self.update()

    def sizeHint(self) -> QSize:
        """Room for a square that is easy to hit."""
        return QSize(190, 180)

    def _bound_height(self) -> None:
        """Take no more than is of use: a square is no higher than it is wide, and its words stand below it."""
        square = self._spec is not None and self._spec.dimensions == 2
        most = max(self.width() - self._left() - 4, 1) + 5 + LABELS if square else _ANY
        self.setMaximumHeight(max(most, self.minimumHeight()))

    # --- places ---

    def _left(self) -> int:
        """Room for the numbers at a square's left."""
        return self.fontMetrics().horizontalAdvance("\u22122") + 8

    def stage(self) -> Stage:
        """The prior and the rectangle where it is drawn; a square in the middle for two dimensions."""
        assert self._spec is not None
        width, height = max(self.width() - 8, 1), max(self.height() - 5 - LABELS, 1)
        left = top = 4
        if self._spec.dimensions == 2:
            labels = self._left()
            side = max(min(self.width() - labels - 4, height), 1)
            left = labels + (self.width() - labels - 4 - side) // 2
            top += int(height - side) // 2
            width = height = side
        return Stage(self._spec, self._latents, self._extent, QRectF(left, top, width, height))

    def z_at(self, place: QPointF) -> Codes | None:
        """Return the z (d,) at a place of the widget; None outside the range of the sliders."""
        if self._spec is None or not (stage := self.stage()).plot.contains(place):
            return None
        z = stage.z_at(place)
        return z if (np.abs(z) <= self._limit).all() else None

    def ratio(self) -> float:
        """Pixels of the picture for each device-independent one: the screen's, or those of a picture that is saved."""
        return self.devicePixelRatioF() * self._magnified

    def magnify(self, factor: float) -> None:
        """Make so many times the screen's pixels from now on."""
        self._magnified = factor
        self._renew()

    # --- painting ---

    def _renew(self) -> None:
        self._still = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Copy the picture of what stands still, and draw the marks on it.

        So a mouse that moves costs a copy and a few lines, and not thousands of dots.
        """
        painter = QPainter(self)
        if self._spec is None:
            painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
            return
        stage = self.stage()
        if self._still is None or self._still.devicePixelRatio() != self.ratio():
            self._still = self._compose(stage)
        painter.drawPixmap(0, 0, self._still)
        painter.setPen(QColor(theme.FOCUS if shows_focus(self) else theme.BORDER))
        painter.drawRect(stage.plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._pointed is not None:
            _paint_cross(painter, stage, self._pointed)
        if self._current is not None:
            if stage.is_line:
                _paint_cross(painter, stage, self._current)
            _paint_ring(painter, stage.place_of(self._current), 6, QColor(theme.FAKE))
        if self._linked is not None:
            _paint_ring(painter, stage.dots()[self._linked], 5, Qt.BrushStyle.NoBrush)

    def _compose(self, stage: Stage) -> QPixmap:
        ratio = self.ratio()
        still = QPixmap(self.size() * ratio)
        still.setDevicePixelRatio(ratio)
        still.fill(QColor(theme.BACKGROUND))
        painter = QPainter(still)
        painter.setFont(self.font())
        paint_still(painter, stage, grid=self._grid)
        painter.end()
        return still

    # --- mouse and keys ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint the picture anew."""
        self._bound_height()
        self._renew()
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick what was clicked."""
        z = self.z_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and z is not None:
            self._dragging = True
            self._point(None)
            self._pick(z)
            self.taken.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pick while the button is held, beyond the edge too; else tell what is under the mouse."""
        if self._dragging:
            self._pick(self.stage().z_at(event.position()))
        else:
            self._point(self.z_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton and self._dragging:
            self._dragging = False
            self.let_go.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that nothing is under the mouse."""
        self._point(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk through z in the sliders' steps; Home goes to the centre."""
        key = Qt.Key(event.key())
        dimensions = 0 if self._spec is None else self._spec.dimensions
        z = np.zeros(dimensions, np.float32) if self._current is None else self._current.copy()
        dimension, sign = _MOVES.get(key, (dimensions, 0))
        if dimension < dimensions:
            z[dimension] += sign * _STEP * self._limit
            self._walk(z)
        elif key == Qt.Key.Key_Home and dimensions:
            self._walk(np.zeros_like(z))
        else:
            super().keyPressEvent(event)

    def _walk(self, z: Codes) -> None:
        self._pick(z)
        self.taken.emit()
        self.let_go.emit()

    def _point(self, z: Codes | None) -> None:
        if z is None and self._pointed is None:
            return
        self._pointed = z
        self.update()
        self.pointed.emit(z)

    def _pick(self, z: Codes) -> None:
        self.set_current(np.clip(z, -self._limit, self._limit))
        self.picked.emit(self._current)


def _paint_cross(painter: QPainter, stage: Stage, z: Codes) -> None:
    plot, place = stage.plot, stage.place_of(z)
    painter.setPen(QPen(QColor(theme.DISABLED), 1))
    painter.drawLine(QLineF(place.x(), plot.top(), place.x(), plot.bottom()))
    if not stage.is_line:
        painter.drawLine(QLineF(plot.left(), place.y(), plot.right(), place.y()))


def _paint_ring(painter: QPainter, place: QPointF, radius: float, fill: QColor | Qt.BrushStyle) -> None:
    # Filled it is the mark that the sliders' G(z) has on the data's plane.
    painter.setBrush(fill)
    for colour, width in ((theme.BACKGROUND, 4.5), (theme.TEXT, 2.0)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(place, radius, radius)
