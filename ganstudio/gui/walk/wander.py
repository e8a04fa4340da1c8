"""A random walk that goes on and on: from where the sliders stand to a point of the prior, and then to another."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from ganstudio import walks

if TYPE_CHECKING:
    from ganstudio.gui.latent.view import LatentView
    from ganstudio.gui.walk.player import WalkPlayer

_TICK_MS = 33
_LONGEST = 0.5


class Wanderer(QObject):
    """``at`` carries the point (width,) that it has come to; ``wandering_changed`` whether it goes on.

    Codes, the class and what is locked stay. From point to point it takes the strip's time, at the player's speed.
    """

    at = Signal(object)
    wandering_changed = Signal(bool)

    def __init__(self, latent: LatentView, player: WalkPlayer, parent: QObject) -> None:
        super().__init__(parent)
        self._latent, self._player = latent, player
        self._random = np.random.default_rng()
        self._leg: tuple[walks.Latents, walks.Latents] | None = None
        self._share = self._last = 0.0
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        latent.turns.turned.connect(lambda _turn: self._begin())  # whoever moves it by hand is followed
        player.playing_changed.connect(lambda on: self.wander(False) if on else None)

    @property
    def wandering(self) -> bool:
        """Whether it goes on."""
        return self._timer.isActive()

    def wander(self, on: bool) -> None:
        """Go on, or stand still; without a z there is nowhere to go."""
        spec = self._latent.spec
        on = on and spec is not None and spec.dimensions > 0
        if on and not self.wandering:
            self._player.play(False)
            self._last = time.monotonic()
            self._begin()
            self._timer.start()
        elif not on:
            self._timer.stop()
        self.wandering_changed.emit(on)

    def advance(self, seconds: float) -> None:
        """Go on by so much time of the walk."""
        spec = self._latent.spec
        if spec is None or self._leg is None:
            return
        self._share += seconds / self._player.leg
        if self._share >= 1:
            self._share = 0.0
            self._leg = self._leg[1], self._next(self._leg[1])
        share = self._share**2 * (3 - 2 * self._share)
        point, kept = walks.between(spec, *self._leg, share), sorted(self._latent.locked)
        point[kept] = self._leg[0][kept]  # along a sphere all of z changes
        self.at.emit(point)

    def _begin(self) -> None:
        """A new way, from where the sliders stand."""
        if self._latent.spec is not None:
            here = self._latent.latents
            self._leg, self._share = (here, self._next(here)), 0.0

    def _next(self, here: walks.Latents) -> walks.Latents:
        """Another point: of the prior, but for what stays."""
        spec = self._latent.spec
        assert spec is not None
        there = here.copy()
        free = [one for one in range(spec.dimensions) if one not in self._latent.locked]
        there[free] = walks.draw_z(spec, self._random)[free] * self._latent.truncation
        return there

    def _tick(self) -> None:
        now = time.monotonic()
        passed, self._last = now - self._last, now
        self.advance(min(passed, _LONGEST) * self._player.speed)
