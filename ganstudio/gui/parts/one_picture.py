"""One image in the room that there is, each of its pixels a whole number of the screen's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.pixels import pack, picture
from ganstudio.gui.parts.ways_out import WaysOut

if TYPE_CHECKING:
    import numpy.typing as npt
    from PySide6.QtGui import QPaintEvent

    from ganstudio.modalities import Pixels

_LEAST = 64
_GREY, _SCALE = 127.5, 127.5  # a model unit is half the range of an image


class OnePicture(QWidget):
    """An image (h, w, c), not smoothed. title: what it is called in menus and by screen readers.

    dragged: whether a plain drag takes the picture out of the window; else it takes Ctrl, as a drag means something.
    """

    def __init__(self, title: str, *, dragged: bool = True) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(_LEAST, _LEAST)
        self.setAccessibleName(title)
        self.ways_out = WaysOut(self, title, dragged=dragged)
        self.image: QImage | None = None
        """What is shown, a pixel for each of the image's; None: nothing yet."""

    def sizeHint(self) -> QSize:
        """Room to see pixels in."""
        return QSize(2 * _LEAST, 2 * _LEAST)

    def show_image(self, image: Pixels | None) -> None:
        """Show another image, or an empty frame."""
        self.image = None if image is None else picture(pack(image[None])[0])
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the image in the middle, as large as whole pixels allow."""
        painter = QPainter(self)
        if self.image is None:
            painter.fillRect(self.rect(), QColor(theme.SURFACE))
            return
        painter.drawImage(self.target(), self.image)

    def target(self) -> QRectF:
        """Where the image is drawn; there is one."""
        assert self.image is not None
        ratio = self.devicePixelRatioF()
        across, down = self.image.width(), self.image.height()
        factor = min(self.width() * ratio / across, self.height() * ratio / down)
        factor = int(factor) if factor >= 1 else factor
        width, height = across * factor / ratio, down * factor / ratio
        left, top = (self.width() - width) / 2, (self.height() - height) / 2
        return QRectF(round(left), round(top), width, height)


def around_grey(residual: npt.NDArray[np.floating], gain: float) -> Pixels:
    """What is added (h, w, c), model units, as a picture ``gain`` times as strong: nothing is mid grey."""
    levels: Pixels = np.rint(np.clip(_GREY + gain * _SCALE * residual, 0, 255)).astype(np.uint8)
    return levels
