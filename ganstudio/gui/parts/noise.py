"""Latents in groups, such as the noise of each level of a pyramid, under the user's hands. Knows no widget.

A level's noise is a plane of pixels, far too many to move one by one. Two draws A and B span a circle of noise that is
as likely as any: cos(a) A + sin(a) B has the same distribution for every angle a.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.experiment import LatentSpec

Floats = npt.NDArray[np.float64]

MOST_STRENGTH = 1.5
VARIANTS = 12
"""Samples of a sheet that differ in one level's noise alone."""


class GroupNoise:
    """The noise of one group. angle: degrees, -180 to 180; strength: its share, 1 as in training; locked: as it is."""

    def __init__(self, size: int, random: np.random.Generator) -> None:
        self._random = random
        self.angle, self.strength, self.locked = 0.0, 1.0, False
        self._first, self._second = self._draw(size), self._draw(size)

    def _draw(self, size: int) -> Floats:
        return self._random.standard_normal(size)

    def throw(self) -> None:
        """Draw both ends of the circle anew, and go to the first."""
        self._first, self._second = self._draw(len(self._first)), self._draw(len(self._first))
        self.angle = 0.0

    def take(self, z: Floats) -> None:
        """Begin at this noise, which is a draw itself."""
        self._first, self._second, self.angle, self.strength = z, self._draw(len(z)), 0.0, 1.0

    def normal(self) -> Floats:
        """Where it stands, of a standard normal."""
        angle = math.radians(self.angle)
        return self.strength * (math.cos(angle) * self._first + math.sin(angle) * self._second)


class GroupedNoise:
    """The noise of all groups, such as a pyramid's levels, the coarsest first, and the latents that they make together.

    columns: which latents each group takes.
    """

    def __init__(self, spec: LatentSpec, columns: Sequence[slice]) -> None:
        self._uniform = spec.prior == "uniform"
        self._random = np.random.default_rng(0)
        self.columns = tuple(columns)
        self.levels = [GroupNoise(one.stop - one.start, self._random) for one in self.columns]

    @property
    def latents(self) -> npt.NDArray[np.float32]:
        """What the generators are given, (width,)."""
        return self._prior(np.concatenate([level.normal() for level in self.levels]))

    def load(self, latents: npt.NDArray[np.floating]) -> None:
        """Begin at given latents (width,), each level at angle 0 and full strength; locks stay."""
        normal = self._normal(np.asarray(latents, np.float64))
        for level, columns in zip(self.levels, self.columns, strict=True):
            level.take(normal[columns])

    def take(self, latents: npt.NDArray[np.floating]) -> None:
        """Take over given latents (width,); the noise of a level that is as it was stays where it stands."""
        now, wanted = self.latents, np.asarray(latents, np.float32)
        normal = self._normal(wanted.astype(np.float64))
        for level, columns in zip(self.levels, self.columns, strict=True):
            if not np.allclose(now[columns], wanted[columns], atol=1e-5):
                level.take(normal[columns])

    def held(self, latents: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Given latents (width,), but those of the groups that are locked as they stand."""
        kept, now = latents.copy(), self.latents
        for level, columns in zip(self.levels, self.columns, strict=True):
            if level.locked:
                kept[columns] = now[columns]
        return kept

    def throw_all(self) -> None:
        """Draw the noise of every level that is not locked."""
        for level in self.levels:
            if not level.locked:
                level.throw()

    def swap(self, level: int, other: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Swap one level's noise with that of other latents (width,). Returns those with what this had."""
        columns, swapped, mine = self.columns[level], other.copy(), self.latents
        swapped[columns] = mine[columns]
        mine[columns] = other[columns]
        self.take(mine)
        return swapped

    def variants(self, level: int) -> npt.NDArray[np.float32]:
        """Latents (VARIANTS, width) that differ in the noise of one level; the first are those that are set."""
        found = np.tile(self.latents, (VARIANTS, 1))
        columns = self.columns[level]
        strength = self.levels[level].strength
        drawn = self._random.standard_normal((VARIANTS - 1, columns.stop - columns.start))
        found[1:, columns] = self._prior(strength * drawn)
        return found

    def _prior(self, normal: Floats) -> npt.NDArray[np.float32]:
        """A standard normal as the prior is: of a uniform one by their shares."""
        if not self._uniform:
            return normal.astype(np.float32)
        shares: npt.NDArray[np.float32] = np.vectorize(math.erf, otypes=[np.float32])(normal / math.sqrt(2))
        return shares

    def _normal(self, latents: Floats) -> Floats:
        if not self._uniform:
            return latents
        shares = np.clip((latents + 1) / 2, 1e-6, 1 - 1e-6)
        normal: Floats = np.vectorize(NormalDist().inv_cdf, otypes=[np.float64])(shares)
        return normal
