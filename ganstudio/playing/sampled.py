"""Tunes played with the notes that a game of sounds has learned: the two systems meet.

Each pitch is a wave that G made. What it was not found to make is the nearest note that it was, played faster or
slower; how far a note is off its pitch is left as G made it.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.modalities import Melody
from ganstudio.modalities.music import voice
from ganstudio.modalities.sound import name_of
from ganstudio.playing.waves import RATE, resampled

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.modalities import Samples, Wave
    from ganstudio.modalities.modality import Floats
    from ganstudio.modalities.music.voice import Instrument

MOST_NOTES, LONGEST = 128, 2**17
_RATES = (1_000, 192_000)
_UNREADABLE = (
    OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, OverflowError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Notes:
    """What tunes are played with. waves: int16 (k, t), their rate, and the pitch of each (k,), as MIDI counts, rising.

    name: of the run that they are of.
    """

    name: str
    waves: npt.NDArray[np.int16]
    rate: int
    pitches: tuple[int, ...]

    def __post_init__(self) -> None:
        """Raise ValueError for what no tune can be played with."""
        count = len(self.pitches)
        if not 0 < count <= MOST_NOTES or list(self.pitches) != sorted(set(self.pitches)):
            raise ValueError("there are no notes, or two of one pitch")
        if self.pitches[0] < 0 or self.pitches[-1] > 127:
            raise ValueError(f"pitches go from 0 to 127, not from {self.pitches[0]} to {self.pitches[-1]}")
        if self.waves.dtype != np.int16 or len(self.waves) != count or not 0 < self.waves.size <= count * LONGEST:
            raise ValueError(f"there are {count} pitches, and not as many waves of 16 bits")
        if not _RATES[0] <= self.rate <= _RATES[1]:
            raise ValueError(f"there is no rate of {self.rate}")

    @property
    def described(self) -> str:
        """How many pitches there are, and from which to which."""
        first, last = name_of(self.pitches[0]), name_of(self.pitches[-1])
        return f"1 pitch, {first}" if len(self.pitches) == 1 else f"{len(self.pitches)} pitches, {first} to {last}"

    @cached_property
    def instrument(self) -> Instrument:
        """What plays them: the loudest is as loud as the program's own voice."""
        scale = voice.LOUD / max(int(np.abs(self.waves.astype(np.int32)).max()), 1)

        @lru_cache(maxsize=MOST_NOTES)
        def of_pitch(pitch: int) -> Floats:
            nearest = min(range(len(self.pitches)), key=lambda k: (abs(self.pitches[k] - pitch), k))
            ratio = 2 ** ((pitch - self.pitches[nearest]) / 12)
            made: Floats = (resampled(self.waves[nearest] * scale, round(self.rate * ratio))).astype(np.float32)
            return made

        def play(pitch: int, samples: int) -> Floats:
            wave = of_pitch(pitch)[:samples]
            fade = min(voice.RAMP_SAMPLES, len(wave))
            ended = np.pad(wave, (0, samples - len(wave)))
            if len(wave) < samples:  # it ends before its note does, and not with a click
                ended[len(wave) - fade : len(wave)] *= np.linspace(1, 0, fade, dtype=np.float32)
            return ended

        return play

    def packed(self) -> bytes:
        """As an .npz file."""
        held = io.BytesIO()
        np.savez_compressed(
            held,
            waves=self.waves,
            rate=self.rate,
            pitches=self.pitches,
            name=np.frombuffer(self.name.encode(), np.uint8),
        )
        return held.getvalue()

    @classmethod
    def unpacked(cls, data: bytes) -> Notes:
        """Of an .npz file. Raises ValueError where it is none of these."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                waves, rate, pitches = file["waves"], int(file["rate"]), tuple(int(one) for one in file["pitches"])
                name = file["name"].tobytes().decode(errors="replace")
        except _UNREADABLE as error:
            raise ValueError(f"no file of notes: {error}") from None
        return cls(name, waves, rate, pitches)


@dataclass(frozen=True)
class Sampled(Melody):
    """Tunes that are played with these notes, rather than by the program's own voice."""

    notes: Notes = field(kw_only=True)

    def sound(self, samples: Samples) -> tuple[Wave, int]:
        """Tunes as they are played, int16 (n, t), and the rate."""
        return self.played(samples, self.notes.instrument), RATE
