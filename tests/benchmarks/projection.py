"""projection: digits that were held out, projected into the latent space of the preset digits in 300 steps.

The distance is a share of that of the best of 10,000 random samples, the control; the digit that is found worst counts.
"""

from __future__ import annotations

import numpy as np
import torch

from ganstudio.data import build_dataset
from ganstudio.latent import draw_latents
from ganstudio.measurements.projection import RANDOM, STEPS, project
from ganstudio.presets import load_preset, with_setting
from ganstudio.training.step.trainer import Trainer
from tests.benchmarks.figures import median, remark, report

DIGITS = 20


def run() -> int:
    torch.set_num_threads(1)
    experiment = with_setting(load_preset("digits"), "dataset.held_out", 200)
    dataset = build_dataset(experiment.dataset)
    trainer = Trainer(experiment, dataset, torch.device("cpu"))
    while trainer.step_count < experiment.schedule.steps:
        trainer.step()
    remark(f"trained for {trainer.step_count:,} steps, {trainer.seconds:.0f} s")
    generator, space = trainer.average.module, trainer.latent
    assert dataset.at is not None
    assert dataset.count is not None
    ratios = []
    for place in range(DIGITS):
        sample = torch.from_numpy(dataset.at(np.array([dataset.count + place]))[0])
        draws = draw_latents(space, RANDOM, torch.Generator().manual_seed(place))
        found = list(project(generator, space, draws, sample))[-1]
        assert found.step == STEPS
        ratios.append(found.ratio)
        remark(f"digit {place}: {found.distance:.4f}, the best of random {found.of_random:.4f}")
    remark(f"median {median(ratios):.3f}")
    return 0 if report("projection", max(ratios), "of the best random sample's distance, at most", "<=", 1.0) else 1
