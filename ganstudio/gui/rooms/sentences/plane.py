"""Quality over diversity: G's temperatures as a curve before the game and now, G's way there, and what is no GAN."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.text.numbers import signed
from ganstudio.scalars import percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QPaintEvent

    from ganstudio.training.messages.sentences import Place

_TRAIL = 300
_LEFT, _BOTTOM, _EDGE = 40, 30, 10
_COLOURS = {"before": theme.DISCRIMINATOR, "generator": theme.GENERATOR, "real": theme.REAL}
NAMES = {
    "before": "likelihood, by temperature",
    "generator": "G now, by temperature",
    "real": "real",
    "continued": "likelihood gone on with",
    "constant": "the same reward for all",
}
_SHORT = {
    "before": "likelihood",
    "generator": "G now",
    "real": "real",
    "continued": "more likelihood",
    "constant": "same reward",
}
_LINE, _AWAY = 13, 9
"""Pixels of a name's height, and from a mark to its name."""
_TIP = (
    "Up: better sentences. To the right: more different ones. A lower temperature buys quality with diversity: a curve "
    "is to be held against the whole other curve. Large dots are temperature 1; the thin line is G's way there. The "
    "cross is likelihood gone on with, in the end for as long as the game took: where it lies higher, the game was not "
    "worth it"
)


class _Range(NamedTuple):
    low: float
    high: float


def _is_somewhere(place: Place) -> bool:
    return math.isfinite(place.quality) and math.isfinite(place.various)


def likelihood_told(mean: float) -> str:
    """The mean log p of sentences, in words where one of them can't be at all."""
    return signed(f"log p {mean:.1f}") if math.isfinite(mean) else "some that can't be"


def spread(boxes: Sequence[QRectF], area: QRectF) -> list[QRectF]:
    """Boxes moved up or down by as little as it takes for none to lie over one before it, and all within an area."""
    placed: list[QRectF] = []
    for box in boxes:
        far = 2 * len(boxes) * round(box.height())
        tried = [box.translated(0, move) for move in sorted(range(-far, far + 1), key=abs)]
        inside = [one for one in tried if area.top() <= one.top() and one.bottom() <= area.bottom()] or [box]
        free = [one for one in inside if not any(one.intersects(other) for other in placed)]
        placed.append((free or inside)[0])
    return placed


