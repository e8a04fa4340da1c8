"""The steps that generated points feel, as arrows to one scale, what their colours mean, and whether they vanish."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.plane.layers import FAR, Layer, Points
from ganstudio.scalars import percent

if TYPE_CHECKING:
    from collections.abc import Iterable

LENGTH = 40.0
"""Pixels of the arrow that the legend tells the size of."""
_HEAD, _HEAD_ANGLE = 7.0, 0.42  # pixels at most, radians to either side
_ASIDE = 3.0  # pixels between the arrows of two updates
_RIM = QColor(10, 12, 18)  # opaque: lines wider than a pixel that let through take eight times as long (measured)


@dataclass(frozen=True)
class Update:
    """One update of G: its name in the menu and the legend, its colour, what its arrows are, and what their heads are.

    head: "open", "filled" or "double": eyes that take two of the colours for one tell the arrows apart by them.
    """

    text: str
    colour: str
    tip: str
    head: str = "open"


MINIMAX_UPDATES = {
    "saturating": Update("Saturating", "#ff6b6b", "−∇ log(1 − D) = D ∇l: vanishes where D is sure of generated points"),
    "non_saturating": Update("Non-saturating", "#b5f06a", "∇ log D = (1 − D) ∇l: strongest where D is sure", "filled"),
    "combined": Update(
        "Combined", "#f4f6ff", "Their sum, ∇l: near the optimal D it descends KL(p_g || p_data)", "double"
    ),
}
OWN_UPDATE = {
    "own": Update(
        "This objective's", "#f4f6ff", "−∇ of this objective's own loss for G; the three updates are minimax's"
    )
}


def nice(value: float) -> float:
    """The nearest of 1, 2, 5 times a power of ten, so that a scale stands still while what it measures drifts."""
    power = 10.0 ** math.floor(math.log10(value))
    return power * min((1, 2, 5, 10), key=lambda digit: abs(math.log(value / power / digit)))


class Arrows(Layer):
    """Arrows from points, one set for each update that is shown."""

    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self.updates = MINIMAX_UPDATES
        self.shown: frozenset[str] = frozenset()
        self.unit: float | None = None
        self._vectors = np.empty((1, 0, 2))
        self._tails = Points(depth, theme.TEXT, 1.8)  # an arrow that vanished is still somewhere
        self._lines = PrimitiveArray(QLineF, 4)

    def set_vectors(self, vectors: npt.NDArray[Any]) -> None:
        """Show points and their steps (1 + k, n, 2); k is 3 for minimax, 1 for another objective's own."""
        vectors = np.asarray(vectors, float)
        self.updates = MINIMAX_UPDATES if len(vectors) == 4 else OWN_UPDATE
        self._vectors = vectors[:, np.isfinite(vectors).all(axis=(0, 2))]
        self._tails.set_points(self._vectors[0])
        lengths = np.hypot(*np.moveaxis(self._vectors[1:], -1, 0))
        # Of all updates, shown or not, so that switching one does not stretch the others.
        largest = float(np.quantile(lengths.max(axis=0), 0.9)) if lengths.size else 0.0
        self.unit = nice(largest) if 1e-30 < largest < 1e30 else None
        self.update()

    def clear(self) -> None:
        """Show none until the next ones."""
        self._vectors, self.unit = np.empty((1, 0, 2)), None
        self._tails.set_points(self._vectors[0])
        self.update()

    def show_updates(self, names: Iterable[str]) -> None:
        """Show the arrows of these updates."""
        self.shown = frozenset(names)
        self.update()

    def lines(self, name: str, place: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The strokes of one update's arrows in pixels, (strokes, 2 ends, 2); a step too short to see has none."""
        index = 1 + list(self.updates).index(name)
        if self.unit is None or index >= len(self._vectors):
            return np.empty((0, 2, 2))
        tails = self._vectors[0] * place[0] + place[1]
        # The axes have one scale; what is up in the data is up on the screen.
        steps = self._vectors[index] * np.sign(place[0]) * (LENGTH / self.unit)
        lengths = np.hypot(*steps.T)
        seen = (lengths > 1) & (np.abs(tails) < FAR).all(axis=1)
        tails, steps, lengths = tails[seen], steps[seen], lengths[seen]
        steps *= np.minimum(1, FAR / lengths)[:, None]
        # Side by side: where two updates agree, both are to be seen.
        shown = [update for update in self.updates if update in self.shown]
        aside = (shown.index(name) - (len(shown) - 1) / 2) * _ASIDE if name in shown else 0.0
        tails = tails + aside * (steps / np.hypot(*steps.T)[:, None]) @ np.array([[0, 1], [-1, 0]])
        return _strokes(tails, steps, self.updates[name].head)

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Draw each update's arrows on a dark rim."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names = [name for name in self.updates if name in self.shown]
        if not names or not self._vectors.shape[1]:
            return
        self._tails.draw(painter, place)
        for name in names:
            strokes = self.lines(name, place)
            if not len(strokes):
                continue
            self._lines.resize(len(strokes))
            self._lines.ndarray()[:] = strokes.reshape(-1, 4)
            for colour, width in ((_RIM, 3.0), (QColor(self.updates[name].colour), 1.3)):
                painter.setPen(QPen(colour, width))
                painter.drawLines(*self._lines.drawargs())


def _strokes(tails: npt.NDArray[np.float64], steps: npt.NDArray[np.float64], head: str) -> npt.NDArray[np.float64]:
    """Shafts and heads (3 to 6 n, 2 ends, 2) of arrows from ``tails`` along ``steps``, both (n, 2), in pixels."""
    tips = tails + steps
    lengths = np.maximum(np.hypot(*steps.T), 1e-9)[:, None]
    back = -steps / lengths * np.minimum(_HEAD, 0.5 * lengths)
    cos, sin = math.cos(_HEAD_ANGLE), math.sin(_HEAD_ANGLE)
    sides = [back @ np.array([[cos, turn], [-turn, cos]]) for turn in (sin, -sin)]
    ends = [tips + side for side in sides]
    starts, stops = [tails, tips, tips], [tips, *ends]
    if head == "filled":
        within = [tips + 0.5 * (side + back) for side in sides]  # between the shaft and the edges
        starts, stops = [*starts, ends[0], tips, tips], [*stops, ends[1], *within]
    elif head == "double":
        second = tips + back
        starts, stops = [*starts, second, second], [*stops, *(second + side for side in sides)]
    return np.stack([np.concatenate(starts), np.concatenate(stops)], 1)


class ArrowLegend(QWidget):
    """Names of the arrows that are shown, each beside an arrow of the length that the last line tells."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("lies_over", True)
        small = self.font()
        small.setPixelSize(theme.FONT_SMALL)
        self.setFont(small)
        self._rows: list[Update] = []
        self._scale = ""

    def show_arrows(self, arrows: Arrows) -> None:
        """Tell what ``arrows`` shows; ``give_room`` then says whether that is seen."""
        self._rows = [update for name, update in arrows.updates.items() if name in arrows.shown]
        self._scale = "" if arrows.unit is None else f"arrow of this length: {arrows.unit:g} per unit"
        self.resize(self.sizeHint())
        self.update()

    def give_room(self, height: float) -> None:
        """Be seen where there is something to tell, and no more than this height is needed for it."""
        self.setVisible(bool(self._rows) and self.height() <= height)

    def texts(self) -> list[str]:
        """The lines of the legend."""
        return [row.text for row in self._rows] + ([self._scale] if self._scale else [])

    def sizeHint(self) -> QSize:
        """Room for the names, arrows and the scale."""
        metrics = self.fontMetrics()
        names = max((metrics.horizontalAdvance(row.text) for row in self._rows), default=0)
        width = max(int(LENGTH) + 8 + names, metrics.horizontalAdvance(self._scale))
        return QSize(width + 16, len(self.texts()) * (metrics.height() + 3) + 9)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a dark card with a line for each update."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QColor(theme.SURFACE)
        card.setAlpha(225)
        painter.setBrush(card)
        painter.setPen(QColor(theme.BORDER))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        line = self.fontMetrics().height() + 3
        for index, row in enumerate(self._rows):
            middle = 5 + (index + 0.5) * line
            painter.setPen(QPen(QColor(row.colour), 1.5))
            for start, end in _strokes(np.array([[8.0, middle]]), np.array([[LENGTH, 0.0]]), row.head):
                painter.drawLine(QPointF(*start), QPointF(*end))
            painter.setPen(QColor(theme.TEXT))
            box = QRectF(16 + LENGTH, middle - line / 2, self.width(), line)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, row.text)
        painter.setPen(QColor(theme.MUTED))
        box = QRectF(8, 5 + len(self._rows) * line, self.width(), line)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._scale)


_VANISHED, _WEAK, _STRONG = 0.1, 0.5, 2.0
_GAUGE = (
    "Root mean square of the saturating over the non-saturating gradient at generated points, 0.1 % to 100 %. "
    "Where D is sure that they are generated, the saturating one vanishes and G stops learning"
)
_LEAST = 1e-3  # where the gauge's scale of powers of ten begins


def vanishing_text(ratio: float) -> str:
    """What the ratio of the saturating to the non-saturating gradient says, in words."""
    if not math.isfinite(ratio):
        return "no gradient reaches the generated points"
    small = f"{100 * ratio:.2g} %" if ratio >= 1e-4 else "less than 0.01 %"
    share = percent(ratio, 0) if ratio >= 0.1 else small
    told = (
        "it vanishes"
        if ratio < _VANISHED
        else "it is weak"
        if ratio < _WEAK
        else "both pull"
        if ratio <= _STRONG
        else "D is fooled"
    )
    return f"saturating gradient is {share} of the non-saturating: {told}"


class VanishingGauge(QWidget):
    """How much of the gradient the saturating update keeps: a bar in powers of ten, and a sentence."""

    def __init__(self) -> None:
        super().__init__()
        small = self.font()
        small.setPixelSize(theme.FONT_SMALL)
        self.setFont(small)
        self.setFixedHeight(self.fontMetrics().height() + 4)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_ratio(math.nan)

    def set_ratio(self, ratio: float) -> None:
        """Show another ratio; NaN where there is no gradient at all."""
        self.ratio = ratio
        self.text = vanishing_text(ratio)
        self.setAccessibleName(self.text)
        self.setToolTip(f"{self.text}\n{_GAUGE}")  # there may be no room for the sentence
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar with a tick at each power of ten, and the sentence."""
        painter = QPainter(self)
        bar = QRectF(0.5, self.height() / 2 - 3.5, 46, 7)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.OUTLINE))
        painter.drawRect(bar)
        full = 0.0
        if math.isfinite(self.ratio) and self.ratio > 0:
            full = min(max(1 - math.log10(self.ratio) / math.log10(_LEAST), 0.0), 1.0)
        painter.setBrush(QColor(theme.DANGER if self.ratio < _VANISHED else MINIMAX_UPDATES["non_saturating"].colour))
        painter.drawRect(QRectF(bar.left(), bar.top(), bar.width() * full, bar.height()))
        painter.setPen(QColor(theme.BACKGROUND))
        for tick in (1, 2):
            x = bar.left() + bar.width() * tick / 3
            painter.drawLine(QPointF(x, bar.top()), QPointF(x, bar.bottom()))
        painter.setPen(QColor(theme.TEXT if self.ratio < _VANISHED else theme.MUTED))
        room = QRectF(bar.right() + 8, 0, self.width() - bar.right() - 8, self.height())
        text = self.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
