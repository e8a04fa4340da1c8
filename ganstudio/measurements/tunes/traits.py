"""What tunes are like: their notes, intervals and lengths, the last note, the half that comes again.

Legend: n tunes, t steps; symbols as ``modalities.music.tunes`` has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.modalities.music import SCALE, notes_of, repeats

if TYPE_CHECKING:
    Symbols = npt.NDArray[np.integer[Any]]
    Counts = npt.NDArray[np.float64]

WIDEST, LONGEST = 24, 16
"""Semitones and steps up to which intervals and lengths are told apart."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Traits:
    """Of a set of tunes. intervals (49,), lengths (17,), pitches: how often each is there. The rest are means.

    in_scale: share of the notes. tonic: of the tunes whose last note is one. repeats: of those whose half comes again.
    distinct: how many tunes there are, of all. unique: pitches of a tune. notes: of a tune. leaps: share of intervals
    beyond an octave.
    """

    intervals: Counts
    lengths: Counts
    pitches: Counts
    in_scale: float
    tonic: float
    repeats: float
    distinct: float
    unique: float
    notes: float
    leaps: float


def traits_of(symbols_nt: Symbols, pitches: int) -> Traits:
    """Look at tunes (n, t)."""
    intervals, lengths, found = np.zeros(2 * WIDEST + 1), np.zeros(LONGEST + 1), np.zeros(pitches)
    tonic, unique, notes = [], [], []
    for tune in symbols_nt:
        own = notes_of(tune, pitches)
        pitch = np.array([note.pitch for note in own], np.int64)
        np.add.at(intervals, np.clip(np.diff(pitch), -WIDEST, WIDEST) + WIDEST, 1)
        np.add.at(lengths, np.minimum([note.steps for note in own] or [0], LONGEST), bool(own))
        np.add.at(found, pitch, 1)
        tonic.append(bool(own) and own[-1].pitch % 12 == 0)
        unique.append(len(np.unique(pitch)))
        notes.append(len(own))
    of_scale = np.isin(np.arange(pitches) % 12, sorted(SCALE))
    far = np.abs(np.arange(-WIDEST, WIDEST + 1)) > 12
    return Traits(
        intervals=intervals,
        lengths=lengths,
        pitches=found,
        in_scale=_share(found, of_scale),
        tonic=float(np.mean(tonic)),
        repeats=float(repeats(symbols_nt, pitches).mean()),
        distinct=len(np.unique(symbols_nt, axis=0)) / len(symbols_nt),
        unique=float(np.mean(unique)),
        notes=float(np.mean(notes)),
        leaps=_share(intervals, far),
    )


def _share(counts: Counts, chosen: npt.NDArray[np.bool_]) -> float:
    """Of what was counted, how much is among the chosen; 0 where nothing was."""
    return float(counts[chosen].sum() / max(counts.sum(), 1.0))


def divergence(one: Counts, other: Counts) -> float:
    """Jensen-Shannon divergence of two histograms, nats; log 2 where one of them is empty."""
    if not one.sum() or not other.sum():
        return float(np.log(2))
    p, q = one / one.sum(), other / other.sum()
    middle = (p + q) / 2

    def relative(side: Counts) -> float:
        there = side > 0
        return float((side[there] * np.log(side[there] / middle[there])).sum())

    return (relative(p) + relative(q)) / 2


def nearest(symbols_nt: Symbols, training_mt: Symbols, most: int = 512) -> tuple[npt.NDArray[np.int64], Counts]:
    """Which training tune is nearest to each tune (n,), and the share of the symbols that are others."""
    symbols = int(max(symbols_nt.max(), training_mt.max())) + 1
    eye = np.eye(symbols, dtype=np.float32)
    known = eye[training_mt].reshape(len(training_mt), -1).T
    which, apart = [], []
    for start in range(0, len(symbols_nt), most):
        alike = eye[symbols_nt[start : start + most]].reshape(-1, known.shape[0]) @ known
        which.append(alike.argmax(1))
        apart.append(1 - alike.max(1) / symbols_nt.shape[1])
    return np.concatenate(which).astype(np.int64), np.concatenate(apart).astype(np.float64)
