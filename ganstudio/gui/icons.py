"""The icons: line drawings in one colour, tinted when they are loaded, and the program's own mark."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ganstudio.gui import theme
from ganstudio.resources import resource

# Scales of the screen that pixels are kept ready for; Qt takes the nearest.
_RATIOS = (1.0, 2.0, 3.0)
_SIZES = (16, 20, 24, 32)
_APP_SIZES = (16, 24, 32, 48, 64, 128, 256)


def _render(svg: bytes, size: int, ratio: float = 1.0) -> QPixmap:
    """Draw an SVG into a square of ``size`` device-independent pixels."""
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg)).render(painter, QRectF(0, 0, pixmap.width(), pixmap.height()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _tinted(name: str, colour: str) -> bytes:
    return resource("icons", f"{name}.svg").read_bytes().replace(b"currentColor", colour.encode())


@cache
def pixmap(name: str, colour: str = theme.TEXT, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """The drawing ``resources/icons/NAME.svg`` in ``colour``, ``size`` device-independent pixels wide.

    Raises FileNotFoundError when there is no such drawing.
    """
    return _render(_tinted(name, colour), size, ratio)


@cache
def icon(name: str, color: str = theme.TEXT) -> QIcon:
    """The drawing ``resources/icons/NAME.svg`` in ``color``, greyed where it is disabled.

    Raises FileNotFoundError when there is no such drawing.
    """
    made = QIcon()
    for mode, colour in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, theme.DISABLED)):
        for size in _SIZES:
            for ratio in _RATIOS:
                made.addPixmap(pixmap(name, colour, size, ratio), mode)
    return made


@cache
def app_icon() -> QIcon:
    """The program's mark: two players, two overlapping distributions."""
    svg = resource("icons", "app.svg").read_bytes()
    made = QIcon()
    for size in _APP_SIZES:
        made.addPixmap(_render(svg, size))
    return made
