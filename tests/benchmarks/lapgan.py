"""lapgan_quality: the preset lapgan as it comes, three seeds, in its own steps; and one DCGAN of the same cost.

Each level is measured on real coarse images that were kept aside, and all of them as a cascade. The figures are the
worst of the seeds. The control adds nothing to the coarse image, and must be far over what is asked of a level. The
DCGAN makes 1,772 steps of 32 channels and minibatches of 64, some 12 TFLOP as against the pyramid's 10.
GANSTUDIO_BENCHMARK_SEEDS, such as 0 or 0,1,2, says which seeds are trained.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from ganstudio.data import build_dataset, coarser
from ganstudio.data.images.halving import halved
from ganstudio.experiment import AdamSpec, LatentSpec, OptimisersSpec, ScheduleSpec
from ganstudio.measurements.images import ImageReference, aside_indices
from ganstudio.measurements.level_figures import level_figures
from ganstudio.measurements.stripes import direction_figures
from ganstudio.networks import Inputs
from ganstudio.presets import load_preset, with_setting
from ganstudio.training.arrangements import build_system
from tests.benchmarks.figures import remark, report
from tests.benchmarks.portraits import train_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.measurements.figure import Figure
    from ganstudio.measurements.level_figures import Maker
    from ganstudio.training.step.games import System

SAMPLES = 2_000
DCGAN_STEPS = 1_772
SIDES = (16, 32)


class Cascade(NamedTuple):
    """Of all levels together. frechet: local; sure: clearly of one class; near: stripes in their direction."""

    frechet: float
    sure: float
    near: float


def seeds() -> list[int]:
    return [int(seed) for seed in os.environ.get("GANSTUDIO_BENCHMARK_SEEDS", "0,1,2").split(",")]


def train(preset: Experiment, seed: int, dataset: Dataset) -> tuple[System, float]:
    """The system at the end of its schedule, and how long that took, seconds of one core."""
    torch.set_num_threads(1)
    system = build_system(with_setting(preset, "seed", seed), dataset, torch.device("cpu"))
    began = time.process_time()
    for _ in range(preset.schedule.steps):
        system.step()
    return system, time.process_time() - began


def makers_of(system: System) -> list[Maker]:
    def maker(place: int) -> Maker:
        part, columns = parts[place]
        random = torch.Generator().manual_seed(1000 + place)

        @torch.inference_mode()
        def make(coarse: np.ndarray) -> np.ndarray:
            noise = torch.randn(len(coarse), columns.stop - columns.start, generator=random)
            inputs = Inputs(noise, torch.from_numpy(coarse))
            return torch.cat([part(one) for one in inputs.portions(250)]).numpy()

        return make

    generator = system.average.module
    parts = list(zip(generator.parts, generator.columns.values(), strict=True))
    return [maker(place) for place in range(1, len(parts))]


def frechet_of_levels(makers: list[Maker], dataset: Dataset, references: dict[int, ImageReference]) -> dict[int, float]:
    """How far each level's images of real coarse ones are from those very images, as a share of what is asked.

    That is 1.5 floors and .05. From other real images they are further away, by about the floor: it is told.
    """
    found = {}
    for maker, side in zip(makers, SIDES, strict=True):
        reference = references[side]
        aside = aside_indices(reference.dataset)[: reference.samples]
        made = maker(halved(reference.dataset.at(aside)))
        figures = reference.measure(np.clip(made, -1, 1))
        floor = figures.floor.frechet_local
        same, others = figures.frechet_local_held_out, figures.generated.frechet_local
        remark(f"{side} on real coarse images: Frechet {same:.3f}, from others {others:.3f} ({floor:.3f})")
        found[side] = same / (1.5 * floor + 0.05)
    return found


def of_cascade(draw: Callable[[int], np.ndarray], reference: ImageReference) -> Cascade:
    images = np.clip(np.concatenate([draw(250) for _ in range(SAMPLES // 250)]), -1, 1)
    figures = reference.measure(images)
    assert figures.classes is not None
    directions = direction_figures(images)
    remark(
        f"cascade: Frechet {figures.generated.frechet_local:.2f} ({figures.floor.frechet_local:.2f}), "
        f"sure {figures.classes.sure:.3f}, {directions.median:.1f} degrees, {directions.near:.2f} within 15"
    )
    return Cascade(figures.generated.frechet_local, figures.classes.sure, directions.near)


def dcgan(dataset: Dataset, reference: ImageReference) -> Cascade:
    """One game at the finest side, at the cost of all of the pyramid's."""
    one = load_preset("dcgan")
    adam = {"beta1": 0.5, "beta2": 0.9}
    experiment = one.model_copy(
        update={
            "latent": LatentSpec(dimensions=24),
            "optimisers": OptimisersSpec(
                generator=AdamSpec(learning_rate=1e-3, **adam), discriminator=AdamSpec(learning_rate=5e-4, **adam)
            ),
            "schedule": ScheduleSpec(steps=DCGAN_STEPS, batch_size=64, decay_start=0.4, average=0.995),
            "augmentation": type(one.augmentation)(),
        }
    )
    trained = train_steps(experiment, dataset)
    remark(f"DCGAN: {trained.seconds:.0f} s")
    drawn = iter(np.split(trained.samples(SAMPLES), SAMPLES // 250))
    return of_cascade(lambda _count: next(drawn), reference)


def run() -> int:
    preset = load_preset("lapgan")
    dataset = build_dataset(preset.dataset)
    twins = build_dataset(preset.dataset.model_copy(update={"phase_seed": 1}))
    references = {
        side: ImageReference.of(coarser(dataset, halvings)) for side, halvings in zip(SIDES, (1, 0), strict=True)
    }
    levels: list[dict[str, Figure]] = []
    shares: list[dict[int, float]] = []
    cascades: list[Cascade] = []
    for seed in seeds():
        system, seconds = train(preset, seed, dataset)
        remark(f"seed {seed}: {seconds:.0f} s")
        makers = makers_of(system)
        levels.append({figure.name: figure for figure in level_figures(dataset, makers, twins=twins)})
        for figure in levels[-1].values():
            remark(f"{figure.name} {figure.value:.3g} ({figure.floor:.3g}) {dict(figure.controls)}")
        shares.append(frechet_of_levels(makers, dataset, references))
        random = torch.Generator().manual_seed(99)

        @torch.inference_mode()
        def draw(count: int, system: System = system, random: torch.Generator = random) -> np.ndarray:
            return system.average.module(system.prior.draw(count, random)).numpy()

        cascades.append(of_cascade(draw, references[32]))
    reached = report("lapgan_quality.round_trip", max(one["round_trip"].value for one in levels), "of 2", "<=", 1e-6)
    for side in SIDES:
        swd = [one[f"level_{side}_swd"] for one in levels]
        name = f"lapgan_quality.{side}"
        reached &= report(f"{name}.patches", max(one.value / one.floor for one in swd), "floors", "<=", 3.5)
        by_noise = max(one.value / dict(one.controls)["white noise"] for one in swd)
        reached &= report(f"{name}.of_white_noise", by_noise, "of white noise's patches", "<=", 1)
        nothing = min(dict(one.controls)["nothing added"] / one.floor for one in swd)
        reached &= report(f"{name}.control", nothing, "floors, of nothing added", ">=", 3.5)
        reached &= report(f"{name}.frechet", max(one[side] for one in shares), "of 1.5 floors + .05", "<=", 1)
    noise = [one["level_16_sensitivity"].value for one in levels]
    reached &= report("lapgan_quality.16.noise_least", min(noise), "of the difference of images", ">=", 0.45)
    reached &= report("lapgan_quality.16.noise_most", max(noise), "of the difference of images", "<=", 0.8)
    worst = max(one.frechet for one in cascades)
    reached &= report("lapgan_quality.cascade.frechet", worst, "local", "<=", 2.2)
    reached &= report("lapgan_quality.cascade.sure", min(one.sure for one in cascades), "of samples", ">=", 0.75)
    reached &= report("lapgan_quality.cascade.direction", min(one.near for one in cascades), "of samples", ">=", 0.55)
    alone = dcgan(dataset, references[32])
    reached &= report("lapgan_quality.cascade.of_dcgan", worst / alone.frechet, "of a DCGAN's", "<=", 0.6)
    return 0 if reached else 1
