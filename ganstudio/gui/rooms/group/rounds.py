"""Plots of what is told of several games now and then: estimates of the divergences, and the modes they reach.

All games are measured at the same steps, so that a line, a median or an interval compares like with like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtGui import QColor

from ganstudio.gui.looks import theme
from ganstudio.gui.plots import scale
from ganstudio.gui.plots.decimate import Span, fill, robust_range
from ganstudio.gui.plots.estimates import COLOURS, NAMES, Estimate, held, paint, places, reading
from ganstudio.gui.plots.series import Timeline, blend
from ganstudio.gui.rooms.group.findings import ENOUGH, PREFERRED
from ganstudio.gui.rooms.group.history import quantiles
from ganstudio.gui.rooms.group.panels import FAINT, OfGames, Quantity
from ganstudio.measurements import LOG2
from ganstudio.training.records.estimates import current_until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from ganstudio.gui.plots.paint import Entry
    from ganstudio.gui.rooms.group.findings import GroupFindings, Rounds
    from ganstudio.gui.rooms.group.history import GroupHistory
    from ganstudio.training.records.estimates import Quantity as Divergence
    from ganstudio.training.records.history import History

TITLES: Mapping[Divergence, str] = {"jsd": "JSD", "kl_forward": "KL(p ‖ g)", "kl_reverse": "KL(g ‖ p)"}
FEW = 4
"""So many games have their turns within seconds; of more it is said how far the next turn has come."""

TOLD = (
    Quantity(
        "estimate",
        "Divergence",
        TITLES["jsd"],
        "nats",
        theme.HISTOGRAM,
        "estimates from samples, independent of the Ds, with 95 % intervals. All games are measured as they were at "
        "one step, in turn. Dotted: the floor, which the estimator reads for equal distributions",
    ),
    Quantity("modes", "Modes", "Modes", "", theme.REAL, "modes with at least one sample within 3 standard deviations"),
    Quantity(
        "high_quality",
        "Quality",
        "High quality",
        "",
        theme.REAL,
        "share of the samples within 3 standard deviations of a mode; of the data 98.9 %",
        span=(-0.04, 1.04),
    ),
    Quantity(
        "mode_kl",
        "rKL",
        "rKL of modes",
        "nats",
        theme.FAKE,
        "KL of the modes' shares of the high-quality samples to equal shares; 0 is even",
    ),
)
"""What is told now and then, as it is plotted."""
_WRITTEN: Mapping[str, Callable[[float], str]] = {
    "modes": lambda value: f"{value:g}" if np.isfinite(value) else "–",
    "high_quality": lambda value: f"{100 * value:.1f} %" if np.isfinite(value) else "–",
}


class RoundsPanel(OfGames):
    """A quantity at the steps where it was told."""

    def __init__(self, quantity: Quantity, history: GroupHistory, names: Sequence[str]) -> None:
        super().__init__(quantity, history, names, [])
        self.setToolTip(quantity.tip[:1].upper() + quantity.tip[1:])
        self.estimator = PREFERRED[0]
        self.divergence: Divergence = "jsd"
        self._rounds: Rounds | None = None
        self._written = _WRITTEN.get(quantity.key, scale.readout)
        if quantity.key == "high_quality":
            self.ticks = [(0.0, "0"), (0.5, "50 %"), (1.0, "100 %")]
            self.levels = (1.0,)

    def take(self, findings: GroupFindings) -> None:
        """Show what is known now."""
        if self.quantity.key == "estimate":
            self.title = f"{TITLES[self.divergence]} by {NAMES[self.estimator].lower()}"
            self._rounds = findings.estimated(self.estimator, self.divergence)
            self.note = self._coming()
        else:
            self._rounds = findings.covered(self.quantity.key)
        if self.quantity.key == "modes" and (total := findings.total_modes):
            self.fixed = (-0.04 * total, 1.06 * total)
            middle = [(total / 2, f"{total // 2}")] if total % 2 == 0 else []
            self.levels, self.ticks = (float(total),), [(0.0, "0"), *middle, (float(total), str(total))]
        self._prepare(self._rounds)

    def _prepare(self, rounds: Rounds) -> None:
        """Make what is drawn of what is known."""

    def _coming(self) -> str:
        """How far the turn in progress has come before its values are drawn."""
        assert self._rounds is not None
        known = np.isfinite(self._rounds.value).sum(axis=0)
        if len(self.names) <= FEW or len(known) < 2 or known[-1] >= ENOUGH * len(self.names):
            return ""
        return f"next: {self._of_step(-1)}"

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be drawn yet."""
        return self._rounds is None or not len(self._rounds.steps)

    @property
    def waiting(self) -> str:
        """What is said while nothing is drawn."""
        if self._rounds is None or not len(self._rounds.steps):
            return "Not measured yet"
        return f"Measuring {self._of_step(-1)} so far"

    def shown(self, span: Span) -> Span:
        """As far as the quantity can be."""
        most = LOG2 if self.quantity.key == "estimate" and self.divergence == "jsd" else np.inf
        low, high = (np.clip(part, 0.0, most) for part in span)
        return low, high

    def _follow(self, averages: list[Span], raws: list[Span | None]) -> tuple[float, float]:
        found = robust_range([self.shown(span) for span in self._extent()], share=0.05)
        return scale.rounded_range(0.0, max(found[1], 1e-3), log=False) if found else (0.0, 1.0)

    def _extent(self) -> list[Span]:
        """What the scale shall hold."""
        rounds = self._rounds
        return [] if rounds is None else [(rounds.value.ravel(), np.fmax(rounds.value, rounds.high).ravel())]

    def _rows_of(self, span: Span) -> Span:
        return self._rows(self.shown(span), len(self._pixels))

    def _row_at(self) -> int | None:
        """The round that was the newest where the crosshair stands, or the last one; None: there is none."""
        if self.is_empty or not len(self.group):
            return None
        assert self._rounds is not None
        last = len(self.group) - 1
        step = self.group.step[last if self._row is None else min(self._row, last)]
        return self._round_at(float(step))

    def _round_at(self, step: float) -> int | None:
        """The newest round at a step that is drawn."""
        assert self._rounds is not None
        found = int(np.searchsorted(self._rounds.steps, step, side="right")) - 1
        return found if found >= 0 else None

    def point(self, row: int | None, caption: str) -> None:
        """Show the values at a step; of which step the estimates there are stands behind the title."""
        super().point(row, caption)
        at = self._row_at()
        if at is not None:
            self.unit = " · ".join(filter(None, (self.quantity.unit, self._of_step(at), self._age(at))))

    def _age(self, row: int) -> str:
        """That a round is past what the next ones take, where the crosshair stands."""
        assert self._rounds is not None
        last = len(self.group) - 1
        step = self.group.step[last if self._row is None else min(self._row, last)]
        return "old" if step > current_until(self._rounds.steps)[row] else ""

    def _of_step(self, row: int) -> str:
        """Which step a round is of, and how many of the games it has been to if not all."""
        assert self._rounds is not None
        known = int(np.isfinite(self._rounds.value[:, row]).sum())
        partly = f", {known} of {len(self.names)}" if known < len(self.names) else ""
        return f"step {self._rounds.steps[row]:,.0f}{partly}"


