"""digits_quality: the digits preset at its defaults, judged by a classifier that never saw a generated image.

The classifier (a support vector machine, calibrated) is fitted to the real digits but for 397 that are held out. Its
figures are the share of samples that it is more than 90 % sure of, over that share of the held-out real digits, and how
evenly the ten classes are made. A person judges the grid, whose place is said on standard error.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from ganstudio.export import save_samples
from ganstudio.presets import load_preset
from tests.benchmarks.figures import remark, report
from tests.benchmarks.headless import train_to_the_end

GRID = Path("build") / "digits_quality.png"
SAMPLES = 1000


def run() -> int:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.datasets import load_digits
    from sklearn.svm import SVC

    from ganstudio.training.checkpoints.loaded import load_generator

    pixels, labels = load_digits(return_X_y=True)
    pixels = pixels / 16
    judge = CalibratedClassifierCV(SVC(C=10, gamma=0.3), ensemble=False).fit(pixels[:1400], labels[:1400])

    def sure(images: np.ndarray) -> tuple[float, np.ndarray]:
        beliefs = judge.predict_proba(images.reshape(len(images), -1))
        return float((beliefs.max(1) > 0.9).mean()), np.bincount(beliefs.argmax(1), minlength=10) / len(images)

    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "digits"
        seconds = train_to_the_end(load_preset("digits"), run)
        generator = load_generator(run)
        images = generator.generate(generator.draw_latents(SAMPLES, seed=12345))
    GRID.parent.mkdir(exist_ok=True)
    save_samples(GRID, images[:100], generator.dataset.modality)
    share, classes = sure(images / 255)
    real, _ = sure(pixels[1400:])
    middle = (classes + 0.1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.nansum(classes * np.log(classes / middle)) / 2 + np.sum(0.1 * np.log(0.1 / middle)) / 2
    remark(f"a grid of 100 samples is in {GRID}; {seconds:.0f} s of training; real digits held out: {real:.2f} sure")
    reached = report(
        "digits_quality.sure", share / real, f"of real digits' share ({share:.2f} of {real:.2f})", ">=", 0.7
    )
    return 0 if reached & report("digits_quality.classes", spread, "nats, JSD to uniform", "<=", 0.02) else 1
