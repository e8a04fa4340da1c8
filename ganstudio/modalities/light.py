"""A lamp on surfaces: what it makes of a map of normals.

Legend: h, w pixels; normals (..., h, w, 3) are unit vectors, right, up, towards the viewer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.modalities.modality import Pixels

    Floats = npt.NDArray[np.floating]

_CLAY, _DARK = np.array([214, 196, 176], np.float64), 0.16


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
    """A clay model (..., h, w, 3) of the surfaces: as bright as n . l, and nothing else."""
    shade = _DARK + (1 - _DARK) * np.clip(normals @ np.array(light.towards), 0, 1)
    pixels: Pixels = np.rint(shade[..., None] * _CLAY).astype(np.uint8)
    return pixels
