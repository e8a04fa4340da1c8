"""Digits drawn with a ruler, of which everything is known: the class, the rotation, the thickness and the place.

Legend: n images, p pixels. Lengths are shares of the image's side, so that an image looks alike at every size; y
points down. Nothing is read from disk: the same spec gives the same images to the last bit.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.images import dataset as pixels

if TYPE_CHECKING:
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import GlyphsSpec
    from ganstudio.modalities import Pixels

Floats = npt.NDArray[np.float32]
_Point = tuple[float, float]

HALF_WIDTH, HALF_HEIGHT = 0.2, 0.31
"""Of the box that a digit stands in: with the default ranges no corner is ever cut off."""
THICKNESS = 0.11
"""Of a stroke in the middle of its range: 1.8 pixels at 16 x 16."""

# Corner to corner without lifting the pen, in a box from -1 to 1. A display of seven segments would make 8 of 0 by one
# stroke, and 6 and 9 of 8 by leaving one out; here every two digits are further apart than that, as in handwriting.
_STROKES: tuple[tuple[_Point, ...], ...] = (
    ((0, -1), (1, -0.4), (1, 0.4), (0, 1), (-1, 0.4), (-1, -0.4), (0, -1)),
    ((-0.7, -0.6), (0, -1), (0, 1)),
    ((-1, -0.6), (-0.3, -1), (0.8, -0.9), (1, -0.4), (-1, 1), (1, 1)),
    ((-1, -1), (1, -1), (-0.1, -0.15), (0.8, 0.05), (1, 0.6), (0.4, 1), (-1, 0.9)),
    ((0.5, 1), (0.5, -1), (-1, 0.45), (1, 0.45)),
    ((1, -1), (-0.9, -1), (-0.9, -0.1), (0.5, -0.1), (1, 0.4), (0.5, 1), (-1, 1)),
    ((0.7, -1), (-0.9, 0.1), (-0.9, 1), (0.9, 1), (0.9, 0), (-0.8, 0)),
    ((-1, -1), (1, -1), (-0.3, 1)),
    ((-0.9, -1), (0.9, -1), (-1, 1), (1, 1), (-0.9, -1)),
    ((0.8, 0), (-0.9, 0), (-0.9, -1), (0.9, -1), (0.9, -0.1), (-0.7, 1)),
)

_AT_ONCE = 2**18  # pixels: their arrays stay in the processor's cache


def build_glyphs(spec: GlyphsSpec) -> Dataset:
    """``spec.count`` + ``spec.held_out`` digits, uint8 (n, 1, size, size), bright on dark, drawn from ``spec.seed``.

    Labels are 0 to 9, as often each as the count allows. Factors: rotation in degrees clockwise; thickness of the
    strokes, and x and y of the middle, as shares of the side; all uniform and independent.
    Raises DatasetError where they would not fit in memory.
    """
    total = spec.count + spec.held_out
    pixels.check_room("So many drawn digits", total, 1, spec.size)
    rng = np.random.default_rng(spec.seed)
    labels = rng.permutation(total) % len(_STROKES)
    reach = {"rotation": spec.rotation, "thickness": THICKNESS * spec.thickness, "x": spec.shift, "y": spec.shift}
    factors = {name: rng.uniform(-most, most, total) for name, most in reach.items()}
    factors["thickness"] += THICKNESS
    images = np.empty((total, 1, spec.size, spec.size), np.uint8)
    portion = max(1, _AT_ONCE // spec.size**2)
    for label in range(len(_STROKES)):
        of_class = np.flatnonzero(labels == label)
        for start in range(0, len(of_class), portion):
            chosen = of_class[start : start + portion]
            images[chosen, 0] = draw_glyphs(label, {name: each[chosen] for name, each in factors.items()}, spec.size)
    return pixels.image_dataset(
        "Drawn digits",
        images,
        source=f"{spec.count:,} digits drawn from seed {spec.seed}, and {spec.held_out:,} more held out",
        labels=labels,
        classes=[str(label) for label in range(len(_STROKES))],
        factors=factors,
        held_out=spec.held_out,
    )


def draw_glyphs(label: int, factors: dict[str, npt.NDArray[np.float64]], size: int) -> Pixels:
    """Digits of one class, uint8 (n, size, size), for factors (n,) as ``build_glyphs`` names them.

    A pixel is as bright as the stroke covers of it: its distance to the nearest stroke, cut at half a pixel.
    """
    across, down = _turned_back(factors, size)
    nearest = np.full(across.shape, np.inf, np.float32)
    for begin, end in pairwise(_STROKES[label]):
        np.minimum(nearest, _squared_distance(across, down, begin, end), out=nearest)
    half = (factors["thickness"] / 2).astype(np.float32)[:, None]
    covered = np.clip((half - np.sqrt(nearest)) * np.float32(size) + np.float32(0.5), 0, 1)
    images: Pixels = np.rint(covered * 255).astype(np.uint8).reshape(-1, size, size)
    return images


def _turned_back(factors: dict[str, npt.NDArray[np.float64]], size: int) -> tuple[Floats, Floats]:
    """Where each pixel (n, p) of each image lies for a digit that stands upright in the middle."""
    middles = ((np.arange(size) + 0.5) / size - 0.5).astype(np.float32)
    turn = np.deg2rad(factors["rotation"])
    cosine, sine = (each.astype(np.float32)[:, None] for each in (np.cos(turn), np.sin(turn)))
    across = np.tile(middles, size)[None] - factors["x"].astype(np.float32)[:, None]
    down = np.repeat(middles, size)[None] - factors["y"].astype(np.float32)[:, None]
    return across * cosine + down * sine, down * cosine - across * sine


def _squared_distance(across: Floats, down: Floats, begin: _Point, end: _Point) -> Floats:
    """From points (n, p) to the segment between two corners."""
    box = np.array([HALF_WIDTH, HALF_HEIGHT])
    first, along = np.array(begin) * box, (np.array(end) - np.array(begin)) * box
    length = np.hypot(*along)
    (x, y), (u, v) = first.astype(np.float32), (along / length).astype(np.float32)
    right, below = across - x, down - y
    beyond = right * u + below * v
    beyond -= np.clip(beyond, 0, np.float32(length))  # 0 beside the segment, else how far past its ends
    aside = right * v - below * u
    squared: Floats = beyond * beyond + aside * aside
    return squared
