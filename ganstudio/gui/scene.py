"""The middle of the window: what G makes, the latent sliders, the curves. Everything here needs pyqtgraph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGraphicsView, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from ganstudio.gui.views.curves import CurvesView
from ganstudio.gui.views.gallery import GalleryView
from ganstudio.gui.views.latent import LatentView
from ganstudio.gui.views.plane import PlaneView
from ganstudio.training.estimates import EstimateHistory
from ganstudio.training.history import History

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

    from ganstudio.experiment import Experiment
    from ganstudio.gui.bridge import TrainingBridge
    from ganstudio.training.messages import Adjusted, Frame, Opened, Rendered, Watch


SLIDERS_HEIGHT, PICTURE_HEIGHT = 190, 320
FEW = 4
"""Latent dimensions that are few: their sliders fit in two rows, and z = 0 is a typical z."""


class Scene(QWidget):
    """Views of one game. What they want computed they ask of the bridge."""

    def __init__(self, bridge: TrainingBridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._opened: Opened | None = None
        self.history = History()
        self.estimates = EstimateHistory()
        self.plane = PlaneView()
        self.gallery = GalleryView()
        self.latent = LatentView()
        self.curves = CurvesView(self.history, self.estimates)
        self._samples = QStackedWidget()
        self._samples.addWidget(self.plane)
        self._samples.addWidget(self.gallery)
        self._made = made = QSplitter(Qt.Orientation.Vertical)
        made.addWidget(self._samples)
        made.addWidget(self.latent)
        made.setStretchFactor(0, 1)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.addWidget(made)
        across.addWidget(self.curves)
        across.setSizes([520, 420])
        for splitter in (made, across):
            splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(across)
        for view in self.findChildren(QGraphicsView):
            # Plots would take what is dropped on them for themselves, and do nothing with it.
            view.setAcceptDrops(False)
            view.viewport().setAcceptDrops(False)
        self.plane.watch_changed.connect(self._watch)
        self.gallery.watch_changed.connect(self._watch)
        self.gallery.selected.connect(self._pick)
        self.latent.requested.connect(bridge.render)
        self.latent.probe_changed.connect(self.plane.show_probe)
        bridge.rendered.connect(self._on_rendered)

    def open(self, opened: Opened) -> None:
        """Show another game."""
        self._opened = opened
        self.history.clear()
        self.estimates.clear()
        self.history.window = opened.experiment.measures.window
        view = self.gallery if opened.plane is None else self.plane
        view.open(opened)
        self._samples.setCurrentWidget(view)
        self._watch(view.watch())
        self.latent.open(opened.experiment.latent, opened.plane is not None)
        if opened.experiment.latent.dimensions > FEW:
            # In many dimensions the prior's mass lies far from 0, which G was never trained on: begin with a real draw.
            self.latent.set_latents(opened.latents[0])
        # Two sliders need no half of the window; a hundred, or a picture with its filmstrip, are glad of it.
        low = (
            SLIDERS_HEIGHT
            if opened.plane is not None and opened.experiment.latent.dimensions <= FEW
            else PICTURE_HEIGHT
        )
        self._made.setSizes([max(self._made.height() - low, low), low])
        self.curves.clear_marks()
        self._tell_game(opened.experiment)
        self.curves.fit()

    def show_frame(self, frame: Frame) -> None:
        """Show what the players look like now; the sliders' sample keeps up with them."""
        (self.gallery if self._opened and self._opened.plane is None else self.plane).show_frame(frame)
        self.latent.request()

    def adjusted(self, event: Adjusted) -> None:
        """Follow a setting that was changed by hand, and mark the step on the curves."""
        if event.path == "measures.window":
            self.history.window = event.experiment.measures.window
        self._tell_game(event.experiment)
        value = event.value.get("kind", "") if isinstance(event.value, Mapping) else event.value
        self.curves.mark(event.step, f"{event.path} = {value}")

    def _tell_game(self, experiment: Experiment) -> None:
        self.curves.set_game(experiment.objective.kind, noise=experiment.schedule.instance_noise > 0)

    def refresh(self) -> None:
        """Paint the curves as far as they have grown."""
        self.curves.refresh()

    def fit(self) -> None:
        """Bring everything into view."""
        self.plane.fit()
        self.curves.fit()

    def step(self) -> int:
        """The last step that is known here."""
        if len(self.history):
            return int(self.history.step[-1])
        return self._opened.step if self._opened else 0

    def picture(self) -> QPixmap:
        """What G makes, as it is shown."""
        return self._samples.grab()

    def _watch(self, watch: Watch) -> None:
        self._bridge.send(watch)

    def _on_rendered(self, rendered: Rendered) -> None:
        self.latent.show_rendered(rendered)

    def _pick(self, index: int) -> None:
        if self._opened is not None and index < len(self._opened.latents):
            self.latent.set_latents(self._opened.latents[index])