class DuelRounds(RoundsPanel):
    """A line a game with its intervals, in the game's colour."""

    def __init__(self, quantity: Quantity, history: GroupHistory, names: Sequence[str], colours: Sequence[str]) -> None:
        super().__init__(quantity, history, names)
        self._colours = colours
        self._lines: list[Estimate] = []
        self._floor: Estimate | None = None

    def _prepare(self, rounds: Rounds) -> None:
        none = np.full_like(rounds.steps, np.nan)
        self._lines = []
        for name, colour, value, low, high in zip(
            self.names, self._colours, rounds.value, rounds.low, rounds.high, strict=True
        ):
            known = np.isfinite(value)
            parts = (part[known] for part in (rounds.steps, value, low, high, none))
            self._lines.append(Estimate(name, colour, *parts))
        self._floor = Estimate("", theme.MUTED, rounds.steps, none, none, none, rounds.floor)

    def render_curves(self, history: History, timeline: Timeline) -> None:
        """Draw each game's line, the one that is followed last."""
        super().render_curves(history, timeline)
        if self._floor is not None:
            paint(self._pixels, self._floor, history, timeline, self._rows_of)
        for k in sorted(range(len(self._lines)), key=lambda k: k == self.followed):
            strength = 1.0 if self.followed in (None, k) else FAINT
            paint(self._pixels, self._lines[k], history, timeline, self._rows_of, strength)

    def readouts(self) -> list[Entry]:
        """Each game's value beside its colour; the tiles carry the names."""
        row = self._row_at()
        if row is None:
            return []
        entries: list[Entry] = []
        for line in self._lines:
            at = line.at(float(cast("Rounds", self._rounds).steps[row]))
            value = float(self.shown((line.value, line.value))[0][at]) if at >= 0 else np.nan
            said, interval = self._written(value), ""
            if at >= 0 and np.isfinite(line.low[at]):
                said, interval = reading(self.divergence, value, float(line.low[at]), float(line.high[at]))
            # A game that the round has not come to yet: what is known of it is of an earlier one.
            earlier = at >= 0 and line.steps[at] != cast("Rounds", self._rounds).steps[row]
            of = f" at {line.steps[at]:,.0f}" if earlier else ""
            entries.append((line.colour, "", said + of, interval and f"({interval})"))
        return entries


