"""Figures of each level of a pyramid, alone: what it adds to real coarse images that were kept aside.

In the cascade a level meets images that were made, so that it can be right by itself and its samples still be wrong.
Legend: n images, c channels, h and w pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ganstudio.data.images.halving import enlarged, halved, pyramid, rebuilt
from ganstudio.measurements.figure import Figure
from ganstudio.measurements.images import parted
from ganstudio.measurements.patches import IMAGES, noise_like, patch_distance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ganstudio.data import Dataset
    from ganstudio.measurements.estimate import Samples

    Maker = Callable[[Samples], Samples]
    """Coarse images (n, c, h/2, w/2) to images (n, c, h, w) in model units, with other noise each time."""

_SAME = 0.1  # of the difference between coarse images: below it those of twins count as the same


class Residuals(NamedTuple):
    """What is added to coarse images. real, kept: to real ones, of the training and kept aside. made, again: by G."""

    real: Samples
    kept: Samples
    made: Samples
    again: Samples


def level_figures(
    dataset: Dataset, makers: Sequence[Maker], *, twins: Dataset | None = None, seed: int = 0
) -> Iterator[Figure]:
    """Of each level, coarse to fine: how far its patches are from real ones, and how much its noise and its power are.

    makers: of the levels, the coarsest first. twins: the same images with other detail, where there are such: then it
    is known how much noise ought to change. Raises EstimationError where there are too few images.
    """
    trained, aside = parted(dataset, np.random.default_rng((seed, 11)))
    count = min(IMAGES, len(trained), len(aside))
    assert dataset.at is not None
    real, kept = dataset.at(trained[:count]), dataset.at(aside[:count])
    assert twins is None or twins.at is not None
    other = None if twins is None or twins.at is None else twins.at(aside[:count])
    levels = pyramid(kept, len(makers))
    apart = float(np.abs(rebuilt(levels) - kept).max())
    yield Figure(
        name="round_trip",
        value=apart,
        floor=float("nan"),
        title="Round trip of the pyramid",
        help="The largest difference between an image and the same put together of its levels, of a range of 2",
        better="low",
    )
    for place, maker in enumerate(makers):
        times = len(makers) - 1 - place
        found = residuals(maker, halved(real, times), halved(kept, times))
        truth = float("nan") if other is None else _truth(halved(kept, times), halved(other, times), found.kept)
        yield from _of_level(found, truth, np.random.default_rng((seed, 13, place)))


def residuals(maker: Maker, real: Samples, kept: Samples) -> Residuals:
    """What a level adds to the coarse images of those kept aside, twice with other noise, and what belongs there."""
    sides = kept.shape[-2:]
    coarse = halved(kept)
    below = enlarged(coarse, *sides)
    return Residuals(real - enlarged(halved(real), *sides), kept - below, maker(coarse) - below, maker(coarse) - below)


def sensitivity(found: Residuals) -> float:
    """How far two draws of the noise are apart, as a share of how far residuals of two images are; 0: it is ignored."""
    return float(np.abs(found.made - found.again).mean() / _between(found.kept))


def _between(residual: Samples) -> float:
    return float(np.abs(residual - np.roll(residual, 1, axis=0)).mean())


def _truth(kept: Samples, other: Samples, residual: Samples) -> float:
    """The sensitivity of an ideal level: how far apart the residuals are that go with the same coarse image.

    NaN where the coarse images show already which of two images it is.
    """
    coarse = halved(kept)
    if np.abs(coarse - halved(other)).mean() > _SAME * _between(coarse):
        return float("nan")
    others = other - enlarged(halved(other), *other.shape[-2:])
    return float(np.abs(residual - others).mean() / _between(residual))


def _of_level(found: Residuals, truth: float, random: np.random.Generator) -> Iterator[Figure]:
    height, width = found.kept.shape[-2:]
    name = f"level_{width}" if height == width else f"level_{width}x{height}"
    title = f"{width} × {height} on real coarse images"
    none, noise = np.zeros_like(found.real), noise_like(found.real, random)
    controls = [patch_distance(one, found.real) for one in (none, noise)]
    yield Figure(
        name=f"{name}_swd",
        value=patch_distance(found.made, found.real),
        floor=patch_distance(found.kept, found.real),
        title=f"{title}: patches",
        help="Distance of the patches that this level adds to real coarse images, times 1,000. Adding nothing gets "
        f"{controls[0]:.0f}, white noise of the right power {controls[1]:.0f}",
        better="low",
        controls=tuple(zip(("nothing added", "white noise"), controls, strict=True)),
    )
    yield Figure(
        name=f"{name}_sensitivity",
        value=sensitivity(found),
        floor=truth,
        title=f"{title}: what its noise changes",
        help="How far what it adds differs with other noise, as a share of how far it differs between images. 0: the "
        "noise is ignored. More is not better: it should be what the data leave open",
        share=True,
    )
    yield Figure(
        name=f"{name}_power",
        value=float(found.made.var() / found.real.var()),
        floor=float(found.kept.var() / found.real.var()),
        title=f"{title}: power of what it adds",
        help="Variance of what it adds, as a share of that of real images",
        share=True,
    )
