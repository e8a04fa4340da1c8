"""Where clips begin in a recording, and what they are: as loud as each other, from a first sound on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ganstudio.data.files.resampling import Wave

ONSET = 0.03
"""Of a recording's peak: what swings further is heard as its sound, not as the noise before it."""
BEFORE_SECONDS = 0.05
"""How long before the first such value a clip begins: an attack is heard from its start."""
LONG = 4
"""How many clips long a recording is, at least, that is cut into windows by itself."""
LEAST = 0.1
"""Of a recording's peak that a window has to reach: one that holds only what fades away is left out."""
_BLOCK = 64  # values
_EDGES = (np.maximum, np.minimum)
PEAK = 0.9
"""Of full scale, which each clip is brought to: else D would learn who stood near to the microphone."""


def starts(wave: Wave, rate: int, length: int, cut: Literal["auto", "beginning", "windows"]) -> list[int]:
    """Where clips of ``length`` values begin in a recording (t,); none where it is silent."""
    # Blocks tell where to look, so that hours of sound take no room beside themselves.
    reach = np.maximum(*(np.abs(edge.reduceat(wave, np.arange(0, len(wave), _BLOCK))) for edge in _EDGES))
    peak = float(reach.max(initial=0))
    loud = np.flatnonzero(reach > ONSET * peak)
    before = round(BEFORE_SECONDS * rate)
    only_one = cut == "beginning" or (cut == "auto" and len(wave) <= LONG * length)
    found: list[int] = []
    at = end = 0
    while at < len(loud) and not (only_one and found):
        block = max(end, int(loud[at]) * _BLOCK)
        heard = np.abs(wave[block : (int(loud[at]) + 1) * _BLOCK]) > ONSET * peak
        if not heard.any():  # what the last clip took of it
            at += 1
            continue
        start = max(end, block + int(heard.argmax()) - before)
        end = start + length
        if np.abs(wave[start:end]).max() >= LEAST * peak or only_one:
            found.append(start)
        at = int(np.searchsorted(loud, end // _BLOCK))
    return found


def clips(wave: Wave, begins: list[int], length: int) -> npt.NDArray[np.int16]:
    """The clips (n, length) that begin there, each at the same peak; behind the end of the recording is silence."""
    made = np.zeros((len(begins), length), np.int16)
    for row, start in zip(made, begins, strict=True):
        part = wave[start : start + length]
        scale = PEAK * 32767 / float(np.abs(part).max())
        row[: len(part)] = np.rint(part * scale)
    return made
