"""music: what the game of folk tunes learns at fixed steps, of three seeds the worst, next to chains and an LSTM.

A chain of notes passes what single notes tell: scale, intervals, lengths. The bar is on the whole, the last note and
the half that comes again. It takes some 25 minutes on one core, and 3 more for each 1,000 steps of Nottingham's tunes,
which are looked for in GANSTUDIO_BENCHMARK_DATA as nottingham-midi.zip.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import MidiSpec
from ganstudio.measurements.tunes.figures import CHAIN, COUNT, LONGER_CHAIN, LSTM, Real, of_controls, tune_figures
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.step.trainer import Trainer
from tests.benchmarks.figures import remark, report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.measurements.figure import Figure

    Figures = Mapping[str, Figure]

SEEDS = (0, 1, 2)
SHORT, LONG, DROPPED = 800, 2_400, 1_000
DATA = "nottingham-midi.zip"
CPU = torch.device("cpu")
_TOLD = ("in_scale", "intervals_jsd", "lengths_jsd", "unique", "notes", "tonic", "repeats", "distinct", "copied")


def trained(experiment: Experiment, dataset: Dataset, seed: int, marks: Sequence[int]) -> Iterator[Trainer]:
    """The trainer after each of so many steps."""
    settings = [("seed", seed), ("device", {"kind": "cpu", "threads": 1})]
    trainer = Trainer(with_settings(experiment, settings), dataset, CPU)
    for mark in marks:
        while trainer.step_count < mark:
            trainer.step()
        yield trainer


def measured(trainer: Trainer, real: Real, others: Mapping[str, object]) -> dict[str, Figure]:
    """The figures of the averaged G."""
    with torch.no_grad():
        made = trainer.average.module(trainer.prior.draw(COUNT, torch.Generator().manual_seed(3))).numpy()
    return {one.name: one for one in tune_figures(real, real.melody.to_people(made), others)}


def told(found: Figures) -> str:
    """Figures in a line, and in brackets what tunes kept aside get."""
    return ", ".join(f"{name} {found[name].value:.3f} ({found[name].floor:.3f})" for name in _TOLD)


def worst(found: Sequence[Figures], name: str, of) -> float:
    """The worst of a figure over the seeds."""
    return float(of(one[name].value for one in found))


def control(found: Figures, name: str, which: str) -> float:
    """What something gets that is no GAN."""
    return dict(found[name].controls)[which]


def folk(seeds: Sequence[int]) -> bool:
    """The preset at both marks."""
    preset = load_preset("folk")
    dataset = build_dataset(preset.dataset)
    real = Real.of(dataset, 0)
    began = time.process_time()
    others = of_controls(real, 0)
    remark(f"controls, {time.process_time() - began:.0f} s")
    found: dict[int, list[Figures]] = {SHORT: [], LONG: []}
    for seed in seeds:
        began = time.process_time()
        for trainer in trained(preset, dataset, seed, (SHORT, LONG)):
            figures = measured(trainer, real, others)
            found[trainer.step_count].append(figures)
            seconds = time.process_time() - began
            remark(f"folk, seed {seed}, {trainer.step_count:,} steps, {seconds:.0f} s: {told(figures)}")
    short, first = found[SHORT], found[SHORT][0]
    for which in others:
        remark(f"control, {which}: " + ", ".join(f"{name} {control(first, name, which):.3f}" for name in _TOLD))
    reached = report("music.in_scale", worst(short, "in_scale", min), "of the notes", ">=", 0.97)
    reached &= report("music.intervals", worst(short, "intervals_jsd", max), "nats", "<=", 0.04)
    reached &= report("music.intervals_chain", control(first, "intervals_jsd", CHAIN), "nats, must fail", ">=", 0.04)
    reached &= report("music.lengths", worst(short, "lengths_jsd", max), "nats", "<=", 0.01)
    for name in ("unique", "notes"):
        off = max(abs(one[name].value / one[name].floor - 1) for one in short)
        reached &= report(f"music.{name}", off, "of tunes kept aside, off", "<=", 0.1)
    reached &= report("music.tonic", worst(short, "tonic", min), "of the tunes", ">=", 0.85)
    reached &= report("music.tonic_chain", control(first, "tonic", LONGER_CHAIN), "of a chain's, must fail", "<=", 0.85)
    reached &= report("music.distinct", worst(short, "distinct", min), "of the tunes", ">=", 0.95)
    reached &= report("music.repeats", worst(found[LONG], "repeats", min), "of the tunes", ">=", 0.12)
    for which in (CHAIN, LONGER_CHAIN, LSTM):
        reached &= report("music.repeats_control", control(first, "repeats", which), f"of {which}'s", "<=", 0.01)
    return reached


def dropped(path: Path, seeds: Sequence[int]) -> bool:
    """Tunes of others, as they are dropped."""
    dataset = build_dataset(MidiSpec(path=str(path)))
    real = Real.of(dataset, 0)
    others = of_controls(real, 0)
    reached = True
    for seed in seeds:
        for trainer in trained(load_preset("folk"), dataset, seed, (DROPPED,)):
            found = measured(trainer, real, others)
            remark(f"{path.name}, seed {seed}, {DROPPED:,} steps: {told(found)}")
            chain = control(found, "intervals_jsd", CHAIN)
            reached &= report(
                "music.dropped_intervals", found["intervals_jsd"].value, "nats, of a chain's", "<=", chain
            )
            copied = found["copied"]
            reached &= report("music.dropped_copied", copied.value, "of tunes kept aside", "<=", copied.floor)
    return reached


def run() -> int:
    torch.set_num_threads(1)
    seeds = [int(seed) for seed in os.environ.get("SEEDS", "").split(",") if seed] or SEEDS
    reached = folk(seeds)
    folder = os.environ.get("GANSTUDIO_BENCHMARK_DATA", "")
    path = Path(folder) / DATA
    if folder and path.is_file():
        reached &= dropped(path, seeds)
    else:
        remark(f"no {DATA} in GANSTUDIO_BENCHMARK_DATA: tunes of others are left out")
    return 0 if reached else 1
