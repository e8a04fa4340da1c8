"""The middle of the window: what G makes, the latent sliders, the curves. Everything here needs pyqtgraph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGraphicsView, QSplitter, QVBoxLayout, QWidget

from ganstudio.gui.gallery.inspection import EnergyView
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.alerts import AlertsView, CoverageReadout
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.one_page import OnePage
from ganstudio.gui.parts.panes import Pane
from ganstudio.gui.parts.told_row import ToldRow
from ganstudio.gui.parts.ways_out import grabbed, picture_for
from ganstudio.gui.plots.view import CurvesView
from ganstudio.gui.timeline.bar import TimelineBar
from ganstudio.gui.timeline.pair import Pair
from ganstudio.gui.window.heights import LatentHeight
from ganstudio.gui.window.latent_panel import LatentPanel
from ganstudio.gui.window.marks import CurveMarks
from ganstudio.gui.window.views import VIEWS, all_views, view_for

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QImage, QPixmap

    from ganstudio.experiment import Experiment
    from ganstudio.gui.game.model import Game
    from ganstudio.gui.parts.samples import SampleView
    from ganstudio.training.messages import Adjusted, Covered, Frame, Inspected, Opened, Watch


class Scene(QWidget):
    """Views of a single game. What they want computed they ask of the bridge."""

    def __init__(self, game: Game, put: Callable[[QWidget], None] | None = None) -> None:
        super().__init__()
        # Places first, from the outside in, and then what they hold: whatever is moved is styled anew, with all in it.
        if put is not None:
            put(self)
        self._game = game
        self.past = game.past
        self._samples = OnePage()
        self._build_places()
        self._views: dict[type[SampleView], SampleView] = {}
        self._kept_views: dict[str, Mapping[str, Any]] = {}
        """What was kept of views that are still to be built."""
        self._greeters: list[Callable[[SampleView], object]] = []
        panel = self.latent_panel
        self.latent, self.prior, self.turned = panel.latent, panel.prior, panel.turned
        self.pins, self.strip, self.wanderer = panel.pins, panel.strip, panel.wanderer
        self.curves = CurvesView(game.history, game.estimates)
        self._marks = CurveMarks(self.curves, game)
        self.energy = EnergyView()
        self._examined = ""
        self.alerts, self.coverage = AlertsView(), CoverageReadout()
        self.timeline = TimelineBar(game, game.past)
        self._fill_places()
        self._height = LatentHeight(self._made, game)
        _leave_drops(self)
        self._wire()
        self._view = self._view_of(VIEWS.others)
        self._listen(game)

    def _build_places(self) -> None:
        """What G makes above the latent code, and the curves to the right of both."""
        self.across, self._made = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical)
        self.across.setObjectName("across")
        stacked(self.across, on=self)
        above, curves = QWidget(), QWidget()
        for splitter, parts in ((self.across, (self._made, curves)), (self._made, (above,))):
            for part in parts:
                splitter.addWidget(part)
            splitter.setChildrenCollapsible(False)
        self.latent_panel = LatentPanel(self._game, lambda: self._view, self._made.addWidget)
        self._parts = (above, self.latent_panel, curves)
        self._made.setStretchFactor(0, 1)
        self.across.setSizes([450, 440])
        self.pair = Pair(self._samples, self.past, _another_of)
        self._above = stacked((self.pair, 1), on=above, spacing=0)

    def _fill_places(self) -> None:
        """In a game of energies what D makes of samples stands below these; alerts and coverage above the curves."""
        for part in (self.timeline, self.energy, self.strip):
            self._above.addWidget(part)
        self.energy.hide()
        told = QVBoxLayout()
        told.setContentsMargins(theme.SPACING, theme.SPACING, theme.SPACING, 0)
        told.addWidget(ToldRow(self.alerts, self.coverage))
        stacked(told, (self.curves, 1), on=self._parts[2], spacing=0)

    def _wire(self) -> None:
        self.meet(self._attend)
        self.timeline.branched.connect(self._game.branch)
        self.past.moved.connect(lambda: self.curves.show_cursor(self.past.shown))

    def _attend(self, view: SampleView) -> None:
        view.watch_changed.connect(partial(self._on_watch_changed, view))
        view.examined.connect(self._examine)
        view.walk_wanted.connect(self._game.bridge.walk)
        view.command_wanted.connect(self._game.act)
        self.latent_panel.attend(view)

    def _listen(self, game: Game) -> None:
        game.opened.connect(self._open)
        game.adjusted.connect(self._on_adjusted)
        game.frame.connect(self._on_frame)
        game.walked.connect(lambda walked: self._view.show_walked(walked))
        game.alerted.connect(lambda alerted: self.alerts.show_alerts(alerted.alerts))
        game.covered.connect(self._on_covered)
        game.inspected.connect(self._on_inspected)

    @property
    def samples(self) -> SampleView:
        """Where samples are looked at now."""
        return self._view

    def meet(self, greet: Callable[[SampleView], object]) -> None:
        """Call ``greet`` with each view that samples may be looked at in: now, or when its first game has it built."""
        self._greeters.append(greet)
        for view in self._views.values():
            greet(view)

    def _view_of(self, kind: type[SampleView]) -> SampleView:
        """The view of this kind, built when the first game wants it: most are never seen."""
        if kind not in self._views:
            self._views[kind] = view = kind(self._samples)
            view.setObjectName(kind.__name__)
            self._samples.addWidget(view)
            _leave_drops(view)
            for greet in self._greeters:
                greet(view)
            if (kept := self._kept_views.pop(kind.__name__, None)) is not None:
                view.restore(kept)
        return self._views[kind]

    @property
    def played_in(self) -> tuple[QWidget, QWidget]:
        """The parts where the keyboard is a piano: what G makes, the latent code."""
        return self._parts[0], self._parts[1]

    def panes(self) -> list[Pane]:
        """The parts that F6 goes to: what G makes, the latent code, the curves."""
        made, latent, curves = self._parts
        return [Pane(made, self._view.home), Pane(latent, self.latent.first), Pane(curves)]

    def _open(self, opened: Opened) -> None:
        """Show another game."""
        self.alerts.show_alerts(())
        self.coverage.show_coverage(None, 0)
        self.curves.set_window(opened.experiment.measures.window)
        self._examined = ""
        margin = opened.experiment.objective.energy_margin
        self.energy.setVisible(margin is not None)
        if margin is not None:
            self.energy.open(margin, opened.modality)
        kind = view_for(opened)
        self._view = view = self._view_of(kind)
        view.open(opened)
        self.pair.open(opened)
        self._samples.setCurrentWidget(view)
        self._watch(view.watch())
        self.latent_panel.open(opened)
        between = self.energy.sizeHint().height() if self._has_energies() else 0
        wanted = self.latent_panel.wanted_height
        self._height.open(opened, pictured=view.pictured, between=between, wanted=wanted)
        self.curves.open_game(opened.scalars, opened.experiment, opened.step)
        self._marks.open(opened)

    def _on_frame(self, frame: Frame) -> None:
        """Show what the players look like at the moment that is seen; the sliders' sample comes with it."""
        if not self.past.takes(frame):
            return
        self.pair.show_frame(frame, self._view)
        self.energy.show_frame(frame)
        self._view.show_frame(frame)

    def show_measured(self, figures: Mapping[str, Any]) -> None:
        """Show what was measured of the game where its samples are."""
        self._view.show_measured(figures)

    def _on_adjusted(self, event: Adjusted) -> None:
        """Follow a setting that was changed by hand, and mark the step on the curves."""
        if event.path == "measures.window":
            self.curves.set_window(event.experiment.measures.window)
        if (margin := event.experiment.objective.energy_margin) is not None:
            self.energy.set_margin(margin)
        self.curves.follow_game(event.experiment, event.step, event.scalars)
        self._view.show_settings(event.experiment)
        if event.path.startswith("latent."):
            self._tell_codes(event.experiment)
        self._marks.follow(event)

    def _tell_codes(self, experiment: Experiment) -> None:
        """Call the codes by their present names everywhere."""
        assert self._game.single is not None, "a setting was changed of the game that is open"
        latent = experiment.latent_of_all(self._game.single.modality.shape).with_label(self._game.single.label)
        self.latent.follow(latent)
        self._view.follow(latent)

    def state(self) -> dict[str, Any]:
        """What the views show, and the heights that a person gave them: to be kept."""
        views = self._kept_views | {view.objectName(): view.state() for view in self._views.values()}
        return {"curves": self.curves.controls.state(), "samples": views, "heights": self._height.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show what was kept, as far as it fits."""
        curves, samples = state.get("curves"), state.get("samples")
        if isinstance(curves, Mapping):
            self.curves.controls.restore(curves)
        for kind in all_views():
            if isinstance(samples, Mapping) and isinstance(kept := samples.get(kind.__name__), Mapping):
                if kind in self._views:
                    self._views[kind].restore(kept)
                else:
                    self._kept_views[kind.__name__] = kept
        self._height.restore(state.get("heights"))

    def refresh(self) -> None:
        """Paint the curves as far as they have grown."""
        self.curves.refresh()
        self.coverage.show_step(self._game.step)

    def fit(self) -> None:
        """Bring everything into view."""
        self._view.fit()
        self.curves.fit()

    def picture(self) -> QPixmap:
        """What G makes, as it is shown."""
        return grabbed(self._samples)

    def _on_watch_changed(self, view: QWidget, watch: Watch) -> None:
        # The view of the game before may have its say late, when its zoom has settled; frames are not for it.
        if view is self._samples.currentWidget():
            self._watch(watch)

    def _watch(self, watch: Watch) -> None:
        energies = {"energies"} if self._has_energies() else set()
        self._game.bridge.send(replace(watch, layers=watch.layers | energies))

    def _has_energies(self) -> bool:
        return self._game.single is not None and self._game.single.experiment.objective.energies

    def _examine(self, sample: npt.NDArray[np.generic] | None, kind: str) -> None:
        """Ask what D's autoencoder makes of a sample that was clicked."""
        if sample is None:
            self._view.show_reconstruction(None)
        elif self._has_energies():
            self._examined = kind
            self._game.bridge.inspect(sample[None])

    def _on_inspected(self, inspected: Inspected) -> None:
        if self._examined:
            self.energy.show_inspected(inspected, self._examined)
            self._view.show_reconstruction(np.stack([inspected.samples[0], inspected.reconstructions[0]]))

    def everything(self, room: QSize | None = None) -> QImage:
        """All that G makes, as it is shown; room: drawn with at least as many pixels as fit into that."""
        shown = self._view.shown
        return (grabbed(shown) if room is None else picture_for(shown, room)).toImage()

    def _on_covered(self, covered: Covered) -> None:
        self.coverage.show_coverage(covered.coverage, len(covered.coverage.counts), covered.step)


def _leave_drops(root: QWidget) -> None:
    """Plots would take what is dropped on them for themselves, and do nothing with it."""
    for plot in root.findChildren(QGraphicsView):
        plot.setAcceptDrops(False)
        plot.viewport().setAcceptDrops(False)


def _another_of(opened: Opened) -> SampleView:
    """A view of the game's samples, next to the one that is there."""
    view: SampleView = VIEWS[opened.modality.kind]()
    view.open(opened)
    return view
