"""Shapes that are put into a map of normals by hand: a ball, a box, a plane, an empty room. Knows no widget.

Legend: h, w pixels; normals (h, w, 3) are unit vectors, right, up, towards the viewer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from ganstudio.modalities.light import Light
from ganstudio.modalities.normals import unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    Floats = npt.NDArray[np.floating]
    Found = tuple[Floats, npt.NDArray[np.bool_]]

Form = Literal["sphere", "box", "plane", "room"]

_HALF = 0.62  # half a box's edge, of the circle that it is put in
_STEEP = 1e-6


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """A shape at a place. x, y: column and row of its middle, from the map's upper left corner.

    size: how wide it is, of the map's shorter side. turn: degrees that it is turned to the right; tilt: degrees from
    above that a box or a room is seen, or that a plane faces up.
    """

    form: Form
    x: float = 0.0
    y: float = 0.0
    size: float = 0.4
    turn: float = 0.0
    tilt: float = 35.0

    def on(self, normals: Floats) -> Floats:
        """The map (h, w, 3) with the shape in it."""
        height, width = normals.shape[:2]
        radius = self.size * min(height, width) / 2
        across = (np.arange(width) + 0.5 - self.x) / radius
        up = -(np.arange(height) + 0.5 - self.y) / radius
        found, there = FORMS[self.form](self, *np.meshgrid(across, up))
        return np.where(there[..., None], found, normals).astype(np.float32)

    def led_to(self, x: float, y: float, side: float) -> list[Stamp]:
        """The same all along the way to another place, close enough to leave no gap. side: of the map, pixels."""
        step = max(0.5, self.size * side / 6)
        count = max(1, math.ceil(math.hypot(x - self.x, y - self.y) / step))
        shares = (np.arange(count) + 1) / count
        return [
            replace(self, x=self.x + float(share) * (x - self.x), y=self.y + float(share) * (y - self.y))
            for share in shares
        ]


def _sphere(_stamp: Stamp, across: Floats, up: Floats) -> Found:
    """A ball: its normals are the ways out of its middle."""
    away = across**2 + up**2
    ahead = np.sqrt(np.clip(1 - away, 0, None))
    return unit(np.stack([across, up, ahead], -1), axis=2), away <= 1


def _plane(stamp: Stamp, across: Floats, up: Floats) -> Found:
    """A round spot of one plane."""
    facing = np.array(Light(stamp.turn, stamp.tilt).towards)
    return np.broadcast_to(facing, (*across.shape, 3)), across**2 + up**2 <= 1


def _box(stamp: Stamp, across: Floats, up: Floats) -> Found:
    """A cube: a ray meets the last of the three pairs of faces that it enters, unless it has left another before."""
    yaw, tilt = math.radians(stamp.turn), math.radians(stamp.tilt)
    cos, sin = math.cos(tilt), math.sin(tilt)
    world = [(math.cos(yaw), 0.0, -math.sin(yaw)), (0.0, 1.0, 0.0), (math.sin(yaw), 0.0, math.cos(yaw))]
    axes = [(x, y * cos - z * sin, y * sin + z * cos) for x, y, z in world]  # in the camera's axes
    enters, leaves = np.full(across.shape, np.inf), np.full(across.shape, -np.inf)  # towards the viewer is more
    found = np.zeros((*across.shape, 3))
    for x, y, z in axes:
        steep = z if abs(z) > _STEEP else _STEEP
        ends = [(side * _HALF - x * across - y * up) / steep for side in (-1, 1)]
        near, far = np.maximum(*ends), np.minimum(*ends)
        found = np.where((near < enters)[..., None], np.array([x, y, z]) * math.copysign(1, steep), found)
        enters, leaves = np.minimum(enters, near), np.maximum(leaves, far)
    return found, enters > leaves


def _room(stamp: Stamp, across: Floats, _up: Floats) -> Found:
    """The corner of a room with nothing in it, as the scenes have it: all of the map."""
    from ganstudio.data.images.scenes import look

    height, width = across.shape
    side = max(height, width)
    factors = {"turn": stamp.turn, "tilt": stamp.tilt, "wall": -0.6, "yaw": 0.0, "size": 0.4, "x": 0.0, "z": 0.0}
    seen = look({name: np.array([value]) for name, value in factors.items()}, np.array([-1]), side)
    top, left = (side - height) // 2, (side - width) // 2
    normals = seen.normals[0].transpose(1, 2, 0)[top : top + height, left : left + width]
    return normals, np.ones(across.shape, bool)


FORMS: Mapping[Form, Callable[[Stamp, Floats, Floats], Found]] = {
    "sphere": _sphere,
    "box": _box,
    "plane": _plane,
    "room": _room,
}
"""By name: normals (h, w, 3) of places across and up, in radii, and where (h, w) the shape is."""
