"""The estimates of a run, kept in columns: what plots and readouts take them from. No torch, no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ganstudio.measurements.estimate import DivergenceEstimate
    from ganstudio.training.messages import Estimated

Quantity = Literal["jsd", "kl_forward", "kl_reverse"]
LOG4 = float(np.log(4))
MOST = 2048
"""Estimates of one estimator that are kept; when there are more, half of the older half is let go."""


CURRENT_ROUNDS, FIRST, _RECENT = 2.5, 2000, 3

Doubles = npt.NDArray[np.float64]


class EstimateCurve(NamedTuple):
    """One quantity as one estimator found it: arrays (n,) in order of the steps, nats; floor is the JSD's alone.

    low, high: as ``reach`` has them. floor: what the estimator reads for p_data against itself. NaN: not known.
    """

    steps: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    floor: npt.NDArray[np.float64]


def reach(estimate: DivergenceEstimate, quantity: Quantity) -> tuple[float | None, float | None]:
    """From where to where the bar of a value is drawn: a JSD's 95 % interval.

    Of a KL, which has no upper limit, from what it exceeds with 95 % confidence to the value of the bound; from the
    value to itself where no limit is known.
    """
    value, low, high = (getattr(estimate, f"{quantity}{end}") for end in ("", "_low", "_high"))
    return (value if low is None else low), (value if high is None else high)


class EstimateHistory:
    """Every estimate of a run by its estimator. ``generation`` changes with every change."""

    def __init__(self) -> None:
        self._found: dict[str, list[Estimated]] = {}
        self.generation = 0

    def clear(self) -> None:
        """Forget all."""
        self._found.clear()
        self.generation += 1

    def add(self, estimates: Iterable[Estimated]) -> None:
        """Take in what has become known."""
        for each in estimates:
            found = self._found.setdefault(each.estimate.estimator, [])
            found.append(each)
            if len(found) > MOST:
                found[: MOST // 2] = _thinned(found[: MOST // 2])
        self.generation += 1

    @property
    def estimators(self) -> tuple[str, ...]:
        """Those that have told something, in order of their first estimate."""
        return tuple(self._found)

    def latest(self, estimator: str) -> Estimated | None:
        """The newest estimate of an estimator."""
        found = self._found.get(estimator)
        return found[-1] if found else None

    def curve(self, estimator: str, quantity: Quantity) -> EstimateCurve:
        """A quantity as an estimator found it, estimates in which it is unknown left out."""
        rows = [
            (each.step, value, *reach(e, quantity), e.jsd_floor)
            for each in self._found.get(estimator, ())
            for e in (each.estimate,)
            if (value := getattr(e, quantity)) is not None
        ]
        table = np.array(rows, np.float64).reshape(-1, 5)  # None becomes NaN
        steps, value, low, high, floor = table.T
        return EstimateCurve(steps, value, low, high, floor if quantity == "jsd" else np.full_like(floor, np.nan))


def _thinned(found: list[Estimated]) -> list[Estimated]:
    """Of every four the least and the greatest JSD, in order of their steps: each is as it was measured."""
    fours = [found[start : start + 4] for start in range(0, len(found), 4)]
    ranked = (sorted(four, key=lambda each: each.estimate.jsd) for four in fours)
    return [each for ends in ranked for each in sorted((ends[0], ends[-1]), key=lambda each: each.step)]


def value_at_optimum(jsd: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """C(G) = -log 4 + 2 JSD, nats: V(D, G) with the best D (Goodfellow et al. 2014, theorem 1)."""
    return 2 * jsd - LOG4


def current_until(steps: Doubles) -> Doubles:
    """Up to which step what was found at each of these, by one round of measuring after the other, counts as current.

    A round is of the step at which it begins, and the next one begins when it ends: the newest is between one and two
    rounds old, and with some allowance for rounds of unequal length two and a half of the longest of the last ones. How
    long the first took is not known, so that it counts as long as ``FIRST`` steps.
    """
    if not len(steps):
        return steps
    gaps = np.diff(steps, prepend=steps[0] - FIRST / CURRENT_ROUNDS)
    longest = np.lib.stride_tricks.sliding_window_view(np.pad(gaps, (_RECENT - 1, 0)), _RECENT).max(axis=1)
    until: Doubles = steps + CURRENT_ROUNDS * longest
    return until
