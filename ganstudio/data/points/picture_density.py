"""Pictures as densities of the plane: constant on each pixel, in proportion to its ink, and 0 outside.

The longer side reaches from -1 to 1, the picture's middle is the origin, and its top is up. The log-density is exact:
log(mass of the pixel) - log(area of a pixel), and -inf where there is no ink. So KL(p_g || p_data) is infinite as soon
as G puts anything on the paper, which is true and not an error; D* = p_data / (p_data + p_g) is exactly 0 there. What
averages log p_data over samples that are not p_data's own, or feeds it to a network, has to clip it first.

Legend: h, w as in ink_hw; k the pixels that have ink.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.dataset import Dataset
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import loose, pictures
from ganstudio.data.files.frames import check_room
from ganstudio.data.points.mixture import weighted_choice
from ganstudio.experiment.places import place_of
from ganstudio.modalities import Points

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ganstudio.data.dataset import FloatArray
    from ganstudio.experiment import DensitySpec, DrawingSpec

Doubles = npt.NDArray[np.float64]

LEVELS = ".123456789abcdefghijklmnopqrstuvwxyz"
"""How much ink a character of a drawing means: its place here, of 35."""

# A draw keeps this far from its pixel's edge, so that rounding to 32 bits (at most 4e-7 here) never carries it into a
# neighbour without ink, where its log-density would be -inf. The mass of each pixel stays as it is.
_EDGE = 1e-6
_COLOURED = 12  # difference of two channels that is colour, where JPEG's rounding is not
_STRAY = 1e-3  # share of the pixels that may be coloured in a grey picture


def build_density(spec: DensitySpec) -> Dataset:
    """The picture in a file. Raises DatasetError when it can't be read, or is one even shade."""
    path = place_of(spec.path)
    ink = picture_ink(read_picture(path, spec.size), spec, path.name)
    height, width = ink.shape
    return density_dataset(path.name, ink, f"the ink of {path.name}, {width} × {height} pixels")


def build_drawing(spec: DrawingSpec) -> Dataset:
    """The picture in the spec itself."""
    ink = ink_of_rows(spec.rows)
    height, width = ink.shape
    return density_dataset("Drawing", ink, f"a drawing of {width} × {height} cells")


# --- ink --------------------------------------------------------------------------------------------------------------


def ink_of_rows(rows: tuple[str, ...]) -> Doubles:
    """Ink (h, w) from 0 to 1 of a drawing's rows, which are as long as one another."""
    return np.array([[LEVELS.index(cell) for cell in row] for row in rows]) / (len(LEVELS) - 1)


def rows_of_ink(ink: FloatArray) -> tuple[str, ...]:
    """Ink (h, w) from 0 to 1 as the rows of a drawing, to the nearest of 36 levels."""
    levels = np.rint(np.clip(ink, 0, 1) * (len(LEVELS) - 1)).astype(int)
    return tuple("".join(LEVELS[level] for level in row) for row in levels)


def picture_ink(grey_hw: pictures.Pixels, spec: DensitySpec, name: str) -> Doubles:
    """Ink (h, w), 0 on paper and 1 where it is strongest. Raises DatasetError for one even shade."""
    shades = grey_hw.astype(np.float64)
    darkest, brightest = shades.min(), shades.max()
    if darkest == brightest:
        raise DatasetError(f'"{name}" is one even shade; a density needs something drawn on a ground')
    bright = (shades - darkest) / (brightest - darkest)
    dark_is_ink = bright.mean() > 0.5 if spec.ink == "auto" else spec.ink == "dark"
    ink = 1 - bright if dark_is_ink else bright
    return np.where(ink > spec.threshold, ink**spec.contrast, 0.0)


def read_picture(path: Path, longest: int) -> pictures.Pixels:
    """The grey pixels (h, w) of an image file, its longer side at most ``longest``. Raises DatasetError."""
    pixels = _read(path, longest)
    if pixels.ndim == 2:
        return pixels
    weights = np.array([0.299, 0.587, 0.114])  # of Rec. 601, as Pillow's own conversion to grey
    return np.asarray(np.rint(pixels @ weights).astype(np.uint8))


