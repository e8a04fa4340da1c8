"""Estimates of the divergences while a game is trained: slices of work between two steps, within a share of the time.

An estimate never changes the training: it has random generators of its own and works on a copy of G. Of several games
all are measured as they were at one step, one after the other, so that like is compared with like.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganstudio.latent import Prior
from ganstudio.measurements.estimate import DivergenceEstimate, EstimationError, Sides
from ganstudio.measurements.estimators import ESTIMATORS, LEFT_OUT
from ganstudio.training.messages import Estimated, Measured, Notice, OfMember
from ganstudio.training.step.games import MOST_IN_A_DUEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt
    from torch import nn

    from ganstudio.measurements.estimate import Work
    from ganstudio.networks import Generator
    from ganstudio.run import RunFolder
    from ganstudio.training.step.games import Games

MOST_OWED = 0.05
"""Seconds of work that may pile up: the training never waits longer than this and one slice, some 5 ms, at a time."""
SLOW, HASTE = frozenset({"probe"}), 4
"""In a seed band a quick estimator gets so many times the share of a slow one: a turn of the probe through 16 seeds
takes more than ten seconds of work, the histogram's less than half a second (measured with 5,000 samples)."""
_FIELDS = tuple(field.name for field in fields(DivergenceEstimate) if field.name != "estimator")


@dataclass
class _Round:
    """One estimator's way through all members as they were at a step; ``index``: whose turn it is."""

    step: int
    seconds: tuple[float, ...]
    frozen: Callable[[int], Generator]
    index: int = 0
    work: Work | None = None


class Measurer:
    """Runs the experiment's estimators side by side; each slice goes to the one that is owed the most time.

    What is measured and for how long is said by the first member's settings, for all alike.
    """

    def __init__(self, games: Games, *, on: bool = True) -> None:
        self._games = games
        self._on = on
        self._owed = 0.0
        self._rounds: dict[str, _Round] = {}
        self._spent: dict[str, float] = {}
        self._measured_step: dict[str, int] = {}
        self._cache: dict[str, Any] = {}  # what the estimators have learnt of p_data
        self._refused: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether an estimate is in the making, or one of the present step is still to be made."""
        return bool(self._turns())

    def spend(self, trained: float) -> Iterator[OfMember | Notice]:
        """Work on, after ``trained`` seconds of training, for the share of the time that the experiment allows."""
        share = self._games.experiments[0].measures.share
        self._owed = min(self._owed + trained * share / (1 - share), MOST_OWED)
        while self._owed > 0 and self.busy:
            began = time.perf_counter()
            yield from self.work()
            self._owed -= time.perf_counter() - began

    def work(self) -> Iterator[OfMember | Notice]:
        """Do one slice."""
        turns = self._turns()
        if not turns:
            return
        name = min(turns, key=lambda name: self._spent.get(name, 0.0))
        if name not in self._rounds:
            self._begin(name)
        began = time.perf_counter()
        yield from self._slice(name)
        counted = HASTE if name in SLOW and len(self._games.experiments) > MOST_IN_A_DUEL else 1
        self._spent[name] = self._spent.get(name, 0.0) + counted * (time.perf_counter() - began)

    def _turns(self) -> list[str]:
        """The estimators with something to do. An untrained G is not worth the time."""
        measures, step = self._games.experiments[0].measures, self._games.step_count
        if not self._on or measures.share == 0 or step == 0:
            return []
        left_out = LEFT_OUT[self._games.dataset.modality.kind]
        wanted = [name for name in ESTIMATORS if getattr(measures, name) and name not in left_out]
        return [name for name in wanted if name in self._rounds or self._measured_step.get(name) != step]

    def _begin(self, name: str) -> None:
        games = self._games
        self._measured_step[name] = games.step_count
        # One that was switched on later must not make up for the time that it did not want.
        self._spent[name] = max(self._spent.get(name, 0.0), min(self._spent.values(), default=0.0))
        average = games.experiments[0].measures.measured == "average"
        self._rounds[name] = _Round(games.step_count, games.member_seconds, games.freeze(average=average))

    def _slice(self, name: str) -> Iterator[OfMember | Notice]:
        now = self._rounds[name]
        if now.work is None:
            now.work = self._work(name, now)
        try:
            next(now.work)
        except StopIteration as end:
            found = Estimated(now.step, now.seconds[now.index], end.value)
            yield OfMember(now.index, Measured((found,)))
            self._pass_turn(name)
        except EstimationError as error:
            sound = _is_sound(now.frozen(now.index))
            self._pass_turn(name)
            if sound and str(error) not in self._refused:
                self._refused.add(str(error))
                yield Notice(f"There is no estimate of the divergence: {error}.")

    def _work(self, name: str, now: _Round) -> Work:
        """The estimate of the member whose turn it is; the same step of the same run measures the same."""
        experiments = self._games.experiments
        seed = (experiments[now.index].seed * 1_000_003 + now.step) % 2**32
        drawn = sides(self._games, now.frozen(now.index), seed, self._cache)
        return ESTIMATORS[name](drawn, experiments[0].measures.samples, seed)

    def _pass_turn(self, name: str) -> None:
        """On to the next member; after the last one the round is over."""
        now = self._rounds[name]
        now.index, now.work = now.index + 1, None
        if now.index == len(self._games.experiments):
            del self._rounds[name]


def _is_sound(generator: nn.Module) -> bool:
    """Whether G's weights are numbers; where they are not, the session says so itself."""
    return all(bool(torch.isfinite(weights).all()) for weights in generator.parameters())


