"""The probe: a classifier, fresh for each estimate, that is asked to tell real samples from generated ones.

For any classifier D and samples that it was not fitted to, JSD >= log 2 + V/2 with V = E log D(x) + E log(1 - D(G(z)))
(Goodfellow et al. 2014, theorem 1): the estimate is biased low, so that a reading of 0 is no proof of equality. Each
fit learns from half of the samples; a fifth chooses when to stop and how sure to be; three tenths are judged, which it
never saw. Three fits with their parts rotated judge nine tenths of the samples: 0.6 of one fit's standard error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.functional import softplus

from ganstudio.measurements.divergence import jsd_bound
from ganstudio.measurements.estimate import (
    DivergenceEstimate,
    Doubles,
    Samples,
    Sides,
    Work,
    both_ways,
    collect,
    interval,
)
from ganstudio.measurements.probe_kinds import PROBES
from ganstudio.networks.descent import build_optimiser, descend

if TYPE_CHECKING:
    from collections.abc import Generator

    from torch import Tensor

    from ganstudio.measurements.probe_networks import Network

FIT, STOP, JUDGE = 0.5, 0.2, 0.3
"""Shares of the samples for the three parts of a fit."""
_LOOKS = 16  # times that a fit is looked at for the best moment to stop
_SCALES = np.linspace(0.0, 1.5, 31)  # factors on the logit that are tried; 0 is a probe that can't tell at all


@dataclass(frozen=True)
class _Judged:
    """Logits of the samples that a probe never saw, and how much better it did on those that it was fitted to, nats."""

    real: Doubles
    fake: Doubles
    optimism: float


def probe(sides: Sides, samples: int, seed: int) -> Work:
    """Estimate by a probe classifier, from ``samples`` a side; biased low. Raises EstimationError for too few samples.

    On the plane the probe sees a point's place, the log-density of both sides together as a mixture of Gaussians fits
    it, that density's gradient, and log p_data where it is known. Images go through a small convolutional network, and
    sentences through a recurrent one that learns after each word.
    """
    random = np.random.default_rng((seed, 0))
    kind = PROBES[sides.modality.kind]
    sides = kind.of(sides)
    samples = min(samples, kind.floats // math.prod(sides.shape))
    real, fake = yield from collect(sides, real=samples, fake=samples)
    floor = yield from _floor(sides, samples, (seed, 1))
    real, fake = yield from kind.apart(real, fake, np.random.default_rng((seed, 5)))
    parts = yield from _rotate(sides, real, fake, kind.rotations, random)
    return DivergenceEstimate(
        estimator="probe",
        samples=min(len(real), len(fake)),
        **_divergence(parts, floor),
        # A logit is the probe's log p / q (Goodfellow et al. 2014, proposition 1).
        **(yield from both_ways([(part.real, part.fake) for part in parts])),
    )


def _floor(sides: Sides, samples: int, seed: tuple[int, int]) -> Generator[None, None, float]:
    """What the probe reads for p_data against itself, upper 95 %; of finite data, for one half against the other."""
    key = f"probe floor at {samples}"
    if key not in sides.cache:
        random = np.random.default_rng(seed)
        real, _ = yield from collect(sides, real=2 * samples, fake=0)
        real = real[random.permutation(len(real))]
        half = len(real) // 2
        one, other = real[:half], real[half : 2 * half]
        apart = PROBES[sides.modality.kind].apart
        one, other = yield from apart(one, other, np.random.default_rng((*seed, 5)))
        parts = yield from _rotate(sides, one, other, 1, random)
        sides.cache[key] = _divergence(parts, 0.0)["jsd_high"]
    floor: float = sides.cache[key]
    return floor


def _rotate(
    sides: Sides, real: Samples, fake: Samples, rotations: int, random: np.random.Generator
) -> Generator[None, None, list[_Judged]]:
    parts = []
    for turn in range(rotations):
        shift = turn * JUDGE
        parts.append((yield from _fit_and_judge(sides, _rolled(real, shift), _rolled(fake, shift), random)))
    return parts


def _rolled(samples: Samples, share: float) -> Samples:
    start = round(share * len(samples))
    return np.concatenate([samples[start:], samples[:start]]) if start else samples


# --- one fit ----------------------------------------------------------------------------------------------------------


def _fit_and_judge(
    sides: Sides, real: Samples, fake: Samples, random: np.random.Generator
) -> Generator[None, None, _Judged]:
    """Judge the first three tenths; learn from the last half; stop by what lies between."""
    judged = [round(len(side) * JUDGE) for side in (real, fake)]
    fitted = [round(len(side) * (1 - FIT)) for side in (real, fake)]
    kind = PROBES[sides.modality.kind]
    inputs = yield from kind.inputs(sides, real, fake, (real[fitted[0] :], fake[fitted[1] :]), random)
    parts = [
        (side[:judge], side[judge:fit], side[fit:]) for side, judge, fit in zip(inputs, judged, fitted, strict=True)
    ]
    torch_random = torch.Generator().manual_seed(int(random.integers(2**31)))
    network = kind.build(sides.modality, tuple(inputs[0].shape[1:]), torch_random)
    stop_logits = yield from _train(network, parts[0][1:], parts[1][1:], torch_random)
    scale = yield from _best_scale(*stop_logits)
    logits = []
    for side in parts:
        logits.append((yield from _logits(network, side[0])) * scale)
    seen = []
    for side in parts:
        seen.append((yield from _logits(network, side[2][: len(side[0])])) * scale)
    return _Judged(logits[0], logits[1], max(0.0, _bound(*seen) - _bound(*logits)))


def _train(
    network: Network, real: tuple[Tensor, Tensor], fake: tuple[Tensor, Tensor], random: torch.Generator
) -> Generator[None, None, tuple[Doubles, Doubles]]:
    """Descend the cross-entropy; leave the network as it was best, and return its logits of the samples to stop by."""
    steps, batch, rate = network.training
    optimiser = build_optimiser(torch.optim.Adam, network.weights, betas=(0.9, 0.99), fused=True)
    best_score = -math.inf
    best: tuple[list[Tensor], tuple[Doubles, Doubles]] = ([], (np.empty(0), np.empty(0)))
    for step in range(steps):
        for group in optimiser.param_groups:
            # A short warm-up, and a cosine to nearly nothing: the last steps average the noise of the batches away.
            group["lr"] = rate * min(1.0, (step + 1) / 20) * (0.505 + 0.495 * math.cos(math.pi * step / steps))
        chosen = [torch.randint(len(side[1]), (batch,), generator=random) for side in (real, fake)]
        with torch.enable_grad():
            logits = network.learning(torch.cat([real[1][chosen[0]], fake[1][chosen[1]]]))
            loss = softplus(-logits[:batch]).mean() + softplus(logits[batch:]).mean()
            gradients = torch.autograd.grad(loss, network.weights)
        descend(optimiser, network.weights, gradients)
        yield
        if (step + 1) % (steps // _LOOKS) == 0 or step + 1 == steps:
            of_real = yield from _logits(network, real[0])
            of_fake = yield from _logits(network, fake[0])
            if (score := _bound(of_real, of_fake)) > best_score:
                best_score, best = score, ([weight.detach().clone() for weight in network.weights], (of_real, of_fake))
    with torch.no_grad():
        for weight, kept in zip(network.weights, best[0], strict=True):
            weight.copy_(kept)
    return best[1]


def _logits(network: Network, inputs: Tensor) -> Generator[None, None, Doubles]:
    answer, rows = np.empty(len(inputs)), network.at_once
    for start in range(0, len(inputs), rows):
        with torch.no_grad():
            answer[start : start + rows] = network(inputs[start : start + rows]).numpy()
        yield
    return answer


def _best_scale(real: Doubles, fake: Doubles) -> Generator[None, None, float]:
    """The factor on the logit, an inverse temperature (Guo et al. 2017), that samples not fitted to agree with best."""
    scores = []
    for scale in _SCALES:
        scores.append(_bound(real * scale, fake * scale))
        yield
    return float(_SCALES[int(np.argmax(scores))])


def _log_d(logits: Doubles) -> Doubles:
    """Log sigmoid, stable on both sides."""
    return -np.logaddexp(0.0, -logits)


def _bound(real: Doubles, fake: Doubles) -> float:
    return jsd_bound(float(_log_d(real).mean() + _log_d(-fake).mean()))


# --- what is made of it -----------------------------------------------------------------------------------------------


def _divergence(parts: list[_Judged], floor: float) -> dict[str, Any]:
    """The JSD's fields of the estimate from the logits of every rotation."""
    value_real = _log_d(np.concatenate([part.real for part in parts]))
    value_fake = _log_d(-np.concatenate([part.fake for part in parts]))
    jsd = jsd_bound(float(value_real.mean() + value_fake.mean()))
    error = 0.5 * math.hypot(_standard_error(value_real), _standard_error(value_fake))
    # On samples that it was fitted to a probe reads too much, on others too little (Akaike 1974): the truth is expected
    # between the two readings, and the interval reaches up by the gap.
    return interval(jsd, error, floor, len(value_real), above=float(np.mean([part.optimism for part in parts])))


def _standard_error(values: Doubles) -> float:
    return float(values.std()) / math.sqrt(len(values))
