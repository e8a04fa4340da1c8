"""Angles between maps of normals, and their colours. Knows no widget.

Legend: h, w pixels; normals (h, w, 3) are unit vectors, right, up, towards the viewer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.modalities import Pixels

    Floats = npt.NDArray[np.floating]

_FAR = 45.0  # degrees from which on an angle is drawn in the brightest colour
_COLD, _HOT = np.array([24, 28, 40], np.float64), np.array([255, 166, 43], np.float64)


def angles(one: Floats, other: Floats) -> Floats:
    """Degrees (h, w) between two maps."""
    found: Floats = np.rad2deg(np.arccos(np.clip((one * other).sum(-1), -1, 1)))
    return found


def heat(degrees: Floats) -> Pixels:
    """A picture (h, w, 3) of angles: dark where there is none, amber from 45 degrees on."""
    share = np.clip(degrees / _FAR, 0, 1)[..., None]
    pixels: Pixels = np.rint((1 - share) * _COLD + share * _HOT).astype(np.uint8)
    return pixels


def as_large(normals: Floats, height: int, width: int) -> Floats:
    """A coarser map (h', w', 3) with a value for each pixel of a larger one."""
    rows = np.arange(height) * normals.shape[0] // height
    columns = np.arange(width) * normals.shape[1] // width
    found: Floats = normals[rows][:, columns]
    return found
