"""The prior's picture of what stands still: density, grid, fixed latents, axes, and where a z stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from ganstudio.gui.latent import prior_space as space
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.pixels import Packed, picture
from ganstudio.gui.text.numbers import signed
from ganstudio.gui.text.words import name_of

if TYPE_CHECKING:
    from ganstudio.experiment import LatentSpec

LABELS = 17
"""Height of the numbers below the axis."""

_GRID_ROOM = 4.5  # least distance of two lines of the grid, in pixels
_LABEL_ROOM = 22  # least distance of two numbers on an axis
_TURN = (5**0.5 - 1) / 2  # golden ratio: its multiples fill (0, 1) evenly, without a pattern that the eye would see


@dataclass(frozen=True)
class Stage:
    """A prior of one or two dimensions, its fixed latents (n, d), and the rectangle that shows [-extent, extent]^d."""

    spec: LatentSpec
    latents: npt.NDArray[np.float32]
    extent: float
    plot: QRectF

    @property
    def is_line(self) -> bool:
        """Whether z has one dimension."""
        return self.spec.dimensions == 1

    def across(self, z: npt.NDArray[Any]) -> space.Floats:
        """From values of z₁ to x on the widget: (n,) to (n,)."""
        return self.plot.left() + (np.asarray(z, float) / self.extent + 1) / 2 * self.plot.width()

    def down(self, z: npt.NDArray[Any]) -> space.Floats:
        """From values of z₂ to y on the widget: (n,) to (n,)."""
        return self.plot.bottom() - (np.asarray(z, float) / self.extent + 1) / 2 * self.plot.height()

    def curve(self, z: npt.NDArray[Any]) -> space.Floats:
        """From values of a 1-D z to y of its density's curve: (n,) to (n,)."""
        share = space.density(self.spec, z) / space.density(self.spec, np.zeros(1))
        return self.plot.bottom() - 0.92 * self.plot.height() * share

    def place_of(self, z: npt.NDArray[Any]) -> QPointF:
        """Where a z (d,) stands; a 1-D one on its density's curve."""
        y = self.curve(z[:1]) if self.is_line else self.down(z[1:])
        return QPointF(float(self.across(z[:1])[0]), float(y[0]))

    def z_at(self, place: QPointF) -> npt.NDArray[np.float32]:
        """Return the z (d,) of a place, which may lie beyond the rectangle."""
        x = (place.x() - self.plot.left()) / self.plot.width()
        y = (self.plot.bottom() - place.y()) / self.plot.height()
        return (np.array([x, y][: self.spec.dimensions], np.float32) * 2 - 1) * np.float32(self.extent)

    def dots(self) -> list[QPointF]:
        """Where the fixed latents stand; 1-D ones evenly between axis and curve, so that they fill what p_z covers."""
        x = self.across(self.latents[:, 0])
        if self.is_line:
            share = (np.arange(1, len(self.latents) + 1) * _TURN) % 1
            y: space.Floats = self.plot.bottom() - share * (self.plot.bottom() - self.curve(self.latents[:, 0]))
        else:
            y = self.down(self.latents[:, 1])
        return [QPointF(*place) for place in zip(x.tolist(), y.tolist(), strict=True)]


def paint_still(painter: QPainter, stage: Stage, *, grid: bool) -> None:
    """Draw all that stands still."""
    (_paint_curve if stage.is_line else _paint_shading)(painter, stage)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if grid:
        _paint_grid(painter, stage)
    _paint_dots(painter, stage)
    _paint_axes(painter, stage)


def _paint_curve(painter: QPainter, stage: Stage) -> None:
    z = np.linspace(-1, 1, 2 * round(stage.plot.width()) + 1) * stage.extent
    curve = [QPointF(*place) for place in zip(stage.across(z).tolist(), stage.curve(z).tolist(), strict=True)]
    painter.setClipRect(stage.plot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.BORDER))
    painter.drawPolygon(QPolygonF([stage.plot.bottomLeft(), *curve, stage.plot.bottomRight()]))
    painter.setPen(QPen(QColor(theme.MUTED), 1.5))
    painter.drawPolyline(QPolygonF(curve))
    painter.setClipping(False)


