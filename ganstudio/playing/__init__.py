"""Sounds heard: a player that the window has one of, and waves as WAV files. numpy alone; no Qt and no torch.

miniaudio, which opens the sound device, is loaded when the first sound is played.
"""

from __future__ import annotations

from ganstudio.playing.abilities import abilities, described
from ganstudio.playing.midi import as_midi
from ganstudio.playing.mixer import Mixer, Voice
from ganstudio.playing.player import Player
from ganstudio.playing.sampled import Notes, Sampled
from ganstudio.playing.waves import CEILING, RATE, as_wav, crossfaded, in_a_row, prepared, resampled

__all__ = [
    "CEILING",
    "RATE",
    "Mixer",
    "Notes",
    "Player",
    "Sampled",
    "Voice",
    "abilities",
    "as_midi",
    "as_wav",
    "crossfaded",
    "described",
    "in_a_row",
    "prepared",
    "resampled",
]
