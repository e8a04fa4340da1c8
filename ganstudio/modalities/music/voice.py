"""The program's own voice for tunes: a few partials added up for each note, with short ramps at its ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.modalities.sound.pitches import frequency_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from ganstudio.modalities.modality import Floats
    from ganstudio.modalities.music.tunes import Note

    Instrument = Callable[[int, int], Floats]
    """The wave (samples,) of a pitch, as MIDI counts, that lasts so many samples."""

RATE = 44_100
"""Samples a second: as sounds are played, so that nothing has to be resampled while a slider moves."""
LOUD = 0.5
"""Peak of a note, about: a melody has one at a time."""
_RAMP = 0.005  # seconds
RAMP_SAMPLES = round(_RAMP * RATE)
_KEPT = 256  # notes of a timbre, which come again in every tune


@dataclass(frozen=True)
class Timbre:
    """How the voice sounds. partials: strengths of the first six. attack: seconds. decay: per second."""

    partials: tuple[float, ...]
    attack: float
    decay: float


TIMBRES = {
    "organ": Timbre((1.0, 0.6, 0.35, 0.25, 0.12, 0.1), 0.012, 0.0),
    "flute": Timbre((1.0, 0.25, 0.08, 0.03, 0.0, 0.0), 0.05, 0.0),
    "plucked": Timbre((1.0, 0.7, 0.5, 0.35, 0.25, 0.15), _RAMP, 4.0),
    "bell": Timbre((1.0, 0.1, 0.5, 0.05, 0.3, 0.15), _RAMP, 2.5),
}
"""The voice's timbres by name."""


@cache
def additive(timbre: Timbre) -> Instrument:
    """The instrument of a timbre. Its higher partials decay faster, as those of strings do."""

    @lru_cache(maxsize=_KEPT)
    def play(pitch: int, samples: int) -> Floats:
        times = np.arange(samples, dtype=np.float32) / np.float32(RATE)
        turns = np.float32(2 * np.pi * frequency_of(pitch)) * times
        wave = np.zeros(samples, np.float32)
        for partial, strength in enumerate(timbre.partials, start=1):
            if strength:
                fading = np.exp(np.float32(-timbre.decay * partial**0.5) * times) if timbre.decay else np.float32(1)
                wave += np.float32(strength) * np.sin(partial * turns) * fading
        wave *= np.float32(LOUD / sum(timbre.partials))
        wave *= np.minimum(times / np.float32(timbre.attack), np.float32(1))
        return wave

    return play


def rendered(notes: Sequence[Note], steps: int, step: int, lowest: int, instrument: Instrument) -> Floats:
    """The wave (steps * step,) of notes: ``step`` samples a step, pitches counted from ``lowest`` (MIDI)."""
    wave = np.zeros(steps * step, np.float32)
    for note in notes:
        sound = instrument(lowest + note.pitch, note.steps * step)
        start = note.start * step
        wave[start : start + len(sound)] += _ramped(sound)
    return np.clip(wave, -1, 1)


def _ramped(sound: Floats) -> Floats:
    """A note that begins and ends without a click."""
    count = min(RAMP_SAMPLES, len(sound) // 2)
    ramp: npt.NDArray[np.float32] = np.arange(count, dtype=np.float32) / np.float32(max(count, 1))
    sound = sound.copy()
    sound[:count] *= ramp
    sound[len(sound) - count :] *= ramp[::-1]
    return sound
