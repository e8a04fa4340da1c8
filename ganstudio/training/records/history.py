"""The scalars of a run, kept in columns: what plots and readouts take their numbers from. No torch, no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ganstudio.measurements import MovingError, jsd_bound
from ganstudio.training.messages import SCALARS
from ganstudio.training.records.smoothed import SmoothedRows

if TYPE_CHECKING:
    from ganstudio.training.records.columns import Column, Doubles, Kinds

BAND = 2.0  # standard errors on either side of the bound: about 95 %

_VALUE = SCALARS.index("value")


class BoundCurves(NamedTuple):
    """The lower bound log 2 + V/2 on the JSD, nats, one entry a row: moving average, and two standard errors about it.

    NaN where it is not known: average before the first V, low and high before the third.
    """

    average: Column
    low: Column
    high: Column


class History(SmoothedRows):
    """Append-only store of a run's scalars, rows as in ``messages.Scalars``: step, seconds, *SCALARS."""

    def __init__(self, window: int = 200) -> None:
        super().__init__("scalars", len(SCALARS), window)

    def clear(self) -> None:
        """Forget every row."""
        self._begin(len(SCALARS))

    def raw(self, name: str) -> Column:
        """The scalar ``name`` as it was measured; NaN where its player did not move."""
        return self._columns.column("raw", _index(name))

    def average(self, name: str) -> Column:
        """Moving average of the scalar ``name``; NaN before its first finite value."""
        return self._columns.column("average", _index(name))

    def jsd_bound(self) -> BoundCurves:
        """Lower bound on the JSD that follows from D's value V, as it is: it may lie below 0, where it says nothing.

        JSD >= log 2 + V/2 for any D on samples that it was not fitted to (Goodfellow et al. 2014, eq. 4-6). The band
        is that of ``measurements.value_statistics``; it counts D's drift within the window as noise.
        """
        return BoundCurves(*(self._columns.column("bound", row) for row in range(3)))

    def _more(self) -> Kinds:
        return {"bound": ((3,), np.float32)}

    def _restart(self) -> None:
        super()._restart()
        self._error = MovingError(self._window)

    def _smooth_stretches(self) -> tuple[Doubles, Doubles, float]:
        told, averages, window = super()._smooth_stretches()
        bound = jsd_bound(averages[_VALUE])
        half_band = BAND / 2.0 * MovingError(window).extend(told[_VALUE], averages[_VALUE])
        self._columns.put_stretches("bound", np.stack([bound, bound - half_band, bound + half_band]))
        return told, averages, window

    def _smooth(self, part: slice) -> tuple[Doubles, Doubles]:
        raw, averages = super()._smooth(part)
        bound = jsd_bound(averages[_VALUE])
        half_band = BAND / 2.0 * self._error.extend(raw[_VALUE], averages[_VALUE])
        with np.errstate(over="ignore"):
            self._columns["bound"][:, part] = bound, bound - half_band, bound + half_band
        return raw, averages


def _index(name: str) -> int:
    if name not in SCALARS:
        raise KeyError(f"there is no scalar {name!r}: the scalars are {', '.join(SCALARS)}")
    return SCALARS.index(name)
