"""The scalars of a run, kept in columns: what plots and readouts take their numbers from. No torch, no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ganstudio.measurements import MovingError, jsd_bound
from ganstudio.training.messages import SCALARS
from ganstudio.training.records.smoothed import SmoothedRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.training.records.columns import Column, Doubles, Kinds

BAND = 2.0  # standard errors on either side of the bound: about 95 %


_VALUE = "value"


class BoundCurves(NamedTuple):
    """The lower bound log 2 + V/2 on the JSD, nats, one entry a row: moving average, and two standard errors about it.

    NaN where it is not known: average before the first V, low and high before the third.
    """

    average: Column
    low: Column
    high: Column


class History(SmoothedRows):
    """Append-only store of a run's scalars, rows as in ``messages.Scalars``: step, seconds, and numbers by name."""

    def __init__(self, window: int = 200, names: Sequence[str] = SCALARS) -> None:
        super().__init__(names, window)

    def jsd_bound(self) -> BoundCurves:
        """Lower bound on the JSD that follows from D's value V, as it is: it may lie below 0, where it says nothing.

        JSD >= log 2 + V/2 for any D on samples that it was not fitted to (Goodfellow et al. 2014, eq. 4-6). The band
        is that of ``measurements.value_statistics``; it counts D's drift within the window as noise. NaN throughout
        where the game has no V.
        """
        return BoundCurves(*(self._columns.column("bound", row) for row in range(3)))

    def _more(self) -> Kinds:
        return {"bound": ((3,), np.float32)}

    def _restart(self) -> None:
        super()._restart()
        self._error = MovingError(self._window)

    def _smooth_stretches(self) -> tuple[Doubles, Doubles, float]:
        told, averages, window = super()._smooth_stretches()
        if _VALUE in self.names:
            row = self.names.index(_VALUE)
            bound = jsd_bound(averages[row])
            half_band = BAND / 2.0 * MovingError(window).extend(told[row], averages[row])
            self._columns.put_stretches("bound", np.stack([bound, bound - half_band, bound + half_band]))
        return told, averages, window

    def _derive(self, part: slice, raw: Doubles, averages: Doubles) -> None:
        if _VALUE not in self.names:
            self._columns["bound"][:, part] = np.nan
            return
        row = self.names.index(_VALUE)
        bound = jsd_bound(averages[row])
        half_band = BAND / 2.0 * self._error.extend(raw[row], averages[row])
        self._columns["bound"][:, part] = bound, bound - half_band, bound + half_band
