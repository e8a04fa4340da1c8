"""few_images: what differentiable augmentation is worth where there are 500 images: MNIST's, three seeds.

Both games are the preset dcgan, trained for as many steps, with and without; their samples are held against all 9,000
digits that are not held out, of which they have seen 500. The digits come from ``GANSTUDIO_BENCHMARK_DATA``/mnist-10k.

Without it D knows the 500 by heart after some 6,000 steps and the distance rises again (2.0 to 2.6 until the end, the
second seed); with it it stays. Stronger moves, grey squares and other brightness, as the paper has them for
photographs, cost digits more than they bring: 4.4 after 2,300 steps, where 2.6 was without.
"""

from __future__ import annotations

from ganstudio.data import build_dataset
from ganstudio.measurements.images import ImageReference
from ganstudio.presets import load_preset, with_setting
from tests.benchmarks.figures import median, remark, report
from tests.benchmarks.portraits import mnist_10k, told, train_steps

SEEDS = range(3)
STEPS = 12_000
IMAGES = 500
AUGMENTATION = {"translation": 0.08, "zoom": 0.1}


def run() -> int:
    preset = load_preset("dcgan")
    size = preset.dataset.size
    reference = ImageReference.of(build_dataset(mnist_10k(size)))
    few = mnist_10k(size, limit=IMAGES)
    dataset = build_dataset(few)
    preset = with_setting(with_setting(preset, "dataset", few.model_dump()), "schedule.steps", STEPS)
    ratios = []
    for seed in SEEDS:
        game = with_setting(preset, "seed", seed)
        found = []
        for augmented in (False, True):
            strengths = AUGMENTATION if augmented else {}
            trained = train_steps(with_setting(game, "augmentation", strengths), dataset)
            figures = trained.figures(reference)
            found.append(figures.generated.frechet_local)
            which = "with" if augmented else "without"
            remark(f"seed {seed}, {which} augmentation: {told(figures)}, {trained.seconds:.0f} s")
        ratios.append(found[1] / found[0])
    return 0 if report("few_images.frechet", median(ratios), "of that without augmentation", "<=", 0.75) else 1
