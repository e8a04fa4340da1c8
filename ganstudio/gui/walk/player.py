"""Walks over the pins in time: live, while G learns."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from ganstudio.gui.walk.pins import Pins

_TICK_MS = 33
SPEEDS = (0.1, 8.0)
_STEP = 1.25


class WalkPlayer(QObject):
    """``at`` carries the point (d,) that it has come to; ``playing_changed`` whether it goes on; ``ended`` its end."""

    at = Signal(object)
    playing_changed = Signal(bool)

    def __init__(self, pins: Pins) -> None:
        super().__init__(pins)
        self._pins = pins
        self.seconds = 0.0
        """How far on the walk it is."""
        self.speed = 1.0
        self._last = 0.0
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        pins.changed.connect(self._follow)

    @property
    def playing(self) -> bool:
        """Whether it goes on."""
        return self._timer.isActive()

    @property
    def leg(self) -> float:
        """Seconds from pin to pin, at speed 1."""
        return self._pins.seconds

    def play(self, on: bool) -> None:
        """Go on, or stand still; of fewer than two pins there is no way."""
        on = on and self._pins.walk is not None
        if on == self.playing:
            self.playing_changed.emit(on)
            return
        if on:
            walk = self._pins.walk
            assert walk is not None
            if not walk.loop and self.seconds >= walk.length:
                self.seconds = 0.0
            self._last = time.monotonic()
            self._timer.start()
        else:
            self._timer.stop()
        self.playing_changed.emit(on)

    def set_speed(self, speed: float) -> None:
        """Walk so many times as fast, 0.1 to 8."""
        self.speed = min(max(speed, SPEEDS[0]), SPEEDS[1])

    def faster(self, steps: int) -> None:
        """Walk a quarter faster for each step; slower for negative ones."""
        self.set_speed(self.speed * _STEP**steps)

    def go_to(self, place: int) -> None:
        """Go on from a pin."""
        self.seconds = place * self._pins.seconds

    def advance(self, seconds: float) -> None:
        """Go on by so much time of the walk."""
        walk = self._pins.walk
        if walk is None:
            self.play(False)
            return
        self.seconds += seconds
        self.at.emit(walk.at(self.seconds))
        if not walk.loop and self.seconds >= walk.length:
            self.play(False)

    def _tick(self) -> None:
        now = time.monotonic()
        passed, self._last = now - self._last, now
        self.advance(min(passed, 0.5) * self.speed)

    def _follow(self) -> None:
        if self._pins.walk is None:
            self.play(False)
