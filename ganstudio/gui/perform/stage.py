"""What G makes and nothing else, on a whole screen: for an audience, or on a second screen while the window is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

_LEAVES = "Esc leaves"
_TOLD = f"{_LEAVES}, Space walks, 1 to 9 are pins, + and \u2212 change the speed, R draws, Tab shows all samples"


class Stage(QWidget):
    """A window of its own without controls. It shows the sliders' sample, or the view of all samples.

    sample: the picture of the sliders' sample, None where it has none; everything: the view of all, as it is
    painted, with at least the pixels that fit into a room of this size.
    moves: whether there are sliders that keys could move, as of a single game.
    ``pin`` carries the number of a pin from 0, ``faster`` steps of speed; ``walk`` and ``randomise`` ask for these.
    """

    pin = Signal(int)
    faster = Signal(int)
    walk = Signal()
    randomise = Signal()

    def __init__(
        self, sample: Callable[[], QImage | None], everything: Callable[[QSize], QImage], moves: Callable[[], bool]
    ) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("stage")
        self.setWindowTitle("GAN Studio: on stage")
        self.setAccessibleName("What G makes, without controls")
        self.setToolTip("")
        self._sample, self._everything, self._moves = sample, everything, moves
        self.shows_all = False
        self._untold = True
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.BlankCursor)

    def open(self, beside: QWidget) -> None:
        """Fill the second screen, if there is one; else the one that the window is on."""
        own = beside.screen()
        screens = [screen for screen in QGuiApplication.screens() if screen is not own]
        screen = screens[0] if screens else own
        self._untold = True
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        self.activateWindow()

    def refresh(self) -> None:
        """There is something new to be seen."""
        if self.isVisible():
            self.update()

    def event(self, event: QEvent) -> bool:
        """Keys are the stage's, also those that do something else in the window."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys in place of controls."""
        self._untold = False
        key, text = event.key(), event.text()
        if key in (Qt.Key.Key_Escape, Qt.Key.Key_F):
            self.hide()
        elif not self._moves():
            super().keyPressEvent(event)
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.pin.emit(int(key) - int(Qt.Key.Key_1))
        elif text in ("+", "="):
            self.faster.emit(1)
        elif text in ("-", "_", "\u2212"):
            self.faster.emit(-1)
        elif key == Qt.Key.Key_Space:
            self.walk.emit()
        elif key == Qt.Key.Key_R:
            self.randomise.emit()
        elif key == Qt.Key.Key_Tab:
            self.shows_all = not self.shows_all
        else:
            super().keyPressEvent(event)
        self.update()

    def focusNextPrevChild(self, _forward: bool) -> bool:
        """Tab is a key like the others: there is nothing to go on to."""
        return False

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Leave."""
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture as large as it fits, without smoothing where it is made of few pixels."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("black"))
        image = None if self.shows_all else self._sample()
        smooth = image is None
        image = self._everything(self.size() * self.devicePixelRatio()) if image is None else image
        if not image.isNull():
            scale = min(self.width() / image.width(), self.height() / image.height())
            if not smooth and scale > 1:
                scale = float(int(scale))
            width, height = image.width() * scale, image.height() * scale
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth or scale < 1)
            place = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
            painter.drawImage(place, image)
        if self._untold:
            line = self.rect().adjusted(0, self.height() - 44, 0, 0)
            painter.fillRect(line, QColor(0, 0, 0, 190))
            painter.setPen(QColor("#d7dce8"))
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, _TOLD if self._moves() else _LEAVES)
