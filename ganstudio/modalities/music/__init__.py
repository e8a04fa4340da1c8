"""Music: melodies that networks see as symbols and people as piano rolls, and the voice that plays them."""

from __future__ import annotations

from ganstudio.modalities.music.melody import SCALE, Melody
from ganstudio.modalities.music.tunes import Note, notes_of, repeats, sounding
from ganstudio.modalities.music.voice import TIMBRES

__all__ = ["SCALE", "TIMBRES", "Melody", "Note", "notes_of", "repeats", "sounding"]
