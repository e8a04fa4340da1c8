"""Melodies: networks see one-hot symbols, people see a piano roll and hear a voice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ganstudio.modalities.modality import Modality, Words
from ganstudio.modalities.music import voice
from ganstudio.modalities.music.events import NUMBERS, events_of, symbols_of
from ganstudio.modalities.music.rolls import rolls
from ganstudio.modalities.music.tunes import notes_of

if TYPE_CHECKING:
    from ganstudio.modalities.modality import Floats, Pixels, Samples, Wave
    from ganstudio.modalities.music.voice import Instrument

SCALE = frozenset({0, 2, 4, 5, 7, 9, 11})
"""The major scale, in semitones above its tonic, which the lowest pitch is."""
SLOWEST, FASTEST = 60, 200
"""Tempos, quarters a minute."""
_STEPS_OF_QUARTER = 2
_BOUNDS = {
    "steps": (2, 512),
    "bar": (1, 64),
    "lowest": (0, 103),
    "pitches": (12, 48),
    "tempo": (SLOWEST, FASTEST),
    "events": (0, 512),
}


@dataclass(frozen=True)
class Melody(Modality):
    """Tunes of one voice in eighths: one-hot (n, steps, pitches + 2) to networks, symbols int8 (n, steps) to people.

    Or, where there are ``events``, so many of four real numbers each, (n, events, 4), to networks.

    Symbol k below ``pitches`` begins the k-th pitch from ``lowest``; then come hold and rest.

    steps: eighths of a tune. bar: eighths of a bar. lowest: the lowest pitch, which is the tonic, as MIDI counts.
    tempo: quarters a minute. timbre: how it is played, a name of ``TIMBRES``.
    """

    steps: int = 32
    bar: int = 8
    lowest: int = 60
    pitches: int = 24
    tempo: int = 120
    timbre: str = "plucked"
    events: int = 0

    kind: ClassVar[str] = "melody"
    words: ClassVar[Words] = Words("tune", "tunes", "a tune")
    fixed: ClassVar[int] = 24
    shown: ClassVar[int] = 24

    def __post_init__(self) -> None:
        """Raise ValueError for tunes that there are not."""
        for name, (least, most) in _BOUNDS.items():
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise ValueError(f"tunes have a {name} from {least} to {most}, not {value!r}")
        if self.lowest + self.pitches > 128:
            raise ValueError(f"the highest of {self.pitches} pitches from {self.lowest} is beyond 127, MIDI's highest")
        if not isinstance(self.timbre, str) or self.timbre not in voice.TIMBRES:
            raise ValueError(f"tunes have one of the timbres {', '.join(voice.TIMBRES)}, not {self.timbre!r}")

    @property
    def hold(self) -> int:
        """The symbol that holds the last note."""
        return self.pitches

    @property
    def rest(self) -> int:
        """The symbol of silence."""
        return self.pitches + 1

    @property
    def shape(self) -> tuple[int, ...]:
        """Steps, and symbols of each; or events, and numbers of each."""
        return (self.events, NUMBERS) if self.events else (self.steps, self.pitches + 2)

    @property
    def parts(self) -> int:
        """Its bars, where they fill it."""
        return self.steps // self.bar if self.steps % self.bar == 0 else 1

    @property
    def step_samples(self) -> int:
        """How many values of the wave a step takes at this tempo."""
        return round(voice.RATE * 60 / self.tempo / _STEPS_OF_QUARTER)

    @property
    def described(self) -> str:
        """How long they are, and how many pitches there are."""
        seen = f", as {self.events} events of {NUMBERS} numbers" if self.events else ""
        return f"tunes of {self.steps / self.bar:g} bars in eighths, of {self.pitches} pitches{seen}"

    def to_people(self, model: Floats) -> Samples:
        """The likeliest symbol of each step, int8 (n, steps); or the tunes of events."""
        if self.events:
            return symbols_of(model, self.steps, self.pitches, self.bar)
        likeliest: Samples = np.argmax(np.nan_to_num(model), axis=2).astype(np.int8)
        return likeliest

    def to_model(self, samples: Samples) -> Floats:
        """One-hot symbols (n, steps, pitches + 2), or events (n, events, 4)."""
        if self.events:
            return events_of(self._known(samples), self.events, self.pitches, self.bar)
        model: Floats = np.eye(self.pitches + 2, dtype=np.float32)[self._known(samples)]
        return model

    def _known(self, samples: Samples) -> Samples:
        """Symbols as indices; what is none is a rest, as files of a run may be anybody's."""
        symbols = np.asarray(samples, np.int64)
        return np.where((symbols < 0) | (symbols > self.rest), self.rest, symbols)

    def pictures(self, samples: Samples) -> Pixels:
        """Piano rolls, low pitches below; notes out of the scale are hatched, a repeated half is bracketed."""
        return rolls(self._known(samples), self.pitches, self.bar, SCALE)

    def sound(self, samples: Samples) -> tuple[Wave, int]:
        """Tunes played by the program's own voice, int16 (n, t), and the rate."""
        return self.played(samples, voice.additive(voice.TIMBRES[self.timbre])), voice.RATE

    def played(self, samples: Samples, instrument: Instrument) -> Wave:
        """Tunes played by an instrument, int16 (n, steps * step_samples) at the voice's rate."""
        waves = np.zeros((len(samples), self.steps * self.step_samples), np.int16)
        for row, tune in zip(waves, self._known(samples), strict=True):
            notes = notes_of(tune, self.pitches)
            wave = voice.rendered(notes, self.steps, self.step_samples, self.lowest, instrument)
            row[:] = np.rint(wave * 32767).astype(np.int16)
        return waves
