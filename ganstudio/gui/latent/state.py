"""The latent code [z, c] under the user's hands, and what is asked of G for it. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio import walks
from ganstudio.directions import along, moved, reach
from ganstudio.experiment import code_names
from ganstudio.gui.text.words import name_of

if TYPE_CHECKING:
    from ganstudio.directions import Direction
    from ganstudio.experiment import ContinuousCodeSpec, LatentSpec

_REACH = {"normal": 3.0, "uniform": 1.0}  # where the sliders end at truncation 1: three sigma, or all of (-1, 1)
SMALLEST_TRUNCATION = 0.05
MOST_SEED = 2**31 - 1
"""The largest seed that can be typed."""
BEYOND = {"normal": 3.0, "uniform": 2.0}
"""Where a continuous code's slider ends, in units of its reach: three sigma, or twice the range it is trained on."""
MOST_PICTURES = 32
"""Values of categorical codes that are shown as pictures; a code that finds no room among them has numbers."""


@dataclass(frozen=True, eq=False)
class LatentPlace:
    """Where z, the codes and the truncation stood in a latent space."""

    space: tuple[Any, ...]
    base: npt.NDArray[np.floating]
    codes: npt.NDArray[np.float32]
    truncation: float
    moved: int | None
    seed: int | None = None

    def same(self, other: LatentPlace) -> bool:
        """Whether G is given the same there, and would be at another truncation."""
        return (
            self.space == other.space
            and self.truncation == other.truncation
            and np.array_equal(self.base, other.base)
            and np.array_equal(self.codes, other.codes)
        )


