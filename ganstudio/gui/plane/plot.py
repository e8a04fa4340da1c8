"""The plot that lies under what is drawn in a plane: axes of one look, one scale both ways, no menu of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QFrame

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ring import brought_by_tab, shows_focus
from ganstudio.gui.text.numbers import signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QFocusEvent, QPaintEvent

    from ganstudio.gui.plane.layers import Bounds, Layer

AXIS = 40
"""Width of the axis at the left: fixed, so that the plot does not jump with the number of digits."""


class _Axis(pg.AxisItem):  # type: ignore[misc]
    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """With the minus that all numbers have here."""
        return [signed(text) for text in super().tickStrings(values, scale, spacing)]


class PlanePlot(pg.PlotWidget):  # type: ignore[misc]
    """Shows layers, which are painted in pixels and have no bounds that it would follow."""

    def __init__(self, layers: Iterable[Layer]) -> None:
        axes = {side: _Axis(side) for side in ("left", "bottom")}
        super().__init__(background=theme.BACKGROUND, enableMenu=False, axisItems=axes)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._ringed = False
        item = self.getPlotItem()
        item.hideButtons()
        for axis in axes.values():
            axis.setPen(theme.BORDER)
            axis.setTextPen(theme.MUTED)
            axis.setStyle(tickLength=4)
        axes["left"].setWidth(AXIS)
        box = item.getViewBox()
        box.setAspectLocked(True)
        box.disableAutoRange()
        for layer in layers:
            box.addItem(layer, ignoreBounds=True)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Ring the plot when the keyboard brought the focus."""
        self._ringed = brought_by_tab(event)
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the plane, and the ring on it."""
        super().paintEvent(event)
        if self._ringed and shows_focus(self):
            painter = QPainter(self.viewport())
            painter.setPen(QColor(theme.FOCUS))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
            painter.end()

    def seen(self) -> Bounds:
        """(x_low, x_high, y_low, y_high) of the plane that is on the screen."""
        (left, right), (low, high) = self.getViewBox().viewRange()
        return (left, right, low, high)

    def look_at(self, bounds: Bounds, padding: float = 0.02) -> None:
        """Show this part of the plane, as large as fits with so much around it."""
        left, right, low, high = bounds
        self.getViewBox().setRange(xRange=(left, right), yRange=(low, high), padding=padding)

    def limit_zoom(self, home: Bounds) -> None:
        """Let nobody zoom to where numbers end, or so far out that ``home`` is lost."""
        span = max(home[1] - home[0], home[3] - home[2])
        least, most = span * 1e-4, span * 100
        self.getViewBox().setLimits(minXRange=least, minYRange=least, maxXRange=most, maxYRange=most)
