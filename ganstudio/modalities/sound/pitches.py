"""Pitches of the equal temperament: MIDI's numbers, names such as C4 and F#4, and frequencies. A4, 69, is 440 Hz."""

from __future__ import annotations

import math
import re

_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_NAME = re.compile(r"([A-Ga-g])([#♯b♭]?)(-?\d{1,2})")
_SHIFTS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
LOWEST, HIGHEST = 0, 127


def frequency_of(midi: float) -> float:
    """The frequency of a pitch, Hz."""
    return float(440 * 2 ** ((midi - 69) / 12))


def nearest_to(hertz: float) -> int:
    """The pitch that a frequency is nearest to."""
    return min(max(round(69 + 12 * math.log2(hertz / 440)), LOWEST), HIGHEST)


def name_of(midi: int) -> str:
    """What a pitch is called: C4 for 60."""
    return f"{_NAMES[midi % 12]}{midi // 12 - 1}"


def midi_of(name: str) -> int | None:
    """The pitch of a name, such as 60 for C4; None where it names none, so that classes can be asked for theirs."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return None
    letter, sign, octave = found.groups()
    midi = _NAMES.index(letter.upper()) + _SHIFTS[sign] + 12 * (int(octave) + 1)
    return midi if LOWEST <= midi <= HIGHEST else None
