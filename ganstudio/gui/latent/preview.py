"""What G makes of the sliders' z: one large image, and a strip along the dimension that moved last."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.pixels import Mosaic, Packed, picture
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.sound.playhead import paint_playhead

LEAST = 128  # pixels of the large image, at least
_LARGEST_CELL = 96
_GAP = 3
_MARK = 9


class Preview(QWidget):
    """One image, each of its pixels a whole number of the screen's; where it is heard it is a button to hear it."""

    pressed = Signal()
    released = Signal()

    def __init__(self, title: str = "Sample", name: str = "What G makes of the sliders' z") -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.ways = WaysOut(self, title)
        self._heard = False
        self._share: float | None = None
        self._image: QImage | None = None
        self._text = ""
        self._shape = (LEAST, LEAST)
        self._room = self._most = self._smallest = LEAST
        self._factor = 1

    @property
    def image(self) -> QImage | None:
        """What is shown, one pixel for each of the sample's."""
        return self._image

    def set_shape(self, height: int, width: int, room: int, most: int | None = None, smallest: int = LEAST) -> None:
        """Make place for images of this many pixels: about ``room`` on the longer side, no side less than ``smallest``.

        Of long ones the shorter side may be less, where the longer would be over ``most``. What is read instead is so
        wide.
        """
        self._shape, self._room, self._smallest = (height, width), room, smallest
        self._most = max(most or room, smallest)
        self._fit()

    def _fit(self) -> None:
        ratio, (height, width) = self.devicePixelRatioF(), self._shape
        if self._text:
            self.setFixedSize(self._most, self._smallest)
            return
        least, longer = -(-int(self._smallest * ratio) // min(height, width)), max(height, width)
        self._factor = max(min(least, int(self._most * ratio) // longer), int(self._room * ratio) // longer, 1)
        self.setFixedSize(round(width * self._factor / ratio), round(height * self._factor / ratio))
        self.update()

    @property
    def text(self) -> str:
        """What is to be read in place of the image; "" where that is looked at."""
        return self._text

    def set_sample(self, packed: Packed, text: str = "") -> None:
        """Show one image (h, w), or what is to be read in place of it."""
        read = bool(self._text)
        self._image, self._text = picture(packed), text
        if read != bool(text):
            self._fit()
        self.setAccessibleDescription(text)
        self.update()

    def set_heard(self, on: bool) -> None:
        """Be a button, or a picture alone."""
        self._heard = on
        self.setCursor(Qt.CursorShape.PointingHandCursor if on else Qt.CursorShape.ArrowCursor)
        self.setToolTip("Click to hear it; hold to hear it again and again" if on else "")
        self.show_playing(None)

    def show_playing(self, share: float | None) -> None:
        """Show how far the sound is, from 0 to 1; None: it is not heard."""
        if share != self._share:
            self._share = share
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Play from here on."""
        if self._heard and event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._heard and event.button() == Qt.MouseButton.LeftButton:
            self.released.emit()

    def clear(self) -> None:
        """Show an empty frame."""
        self._image = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the image once, enlarged without smoothing."""
        painter = QPainter(self)
        if self._image is None:
            painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "G(z)")
            return
        if self._text:
            self._paint_text(painter)
            return
        painter.drawImage(QRectF(self.rect()), self._image)
        if self._share is not None:
            paint_playhead(painter, QRectF(self.rect()), self._share)

    def _paint_text(self, painter: QPainter) -> None:
        """As large as it fits, and no larger than a title."""
        room = self.rect().adjusted(_MARK, _MARK, -_MARK, -_MARK)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
        painter.setPen(QColor(theme.FAKE))
        font = painter.font()
        for size in range(2 * theme.FONT_TITLE, theme.FONT_SMALL - 1, -1):
            font.setPixelSize(size)
            painter.setFont(font)
            if room.contains(painter.boundingRect(room, flags, self._text)):
                break
        painter.drawText(room, flags, self._text)


class Filmstrip(QWidget):
    """Images along one dimension of z, its ends written beneath, and a mark where z stands."""

    picked = Signal(float)  # share of the range, -1 to 1, of the image that was clicked

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("What G makes while the slider that moved last runs over its range. Click to go there")
        self.setAccessibleName("Images along the dimension that moved last")
        self.ways = WaysOut(self, "Filmstrip")
        self._packed: Packed = np.empty((0, 1, 1), np.uint32)
        self._shape = (9, 8, 8)
        self._mosaic: Mosaic | None = None
        self._image: QImage | None = None
        self._share = 0.0
        self._texts = ("", "", "")

    @property
    def count(self) -> int:
        """How many images it has room for."""
        return self._shape[0]

    @property
    def share(self) -> float:
        """Where the mark stands, -1 to 1."""
        return self._share

    def sizeHint(self) -> QSize:
        """Return the height that the width asks for."""
        return QSize(300, self._height())

    def set_shape(self, count: int, height: int, width: int) -> None:
        """Make place for this many images of this many pixels."""
        self._shape = (count, height, width)
        self._packed = np.empty((0, height, width), np.uint32)
        self._image = None
        self._arrange()

    def set_images(self, images: Packed) -> None:
        """Show the images (n, h, w)."""
        self._packed = images
        self._compose()

    def set_mark(self, share: float, low: str, name: str, high: str) -> None:
        """Mark z's place, from -1 to 1, and write the ends and the name of the dimension."""
        self._share, self._texts = min(max(share, -1.0), 1.0), (low, name, high)
        self.update()

    def _arrange(self) -> None:
        count, height, width = self._shape
        ratio = self.devicePixelRatioF()
        room = int((self.width() * ratio - _GAP * (count - 1)) / count)
        factor = min(room // width, int(_LARGEST_CELL * ratio) // max(height, width))
        self._mosaic = Mosaic(count, height, width, columns=count, factor=max(factor, 0), gap=_GAP)
        if self.height() != self._height():
            self.setFixedHeight(self._height())
        self._compose()

    def _compose(self) -> None:
        if self._mosaic is not None and len(self._packed) == self._mosaic.count:
            self._image = self._mosaic.compose(self._packed, theme.BACKGROUND)
        self.update()

    def _strip(self) -> QRectF:
        """Where the images stand; made smaller where not even their own pixels fit."""
        if self._mosaic is None:
            return QRectF(0, 0, self.width(), 0)
        ratio = self.devicePixelRatioF()
        across, down = self._mosaic.size
        shrink = min(1.0, self.width() * ratio / across)
        return QRectF(0, 0, across * shrink / ratio, down * shrink / ratio)

    def _height(self) -> int:
        return int(np.ceil(self._strip().height())) + _MARK + self.fontMetrics().height() + 4

    def _middle(self, share: float) -> float:
        """Where a share of the range stands: -1 in the middle of the first image, 1 of the last."""
        strip, count = self._strip(), self._shape[0]
        cell = strip.width() / count
        return strip.left() + cell / 2 + (share + 1) / 2 * (strip.width() - cell)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the images once, then the mark and the ends."""
        painter = QPainter(self)
        strip, ratio = self._strip(), self.devicePixelRatioF()
        if self._image is None:
            painter.fillRect(strip, QColor(theme.BACKGROUND))
        else:
            shrunk = strip.width() * ratio < self._image.width() - 0.5
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
            painter.drawImage(strip, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, y = self._middle(self._share), strip.bottom() + 2
        painter.setPen(QPen(Qt.PenStyle.NoPen))
        painter.setBrush(QColor(theme.ACCENT))
        painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x + 5, y + 7), QPointF(x - 5, y + 7)]))
        painter.setPen(QColor(theme.MUTED))
        line = QRectF(strip.left(), strip.bottom() + _MARK + 2, strip.width(), self.fontMetrics().height())
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        for text, side in zip(self._texts, sides, strict=True):
            painter.drawText(line, side, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the image that was clicked."""
        strip, count = self._strip(), self._shape[0]
        if event.button() == Qt.MouseButton.LeftButton and strip.contains(event.position()):
            index = min(int(event.position().x() / strip.width() * count), count - 1)
            self.picked.emit(2 * index / (count - 1) - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the images anew."""
        self._arrange()
        super().resizeEvent(event)
