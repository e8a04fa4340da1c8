"""How fast the training goes: steps a second over the last few seconds of training."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SPAN_SECONDS = 3.0


class Pace:
    """Fed with rows of scalars; knows the speed and the time spent training."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, float]] = deque()
        self.seconds = 0.0

    def clear(self, seconds: float) -> None:
        """Begin anew with a run that has trained for so long."""
        self._marks.clear()
        self.seconds = seconds

    def add(self, rows: np.ndarray) -> None:
        """Take over rows of (step, seconds, ...)."""
        self._marks.append((float(rows[-1, 0]), float(rows[-1, 1])))
        self.seconds = float(rows[-1, 1])
        while len(self._marks) > 2 and self.seconds - self._marks[1][1] > SPAN_SECONDS:
            self._marks.popleft()

    def speed(self) -> float | None:
        """Steps a second; None while too little is known."""
        if len(self._marks) < 2:
            return None
        (first, began), (last, ended) = self._marks[0], self._marks[-1]
        return (last - first) / (ended - began) if ended > began else None
