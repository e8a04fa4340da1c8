"""Sound: waves that people hear and planes that networks see, with the codecs that lead from one to the other."""

from __future__ import annotations

from ganstudio.modalities.sound.codec import CODECS, Codec
from ganstudio.modalities.sound.pitches import frequency_of, midi_of, name_of
from ganstudio.modalities.sound.sound import Sound

__all__ = ["CODECS", "Codec", "Sound", "frequency_of", "midi_of", "name_of"]
