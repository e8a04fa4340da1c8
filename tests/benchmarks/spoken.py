"""spoken_*: spoken digits, dropped on the program and trained on as they are proposed; both players are told them.

150 of 1,500 clips are kept aside. A classifier that hears them rightly judges G's: how often it hears the digit that
was asked for, and how far its features are from those kept aside, as a share of what a Gaussian for each digit gets,
and of what the digits' means get, each of which is one sound. The clips are looked for in ``GANSTUDIO_BENCHMARK_DATA``,
spoken-digits.zip: 8 kHz, each named by its digit, its speaker and its take.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import torch

from ganstudio.data import Dataset, build_dataset, open_path
from ganstudio.latent import draw_latents
from ganstudio.measurements.sounds.figures import sound_figures
from ganstudio.networks import Inputs
from ganstudio.presets import experiment_for, with_settings
from ganstudio.training.step.trainer import Trainer
from tests.benchmarks.figures import data_folder, remark, report

if TYPE_CHECKING:
    import numpy as np

SEEDS = (0, 1, 2)
STEPS = 500
HELD_OUT = 150


def run() -> int:
    path = data_folder() / "spoken-digits.zip"
    if not path.exists():
        remark(f"left out: there is no {path}")
        return 0
    torch.set_num_threads(1)
    spec, _ = open_path(path)
    spec = spec.model_copy(update={"held_out": HELD_OUT})
    dataset = build_dataset(spec)
    remark(f"{dataset.source}; {HELD_OUT} kept aside")
    experiment = experiment_for(spec, dataset.modality, classes=True)
    found = [_figures(Trainer(_seeded(experiment, seed), dataset, torch.device("cpu")), dataset) for seed in SEEDS]
    worst = {name: [one[name] for one in found] for name in found[0]}
    reached = report("spoken_classifier", min(worst["accuracy"]), "of real digits heard rightly", ">=", 0.97)
    reached &= report("spoken_as_asked", min(worst["as_asked"]), f"heard as asked, worst of {len(SEEDS)}", ">=", 0.88)
    reached &= report("spoken_frechet", max(worst["gaussian"]), "of a Gaussian's for each digit", "<=", 1.0)
    reached &= report("spoken_frechet_means", max(worst["means"]), "of the digits' means'", "<=", 0.3)
    return 0 if reached else 1


def _seeded(experiment, seed):
    return with_settings(experiment, [("seed", seed), ("device", {"kind": "cpu", "threads": 1})])


def _figures(trainer: Trainer, dataset: Dataset) -> dict[str, float]:
    began = time.process_time()
    for _ in range(STEPS):
        trainer.step()
    seconds = time.process_time() - began

    def draw(count: int) -> tuple[np.ndarray, np.ndarray]:
        latents = draw_latents(trainer.latent, count, torch.Generator().manual_seed(1))
        with torch.inference_mode():
            made = trainer.average.module.eval()(Inputs(latents)).numpy()
        return made, latents[:, trainer.latent.label_columns].argmax(1).numpy()

    told = {figure.name: figure for figure in sound_figures(dataset, draw, seed=0)}
    asked, distance, copied = told["heard_as_asked"], told["sound_frechet"], told["copied"]
    remark(f"seed {trainer.experiment.seed}: {STEPS} steps in {seconds:.0f} s of the processor")
    for one in (asked, distance, copied, *(told[name] for name in ("silent",) if name in told)):
        others = ", ".join(f"{name} {value:.3f}" for name, value in one.controls)
        remark(f"  {one.title}: {one.value:.3f}, real {one.floor:.3f}{', ' if others else ''}{others}")
    gaussian, means = (value for _, value in distance.controls)
    return {
        "accuracy": asked.floor,
        "as_asked": asked.value,
        "gaussian": distance.value / gaussian,
        "means": distance.value / means,
    }
