"""Energies of real and of generated samples as two histograms over one axis, and the margin on it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.plots import paint, scale
from ganstudio.gui.text import glossary
from ganstudio.scalars import counted

Energies = npt.NDArray[np.floating]

BINS = 40
_LEFT, _RIGHT, _ABOVE = 12, 12, 16  # pixels around the bars; above them stands m's name
_MARGINS = 1.5  # margins that the axis reaches over at least
_MOST = 0.98  # share of a side's energies that the axis reaches over; what is beyond stands in the last bar
_SLACK = 0.55  # share of the axis that is used below which it shrinks
_TIP = (
    "Energies of {samples} a side. Energy: {energy}. What lies beyond the axis is counted in the last bar. "
    "Generated: what G's average makes, which the pictures show"
)


class EnergyHistogram(QWidget):
    """Bars of shares of the samples. It shows what ``set_energies`` was last given."""

    def __init__(self) -> None:
        super().__init__()
        self.real: Energies = np.empty(0)
        self.fake: Energies = np.empty(0)
        self.margin = 1.0
        self.end = _MARGINS
        self.marked: tuple[float, str] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 90)
        self.setAccessibleName("Energies")
        WaysOut(self, "Energies", drawn=True)

    def sizeHint(self) -> QSize:
        """Room for two readable histograms."""
        return QSize(320, 140)

    def clear(self) -> None:
        """Show no energies until the next come."""
        self.real = self.fake = np.empty(0)
        self.marked, self.end = None, _MARGINS * self.margin
        self.update()

    def set_margin(self, margin: float) -> None:
        """Mark m here, in the energies' unit."""
        self.margin = margin
        self._stretch()

    def set_energies(self, real: Energies, fake: Energies) -> None:
        """Show these energies (n,) and (m,); those that are not finite are left out."""
        self.real, self.fake = real[np.isfinite(real)], fake[np.isfinite(fake)]
        self.setToolTip(
            _TIP.format(samples=counted(max(len(real), len(fake)), "sample"), energy=glossary.told("energy"))
        )
        self._stretch()

    def mark(self, energy: float | None, colour: str = "") -> None:
        """Mark the energy of one sample; None: no mark."""
        self.marked = None if energy is None or not math.isfinite(energy) else (energy, colour)
        self.update()

    def shares(self, energies: Energies) -> npt.NDArray[np.float64]:
        """The share (BINS,) of the energies in each bar; the last has all that is beyond the axis too."""
        within = np.minimum(energies, self.end * (1 - 1e-9))
        return np.histogram(within, bins=BINS, range=(0.0, self.end))[0] / max(len(energies), 1)

    def _stretch(self) -> None:
        """Let the axis reach over margin and energies, at a round value; it moves only when it must."""
        reach = max([_MARGINS * self.margin, *(float(np.quantile(e, _MOST)) for e in (self.real, self.fake) if len(e))])
        if not _SLACK * self.end <= reach <= self.end:
            step = scale.nice_step(reach, 4)
            self.end = math.ceil(1.1 * reach / step) * step
        self.update()

    # --- painting ---

    def plot_rect(self) -> QRect:
        """Where the bars are."""
        above, below = paint.TOP + _ABOVE, paint.X_AXIS + 4
        return QRect(_LEFT, above, max(self.width() - _LEFT - _RIGHT, 1), max(self.height() - above - below, 1))

    def place_of(self, energy: float) -> float:
        """Where an energy stands, from the left; one beyond the axis at its end."""
        rect = self.plot_rect()
        return rect.left() + min(energy / self.end, 1.0) * rect.width()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw both histograms, the real one behind, then m and the marked sample."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
        painter.setFont(paint.small(self.font()))
        rect = self.plot_rect()
        painter.fillRect(rect, QColor(theme.SURFACE))
        sides = [(self.shares(self.real), theme.REAL), (self.shares(self.fake), theme.FAKE)]
        highest = max(float(shares.max()) for shares, _ in sides) or 1.0
        for shares, colour in sides:
            self._bars(painter, rect, shares / highest, colour)
        self._margin(painter, rect)
        self._mark(painter, rect)
        ticks = [(v, label) for v, label in scale.linear_ticks(0.0, self.end, rect.width() / 60) if v <= self.end]
        painter.setPen(QColor(theme.MUTED))
        for value, label in ticks:
            half = painter.fontMetrics().horizontalAdvance(label) / 2 + 2
            x = min(max(self.place_of(value), half), self.width() - half)
            box = QRectF(x - half, rect.bottom() + 3, 2 * half, paint.X_AXIS)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
        known = [(theme.REAL, "E(x)", self.real), (theme.FAKE, "E(G(z))", self.fake)]
        entries = [(colour, name, scale.readout(float(e.mean())) if len(e) else "–", "") for colour, name, e in known]
        unit = "mean squared error, now"
        paint.legend(painter, self.width(), "Energies", unit, entries, ("", False), needs_title=False)

    def _bars(self, painter: QPainter, rect: QRect, heights: npt.NDArray[np.float64], colour: str) -> None:
        if not heights.any():
            return
        path, width = QPainterPath(QPointF(rect.left(), rect.bottom() + 1)), rect.width() / BINS
        for index, height in enumerate(heights.tolist()):
            top = rect.bottom() + 1 - height * rect.height()
            path.lineTo(rect.left() + index * width, top)
            path.lineTo(rect.left() + (index + 1) * width, top)
        path.lineTo(rect.right() + 1, rect.bottom() + 1)
        inside = QColor(colour)
        inside.setAlphaF(0.35)
        painter.fillPath(path, inside)
        painter.setPen(QPen(QColor(colour), 1.5))
        painter.drawPath(path)

    def _margin(self, painter: QPainter, rect: QRect) -> None:
        x = round(self.place_of(self.margin))
        painter.setPen(QPen(QColor(theme.TEXT), 1, Qt.PenStyle.DashLine))
        painter.drawLine(x, rect.top(), x, rect.bottom())
        text = f"m = {self.margin:g}"
        half = painter.fontMetrics().horizontalAdvance(text) / 2 + 2
        x = round(min(max(x, half), self.width() - half))
        box = QRectF(x - half, rect.top() - _ABOVE, 2 * half, _ABOVE)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _mark(self, painter: QPainter, rect: QRect) -> None:
        if self.marked is None:
            return
        energy, colour = self.marked
        x, foot = self.place_of(energy), rect.bottom() + 1
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.BACKGROUND), 1.5))
        painter.setBrush(QColor(colour))
        painter.drawPolygon(QPolygonF([QPointF(x, foot - 10), QPointF(x - 6, foot + 1), QPointF(x + 6, foot + 1)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
