"""Estimates of the divergences while a game is trained: slices of work between two steps, within a share of the time.

An estimate never changes the training: it has random generators of its own and works on a copy of G.
"""

from __future__ import annotations

import time
from copy import deepcopy
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganstudio.latent import draw_latents
from ganstudio.measurements.estimate import DivergenceEstimate, EstimationError, Sides
from ganstudio.measurements.estimators import ESTIMATORS
from ganstudio.training.messages import Estimated, Measured, Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from ganstudio.measurements.estimate import Work
    from ganstudio.run import RunFolder
    from ganstudio.training.messages import AnyEvent
    from ganstudio.training.trainer import Trainer

MOST_OWED = 0.05
"""Seconds of work that may pile up: the training never waits longer than this and one slice, some 5 ms, at a time."""
PLANE_ONLY = frozenset({"histogram"})
_FIELDS = tuple(field.name for field in fields(DivergenceEstimate) if field.name != "estimator")


class Measurer:
    """Runs the experiment's estimators side by side; each slice goes to the one that has had the least time.

    ``run`` below is where results are kept, None: there is no folder.
    """

    def __init__(self, trainer: Trainer, *, on: bool = True) -> None:
        self._trainer = trainer
        self._on = on
        self._owed = 0.0
        self._works: dict[str, tuple[Work, int, float]] = {}  # with the step and seconds that the estimate is of
        self._spent: dict[str, float] = {}
        self._measured_step: dict[str, int] = {}
        self._cache: dict[str, Any] = {}  # what the estimators have learnt of p_data
        self._refused: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether an estimate is in the making, or one of the present step is still to be made."""
        return bool(self._turns())

    def spend(self, trained: float, run: RunFolder | None) -> Iterator[AnyEvent]:
        """Work on, after ``trained`` seconds of training, for the share of the time that the experiment allows."""
        share = self._trainer.experiment.measures.share
        self._owed = min(self._owed + trained * share / (1 - share), MOST_OWED)
        while self._owed > 0 and self.busy:
            began = time.perf_counter()
            yield from self.work(run)
            self._owed -= time.perf_counter() - began

    def work(self, run: RunFolder | None) -> Iterator[AnyEvent]:
        """Do one slice."""
        turns = self._turns()
        if not turns:
            return
        name = min(turns, key=lambda name: self._spent.get(name, 0.0))
        if name not in self._works:
            self._begin(name)
        began = time.perf_counter()
        yield from self._slice(name, run)
        self._spent[name] = self._spent.get(name, 0.0) + time.perf_counter() - began

    def _turns(self) -> list[str]:
        """The estimators with something to do. An untrained G is not worth the time."""
        measures, step = self._trainer.experiment.measures, self._trainer.step_count
        if not self._on or measures.share == 0 or step == 0:
            return []
        plane = self._trainer.dataset.is_plane
        wanted = [name for name in ESTIMATORS if getattr(measures, name) and (plane or name not in PLANE_ONLY)]
        return [name for name in wanted if name in self._works or self._measured_step.get(name) != step]

    def _begin(self, name: str) -> None:
        trainer = self._trainer
        step = self._measured_step[name] = trainer.step_count
        # One that was switched on later must not make up for the time that it did not want.
        self._spent[name] = max(self._spent.get(name, 0.0), min(self._spent.values(), default=0.0))
        seed = (trainer.experiment.seed * 1_000_003 + step) % 2**32  # the same step of the same run measures the same
        work = ESTIMATORS[name](sides(trainer, seed, self._cache), trainer.experiment.measures.samples, seed)
        self._works[name] = work, step, trainer.seconds

    def _slice(self, name: str, run: RunFolder | None) -> Iterator[AnyEvent]:
        work, step, seconds = self._works[name]
        try:
            next(work)
        except StopIteration as end:
            del self._works[name]
            found = Estimated(step, seconds, end.value)
            if run is not None:
                keep(run, found)
            yield Measured((found,))
        except EstimationError as error:
            del self._works[name]
            if self._is_sound() and str(error) not in self._refused:
                self._refused.add(str(error))
                yield Notice(f"There is no estimate of the divergence: {error}.")

    def _is_sound(self) -> bool:
        """Whether G's weights are numbers; where they are not, the session says so itself."""
        return all(bool(torch.isfinite(weights).all()) for weights in self._trainer.generator.parameters())


def sides(trainer: Trainer, seed: int, cache: dict[str, Any]) -> Sides:
    """What an estimator draws from: p_data, and G as it is now, whatever the training makes of it meanwhile."""
    dataset, latent = trainer.dataset, trainer.experiment.latent
    playing = trainer.experiment.measures.measured == "playing"
    generator = deepcopy(trainer.generator if playing else trainer.average.module).requires_grad_(False)
    random = torch.Generator(trainer.device).manual_seed(seed)

    def draw_fake(count: int) -> npt.NDArray[np.float32]:
        with torch.inference_mode():
            samples: npt.NDArray[np.float32] = generator(draw_latents(latent, count, random)).cpu().numpy()
        return samples

    return Sides.of(dataset, draw_fake, seed, cache)


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
    for estimator in ESTIMATORS:
        for step, seconds, *values in run.scalars([f"{estimator}.{name}" for name in _FIELDS]).tolist():
            known = [None if np.isnan(value) else value for value in values]
            numbers: dict[str, Any] = dict(zip(_FIELDS, known, strict=True))
            numbers |= {"samples": int(numbers["samples"] or 0), "clipped": bool(numbers["clipped"])}
            found.append(Estimated(int(step), seconds, DivergenceEstimate(estimator=estimator, **numbers)))
    return tuple(sorted(found, key=lambda each: each.step))
