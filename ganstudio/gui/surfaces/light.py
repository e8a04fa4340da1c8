"""A lamp on surfaces, and angles between them. Knows no widget.

Legend: h, w pixels; normals (h, w, 3) are unit vectors, right, up, towards the viewer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.modalities import Pixels

    Floats = npt.NDArray[np.floating]

_CLAY, _DARK = np.array([214, 196, 176], np.float64), 0.16
_FAR = 45.0  # degrees from which on an angle is drawn in the brightest colour
_COLD, _HOT = np.array([24, 28, 40], np.float64), np.array([255, 166, 43], np.float64)


@dataclass(frozen=True)
class Light:
    """Where the light comes from. azimuth: degrees to the right; elevation: degrees up; both from -90 to 90."""

    azimuth: float = -35.0
    elevation: float = 40.0

    @classmethod
    def over(cls, across: float, up: float) -> Light:
        """That of a point on the half ball that the viewer sees, from its middle, its radius 1; beyond: its rim."""
        length = math.hypot(across, up)
        if length > 1:
            across, up = across / length, up / length
        ahead = math.sqrt(max(0.0, 1 - across**2 - up**2))
        return cls(math.degrees(math.atan2(across, ahead)), math.degrees(math.asin(max(-1.0, min(1.0, up)))))

    @property
    def towards(self) -> tuple[float, float, float]:
        """The unit vector towards it."""
        around, up = math.radians(self.azimuth), math.radians(self.elevation)
        return math.cos(up) * math.sin(around), math.sin(up), math.cos(up) * math.cos(around)

    def turned(self, across: float, up: float) -> Light:
        """Moved by so many degrees, as far as it goes."""
        bound = [max(-90.0, min(90.0, value)) for value in (self.azimuth + across, self.elevation + up)]
        return Light(*bound)


def lit(normals: Floats, light: Light) -> Pixels:
    """A clay model (h, w, 3) of the surfaces: as bright as n . l, and nothing else."""
    shade = _DARK + (1 - _DARK) * np.clip(normals @ np.array(light.towards), 0, 1)
    pixels: Pixels = np.rint(shade[..., None] * _CLAY).astype(np.uint8)
    return pixels


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
