"""sound_digits_*: spoken digits, dropped on the program and trained on as proposed; both players are told them.

Takes 0 to 4 of each digit and speaker, 150 of 1,500 clips, lie in a folder ``test`` and are kept aside, as the program
does with such folders. A classifier that hears them rightly judges G's: how often it hears the digit that was asked
for, and how far its features are from those kept aside, as a share of what a Gaussian for each digit gets, and of what
the digits' means get, each of which is one sound. Kept aside at random, 150 clips are too unlike the others: then real
sounds alone take .31 of what the means get.

The clips are looked for in ``GANSTUDIO_BENCHMARK_DATA``, spoken-digits.zip: each named by its digit, speaker and take.
"""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ganstudio.data import build_dataset, open_path
from ganstudio.measurements.sounds.figures import sound_figures
from ganstudio.presets import experiment_for
from tests.benchmarks.figures import data_folder, remark, report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from ganstudio.data import Dataset
    from ganstudio.training.step.trainer import Trainer

    Drawn = tuple[np.ndarray, np.ndarray | None]

STEPS, ASIDE = 500, 5


def digits(seeds: Sequence[int], trained: Callable, made_by: Callable[[Trainer], Drawn]) -> bool:
    """Whether the bars are reached, of the worst of the seeds; with a word where the clips are not there."""
    archive = data_folder() / "spoken-digits.zip"
    if not archive.exists():
        remark(f"digits are left out: there is no {archive}")
        return True
    with tempfile.TemporaryDirectory() as folder:
        spec, _ = open_path(_parted(archive, Path(folder) / "digits"))
        dataset = build_dataset(spec)
        remark(f"{dataset.source}; {dataset.held_out} kept aside")
        experiment = experiment_for(spec, dataset.modality, classes=True)
        found = [
            _figures(trainer, dataset, seconds, made_by)
            for seed in seeds
            for trainer, seconds in trained(experiment, dataset, seed, (STEPS,))
        ]
    every = {name: [one[name] for one in found] for name in found[0]}
    reached = report("sound_digits.classifier", min(every["accuracy"]), "of real digits heard rightly", ">=", 0.97)
    reached &= report("sound_digits.as_asked", min(every["as_asked"]), f"heard as asked, of {len(found)}", ">=", 0.88)
    reached &= report("sound_digits.frechet", max(every["gaussian"]), "of a Gaussian's for each digit", "<=", 1.0)
    reached &= report("sound_digits.means", max(every["means"]), "of the digits' means'", "<=", 0.3)
    return reached


def _parted(archive: Path, folder: Path) -> Path:
    """The clips in two folders, ``train`` and ``test``."""
    with zipfile.ZipFile(archive) as source:
        for name in source.namelist():
            path = PurePosixPath(name)
            if path.suffix != ".wav":
                continue
            take = int(path.stem.rpartition("_")[2])
            target = folder / ("test" if take < ASIDE else "train") / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read(name))
    return folder


def _figures(trainer: Trainer, dataset: Dataset, seconds: float, made_by: Callable[[Trainer], Drawn]) -> dict:
    told = {figure.name: figure for figure in sound_figures(dataset, lambda _count: made_by(trainer), seed=0)}
    asked, distance = told["heard_as_asked"], told["sound_frechet"]
    remark(f"digits, seed {trainer.experiment.seed}: {trainer.step_count} steps in {seconds:.0f} s of the processor")
    for one in (asked, distance, told["copied"], told["silent"]):
        others = ", ".join(f"{name} {value:.3f}" for name, value in one.controls)
        remark(f"  {one.title}: {one.value:.3f}, real {one.floor:.3f}{', ' if others else ''}{others}")
    gaussian, means = (value for _, value in distance.controls)
    return {
        "accuracy": asked.floor,
        "as_asked": asked.value,
        "gaussian": distance.value / gaussian,
        "means": distance.value / means,
    }
