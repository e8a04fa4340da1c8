"""What an estimate of the divergences is, and what an estimator may draw from. numpy only.

An estimator is taken apart into slices of a few milliseconds, so that a training may run it between its steps:

    work = ESTIMATORS["probe"](sides, samples, seed)
    next(work)      # one slice; again and again, whenever there is time
    finish(work)    # or all the rest at once

Between two slices nothing is left changed: no global random state, grad mode, dtype or thread count.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from ganstudio.measurements.divergence import LOG2
from ganstudio.measurements.least import UNSEEN, Scores, least_divergence
from ganstudio.modalities import ByKind, as_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data import Dataset
    from ganstudio.measurements.least import Fold
    from ganstudio.modalities import Modality

Samples = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Draw = Callable[[int], Samples]

ESTIMATOR_NAMES = ("probe", "histogram", "neighbours")
"""The estimators, the default first; ``estimators.ESTIMATORS`` holds them."""
SAMPLES = 20_000
"""Samples a side where nothing else is asked for."""
Z95 = 1.96
"""Standard errors to each side that make about 95 % of a normal distribution."""
FEWEST = 100
"""Samples a side below which nothing is estimated."""
_PIECE: ByKind[int] = ByKind(32, points=1024)  # samples drawn at one go


KLKind = Literal["lower bound", "rough"]


class EstimationError(ValueError):
    """An estimate that can't be made; the message says why in words for people."""


@dataclass(frozen=True, kw_only=True)
class DivergenceEstimate:
    """JSD(p_data || p_g), KL(p_data || p_g), KL(p_g || p_data) in nats: the JSD in an interval, of a KL a lower bound.

    jsd: as the estimator reads it; noise may put it below 0, ``divergence.displayed`` clips it for showing. jsd_low and
    jsd_high: about 95 %, clipped to [0, log 2]. Below the floor jsd_low is 0: the estimate can't be told from no
    divergence. jsd_floor: upper 95 % of what the estimator reads for p_data against itself with as many samples.
    kl_forward, kl_reverse: what KL(p_data || p_g) and KL(p_g || p_data) are at least, as it was read, None where that
    isn't known; kl_forward_low, kl_reverse_low: what they exceed with 95 % confidence, 0 where nothing can be told.
    kl_forward_high, kl_reverse_high: None, as samples set a KL no upper limit (see ``least``).
    samples: how many there were of each side. clipped: one side has what hardly any sample of the other shows; a KL
    may then be far above its bound, or infinite.
    """

    estimator: str
    jsd: float
    jsd_low: float
    jsd_high: float
    jsd_floor: float
    kl_forward: float | None = None
    kl_forward_low: float | None = None
    kl_forward_high: float | None = None
    kl_reverse: float | None = None
    kl_reverse_low: float | None = None
    kl_reverse_high: float | None = None
    samples: int
    clipped: bool = False

    @property
    def kl_kind(self) -> KLKind:
        """What is known of the KLs. "rough": of runs of older versions, whose intervals did not hold the truth."""
        return "rough" if self.kl_forward_low is None else "lower bound"


@dataclass(frozen=True, kw_only=True, eq=False)
class Sides:
    """p_data and p_g, to draw from, all in model units.

    draw_real, draw_fake: count -> float32 array (count, *shape), independent draws. They must own their randomness.
    modality: what a sample is.
    log_density: (n, 2) points in people's units -> (n,) nats, of p_data, where it is known.
    count: samples that p_data has; None: it never runs out.
    rows: of such data, count -> that many of its samples in random order, or all where there are fewer, in pieces. Each
    of its rows comes at most once, so that a value that is there ten times is drawn as often. None: p_data can only be
    drawn from; of finite data each distinct sample is then kept once.
    kept: the shape of a sample as it is drawn, where that is not the modality's.
    cache: what estimators learn of p_data alone (floors, cells); keep it from one estimate to the next of one dataset.
    """

    draw_real: Draw
    draw_fake: Draw
    modality: Modality
    log_density: Callable[[npt.NDArray[np.floating[Any]]], Doubles] | None = None
    count: int | None = None
    rows: Callable[[int], Iterator[Samples]] | None = None
    kept: tuple[int, ...] | None = None
    cache: dict[str, Any] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a sample as it is drawn, in model units."""
        return self.modality.shape if self.kept is None else self.kept

    @classmethod
    def of(cls, dataset: Dataset, draw_fake: Draw, seed: int, cache: dict[str, Any] | None = None) -> Sides:
        """The sides for a dataset and what draws from a generator (count -> (count, *shape) in model units)."""
        random = np.random.default_rng(seed)
        return cls(
            draw_real=lambda count: dataset.draw(count, random),
            draw_fake=draw_fake,
            modality=dataset.modality,
            log_density=dataset.log_density,
            count=dataset.count,
            rows=dataset.each_once(random),
            cache={} if cache is None else cache,
        )

    def log_density_here(self, points: npt.NDArray[np.floating[Any]]) -> Doubles:
        """Log-density of p_data at points (n, 2) in model units, of model units; -inf stays -inf."""
        assert self.log_density is not None
        units = as_points(self.modality)
        inside = self.log_density(np.asarray(points, np.float64) * units.scale + np.asarray(units.centre, np.float64))
        return inside + 2 * math.log(units.scale)


Work = Generator[None, None, DivergenceEstimate]
Estimator = Callable[[Sides, int, int], Work]


def finish(work: Work) -> DivergenceEstimate:
    """Run an estimation to its end. Raises EstimationError where it can't be made."""
    while True:
        try:
            next(work)
        except StopIteration as stop:
            estimate: DivergenceEstimate = stop.value
            return estimate


