"""What the figures of image generators share: a game trained for so many seconds, and what its samples come to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.experiment import IdxSpec
from ganstudio.presets import with_setting
from ganstudio.training.step.trainer import Trainer
from tests.benchmarks.figures import data_folder

if TYPE_CHECKING:
    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.measurements.images import ImageFigures, ImageReference

_TIMED, _WARM = 80, 20  # steps


@dataclass(frozen=True)
class Trained:
    """A game at its end. seconds: of the processor, which is what the schedule was cut to."""

    trainer: Trainer
    seconds: float

    def samples(self, count: int, seed: int = 99) -> np.ndarray:
        """Images (count, c, h, w) in model units of the averaged generator."""
        inputs = self.trainer.prior.draw(count, torch.Generator().manual_seed(seed))
        with torch.inference_mode():
            return torch.cat([self.trainer.average.module(part) for part in inputs.portions(250)]).numpy()

    def figures(self, reference: ImageReference) -> ImageFigures:
        return reference.measure(self.samples(reference.samples))


def train_for(experiment: Experiment, dataset: Dataset, seconds: float) -> Trained:
    """Train on one core for so many seconds of it: the first steps tell how many there is time for in all.

    The processor's seconds and not the clock's, so that two games can be held against each other on a machine that does
    something else as well.
    """
    trainer = _on_one_core(experiment, dataset)
    began = time.process_time()
    for _ in range(_WARM):
        trainer.step()
    warm = time.process_time()
    for _ in range(_TIMED):
        trainer.step()
    each = (time.process_time() - warm) / _TIMED
    steps = max(_WARM + _TIMED + 1, round(_WARM + (seconds - (warm - began)) / each))
    return to_the_end(trainer, steps, began)


def train_steps(experiment: Experiment, dataset: Dataset) -> Trained:
    """Train on one core for the experiment's own number of steps."""
    return to_the_end(_on_one_core(experiment, dataset), experiment.schedule.steps, time.process_time())


def _on_one_core(experiment: Experiment, dataset: Dataset) -> Trainer:
    torch.set_num_threads(1)  # a trainer leaves it to its session, and there is none here
    return Trainer(with_setting(experiment, "device", {"kind": "cpu", "threads": 1}), dataset, torch.device("cpu"))


def to_the_end(trainer: Trainer, steps: int, began: float) -> Trained:
    trainer.adjust(with_setting(trainer.experiment, "schedule.steps", steps))
    while trainer.step_count < steps:
        trainer.step()
        if trainer.step_count % 200 == 0 and not np.isfinite(trainer.drain()[:, 2:4]).all():
            raise FloatingPointError(f"{trainer.experiment.name} diverged before step {trainer.step_count}")
    return Trained(trainer, time.process_time() - began)


def mnist_10k(size: int, **more: object) -> IdxSpec:
    """10,000 digits of MNIST with the last 1,000 held out, from ``GANSTUDIO_BENCHMARK_DATA``/mnist-10k."""
    path = data_folder() / "mnist-10k" / "train-images-idx3-ubyte.gz"
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there: GANSTUDIO_BENCHMARK_DATA names the folder that holds mnist-10k")
    return IdxSpec.model_validate({"path": str(path), "size": size, "held_out": 1000, **more})


def told(figures: ImageFigures) -> str:
    """In words, each figure with its floor behind it."""
    made, floor = figures.generated, figures.floor
    words = [f"Frechet {made.frechet_local:.2f} ({floor.frechet_local:.2f})"]
    for name in ("precision", "recall", "density", "coverage"):
        words.append(f"{name} {getattr(made.overlap, name):.3f} ({getattr(floor.overlap, name):.3f})")
    if figures.classes is not None and figures.classes_floor is not None:
        words.append(f"sure {figures.classes.sure:.3f} ({figures.classes_floor.sure:.3f})")
        words.append(f"classes' JSD {figures.classes.jsd:.4f}")
    return ", ".join(words)
