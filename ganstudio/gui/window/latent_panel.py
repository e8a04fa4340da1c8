"""Below what G makes: the sliders and the prior's own plane, the pins and the walks, and what they ask of G."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QWidget

from ganstudio.gui.latent.prior import PriorView
from ganstudio.gui.latent.view import LatentView
from ganstudio.gui.parts.laid import in_line
from ganstudio.gui.walk.pins import Pins
from ganstudio.gui.walk.strip import WalkStrip
from ganstudio.gui.walk.wander import Wanderer
from ganstudio.gui.window.heights import FEW
from ganstudio.gui.window.turned import TurnedSamples
from ganstudio.training.messages import Adjust

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.parts.samples import SampleView
    from ganstudio.training.messages import Opened, Rendered


class LatentPanel(QWidget):
    """Prior and sliders side by side; the strip of pins stands where the scene puts it.

    seen: the view of samples. put: gives the panel its place.
    """

    def __init__(self, game: Game, seen: Callable[[], SampleView], put: Callable[[QWidget], None]) -> None:
        super().__init__()
        put(self)  # before it is filled: whatever is moved is styled anew, with all that is in it
        self._game, self._seen = game, seen
        self.latent = LatentView()
        self.pins = Pins(self)
        self.strip = WalkStrip(self.pins)
        self.wanderer = Wanderer(self.latent, self.strip.player, self)
        self.prior = PriorView()
        self.turned = TurnedSamples(game, self, nearest=lambda: seen().nearest_wanted)
        self._side_by_side = in_line(self.prior, (self.latent, 1), on=self, spacing=0)
        self._wire()

    def _wire(self) -> None:
        latent, prior, strip = self.latent, self.prior, self.strip
        latent.requested.connect(self._on_requested)
        latent.renamed.connect(self._on_renamed)
        latent.head.pin_wanted.connect(self.pin)
        strip.chosen.connect(lambda latents: latent.set_latents(latents, "Pin"))
        strip.player.at.connect(latent.walk_to)
        self.wanderer.at.connect(latent.walk_to)
        latent.head.wander.toggled.connect(self.wanderer.wander)
        self.wanderer.wandering_changed.connect(latent.head.show_wandering)
        self.pins.changed.connect(self._tell_pins)
        prior.picked.connect(latent.set_z)
        prior.hovered.connect(lambda z: self.turned.point_at(z, shown=not self._seen().pictured))
        self.turned.rendered.connect(self._on_rendered)
        self.turned.marked.connect(lambda sample: self._seen().show_mark(sample))
        self._game.scalars.connect(self._show_information)
        self._game.group_opened.connect(lambda _event: self._rest())

    def attend(self, view: SampleView) -> None:
        """Follow what is chosen in a view of samples, while it is the one that is seen."""
        view.nearest_changed.connect(self.turned.ask)
        view.selected.connect(self._pick)
        view.picked.connect(self.latent.set_latents)
        view.pointed.connect(self.prior.show_linked)
        view.grid_shown.connect(self.prior.show_grid)
        self.latent.probe_changed.connect(view.show_probe)

    def open(self, opened: Opened) -> None:
        """Begin with another game, whose samples' view is seen by now."""
        latent = opened.latent
        self.turned.forget()
        self._rest()
        self.pins.open(latent)
        self._tell_pins()
        self.prior.setVisible(self.prior.available(latent))
        self.prior.open(latent, opened.latents[:, : latent.dimensions])
        self.latent.open(latent, opened.modality, pictured=self._seen().pictured)
        if latent.dimensions > FEW:
            # In many dimensions the prior's mass lies far from 0, which G was never trained on: begin with a real draw.
            self.latent.begin_at(opened.latents[0])

    def _rest(self) -> None:
        """Another game has come, or several, which have no sliders: nothing goes on by itself."""
        self.strip.player.play(False)
        self.wanderer.wander(False)

    @property
    def wanted_height(self) -> int:
        """In which no slider would have to be scrolled to, with a prior next to them or none; pixels."""
        self._side_by_side.activate()  # either may have come just now
        return self.latent.wanted_height

    def pin(self) -> None:
        """Keep what the sliders make on the strip."""
        if self._game.single is not None and len(self.latent.latents):
            self.pins.add(self.latent.latents, self.turned.picture())

    def _tell_pins(self) -> None:
        """Where sheets are made, the first four are corners of one."""
        self._seen().set_pins(self.pins.points, [pin.name for pin in self.pins.all])

    def _on_requested(self, latents: npt.NDArray[np.float32]) -> None:
        self.prior.set_current(self.latent.z)
        self._seen().set_latents(latents[0])
        self.turned.request(latents)

    def _on_rendered(self, rendered: Rendered) -> None:
        self.latent.show_rendered(rendered)
        self._seen().show_turned(rendered.samples[0])
        if rendered.nearest is not None or rendered.nearest_later or rendered.nearest_refused:
            self._seen().show_nearest(rendered.nearest, rendered.nearest_refused)

    def _on_renamed(self, index: int, name: str) -> None:
        self._game.act(Adjust(f"latent.codes.{index}.name", name))

    def _show_information(self) -> None:
        """Tell beside each code what samples tell of it."""
        opened, history = self._game.single, self._game.history
        told = [scalar.name for scalar in opened.scalars if scalar.plot == "Information"] if opened else []
        if told and len(history):
            self.latent.set_information(np.array([history.latest(name) for name in told]))

    def _pick(self, index: int) -> None:
        if self._game.single is not None and index < len(self._game.single.latents):
            self.turned.like = index
            self._seen().set_like(index)
            self.latent.set_latents(self._game.single.latents[index])
