"""A point of the plane that was clicked, and the way to where D's autoencoder takes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.nearest import nearest
from ganstudio.gui.plane.layers import FAR, Layer

_NEAR = 9  # pixels within which a point is clicked, or under the mouse
_RING, _CROSS = 6.0, 4.0


class Reconstruction(Layer):
    """Keeps which point was clicked, and draws a ring around it and a line to its reconstruction.

    A generated point is followed as G moves it, by its place in the frames.
    """

    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self._points: dict[str, npt.NDArray[Any]] = {"real": np.empty((0, 2)), "generated": np.empty((0, 2))}
        self._chosen: tuple[str, int] | None = None
        self._shown: npt.NDArray[np.float64] | None = None

    @property
    def chosen(self) -> tuple[str, npt.NDArray[Any]] | None:
        """The kind of the clicked point, "real" or "generated", and where it stands now, (2,)."""
        if self._chosen is None:
            return None
        kind, index = self._chosen
        return (kind, self._points[kind][index]) if index < len(self._points[kind]) else None

    def set_points(self, kind: str, points: npt.NDArray[Any]) -> None:
        """Know where the points of a kind stand, (n, 2), in their order."""
        self._points[kind] = points

    def choose(self, x: float, y: float, pixel: float, kinds: list[str]) -> bool:
        """Take the point of these kinds that is nearest to a place whose pixels are this large, if one is near."""
        best = None
        for kind in kinds:
            index = nearest(self._points[kind], (x, y), _NEAR * pixel)
            if index is not None:
                apart = float(np.hypot(*(self._points[kind][index] - (x, y))))
                best = min(best or (apart, kind, index), (apart, kind, index))
        self._chosen = None if best is None else (best[1], best[2])
        self.show_way(None)
        return best is not None

    def near(self, x: float, y: float, pixel: float, kind: str) -> tuple[int, npt.NDArray[Any]] | None:
        """The point of a kind that is nearest to a place whose pixels are this large, and its index; None: none is."""
        index = nearest(self._points[kind], (x, y), _NEAR * pixel)
        return None if index is None else (index, self._points[kind][index])

    def clear(self) -> None:
        """Forget points and choice."""
        self._points = dict.fromkeys(self._points, np.empty((0, 2)))
        self._chosen = None
        self.show_way(None)

    def show_way(self, ends: npt.NDArray[Any] | None) -> None:
        """Draw the way (2 ends, 2) from the point to its reconstruction; None: none."""
        self._shown = None if ends is None or not np.isfinite(ends).all() else np.asarray(ends, float)
        self.update()

    @property
    def way(self) -> npt.NDArray[np.float64] | None:
        """What is drawn: (2 ends, 2)."""
        return self._shown

    def draw(self, painter: QPainter, place: npt.NDArray[np.float64]) -> None:
        """Draw the line, a ring at the point and a cross at the reconstruction, on a dark rim."""
        if self._shown is None:
            return
        start, end = (QPointF(*pixel) for pixel in np.clip(self._shown * place[0] + place[1], -FAR, FAR).tolist())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        cross = [QLineF(end + QPointF(-_CROSS, s * _CROSS), end + QPointF(_CROSS, -s * _CROSS)) for s in (1, -1)]
        for colour, width in ((theme.BACKGROUND, 4.5), (theme.TEXT, 1.8)):
            painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(start, end)
            painter.drawLines(cross)
            painter.drawEllipse(start, _RING, _RING)
