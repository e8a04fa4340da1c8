"""Shares of what was counted in samples: bars of G's, lines of real ones and of those that are no GAN's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.plots.paint import small
from ganstudio.gui.rooms.measures.greys import grey
from ganstudio.gui.text.plain import plain_tip
from ganstudio.scalars import percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LEFT, _RIGHT, _ABOVE, _BELOW = 40, 8, 22, 18
_APART = 5
"""Pixels between two labels at least."""


@dataclass(frozen=True, eq=False)
class Shares:
    """A histogram off a file of measures: shares (k,) of G's, of real ones, and of each control by its name."""

    title: str
    help: str
    labels: Sequence[str]
    made: Sequence[float]
    floor: Sequence[float]
    controls: Mapping[str, Sequence[float]]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Shares:
        """What a file tells. Raises ValueError where it does not fit together."""
        try:
            made = cls(**{name: told[name] for name in ("title", "help", "labels", "made", "floor", "controls")})
            made = replace(made, labels=[str(label) for label in made.labels])
            count = len(made.labels)
            sides = [made.made, made.floor, *made.controls.values()]
            fits = count > 0 and all(len(side) == count and all(0 <= share <= 1 for share in side) for side in sides)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"no histogram: {error}") from None
        if not fits:
            raise ValueError("no histogram: its sides differ in length, or are no shares")
        return made

    @property
    def highest(self) -> float:
        """The largest share of any side."""
        return max(max(side) for side in (self.made, self.floor, *self.controls.values())) or 1.0


class ShareBars(QWidget):
    """G's shares as bars, real samples' as a teal line, each control's as a grey one in its dashes."""

    def __init__(self, shares: Shares) -> None:
        super().__init__()
        self.shares = shares
        self.setMinimumSize(220, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(shares.title)
        self.setToolTip(shares.help)
        WaysOut(self, shares.title, drawn=True)

    def sizeHint(self) -> QSize:
        """Room for bars that are told apart."""
        return QSize(420, 170)

    def bars_rect(self) -> QRectF:
        """Where the bars are."""
        return QRectF(self.rect()).adjusted(_LEFT, _ABOVE, -_RIGHT, -_BELOW)

    def tip_at(self, place: QPoint) -> str:
        """What each side has of the bar that is there."""
        shares, rect = self.shares, self.bars_rect()
        index = int((place.x() - rect.left()) // (rect.width() / len(shares.labels)))
        if not 0 <= index < len(shares.labels):
            return f"{shares.title}. {shares.help}"
        sides = {"G": shares.made, "real, kept aside": shares.floor, **shares.controls}
        told = "; ".join(f"{name} {percent(side[index])}" for name, side in sides.items())
        return f"{shares.labels[index]}: {told}"

    def event(self, event: QEvent) -> bool:
        """Tell the bar that the mouse is on."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), plain_tip(self.tip_at(event.pos())), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars, the lines over them, labels below and the highest share at the left."""
        painter, shares, rect = QPainter(self), self.shares, self.bars_rect()
        painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
        painter.fillRect(rect, QColor(theme.SURFACE))
        painter.setFont(small(self.font()))
        bars = self._steps(shares.made, rect)
        bars.lineTo(rect.right(), rect.bottom())
        bars.lineTo(rect.left(), rect.bottom())
        inside = QColor(theme.FAKE)
        inside.setAlphaF(0.4)
        painter.fillPath(bars, inside)
        for place, control in enumerate(shares.controls.values()):
            painter.setPen(grey(place))
            painter.drawPath(self._steps(control, rect))
        for side, colour in ((shares.made, theme.FAKE), (shares.floor, theme.REAL)):
            painter.setPen(QPen(QColor(colour), 2))
            painter.drawPath(self._steps(side, rect))
        self._paint_words(painter, rect)

    def _steps(self, side: Sequence[float], rect: QRectF) -> QPainterPath:
        """A line that is as high as the share over the width of each bar."""
        path, width = QPainterPath(), rect.width() / len(side)
        for index, share in enumerate(side):
            top = rect.bottom() - share / self.shares.highest * (rect.height() - 4)
            (path.lineTo if index else path.moveTo)(rect.left() + index * width, top)
            path.lineTo(rect.left() + (index + 1) * width, top)
        return path

    def _paint_words(self, painter: QPainter, rect: QRectF) -> None:
        shares, metrics = self.shares, painter.fontMetrics()
        painter.setPen(QColor(theme.TEXT))
        title = QRectF(rect.left(), 2, rect.width(), _ABOVE - 4)
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shares.title)
        painter.setPen(QColor(theme.MUTED))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, rect.top(), _LEFT - 4, 12), right, percent(shares.highest, 0))
        painter.drawText(QRectF(0, rect.bottom() - 10, _LEFT - 4, 12), right, "0")
        width, end = rect.width() / len(shares.labels), 0.0
        for index, label in enumerate(shares.labels):
            half = metrics.horizontalAdvance(label) / 2
            middle = rect.left() + (index + 0.5) * width
            if middle - half >= end + _APART and middle + half <= self.width():
                box = QRectF(middle - half - 1, rect.bottom() + 2, 2 * half + 2, _BELOW - 4)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
                end = middle + half
