"""One plot of the stack of curves: its legend, axes, curves, crosshair and mouse.

Painted by hand into pixels: a pyqtgraph plot of the same curves (four of them, 16 curves of 1,000 points, 500 x 700
pixels) took 19 ms a refresh, mostly axes and paths; this takes 5, with 10,000 steps, and the rest is for training.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ganstudio.gui import theme
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.plots import paint, scale
from ganstudio.gui.plots.decimate import PixelColumns, Span, fill, robust_range
from ganstudio.gui.plots.log import LogAxis
from ganstudio.gui.plots.paint import BOTTOM, LEFT, RIGHT, TOP, X_AXIS
from ganstudio.gui.plots.series import Blocks, Series, Timeline, blend

if TYPE_CHECKING:
    from ganstudio.training.records.history import History

_NEAR_MARK = 4


class Panel(QWidget):
    """A plot over the shared timeline. It shows what ``render_curves`` was last given.

    With the focus, Left and Right move the crosshair, Home and End take it to the ends, Escape takes it away, + and -
    zoom; up and down ask for the next plot, with ``walked``.
    """

    walked = Signal(int)
    focused = Signal()

    hovered = Signal(object)
    """x under the mouse, None when it has left."""
    viewed = Signal(float, float)
    """The range of x that the mouse asked for."""
    scaled = Signal()
    """The y axis was set by hand: ``y_by_hand``."""
    fit_wanted = Signal()
    resized = Signal()

    def __init__(self, title: str, unit: str, series: list[Series], *, span: tuple[float, float] | None = None) -> None:
        super().__init__()
        self.title, self.unit, self.series = title, unit, series
        self.fixed = span
        self.ticks: scale.Ticks | None = None
        self.levels: tuple[float, ...] = ()
        self.log = False
        self.axis = LogAxis()
        self.caption = self.hint = self.note = ""
        self.shows_x_axis = False
        self.y_by_hand: tuple[float, float] | None = None
        self.y_range = span or (0.0, 1.0)
        self._history: History | None = None
        self._timeline: Timeline | None = None
        self._generation = -1
        self._blocks: dict[str, Blocks] = {}
        self._pixels = np.zeros((1, 1), np.uint32)
        self._row: int | None = None
        self._ringed, self._magnified = False, 1.0
        self._drag: tuple[QPointF, tuple[float, float], bool] | None = None
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(220, 62)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        WaysOut(self, title)

    def sizeHint(self) -> QSize:
        """Room for a readable curve."""
        return QSize(480, 150)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other pixels need other curves."""
        super().resizeEvent(event)
        self.resized.emit()

    # --- geometry -----------------------------------------------------------------------------------------------------

    def plot_rect(self) -> QRect:
        """Where the curves are, in this widget's coordinates."""
        below = BOTTOM + (X_AXIS if self.shows_x_axis else 0)
        return QRect(LEFT, TOP, max(self.width() - LEFT - RIGHT, 1), max(self.height() - TOP - below, 1))

    def pixel_width(self) -> int:
        """Columns of device pixels under the curves."""
        return max(round(self.plot_rect().width() * self.ratio()), 1)

    def x_at(self, position: float) -> float:
        """Value on the x axis at a horizontal position."""
        assert self._timeline is not None
        rect, line = self.plot_rect(), self._timeline
        return line.low + (position - rect.left()) / rect.width() * (line.high - line.low)

    def position_of(self, x: float) -> float:
        """Horizontal position of a value on the x axis."""
        assert self._timeline is not None
        rect, line = self.plot_rect(), self._timeline
        return rect.left() + (x - line.low) / (line.high - line.low) * rect.width()

    def ratio(self) -> float:
        """Pixels of the curves for each device-independent one: the screen's, or those of a picture that is saved."""
        return self.devicePixelRatioF() * self._magnified

    def magnify(self, factor: float) -> None:
        """Make so many times the screen's pixels from now on."""
        self._magnified = factor
        self.scaled.emit()

    # --- curves -------------------------------------------------------------------------------------------------------

    def render_curves(self, history: History, timeline: Timeline) -> None:
        """Put the visible part of every curve into pixels, and ask to be painted."""
        if self._generation != history.generation:
            self._generation, self._blocks = history.generation, {}
        self._history, self._timeline = history, timeline
        ratio, rect = self.ratio(), self.plot_rect()
        height = max(round(rect.height() * ratio), 1)
        pixels = np.full((height, self.pixel_width()), blend(theme.SURFACE, 0.5), np.uint32)
        averages, raws, bands = self._spans(history, timeline.columns)
        self.y_range = self.fixed or self.y_by_hand or self._follow(averages, raws)
        for value, _ in self._y_ticks():
            row = self._rows((np.array([value]), np.array([value])), height)[0][0]
            if 0 <= row < height:
                pixels[int(row)] = blend(theme.BORDER, 0.55)
        thickness = max(2, round(1.5 * ratio))
        for span, series in zip(bands, self.series, strict=True):
            if span is not None:
                fill(pixels, self._rows(span, height), blend(series.colour, 0.28))
        for span, series in zip(raws, self.series, strict=True):
            if span is not None:
                fill(pixels, self._rows(span, height), blend(series.colour, 0.36))
        for span, series in zip(averages, self.series, strict=True):
            self._fill_average(pixels, span, series, thickness)
        self._pixels = pixels
        self.update()

    def _fill_average(self, pixels: npt.NDArray[np.uint32], span: Span, series: Series, thickness: int) -> None:
        fill(pixels, self._rows(span, len(pixels)), blend(series.colour, 1.0), thickness)

    def _spans(
        self, history: History, columns: PixelColumns
    ) -> tuple[list[Span], list[Span | None], list[Span | None]]:
        averages: list[Span] = []
        raws: list[Span | None] = []
        bands: list[Span | None] = []
        for series in self.series:
            blocks = self._blocks.setdefault(series.name, Blocks())
            averages.append(blocks.average.span(series.average(history), columns))
            raws.append(blocks.raw.span(series.raw(history), columns) if series.raw else None)
            bands.append(None)
            if series.band:
                low, high = series.band(history)
                bands[-1] = blocks.low.span(low, columns)[0], blocks.high.span(high, columns)[1]
        self._choose_axis([span for span in (*averages, *raws, *bands) if span is not None])
        shown = [[span and self.shown(span) for span in spans] for spans in (raws, bands)]
        return [self.shown(span) for span in averages], shown[0], shown[1]

    def _choose_axis(self, spans: list[Span]) -> None:
        """Of a logarithmic axis, whether it needs both signs: no curve may leave it because of its sign."""
        axis = LogAxis.of(spans) if self.log else LogAxis()
        if axis != self.axis:
            self.axis, self.y_by_hand = axis, None  # which was in heights on the axis before

    def shown(self, span: Span) -> Span:
        """Values as they are drawn: on a logarithmic axis their heights on it."""
        return self.axis.shown(span) if self.log else span

    def _follow(self, averages: list[Span], raws: list[Span | None]) -> tuple[float, float]:
        found = robust_range([*averages, *(raw for raw in raws if raw is not None)])
        if found is None:
            return (-2.0, 1.0) if self.log else (0.0, 1.0)
        return scale.rounded_range(*found, log=self.log)

    def _rows(self, span: Span, height: int) -> Span:
        low, high = self.y_range
        factor = height / (high - low)
        with np.errstate(over="ignore", invalid="ignore"):
            return (high - span[1]) * factor, (high - span[0]) * factor

    def _y_ticks(self) -> scale.Ticks:
        if self.ticks is not None:
            return self.ticks
        count = self.plot_rect().height() / 26
        return self.axis.ticks(*self.y_range, count) if self.log else scale.linear_ticks(*self.y_range, count)

    def point(self, row: int | None, caption: str) -> None:
        """Show the values at a row of the history, with a crosshair; None: the last row's, without."""
        if (row, caption) != (self._row, self.caption):
            self._row, self.caption = row, caption
            self.update()

    def units(self) -> str:
        """What stands behind the title: the unit, and that the axis is logarithmic on both sides of 0."""
        both = "log, both sides of 0" if self.log and self.axis.near is not None else ""
        return ", ".join(filter(None, (self.unit, both)))

    # --- words --------------------------------------------------------------------------------------------------------

    def describe(self, series: Series, row: int) -> tuple[str, str]:
        """A series' value at a row, and in how much detail there is room for."""
        assert self._history is not None
        rows = self._history.rows_of(row)
        value = scale.between(series.average(self._history)[rows])
        if series.raw is None or self._row is None:
            return value, ""
        return value, f"({scale.between(series.raw(self._history)[rows])})"

    def readouts(self) -> list[paint.Entry]:
        """(colour, name, value, detail) of each series where the crosshair stands, or at the last step."""
        if self._history is None or not len(self._history):
            return [(series.colour, series.name, "", "") for series in self.series]
        last = len(self._history) - 1  # which may have been cleared since the last refresh
        row = last if self._row is None else min(self._row, last)
        return [(series.colour, series.name, *self.describe(series, row)) for series in self.series]

    # --- painting -----------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what was rendered, with axes and words around it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
        height, width = self._pixels.shape
        rect = self.plot_rect()
        painter.drawImage(rect, QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32))
        self._paint_lines(painter, rect)
        painter.setFont(paint.small(self.font()))
        paint.y_axis(painter, rect, [(self._height_of(value, rect), label) for value, label in self._y_ticks()])
        if self.shows_x_axis and self._timeline is not None:
            line, count = self._timeline, rect.width() / 72
            ticks = (scale.time_ticks if line.time else scale.linear_ticks)(line.low, line.high, count)
            places = [(self.position_of(value), label) for value, label in ticks]
            paint.x_axis(painter, rect, "time" if line.time else "step", places)
        caption = (self.caption, self._row is not None)
        paint.legend(painter, self.width(), self.title, self.units(), self.readouts(), caption)
        paint.message(painter, rect, self.hint, self.note)
        if self.hasFocus() and self._ringed:
            painter.setPen(QColor(theme.FOCUS))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _height_of(self, value: float, rect: QRect) -> float:
        low, high = self.y_range
        return rect.top() + (high - value) / (high - low) * rect.height()

    def _paint_lines(self, painter: QPainter, rect: QRect) -> None:
        levels = [self._height_of(level, rect) for level in self.levels]
        line, marks, crosshair = self._timeline, [], None
        if line is not None:
            marks = [self.position_of(at) for at, _ in line.marks if line.low <= at <= line.high]
            if self._row is not None and self._row < len(line.x):
                crosshair = self.position_of(float(line.x[self._row]))
        paint.lines(painter, rect, levels, marks, crosshair)

    # --- keys ---------------------------------------------------------------------------------------------------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Ring the plot when the keyboard brought the focus."""
        self._ringed = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.focused.emit()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the crosshair away that the keys put there."""
        super().focusOutEvent(event)
        if not self.underMouse():
            self.hovered.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk to the next plot, move the crosshair, or zoom."""
        key, line = event.key(), self._timeline
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.walked.emit(key)
        elif key == Qt.Key.Key_Escape and self._row is not None:
            self.hovered.emit(None)
        elif line is None or not len(line.x):
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
            self.hovered.emit(self._next_to(key, line))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 1 / 0.85 if key == Qt.Key.Key_Minus else 0.85
            pivot = line.high if self._row is None else float(line.x[min(self._row, len(line.x) - 1)])
            self.viewed.emit(pivot + (line.low - pivot) * factor, pivot + (line.high - pivot) * factor)
        else:
            super().keyPressEvent(event)

    def _next_to(self, key: int, line: Timeline) -> float:
        """Where a key takes the crosshair: a hundredth of what is seen, or a row where these are further apart."""
        first, last = np.searchsorted(line.x, (line.low, line.high))
        last = max(min(int(last), len(line.x) - 1), 0)
        first = min(int(first), last)
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            return float(line.x[first if key == Qt.Key.Key_Home else last])
        at = last if self._row is None else min(max(self._row, first), last)
        way = 1 if key == Qt.Key.Key_Right else -1
        goal = float(line.x[at]) + way * (line.high - line.low) / 100
        if way > 0:
            to = max(int(np.searchsorted(line.x, goal)), at + 1)
        else:
            to = min(int(np.searchsorted(line.x, goal, side="right")) - 1, at - 1)
        return float(line.x[min(max(to, first), last)])

    # --- mouse --------------------------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom: the x axis of all plots; over the y axis this plot's own."""
        if self._timeline is None or not event.angleDelta().y():
            event.ignore()
            return
        factor = 0.85 ** (event.angleDelta().y() / 120.0)
        rect, spot = self.plot_rect(), event.position()
        if spot.x() < LEFT:
            if self.fixed is None:
                low, high = self.y_range
                pivot = high - (spot.y() - rect.top()) / rect.height() * (high - low)
                self._see((pivot + (low - pivot) * factor, pivot + (high - pivot) * factor))
        else:
            pivot, line = self.x_at(spot.x()), self._timeline
            self.viewed.emit(pivot + (line.low - pivot) * factor, pivot + (line.high - pivot) * factor)
        event.accept()

    def _see(self, y_range: tuple[float, float]) -> None:
        low, high = y_range
        if math.isfinite(low) and math.isfinite(high) and high - low > 1e-12 * max(abs(low), abs(high), 1.0):
            self.y_by_hand = y_range
            self.scaled.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the plot, or of its y axis."""
        if event.button() == Qt.MouseButton.LeftButton and self._timeline is not None:
            on_axis = event.position().x() < LEFT
            held = self.y_range if on_axis else (self._timeline.low, self._timeline.high)
            self._drag = event.position(), held, on_axis

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._drag = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Fit."""
        self.fit_wanted.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while the plot is held; otherwise move the crosshair."""
        rect, spot = self.plot_rect(), event.position()
        if self._timeline is None:
            return
        if self._drag is None:
            self.hovered.emit(self.x_at(spot.x()) if rect.left() <= spot.x() <= rect.right() else None)
            self._show_mark(spot)
            return
        start, (low, high), on_axis = self._drag
        if on_axis:
            shift = (spot.y() - start.y()) / rect.height() * (high - low)
            if self.fixed is None and shift:
                self._see((low + shift, high + shift))
        elif spot.x() != start.x():
            shift = (start.x() - spot.x()) / rect.width() * (high - low)
            self.viewed.emit(low + shift, high + shift)

    def _show_mark(self, spot: QPointF) -> None:
        assert self._timeline is not None
        near = [text for x, text in self._timeline.marks if abs(self.position_of(x) - spot.x()) <= _NEAR_MARK]
        if near:
            QToolTip.showText(self.mapToGlobal(spot.toPoint()), "\n".join(near), self)
        elif QToolTip.isVisible():
            QToolTip.hideText()

    def leaveEvent(self, _event: QEvent) -> None:
        """Take the crosshair away."""
        self.hovered.emit(None)
