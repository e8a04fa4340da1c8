"""A preset as a picture to choose."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.roving import DIRECTIONS
from ganstudio.gui.text.words import value_label
from ganstudio.resources import resource

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent


class PresetCard(QAbstractButton):
    """A preset's picture above its name. Checked: it is the one that is open."""

    walked = Signal(int)
    focused = Signal()
    lettered = Signal()
    """Its letters are others, and may take other room."""

    def __init__(self, name: str, summary: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._words_high: dict[int, int] = {}  # by the card's width
        self.setText(value_label(name))
        self.setToolTip(summary)
        self.setAccessibleName(value_label(name))
        self.setAccessibleDescription(summary)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # and one of them all by Tab, from which the arrows go on
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @cached_property
    def _picture(self) -> QPixmap:
        """Read when the card comes into sight: most of them don't before the window has been painted."""
        return _thumbnail(self._name)

    def sizeHint(self) -> QSize:
        """As large as the thumbnail at its own size."""
        return QSize(160, self.heightForWidth(160))

    def heightForWidth(self, width: int) -> int:
        """Three quarters of the width for the picture, and the lines of the name."""
        return round(width * 0.75) + self._lines(width)

    def changeEvent(self, event: QEvent) -> None:
        """Other letters take other room."""
        self._words_high.clear()
        self.lettered.emit()
        super().changeEvent(event)

    def nextCheckState(self) -> None:
        """Pressing it again doesn't let it go."""
        self.setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move along the cards, Enter presses."""
        if event.key() in DIRECTIONS:
            self.walked.emit(event.key())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Be the one that Tab stops at."""
        super().focusInEvent(event)
        self.focused.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, the name below, and a frame that tells selection, focus and hover apart."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        inner = self.rect().adjusted(1, 1, -1, -1)
        hovered = self.underMouse() and self.isEnabled()
        ground = theme.SELECTED if self.isChecked() else theme.RAISED if hovered else theme.SURFACE
        edge, thickness = theme.OUTLINE, 1
        if self.hasFocus():
            edge, thickness = theme.FOCUS, 2
        elif self.isChecked():
            edge, thickness = theme.ACCENT, 2
        elif hovered:
            edge = theme.MUTED
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(inner, theme.RADIUS, theme.RADIUS)
        high = round(self.width() * 0.75) - 4
        picture = QRect(inner.left() + 3, inner.top() + 3, inner.width() - 6, high)
        fitted = self._picture.size().scaled(picture.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(picture.topLeft(), fitted)
        place.moveCenter(picture.center())
        painter.fillRect(picture, QColor(theme.SURFACE))
        painter.drawPixmap(place, self._picture)
        painter.setPen(QColor(theme.TEXT))
        below = inner.bottom() - picture.bottom() - 1
        words = QRect(inner.left() + 8, picture.bottom() + 1, inner.width() - 16, below)
        flags = Qt.AlignmentFlag.AlignVCenter.value | Qt.AlignmentFlag.AlignLeft.value | Qt.TextFlag.TextWordWrap.value
        painter.drawText(words, flags, self.text())
        painter.setPen(QPen(QColor(edge), thickness))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = 0.5 * (thickness % 2)  # a line of one pixel lies in the middle of pixels, else it pales over two
        frame = QRectF(inner).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(frame, theme.RADIUS, theme.RADIUS)
        painter.end()

    def _lines(self, width: int) -> int:
        if width not in self._words_high:  # a layout asks for it dozens of times
            room = QRect(0, 0, width - 18, 1000)
            words = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap.value, self.text())
            self._words_high[width] = words.height() + 12
        return self._words_high[width]


def _thumbnail(name: str) -> QPixmap:
    """The preset's picture; a preset that has none yet gets an empty card."""
    try:
        return QPixmap(str(resource("presets", "thumbnails", f"{name}.png")))
    except FileNotFoundError:
        return QPixmap()
