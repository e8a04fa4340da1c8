"""Watches a game in training for what goes wrong with it, and counts the modes that G reaches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.latent import draw_latents
from ganstudio.measurements import mode_coverage
from ganstudio.measurements.alerts import CHECK_EVERY, Watcher
from ganstudio.measurements.coverage import SAMPLES
from ganstudio.training.messages import SCALARS, Alerted, Covered

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from torch import nn

    from ganstudio.measurements.alerts import Alert
    from ganstudio.training.messages import AnyEvent, Measured
    from ganstudio.training.trainer import Trainer

LOOK_SECONDS = 1.0
PATIENCE = 30
"""A look that took t is followed by at least this many t of training: it costs 3 % of the time at most."""
REAL, SEEN = 2000, 2000


class Lookout:
    """Tells ``Alerted`` when what holds has changed, and ``Covered`` at each look where the data's modes are known.

    Its draws are its own, so that a watched training is the same as an unwatched one.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        dataset = trainer.dataset
        random = np.random.default_rng(trainer.experiment.seed)
        real = dataset.to_data(dataset.draw(REAL, random)) if dataset.is_plane else None
        self._watcher = Watcher(SCALARS, trainer.experiment, real, dataset.modes)
        latents = torch.Generator(trainer.device).manual_seed(trainer.experiment.seed)
        self._latents = draw_latents(trainer.experiment.latent, SAMPLES, latents)
        self._told: tuple[Alert, ...] = ()
        self._looked, self._due = -CHECK_EVERY, 0.0

    def see(self, rows: npt.NDArray[np.float64], *, by_hand: bool, force: bool) -> Iterator[AnyEvent]:
        """See the scalars (n, 2 + 7) of the next steps, and G's samples when it is time, or when it is forced."""
        self._watcher.adjust(self._trainer.experiment)
        self._watcher.see_scalars(rows, by_hand=by_hand)
        step, now = self._trainer.step_count, time.monotonic()
        if self._trainer.dataset.is_plane and (force or (step - self._looked >= CHECK_EVERY and now >= self._due)):
            yield from self._look()
            self._due = time.monotonic() + max(LOOK_SECONDS, PATIENCE * (time.monotonic() - now))
        yield from self._tell()

    def recall(self, rows: npt.NDArray[np.float64]) -> None:
        """Take in what an earlier session recorded; single moves by hand may be among it."""
        self._watcher.see_scalars(rows, by_hand=True)

    def hear(self, measured: Measured) -> None:
        """Hear of an independent estimate of the divergence."""
        for each in measured.estimates:
            self._watcher.see_divergence(each.step, each.estimate.jsd_low)

    def _look(self) -> Iterator[AnyEvent]:
        trainer = self._trainer
        self._looked = trainer.step_count
        playing = self._points(trainer.generator)
        self._watcher.see_samples(trainer.step_count, playing[:SEEN])
        dataset = trainer.dataset
        if dataset.modes is not None and dataset.mode_sigma is not None:
            average = trainer.experiment.measures.measured == "average"
            points = self._points(trainer.average.module) if average else playing
            yield Covered(trainer.step_count, mode_coverage(points, dataset.modes, dataset.mode_sigma))

    def _points(self, generator: nn.Module) -> npt.NDArray[np.float32]:
        with torch.inference_mode():
            return self._trainer.dataset.to_data(generator(self._latents).cpu().numpy())

    def _tell(self) -> Iterator[AnyEvent]:
        alerts = self._watcher.alerts()
        if alerts != self._told:
            self._told = alerts
            yield Alerted(alerts)
