"""Maps of normals: at each pixel the unit vector that stands on the surface seen there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ganstudio.modalities.modality import Modality, Words

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.modalities.modality import Floats, Pixels, Samples

_LEVELS = 127.5
_OFF, _SHARE = 0.2, 0.7  # how far from 1 a length may be, and of how many pixels of a map
_LEAST = 1e-6  # length below which a vector has no direction


@dataclass(frozen=True)
class Normals(Modality):
    """Maps of unit vectors: (n, 3, height, width) in model units, float32 (n, height, width, 3) to people.

    The axes are the camera's: x to the right, y up, z towards the viewer. A map's picture has them as red, green and
    blue from 0 to 255, as normal maps are kept (OpenGL's order; in DirectX's green points down).
    """

    shape: tuple[int, ...] = (3, 1, 1)

    kind: ClassVar[str] = "normals"
    words: ClassVar[Words] = Words("map of normals", "maps of normals", "a map of normals")
    fixed: ClassVar[int] = 64
    shown: ClassVar[int] = 64

    def __post_init__(self) -> None:
        """Raise ValueError for a shape that no maps of normals have."""
        whole = all(isinstance(side, int | np.integer) and side > 0 for side in self.shape)
        if not whole or len(self.shape) != 3 or self.shape[0] != 3:
            raise ValueError(f"maps of normals are (3, height, width), not {self.shape}")

    @property
    def described(self) -> str:
        """Their size."""
        _, height, width = self.shape
        return f"maps of normals of {width} × {height} pixels"

    def to_people(self, model: Floats) -> Samples:
        """Unit vectors, float32 (n, h, w, 3): right, up, towards the viewer."""
        return np.ascontiguousarray(unit(np.asarray(model, np.float32)).transpose(0, 2, 3, 1))

    def to_model(self, samples: Samples) -> Floats:
        """Unit vectors (n, 3, h, w)."""
        return np.ascontiguousarray(unit(np.asarray(samples, np.float32).transpose(0, 3, 1, 2)))

    def pictures(self, samples: Samples) -> Pixels:
        """Right as red, up as green, towards the viewer as blue, uint8 (n, h, w, 3)."""
        levels = np.clip(np.nan_to_num(samples) * np.float32(_LEVELS) + np.float32(_LEVELS), 0, 255)
        pictures: Pixels = np.rint(levels).astype(np.uint8)
        return pictures


def unit(vectors: Floats, axis: int = 1) -> Floats:
    """Vectors of any length as unit vectors; one without a direction points towards the viewer."""
    lengths = np.sqrt(np.square(vectors).sum(axis, keepdims=True))
    found: Floats = vectors / np.maximum(lengths, np.float32(_LEAST))
    if not (lengths > _LEAST).all():
        ahead = [1] * vectors.ndim
        ahead[axis] = 3
        found = np.where(lengths > _LEAST, found, np.array([0, 0, 1], np.float32).reshape(ahead))
    return found


def from_pixels(pixels: Pixels) -> Floats:
    """Unit vectors (n, 3, h, w) of a map's picture (n, 3, h, w), uint8."""
    return unit(pixels.astype(np.float32) / np.float32(_LEVELS) - 1)


def is_map(pixels: npt.NDArray[np.generic]) -> bool:
    """Whether a picture (h, w, 3) is a map of normals: most pixels are vectors of length 1, towards the viewer."""
    if pixels.dtype != np.uint8 or pixels.shape[-1] != 3:
        return False
    vectors = pixels.astype(np.float32) / np.float32(_LEVELS) - 1
    near = np.abs(np.sqrt(np.square(vectors).sum(-1)) - 1) < _OFF
    return bool((near & (vectors[..., 2] > -_OFF)).mean() > _SHARE)