def _paint_shading(painter: QPainter, stage: Stage) -> None:
    # One value for each pixel of the screen, so that the edge of a uniform prior is sharp.
    count = max(round(stage.plot.width() * painter.device().devicePixelRatio()), 1)
    one = space.density(stage.spec, ((np.arange(count) + 0.5) / count * 2 - 1) * stage.extent)
    one = one / one.max()
    painter.drawImage(stage.plot, picture(_shades()[np.round(one[:, None] * one * 255).astype(np.uint8)]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.OUTLINE), 1))
    for radius in space.rings(stage.spec):
        size = radius / stage.extent * stage.plot.width() / 2
        painter.drawEllipse(stage.plot.center(), size, size)


def _shades() -> Packed:
    """Return 256 shades from the window's ground to the prior's densest place."""
    ends = [QColor(name) for name in (theme.BACKGROUND, theme.DENSEST)]
    low, high = (np.array([end.blue(), end.green(), end.red()]) for end in ends)
    table = np.full((256, 4), 255, np.uint8)
    table[:, :3] = np.round(low + np.linspace(0, 1, 256)[:, None] * (high - low))
    packed: Packed = table.view("<u4")[:, 0]
    return packed


def _paint_grid(painter: QPainter, stage: Stage) -> None:
    colour = QColor(theme.GENERATOR)
    colour.setAlphaF(0.5)
    painter.setPen(QPen(colour, 1))
    axis = space.grid_axis(stage.spec)
    gap = float(stage.across(axis[1:2])[0] - stage.across(axis[:1])[0])
    # Every line where there is room for it, else every second, third or fourth: 24 gaps are left whole by each.
    axis = axis[:: next((every for every in (1, 2, 3) if every * gap >= _GRID_ROOM), 4)]
    across, bottom = stage.across(axis).tolist(), stage.plot.bottom()
    if stage.is_line:
        tops = stage.curve(axis).tolist()
        painter.drawLines([QLineF(x, y, x, bottom) for x, y in zip(across, tops, strict=True)])
        return
    down = stage.down(axis).tolist()
    painter.drawLines([QLineF(x, down[0], x, down[-1]) for x in across])
    painter.drawLines([QLineF(across[0], y, across[-1], y) for y in down])


def _paint_dots(painter: QPainter, stage: Stage) -> None:
    size = min(max(stage.plot.height() / 70, 1.8), 3.4)  # a thousand on a small plot would hide the density
    painter.setPen(QPen(QColor(theme.FAKE), size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPoints(stage.dots())


def _paint_axes(painter: QPainter, stage: Stage) -> None:
    plot, flag, ticks = stage.plot, Qt.AlignmentFlag, space.ticks(stage.spec)
    # The name stands where no number does: beyond the last one, or before it where that is at the edge.
    beyond = ticks[-1] < 0.8 * stage.extent
    name_at = (ticks[-1] + stage.extent) / 2 if beyond else (ticks[-1] + ticks[-2]) / 2
    if stage.plot.width() / 2 / stage.extent < _LABEL_ROOM:
        ticks = ticks[::2]
    places = np.array([*ticks, name_at])
    texts = [signed(str(tick)) for tick in ticks]
    painter.setPen(QColor(theme.MUTED))
    for x, text in zip(stage.across(places).tolist(), [*texts, name_of(0)], strict=True):
        painter.drawText(QRectF(x - 20, plot.bottom() + 2, 40, LABELS), flag.AlignHCenter | flag.AlignTop, text)
    if not stage.is_line:
        for y, text in zip(stage.down(places).tolist(), [*texts, name_of(1)], strict=True):
            painter.drawText(QRectF(plot.left() - 34, y - 10, 30, 20), flag.AlignRight | flag.AlignVCenter, text)
