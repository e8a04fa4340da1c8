"""The real images at the ends of a code, as Q reads them: what a code means, where no class or factor is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True, kw_only=True, eq=False)
class Extreme:
    """The images at one end of a code, the most extreme first; there may be none.

    end: "lowest" or "highest", or a value of a categorical code. indices: (k,) numbers of the readings.
    readings: (k,) what Q said of them: the mean of a continuous code, the probability of a categorical one's value.
    """

    end: str
    indices: npt.NDArray[np.int64]
    readings: npt.NDArray[np.float32]


def extremes(said: npt.NDArray[np.float32], count: int) -> list[Extreme]:
    """The ends of a code from Q's readings: means (n,), or probabilities (n, values) of a categorical code.

    Of a categorical code each value has the images that Q assigns to it, the surest first; at most ``count`` an end.
    """
    if said.ndim == 1:
        order = np.argsort(said, kind="stable")
        ends = {"lowest": order[:count], "highest": order[::-1][:count]}
        return [Extreme(end=end, indices=some, readings=said[some]) for end, some in ends.items()]
    values, sure = said.argmax(axis=1), said.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    found = []
    for value in range(said.shape[1]):
        some = order[values[order] == value][:count]
        found.append(Extreme(end=str(value), indices=some, readings=sure[some]))
    return found
