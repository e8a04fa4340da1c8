"""The x axis that plots share: which part of it is seen, and where the mouse is on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.gui.plots import scale

if TYPE_CHECKING:
    import numpy.typing as npt

_LEAST_STEPS, _LEAST_SECONDS = 10.0, 1.0
_LEAST_SEEN_STEPS, _LEAST_SEEN_SECONDS = 4.0, 0.05


class PlotAxis:
    """All of a run as it grows, or a part of it that was chosen. Steps, or seconds where it is ``by_time``.

    Its methods are told the places x (n,) of the rows, rising, as they are now. ``pointer``: the mouse, in its units.
    """

    def __init__(self) -> None:
        self.by_time = False
        self.following = True
        self.range = (0.0, _LEAST_STEPS)
        self.pointer: float | None = None

    def whole(self, x: npt.NDArray[np.float64]) -> tuple[float, float]:
        """From the run's beginning to just beyond its end."""
        least = _LEAST_SECONDS if self.by_time else _LEAST_STEPS
        return scale.whole_run(float(x[0]), float(x[-1]), least) if len(x) else (0.0, least)

    def follow(self, x: npt.NDArray[np.float64]) -> tuple[float, float]:
        """Return what is seen now: of a run that is followed the whole."""
        if self.following:
            self.range = self.whole(x)
        return self.range

    def look_at(self, low: float, high: float, x: npt.NDArray[np.float64]) -> None:
        """See this range as far as it lies within the run, and stay there; of the whole run, follow it."""
        if not (np.isfinite(low) and np.isfinite(high)):
            return
        first, last = self.whole(x)
        least = _LEAST_SEEN_SECONDS if self.by_time else _LEAST_SEEN_STEPS
        wide = min(max(high - low, least), last - first)
        low = min(max((low + high - wide) / 2.0, first), last - wide)
        self.following = wide >= last - first
        self.range = (low, low + wide)

    def nearest(self, x: npt.NDArray[np.float64]) -> int | None:
        """Return the row nearest the mouse; None without a mouse or rows."""
        if not len(x) or self.pointer is None:
            return None
        right = min(int(np.searchsorted(x, self.pointer)), len(x) - 1)
        return right if right == 0 or x[right] - self.pointer < self.pointer - x[right - 1] else right - 1
