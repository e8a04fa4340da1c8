"""The plane: real and generated points, what D says and ought to say, the steps that G's points feel, G's grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import action, muted_label, row, step_text
from ganstudio.gui.parts.samples import SampleView
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.plane.arrows import MINIMAX_UPDATES, OWN_UPDATE, ArrowLegend, Arrows, VanishingGauge
from ganstudio.gui.plane.choices import PlaneChoices
from ganstudio.gui.plane.heat import HEATS, energy_heat, heat_of
from ganstudio.gui.plane.inspect import Reconstruction
from ganstudio.gui.plane.judged import Judged
from ganstudio.gui.plane.layers import Bounds, Manifold, Points
from ganstudio.gui.plane.link import PriorLink
from ganstudio.gui.plane.plot import AXIS, PlanePlot
from ganstudio.gui.plane.probe import Probe
from ganstudio.gui.text.numbers import signed
from ganstudio.presets import judged
from ganstudio.training.messages import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QMenu

    from ganstudio.training.messages import Frame, Opened

_SETTLE_MS = 120  # a zoom or pan is over when nothing has moved for so long
_LOW = 100  # pixels of height that the plot keeps
_LEGEND = 0.5  # of the plot's height is the most that the arrows' legend may take
_ENERGY = ("energy",)  # all that an autoencoder says; there is no D* of energies
_EMPTY = "No data yet: choose a preset or drop a file of points"


class PlaneView(SampleView):
    """One plot with layers that are switched in its header.

    ``watch_changed`` carries the layers that are shown and the part of the plane that is visible, so that only what is
    seen is computed. It is emitted at once for a layer, and when the movement has settled for a zoom.
    """

    pictured = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._home: Bounds | None = None
        self._opened: Opened | None = None
        self.choices = PlaneChoices(self)
        self.judged = Judged(self.choices, 0)
        self._real = Points(1, theme.REAL, 4.2)
        self._manifold = Manifold(2, theme.GENERATOR)
        self._generated = Points(3, theme.FAKE, 3.6)
        self._arrows = Arrows(4)
        self._probe = Probe(5)
        self._link = PriorLink(6)
        self._examined = Reconstruction(7)
        self._points = {"generated": self._generated, "real": self._real}
        marks = (self._arrows, self._probe, self._link, self._examined)
        self._layers = (self.judged.landscape, self._real, self._manifold, self._generated, *marks)
        self._build_plot()
        self._gauge = VanishingGauge()
        self._step, self._hover = muted_label(), muted_label()
        # The readout is as long as it is: it must not push the window wider.
        self._hover.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._hover.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._step.setAccessibleName("Step of the picture")
        self._fit = action("Fit", "Back to where the data lies. The wheel zooms, dragging moves")
        self._fit.clicked.connect(self.fit)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._emit_watch)
        self._arrange()
        self._show_layers()
        self.judged.show()
        self._show_arrows()
        choices = self.choices
        choices.layers_changed.connect(self._show_layers)
        choices.heat_changed.connect(self.judged.show)
        choices.arrows_changed.connect(self._show_arrows)
        choices.needs_changed.connect(self._emit_watch)
        choices.manifold_shown.connect(self.grid_shown)
        self._plot.getViewBox().sigRangeChanged.connect(self._on_range_changed)

    # --- what the window calls ---

    def open(self, opened: Opened) -> None:
        """Show the real points of a freshly opened experiment and forget the last one's."""
        assert opened.plane is not None, "the plane shows two-dimensional data"
        self._opened = opened
        self._real.set_points(opened.real)
        self._examined.clear()
        self._examined.set_points("real", opened.real)
        self._generated.set_points(np.empty((0, 2)))
        self._manifold.set_grid(np.empty((0, 0, 2)))
        self.judged.clear()
        self._show_past(past=False)
        self._arrows.clear()
        objective = opened.experiment.objective
        self.choices.offer_arrows(MINIMAX_UPDATES if objective.updates else OWN_UPDATE)
        if objective.energy_margin is not None:
            self._set_margin(objective.energy_margin)
        self.choices.describe_heat("landscape", heat_of(opened.experiment))
        alone = ("landscape",) if judged(opened.experiment) else tuple(HEATS)
        self.choices.offer_heats(_ENERGY if objective.energies else alone)
        self._probe.set_probe(None, None)
        self._link.set_point(None)
        self._home = opened.plane
        for layer in self._layers:
            layer.set_reach(opened.plane)
        self._step.setText(step_text(opened.step))
        self._show_arrows()
        self._empty.hide()
        self._plot.limit_zoom(opened.plane)
        self.fit()
        self._emit_watch()

    def show_frame(self, frame: Frame) -> None:
        """Show the layers that a frame brings; those that it lacks stay as they are."""
        layers = frame.layers
        self._show_past(frame.past)
        if (points := layers.get("generated")) is not None:
            self._generated.set_points(points)
            self._examined.set_points("generated", points)
        if (grid := layers.get("manifold")) is not None:
            self._manifold.set_grid(grid, layers.get("manifold_density"))
        if (vectors := layers.get("arrows")) is not None:
            self._set_arrows(vectors, layers.get("vanishing"))
        if (margin := layers.get("margin")) is not None:
            self._set_margin(float(margin))
        self._step.setText(step_text(frame.step) + self.judged.take(frame, self._home))
        if self._examined.chosen is not None:
            self._examine()

    def _show_past(self, past: bool) -> None:
        """Of a moment of the past there is no D: what is of now is not shown next to what G made then."""
        if past != self.judged.past:
            self.judged.show_past(past)
            self._arrows.setVisible(not past)

    def _set_arrows(self, vectors: npt.NDArray[Any], vanishing: npt.NDArray[Any] | None) -> None:
        self._arrows.set_vectors(vectors)
        # The objective may be changed while training: the frame knows whose arrows they are.
        self.choices.offer_arrows(self._arrows.updates)
        if vanishing is not None:
            self._gauge.set_ratio(float(vanishing))
        self._show_arrows()

    def _set_margin(self, margin: float) -> None:
        """Measure energies by this margin, which may be changed while training."""
        self.choices.describe_heat("energy", energy_heat(margin))

    def show_probe(self, point: npt.NDArray[Any] | None, trace: npt.NDArray[Any] | None, name: str = "") -> None:
        """Mark G(z) of the latent sliders (2,) and the path (n, 2) of the one of this name; None: no mark."""
        self._probe.set_probe(point, trace, name)

    def show_mark(self, point: npt.NDArray[Any] | None) -> None:
        """Mark G(z) (2,) of the z that the mouse is on in the prior; None: no mark."""
        self._link.set_point(point)

    def show_reconstruction(self, ends: npt.NDArray[Any] | None) -> None:
        """Draw the way (2 ends, 2) from the point that was clicked to where D's autoencoder takes it; None: no way."""
        self._examined.show_way(ends)

    def watch(self) -> Watch:
        """Which layers are shown, over which part of the plane."""
        return Watch(self.choices.needed(), None if self._home is None else self._plot.seen())

    @property
    def shown(self) -> QWidget:
        """The plane itself."""
        plot: QWidget = self._plot
        return plot

    def mirror(self, other: SampleView) -> None:
        """Show the same layers and the same part of the plane as another one."""
        super().mirror(other)
        if isinstance(other, PlaneView):
            self._plot.look_at(other._plot.seen(), padding=0)

    def fit(self) -> None:
        """Show all of the data, as large as fits."""
        if self._home is not None:
            self._plot.look_at(self._home)

    def state(self) -> dict[str, Any]:
        """The layers, heat map and arrows that are chosen."""
        return self.choices.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Choose those that were kept."""
        self.choices.restore(state)

    def set_layer(self, name: str, on: bool) -> None:
        """Switch "real", "generated", "manifold", a heat map or an update's arrows, by the name that they have."""
        self.choices.switch(name, on)

    # --- how it is built ---

    def _build_plot(self) -> None:
        self._plot = PlanePlot(self._layers)
        self._plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self._plot.scene().sigMouseClicked.connect(self._on_clicked)
        self._plot.installEventFilter(self)
        self._plot.setMinimumHeight(_LOW)
        WaysOut(self._plot, "Plane", drawn=True, dragged=False).offers = self._offer
        self._legend = ArrowLegend(self._plot)
        self._legend.move(AXIS + theme.SPACING, theme.SPACING)
        self._empty = QLabel(_EMPTY, self._plot, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty.setStyleSheet(f"color: {theme.MUTED}; background: {theme.BACKGROUND};")

    def _arrange(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._plot, 1)
        middle.addWidget(self.judged.bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.SPACING] * 4)
        layout.setSpacing(theme.SPACING - 2)
        layout.addLayout(self.choices.row())
        layout.addLayout(middle, 1)
        layout.addWidget(self._gauge)
        foot = row(self._step, self._hover, self._fit)
        foot.setStretch(1, 1)
        layout.addLayout(foot)

    # --- what happens to it ---

    def event(self, event: QEvent) -> bool:
        """Ask for room for all rows of chips: a splitter knows of one."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            layout = self.layout()
            least = 0 if layout is None else layout.minimumHeightForWidth(self.width())
            if least != self.minimumHeight():
                self.setMinimumHeight(least)
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the empty text over the whole plot, and forget the readout when the mouse leaves."""
        if event.type() == QEvent.Type.Resize:
            self._empty.resize(self._plot.size())
            self._place_legend()
        elif event.type() == QEvent.Type.Leave:
            self._hover.clear()
            self.pointed.emit(None)
        return super().eventFilter(watched, event)

    def _place_legend(self) -> None:
        """In a low plot the arrows themselves are wanted; the menu that they are chosen in has their colours too."""
        self._legend.give_room(self._plot.height() * _LEGEND)

    def _show_layers(self) -> None:
        for name, layer in (*self._points.items(), ("manifold", self._manifold)):
            layer.setVisible(self.choices.layers[name].isChecked())

    def _show_arrows(self) -> None:
        chosen = self.choices.arrows
        self._arrows.show_updates(chosen)
        self._legend.show_arrows(self._arrows)
        self._place_legend()
        self._gauge.setVisible(bool(chosen & MINIMAX_UPDATES.keys()))

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
            self.pointed.emit(None)
            return
        point = box.mapSceneToView(place)
        near = self._examined.near(point.x(), point.y(), box.viewPixelSize()[0], "generated")
        self.pointed.emit(near[0] if near is not None and self._generated.isVisible() else None)
        told = f"x = ({point.x():.2f}, {point.y():.2f}){self.judged.verdict(point.x(), point.y())}"
        self._hover.setText(signed(told))

    def _offer(self, menu: QMenu, place: QPoint) -> None:
        """Offer what can be done with the point that a menu opens at."""
        box, opened = self._plot.getViewBox(), self._opened
        if self.offers is None or opened is None:
            return
        point = box.mapSceneToView(self._plot.mapToScene(place))
        pixel = box.viewPixelSize()[0]
        for kind, layer in self._points.items():
            if layer.isVisible() and (found := self._examined.near(point.x(), point.y(), pixel, kind)) is not None:
                index, sample = found
                made = kind == "generated" and index < len(opened.latents)
                self.offers(menu, sample, opened.latents[index] if made else None)
                return

    def _on_clicked(self, click: Any) -> None:
        """Take the point that was clicked; a click beside all points takes none."""
        box = self._plot.getViewBox()
        if click.button() == Qt.MouseButton.LeftButton and box.sceneBoundingRect().contains(click.scenePos()):
            point = box.mapSceneToView(click.scenePos())
            shown = [kind for kind in ("real", "generated") if self._points[kind].isVisible()]
            self._examined.choose(point.x(), point.y(), box.viewPixelSize()[0], shown)
            self._examine()

    def _examine(self) -> None:
        kind, point = self._examined.chosen or ("", None)
        self.examined.emit(point, kind)
