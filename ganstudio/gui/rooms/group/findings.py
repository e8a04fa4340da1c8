"""What is told of each of several games: estimates, the modes it reaches, what goes wrong with it. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, get_args

import numpy as np

from ganstudio.training.messages import Alerted, Covered, Measured
from ganstudio.training.records.columns import Columns, Doubles
from ganstudio.training.records.estimates import Quantity, reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.measurements.alerts import Alert
    from ganstudio.measurements.coverage import ModeCoverage
    from ganstudio.training.messages import Estimated, OfMember

QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
COVERAGE = ("modes", "high_quality", "mode_kl")
"""Of ``ModeCoverage`` what has a curve."""
PREFERRED = ("histogram", "probe", "neighbours")
"""The estimator that is shown unless another is asked for: the quickest has been through all games most often."""
ENOUGH = 0.5
"""Share of the games that a round must have been to before what they have in common is shown."""
MOST_ROUNDS = 2048
"""Rounds that are kept; when there are more, every other one of the older half is let go."""
_ESTIMATED = 3 * len(QUANTITIES) + 1  # of each its value and both ends of its bar; and the floor


class Rounds(NamedTuple):
    """A quantity of m games at n steps: steps and floor (n,), the others (m, n). NaN: not known (yet)."""

    steps: Doubles
    value: Doubles
    low: Doubles
    high: Doubles
    floor: Doubles


class GroupFindings:
    """All that came as ``OfMember`` for ``members`` games. ``generation`` changes with every piece of it."""

    def __init__(self, members: int) -> None:
        self.members = members
        self.generation = 0
        self.alerts: list[tuple[Alert, ...]] = [()] * members
        self.coverage: list[ModeCoverage | None] = [None] * members
        self._estimates: list[dict[str, Estimated]] = [{} for _ in range(members)]
        self._sheets: dict[str, _Sheet] = {}
        self._covered = _Sheet(members, len(COVERAGE))

    def hear(self, told: OfMember) -> None:
        """Take in what is told of one game."""
        self.generation += 1
        event = told.event
        if isinstance(event, Measured):
            for found in event.estimates:
                self._take_estimate(told.index, found)
        elif isinstance(event, Covered):
            self.coverage[told.index] = event.coverage
            numbers = [getattr(event.coverage, name) for name in COVERAGE]
            self._covered.enter(event.step, told.index, numbers)
        elif isinstance(event, Alerted):
            self.alerts[told.index] = event.alerts

    def _take_estimate(self, member: int, found: Estimated) -> None:
        estimate = found.estimate
        self._estimates[member][estimate.estimator] = found
        if estimate.estimator not in self._sheets:
            self._sheets[estimate.estimator] = _Sheet(self.members, _ESTIMATED)
        numbers = [
            number for quantity in QUANTITIES for number in (getattr(estimate, quantity), *reach(estimate, quantity))
        ]
        numbers.append(estimate.jsd_floor)
        self._sheets[estimate.estimator].enter(found.step, member, numbers)

    @property
    def estimators(self) -> tuple[str, ...]:
        """Those that have told something, the one to be shown first in front."""
        return tuple(name for name in PREFERRED if name in self._sheets)

    @property
    def total_modes(self) -> int:
        """How many modes p_data has; 0: that is not known."""
        known = next((coverage for coverage in self.coverage if coverage is not None), None)
        return len(known.counts) if known else 0

    @property
    def sound(self) -> int:
        """How many games can be measured: those whose numbers are finite."""
        return sum(all(alert.kind != "not_finite" for alert in alerts) for alerts in self.alerts)

    def latest(self, member: int, estimator: str) -> Estimated | None:
        """The newest estimate of a game."""
        return self._estimates[member].get(estimator)

    def estimated(self, estimator: str, quantity: Quantity) -> Rounds:
        """A divergence as an estimator found it; the floor is the JSD's alone."""
        sheet = self._sheets.get(estimator) or _Sheet(self.members, _ESTIMATED)
        steps, numbers = sheet.read()
        first = 3 * QUANTITIES.index(quantity)
        floor = numbers[:, -1] if quantity == "jsd" else np.full(numbers[:, -1].shape, np.nan)
        # Of p_data and the number of samples alone, so that it is the same for all games.
        value, low, high = (numbers[:, first + place] for place in range(3))
        return Rounds(steps, value, low, high, np.fmax.reduce(floor, axis=0))

    def covered(self, quantity: str) -> Rounds:
        """One of ``COVERAGE``."""
        steps, numbers = self._covered.read()
        value = numbers[:, COVERAGE.index(quantity)]
        unknown = np.full_like(value, np.nan)
        return Rounds(steps, value, unknown, unknown, np.full_like(steps, np.nan))


class _Sheet:
    """Some numbers of every game at the steps of the rounds; the games of a round come one after the other."""

    def __init__(self, members: int, numbers: int) -> None:
        self._columns = Columns({"step": ((), np.float64), "numbers": ((members, numbers), np.float64)})

    def enter(self, step: int, member: int, numbers: Sequence[float | None]) -> None:
        steps = self._columns["step"]
        if not len(steps) or steps[-1] != step:
            if len(steps) >= MOST_ROUNDS:
                self._columns.keep(np.r_[: len(steps) // 2 : 2, len(steps) // 2 : len(steps)])
            where = self._columns.grow(1)
            self._columns["step"][where] = step
            self._columns["numbers"][..., where] = np.nan
        self._columns["numbers"][member, :, -1] = [np.nan if number is None else number for number in numbers]

    def read(self) -> tuple[Doubles, Doubles]:
        """Steps (n,), and numbers (members, numbers, n)."""
        return self._columns.column("step"), self._columns.column("numbers")
