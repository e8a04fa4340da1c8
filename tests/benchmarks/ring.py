"""ring_quality: the preset's default steps, five seeds, each of the generator's three updates, on one core.

The protocol is VEEGAN's (Srivastava et al. 2017): 2,500 samples of the averaged generator, high quality within three
standard deviations of a mode. The figures are the worst of all the runs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from ganstudio.measurements import mode_coverage
from ganstudio.presets import load_preset, with_setting
from tests.benchmarks.figures import median, remark, report
from tests.benchmarks.headless import train_to_the_end

SEEDS = range(5)
UPDATES = ("saturating", "non_saturating", "combined")
SAMPLES = 2500


def train(seed: int, update: str, folder: Path):
    """One run by the session that the window and the command line drive; coverage and seconds."""
    from ganstudio.training.checkpoints.loaded import load_generator

    experiment = with_setting(load_preset("ring"), "seed", seed)
    experiment = with_setting(experiment, "objective.generator_update", update)
    experiment = with_setting(experiment, "device", {"kind": "cpu", "threads": 1})
    seconds = train_to_the_end(experiment, folder)
    generator = load_generator(folder)
    points = generator.generate(generator.draw_latents(SAMPLES, seed=12345))
    return mode_coverage(points, generator.dataset.modes, generator.dataset.mode_sigma), seconds


def run() -> int:
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for update in UPDATES:
            for seed in SEEDS:
                coverage, seconds = train(seed, update, Path(folder) / f"{update}-{seed}")
                results.append((coverage, seconds))
                remark(
                    f"{update}, seed {seed}: {coverage.modes}/8 modes ({coverage.modes_strict} strict), high quality "
                    f"{coverage.high_quality:.3f}, rKL {coverage.mode_kl:.4f}, {seconds:.0f} s"
                )
    quality = [coverage.high_quality for coverage, _ in results]
    divergence = [coverage.mode_kl for coverage, _ in results]
    remark(f"medians: high quality {median(quality):.3f}, rKL {median(divergence):.4f}")
    reached = report("ring_quality.modes", min(coverage.modes for coverage, _ in results), "of 8, worst run", ">=", 8)
    reached &= report("ring_quality.high_quality", min(quality), "share, worst run", ">=", 0.95)
    reached &= report("ring_quality.rkl", max(divergence), "nats, worst run", "<=", 0.03)
    reached &= report("ring_quality.seconds", max(seconds for _, seconds in results), "s, longest run", "<=", 60)
    return 0 if reached else 1
