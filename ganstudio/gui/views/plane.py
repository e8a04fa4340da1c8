"""The plane: real and generated points, D's landscape and G's grid, for two-dimensional data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ganstudio.gui import theme
from ganstudio.gui.views._chips import Chip, action, muted_label, row, step_text
from ganstudio.gui.views._plane_layers import Bounds, ColourBar, Landscape, Manifold, Points, Probe
from ganstudio.training.messages import Watch

if TYPE_CHECKING:
    from ganstudio.training.messages import Frame, Opened

_SETTLE_MS = 120  # a zoom or pan is over when nothing has moved for so long
_EMPTY = "No data yet: choose a preset or drop a file of points"


class PlaneView(QWidget):
    """One plot with layers that are switched in its header.

    ``watch_changed`` carries a ``Watch``: the layers that are shown and the part of the plane that is visible, so that
    only what is seen is computed. It is emitted at once for a layer, and when the movement has settled for a zoom.
    """

    watch_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._home: Bounds | None = None
        self._landscape = Landscape(0)
        self._real = Points(1, theme.REAL, 4.2)
        self._manifold = Manifold(2, theme.GENERATOR)
        self._generated = Points(3, theme.FAKE, 3.4)
        self._probe = Probe(4)
        self._layers = (self._landscape, self._real, self._manifold, self._generated, self._probe)
        self._build_chips()
        self._build_plot()
        self._bar = ColourBar()
        self._step, self._hover = muted_label(), muted_label()
        self._step.setAccessibleName("Step of the picture")
        self._fit = action("Fit", "Back to where the data lies. The wheel zooms, dragging moves")
        self._fit.clicked.connect(self.fit)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._emit_watch)
        self._arrange()
        self._show_layers()
        self._plot.getViewBox().sigRangeChanged.connect(self._on_range_changed)

    # --- what the window calls ---

    def open(self, opened: Opened) -> None:
        """Show the real points of a freshly opened experiment and forget the last one's."""
        assert opened.plane is not None, "the plane shows two-dimensional data"
        self._real.set_points(opened.real)
        self._generated.set_points(np.empty((0, 2)))
        self._manifold.set_grid(np.empty((0, 0, 2)))
        self._landscape.clear()
        self._probe.set_probe(None, None)
        self._home = opened.plane
        for layer in self._layers:
            layer.set_reach(opened.plane)
        self._step.setText(step_text(opened.step))
        self._empty.hide()
        self._limit_zoom(opened.plane)
        self.fit()
        self._emit_watch()

    def show_frame(self, frame: Frame) -> None:
        """Show the layers that a frame brings; those that it lacks stay as they are."""
        layers = frame.layers
        if (points := layers.get("generated")) is not None:
            self._generated.set_points(points)
        if (grid := layers.get("manifold")) is not None:
            self._manifold.set_grid(grid)
        bounds = frame.bounds or self._home
        if (values := layers.get("landscape")) is not None and bounds is not None:
            self._landscape.set_values(values, bounds)
        self._step.setText(step_text(frame.step))

    def show_probe(self, point: npt.NDArray[Any] | None, trace: npt.NDArray[Any] | None) -> None:
        """Mark G(z) of the latent sliders (2,) and the path (n, 2) of the one that moved last; None: no mark."""
        self._probe.set_probe(point, trace)

    def watch(self) -> Watch:
        """Which layers are shown, over which part of the plane."""
        return Watch(
            frozenset(name for name, chip in self._computed.items() if chip.isChecked()),
            None if self._home is None else self.visible_bounds(),
        )

    def visible_bounds(self) -> Bounds:
        """(x_low, x_high, y_low, y_high) of the plane that is on the screen."""
        (left, right), (low, high) = self._plot.getViewBox().viewRange()
        return (left, right, low, high)

    def fit(self) -> None:
        """Show all of the data, as large as fits."""
        if self._home is not None:
            left, right, low, high = self._home
            self._plot.getViewBox().setRange(xRange=(left, right), yRange=(low, high), padding=0.02)

    def set_layer(self, name: str, on: bool) -> None:
        """Switch one of "real", "generated", "landscape", "manifold"."""
        self._chips[name].setChecked(on)

    # --- how it is built ---

    def _build_chips(self) -> None:
        self._chips = {
            "real": Chip("Real", "Points of the data", theme.REAL),
            "generated": Chip("Generated", "Points that G makes from random z", theme.FAKE),
            "landscape": Chip(
                "Landscape", "D(x): where D says generated (amber) or real (teal)", theme.FAKE, theme.REAL
            ),
            "manifold": Chip("Manifold", "Where G sends a regular grid of z", theme.GENERATOR),
        }
        self._computed = {name: chip for name, chip in self._chips.items() if name != "real"}
        for name, chip in self._chips.items():
            chip.setChecked(name != "manifold")
            chip.toggled.connect(self._show_layers)
        for chip in self._computed.values():
            chip.toggled.connect(self._emit_watch)

    def _build_plot(self) -> None:
        self._plot = pg.PlotWidget(background=theme.BACKGROUND)
        self._plot.setFrameShape(QFrame.Shape.NoFrame)
        item = self._plot.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(theme.BORDER)
            axis.setTextPen(theme.MUTED)
            axis.setStyle(tickLength=4)
        item.getAxis("left").setWidth(40)  # fixed, so that the plot does not jump with the number of digits
        box = item.getViewBox()
        box.setAspectLocked(True)
        box.disableAutoRange()
        for layer in self._layers:
            box.addItem(layer, ignoreBounds=True)
        self._plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self._plot.installEventFilter(self)
        self._empty = QLabel(_EMPTY, self._plot, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty.setStyleSheet(f"color: {theme.MUTED}; background: {theme.BACKGROUND};")

    def _arrange(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._plot, 1)
        middle.addWidget(self._bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.SPACING] * 4)
        layout.setSpacing(theme.SPACING - 2)
        layout.addLayout(row(*self._chips.values(), None, self._fit))
        layout.addLayout(middle, 1)
        layout.addLayout(row(self._step, None, self._hover))

    # --- what happens to it ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the empty text over the whole plot, and forget the readout when the mouse leaves."""
        if event.type() == QEvent.Type.Resize:
            self._empty.resize(self._plot.size())
        elif event.type() == QEvent.Type.Leave:
            self._hover.clear()
        return super().eventFilter(watched, event)

    def _show_layers(self) -> None:
        items = {"real": self._real, "generated": self._generated, "manifold": self._manifold}
        for name, layer in (items | {"landscape": self._landscape}).items():
            layer.setVisible(self._chips[name].isChecked())
        self._bar.setVisible(self._chips["landscape"].isChecked())

    def _emit_watch(self) -> None:
        self._settle.stop()
        self.watch_changed.emit(self.watch())

    def _on_range_changed(self) -> None:
        if self._home is not None:
            self._settle.start()

    def _on_mouse_moved(self, place: QPointF) -> None:
        box = self._plot.getViewBox()
        if self._home is None or not box.sceneBoundingRect().contains(place):
            self._hover.clear()
            return
        point = box.mapSceneToView(place)
        verdict = self._landscape.value_at(point.x(), point.y()) if self._landscape.isVisible() else None
        told = "" if verdict is None else f"    D(x) = {verdict:.2f}"
        self._hover.setText(f"x = ({point.x():.2f}, {point.y():.2f}){told}".replace("-", "\u2212"))

    def _limit_zoom(self, home: Bounds) -> None:
        span = max(home[1] - home[0], home[3] - home[2])
        self._plot.getViewBox().setLimits(
            minXRange=span * 1e-4, minYRange=span * 1e-4, maxXRange=span * 100, maxYRange=span * 100
        )
