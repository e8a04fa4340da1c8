"""The planes of several games as tiles: D's landscape, real and generated points, one range for all.

Painted without pyqtgraph's scene: sixteen plots with axes of their own would cost more than what they show.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import action
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.plane.layers import Landscape, Points
from ganstudio.gui.rooms.group import tile_paint as paint
from ganstudio.gui.rooms.group.camera import Bounds, Camera
from ganstudio.gui.rooms.group.standing import Standing
from ganstudio.gui.rooms.group.tile_paint import HEADER
from ganstudio.gui.text.plain import plain_tip

EDGE = 2
_MOST_POINTS = {True: 1500, False: 400}
_DOTS = {True: (4.2, 3.4), False: (2.6, 2.4)}  # diameters of real and generated points
DIVERGED = "diverged"
"""Stands over the plane of a game whose G makes no finite point any more."""
LAYERS = ("landscape", "real", "generated")


class Plane:
    """What the tiles share: real points, range, the layers that are shown, the point under the mouse."""

    def __init__(self) -> None:
        self.camera = Camera()
        self.shown = set(LAYERS)
        self.large = True
        """Whether tiles are large: larger dots, more of them, and a second value in the header."""
        self.probe: tuple[float, float] | None = None
        self._real = {large: Points(1, theme.REAL, sizes[0]) for large, sizes in _DOTS.items()}

    def set_real(self, points: npt.NDArray[np.float32]) -> None:
        """The data (n, 2), the same for all games."""
        for large, layer in self._real.items():
            layer.set_points(points[: _MOST_POINTS[large]])

    @property
    def real(self) -> Points:
        """The data's points, as many and as large as suits the tiles."""
        return self._real[self.large]


