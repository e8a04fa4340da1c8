"""A map of normals of one's own: off a file or as G made it, and what is drawn into it by hand. Knows no widget."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ganstudio.data.images.maps import SurfaceMap
    from ganstudio.gui.rooms.surfaces.stamps import Stamp

    Floats = npt.NDArray[np.float32]

MOST = 500
"""Strokes that can be taken back; those before stay."""


class OwnMap:
    """Unit vectors (h, w, 3), in place of those that the first G makes.

    source: the file that they are of; None: drawing began on what G had made. green, near, relief: as
    ``SurfaceMap.normals`` takes them; what is drawn stays on top whatever these say.
    """

    def __init__(self, base: Floats, source: SurfaceMap | None = None) -> None:
        self.source = source
        self.green, self.near, self.relief = "up", "bright", 0.5
        self._base = self._under = base  # what was read, and with the strokes on it that stay
        self._staying: list[Stamp] = []
        self._strokes: list[list[Stamp]] = []
        self._drawn: Floats | None = None

    @classmethod
    def of_file(cls, source: SurfaceMap, height: int, width: int) -> OwnMap:
        """The first map in a file, of this size."""
        return cls(_first(source).normals(height, width)[0], source)

    @property
    def normals(self) -> Floats:
        """What is to be painted."""
        if self._drawn is None:
            drawn = self._under
            for stroke in self._strokes:
                for stamp in stroke:
                    drawn = stamp.on(drawn)
            self._drawn = drawn
        return self._drawn

    def read_as(self, *, green: str, near: str, relief: float) -> None:
        """Take the file otherwise."""
        self.green, self.near, self.relief = green, near, relief
        if self.source is not None:
            height, width = self._base.shape[:2]
            self._base = _first(self.source).normals(height, width, green=green, near=near, relief=relief)[0]
            self._under = self._base
            for stamp in self._staying:
                self._under = stamp.on(self._under)
            self._drawn = None

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke to take back."""
        return bool(self._strokes)

    @property
    def forgets(self) -> bool:
        """Whether there are strokes that can't be taken back any more, as ``MOST`` have followed."""
        return bool(self._staying)

    def begin(self, stamp: Stamp) -> None:
        """A new stroke, taken back at once."""
        if len(self._strokes) >= MOST:
            for old in self._strokes.pop(0):
                self._staying.append(old)
                self._under = old.on(self._under)
        self._before = self.normals
        self._strokes.append([stamp])
        self._drawn = stamp.on(self._before)

    def move(self, stamp: Stamp) -> None:
        """Put the shape of the stroke that was begun elsewhere."""
        self._strokes[-1] = [stamp]
        self._drawn = stamp.on(self._before)

    def lead(self, x: float, y: float) -> None:
        """Lead the newest stroke on to a place, leaving its shape all along the way."""
        stroke, drawn = self._strokes[-1], self.normals
        for stamp in stroke[-1].led_to(x, y, min(drawn.shape[:2])):
            stroke.append(stamp)
            drawn = stamp.on(drawn)
        self._drawn = drawn

    def undo(self) -> None:
        """Take the newest stroke back."""
        if self._strokes:
            self._strokes.pop()
            self._drawn = None


def _first(source: SurfaceMap) -> SurfaceMap:
    """The first of its maps, of which there may be thousands."""
    return replace(source, values=source.values[:1])
