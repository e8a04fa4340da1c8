"""sound_codec, sound_told, sound_untold, sound_codes, sound_digits, sound_cost: what is heard of the games of sounds.

Of three seeds the worst counts, at fixed steps. Next to each figure stands what something gets that is no GAN: a
Gaussian in the data's singular vectors, or one for each pitch.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.data import build_dataset
from ganstudio.data.sound.notes import notes_of
from ganstudio.experiment import NotesSpec
from ganstudio.measurements.sounds.figures import COUNT, heard_figures, jsd_of
from ganstudio.measurements.sounds.sides import HARMONIC, IN_TUNE, Real
from ganstudio.measurements.sounds.traits import traits_of
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.step.trainer import Trainer
from tests.benchmarks.figures import median, remark, report
from tests.benchmarks.sound_digits import digits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.measurements.figure import Figure

SEEDS = range(3)
TOLD, LONG, UNTOLD = 300, 2_000, 800
CPU = torch.device("cpu")
FIGURES = ("as_asked", "in_tune", "pitches", "pitch_jsd", "harmonic", "brightness_jsd", "decay_jsd", "silent")


def trained(experiment: Experiment, dataset: Dataset, seed: int, marks: Sequence[int]):
    """The trainer after each of so many steps, and how long it took till then, seconds of the processor."""
    settings = [("seed", seed), ("device", {"kind": "cpu", "threads": 1})]
    trainer = Trainer(with_settings(experiment, settings), dataset, CPU)
    began = time.process_time()
    for mark in marks:
        while trainer.step_count < mark:
            trainer.step()
        yield trainer, time.process_time() - began


def made_by(trainer: Trainer) -> tuple[np.ndarray, np.ndarray | None]:
    """Sounds of the averaged G, and the classes they were asked for."""
    inputs = trainer.prior.draw(COUNT, torch.Generator().manual_seed(3))
    with torch.no_grad():
        made = trainer.average.module(inputs).numpy()
    label = trainer.latent.label
    return made, None if label is None else inputs.latents[:, trainer.latent.label_columns].argmax(1).numpy()


def told(found: dict[str, Figure], names: Sequence[str] = FIGURES) -> str:
    """Figures in a line, and in brackets what real sounds and the controls get."""
    return ", ".join(
        f"{name} {one.value:.3f} ({one.floor:.3f}; {', '.join(f'{value:.3f}' for _, value in one.controls)})"
        for name in names
        if (one := found.get(name)) is not None
    )


def notes(
    name: str, experiment: Experiment, dataset: Dataset, steps: int, seeds: Sequence[int] = SEEDS
) -> list[dict[str, Figure]]:
    """The figures of each seed after so many steps."""
    real, every = Real.of(dataset, 0), []
    for seed in seeds:
        for trainer, seconds in trained(experiment, dataset, seed, (steps,)):
            figures = heard_figures(real, dataset, *made_by(trainer), 0)
            every.append({figure.name: figure for figure in figures})
            remark(f"{name}, seed {seed}, {trainer.step_count} steps, {seconds:.0f} s: {told(every[-1])}")
    return every


def codec(dataset: Dataset) -> bool:
    """Notes as they were made and through the codec, and what loses them."""
    real, sound = Real.of(dataset, 0), dataset.modality
    waves, labels, _ = notes_of(NotesSpec(seed=1, count=2 * COUNT, held_out=0), sound)
    again = sound.means.encode(waves)
    back = sound.waves(again)
    low, high = real.pitches.min() / 1.3, real.pitches.max() * 1.3
    before, after = (traits_of(side, sound.rate, low, high) for side in (waves, back))
    cents = np.abs(1200 * np.log2(after.frequency / real.pitches[labels]))
    in_tune = float(((cents <= IN_TUNE) & (after.harmonic > HARMONIC)).mean())
    remark(f"through the codec: {np.median(cents):.2f} cents off, 99 % within {np.quantile(cents, 0.99):.2f}")
    loud = [np.sqrt(np.square(side, dtype=np.float64).mean()) for side in (back, waves)]
    random = np.random.default_rng(0)
    phases = again.copy()
    phases[:, 1] = random.uniform(-1, 1, phases[:, 1].shape)
    mixed = again.copy()
    mixed[:, 1] = random.permutation(mixed[:, 1])
    noise = sound.means.encode(random.normal(0, 0.2, waves.shape).astype(np.float32))
    for name, planes in (("white noise", noise), ("random phases", phases), ("phases of another note", mixed)):
        heard = real.heard(planes)
        remark(f"control, {name}: in tune {heard.in_tune.mean():.3f}")
    reached = report("sound_codec.loudness", abs(float(loud[0] / loud[1]) - 1), "of the rms, off", "<=", 0.03)
    reached &= report("sound_codec.in_tune", in_tune, "of notes", ">=", 0.99)
    for name in ("brightness", "decay", "loudness"):
        reference, others, coded = (getattr(one, name) for one in (before, before, after))
        floor, value = (jsd_of(side[COUNT:], reference[:COUNT]) for side in (others, coded))
        reached &= report(f"sound_codec.{name}", value - floor, f"nats above {floor:.4f}, the floor", "<=", 0.01)
    return reached


def games(dataset: Dataset) -> bool:
    """Notes whose pitch is told, is not told, and is found by a code."""
    preset = load_preset("sound_notes")
    first = notes("told", preset, dataset, TOLD)
    reached = report("sound_told.as_asked", worst(first, "as_asked", min), "of notes", ">=", 0.97)
    reached &= report("sound_told.harmonic", worst(first, "harmonic", min), "of the energy", ">=", 0.95)
    reached &= report("sound_told.silent", worst(first, "silent", max), "of notes", "<=", 0.01)
    reached &= report("sound_told.pitches", worst(first, "pitches", min), "of 8", ">=", 8)
    untold = notes("untold", with_settings(preset, [("conditioning.labels", "off")]), dataset, UNTOLD)
    reached &= report("sound_untold.in_tune", worst(untold, "in_tune", min), "of notes", ">=", 0.65)
    reached &= report("sound_untold.control", untold[0]["in_tune"].controls[0][1], "of a Gaussian's", "<=", 0.65)
    reached &= report("sound_untold.pitches", worst(untold, "pitches", min), "of 8", ">=", 8)
    reached &= report("sound_untold.pitch_jsd", worst(untold, "pitch_jsd", max), "nats", "<=", 0.05)
    codes = notes("codes", load_preset("sound_codes"), dataset, UNTOLD)
    report("sound_codes.in_tune", worst(codes, "in_tune", min), "of notes, a target", ">=", 0.85)
    return reached


def worst(found: Sequence[dict[str, Figure]], name: str, of) -> float:
    """The worst of a figure over the seeds."""
    return float(of(one[name].value for one in found))


def cost(dataset: Dataset) -> bool:
    """A step next to one of the fully connected players on as many numbers, taken in turns."""
    preset = with_settings(load_preset("sound_notes"), [("device", {"kind": "cpu", "threads": 1})])
    plain = with_settings(
        preset,
        [
            ("generator", {"kind": "mlp", "width": 256, "depth": 4}),
            ("discriminator", {"kind": "mlp", "width": 256, "depth": 3, "minibatch_deviation": True}),
        ],
    )
    trainers = [Trainer(one, dataset, CPU) for one in (preset, plain)]
    seconds: list[list[float]] = [[], []]
    for _ in range(12):
        for trainer, own in zip(trainers, seconds, strict=True):
            began = time.process_time()
            for _ in range(4):  # of which one has the penalty
                trainer.step()
            own.append((time.process_time() - began) / 4)
    ours, theirs = map(median, seconds)
    remark(f"a step: {1000 * ours:.0f} ms; of fully connected players for images: {1000 * theirs:.0f} ms")
    return report("sound_cost", ours / theirs, "of a dense game's step", "<=", 1.3)


def run() -> int:
    torch.set_num_threads(1)
    dataset = build_dataset(load_preset("sound_notes").dataset)
    reached = codec(dataset) & cost(dataset)
    reached &= games(dataset)
    reached &= digits(SEEDS, trained, made_by)
    # A target, not a bar: with the pitch told, a Gaussian for each pitch has the better brightness for long.
    (found,) = notes("told", load_preset("sound_notes"), dataset, LONG, (0,))
    bright = found["brightness_jsd"]
    report("sound_told.brightness", bright.value, "nats, of a Gaussian's, a target", "<=", bright.controls[0][1])
    return 0 if reached else 1