class LatentState:
    """One z of d dimensions, the codes c, the truncation of z, and the input of G that moved last.

    z is kept as it would be at truncation 1, so that truncating draws it towards the centre and back again. The codes
    are not truncated.
    """

    def __init__(self, spec: LatentSpec, seed: int = 0) -> None:
        self.spec = spec
        self._base: npt.NDArray[np.floating] = np.zeros(spec.dimensions)
        self._codes = np.zeros(spec.width - spec.dimensions, np.float32)
        self._random = np.random.default_rng(seed)
        self.truncation = 1.0
        self.seed: int | None = None
        """What all of it was drawn by; None where it was moved since."""
        self.locked: set[int] = set()
        """Dimensions of z that stay where they are when z is drawn or nudged."""
        ranged = [c.start for c, code in zip(spec.code_columns, spec.codes, strict=True) if code.kind == "continuous"]
        self._moved: int | None = ranged[0] if ranged else 0 if spec.turned else None
        self._began: tuple[Direction, float, npt.NDArray[np.floating], npt.NDArray[np.floating]] | None = None
        self.way: Direction | None = None
        """The direction that z moved along last; None: a single input of G moved last."""
        self.reset()

    @property
    def moved(self) -> int | None:
        """The input of G that moved last, or did before a direction; None: there is none to move."""
        return self._moved

    @moved.setter
    def moved(self, column: int | None) -> None:
        self._moved, self.way = column, None

    @property
    def dimensions(self) -> int:
        """Return d."""
        return len(self._base)

    @property
    def limit(self) -> float:
        """The sliders of z run from -limit to limit: three sigma of the truncated prior, or its whole range."""
        return _REACH[self.spec.prior] * self.truncation

    @property
    def z(self) -> npt.NDArray[np.float32]:
        """The latent code without the codes c, (d,)."""
        return self.latents[: self.dimensions]

    @property
    def latents(self) -> npt.NDArray[np.float32]:
        """What G is given, [z, c], (width,)."""
        return self._given(self._base)

    def _given(self, base: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        return np.concatenate([(base * self.truncation).astype(np.float32), self._codes])

    # --- places to come back to ---

    def place(self) -> LatentPlace:
        """Where everything stands now."""
        return LatentPlace(
            _space(self.spec), self._base.copy(), self._codes.copy(), self.truncation, self.moved, self.seed
        )

    def takes(self, place: LatentPlace) -> bool:
        """Whether a place is of this latent space, whatever its codes are called."""
        return place.space == _space(self.spec)

    def go_to(self, place: LatentPlace) -> None:
        """Go back to a place of this latent space."""
        assert self.takes(place)
        self._base, self._codes = place.base.copy(), place.codes.copy()
        self.truncation, self.moved, self.seed = place.truncation, place.moved, place.seed

    # --- z ---

    def set_dimension(self, dimension: int, value: float) -> None:
        """Move one dimension of z, which becomes the one that is traversed."""
        self._base = self._base.copy()
        self._base[dimension] = value / self.truncation
        self.moved, self.seed = dimension, None

    def move_along(self, direction: Direction, value: float) -> None:
        """Let z lie so far along a direction, which becomes the one that is traversed.

        Its edges may bend the way there: the way back is the same, as it begins where the first of these moves did.
        """
        start = self._start_of(direction)
        made = moved(self.spec, direction, self._given(start), value, self.truncation)
        self._base = made[: self.dimensions].astype(float) / self.truncation
        self._began = direction, self.truncation, start, self._base
        self.way, self.seed = direction, None

    def _start_of(self, direction: Direction) -> npt.NDArray[np.floating]:
        """Where z was, at truncation 1, before it moved along a direction; where it is, if that is not how it came."""
        if self._began is not None:
            way, truncation, start, end = self._began
            if (way, truncation) == (direction, self.truncation) and end is self._base:
                return start
        return self._base

    def load(self, latents: npt.NDArray[np.floating]) -> None:
        """Take given [z, c] (width,) exactly; a z outside the truncated prior ends the truncation."""
        latents = np.asarray(latents, float)
        width = self.spec.width
        if latents.shape != (width,):
            raise ValueError(f"the latent code has {width} dimensions; this array has the shape {latents.shape}")
        if not np.isfinite(latents).all():
            raise ValueError("a latent code is made of finite numbers")
        z = latents[: self.dimensions]
        if np.abs(z).max(initial=0.0) > self.limit:
            self.truncation = 1.0
        self._base = z / self.truncation
        self._codes = latents[self.dimensions :].astype(np.float32)
        self.seed = None

    def reset(self) -> None:
        """Go to the prior's centre: z = 0, categorical codes at their first value, continuous ones at 0."""
        self._base = np.zeros_like(self._base)
        self.seed = None
        for index in range(len(self.spec.codes)):
            self.set_code(index, 0)

    def randomise(self) -> None:
        """Draw z and c, by a seed that is drawn."""
        self.draw(int(self._random.integers(MOST_SEED + 1)))

    def draw(self, seed: int) -> None:
        """Draw z and c by a seed, as the command line does; what is locked stays."""
        drawn = walks.drawn(self.spec, seed)
        self._take_z(drawn[: self.dimensions].astype(float))
        self._codes = drawn[self.dimensions :].copy()
        self.seed = None if self.locked else seed

    def randomise_z(self) -> None:
        """Draw z from the truncated prior, and keep c."""
        self._take_z(walks.draw_z(self.spec, self._random))
        self.seed = None

    def nudge(self) -> None:
        """Move z a little, at random; what is locked stays."""
        whole = np.concatenate([self._base, self._codes]).astype(np.float32)
        near = walks.nudged(self.spec, whole, int(self._random.integers(MOST_SEED + 1)))
        self._take_z(near[: self.dimensions].astype(float))
        self.seed = None

    def _take_z(self, z: npt.NDArray[np.floating]) -> None:
        kept = sorted(self.locked)
        z[kept] = self._base[kept]
        self._base = z

    def set_truncation(self, truncation: float) -> None:
        """Scale the prior of z, and z with it."""
        self.truncation = min(max(truncation, SMALLEST_TRUNCATION), 1.0)

    # --- c ---

    def code(self, index: int) -> float:
        """Value of a code: a categorical one's number, counted from 0, or a continuous one's value."""
        code, part = self.spec.codes[index], self._part(index)
        return float(part.argmax()) if code.kind == "categorical" else float(part[0])

    def set_code(self, index: int, value: float) -> None:
        """Set a code; a continuous one becomes the one that is traversed."""
        code, part = self.spec.codes[index], self._part(index)
        self.seed = None
        if code.kind == "categorical":
            part[:] = 0
            part[int(value)] = 1
        else:
            part[0] = value

    def move_code(self, index: int, value: float) -> None:
        """Set a continuous code, which becomes the one that is traversed."""
        self.set_code(index, value)
        self.moved = self.spec.code_columns[index].start

    def moved_code(self) -> int | None:
        """Which code moved last; None: a dimension of z did."""
        starts = [columns.start for columns in self.spec.code_columns]
        return starts.index(self.moved) if self.moved in starts else None

    @property
    def moved_name(self) -> str:
        """What the slider that moved last is called."""
        if self.way is not None:
            return self.way.name
        assert self.moved is not None
        index = self.moved_code()
        return name_of(self.moved) if index is None else code_names(self.spec.codes)[index]

    @property
    def moved_limit(self) -> float:
        """Where the slider that moved last ends."""
        if self.way is not None:
            return reach(self.spec, self.way) * self.truncation
        index = self.moved_code()
        if index is None:
            return self.limit
        code = self.spec.codes[index]
        assert code.kind == "continuous"
        return code_limit(code)

    @property
    def moved_value(self) -> float:
        """Where the slider that moved last stands."""
        if self.way is not None:
            return along(self.way, self.latents)
        assert self.moved is not None
        return float(self.latents[self.moved])

    def _part(self, index: int) -> npt.NDArray[np.float32]:
        columns = self.spec.code_columns[index]
        return self._codes[columns.start - self.dimensions : columns.stop - self.dimensions]

    # --- what is asked ---

    def pictured(self) -> list[int]:
        """The categorical codes whose values are shown as pictures, as far as there is room."""
        found, room = [], MOST_PICTURES
        for index, code in enumerate(self.spec.codes):
            if code.kind == "categorical" and code.size <= room:
                found.append(index)
                room -= code.size
        return found

    def request(self, count: int) -> npt.NDArray[np.float32]:
        """Return [z, c], then ``count`` that differ in what moved last alone, across its range: (1 + count, width).

        They are all the same where there is nothing that could be moved.
        """
        latents = np.repeat(self.latents[None], 1 + count, axis=0)
        if self.way is not None:
            values = np.linspace(-self.moved_limit, self.moved_limit, count)
            start = self._given(self._start_of(self.way))
            latents[1:] = [moved(self.spec, self.way, start, float(value), self.truncation) for value in values]
            return latents
        if self.moved is None:
            return latents
        latents[1:, self.moved] = np.linspace(-self.moved_limit, self.moved_limit, count, dtype=np.float32)
        return latents

    def pictures(self) -> npt.NDArray[np.float32]:
        """[z, c] with each value of each pictured code in turn, the rest as it is: (values, width)."""
        parts = [np.empty((0, self.spec.width), np.float32)]
        for index in self.pictured():
            columns = self.spec.code_columns[index]
            size = columns.stop - columns.start
            part = np.repeat(self.latents[None], size, axis=0)
            part[:, columns] = np.eye(size, dtype=np.float32)
            parts.append(part)
        return np.concatenate(parts)


def _space(spec: LatentSpec) -> tuple[Any, ...]:
    """All that points of two latent spaces must share to be exchanged."""
    told = {"name", "weight", "names", "shares"}
    return spec.prior, spec.dimensions, *(tuple(code.model_dump(exclude=told).items()) for code in spec.codes)


def code_limit(code: ContinuousCodeSpec) -> float:
    """A continuous code's slider runs from -limit to limit."""
    return BEYOND[code.prior] * code.reach
