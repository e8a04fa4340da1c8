"""How far the fine texture of images is from that of real ones: distances of small patches, scale by scale.

The sliced Wasserstein distance of Karras et al. 2017 (arXiv:1710.10196) on the levels of a Laplacian pyramid. Features
of a network see little of fine texture: in them images that were merely enlarged are six times as far as real ones are
from one another, and here forty times (measured on striped digits). Legend: n images, c channels, s pixels a side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.images.halving import pyramid
from ganstudio.measurements.figure import Figure
from ganstudio.measurements.stripes import NEAR, direction_figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.measurements.estimate import Samples
    from ganstudio.measurements.images import ImageReference

Floats = npt.NDArray[np.floating]

IMAGES = 1_000
"""Images a side that are compared."""
COARSEST = 8
"""Images are halved as long as their shorter side is no less than that."""

_PATCH, _PLACES, _PROJECTIONS = 7, 8, 96  # pixels to a side, patches of each image, directions


def patch_figures(reference: ImageReference, generated: Samples, *, seed: int = 0) -> Iterator[Figure]:
    """The distance of each level from the finest on, each next to what images kept aside get.

    generated: images (n, c, s, s) in model units, finite numbers. What white noise of the level's power gets is told in
    words. Of striped digits how right the stripes' direction is, too.
    """
    dataset, count = reference.dataset, min(IMAGES, reference.samples)
    assert dataset.at is not None
    real, kept = dataset.at(reference.trained[:count]), dataset.at(reference.aside[:count])
    made = np.clip(generated[:count], -1, 1)
    random = np.random.default_rng((seed, 12))
    for of_real, of_kept, of_made in zip(*(levels_of(side) for side in (real, kept, made)), strict=True):
        height, width = of_real.shape[-2:]
        by_noise = patch_distance(noise_like(of_real, random), of_real)
        yield Figure(
            name=f"swd_{width}" if height == width else f"swd_{width}x{height}",
            value=patch_distance(of_made, of_real),
            floor=patch_distance(of_kept, of_real),
            title=f"Patches at {width} × {height}",
            help=f"Sliced Wasserstein distance of patches of {_PATCH} × {_PATCH} pixels, times 1,000, of what this "
            f"size adds to the next coarser one. White noise of the same power gets {by_noise:.0f}",
            better="low",
            controls=(("white noise", by_noise),),
        )
    if {"hue", "phase"} <= set(dataset.factors):
        yield from _directions(made, kept)


def _directions(made: Samples, kept: Samples) -> Iterator[Figure]:
    found, floor = direction_figures(made), direction_figures(kept)
    asked = "between the stripes and the direction that the ground's hue asks for"
    yield Figure(
        name="direction",
        value=found.median,
        floor=floor.median,
        title="Stripes off their direction, degrees",
        help=f"Median angle {asked}. Images without stripes get 45, as by chance",
        better="low",
    )
    yield Figure(
        name="direction_near",
        value=found.near,
        floor=floor.near,
        title="Stripes in their direction",
        help=f"Share of images with less than {NEAR:.0f} degrees {asked}. By chance it is 17 %",
        better="high",
        share=True,
    )


def noise_like(level: Samples, random: np.random.Generator) -> Samples:
    """White noise of a level's shape, mean and power: the control, which has detail but none that is right."""
    noise: Samples = level.std() * random.standard_normal(level.shape, np.float32) + level.mean()
    return noise


def levels_of(images: Samples) -> list[Samples]:
    """The levels of images (n, c, s, s), finest first, down to sides of 8 to 15 pixels; the last is an image itself."""
    halvings, side = 0, min(images.shape[-2:])
    while side // 2 >= COARSEST:
        halvings, side = halvings + 1, -(-side // 2)
    return pyramid(images, halvings)


def patch_distance(images: Floats, real: Floats, *, seed: int = 0) -> float:
    """The sliced Wasserstein distance of the patches of images from those of as many real ones, times 1,000.

    Both of shape (n, c, s, s), on the scale of the real ones' channels, so that levels can be compared.
    """
    count = min(len(images), len(real))
    mean, scale = (of(real[:count], axis=(0, 2, 3), keepdims=True) for of in (np.mean, np.std))
    random = np.random.default_rng(seed)
    side = min(_PATCH, *real.shape[-2:])
    places = [[int(random.integers(0, length - side + 1)) for length in real.shape[-2:]] for _ in range(_PLACES)]
    directions = random.standard_normal((real.shape[1] * side * side, _PROJECTIONS))
    directions /= np.linalg.norm(directions, axis=0)
    sorted_each = []
    for each in (images, real):
        scaled = (each[:count] - mean) / np.maximum(scale, 1e-12)
        patches = [scaled[:, :, y : y + side, x : x + side].reshape(count, -1) for y, x in places]
        sorted_each.append(np.sort(np.concatenate(patches) @ directions, axis=0))
    return float(1000 * np.abs(sorted_each[0] - sorted_each[1]).mean())
