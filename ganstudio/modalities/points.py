"""Points of the plane."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ganstudio.modalities.modality import Modality, Words

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.modalities.modality import Floats, Pixels, Samples

_SIDE, _REACH = 32, 3.0  # of a point's picture: pixels, and model units from its middle to its edge
_DOT = (-1, 0, 1)  # pixels around a point's place, each way
_LARGEST = 1e35  # coordinate; beyond it, 32-bit floats have none


@dataclass(frozen=True)
class Points(Modality):
    """Points (n, 2). Model units are centred and of unit variance: people's are model * scale + centre."""

    centre: tuple[float, ...] = (0.0, 0.0)
    scale: float = 1.0

    kind: ClassVar[str] = "points"
    words: ClassVar[Words] = Words("point", "points", "a point")
    shape: ClassVar[tuple[int, ...]] = (2,)
    fixed: ClassVar[int] = 1000
    shown: ClassVar[int] = 2000
    side_by_side: ClassVar[bool] = False
    described: ClassVar[str] = "points of the plane"

    def __post_init__(self) -> None:
        """Raise ValueError for units that no points have."""
        numbers = (*self.centre, self.scale)
        right = all(isinstance(one, int | float) and abs(one) < _LARGEST for one in numbers)
        if not right or len(self.centre) != 2 or not self.scale > 0:
            raise ValueError(f"points have a centre of two numbers and a scale above 0, found {numbers}")

    @classmethod
    def around(cls, centre: npt.NDArray[np.floating], scale: float) -> Points:
        """Points whose model units begin at a centre (2,), which is taken as 32-bit floats."""
        x, y = np.asarray(centre, np.float32).tolist()
        return cls((x, y), float(scale))

    @property
    def middle(self) -> Floats:
        """The centre (2,)."""
        return np.array(self.centre, np.float32)

    def to_people(self, model: Floats) -> Samples:
        """Points in the data's own units, float32 (n, 2)."""
        points: Floats = np.asarray(model, np.float32) * np.float32(self.scale) + self.middle
        return points

    def to_model(self, samples: Samples) -> Floats:
        """Points in model units (n, 2)."""
        return np.asarray((samples - self.middle) / np.float32(self.scale), np.float32)

    def pictures(self, samples: Samples) -> Pixels:
        """A dot where the point lies among the data; of one that lies far off, nothing."""
        pixels = np.zeros((len(samples), _SIDE, _SIDE, 1), np.uint8)
        places = np.nan_to_num(self.to_model(samples), nan=math.inf) / _REACH
        shown = np.flatnonzero((np.abs(places) < 1).all(1))
        across, up = ((places[shown].T + 1) / 2 * _SIDE).astype(int)
        for right in _DOT:  # one pixel would be lost in a picture as small as a pin's
            for above in _DOT:
                row, column = np.clip((_SIDE - 1 - up - above, across + right), 0, _SIDE - 1)
                pixels[shown, row, column] = 255
        return pixels

    def text(self, samples: Samples) -> tuple[str, ...]:
        """The coordinates of each point."""
        return tuple(f"({x:.3f}, {y:.3f})".replace("-", "\u2212") for x, y in samples.tolist())


def as_points(modality: Modality) -> Points:
    """The same, where it has been seen to that samples are points of the plane."""
    assert isinstance(modality, Points), f"points of the plane, not {modality.words.many}"
    return modality
