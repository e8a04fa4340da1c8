"""The latent code under the sliders' hands, and what is asked of G for it. Knows no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ganstudio.experiment import LatentSpec

_REACH = {"normal": 3.0, "uniform": 1.0}  # where the sliders end at truncation 1: three sigma, or all of (-1, 1)
SMALLEST_TRUNCATION = 0.05


class LatentState:
    """One z of d dimensions, the truncation, and the dimension that moved last.

    z is kept as it would be at truncation 1, so that truncating draws it towards the centre and back again.
    """

    def __init__(self, spec: LatentSpec, seed: int = 0) -> None:
        self._prior = spec.prior
        self._base: npt.NDArray[np.floating] = np.zeros(spec.dimensions)
        self._random = np.random.default_rng(seed)
        self.truncation = 1.0
        self.moved = 0

    @property
    def dimensions(self) -> int:
        """Return d."""
        return len(self._base)

    @property
    def limit(self) -> float:
        """The sliders run from -limit to limit: three sigma of the truncated prior, or its whole range."""
        return _REACH[self._prior] * self.truncation

    @property
    def z(self) -> npt.NDArray[np.float32]:
        """The latent code, (d,)."""
        return (self._base * self.truncation).astype(np.float32)

    def set_dimension(self, dimension: int, value: float) -> None:
        """Move one dimension, which becomes the one that is traversed."""
        self._base[dimension] = value / self.truncation
        self.moved = dimension

    def load(self, z: npt.NDArray[np.floating]) -> None:
        """Take a given z (d,) exactly; what lies outside the truncated prior ends the truncation."""
        z = np.asarray(z, float)
        if z.shape != self._base.shape:
            raise ValueError(f"the latent code has {self.dimensions} dimensions; this array has the shape {z.shape}")
        if not np.isfinite(z).all():
            raise ValueError("a latent code is made of finite numbers")
        if np.abs(z).max() > self.limit:
            self.truncation = 1.0
        self._base = z / self.truncation

    def reset(self) -> None:
        """Go to the prior's centre."""
        self._base = np.zeros_like(self._base)

    def randomise(self) -> None:
        """Draw from the truncated prior; a normal's values beyond three sigma are drawn again."""
        if self._prior == "uniform":
            self._base = self._random.uniform(-1, 1, self.dimensions)
            return
        drawn = self._random.standard_normal(self.dimensions)
        while (far := np.abs(drawn) > _REACH["normal"]).any():
            drawn[far] = self._random.standard_normal(int(far.sum()))
        self._base = drawn

    def set_truncation(self, truncation: float) -> None:
        """Scale the prior, and z with it."""
        self.truncation = min(max(truncation, SMALLEST_TRUNCATION), 1.0)

    def request(self, count: int) -> npt.NDArray[np.float32]:
        """Return z, then ``count`` codes that differ in the moved dimension alone, across its range: (1 + count, d)."""
        codes = np.repeat(self.z[None], 1 + count, axis=0)
        codes[1:, self.moved] = np.linspace(-self.limit, self.limit, count, dtype=np.float32)
        return codes


def name_of(dimension: int) -> str:
    """A dimension's name, counted from 1: z₁, z₁₂."""
    return "z" + str(dimension + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def number(value: float) -> str:
    """A number with two decimals and a true minus sign; no minus before zero."""
    return f"{value + 0.0:.2f}".replace("-0.00", "0.00").replace("-", "\u2212")
