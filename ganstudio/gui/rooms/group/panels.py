"""Plots of several games: a line a game for a duel; median, quartiles and range over the seeds for a band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor

from ganstudio.gui.looks import theme
from ganstudio.gui.plots import scale
from ganstudio.gui.plots.decimate import Span, fill
from ganstudio.gui.plots.panel import Panel
from ganstudio.gui.plots.scalar import colours_of, span_ticks, with_room
from ganstudio.gui.plots.series import Series, blend
from ganstudio.gui.text.words import NOTHING
from ganstudio.measurements import LOG2
from ganstudio.scalars import VALUE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from ganstudio.gui.plots.decimate import Floats, PixelColumns
    from ganstudio.gui.plots.paint import Entry
    from ganstudio.gui.rooms.group.history import GroupHistory
    from ganstudio.scalars import Scalar
    from ganstudio.training.records.history import History

_FENCE = 3.0  # beyond so many times the quartiles' distance a seed has run away, and does not set the scale
FAINT = 0.45
"""How strongly the other games' lines are drawn while one is followed."""


@dataclass(frozen=True)
class Quantity:
    """How a quantity is plotted: one that the steps have, or one of ``rounds.TOLD``."""

    key: str
    chip: str
    title: str
    unit: str
    colour: str
    tip: str
    log: bool = False
    span: tuple[float, float] | None = None
    ticks: tuple[tuple[float, str], ...] = ()
    levels: tuple[float, ...] = ()


JSD_BOUND = Quantity(
    "jsd",
    "Bound",
    "JSD bound",
    "nats",
    theme.DISCRIMINATOR,
    "log 2 + V/2, a lower bound on the Jensen-Shannon divergence of p_data and p_g that follows from each game's D",
    span=(-0.06 * LOG2, 1.06 * LOG2),
    ticks=((0.0, "0"), (0.2, "0.2"), (0.4, "0.4"), (LOG2, "log 2")),
    levels=(0.0, LOG2),
)


def quantities_of(scalars: Sequence[Scalar]) -> tuple[Quantity, ...]:
    """The plots of a group: the bound that follows from V, and each of its scalars that games are compared in."""
    bound = [JSD_BOUND] if VALUE in scalars else []
    titled = [scalar for scalar in scalars if scalar.title]
    return (*bound, *(_quantity(each, colour) for each, colour in zip(titled, colours_of(titled), strict=True)))


def _quantity(scalar: Scalar, colour: str) -> Quantity:
    return Quantity(
        scalar.name,
        scalar.title,
        scalar.title,
        scalar.unit,
        colour,
        scalar.tip or scalar.about,
        scalar.log,
        None if scalar.span is None else with_room(scalar.span),
        tuple(span_ticks(scalar) or ()),
        scalar.levels,
    )


_FLOOR = "below 0"
"""An end of a band at which a bound says nothing."""


class OfGames(Panel):
    """One quantity of all games. names: the games'."""

    def __init__(self, quantity: Quantity, history: GroupHistory, names: Sequence[str], series: list[Series]) -> None:
        super().__init__(quantity.title, quantity.unit, series, span=quantity.span)
        self.quantity = quantity
        self.group = history
        self.names = names
        self.followed: int | None = None

    def follow(self, member: int | None) -> None:
        """Let one game stand out."""
        self.followed = member

    def over_games(self, colour: str, quartiles: Sequence[str], followed: str) -> list[Entry]:
        """What a legend says of a band: the median with the quartiles, and the value of the game that stands out."""
        low, middle, high = quartiles
        between = "" if low == high == _FLOOR else f"({low} to {high})"  # of which the median has said as much
        entries: list[Entry] = [(colour, "median", middle, between)]
        if self.followed is not None:
            entries.append((theme.CHOSEN, self.names[self.followed], followed, ""))
        return entries


