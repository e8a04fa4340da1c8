"""conditional_quality: how often G makes the digit that it is asked for, by a classifier that is trained on the data.

The preset conditional, three seeds; and its control, the same game on labels that were shuffled, which a class can tell
nothing of.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import torch

from ganstudio.data import build_dataset
from ganstudio.latent import draw_latents
from ganstudio.measurements.images import ImageReference
from ganstudio.networks import Inputs
from ganstudio.presets import load_preset, with_setting
from ganstudio.training.step.trainer import Trainer
from tests.benchmarks.figures import remark, report

SEEDS = range(3)
STEPS = 1000
ASKED = 1000


def run() -> int:
    torch.set_num_threads(1)
    preset = with_setting(load_preset("conditional"), "device", {"kind": "cpu", "threads": 1})
    dataset = build_dataset(preset.dataset)
    reference = ImageReference.of(dataset)
    remark(f"the classifier is right on {reference.accuracy:.3f} of the digits kept aside")
    shuffled = replace(dataset, labels=np.random.default_rng(0).permutation(dataset.labels))
    cpu = torch.device("cpu")

    def right(trainer: Trainer) -> float:
        began = time.perf_counter()
        for _ in range(STEPS):
            trainer.step()
        seconds = time.perf_counter() - began
        latents = draw_latents(trainer.latent, ASKED, torch.Generator().manual_seed(1))
        asked = latents[:, trainer.latent.label_columns].argmax(1).numpy()
        with torch.inference_mode():
            images = trainer.average.module.eval()(Inputs(latents)).numpy()
        made = reference.extractor.probabilities(images).argmax(axis=1)
        share = float((made == asked).mean())
        remark(f"{share:.3f} of the class asked for after {STEPS:,} steps in {seconds:.0f} s")
        return share

    found = [right(Trainer(with_setting(preset, "seed", seed), dataset, cpu)) for seed in SEEDS]
    control = right(Trainer(preset, shuffled, cpu))
    reached = report("conditional_quality", min(found), "of the class asked for, worst of 3", ">=", 0.95)
    reached &= report("conditional_quality.control", control, "labels shuffled", "<=", 0.2)
    return 0 if reached else 1
