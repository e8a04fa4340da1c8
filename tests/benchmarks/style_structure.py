"""style_structure_quality: the preset style_structure as it comes, three seeds, in its own steps.

The normals that the first G makes, pictures of real maps, and both together, next to what real pictures get. Normals
are read off pictures by a network that no game was trained with. The figures are the worst of the seeds; the control
takes another map, and must fail. A sheet of samples lies in build/style_structure_SEED.png, rows from above: real maps
and pictures, the maps in two styles, maps that were made, and these in two styles.
GANSTUDIO_BENCHMARK_SEEDS, such as 0 or 0,1,2, says which seeds are trained; GANSTUDIO_BENCHMARK_STEPS how many steps.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from PIL import Image

from ganstudio.cli._measure_surfaces import Both
from ganstudio.data import build_dataset, build_sampler, given_alone
from ganstudio.measurements.images import ImageReference, aside_indices
from ganstudio.measurements.surface_figures import surface_figures
from ganstudio.modalities import Images
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.arrangements import build_system
from tests.benchmarks.figures import remark, report

if TYPE_CHECKING:
    from ganstudio.data import Dataset
    from ganstudio.measurements.figure import Figure
    from ganstudio.training.step.games import System

BUILD = Path("build")
SHOWN = 16
NAME = "style_structure_quality"


class Distances(NamedTuple):
    """Local Frechet distances: of maps that were made, of pictures of real ones, and of those that were made."""

    maps: float
    painted: float
    whole: float


def seeds() -> list[int]:
    return [int(seed) for seed in os.environ.get("GANSTUDIO_BENCHMARK_SEEDS", "0,1,2").split(",")]


def train(seed: int, dataset: Dataset) -> tuple[System, float]:
    """The system at the end of its schedule, and how long that took, seconds of one core."""
    torch.set_num_threads(1)
    preset = with_settings(load_preset("style_structure"), [("seed", seed)])
    system = build_system(preset, dataset, torch.device("cpu"))
    began = time.process_time()
    for _ in range(int(os.environ.get("GANSTUDIO_BENCHMARK_STEPS", preset.schedule.steps))):
        system.step()
    return system, time.process_time() - began


def distances(both: Both, dataset: Dataset, pictures: ImageReference, maps: ImageReference) -> Distances:
    aside = aside_indices(dataset)[: pictures.samples]
    made = both.structure(len(aside))
    sides = (
        (maps, "maps", made),
        (pictures, "pictures of real maps", both.paint(dataset.partners.at(aside))),
        (pictures, "pictures of made maps", both.paint(made)),
    )
    found = []
    for reference, called, images in sides:
        figures = reference.measure(images)
        sure = "" if figures.classes is None else f", sure {figures.classes.sure:.3f}"
        remark(f"{called}: Frechet {figures.generated.frechet_local:.2f} ({figures.floor.frechet_local:.2f}){sure}")
        found.append(figures.generated.frechet_local)
    return Distances(*found)


def sheet(both: Both, dataset: Dataset, seed: int) -> Path:
    """Samples side by side, in a file."""
    aside = aside_indices(dataset)[:SHOWN]
    real = dataset.partners.at(aside)
    made = both.structure(SHOWN)
    rows = [real, dataset.at(aside), both.paint(real), both.paint(real), made, both.paint(made), both.paint(made)]
    levels = np.clip(np.stack(rows) * 127.5 + 127.5, 0, 255).astype(np.uint8)
    count, _, _, height, width = levels.shape
    whole = levels.transpose(0, 3, 1, 4, 2).reshape(count * height, SHOWN * width, 3)
    BUILD.mkdir(exist_ok=True)
    file = BUILD / f"style_structure_{seed}.png"
    Image.fromarray(whole).resize((3 * whole.shape[1], 3 * whole.shape[0]), Image.Resampling.NEAREST).save(file)
    return file


def run() -> int:
    spec = load_preset("style_structure").dataset
    dataset = build_dataset(spec)
    twins = build_dataset(spec.model_copy(update={"style_seed": 1}))
    alone = given_alone(dataset, build_sampler(load_preset("style_structure").given, dataset))
    references = ImageReference.of(dataset), ImageReference.of(replace(alone, modality=Images(dataset.shape)))
    figures: list[dict[str, Figure]] = []
    apart: list[Distances] = []
    for seed in seeds():
        system, seconds = train(seed, dataset)
        remark(f"seed {seed}: {seconds:.0f} s")
        both = Both(system.average.module, system.latent, torch.device("cpu"), seed=95)
        figures.append({one.name: one for one in surface_figures(dataset, both, twins=twins)})
        for one in figures[-1].values():
            remark(f"{one.name} {one.value:.3g} ({one.floor:.3g}) {dict(one.controls)}")
        apart.append(distances(both, dataset, *references))
        remark(f"seed {seed}: {sheet(both, dataset, seed)}")
    return 0 if judged(figures, apart) else 1


def judged(figures: list[dict[str, Figure]], apart: list[Distances]) -> bool:
    """Print each figure with its bar: the worst of the seeds."""

    def worst(name: str) -> float:
        return max(one[name].value for one in figures)

    def shuffled(name: str) -> float:
        return max(one[name].value / dict(one[name].controls)["shuffled maps"] for one in figures)

    reached = report(f"{NAME}.length", worst("normals_length"), "off 1", "<=", 1e-5)
    reached &= report(f"{NAME}.angle", worst("angle"), "degrees", "<=", 15)
    reached &= report(f"{NAME}.of_shuffled", shuffled("angle"), "of shuffled maps' angle", "<=", 0.42)
    # What must fail: another picture's map is not what is read off a picture.
    control = min(dict(one["angle"].controls)["shuffled maps"] / one["angle"].floor for one in figures)
    reached &= report(f"{NAME}.control", control, "floors, of shuffled maps", ">=", 2.5)
    reached &= report(f"{NAME}.chain", worst("chain_angle"), "degrees", "<=", 16)
    hold = max(one["hold"].value / one["hold"].floor for one in figures)
    reached &= report(f"{NAME}.hold", hold, "of the real change with the style", "<=", 1.35)
    colour = min(one["colour"].value / one["colour"].floor for one in figures)
    reached &= report(f"{NAME}.colour", colour, "of the real change of colours", ">=", 0.8)
    reached &= report(f"{NAME}.maps", max(one.maps for one in apart), "local Frechet", "<=", 5)
    flat = min(one["normals_flat"].value for one in figures)
    reached &= report(f"{NAME}.flat", flat, "of pixels", ">=", 0.55)
    reached &= report(f"{NAME}.pictures", max(one.painted for one in apart), "local Frechet", "<=", 4)
    return bool(reached)