class GroupPanel(OfGames):
    """A quantity that each step has."""

    def __init__(self, quantity: Quantity, history: GroupHistory, names: Sequence[str], series: list[Series]) -> None:
        super().__init__(quantity, history, names, series)
        self.setToolTip(f"{quantity.tip}; moving averages")
        self.log = quantity.log
        self.ticks, self.levels = list(quantity.ticks) or None, quantity.levels

    def shown(self, span: Span) -> Span:
        """The bound as far as a divergence can be: [0, log 2]."""
        if self.quantity.key != "jsd":
            return super().shown(span)
        low, high = (np.clip(part, 0.0, LOG2) for part in span)
        return low, high

    def value_text(self, value: float) -> str:
        """A value in the legend; a bound below 0 says nothing, and is not shown as if it did."""
        return NOTHING if self.quantity.key == "jsd" and value <= 0 else scale.readout(value)

    def value_at(self, curve: Floats) -> str:
        """A curve's value where the crosshair stands, or the last one."""
        last = len(curve) - 1
        rows = self.group.rows_of(last if self._row is None else min(self._row, last))
        return scale.between(curve[rows], self.value_text)


class DuelPanel(GroupPanel):
    """A line a game, in the game's colour; the one that is followed stands out."""

    def __init__(self, quantity: Quantity, history: GroupHistory, colours: Sequence[str]) -> None:
        self._lines = [Series(str(k), colour, _curve(history, k, quantity.key)) for k, colour in enumerate(colours)]
        super().__init__(quantity, history, (), self._lines)

    def follow(self, member: int | None) -> None:
        """Let one game's line stand out: painted last and thicker, the others faint."""
        super().follow(member)
        self.series = [each for k, each in enumerate(self._lines) if k != member]
        if member is not None:
            self.series.append(self._lines[member])

    def _fill_average(self, pixels: npt.NDArray[np.uint32], span: Span, series: Series, thickness: int) -> None:
        strength = 1.0
        if self.followed is not None:
            mine = series is self._lines[self.followed]
            strength, thickness = (1.0, thickness + 1) if mine else (FAINT, thickness)
        fill(pixels, self._rows(span, len(pixels)), blend(series.colour, strength), thickness)

    def readouts(self) -> list[Entry]:
        """Each game's value beside its colour; the tiles carry the names."""
        if not len(self.group):
            return []
        return [(line.colour, "", self.value_at(line.average(self.group)), "") for line in self._lines]


class BandPanel(GroupPanel):
    """Median, middle half and range over the seeds, and the seed that is followed."""

    def __init__(self, quantity: Quantity, history: GroupHistory, names: Sequence[str]) -> None:
        key = quantity.key

        def over_seeds(name: str, colour: str, low: float, high: float) -> Series:
            def edges(_: History) -> tuple[Floats, Floats]:
                return history.quantile(low, key), history.quantile(high, key)

            return Series(name, colour, lambda _: history.quantile(0.5, key), band=edges)

        faint = QColor(blend(quantity.colour, 0.5)).name()
        self._over = [over_seeds("range", faint, 0.0, 1.0), over_seeds("median", quantity.colour, 0.25, 0.75)]
        self._bands: list[Span | None] = []
        super().__init__(quantity, history, names, list(self._over))

    def follow(self, member: int | None) -> None:
        """Draw one seed's own curve over the band."""
        super().follow(member)
        self.series = list(self._over)
        if member is not None:
            curve = _curve(self.group, member, self.quantity.key)
            self.series.append(Series(str(member), theme.CHOSEN, curve))

    def _spans(
        self, history: History, columns: PixelColumns
    ) -> tuple[list[Span], list[Span | None], list[Span | None]]:
        averages, raws, self._bands = super()._spans(history, columns)
        return averages, raws, self._bands

    def _follow(self, averages: list[Span], raws: list[Span | None]) -> tuple[float, float]:
        """The scale holds the range over the seeds but for those that have run away."""
        (least, most), (lower, upper) = (band for band in self._bands[:2] if band is not None)
        fence = _FENCE * (upper - lower)
        within = np.fmax(least, lower - fence), np.fmin(most, upper + fence)
        return super()._follow([*averages, within], raws)

    def readouts(self) -> list[Entry]:
        """Median with quartiles, and the followed seed's value."""
        if not len(self.group):
            return []
        low, middle, high = (self.value_at(self.group.quantile(at, self.quantity.key)) for at in (0.25, 0.5, 0.75))
        ends = [end.replace(NOTHING, _FLOOR) for end in (low, high)]
        followed = "" if self.followed is None else self.value_at(self.group.curve(self.followed, self.quantity.key))
        return self.over_games(self.quantity.colour, (ends[0], middle, ends[1]), followed)


def _curve(history: GroupHistory, member: int, key: str) -> Callable[[History], Floats]:
    return lambda _: history.curve(member, key)
