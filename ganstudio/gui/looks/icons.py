"""The icons: line drawings in one colour, tinted when they are loaded, and the program's own mark."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ganstudio.gui.looks import theme
from ganstudio.resources import resource

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


class _Tinted(QIconEngine):
    """Draws when it is asked, at the size that is asked for: drawing all sizes ahead delayed the first painting."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name, self._colour = name, colour

    def _tint(self, mode: QIcon.Mode) -> str:
        return theme.DISABLED if mode == QIcon.Mode.Disabled else self._colour

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        """The drawing in device pixels."""
        return pixmap(self._name, self._tint(mode), size.width())

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State, scale: float) -> QPixmap:
        """The drawing for a screen of ``scale`` device pixels to one; ``size`` is in device-independent pixels."""
        return pixmap(self._name, self._tint(mode), size.width(), scale)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Draw into a place of a widget."""
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(rect, pixmap(self._name, self._tint(mode), rect.width(), ratio))

    def clone(self) -> QIconEngine:
        """Another of the same."""
        return _Tinted(self._name, self._colour)


@cache
def icon(name: str, color: str = theme.TEXT) -> QIcon:
    """The drawing ``resources/icons/NAME.svg`` in ``color``, greyed where it is disabled.

    Raises FileNotFoundError when there is no such drawing.
    """
    _tinted(name, color)  # a missing drawing is told here, not in the middle of a painting
    return QIcon(_Tinted(name, color))


@cache
def app_icon() -> QIcon:
    """The program's mark: two players, two overlapping distributions."""
    svg = resource("icons", "app.svg").read_bytes()
    made = QIcon()
    for size in _APP_SIZES:
        made.addPixmap(_render(svg, size))
    return made


def mark(size: int) -> QPixmap:
    """The program's own mark, ``size`` pixels wide: what icon files are made of."""
    return _render(resource("icons", "app.svg").read_bytes(), size)