class BandRounds(RoundsPanel):
    """Median, middle half and range over the seeds, and the seed that is followed with its intervals."""

    def __init__(self, quantity: Quantity, history: GroupHistory, names: Sequence[str]) -> None:
        super().__init__(quantity, history, names)
        self._spread = np.empty((5, 0))
        self._steps = np.empty(0)
        self._floors = np.empty(0)

    @property
    def colour(self) -> str:
        """Of the median: the estimator's own."""
        return COLOURS[self.estimator] if self.quantity.key == "estimate" else self.quantity.colour

    def _prepare(self, rounds: Rounds) -> None:
        known = np.isfinite(rounds.value).sum(axis=0)
        drawn = known >= ENOUGH * len(self.names)
        self._steps, self._floors = rounds.steps[drawn], rounds.floor[drawn]
        self._spread = quantiles(rounds.value[:, drawn])

    def render_curves(self, history: History, timeline: Timeline) -> None:
        """Draw the range, the middle half, the median and the floor, and over them the seed that is followed."""
        super().render_curves(history, timeline)
        median = self._curve(self._spread[2], self._floors)
        width = self._pixels.shape[1]
        columns = places(median, history, timeline, width)
        now = (timeline.x[-1] - timeline.low) / (timeline.high - timeline.low) * width if len(timeline.x) else -1.0
        faint = QColor(blend(self.colour, 0.5)).name()
        for (low, high), colour in (((0, 4), faint), ((1, 3), self.colour)):
            span = tuple(held(self._spread[k], columns, width, now) for k in (low, high))
            fill(self._pixels, self._rows_of((span[0], span[1])), blend(colour, 0.28))
        paint(self._pixels, median, history, timeline, self._rows_of)
        if self.followed is not None and self._rounds is not None:
            mine, nothing = self._rounds, np.full_like(self._rounds.steps, np.nan)
            known = np.isfinite(mine.value[self.followed])
            parts = (mine.steps, mine.value[self.followed], mine.low[self.followed], mine.high[self.followed], nothing)
            own = Estimate(self.names[self.followed], theme.CHOSEN, *(part[known] for part in parts))
            paint(self._pixels, own, history, timeline, self._rows_of)

    def _round_at(self, step: float) -> int | None:
        assert self._rounds is not None
        drawn = int(np.searchsorted(self._steps, step, side="right")) - 1
        return int(np.searchsorted(self._rounds.steps, self._steps[drawn])) if drawn >= 0 else None

    def _curve(self, value: npt.NDArray[np.float64], floor: npt.NDArray[np.float64]) -> Estimate:
        nothing = np.full_like(value, np.nan)
        return Estimate("median", self.colour, self._steps, value, nothing, nothing, floor)

    def _extent(self) -> list[Span]:
        reach = self._spread[3] + 3.0 * (self._spread[3] - self._spread[1])
        return [(self._spread[0], np.fmin(self._spread[4], reach))]

    @property
    def is_empty(self) -> bool:
        """Whether no round has been to enough of the seeds yet."""
        return not len(self._steps)

    def readouts(self) -> list[Entry]:
        """Median with quartiles, and the followed seed's value."""
        row, rounds = self._row_at(), self._rounds
        if row is None or rounds is None:
            return []
        drawn = int(np.searchsorted(self._steps, rounds.steps[row]))
        quartiles = [self._written(float(self._spread[k][drawn])) for k in (1, 2, 3)]
        followed = "" if self.followed is None else self._written(float(rounds.value[self.followed, row]))
        return self.over_games(self.colour, quartiles, followed)
