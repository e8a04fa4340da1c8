"""One plot of the stack of curves: its curves in pixels, with legend, axes and crosshair.

Painted by hand into pixels: a pyqtgraph plot of the same curves (four of them, 16 curves of 1,000 points, 500 x 700
pixels) took 19 ms a refresh, mostly axes and paths; this takes 5, with 10,000 steps, and the rest is for training.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPaintEngine, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ring import shows_focus
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.plots import paint, scale
from ganstudio.gui.plots.decimate import PixelColumns, Span, fill, robust_range
from ganstudio.gui.plots.log import LogAxis
from ganstudio.gui.plots.series import Blocks, Series, Timeline, blend
from ganstudio.gui.plots.steered import Steered

if TYPE_CHECKING:
    from ganstudio.training.records.history import History


LEAST = 62
"""Pixels of height that a plot has at least."""


class Panel(Steered):
    """A plot over the shared timeline. It shows what ``render_curves`` was last given."""

    def __init__(self, title: str, unit: str, series: list[Series], *, span: tuple[float, float] | None = None) -> None:
        super().__init__(span)
        self.title, self.unit, self.series = title, unit, series
        self.ticks: scale.Ticks | None = None
        self.levels: tuple[float, ...] = ()
        self.log = False
        self.axis = LogAxis()
        self.caption = self.hint = self.note = ""
        self._history: History | None = None
        self._generation = -1
        self._blocks: dict[str, Blocks] = {}
        self._pixels = np.zeros((1, 1), np.uint32)
        self._areas: list[tuple[Span, str, float]] = []
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(220, LEAST)
        self.setAccessibleName(title)
        WaysOut(self, title, drawn=True, dragged=False)

    def sizeHint(self) -> QSize:
        """Room for a readable curve."""
        return QSize(480, 150)

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
        self._areas = [
            (self._rows(span, height), series.colour, opacity)
            for spans, opacity in ((bands, 0.28), (raws, 0.36), (averages, 1.0))
            for span, series in zip(spans, self.series, strict=True)
            if span is not None
        ]
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
        if series.raw is None or self._row is None or self._history.window == 1:  # which smooths nothing
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
        if painter.paintEngine().type() == QPaintEngine.Type.SVG:
            self._paint_areas(painter, rect)
        else:
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
        if self._ringed and shows_focus(self):
            painter.setPen(QColor(theme.FOCUS))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_areas(self, painter: QPainter, rect: QRect) -> None:
        """The same curves as lines and areas, for a drawing that is enlarged at will."""
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(rect, QColor(theme.SURFACE))
        height, width = self._pixels.shape
        for (top, bottom), colour, opacity in self._areas:
            shade = QColor(colour)
            shade.setAlphaF(opacity)
            painter.setPen(QPen(shade, 1.5 if opacity == 1 else 0.5))
            painter.setBrush(shade)
            known = np.flatnonzero(np.isfinite(top) & np.isfinite(bottom))
            for part in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
                x = rect.left() + (part + 0.5) * rect.width() / width
                edges = [rect.top() + edge[part] * rect.height() / height for edge in (top, bottom)]
                upper = [QPointF(*place) for place in zip(x, edges[0], strict=True)]
                lower = [QPointF(*place) for place in zip(x[::-1], edges[1][::-1], strict=True)]
                painter.drawPolygon(QPolygonF([*upper, *lower]))
        painter.restore()

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
