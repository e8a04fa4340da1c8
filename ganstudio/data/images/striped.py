"""Pale digits on striped grounds, where it is known which part of the fine detail can be known and which cannot.

The stripes are too fine for a small copy of the image. Their direction follows from the ground's hue, which shows at
any size; their phase follows from nothing. So whoever adds detail to the small copy can know the direction, and has to
invent the phase. Legend: n images, p pixels to a side. Nothing is read from disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.images import dataset as pixels
from ganstudio.data.images.glyphs import draw_glyphs

if TYPE_CHECKING:
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import StripedSpec
    from ganstudio.modalities import Pixels

Floats = npt.NDArray[np.float32]
Factors = dict[str, npt.NDArray[np.float64]]

WAVES = 8
"""Stripes across an image: a period is an eighth of the side, 4 pixels at 32."""

_ROTATION, _THICKNESS, _THINNER, _SHIFT = (
    25.0,
    0.13,
    0.03,
    0.08,
)  # of the digits: bold, so that 8 pixels still show them
_INK, _GROUND, _SATURATION = 0.95, 0.62, 0.75  # of full brightness
_CLASSES = 10
_AT_ONCE = 2**18  # pixels: their arrays stay in the processor's cache


def build_striped(spec: StripedSpec) -> Dataset:
    """``spec.count`` + ``spec.held_out`` images, uint8 (n, 3, size, size), drawn from ``spec.seed``.

    Labels are the digits 0 to 9. Factors: rotation, thickness, x and y as in ``build_glyphs``; hue from 0 to 1, of
    which the stripes' direction is pi times as many radians; phase in radians, from ``spec.phase_seed`` alone, so that
    another one gives the same images with their stripes moved. All are uniform and independent.
    Raises DatasetError where the images would not fit in memory.
    """
    total = spec.count + spec.held_out
    pixels.check_room("So many striped digits", total, 3, spec.size)
    rng = np.random.default_rng(spec.seed)
    labels = rng.permutation(total) % _CLASSES
    reach = {"rotation": _ROTATION, "thickness": _THINNER, "x": _SHIFT, "y": _SHIFT}
    factors: Factors = {name: rng.uniform(-most, most, total) for name, most in reach.items()}
    factors["thickness"] += _THICKNESS
    factors["hue"] = rng.uniform(0, 1, total)
    factors["phase"] = np.random.default_rng((spec.seed, spec.phase_seed)).uniform(0, 2 * np.pi, total)
    images = np.empty((total, 3, spec.size, spec.size), np.uint8)
    portion = max(1, _AT_ONCE // spec.size**2)
    for label in range(_CLASSES):
        of_class = np.flatnonzero(labels == label)
        for start in range(0, len(of_class), portion):
            some = of_class[start : start + portion]
            chosen = {name: each[some] for name, each in factors.items()}
            images[some] = draw_striped(label, chosen, spec.size, spec.contrast)
    return pixels.image_dataset(
        "Striped digits",
        images,
        source=f"{spec.count:,} striped digits drawn from seed {spec.seed}, and {spec.held_out:,} more held out",
        labels=labels,
        classes=[str(label) for label in range(_CLASSES)],
        factors=factors,
        held_out=spec.held_out,
    )


def draw_striped(label: int, factors: Factors, size: int, contrast: float) -> Pixels:
    """Images of one digit, uint8 (n, 3, size, size), for factors (n,) as ``build_striped`` names them."""
    ink = draw_glyphs(label, factors, size)[:, None] / np.float32(255)
    ground = palette(factors["hue"])[:, :, None, None] * (1 + contrast * _stripes(factors, size)[:, None])
    images: Pixels = np.rint((ground * (1 - ink) + _INK * ink) * 255).astype(np.uint8)
    return images


def palette(hue: npt.NDArray[np.float64]) -> Floats:
    """The ground's colours (n, 3), 0 to 1, of hues (n,): a circle around grey, so that any mean tells the hue."""
    away = 2 * np.pi * (hue[:, None] - np.arange(3) / 3)
    colours: Floats = (_GROUND * (1 - _SATURATION * (0.5 - 0.5 * np.cos(away)))).astype(np.float32)
    return colours


def _stripes(factors: Factors, size: int) -> Floats:
    """Sine waves (n, size, size) across the direction of each image's hue."""
    middles = ((np.arange(size) + 0.5) / size - 0.5).astype(np.float32)
    direction = np.pi * factors["hue"]
    cosine, sine = (each.astype(np.float32)[:, None, None] for each in (np.cos(direction), np.sin(direction)))
    along = cosine * middles[None, None, :] + sine * middles[None, :, None]
    waves: Floats = np.sin(2 * np.pi * WAVES * along + factors["phase"].astype(np.float32)[:, None, None])
    return waves
