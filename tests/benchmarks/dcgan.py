"""dcgan_quality: the preset dcgan as it comes, three seeds, on drawn glyphs; and the same game on 10,000 MNIST digits.

Frechet distances are local: in features of a network that is trained on the data, beside real images held out, at the
same number. The classifier is that network's. The digits come from ``GANSTUDIO_BENCHMARK_DATA``/mnist-10k.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.data import build_dataset
from ganstudio.measurements.images import ImageReference
from ganstudio.presets import load_preset, with_setting
from tests.benchmarks.figures import median, remark, report
from tests.benchmarks.portraits import mnist_10k, told, train_steps

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment
    from ganstudio.measurements.images import ImageFigures

SEEDS = range(3)
MOST_SECONDS = 200


def measure(name: str, preset: Experiment) -> tuple[list[ImageFigures], float]:
    """Figures of each seed, and the longest training, seconds of one core."""
    dataset = build_dataset(preset.dataset)
    reference = ImageReference.of(dataset)
    found, longest = [], 0.0
    for seed in SEEDS:
        trained = train_steps(with_setting(preset, "seed", seed), dataset)
        figures = trained.figures(reference)
        remark(f"{name}, seed {seed}: {told(figures)}, {trained.seconds:.0f} s")
        found.append(figures)
        longest = max(longest, trained.seconds)
    return found, longest


def run() -> int:
    preset = load_preset("dcgan")
    found, seconds = measure("glyphs", preset)
    ratios = [figures.generated.frechet_local / figures.floor.frechet_local for figures in found]
    classes = [figures.classes for figures in found if figures.classes is not None]
    reached = report("dcgan_quality.glyphs.frechet", median(ratios), "of real against real", "<=", 2)
    reached &= report("dcgan_quality.glyphs.classes", median([each.jsd for each in classes]), "nats, JSD", "<=", 0.01)
    reached &= report("dcgan_quality.glyphs.sure", median([each.sure for each in classes]), "of samples", ">=", 0.9)
    reached &= report("dcgan_quality.glyphs.seconds", seconds, "s of one core, longest", "<=", MOST_SECONDS)
    found, seconds = measure("mnist", with_setting(preset, "dataset", mnist_10k(preset.dataset.size).model_dump()))
    for name in ("precision", "recall"):
        values = [getattr(figures.generated.overlap, name) for figures in found]
        reached &= report(f"dcgan_quality.mnist.{name}", median(values), "of samples", ">=", 0.6)
    return (
        0
        if reached & report("dcgan_quality.mnist.seconds", seconds, "s of one core, longest", "<=", MOST_SECONDS)
        else 1
    )