def sides(games: Games, generator: Generator, seed: int, cache: dict[str, Any]) -> Sides:
    """What an estimator draws from: p_data, and a G that nobody trains any more."""
    prior = Prior.of(games.experiments[0], games.dataset)
    random = torch.Generator(games.device).manual_seed(seed)

    def draw_fake(count: int) -> npt.NDArray[np.float32]:
        with torch.inference_mode():
            samples: npt.NDArray[np.float32] = generator(prior.draw(count, random)).cpu().numpy()
        return samples

    return Sides.of(games.dataset, draw_fake, seed, cache)


# --- on disk ----------------------------------------------------------------------------------------------------------


def keep(run: RunFolder, found: Estimated) -> None:
    """Record an estimate among the run's scalars, a name for each of its numbers; what is not known is left out."""
    estimate = found.estimate
    values = [np.nan if (value := getattr(estimate, name)) is None else float(value) for name in _FIELDS]
    row = np.array([[found.step, found.seconds, *values]])
    run.record_scalars([f"{estimate.estimator}.{name}" for name in _FIELDS], row)


def kept(run: RunFolder) -> tuple[Estimated, ...]:
    """The estimates that a run holds, in order of their steps."""
    found = []
    # All in one: each look at a run's records reads all of them.
    rows = run.scalars([f"{estimator}.{name}" for estimator in ESTIMATORS for name in _FIELDS])
    for place, estimator in enumerate(ESTIMATORS):
        own = rows[:, np.r_[0, 1, 2 + place * len(_FIELDS) : 2 + (place + 1) * len(_FIELDS)]]
        for step, seconds, *values in own[np.isfinite(own[:, 2])].tolist():
            known = [None if np.isnan(value) else value for value in values]
            numbers: dict[str, Any] = dict(zip(_FIELDS, known, strict=True))
            numbers |= {"samples": int(numbers["samples"] or 0), "clipped": bool(numbers["clipped"])}
            _forget_older_intervals(numbers)
            found.append(Estimated(int(step), seconds, DivergenceEstimate(estimator=estimator, **numbers)))
    return tuple(sorted(found, key=lambda each: each.step))


def _forget_older_intervals(numbers: dict[str, Any]) -> None:
    """Older versions gave a KL an upper limit, and neither that nor the lower one held the truth as often as told."""
    for name in ("kl_forward", "kl_reverse"):
        if numbers[f"{name}_high"] is not None:
            numbers |= {f"{name}_low": None, f"{name}_high": None}
