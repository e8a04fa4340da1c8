"""Tunes as events, as C-RNN-GAN has them: a note is four real numbers (Mogren 2016, arXiv:1611.09904).

Legend: n tunes, t steps, e events. An event is the note's length in bars, its pitch from -1 to 1, how loud it is, 1 or,
where there is no further note, 0, and how long after the start of the note before it begins, in bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.modalities.music.tunes import notes_of

if TYPE_CHECKING:
    from ganstudio.modalities.modality import Floats, Samples
    from ganstudio.modalities.music.tunes import Symbols

NUMBERS = 4
_LENGTH, _PITCH, _LOUD, _GAP = range(NUMBERS)
_THERE = 0.5
"""How loud a note must be to be there."""


def events_of(symbols_nt: Symbols, events: int, pitches: int, bar: int) -> Floats:
    """Tunes (n, t) as events (n, e, 4); notes beyond so many are left out."""
    made = np.zeros((len(symbols_nt), events, NUMBERS), np.float32)
    for row, tune in zip(made, symbols_nt, strict=True):
        before = 0
        for event, note in zip(row, notes_of(tune, pitches), strict=False):
            event[:] = note.steps / bar, 2 * note.pitch / (pitches - 1) - 1, 1, (note.start - before) / bar
            before = note.start
    return made


def symbols_of(events_ne: Floats, steps: int, pitches: int, bar: int) -> Samples:
    """Events (n, e, 4) as tunes (n, t): the nearest step, length and pitch; what is not loud enough is no note.

    Of two notes at one step the later one counts; a note lasts until the next one begins, at most.
    """
    known = np.nan_to_num(events_ne, nan=0.0, posinf=0.0, neginf=0.0)
    lengths = np.clip(np.rint(known[..., _LENGTH] * bar), 1, steps).astype(np.int64)
    pitch = np.clip(np.rint((known[..., _PITCH] + 1) / 2 * (pitches - 1)), 0, pitches - 1).astype(np.int64)
    there = known[..., _LOUD] > _THERE
    gaps = np.where(there, np.clip(np.rint(known[..., _GAP] * bar), 0, steps), 0).astype(np.int64)
    starts = np.cumsum(gaps, axis=1)
    hold, rest = pitches, pitches + 1
    made = np.full((len(known), steps), rest, np.int8)
    for row, begins, lasts, which, is_note in zip(made, starts, lengths, pitch, there, strict=True):
        for start, length, one in zip(begins[is_note].tolist(), lasts[is_note].tolist(), which[is_note], strict=True):
            if start >= steps:
                break
            row[start] = one
            row[start + 1 : start + length] = hold
            row[start + length :] = rest  # the note before may have lasted for longer
    return made
