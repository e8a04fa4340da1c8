"""plane_quality: the presets of the plane as they come, five seeds each, on one core.

VEEGAN's protocol (Srivastava et al. 2017) where p_data is a mixture: 2,500 samples of the averaged generator, high
quality within three standard deviations of a mode, a mode reached strictly with a tenth of its fair share. Of all of
them the JSD by the probe, 20,000 samples a side. Figures are medians over the seeds; the worst seed stands beside them.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.measurements import finish, mode_coverage
from ganstudio.measurements.estimate import SAMPLES, Sides
from ganstudio.presets import load_preset, with_setting
from tests.benchmarks.figures import median, remark, report
from tests.benchmarks.headless import train_to_the_end

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = range(5)
PRESETS = ("ring", "grid", "spiral", "two_moons", "swiss_roll")
PROTOCOL = 2500


@dataclass(frozen=True)
class Result:
    """One run: modes reached strictly, share of high quality and KL of the modes where there are modes."""

    jsd: float
    seconds: float
    strict: int = 0
    high_quality: float = float("nan")
    mode_kl: float = float("nan")


def train(preset: str, seed: int, folder: Path, update: str | None = None) -> Result:
    from ganstudio.measurements.estimators import ESTIMATORS
    from ganstudio.training.checkpoints.loaded import load_generator

    experiment = with_setting(load_preset(preset), "seed", seed)
    if update is not None:
        experiment = with_setting(experiment, "objective", {"kind": "minimax", "generator_update": update})
    experiment = with_setting(experiment, "device", {"kind": "cpu", "threads": 1})
    seconds = train_to_the_end(experiment, folder)
    generator = load_generator(folder)
    data = generator.dataset
    made = generator.generate(generator.draw_latents(SAMPLES + PROTOCOL, seed=12345))
    points = (made[PROTOCOL:] - data.modality.middle) / np.float32(data.modality.scale)
    sides = Sides.of(data, _handed_out(points), 12345)
    jsd = finish(ESTIMATORS["probe"](sides, SAMPLES, 12345)).jsd
    if data.modes is None or data.mode_sigma is None:
        return Result(jsd, seconds)
    found = mode_coverage(made[:PROTOCOL], data.modes, data.mode_sigma)
    kl = float("inf") if found.mode_kl is None else found.mode_kl
    return Result(jsd, seconds, found.modes_strict, found.high_quality, kl)


def _handed_out(points: np.ndarray) -> Callable[[int], np.ndarray]:
    """Draws that hand out each of the points once."""
    taken = 0

    def draw(count: int) -> np.ndarray:
        nonlocal taken
        taken += count
        return points[taken - count : taken]

    return draw


def measure(preset: str, folder: Path, update: str | None = None) -> list[Result]:
    name = preset if update is None else f"{preset}, {update}"
    results = []
    for seed in SEEDS if update is None else range(1):
        result = train(preset, seed, folder / f"{name}-{seed}", update)
        results.append(result)
        modes = f"{result.strict} modes strict, high quality {result.high_quality:.3f}, rKL {result.mode_kl:.4f}, "
        remark(f"{name}, seed {seed}: {modes if result.strict else ''}JSD {result.jsd:.3f}, {result.seconds:.0f} s")
    return results


def run() -> int:
    reached = True
    with tempfile.TemporaryDirectory() as folder:
        for preset in PRESETS:
            results = measure(preset, Path(folder))
            jsd, seconds = [r.jsd for r in results], [r.seconds for r in results]
            if preset in ("ring", "grid"):
                modes, quality, limit = (8, 0.97, 60) if preset == "ring" else (25, 0.93, 120)
                strict, high, kl = ([getattr(r, key) for r in results] for key in ("strict", "high_quality", "mode_kl"))
                remark(f"{preset}, worst seeds: {min(strict)} modes, high quality {min(high):.3f}, rKL {max(kl):.4f}")
                reached &= report(f"plane_quality.{preset}.modes", median(strict), "strict, median", ">=", modes)
                reached &= report(f"plane_quality.{preset}.high_quality", median(high), "share, median", ">=", quality)
                reached &= report(f"plane_quality.{preset}.rkl", median(kl), "nats, median", "<=", 0.01)
                reached &= report(f"plane_quality.{preset}.seconds", max(seconds), "s, longest", "<=", limit)
            remark(f"{preset}, worst seed: JSD {max(jsd):.3f}")
            reached &= report(f"plane_quality.{preset}.jsd", median(jsd), "nats, median", "<=", 0.08)
        for update in ("non_saturating", "combined", "saturating"):
            measure("grid", Path(folder), update)  # the classic updates beside the preset's own objective
    return 0 if reached else 1
