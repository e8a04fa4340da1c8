"""jsd_error: what the estimators read of six pairs of mixtures, against their divergences by quadrature.

p is the ring preset's mixture, 8 Gaussians of deviation .01 on a circle of radius 1; 20,000 samples a side, 5 seeds.
Seconds are of the process's own time on one core, with the null run that gives the floor.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from ganstudio.measurements import Sides, finish
from ganstudio.measurements.estimate import Z95
from ganstudio.modalities import Points
from tests.benchmarks.figures import remark, report
from tests.quadrature import Mixture, divergences

SEEDS = range(5)
SAMPLES = 20_000
SIGMA = 0.01


def pairs() -> dict[str, tuple[Mixture, Mixture]]:
    angles = np.arange(8) * 2 * np.pi / 8
    means = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    p = Mixture(means, SIGMA)
    return {
        "identical": (p, p),
        "shifted by 0.7 sigma": (p, Mixture(means + np.array([0.7 * SIGMA, 0.0]), SIGMA)),
        "sigma x 1.6": (p, Mixture(means, 1.6 * SIGMA)),
        "two modes dropped": (p, Mixture(means[:6], SIGMA)),
        "one mode left": (p, Mixture(means[:1], SIGMA)),
        "weights 1 to 8": (p, Mixture(means, SIGMA, np.arange(1.0, 9.0))),
    }


def sides(p: Mixture, q: Mixture, seed: int, *, known: bool) -> Sides:
    random = np.random.default_rng(seed)
    return Sides(
        draw_real=lambda count: p.draw(count, random),
        draw_fake=lambda count: q.draw(count, random),
        modality=Points(),
        log_density=p.log_density if known else None,
    )


@dataclass
class Found:
    """Over all pairs and seeds."""

    worst: float = 0.0
    identical: float = 0.0
    above: int = 0
    covered: int = 0
    seconds: float = 0.0


def measure(estimator: str, *, known: bool) -> Found:
    import torch

    from ganstudio.measurements.estimators import ESTIMATORS

    torch.set_num_threads(1)
    found = Found()
    # The first fit of a process loads what torch loads late; it is not the estimate's.
    finish(ESTIMATORS[estimator](sides(*pairs()["identical"], 99, known=known), 1000, 99))
    for name, (p, q) in pairs().items():
        truth = divergences(p, q).jsd
        errors = []
        for seed in SEEDS:
            began = time.process_time()
            estimate = finish(ESTIMATORS[estimator](sides(p, q, seed, known=known), SAMPLES, seed))
            found.seconds = max(found.seconds, time.process_time() - began)
            errors.append(estimate.jsd - truth)
            # Where the reading is below its floor jsd_low is 0, and no truth lies below it.
            standard_error = (estimate.jsd - estimate.jsd_low) / Z95 if estimate.jsd_low > 0 else float("inf")
            found.above += estimate.jsd > truth + 2 * standard_error
            found.covered += estimate.jsd_low <= truth <= estimate.jsd_high
        worst = max(map(abs, errors))
        found.worst = max(found.worst, worst)
        if name == "identical":
            found.identical = worst
        given = "with log p" if known else "samples only"
        remark(f"{estimator}, {given}, {name}: truth {truth:.4f}, errors {' '.join(f'{e:+.4f}' for e in errors)}")
    return found


def run() -> int:
    probe, with_density = measure("probe", known=False), measure("probe", known=True)
    counted, near = measure("histogram", known=True), measure("neighbours", known=False)
    remark(f"neighbours: worst error {near.worst:.4f}, covered {near.covered} of 30, {near.seconds:.1f} s")
    remark(f"histogram: interval covers the truth in {counted.covered} of 30, {counted.seconds:.2f} s")
    results = [
        report("jsd_error.probe", probe.worst, "nats, worst of 30", "<=", 0.012),
        report("jsd_error.probe_with_density", with_density.worst, "nats, worst of 30", "<=", 0.008),
        report("jsd_error.identical", max(probe.identical, with_density.identical), "nats, worst of 10", "<=", 0.003),
        report("jsd_error.above", max(probe.above, with_density.above), "of 30 above by 2 se", "<=", 2),
        report("jsd_error.covered", min(probe.covered, with_density.covered), "of 30 in the interval", ">=", 26),
        report("jsd_error.seconds", max(probe.seconds, with_density.seconds), "s on one core, longest", "<=", 3),
        report("jsd_error.histogram", counted.worst, "nats, worst of 30", "<=", 0.01),
    ]
    return 0 if all(results) else 1
