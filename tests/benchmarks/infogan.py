"""infogan_quality: the infogan preset as it comes, three seeds, on glyphs whose factors are known; and its control.

Accuracy is that of the categorical code as a classifier of the glyphs kept aside, its values matched one to one to the
classes; MIG after Chen et al. 2018; rank correlations of the continuous codes with the known factors. With every weight
lambda 0 the same game must fail: L_I near its ceiling alone proves nothing about classes.

infogan_cost: steps a second of the preset over those of the same game without codes, the two taking turns.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.presets import load_preset, with_setting
from tests.benchmarks.figures import median, remark, report
from tests.benchmarks.headless import Headless, train_to_the_end

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment

SEEDS = range(3)
TURNS, TURN_SECONDS = 5, 6.0


def measure(experiment: Experiment, folder: Path) -> dict[str, float]:
    """Train to the end, and tell what Q reads of the images kept aside."""
    from ganstudio.measurements.codes import information_table, matched_accuracy, rank_correlation
    from ganstudio.measurements.images import aside_indices
    from ganstudio.run import RunFolder
    from ganstudio.training.checkpoint import load_recogniser

    seconds = train_to_the_end(experiment, folder)
    run = RunFolder.open(folder, read_only=True)
    known = run.scalars(["information_0"])[-500:, 2].mean()
    run.close()
    loaded = load_recogniser(folder)
    data = loaded.dataset
    # Well mixed: Q's batch normalisation uses the statistics of what it is given.
    indices = np.random.default_rng(0).permutation(aside_indices(data))
    classes, *codes = loaded.read(data.at(indices))
    values, labels = classes.argmax(axis=1), data.labels[indices]
    factors = {name: each[indices] for name, each in data.factors.items()}
    readings = {"c1": values, **{f"c{index}": code for index, code in enumerate(codes, start=2)}}
    table = information_table(readings, {"class": labels, **factors})
    found = {
        "seconds": seconds,
        "information": known,
        "accuracy": matched_accuracy(values, labels).accuracy,
        "mig": table.mig,
    }
    for name, factor in factors.items():
        found[name] = max(abs(rank_correlation(code, factor)) for code in codes)
    return found


def quality(folder: Path) -> bool:
    preset = with_setting(load_preset("infogan"), "device", {"kind": "cpu", "threads": 1})
    results = []
    for seed in SEEDS:
        found = measure(with_setting(preset, "seed", seed), folder / f"seed-{seed}")
        results.append(found)
        remark(f"seed {seed}: " + ", ".join(f"{name} {value:.3f}" for name, value in found.items()))
    for index in range(len(preset.latent.codes)):
        preset = with_setting(preset, f"latent.codes.{index}.weight", 0)
    control = measure(preset, folder / "control")
    remark("lambda 0: " + ", ".join(f"{name} {value:.3f}" for name, value in control.items()))

    def each(name: str) -> list[float]:
        return [found[name] for found in results]

    reached = report("infogan_quality.information", min(each("information")), "nats of 2.303, worst", ">=", 2.25)
    reached &= report("infogan_quality.accuracy", median(each("accuracy")), "median", ">=", 0.8)
    reached &= report("infogan_quality.best", max(each("accuracy")), "best", ">=", 0.9)
    reached &= report("infogan_quality.control", control["accuracy"], "accuracy, lambda 0", "<=", 0.3)
    reached &= report("infogan_quality.mig", median(each("mig")), "median", ">=", 0.3)
    for name in ("rotation", "thickness"):
        reached &= report(f"infogan_quality.{name}", median(each(name)), "|rank correlation|, median", ">=", 0.6)
    return reached & report("infogan_quality.seconds", max(each("seconds")), "s, longest", "<=", 900)


def cost(folder: Path) -> bool:
    coded = with_setting(load_preset("infogan"), "schedule.steps", 50_000_000)
    coded = with_setting(coded, "device", {"kind": "cpu", "threads": 1})
    plain = with_setting(coded, "latent.codes", [])
    plain = with_setting(plain, "latent.dimensions", coded.latent.width)  # G's first layer is as wide
    games = [Headless(coded, folder / "coded"), Headless(plain, folder / "plain")]
    ratios = []
    for _ in range(TURNS):
        rates = [game.rate(TURN_SECONDS) for game in games]
        ratios.append(rates[0] / rates[1])
        remark(f"with codes {rates[0]:.1f} it/s, without {rates[1]:.1f}")
    for game in games:
        game.close()
    return report("infogan_cost", median(ratios), "of the same game without codes", ">=", 0.85)


def run() -> int:
    with tempfile.TemporaryDirectory() as name:
        reached = cost(Path(name))
        return 0 if reached & quality(Path(name)) else 1
