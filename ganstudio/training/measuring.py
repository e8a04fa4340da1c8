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
    from ganstudio.training.messages import Event
    from ganstudio.training.trainer import Trainer

MOST_OWED = 0.05
"""Seconds of work that may pile up: the training never waits longer than this and one slice, some 5 ms, at a time."""
PLANE_ONLY = frozenset({"histogram"})
_FIELDS = tuple(field.name for field in fields(DivergenceEstimate) if field.name != "estimator")


class Measurer:
    """Takes the experiment's estimators in turn. ``run`` below is where results are kept, None: there is no folder."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._owed = 0.0
        self._work: Work | None = None
        self._begun: tuple[int, float] = (0, 0.0)
        self._measured_step: dict[str, int] = {}
        self._cache: dict[str, Any] = {}  # what the estimators have learnt of p_data
        self._refused: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether an estimate is in the making, or one of the present step is still to be made."""
        return self._work is not None or bool(self._stale())

    def spend(self, trained: float, run: RunFolder | None) -> Iterator[Event]:
        """Work on, after ``trained`` seconds of training, for the share of the time that the experiment allows."""
        share = self._trainer.experiment.measures.share
        self._owed = min(self._owed + trained * share / (1 - share), MOST_OWED)
        while self._owed > 0 and (self._work is not None or self._begin()):
            began = time.perf_counter()
            yield from self._slice(run)
            self._owed -= time.perf_counter() - began

    def work(self, run: RunFolder | None) -> Iterator[Event]:
        """Do one slice, because nothing else is to be done."""
        if self._work is not None or self._begin():
            yield from self._slice(run)

    def _wanted(self) -> list[str]:
        measures = self._trainer.experiment.measures
        if measures.share == 0:
            return []
        plane = self._trainer.dataset.is_plane
        return [name for name in ESTIMATORS if getattr(measures, name) and (plane or name not in PLANE_ONLY)]

    def _stale(self) -> list[str]:
        """The estimators that have not told of the present step. An untrained G is not worth the time."""
        step = self._trainer.step_count
        return [name for name in self._wanted() if step > 0 and self._measured_step.get(name) != step]

    def _begin(self) -> bool:
        stale = self._stale()
        if not stale:
            return False
        name = min(stale, key=lambda name: self._measured_step.get(name, -1))
        trainer = self._trainer
        self._measured_step[name] = trainer.step_count
        self._begun = trainer.step_count, trainer.seconds
        seed = (trainer.experiment.seed * 1_000_003 + trainer.step_count) % 2**32  # the same run measures the same
        self._work = ESTIMATORS[name](sides(trainer, seed, self._cache), trainer.experiment.measures.samples, seed)
        return True

    def _slice(self, run: RunFolder | None) -> Iterator[Event]:
        assert self._work is not None
        try:
            next(self._work)
        except StopIteration as end:
            self._work = None
            found = Estimated(*self._begun, end.value)
            if run is not None:
                keep(run, found)
            yield Measured((found,))
        except EstimationError as error:
            self._work = None
            if str(error) not in self._refused:
                self._refused.add(str(error))
                yield Notice(f"There is no estimate of the divergence: {error}.")


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
