"""Pictures as the room takes them: off a file, or put together from the data's own. Needs no torch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]

PART = 128
"""Side of the part that is shown, in small pixels: enlarged it takes a quarter of a second on one core (measured)."""
MOST_SHOWN = 1024
"""Side of what is shown at most, enlarged: by a G that makes pictures 64 times larger a part of ``PART`` would take
minutes and gigabytes, with every frame."""
LEAST = 8
"""Pixels of a picture's side at least, unless G's factor is more: one that is smaller can't be made smaller by it."""
TIMES = 4
"""How many times as strong a difference is shown."""
_MOST_BYTES = 256 << 20
_SAMPLES = 4


class PictureError(ValueError):
    """A file that is no picture to enlarge; the message names it and says why."""


class Picture(NamedTuple):
    """pixels: uint8 (h, w, 1, 3 or 4). path: where it lies; None: of the data. name: for people."""

    pixels: Pixels
    path: Path | None
    name: str


def read(path: Path, factor: int) -> Picture:
    """The picture in a file, for a G that makes it so many times larger. Raises PictureError."""
    from ganstudio.data.files import pictures
    from ganstudio.system.files import FileFault, read_bytes

    try:
        with pictures.pillow_rules():
            pixels = pictures.whole(read_bytes(path, _MOST_BYTES))
    except FileFault as error:
        raise PictureError(str(error)) from None
    except pictures.UnreadablePicture as error:
        raise PictureError(f"{path.name} {error}: drop a picture, such as a PNG or a JPEG") from None
    picture, least = Picture(pixels, path, path.name), max(LEAST, factor)
    if not is_enough(picture, factor):
        raise PictureError(f"{path.name} is smaller than {least} × {least} pixels: drop a larger picture")
    return picture


def is_enough(picture: Picture, factor: int) -> bool:
    """Whether a picture can be made so many times smaller."""
    return bool(min(picture.pixels.shape[:2]) >= max(LEAST, factor))


def of_samples(samples: Pixels, name: str) -> Picture:
    """Some samples (n, h, w, c) in a square."""
    side = min(_SAMPLES, math.isqrt(len(samples)))
    rows = samples[: side * side].reshape(side, side, *samples.shape[1:])
    _, height, width, channels = samples.shape
    return Picture(rows.swapaxes(1, 2).reshape(side * height, side * width, channels), None, name)


def part(picture: Picture, side: int) -> Pixels:
    """The middle of a picture, of at most this side."""
    height, width = (min(one, side) for one in picture.pixels.shape[:2])
    top, left = ((whole - one) // 2 for whole, one in zip(picture.pixels.shape[:2], (height, width), strict=True))
    return np.ascontiguousarray(picture.pixels[top : top + height, left : left + width])


def to_image(pixels: Pixels) -> QImage:
    """Pixels (h, w, 1, 3 or 4) as an image that keeps its own copy of them."""
    kinds = {1: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBA8888}
    height, width, channels = pixels.shape
    kept = np.ascontiguousarray(pixels)
    return QImage(kept.data, width, height, channels * width, kinds[channels]).copy()


def difference(pixels: Pixels, original: Pixels) -> Pixels:
    """How far colours are off the original's, ``TIMES`` as strong, black where they are the same: (h, w, 1 or 3)."""
    colours = [each[..., :3] if each.shape[2] > 2 else each[..., :1] for each in (pixels, original)]
    off = np.abs(colours[0].astype(np.int16) - colours[1])
    shown: Pixels = np.minimum(TIMES * off, 255).astype(np.uint8)
    return shown


def agreement(pixels: Pixels, factor: int, *, small: Pixels | None = None, original: Pixels | None = None) -> float:
    """PSNR in dB of a picture made smaller by ``factor`` and the small one, or the original made as small: 106 at most.

    One of the two is given. Of a picture that is not a whole number of pixels of the small one, the rest is left out.
    """
    from ganstudio.measurements.restoration import psnr as psnr_of
    from ganstudio.measurements.restoration import shrunk

    height, width = (side // factor for side in pixels.shape[:2])

    def as_small(picture: Pixels) -> npt.NDArray[np.floating]:
        return shrunk(_in_model_units(picture[: height * factor, : width * factor]), factor)

    if original is not None:
        return psnr_of(as_small(pixels), as_small(original))
    assert small is not None
    return psnr_of(as_small(pixels), _in_model_units(small[:height, :width]))


def _in_model_units(pixels: Pixels) -> npt.NDArray[np.floating]:
    """The colours of a picture (h, w, c) as one image (1, 1 or 3, h, w) from -1 to 1, whatever is transparent."""
    colours = pixels[..., :3] if pixels.shape[2] > 2 else pixels[..., :1]
    found: npt.NDArray[np.floating] = colours.transpose(2, 0, 1)[None] / 127.5 - 1
    return found


def psnr(pixels: Pixels, original: Pixels) -> float:
    """Peak signal-to-noise ratio of the colours in dB, whatever is transparent; 99 at most."""
    error = float(np.square(pixels[..., :3].astype(np.float64) - original[..., :3]).mean())
    return min(99.0, 10 * math.log10(255**2 / error)) if error else 99.0
