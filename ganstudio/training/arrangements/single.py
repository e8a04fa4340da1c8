"""One game: it is the whole system, so that nothing stands between it and those who look on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.latent import Prior
from ganstudio.networks import build_generator
from ganstudio.training.arrangements.arrangement import Arrangement, Parts
from ganstudio.training.step.trainer import Trainer

if TYPE_CHECKING:
    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment


def _games(experiment: Experiment, dataset: Dataset) -> dict[str, tuple[Experiment, Dataset]]:
    return {"": (experiment, dataset)}


def _parts(experiment: Experiment, dataset: Dataset) -> Parts:
    prior = Prior.of(experiment, dataset)
    generator = build_generator(experiment.generator, prior.space.width, dataset.shape, prior.sampler.shape)
    return Parts(generator, {"average": generator})


SINGLE = Arrangement(_games, Trainer, _parts)
