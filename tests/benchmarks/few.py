"""few_images: what differentiable augmentation is worth where there are 500 images: MNIST's, three seeds.

Both games are the preset dcgan, trained for as long, with and without; their samples are held against all 9,000 digits
that are not held out, of which they have seen 500. The digits come from ``GANSTUDIO_BENCHMARK_DATA``/mnist-10k.
"""

from __future__ import annotations

from ganstudio.data import build_dataset
from ganstudio.measurements.images import ImageReference
from ganstudio.presets import load_preset, with_setting
from tests.benchmarks.figures import median, remark, report
from tests.benchmarks.portraits import mnist_10k, told, train_for

SEEDS = range(3)
SECONDS = 100.0
IMAGES = 500
AUGMENTATION = {"translation": 0.125, "cutout": 0.25, "colour": 0.3}


def run() -> int:
    preset = load_preset("dcgan")
    size = preset.dataset.size
    reference = ImageReference.of(build_dataset(mnist_10k(size)))
    few = mnist_10k(size, limit=IMAGES)
    dataset = build_dataset(few)
    preset = with_setting(preset, "dataset", few.model_dump())
    ratios = []
    for seed in SEEDS:
        game = with_setting(preset, "seed", seed)
        found = []
        for augmented in (False, True):
            strengths = AUGMENTATION if augmented else {}
            trained = train_for(with_setting(game, "augmentation", strengths), dataset, SECONDS)
            figures = trained.figures(reference)
            found.append(figures.generated.frechet_local)
            which = "with" if augmented else "without"
            remark(f"seed {seed}, {which} augmentation: {told(figures)}, {trained.trainer.step_count:,} steps")
        ratios.append(found[1] / found[0])
    return 0 if report("few_images.frechet", median(ratios), "of that without augmentation", "<=", 0.75) else 1