def interval(
    jsd: float, error: float, floor: float, samples: int, *, above: float = 0.0, below: float = 0.0
) -> dict[str, Any]:
    """The JSD's fields of an estimate from its standard error and its samples a side.

    above, below: how far beyond the noise the truth may lie, by what is known of the bias.
    """
    # Where none of the samples lies the sides may be alike or not: a mass of 3 / n, of which a standard error of 0,
    # as of sides that share nothing, knows nothing.
    unseen = LOG2 * UNSEEN / samples
    low, high = jsd - Z95 * error - below - unseen, jsd + Z95 * error + above + unseen
    if jsd <= floor:
        low, high = 0.0, max(high, floor)
    return {
        "jsd": jsd,
        "jsd_low": min(max(low, 0.0), LOG2),
        "jsd_high": min(max(high, 0.0), LOG2),
        "jsd_floor": min(max(floor, 0.0), LOG2),
    }


def kl_fields(forward: Sequence[Fold], reverse: Sequence[Fold]) -> Generator[None, None, dict[str, Any]]:
    """The KLs' fields of an estimate: what both are at least, from folds as ``least_divergence`` takes them."""
    fields: dict[str, Any] = {}
    for name, folds in (("kl_forward", forward), ("kl_reverse", reverse)):
        found = yield from least_divergence(folds)
        fields |= {name: found.read, f"{name}_low": found.limit}
        fields["clipped"] = fields.get("clipped", False) or found.sparse
    return fields


def both_ways(folds: Sequence[tuple[Doubles, Doubles]]) -> Generator[None, None, dict[str, Any]]:
    """The same from log p / q at samples (n,) of p_data and (m,) of p_g that it wasn't learned from, fold by fold."""
    drawn = [(Scores.drawn(real), Scores.drawn(fake)) for real, fake in folds]
    turned = [(Scores.drawn(-fake), Scores.drawn(-real)) for real, fake in folds]
    return (yield from kl_fields(drawn, turned))


def collect(sides: Sides, *, real: int, fake: int) -> Generator[None, None, tuple[Samples, Samples]]:
    """Draw both sides in slices: (n, *shape) each, in no order that says anything.

    Of finite data each row is taken at most once: one that is in two parts of a split would be recognised instead of
    judged. Values that several rows share are there as often as in the data, or a generator that makes them as often
    would be told from it. There may then be fewer real samples than asked for.
    Raises EstimationError for too few samples, and for generated ones that aren't finite numbers.
    """
    if sides.rows is not None:
        drawn, kind = (yield from _filled(sides.rows(real), real, sides.shape)), "samples"
    else:
        drawn, kind = (yield from _filled(_pieces(sides.draw_real, real, sides), real, sides.shape)), "distinct samples"
        if sides.count is not None:
            drawn = yield from _distinct(drawn)
    if min(len(drawn), real) < FEWEST:
        raise EstimationError(f"the data has {len(drawn)} {kind}; an estimate needs {FEWEST} or more")
    wanted = min(fake, len(drawn))
    generated = yield from _filled(_pieces(sides.draw_fake, wanted, sides), wanted, sides.shape)
    if not np.isfinite(generated).all():
        raise EstimationError("the generator makes numbers that are not finite; the training has diverged")
    return drawn, generated


def _distinct(samples: Samples) -> Generator[None, None, Samples]:
    seen: set[bytes] = set()
    kept = []
    for index, sample in enumerate(samples):
        key = sample.tobytes()
        if key not in seen:
            seen.add(key)
            kept.append(index)
        if index % 1024 == 1023:
            yield
    return samples[kept]


def _pieces(draw: Draw, count: int, sides: Sides) -> Iterator[Samples]:
    rows = _PIECE[sides.modality.kind]
    for start in range(0, count, rows):
        yield draw(min(rows, count - start))


def _filled(pieces: Iterator[Samples], most: int, shape: tuple[int, ...]) -> Generator[None, None, Samples]:
    """The pieces together (n, *shape), at most ``most`` samples, in one array that was made before."""
    samples, filled = np.empty((most, *shape), np.float32), 0
    for piece in pieces:
        samples[filled : filled + len(piece)] = piece
        filled += len(piece)
        yield
    return samples[:filled]