class Tile(QWidget):
    """One game: a header with its name and where it stands, and its plane."""

    picked = Signal(int)
    """Clicked: follow it."""
    wanted = Signal(int)
    """Double-clicked, or its button pressed: open it as a run of its own."""
    pointed = Signal(object)
    """The point (x, y) of the plane under the mouse; None when it has left."""
    moved = Signal()
    """The range was zoomed or moved."""

    def __init__(self, index: int, name: str, colours: tuple[str, str], plane: Plane, parent: QWidget) -> None:
        super().__init__(parent)
        self.index, self.name, self._colours = index, name, colours
        self._plane = plane
        self._chosen = False
        self._standing = Standing()
        self._landscape = Landscape(0)
        self._generated = {large: Points(3, theme.FAKE, sizes[1]) for large, sizes in _DOTS.items()}
        self._points = np.empty((0, 2), np.float32)
        self._diverged = False
        self._picture: QPixmap | None = None
        self._held: QPointF | None = None
        self._dragged = False
        self._magnified = 1.0
        WaysOut(self, name, dragged=False)  # a drag moves the plane
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(name)
        self.setToolTip(plain_tip(name))  # which the header may have no room for
        self.button = action(f"Open {name}", f"Keep {name} as a run of its own and go on with it (double-click)")
        self.button.setParent(self)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Enter does it from the keyboard
        self.button.hide()
        self.button.clicked.connect(lambda: self.wanted.emit(self.index))

    # --- what it shows ---

    def show_frame(
        self, generated: npt.NDArray[np.float32], landscape: npt.NDArray[np.float32] | None, bounds: Bounds
    ) -> None:
        """Show G's points (n, 2) and D(x) (h, w) over ``bounds``; None: it is not known."""
        self._diverged = bool(len(generated)) and not np.isfinite(generated).all(axis=1).any()
        self._points = generated
        if landscape is None:
            self._landscape.clear()
        else:
            self._landscape.set_values(landscape, bounds)
        self.redraw()

    def set_standing(self, standing: Standing) -> None:
        """Say where the game stands, in the header and over the picture."""
        if standing != self._standing:
            self._standing = standing
            self.setToolTip(plain_tip("\n".join([self.name, *standing.lines])))
            self.setAccessibleDescription("\n".join(standing.lines))
            self.update()

    def set_chosen(self, chosen: bool) -> None:
        """Whether its curve is the one that is followed."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    def redraw(self) -> None:
        """Draw the picture anew: points, range or layers are others."""
        self._picture = None
        self.update()

    def magnify(self, factor: float) -> None:
        """Make so many times the screen's pixels from now on, for a picture that is saved."""
        self._magnified = factor
        self.redraw()

    def _colour(self) -> str:
        """Of its curve: as it is, and while it is the one that is followed."""
        return self._colours[self._chosen]

    def picture_rect(self) -> QRect:
        """Where the plane is, within the tile."""
        return self.rect().adjusted(EDGE, HEADER, -EDGE, -EDGE)

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, which is kept until it changes, with header, edge and probe over it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.SURFACE))
        rect = self.picture_rect()
        if self._picture is None:
            self._picture = self._drawn(rect.size())
        painter.drawPixmap(rect.topLeft(), self._picture)
        told, large = self._standing, self._plane.large
        # In a small tile the tooltip has the names of the values.
        values = told.values if large else tuple(("", value) for _, value in told.values[:1])
        paint.header(painter, self.width(), self.name, self._colour(), values)
        painter.setFont(self.font())
        if self._diverged:
            painter.setPen(QColor(theme.TEXT))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, DIVERGED)
        if (reached := told.reached[0 if large else 1]) and (large or self._plane.probe is None):
            paint.label(painter, rect, reached, self.font(), right=True)
        if told.alarms:
            more = f" +{len(told.alarms) - 1}" if len(told.alarms) > 1 else ""
            words = told.alarms[0] + more if large else ""
            paint.alarm(painter, rect, words, self.font(), self.devicePixelRatioF())
        if self._plane.probe is not None:
            self._paint_probe(painter, rect, self._plane.probe)
        edge = self._colour() if self._chosen else theme.MUTED if self.underMouse() else theme.OUTLINE
        painter.setPen(QPen(QColor(edge), 2 if self._chosen else 1))
        inset = 1.0 if self._chosen else 0.5
        painter.drawRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))

    def _drawn(self, size: QSize) -> QPixmap:
        ratio = self.devicePixelRatioF() * self._magnified
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor(theme.BACKGROUND))
        if size.isEmpty():
            return pixmap
        plane, place = self._plane, self._plane.camera.place(size)
        generated = self._generated[plane.large]
        generated.set_points(self._points[: _MOST_POINTS[plane.large]])
        layers = {"landscape": self._landscape, "real": plane.real, "generated": generated}
        painter = QPainter(pixmap)
        for name, layer in layers.items():
            if name in plane.shown:
                layer.draw(painter, place)
        painter.end()
        return pixmap

    def _paint_probe(self, painter: QPainter, rect: QRect, point: tuple[float, float]) -> None:
        """The point under the mouse, with what this tile's D says of it."""
        factor, shift = self._plane.camera.place(rect.size())
        x, y = np.array(point) * factor + shift
        painter.setClipRect(rect)
        paint.ring(painter, QPointF(rect.left() + x, rect.top() + y))
        verdict = self._landscape.value_at(*point) if "landscape" in self._plane.shown else None
        if verdict is not None:
            paint.label(painter, rect, f"D(x) {verdict:.2f}", self.font(), right=False)
        painter.setClipping(False)

    # --- mouse ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size is another picture; the button stays in the corner."""
        super().resizeEvent(event)
        self._picture = None
        self._put_button()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Offer to open it."""
        super().enterEvent(event)
        self._put_button()
        self.button.show()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the offer and the probe away."""
        super().leaveEvent(event)
        self.button.hide()
        self.pointed.emit(None)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the plane; without a move it is a click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the plane of all tiles; otherwise tell which point the mouse is on."""
        rect, spot = self.picture_rect(), event.position()
        if self._held is not None:
            far = (spot - self._held).manhattanLength() >= QApplication.startDragDistance()
            if self._dragged or far:
                self._dragged = True
                self._plane.camera.move(spot - self._held, rect.size())
                self._held = spot
                self.moved.emit()
            return
        inside = rect.contains(spot.toPoint())
        local = spot - QPointF(rect.topLeft())
        self.pointed.emit(self._plane.camera.point_at(local, rect.size()) if inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go, or follow this one."""
        if event.button() == Qt.MouseButton.LeftButton and self._held is not None:
            self._held = None
            if not self._dragged:
                self.picked.emit(self.index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.wanted.emit(self.index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom all tiles about the point under the mouse."""
        rect, spot = self.picture_rect(), event.position()
        if event.angleDelta().y() and rect.contains(spot.toPoint()):
            local = spot - QPointF(rect.topLeft())
            self._plane.camera.zoom(1.2 ** (event.angleDelta().y() / 120.0), local, rect.size())
            self.moved.emit()
            event.accept()
        else:
            event.ignore()

    def _put_button(self) -> None:
        hint, rect = self.button.sizeHint(), self.picture_rect()
        width = min(hint.width(), rect.width() - 8)
        self.button.setGeometry(QRect(QPoint(rect.right() - width - 3, rect.top() + 4), QSize(width, hint.height())))
