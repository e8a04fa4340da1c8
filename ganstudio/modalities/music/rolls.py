"""Piano rolls: time from left to right, a row for each pitch, a bar for each note.

Rows of the scale are lighter, notes out of it are hatched, and where the second half is the first one again both have
a bracket below them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.modalities.music.tunes import repeats, sounding

if TYPE_CHECKING:
    from collections.abc import Container

    from ganstudio.modalities.modality import Pixels
    from ganstudio.modalities.music.tunes import Symbols

BRACKET = 8
"""Pixels below the rows, for brackets."""
EDGE = 4
"""Pixels at the right that are left free, so that tunes side by side are told apart."""
_FREE = (20, 23, 31)
_ROW, _OFF_ROW, _BAR_LINE, _BEAT = (30, 33, 42), (22, 24, 31), (74, 80, 98), (40, 44, 55)
NOTE, TONIC, OFF = (94, 196, 214), (250, 204, 96), (240, 100, 110)
"""Colours of notes: of the scale, of its tonic, and out of it."""
_REPEAT = (176, 148, 242)


def rolls(
    symbols_nt: Symbols, pitches: int, bar: int, scale: Container[int], *, row: int = 3, column: int = 4
) -> Pixels:
    """Pictures (n, pitches * row + 8, t * column + 4, 3) of tunes. row, column: pixels of a pitch and of a step."""
    count, steps = symbols_nt.shape
    ground = _ground(pitches, steps, bar, scale, row, column)
    pixels = np.repeat(ground[None], count, axis=0)
    pitch_nt = sounding(symbols_nt, pitches)
    begins_nt = np.asarray(symbols_nt) < pitches
    which, when = np.nonzero(pitch_nt >= 0)
    pitch = pitch_nt[which, when]
    colours = np.array([_colour(each, scale) for each in range(pitches)], np.uint8)[pitch]
    is_off = np.array([each % 12 not in scale for each in range(pitches)])[pitch]
    top = (pitches - 1 - pitch) * row
    for across in range(column):
        x = when * column + across
        # The first pixel of a note is left out, so that two of one pitch are two.
        drawn = ~begins_nt[which, when] if across == 0 else np.ones(len(which), np.bool_)
        for down in range(row):
            solid = drawn & (~is_off | ((x + top + down) % 3 != 0))
            pixels[which[solid], (top + down)[solid], x[solid]] = colours[solid]
    _bracket(pixels, repeats(symbols_nt, pitches), pitches * row)
    return pixels


def _colour(pitch: int, scale: Container[int]) -> tuple[int, int, int]:
    if pitch % 12 not in scale:
        return OFF
    return TONIC if pitch % 12 == 0 else NOTE


def _ground(pitches: int, steps: int, bar: int, scale: Container[int], row: int, column: int) -> Pixels:
    ground = np.empty((pitches * row + BRACKET, steps * column + EDGE, 3), np.uint8)
    ground[:] = _OFF_ROW
    for pitch in range(pitches):
        top = (pitches - 1 - pitch) * row
        ground[top : top + row] = _ROW if pitch % 12 in scale else _OFF_ROW
    for step in range(0, steps, 2):
        ground[: pitches * row, step * column] = _BAR_LINE if step % bar == 0 else _BEAT
    ground[:, steps * column :] = _FREE
    return ground


def _bracket(pixels: Pixels, which: np.ndarray, top: int) -> None:
    """Two brackets of one colour under the halves of tunes that repeat."""
    width, edge = pixels.shape[2] - EDGE, 2
    chosen = pixels[which]
    for start, stop in ((0, width // 2), (width // 2, width)):
        chosen[:, top + 2 : top + 6, start + edge : start + edge + 2] = _REPEAT
        chosen[:, top + 2 : top + 6, stop - edge - 2 : stop - edge] = _REPEAT
        chosen[:, top + 4 : top + 6, start + edge : stop - edge] = _REPEAT
    pixels[which] = chosen
