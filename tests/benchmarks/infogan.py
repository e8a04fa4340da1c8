"""infogan_quality: the infogan preset as it comes, three seeds, on glyphs whose factors are known; and its control.

infogan_mnist: the preset mnist on 10,000 of its digits (``GANSTUDIO_BENCHMARK_DATA``/mnist-10k), of which the last
1,000 are kept aside, and its control. The factor that is known of them is the slant, by image moments.

A traversal sheet of each seed, a row for each value of the categorical code, is left in build/ for a person to look at.

Accuracy is that of the categorical code as a classifier of the glyphs kept aside, its values matched one to one to the
classes; MIG after Chen et al. 2018; rank correlations of the continuous codes with the known factors. With every weight
lambda 0, which takes the comparison of views away as well, the same game must fail: L_I near its ceiling alone proves
nothing about classes. The first seed without the comparison of views stands beside it: InfoGAN as in the paper.

infogan_cost: steps a second of the game with Q over those of the same game without codes, taking turns; and, as a
remark, of the preset as it comes, which compares views of real images as well.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.presets import load_preset, with_setting
from tests.benchmarks.figures import median, remark, report
from tests.benchmarks.headless import Headless, train_to_the_end
from tests.benchmarks.portraits import mnist_10k

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment

SEEDS = range(3)
TURNS, TURN_SECONDS = 5, 6.0
SHEETS = Path("build")


def measure(experiment: Experiment, folder: Path) -> dict[str, float]:
    """Train to the end, and tell what Q reads of the images kept aside."""
    from ganstudio.measurements.codes import information_table, matched_accuracy, rank_correlation, slant
    from ganstudio.measurements.images import aside_indices
    from ganstudio.run import RunFolder
    from ganstudio.training.checkpoints.loaded import load_recogniser

    seconds = train_to_the_end(experiment, folder)
    run = RunFolder.open(folder, read_only=True)
    known = run.scalars(["information_0"])[-500:, 2].mean()
    run.close()
    loaded = load_recogniser(folder)
    data = loaded.dataset
    # Well mixed: Q's batch normalisation uses the statistics of what it is given.
    indices = np.random.default_rng(0).permutation(aside_indices(data))
    images = data.at(indices)
    classes, *codes = loaded.read(images)
    values, labels = classes.argmax(axis=1), data.labels[indices]
    factors = {name: each[indices] for name, each in (data.factors or {}).items()}
    factors = {name: values for name, values in factors.items() if np.ptp(values) > 0}
    if not factors:
        factors["slant"] = slant(images[:, 0])
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


def trained(name: str, preset: Experiment, folder: Path) -> tuple[list[dict[str, float]], dict[str, float]]:
    """What each seed came to, and the control: the same game with every weight lambda 0."""
    preset = with_setting(preset, "device", {"kind": "cpu", "threads": 1})
    results = []
    for seed in SEEDS:
        run = folder / f"{name}-{seed}"
        found = measure(with_setting(preset, "seed", seed), run)
        results.append(found)
        remark(f"{name}, seed {seed}: " + ", ".join(f"{key} {value:.3f}" for key, value in found.items()))
        leave_sheet(run, SHEETS / f"{name}-{seed}.png")
    alone = measure(unviewed(preset), folder / f"{name}-alone")
    remark(f"{name}, views not compared: " + ", ".join(f"{key} {value:.3f}" for key, value in alone.items()))
    for index in range(len(preset.latent.codes)):
        preset = with_setting(preset, f"latent.codes.{index}.weight", 0)
    control = measure(preset, folder / f"{name}-control")
    remark(f"{name}, lambda 0: " + ", ".join(f"{key} {value:.3f}" for key, value in control.items()))
    return results, control


def unviewed(experiment: Experiment) -> Experiment:
    """The same game in which Q compares no views of real images: InfoGAN as in the paper."""
    for name in ("consistency", "equivariance"):
        experiment = with_setting(experiment, f"recogniser.{name}", 0)
    return experiment


def leave_sheet(run: Path, path: Path) -> None:
    """Rows: the values of the first code; columns: each continuous code in turn, over its range; z stays."""
    from ganstudio.export import save_samples
    from ganstudio.gui.gallery.sheet_state import axes, sheet_latents
    from ganstudio.training.checkpoints.loaded import load_generator

    generator = load_generator(run)
    rows, *columns = axes(generator.latent)[: len(generator.latent.codes)]
    base = generator.draw_latents(1, seed=3)[0]
    parts = [sheet_latents(base, rows, axis).reshape(len(rows), len(axis), -1) for axis in columns]
    latents = np.concatenate(parts, axis=1)
    SHEETS.mkdir(exist_ok=True)
    made = generator.generate(latents.reshape(-1, latents.shape[2]))
    save_samples(path, made, generator.dataset.modality, columns=latents.shape[1])


def compare(name: str, results: list[dict[str, float]], control: dict[str, float]) -> bool:
    """The figures that both sets of digits have."""
    accuracies = [found["accuracy"] for found in results]
    told = min(found["information"] for found in results)
    reached = report(f"{name}.information", told, "nats of 2.303, worst", ">=", 2.25)
    reached &= report(f"{name}.accuracy", median(accuracies), "median", ">=", 0.8)
    reached &= report(f"{name}.best", max(accuracies), "best", ">=", 0.9)
    reached &= report(f"{name}.control", control["accuracy"], "accuracy, lambda 0", "<=", 0.3)
    return reached & report(f"{name}.seconds", max(found["seconds"] for found in results), "s, longest", "<=", 900)


def quality(folder: Path) -> bool:
    results, control = trained("infogan_quality", load_preset("infogan"), folder)
    reached = compare("infogan_quality", results, control)
    reached &= report("infogan_quality.mig", median([found["mig"] for found in results]), "median", ">=", 0.3)
    for name in ("rotation", "thickness"):
        values = [found[name] for found in results]
        reached &= report(f"infogan_quality.{name}", median(values), "|rank correlation|, median", ">=", 0.6)
    return reached


def mnist(folder: Path) -> bool:
    preset = with_setting(load_preset("mnist"), "dataset", mnist_10k(16).model_dump())
    results, control = trained("infogan_mnist", preset, folder)
    reached = compare("infogan_mnist", results, control)
    values = [found["slant"] for found in results]
    return reached & report("infogan_mnist.slant", median(values), "|rank correlation|, median", ">=", 0.6)


def cost(folder: Path) -> bool:
    coded = with_setting(load_preset("infogan"), "schedule.steps", 50_000_000)
    viewing = with_setting(coded, "device", {"kind": "cpu", "threads": 1})
    coded = unviewed(viewing)
    plain = with_setting(coded, "latent.codes", [])
    plain = with_setting(plain, "latent.dimensions", coded.latent.width)  # G's first layer is as wide
    games = [Headless(game, folder / name) for game, name in ((coded, "coded"), (plain, "plain"), (viewing, "viewing"))]
    ratios, as_it_comes = [], []
    for _ in range(TURNS):
        rates = [game.rate(TURN_SECONDS) for game in games]
        ratios.append(rates[0] / rates[1])
        as_it_comes.append(rates[2] / rates[1])
        remark(f"with codes {rates[0]:.1f} it/s, without {rates[1]:.1f}; with views compared {rates[2]:.1f}")
    for game in games:
        game.close()
    remark(f"the preset as it comes: {median(as_it_comes):.3f} of the same game without codes")
    return report("infogan_cost", median(ratios), "of the same game without codes", ">=", 0.85)


def run() -> int:
    with tempfile.TemporaryDirectory() as name:
        reached = cost(Path(name))
        reached &= quality(Path(name))
        return 0 if reached & mnist(Path(name)) else 1
