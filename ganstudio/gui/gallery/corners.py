"""A sheet between four corners: the first four pins, or points that are drawn. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio import walks
from ganstudio.gui.gallery.sheet_state import Axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.experiment import LatentSpec

    Latents = npt.NDArray[np.float32]

LINES = 9
"""Samples along a side: an odd number, so that the middle of each way is among them."""
_CLOSE = 1e-4


class Corners:
    """Four points (4, width): top left, top right, bottom left and right. With four pins at least they are the first.

    Drawn ones differ in z alone: codes and class stay as the sliders have them.
    """

    def __init__(self) -> None:
        self._spec: LatentSpec | None = None
        self._pins: Latents | None = None
        self._names: tuple[str, ...] = ()
        self._seed = 0

    def open(self, spec: LatentSpec) -> None:
        """Be of another latent space."""
        self._spec = spec
        if self._pins is not None and self._pins.shape[1] != spec.width:
            self._pins, self._names = None, ()

    def set_pins(self, points: Latents | None, names: Sequence[str]) -> bool:
        """Know the pins (k, width); whether the corners are others now."""
        before = self._pins, self._names
        enough = points is not None and len(points) >= 4
        self._pins, self._names = (points[:4], tuple(names[:4])) if enough and points is not None else (None, ())
        same = before[0] is self._pins or (
            before[0] is not None and self._pins is not None and np.array_equal(before[0], self._pins)
        )
        return not same or before[1] != self._names

    @property
    def pinned(self) -> bool:
        """Whether they are pins."""
        return self._pins is not None

    def draw(self) -> None:
        """Have other points, where they are drawn."""
        self._seed += 4

    def points(self, base: Latents) -> Latents:
        """The four of them; base (width,): where the sliders stand."""
        assert self._spec is not None
        if self._pins is not None:
            return self._pins
        drawn = np.stack([walks.drawn(self._spec, self._seed + place) for place in range(4)])
        drawn[:, self._spec.dimensions :] = base[self._spec.dimensions :]
        return drawn

    def latents(self, base: Latents) -> Latents:
        """The sheet's (LINES * LINES, width), row by row."""
        assert self._spec is not None
        return walks.corners(self._spec, self.points(base), LINES)

    def axes(self) -> tuple[Axis, Axis]:
        """Rows and columns, for their heads."""
        names = self._names or tuple(f"seed {self._seed + place}" for place in range(4))
        return _axis(f"{names[0]} to {names[2]}"), _axis(f"{names[0]} to {names[1]}")

    def cell(self, base: Latents) -> int | None:
        """The cell that the sliders stand on; None: on none."""
        apart = np.abs(self.latents(base) - base).max(1)
        nearest = int(apart.argmin())
        return nearest if apart[nearest] < _CLOSE else None


def _axis(name: str) -> Axis:
    heads = tuple(f"{100 * k / (LINES - 1):.0f} %" for k in range(LINES))
    return Axis(name, slice(0, 0), np.empty((LINES, 0), np.float32), heads)
