"""The curves of several games with one clock: each game's moving averages, and how far the games spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.measurements import MovingAverage, jsd_bound
from ganstudio.training.messages import SCALARS
from ganstudio.training.records.stretches import StretchedColumns

if TYPE_CHECKING:
    from ganstudio.training.records.columns import Column, Doubles

QUANTITIES = ("jsd", "g_loss", "d_loss", "d_fake", "g_gradient", "d_gradient")
"""What is kept of each game; jsd is log 2 + V/2, nats, which lies below 0 where it says nothing."""

_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_SOURCES = [2 + SCALARS.index("value" if name == "jsd" else name) for name in QUANTITIES]
_ROWS_AT_ONCE = 1 << 12


class GroupHistory:
    """Append-only store for ``members`` games that take every step together, old steps in stretches.

    A ``History`` a game would keep the raw values and the bound's error too, three times the memory, and would smooth
    game by game: for 50 steps of 16 games that took 3.2 ms, this takes 0.4.
    ``spread``: whether the quartiles over the games are kept as well.
    """

    def __init__(self, members: int, window: int, *, spread: bool) -> None:
        self.members = members
        self.window = window
        self._shares = len(_SHARES) if spread else 0
        self.generation = 0
        self.clear()

    def clear(self) -> None:
        """Forget every step."""
        self.generation += 1
        self._columns = StretchedColumns(
            {
                "step": ((), np.float64),
                "curves": ((self.members, len(QUANTITIES)), np.float32),
                "spread": ((self._shares, len(QUANTITIES)), np.float32),
            },
            placed=("step",),
        )
        self._moving = MovingAverage(self.members * len(QUANTITIES), self.window)

    def __len__(self) -> int:
        return len(self._columns)

    def append(self, rows: npt.NDArray[np.float64]) -> None:
        """Add ``rows`` (members, n, 2 + 7): step, seconds, *SCALARS of each game. Raises ValueError for others."""
        width = 2 + len(SCALARS)
        if rows.ndim != 3 or rows.shape[0] != self.members or rows.shape[2] != width:
            raise ValueError(f"scalars have shape {rows.shape}: it should be ({self.members}, n, {width})")
        while rows.shape[1]:
            piece, rows = np.split(rows, [min(_ROWS_AT_ONCE, self._columns.room)], axis=1)
            self._extend(piece)
            if self._columns.is_long:
                self._thin()

    def _thin(self) -> None:
        self.generation += 1
        if self._columns.is_full:
            self._columns.lengthen()
        self._columns.thin()

    @property
    def thinned(self) -> int:
        """How many rows, from the first, stand in pairs for stretches of steps."""
        return self._columns.thinned

    def rows_of(self, row: int) -> slice:
        """The rows that stand for the same steps as this one: itself, or both of its stretch."""
        return self._columns.rows_of(row)

    @property
    def step(self) -> Doubles:
        """The step of each row, the same for all games."""
        return self._columns.column("step")

    def curve(self, member: int, quantity: str) -> Column:
        """Moving average of one game's quantity; NaN before its first finite value."""
        return self._columns.column("curves", member, QUANTITIES.index(quantity))

    def quantile(self, share: float, quantity: str) -> Column:
        """Over the games, at each step: the least (0), a quartile (0.25, 0.5, 0.75) or the greatest (1) average."""
        return self._columns.column("spread", _SHARES.index(share), QUANTITIES.index(quantity))

    def _extend(self, rows: npt.NDArray[np.float64]) -> None:
        where = self._columns.grow(rows.shape[1])
        raw = np.ascontiguousarray(rows[:, :, _SOURCES].transpose(0, 2, 1))
        averages = self._moving.extend(raw.reshape(-1, rows.shape[1]))[0].reshape(raw.shape)
        averages[:, 0] = jsd_bound(averages[:, 0])
        self._columns["step"][where] = rows[0, :, 0]
        with np.errstate(over="ignore"):  # beyond float32 a loss is infinite
            self._columns["curves"][:, :, where] = averages
            if self._shares:
                self._columns["spread"][:, :, where] = quantiles(averages)


def quantiles(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Least, quartiles and greatest over the first axis, (5, ...), of what is not NaN; NaN where nothing is.

    Linear between the two nearest, as numpy's nanquantile, which goes slice by slice: for 50 steps of 16 games it took
    18 ms, this takes 0.2.
    """
    ordered = np.sort(values, axis=0)  # NaN last
    last = np.maximum(np.sum(~np.isnan(values), axis=0) - 1, 0)
    found = np.empty((len(_SHARES), *values.shape[1:]))
    for k, share in enumerate(_SHARES):
        place = share * last
        below = np.floor(place).astype(np.intp)
        above = np.minimum(below + 1, last)
        low = np.take_along_axis(ordered, below[None], axis=0)[0]
        high = np.take_along_axis(ordered, above[None], axis=0)[0]
        found[k] = low + (place - below) * (high - low)
    return found
