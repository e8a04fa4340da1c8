"""kl_held, jsd_held: how often what is told as 95 % holds the truth, of six pairs of distributions and 20 seeds each.

By each estimator with 5,000 samples a side, the density of p_data known and unknown (the neighbours never use it). A KL
is told as a lower bound: it holds where it is no more than the truth. Equal distributions have the truth 0; of those
far apart, and where q all but lacks a mode, it lies beyond what so many samples can show. The truth is by quadrature.
"""

from __future__ import annotations

import numpy as np

from ganstudio.measurements import Sides, finish
from ganstudio.modalities import Points
from tests.benchmarks.figures import remark, report
from tests.quadrature import Divergences, Mixture, divergences

SEEDS = range(20)
SAMPLES = 5000
ENOUGH = 17
WAYS = (("probe", False), ("probe", True), ("histogram", False), ("histogram", True), ("neighbours", False))


def pairs() -> dict[str, tuple[Mixture, Mixture]]:
    angles = np.arange(8) * 2 * np.pi / 8
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    two = [[0.0, 0.0], [6.0, 0.0]]
    one = Mixture([[0.0, 0.0]])
    return {
        "equal": (one, one),
        "shifted by 0.5": (one, Mixture([[0.5, 0.0]])),
        "twice as wide": (one, Mixture([[0.0, 0.0]], 2.0)),
        "shrunk ring": (Mixture(ring, 0.1), Mixture(0.9 * ring, 0.1)),
        "mode of 30 % at 0.1 %": (Mixture(two, 0.5, [0.7, 0.3]), Mixture(two, 0.5, [0.999, 0.001])),
        "far apart": (Mixture([[0.0, 0.0]], 0.5), Mixture([[8.0, 0.0]], 0.5)),
    }


def held(estimator: str, known: bool, p: Mixture, q: Mixture, truth: Divergences) -> tuple[list[int], list[float]]:
    """How many seeds' limits hold the KLs and the JSD, and the means of the KLs' limits."""
    from ganstudio.measurements.estimators import ESTIMATORS

    holds, lows = [0, 0, 0], []
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        sides = Sides(
            draw_real=lambda count, random=random: p.draw(count, random),
            draw_fake=lambda count, random=random: q.draw(count, random),
            modality=Points(),
            log_density=p.log_density if known else None,
        )
        found = finish(ESTIMATORS[estimator](sides, SAMPLES, seed))
        assert found.kl_forward_low is not None
        assert found.kl_reverse_low is not None
        holds[0] += found.kl_forward_low <= truth.kl_forward + 1e-9
        holds[1] += found.kl_reverse_low <= truth.kl_reverse + 1e-9
        holds[2] += found.jsd_low <= truth.jsd + 1e-9 and truth.jsd <= found.jsd_high + 1e-9
        lows.append((found.kl_forward_low, found.kl_reverse_low))
    return holds, np.mean(lows, axis=0).tolist()


def run() -> int:
    import torch

    torch.set_num_threads(1)
    worst_kl = worst_jsd = len(SEEDS)
    for name, (p, q) in pairs().items():
        truth = divergences(p, q)
        remark(f"{name}: KL {truth.kl_forward:.3f} and {truth.kl_reverse:.3f}, JSD {truth.jsd:.4f}")
        for estimator, known in WAYS:
            (forward, reverse, jsd), (low, back) = held(estimator, known, p, q, truth)
            told = f"KL >= {low:.3f} holds {forward}, KL >= {back:.3f} holds {reverse}, JSD in its interval {jsd}"
            reached = "pass" if min(forward, reverse, jsd) >= ENOUGH else "short"
            remark(f"  {estimator}, {'known' if known else 'unknown'} density: {told} of {len(SEEDS)}: {reached}")
            worst_kl, worst_jsd = min(worst_kl, forward, reverse), min(worst_jsd, jsd)
    results = [
        report("kl_held", worst_kl, "of 20 seeds, worst of 60", ">=", ENOUGH),
        report("jsd_held", worst_jsd, "of 20 seeds, worst of 30", ">=", ENOUGH),
    ]
    return 0 if all(results) else 1
