"""Grey lines: what samples get that are no GAN's, each in dashes of its own, which are the same in a whole page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.plots.paint import small

if TYPE_CHECKING:
    from collections.abc import Sequence

_DASHES = (Qt.PenStyle.DotLine, Qt.PenStyle.DashLine, Qt.PenStyle.SolidLine, Qt.PenStyle.DashDotLine)
_SWATCH = 22
_SHORTEST, _LONGEST = 70, 150
"""Pixels of a ruler."""


def grey(place: int) -> QPen:
    """The pen of a control, by its place among all."""
    return QPen(QColor(theme.MUTED), 1.5, _DASHES[place % len(_DASHES)])


class Ruler(QWidget):
    """A figure on an axis from 0: G's as a dot, that of real samples as a teal line, the controls' as grey ones."""

    def __init__(self, value: float, floor: float | None, controls: Sequence[float | None], end: float) -> None:
        super().__init__()
        self.value, self.floor, self.controls = value, floor, controls
        self.end = end
        self.setMinimumWidth(_SHORTEST)  # in a window that is no wider it would be cut off instead
        self.setMaximumWidth(_LONGEST)
        self.setFixedHeight(18)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As long as it may be, where there is room."""
        return QSize(_LONGEST, 18)

    def place_of(self, value: float) -> float:
        """Where a value stands, from the left."""
        return 4 + min(max(value / self.end, 0.0), 1.0) * (self.width() - 8) if self.end > 0 else 4

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the axis and what stands on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.setPen(QPen(QColor(theme.BORDER), 1))
        painter.drawLine(QLineF(4, middle, self.width() - 4, middle))
        for place, control in enumerate(self.controls):
            if control is not None:
                painter.setPen(grey(place))
                painter.drawLine(QLineF(self.place_of(control), 2, self.place_of(control), self.height() - 2))
        if self.floor is not None:
            painter.setPen(QPen(QColor(theme.REAL), 2))
            painter.drawLine(QLineF(self.place_of(self.floor), 1, self.place_of(self.floor), self.height() - 1))
        painter.setPen(QPen(QColor(theme.BACKGROUND), 1))
        painter.setBrush(QColor(theme.FAKE))
        painter.drawEllipse(QRectF(self.place_of(self.value) - 4, middle - 4, 8, 8))


class GreyLegend(QWidget):
    """Which is which: G, the real ones, and each grey line by its dashes; as many lines as it takes."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.entries = (("G", None), ("real, kept aside", None), *((name, k) for k, name in enumerate(names)))
        self.setAccessibleName(", ".join(name for name, _ in self.entries))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """Narrower, it takes more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Room for all lines."""
        places = self._places(width)
        return int(places[-1].bottom()) + 2 if places else 0

    def sizeHint(self) -> QSize:
        """All in one line."""
        return QSize(600, self.heightForWidth(600))

    def _places(self, width: int) -> list[QRectF]:
        self.ensurePolished()
        metrics, found, x, y = self.fontMetrics(), list[QRectF](), 0.0, 0.0
        for name, _ in self.entries:
            long = _SWATCH + 6 + metrics.horizontalAdvance(name) + 16
            if x and x + long > width:
                x, y = 0.0, y + 18
            found.append(QRectF(x, y, long, 18))
            x += long
        return found

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a piece of each line, and its name."""
        painter = QPainter(self)
        painter.setFont(small(self.font()))
        for (name, place), box in zip(self.entries, self._places(self.width()), strict=True):
            middle = box.center().y()
            pen = grey(place) if place is not None else QPen(QColor(theme.FAKE if name == "G" else theme.REAL), 3)
            painter.setPen(pen)
            painter.drawLine(QLineF(box.left(), middle, box.left() + _SWATCH, middle))
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(box.adjusted(_SWATCH + 6, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, name)