class QualityPlane(QWidget):
    """What it shows is given by ``show_places``; G's own place at temperature 1 leaves a trail."""

    def __init__(self) -> None:
        super().__init__()
        self.curves: Mapping[str, Mapping[float, Place]] = {}
        self.places: Mapping[str, Place] = {}
        self.trail: list[Place] = []
        self._exact = self._graded = True
        self.setMinimumSize(180, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Quality and diversity")
        self.setToolTip(_TIP)

    def sizeHint(self) -> QSize:
        """About a square."""
        return QSize(320, 300)

    def clear(self) -> None:
        """Another game."""
        self.curves, self.places, self.trail = {}, {}, []
        self.update()

    def show_places(
        self,
        curves: Mapping[str, Mapping[float, Place]],
        places: Mapping[str, Place],
        *,
        exact: bool,
        graded: bool = True,
    ) -> None:
        """Show these; exact: probabilities are known, and diversity is an entropy; graded: some sentences can't be.

        What a G whose numbers went wrong makes has no place.
        """
        self.curves = {
            name: {one: where for one, where in curve.items() if _is_somewhere(where)} for name, curve in curves.items()
        }
        self.places, self._exact = {name: where for name, where in places.items() if _is_somewhere(where)}, exact
        self._graded, curves = graded, self.curves
        now = curves.get("generator", {}).get(1.0)
        if now is not None and self.trail[-1:] != [now]:
            self.trail = [*self.trail, now][-_TRAIL:]
        self.setAccessibleDescription("; ".join(self.rows()))
        self.update()

    def rows(self) -> list[str]:
        """All that stands in it, in words."""
        told = []
        for name, curve in self.curves.items():
            told += [f"{NAMES[name]} {temperature:g}: {self._told(place)}" for temperature, place in curve.items()]
        return [*told, *(f"{NAMES[name]}: {self._told(place)}" for name, place in self.places.items())]

    def _told(self, place: Place) -> str:
        if not self._exact:
            return f"BLEU-4 {place.quality:.3f}, 1 − self-BLEU-4 {place.various:.3f}"
        jsd = "" if place.jsd is None else f", JSD {place.jsd:.3f}"
        quality = f"{percent(place.quality, 0)} right" if self._graded else f"{likelihood_told(place.quality)} nats"
        return f"{quality}, entropy {place.various:.1f} nats{jsd}"

    # --- painting ---

    def _ranges(self) -> tuple[_Range, _Range]:
        every = [place for curve in self.curves.values() for place in curve.values()]
        every += self.places.values()
        found = []
        for values in ([place.various for place in every], [place.quality for place in every]):
            low, high = min(values), max(values)
            edge = max(0.06 * (high - low), 0.02)
            found.append(_Range(low - edge, high + edge))
        return found[0], found[1]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axes, curves, the trail and the marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.BACKGROUND))
        font = painter.font()
        font.setPixelSize(theme.FONT_SMALL)
        painter.setFont(font)
        area = QRectF(self.rect()).adjusted(_LEFT, _EDGE, -_EDGE, -_BOTTOM)
        painter.setPen(QColor(theme.MUTED))
        if not (self.curves.get("before") or self.curves.get("generator")):
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Measuring…")
            return
        across, up = self._ranges()

        def at(place: Place) -> QPointF:
            x = area.left() + (place.various - across.low) / (across.high - across.low) * area.width()
            y = area.bottom() - (place.quality - up.low) / (up.high - up.low) * area.height()
            return QPointF(x, y)

        self._paint_axes(painter, area, across, up)
        if len(self.trail) > 1:
            painter.save()
            painter.setClipRect(area)  # G came from far off
            painter.setPen(QPen(QColor(theme.FAKE), 1))
            painter.drawPolyline(QPolygonF([at(place) for place in self.trail]))
            painter.restore()
        for name, curve in self.curves.items():
            colour = QColor(_COLOURS[name])
            line = [at(curve[temperature]) for temperature in sorted(curve)]
            painter.setPen(QPen(colour, 2, Qt.PenStyle.DashLine if name == "before" else Qt.PenStyle.SolidLine))
            painter.drawPolyline(QPolygonF(line))
            painter.setBrush(colour)
            for temperature, place in curve.items():
                size = 5.0 if temperature == 1 else 2.5
                painter.drawEllipse(at(place), size, size)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        for name, place in self.places.items():
            self._paint_mark(painter, name, at(place))
        now = {name: at(curve[1.0]) for name, curve in self.curves.items() if 1.0 in curve}
        self._paint_names(painter, now | {name: at(place) for name, place in self.places.items()}, area)

    def _quality(self, value: float) -> str:
        """A number at the axis of quality."""
        if not self._exact:
            return f"{value:.2f}"
        return percent(value, 0) if self._graded else f"{value:.0f}"

    def _paint_axes(self, painter: QPainter, area: QRectF, across: _Range, up: _Range) -> None:
        painter.setPen(QColor(theme.BORDER))
        painter.drawRect(area)
        painter.setPen(QColor(theme.MUTED))
        for value, y in self._ends(up, area):
            box = QRectF(0, min(max(y - 6, area.top()), area.bottom() - 10), _LEFT - 4, 12)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, signed(self._quality(value)))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), 13)
        ends = [f"{value:.1f}" if self._exact else f"{value:.2f}" for value in across]
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, ends[0])
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, ends[1])
        told = "entropy of G, nats" if self._exact else "1 − self-BLEU-4"
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, told)
        called = "BLEU-4"
        if self._exact:
            called = "share of right sentences" if self._graded else "mean log p by the oracle, nats"
        painter.drawText(area.adjusted(6, 3, 0, 0), Qt.AlignmentFlag.AlignLeft, called)

    def _ends(self, up: _Range, area: QRectF) -> tuple[tuple[float, float], ...]:
        """The least and the most quality that is told on the axis, and where: no share is told that there can't be."""
        ends = [min(max(value, 0), 1) if self._graded or not self._exact else value for value in up]
        return tuple((one, area.bottom() - (one - up.low) / (up.high - up.low) * area.height()) for one in ends)

    @staticmethod
    def _paint_mark(painter: QPainter, name: str, point: QPointF) -> None:
        painter.setPen(QPen(QColor(_COLOURS.get(name, theme.TEXT)), 2))
        if name == "constant":
            painter.drawRect(QRectF(point.x() - 4, point.y() - 4, 8, 8))
        else:
            for x, y in ((5, 5), (5, -5), *(((7, 0), (0, 7)) if name == "real" else ())):
                painter.drawLine(point - QPointF(x, y), point + QPointF(x, y))

    @staticmethod
    def _paint_names(painter: QPainter, points: Mapping[str, QPointF], area: QRectF) -> None:
        """What each mark is, next to it; where marks lie together, the names stand below each other."""
        boxes = []
        for name, point in points.items():
            width = painter.fontMetrics().horizontalAdvance(_SHORT[name]) + 2
            left = point.x() > area.center().x()
            boxes.append(QRectF(point.x() - _AWAY - width if left else point.x() + _AWAY, point.y() - 7, width, _LINE))
        for name, box in zip(points, spread(boxes, area), strict=True):
            painter.setPen(QColor(_COLOURS.get(name, theme.TEXT)))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _SHORT[name])
