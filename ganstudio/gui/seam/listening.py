"""How long the training has given no sign of life, and what it was doing when it last did. Knows no window."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.training.messages import Pulse

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.training.messages import AnyEvent

STARTING_SECONDS = 180.0
"""Until a new process says its first word: it loads torch, on a slow disk for minutes."""
SILENT_SECONDS = 5.0
"""The process says something every second, whatever its training does: after this long it is told that it does not."""
HANGING_SECONDS = 8.0
"""And after this long it is offered to end it."""
LONG_SECONDS = 10.0
"""A step, or the opening of a game, that takes longer is told of; it is no fault."""
ENDLESS_SECONDS = 180.0
"""A single step that takes longer may never end."""


@dataclass(frozen=True)
class Quiet:
    """The training gives no news. doing: what it is busy with; "": not even its process answers.

    hangs: whether that is so long that somebody may want to end it.
    """

    seconds: float
    doing: str
    hangs: bool


class Listening:
    """Told of every event, from any thread; asked from the window's. now: seconds on a clock that only goes forward."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self.starting, self.silent, self.hanging = STARTING_SECONDS, SILENT_SECONDS, HANGING_SECONDS
        self.long, self.endless = LONG_SECONDS, ENDLESS_SECONDS
        self.begin()

    def begin(self) -> None:
        """A new process starts."""
        self._begun = self._now()
        self._heard: float | None = None
        self._pulse: tuple[Pulse, float] | None = None

    def hear(self, event: AnyEvent) -> None:
        """Something came."""
        self._heard = self._now()
        if isinstance(event, Pulse):
            self._pulse = event, self._heard

    def quiet(self) -> Quiet | None:
        """Whether there is no news, and for how long; None where all is well."""
        now = self._now()
        if self._heard is None:
            waited = now - self._begun
            return Quiet(waited, "", hangs=True) if waited > self.starting else None
        if (silence := now - self._heard) > self.silent:
            return Quiet(silence, "", hangs=silence > self.hanging)
        if self._pulse is not None:
            pulse, came = self._pulse
            busy = pulse.seconds + now - came
            if pulse.doing and busy > self.long:
                return Quiet(busy, pulse.doing, hangs=pulse.doing == "step" and busy > self.endless)
        return None
