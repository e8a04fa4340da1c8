"""Music: melodies that networks see as symbols and people as piano rolls, and the voice that plays them."""

from __future__ import annotations

from ganstudio.modalities.music.events import NUMBERS
from ganstudio.modalities.music.melody import FASTEST, SCALE, SLOWEST, Melody
from ganstudio.modalities.music.rolls import NOTE, OFF, TONIC
from ganstudio.modalities.music.tunes import Note, notes_of, repeats, sounding
from ganstudio.modalities.music.voice import TIMBRES

__all__ = [
    "FASTEST",
    "NOTE",
    "NUMBERS",
    "OFF",
    "SCALE",
    "SLOWEST",
    "TIMBRES",
    "TONIC",
    "Melody",
    "Note",
    "notes_of",
    "repeats",
    "sounding",
]
