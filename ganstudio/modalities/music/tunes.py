"""Tunes as symbols: at each step a pitch begins, the last one is held, or there is a rest.

Legend: n tunes, t steps. Of p pitches symbol k < p is the k-th from the lowest, p holds and p + 1 rests.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    Symbols = npt.NDArray[np.integer[Any]]
    Bools = npt.NDArray[np.bool_]

ALIKE = 0.9
"""Share of the symbols from which the second half of a tune counts as the first one again."""


_NOTES = 2


class Note(NamedTuple):
    """A note of a tune: at which step it begins, how many steps it lasts, and its pitch above the lowest."""

    start: int
    steps: int
    pitch: int


def sounding(symbols_nt: Symbols, pitches: int) -> npt.NDArray[np.int64]:
    """Which pitch (n, t) sounds at each step, -1: none. What is held at the start, or after a rest, is silence."""
    told = np.asarray(symbols_nt, np.int64) != pitches
    places = np.where(told, np.arange(told.shape[1]), 0)
    latest = np.take_along_axis(np.asarray(symbols_nt, np.int64), np.maximum.accumulate(places, axis=1), axis=1)
    found: npt.NDArray[np.int64] = np.where(latest < pitches, latest, -1)
    return found


def notes_of(symbols_t: Symbols, pitches: int) -> list[Note]:
    """The notes of a tune (t,) in their order."""
    tune = np.asarray(symbols_t, np.int64)
    ends = np.append(np.flatnonzero(tune != pitches), len(tune))
    return [
        Note(int(start), int(end - start), int(tune[start])) for start, end in pairwise(ends) if tune[start] < pitches
    ]


def repeats(symbols_nt: Symbols, pitches: int) -> Bools:
    """Which tunes (n,) have a second half that is the first one again, in at least 90 % of its symbols.

    Both need two notes at least: one that is held on and on repeats nothing.
    """
    half = symbols_nt.shape[1] // 2
    if not half:
        return np.zeros(len(symbols_nt), np.bool_)
    halves = symbols_nt[:, :half], symbols_nt[:, half : 2 * half]
    alike: Bools = (halves[0] == halves[1]).mean(1) >= ALIKE
    for one in halves:
        alike &= (one < pitches).sum(1) >= _NOTES
    return alike
