"""Directions of z: named ways through the latent space, how far a point lies along each, and as text. numpy only.

Legend: k directions, n points, d = the dimensions of z that are turned one by one, w = the width of the space.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ganstudio.experiment import LatentSpec

Latents = npt.NDArray[np.float32]

MOST, LONGEST_NAME, LONGEST_TOLD = 64, 40, 200
"""Directions that are kept of a run; letters of a name, and of how it was found."""
_REACH = {"normal": 3.0, "uniform": math.sqrt(3)}
"""Three standard deviations of a unit direction's coordinate under the prior."""
_EDGE = {"normal": 3.0, "uniform": 1.0}
"""Where a dimension of z ends: three standard deviations, or the whole range."""
_EVEN = 1e-6


class DirectionError(ValueError):
    """A direction that can't be had; the message says why, and what would be right."""


@dataclass(frozen=True, eq=False)
class Direction:
    """A unit vector (d,) of z. told: how it was found, in words."""

    name: str
    vector: Latents
    told: str = ""


def unit(vector: npt.ArrayLike, name: str, told: str = "") -> Direction:
    """The direction that a vector (d,) points to. Raises DirectionError where it points nowhere."""
    values = np.asarray(vector, np.float64)
    length = float(np.linalg.norm(values)) if np.isfinite(values).all() else 0.0
    if length < _EVEN:
        raise DirectionError(f"{name}: points nowhere, as all of its numbers are 0")
    return Direction(name[:LONGEST_NAME], (values / length).astype(np.float32), told[:LONGEST_TOLD])


def between_groups(spec: LatentSpec, first: Latents, second: Latents, name: str) -> Direction:
    """From the mean of some points (n, w) to the mean of others, in z alone: the codes and the class are left out.

    Raises DirectionError where a group is empty, or both have the same mean.
    """
    if not len(first) or not len(second):
        raise DirectionError("A direction leads from one group of samples to another: mark at least one for each")
    means = [group[:, : spec.turned].astype(np.float64).mean(0) for group in (first, second)]
    counts = f"from the mean of {len(first)} marked A to that of {len(second)} marked B"
    try:
        return unit(means[1] - means[0], name, counts)
    except DirectionError:
        raise DirectionError(
            "Both groups have the same mean, so that no direction leads from one to the other"
        ) from None


def along(direction: Direction, latents: Latents) -> float:
    """How far a point (w,) lies along a direction: the coordinate of its z."""
    return float(latents[: len(direction.vector)].astype(np.float64) @ direction.vector)


def moved(spec: LatentSpec, direction: Direction, latents: Latents, value: float, truncation: float = 1.0) -> Latents:
    """The point (w,) that lies so far along a direction, and elsewhere as before, as far as there is room.

    No farther than ``reach``, and no dimension of z leaves the truncated prior, or gets farther out where it has.
    """
    made = latents.astype(np.float64)
    z = made[: len(direction.vector)]
    end = reach(spec, direction) * truncation
    edges = np.maximum(_EDGE[spec.prior] * truncation, np.abs(z))
    way = (min(max(value, -end), end) - along(direction, latents)) * direction.vector.astype(np.float64)
    made[: len(z)] = np.clip(z + way, -edges, edges)
    return made.astype(np.float32)


def reach(spec: LatentSpec, direction: Direction) -> float:
    """Where a direction's slider ends: at three standard deviations of the prior, or where its z ends before."""
    ends = float(np.abs(direction.vector).sum()) if spec.prior == "uniform" else math.inf
    return min(_REACH[spec.prior], ends)


def fits(spec: LatentSpec, direction: Direction) -> bool:
    """Whether it is a direction of this latent space."""
    return len(direction.vector) == spec.turned


def free_name(name: str, taken: Sequence[Direction]) -> str:
    """The name, with a number behind it where another direction is called so."""
    names = {one.name for one in taken}
    numbered = (f"{name[: LONGEST_NAME - 4]} {number}" for number in range(2, MOST + 3))
    return next(one for one in (name, *numbered) if one not in names)


# --- as text ----------------------------------------------------------------------------------------------------------


def packed(directions: Sequence[Direction]) -> str:
    """Directions as JSON."""
    told = [
        {"name": one.name, "told": one.told, "values": [round(float(value), 7) for value in one.vector]}
        for one in directions
    ]
    return json.dumps({"directions": told}, ensure_ascii=False) + "\n"


def unpacked(told: Mapping[str, Any]) -> tuple[Direction, ...]:
    """The directions that a JSON object holds, which may be anybody's. Raises DirectionError."""
    rows = told.get("directions")
    if not isinstance(rows, list) or len(rows) > MOST:
        raise DirectionError(f'holds no list "directions" of at most {MOST}')
    return tuple(_unpacked(row, place) for place, row in enumerate(rows, start=1))


def _unpacked(row: object, place: int) -> Direction:
    if not isinstance(row, dict):
        raise DirectionError(f"direction {place}: has no name and values")
    name, words, values = row.get("name"), row.get("told", ""), row.get("values")
    if not isinstance(name, str) or not name.strip() or not isinstance(words, str):
        raise DirectionError(f"direction {place}: has no name")
    if not isinstance(values, list) or not all(type(value) in (int, float) for value in values):
        raise DirectionError(f"direction {place}: its values are no list of numbers")
    # JSON may spell half a character, which no file can be written with.
    name, words = (text.encode("utf-8", "replace").decode() for text in (name.strip(), words))
    try:
        return unit(values, name, words)
    except (DirectionError, OverflowError):
        raise DirectionError(f"direction {place}: its values are no direction") from None
