"""What a heat map of the plane may show: the colours of its values, and the bar that explains them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.pixels import Packed, diverging, packed_colour, picture
from ganstudio.presets import packing_of

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment

# Dark, so that the bright points of both players stay readable where D is sure.
VERDICT = ("#5e3806", "#181b24", "#0a5a54")
# Colours of no player: they would read as a verdict.
TOO_LOW, TOO_HIGH = "#96385a", "#3c5fae"
_NOBODY = ("#191c25", "#252a36")  # stripes: neither a verdict nor the empty plane
_STRIPE = 3  # cells


@dataclass(frozen=True, kw_only=True)
class Heat:
    """Values of the plane as colours: ``low`` to ``high`` over ``colours``, beyond them the ends' own.

    title: over the bar. entry: in the menu. ticks: (value, text) at the bar. readout: how a value under the mouse is
    told. holes: whether values may be missing, which the bar explains.
    """

    title: str
    entry: str
    tip: str
    colours: tuple[str, str, str]
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    readout: str = ""
    holes: bool = False

    def table(self) -> Packed:
        """The 256 colours, lowest first."""
        return diverging(*self.colours)

    def picture(self, values: npt.NDArray[Any]) -> QImage:
        """Values (h, w), row 0 lowest, as a picture; where they aren't numbers, stripes."""
        values = values[::-1]
        known = np.isfinite(values)
        scaled = (np.where(known, values, self.low) - self.low) / (self.high - self.low)
        pixels = self.table()[np.rint(np.clip(scaled, 0, 1) * 255).astype(np.uint8)]
        if not known.all():
            pixels = np.where(known, pixels, stripes(*values.shape))
        return picture(pixels)


def stripes(height: int, width: int) -> Packed:
    """The pattern that stands for no value (height, width)."""
    line, column = np.indices((height, width))
    dark, light = (packed_colour(colour) for colour in _NOBODY)
    return np.where((line + column) // _STRIPE % 2 == 1, light, dark).astype(np.uint32)


HEATS = {
    "landscape": Heat(
        title="D(x)",
        entry="D(x): what D says",
        tip="D(x): how sure D is that a point is real. 1 real, 0 generated, 0.5 it cannot tell",
        colours=VERDICT,
        low=0,
        high=1,
        ticks=((1, "1"), (0.5, "0.5"), (0, "0")),
        readout="D(x) = {:.2f}",
    ),
    "optimal": Heat(
        title="D*(x)",
        entry="D*(x): what the best D would say",
        tip="D*(x) = p_data/(p_data + p_g): what the minimax game's best D would say of G as it is trained, with "
        "p_g counted from samples, and p_data too where only its points are known; striped where neither has any",
        colours=VERDICT,
        low=0,
        high=1,
        ticks=((1, "1"), (0.5, "0.5"), (0, "0")),
        holes=True,
    ),
    "difference": Heat(
        title="D − D*",
        entry="D − D*: how far D is from it",
        tip="D(x) − D*(x): blue where D takes for real more than it should, red where less; dark where D is optimal. "
        "Only the minimax game draws D to D*: under another objective it need not come near",
        colours=(TOO_LOW, "#181b24", TOO_HIGH),
        low=-0.5,
        high=0.5,
        ticks=((0.5, "≥ .5"), (0.25, ".25"), (0, "0"), (-0.25, "−.25"), (-0.5, "≤ −.5")),
        holes=True,
    ),
}


def energy_heat(margin: float) -> Heat:
    """The heat map of an autoencoder's energy, from 0 to the margin, beyond which D does not push."""
    return Heat(
        title="Energy",
        entry="Energy: what D reconstructs badly",
        tip="Energy: how badly D's autoencoder reconstructs a point. Low where D takes it for real; generated points "
        f"are pushed up to the margin m = {margin:g} and no further. Mean squared error per coordinate, the data "
        "having unit variance",
        colours=VERDICT[::-1],
        low=0,
        high=margin,
        ticks=((margin, f"≥ {margin:.3g}"), (margin / 2, f"{margin / 2:.3g}"), (0, "0")),
        readout=f"energy {{:.3g}} (m = {margin:g})",
    )


def class_heat() -> Heat:
    """The heat map of a D that is told the class of each point."""
    return replace(
        HEATS["landscape"],
        title="D(x, y)",
        entry="D(x, y): what D says",
        tip="D(x, y): how sure D is that a point is real, with the class y of all that it is surest with. There is no "
        "D* beside it: D judges points with their class, and the best D of points alone is another function",
        readout="D(x, y) = {:.2f}",
    )


def pack_heat(packing: int) -> Heat:
    """The heat map of a D that judges ``packing`` points at once."""
    beside = "a real point" if packing == 2 else f"{packing - 1} real points"
    return replace(
        HEATS["landscape"],
        entry="D(pack): what D says",
        title="D(pack)",
        tip=f"D(pack): how sure D is that a pack of {packing} points is real: one of them here, and beside it {beside} "
        "of the data; the mean of a few such packs. There is no D* beside it: the best D of packs is no function of a "
        "point",
        readout="D(pack) = {:.2f}",
    )


def heat_of(experiment: Experiment) -> Heat:
    """What the heat map of D's logits is of: points, points with their class, or packs of them."""
    if (packing := packing_of(experiment)) > 1:
        return pack_heat(packing)
    return HEATS["landscape"] if experiment.conditioning.labels == "off" else class_heat()


class ColourBar(QWidget):
    """What the colours of a heat map mean."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(52)
        small = self.font()
        small.setPixelSize(theme.FONT_SMALL)
        self.setFont(small)
        self.set_heat(HEATS["landscape"])

    def set_heat(self, heat: Heat) -> None:
        """Explain another heat map."""
        self.heat = heat
        self.setToolTip(heat.tip)
        self.setAccessibleName(f"Colours of {heat.title}")
        self.update()

    def _ticks(self, height: float) -> list[tuple[float, str]]:
        """Those that find room along a bar; of a short one the ends are told first."""
        heat, room, found = self.heat, self.fontMetrics().height(), list[tuple[float, str]]()
        for tick in sorted(heat.ticks, key=lambda tick: tick[0] not in (heat.low, heat.high)):
            apart = (abs(tick[0] - other[0]) / (heat.high - heat.low) * height for other in found)
            if all(each >= room for each in apart):
                found.append(tick)
        return found

    def paintEvent(self, _event: object) -> None:
        """Draw the bar, its ticks and its name."""
        painter = QPainter(self)
        line, heat = self.fontMetrics().height(), self.heat
        foot = 3.6 * line if heat.holes else 2 * line
        bar = QRectF(4, 2 * line, 12, self.height() - 2 * line - foot)
        painter.drawImage(bar, picture(heat.table()[::-1, None]))
        painter.setPen(QColor(theme.BORDER))
        painter.drawRect(bar)
        painter.setPen(QColor(theme.MUTED))
        for value, text in self._ticks(bar.height()):
            y = bar.bottom() - (value - heat.low) / (heat.high - heat.low) * bar.height()
            painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3, y))
            painter.drawText(QRectF(bar.right() + 5, y - line, 40, 2 * line), Qt.AlignmentFlag.AlignVCenter, text)
        painter.drawText(QRectF(2, 0, self.width(), 2 * line - 4), Qt.AlignmentFlag.AlignVCenter, heat.title)
        if heat.holes:
            swatch = QRectF(4, bar.bottom() + line, 12, 12)
            painter.drawImage(swatch, picture(stripes(12, 12)))
            painter.drawText(QRectF(2, swatch.bottom(), 50, 1.4 * line), Qt.AlignmentFlag.AlignVCenter, "nobody")
