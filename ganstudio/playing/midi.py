"""Tunes as MIDI files: format 0, 480 ticks a quarter. mido is loaded on first use."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ganstudio.modalities.music import notes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.modalities import Melody, Samples

QUARTER = 480
EIGHTH = QUARTER // 2
_LOUD = 80
_PROGRAMS = {"organ": 16, "flute": 73, "plucked": 24, "bell": 14}
"""General MIDI's instruments that are nearest to the timbres, counted from 0."""


def as_midi(tunes: Samples, melody: Melody) -> bytes:
    """Tunes (n, steps) one after another, a bar of silence between them, as the bytes of a MIDI file."""
    from mido import Message, MetaMessage, MidiFile, MidiTrack, bpm2tempo

    track = MidiTrack()
    track.append(MetaMessage("set_tempo", tempo=bpm2tempo(melody.tempo)))
    if melody.bar % 2 == 0:
        track.append(MetaMessage("time_signature", numerator=melody.bar // 2, denominator=4))
    track.append(Message("program_change", program=_PROGRAMS[melody.timbre]))
    now = 0
    for tick, kind, pitch in _events(tunes, melody):
        track.append(Message(kind, note=pitch, velocity=_LOUD if kind == "note_on" else 0, time=tick - now))
        now = tick
    whole = len(tunes) * (melody.steps + melody.bar) * EIGHTH - melody.bar * EIGHTH
    track.append(MetaMessage("end_of_track", time=max(whole - now, 0)))
    file, packed = MidiFile(type=0, ticks_per_beat=QUARTER), io.BytesIO()
    file.tracks.append(track)
    file.save(file=packed)
    return packed.getvalue()


def _events(tunes: Samples, melody: Melody) -> Iterator[tuple[int, str, int]]:
    """(tick, kind, pitch) in order: of one voice each note ends before the next begins."""
    for place, tune in enumerate(tunes):
        begin = place * (melody.steps + melody.bar)
        for note in notes_of(tune, melody.pitches):
            pitch = melody.lowest + note.pitch
            yield (begin + note.start) * EIGHTH, "note_on", pitch
            yield (begin + note.start + note.steps) * EIGHTH, "note_off", pitch
