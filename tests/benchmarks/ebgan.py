"""ebgan_quality: the preset ebgan_glyphs on drawn glyphs and on 10,000 MNIST digits, against DCGAN at equal seconds.

equilibrium: mean energy of generated samples over the margin m, for two margins. real: mean energy of real samples over
that of generated ones. frechet: local Frechet distance over that of the preset dcgan, which trains for as long.
pulling_away: mean squared cosine of the codes of generated samples over that without the term; coverage: of the samples
with the term less that without it. These two are of as many steps, all of the same seeds. The digits come from
``GANSTUDIO_BENCHMARK_DATA``/mnist-10k; they differ more than the drawn ones: there D learns faster and G more slowly,
with less noise and a wider margin. At 3e-4 D reconstructed real digits no better than G's, 0.98 of their energy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from ganstudio.data import build_dataset
from ganstudio.latent import draw_latents
from ganstudio.measurements.images import ImageReference
from ganstudio.networks import Inputs
from ganstudio.objectives.energy import pulling_away
from ganstudio.presets import load_preset, with_setting
from tests.benchmarks.figures import median, remark, report
from tests.benchmarks.portraits import Trained, mnist_10k, train_for, train_steps

if TYPE_CHECKING:
    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment

SEEDS = range(3)
SECONDS = 150.0
OTHER_MARGIN = 1.5  # times the preset's
ON_MNIST = {
    "objective.margin": 0.3,
    "optimisers.generator.learning_rate": 5e-4,
    "optimisers.discriminator.learning_rate": 2e-3,
    "optimisers.discriminator.weight_decay": 1.5e-3,
    "schedule.instance_noise": 0.15,
}
JUDGED = 1000


class Result(NamedTuple):
    """An EBGAN at its end. energies in units of the margin; cosine: mean squared, of generated samples' codes."""

    frechet: float
    coverage: float
    generated: float
    real: float
    cosine: float


def judge(trained: Trained, reference: ImageReference) -> Result:
    """What D says of the samples that G makes now, and what the averaged G's are like."""
    trainer = trained.trainer
    x = torch.from_numpy(trainer.dataset.draw(JUDGED, np.random.default_rng(1)))
    z = draw_latents(trainer.latent, JUDGED, torch.Generator().manual_seed(1))
    with torch.inference_mode():
        real, _ = trainer.discriminator.judge(x)
        fake, codes = trainer.discriminator.judge(trainer.generator(Inputs(z)))
        cosine = pulling_away(codes).item()
    margin = trainer.experiment.objective.margin
    against = trained.figures(reference).generated
    return Result(
        against.frechet_local,
        against.overlap.coverage,
        -fake.mean().item() / margin,
        -real.mean().item() / margin,
        cosine,
    )


def measure(name: str, ebgan: Experiment, dcgan: Experiment, dataset: Dataset) -> bool:
    reference = ImageReference.of(dataset)
    margin = ebgan.objective.margin
    games = {
        "other m": with_setting(ebgan, "objective.margin", OTHER_MARGIN * margin),
        "m": ebgan,
        "no pulling away": with_setting(ebgan, "objective.pulling_away", 0),
    }
    found: dict[str, list[Result]] = {game: [] for game in games}
    ratios = []
    for seed in SEEDS:
        plain = train_for(with_setting(dcgan, "seed", seed), dataset, SECONDS)
        beside = plain.figures(reference).generated.frechet_local
        steps = plain.trainer.step_count
        remark(f"{name}, seed {seed}, dcgan: Frechet {beside:.2f}, {steps:,} steps, {plain.seconds:.0f} s")
        for game, experiment in games.items():
            seeded = with_setting(experiment, "seed", seed)
            if game == "no pulling away":  # as many as with it, the one before
                trained = train_steps(with_setting(seeded, "schedule.steps", steps), dataset)
            else:
                trained = train_for(seeded, dataset, SECONDS)
            steps = trained.trainer.step_count
            result = judge(trained, reference)
            found[game].append(result)
            remark(
                f"{name}, seed {seed}, {game}: Frechet {result.frechet:.2f}, coverage {result.coverage:.3f}, energy of "
                f"generated {result.generated:.3f} m, of real {result.real:.3f} m, squared cosine {result.cosine:.4f}, "
                f"{steps:,} steps, {trained.seconds:.0f} s"
            )
        ratios.append(found["m"][-1].frechet / beside)
    reached = report(f"ebgan_quality.{name}.frechet", median(ratios), "of DCGAN's, median", "<=", 2.5)
    for game in ("m", "other m"):
        label, results = game.replace(" ", "_"), found[game]
        away = max(abs(result.generated - 1) for result in results)
        reached &= report(f"ebgan_quality.{name}.{label}.equilibrium", away, "of m away from m, worst", "<=", 0.25)
        apart = max(result.real / result.generated for result in results)
        reached &= report(f"ebgan_quality.{name}.{label}.real", apart, "of generated energy, worst", "<=", 0.8)
    pairs = list(zip(found["m"], found["no pulling away"], strict=True))
    cosines = max(on.cosine / off.cosine for on, off in pairs)
    reached &= report(f"ebgan_quality.{name}.pulling_away", cosines, "of cosine without, worst", "<=", 1)
    covered = median([on.coverage - off.coverage for on, off in pairs])
    return reached & report(f"ebgan_quality.{name}.coverage", covered, "more than without, median", ">=", 0)


def run() -> int:
    ebgan, dcgan = load_preset("ebgan_glyphs"), load_preset("dcgan")
    reached = measure("glyphs", ebgan, dcgan, build_dataset(ebgan.dataset))
    digits = mnist_10k(ebgan.dataset.size)
    ebgan, dcgan = (with_setting(game, "dataset", digits.model_dump()) for game in (ebgan, dcgan))
    for setting, value in ON_MNIST.items():
        ebgan = with_setting(ebgan, setting, value)
    return 0 if reached & measure("mnist", ebgan, dcgan, build_dataset(digits)) else 1
