"""When what is trained is kept: often while that is cheap, so that a kill or a power cut costs seconds at most."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEAST_SECONDS = 4.5
"""Between two checkpoints, and before the first one."""
SHARE = 25
"""A checkpoint that took t to write is followed by 25 t of training: keeping takes at most 4 % of the time.

Waiting for a processor that other programs have is not counted: where a duel had a sixth of one, writing took half a
second, and a kill would have cost up to 13 s.
"""
_SCHEDULED = Path("/proc/thread-self/schedstat")


class SavingClock:
    """Says when the next checkpoint is due. The time runs while the game is trained: ``restart`` it when that begins.

    now: seconds on a clock that only goes forward. waited: of these, those that the thread waited for a processor.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, waited: Callable[[], float] | None = None) -> None:
        self._now, self._waited = now, waited or waited_for_a_processor
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
        began, waited = self._now(), self._waited()
        try:
            yield
        finally:
            self.restart()
            self._cost = max(0.0, self._since - began - (self._waited() - waited))


def waited_for_a_processor() -> float:
    """Seconds that this thread could have run but for others; 0 where the system does not tell."""
    try:
        return int(_SCHEDULED.read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
