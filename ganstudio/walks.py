"""Ways through a latent space: points drawn by seeds, between others, and paths over pins. numpy only.

Legend: k pins, n points, d = the width of the space, z and the codes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.experiment import CategoricalCodeSpec, LabelSpec

if TYPE_CHECKING:
    from ganstudio.experiment import LatentSpec

Latents = npt.NDArray[np.float32]

FARTHEST = {"normal": 3.0, "uniform": 1.0}
"""What is drawn by hand lies within three sigma of a normal prior: farther values are drawn again."""
NUDGE = 0.2
"""Share of a fresh draw in what a nudge makes of z."""


def drawn(spec: LatentSpec, seed: int, truncation: float = 1.0) -> Latents:
    """The point (d,) of a seed: z from the truncated prior, and every code from its own."""
    random = np.random.default_rng(seed)
    latents = np.zeros(spec.width, np.float32)
    latents[: spec.dimensions] = truncation * draw_z(spec, random)
    for code, columns in zip(spec.codes, spec.code_columns, strict=True):
        if isinstance(code, CategoricalCodeSpec):
            shares = code.shares if isinstance(code, LabelSpec) else None
            latents[columns.start + int(random.choice(code.size, p=shares))] = 1
        else:
            latents[columns.start] = code.reach * float(_draw(code.prior, 1, random)[0])
    return latents


def draw_z(spec: LatentSpec, random: np.random.Generator) -> npt.NDArray[np.float64]:
    """A z (dimensions,) of the prior, at truncation 1."""
    return _draw(spec.prior, spec.dimensions, random)


def _draw(prior: str, count: int, random: np.random.Generator) -> npt.NDArray[np.float64]:
    if prior == "uniform":
        return random.uniform(-1, 1, count)
    values = random.standard_normal(count)
    while (far := np.abs(values) > FARTHEST["normal"]).any():
        values[far] = random.standard_normal(int(far.sum()))
    return values


def between(spec: LatentSpec, first: Latents, second: Latents, share: float) -> Latents:
    """The point (d,) on the way from one to another, at a share from 0 to 1.

    z of a normal prior goes along the sphere, its length straight: on a straight way it would come far nearer to 0
    than what G was trained on. All else goes straight.
    """
    straight = (1 - share) * first.astype(np.float64) + share * second.astype(np.float64)
    size = spec.dimensions
    if spec.prior == "normal":
        straight[:size] = _along_sphere(first[:size].astype(float), second[:size].astype(float), share)
    return straight.astype(np.float32)


def _along_sphere(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64], share: float
) -> npt.NDArray[np.float64]:
    lengths = np.linalg.norm(first), np.linalg.norm(second)
    if min(lengths) < 1e-9:
        return (1 - share) * first + share * second
    ends = first / lengths[0], second / lengths[1]
    angle = math.acos(float(np.clip(ends[0] @ ends[1], -1, 1)))
    length = (1 - share) * lengths[0] + share * lengths[1]
    if math.sin(angle) < 1e-6:  # the same direction, or right opposite, where no way is the shortest
        direction = (1 - share) * ends[0] + share * ends[1]
        return np.asarray(length * direction)
    weights = math.sin((1 - share) * angle) / math.sin(angle), math.sin(share * angle) / math.sin(angle)
    return np.asarray(length * (weights[0] * ends[0] + weights[1] * ends[1]))


def calculated(spec: LatentSpec, plus: Latents, minus: Latents, base: Latents) -> Latents:
    """Plus - minus + base (d,), of z and the continuous codes; categories and the class are those of ``base``."""
    made = plus.astype(np.float64) - minus + base
    for code, columns in zip(spec.codes, spec.code_columns, strict=True):
        if isinstance(code, CategoricalCodeSpec):
            made[columns] = base[columns]
    return made.astype(np.float32)


def corners(spec: LatentSpec, four: Latents, lines: int) -> Latents:
    """A grid (lines * lines, d), row by row, between four points (4, d): top left, top right, bottom left and right."""
    shares = np.linspace(0, 1, lines)
    left = [between(spec, four[0], four[2], down) for down in shares]
    right = [between(spec, four[1], four[3], down) for down in shares]
    return np.stack([between(spec, a, b, across) for a, b in zip(left, right, strict=True) for across in shares])


def nudged(spec: LatentSpec, latents: Latents, seed: int) -> Latents:
    """A point (d,) near another: z with a fifth of a fresh draw in it, as likely under the prior; codes stay."""
    fresh = draw_z(spec, np.random.default_rng(seed))
    made = latents.astype(np.float64)
    z = made[: spec.dimensions]
    if spec.prior == "normal":
        made[: spec.dimensions] = math.sqrt(1 - NUDGE**2) * z + NUDGE * fresh
    else:
        made[: spec.dimensions] = np.clip(z + NUDGE * fresh, -1, 1)
    return made.astype(np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk:
    """A path over pins (k, d), at least one.

    loop: from the last back to the first. ease: slow at each pin and fast between. seconds: from pin to pin.
    """

    spec: LatentSpec
    pins: Latents
    loop: bool = True
    ease: bool = True
    seconds: float = 2.0

    @property
    def legs(self) -> int:
        """How many ways from pin to pin there are."""
        count = len(self.pins)
        return 0 if count < 2 else count if self.loop else count - 1

    @property
    def length(self) -> float:
        """Seconds of the whole."""
        return self.legs * self.seconds

    def at(self, seconds: float) -> Latents:
        """The point (d,) at a time; what is closed goes on and on, what is open ends at the last pin."""
        if not self.legs:
            return np.asarray(self.pins[0], np.float32)
        place = seconds / self.seconds
        place = place % self.legs if self.loop else min(max(place, 0.0), self.legs)
        leg = min(int(place), self.legs - 1)
        share = place - leg
        if self.ease:
            share = share * share * (3 - 2 * share)
        return between(self.spec, self.pins[leg], self.pins[(leg + 1) % len(self.pins)], share)

    def points(self, rate: float) -> Latents:
        """Points (n, d) at so many a second; a closed path does not come to its first one twice."""
        count = max(1, round(self.length * rate))
        times = np.arange(count) / rate if self.loop else np.linspace(0, self.length, max(count, 1 + (self.legs > 0)))
        points: Latents = np.stack([self.at(float(time)) for time in times])
        return points