def is_grey(path: Path) -> bool:
    """Whether an image file has no colours to speak of. Raises DatasetError when it can't be read."""
    pixels = _read(path, 256)
    return pixels.ndim == 2 or bool((np.ptp(pixels, axis=2) > _COLOURED).mean() <= _STRAY)


def _read(path: Path, longest: int) -> pictures.Pixels:
    with pictures.pillow_rules():
        try:
            return _decode_whole(loose.read_head(path, loose.MAX_MEMBER_BYTES), longest)
        except pictures.UnreadablePicture as error:
            raise DatasetError(f'"{path.name}" {error}') from error


def _decode_whole(data: bytes, longest: int) -> pictures.Pixels:
    """The first frame, upright and in its own shape: (h, w) for grey formats, else (h, w, 3)."""
    with pictures.opened(data) as image, pictures.damage_as_reasons():
        image.draft(None, (2 * longest, 2 * longest))
        check_room(image)
        from PIL import Image, ImageOps

        ImageOps.exif_transpose(image, in_place=True)
        flat = pictures.flattened(image)
        shrink = longest / max(flat.size)
        if shrink < 1:
            size = (max(1, round(flat.width * shrink)), max(1, round(flat.height * shrink)))
            # Not Lanczos: its ringing would put faint ink on clean paper.
            flat = flat.resize(size, Image.Resampling.BOX)
        return np.asarray(flat)


# --- the density ------------------------------------------------------------------------------------------------------


def density_dataset(name: str, ink_hw: Doubles, source: str) -> Dataset:
    """p_data in proportion to ink (h, w), of which some is above 0."""
    height, width = ink_hw.shape
    side = 2 / max(height, width)
    left, top = -width * side / 2, height * side / 2
    mass_hw = ink_hw / ink_hw.sum()
    row_k, column_k = np.nonzero(mass_hw)
    mass_k = mass_hw[row_k, column_k]
    corners_k2 = np.stack([left + column_k * side, top - (row_k + 1) * side], axis=-1)  # each pixel's lower left
    middles_k2 = corners_k2 + side / 2
    centre = (mass_k @ middles_k2).astype(np.float32)
    scale = math.sqrt(mass_k @ ((middles_k2 - centre) ** 2).mean(axis=1) + side**2 / 12)  # of a uniform: side^2 / 12
    return Dataset(
        name=name,
        modality=Points.around(centre, scale),
        draw=_draw(corners_k2, side, mass_k, centre, scale),
        log_density=_log_density(mass_hw, side, left, top),
        source=f"{source}, {len(mass_k):,} of them with mass",
    )


def _log_density(mass_hw: Doubles, side: float, left: float, top: float) -> Callable[[FloatArray], Doubles]:
    height, width = mass_hw.shape
    framed = np.full((height + 2, width + 2), -math.inf)  # a frame of nothing, for points outside the picture
    inside = mass_hw > 0
    framed[1:-1, 1:-1][inside] = np.log(mass_hw[inside]) - 2 * math.log(side)

    def log_density(points: FloatArray) -> Doubles:
        points_n2 = np.asarray(points, np.float64)
        column = np.clip(np.floor((points_n2[:, 0] - left) / side), -1, width).astype(np.intp) + 1
        row = np.clip(np.floor((top - points_n2[:, 1]) / side), -1, height).astype(np.intp) + 1
        return np.asarray(framed[row, column])

    return log_density


def _draw(
    corners_k2: Doubles, side: float, mass_k: Doubles, centre: npt.NDArray[np.float32], scale: float
) -> Callable[[int, np.random.Generator], npt.NDArray[np.float32]]:
    choose = weighted_choice(mass_k)
    places = corners_k2 - centre

    def draw(count: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        pixel = choose(count, rng)
        samples = np.clip(rng.random((count, 2)) * side, _EDGE, side - _EDGE)
        samples += places.take(pixel, axis=0)
        samples /= scale
        return samples.astype(np.float32)

    return draw
