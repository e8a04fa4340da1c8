"""When what is trained is kept: often while that is cheap, so that a kill or a power cut costs seconds at most."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEAST_SECONDS = 4.5
"""Between two checkpoints, and before the first one."""
SHARE = 12
"""A checkpoint that took t to write is followed by 12 t of training: keeping takes at most 8 % of the time.

With 25 t a duel that had to share its processors, where writing takes a third of a second, lost up to 8 s to a kill.
"""


class SavingClock:
    """Says when the next checkpoint is due. The time runs while the game is trained: ``restart`` it when that begins.

    now: seconds on a clock that only goes forward.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._cost = 0.0
        self.restart()

    def restart(self) -> None:
        """Count the time to the next checkpoint from now."""
        self._since = self._now()

    def is_due(self, at_most: float) -> bool:
        """Whether it is time: at the latest ``at_most`` seconds after the last one, as the experiment allows."""
        return self._now() - self._since >= min(at_most, max(LEAST_SECONDS, SHARE * self._cost))

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Write a checkpoint meanwhile: how long that takes says when the next one is due, counted from its end.

        One that fails counts too: on a full disk the next try is not at the very next step.
        """
        began = self._now()
        try:
            yield
        finally:
            self.restart()
            self._cost = self._since - began
