"""The wave itself, as the sound GANs of 2016 and WaveGAN (Donahue et al. 2018, arXiv:1802.04208) have it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.modalities.sound import spectra

if TYPE_CHECKING:
    from ganstudio.modalities.modality import Floats

_WINDOW = 256
_LOW, _HIGH = math.log(1e-2), math.log(30.0)  # magnitudes at the ends of a picture's colours


class Waveform:
    """One plane of one row, (1, 1, samples): nothing is turned into anything."""

    name = "wave"
    words = "the wave itself"
    hop = 128
    shortest = 1_024
    top = 0.5
    silence = 0.0
    is_framed = False

    def shape(self, length: int) -> tuple[int, int, int]:
        """(1, 1, samples)."""
        return 1, 1, length

    def encode(self, waves: Floats) -> Floats:
        """Waves (n, t) as planes (n, 1, 1, t)."""
        return np.asarray(waves, np.float32)[:, None, None]

    def decode(self, planes: Floats) -> Floats:
        """Planes as waves."""
        return np.asarray(planes[:, 0, 0], np.float32)

    def levels(self, planes: Floats) -> Floats:
        """Log magnitudes (n, bins, frames) from -1 to 1, for pictures."""
        magnitudes = np.maximum(np.abs(spectra.spectra_of(self.decode(planes), _WINDOW, self.hop)), np.exp(_LOW))
        return np.asarray((np.log(magnitudes[:, :-1]) - _LOW) / (_HIGH - _LOW) * 2 - 1, np.float32)

    def loudness(self, planes: Floats) -> Floats:
        """The root mean square of each frame (n, frames)."""
        frames = self.decode(planes).reshape(len(planes), planes.shape[3] // self.hop, self.hop)
        return np.asarray(np.sqrt(np.square(frames).mean(2)), np.float32)

    def pitches(self, planes: Floats, _rate: int) -> Floats:
        """None (n,), as NaN: a wave would have to be looked at for long."""
        return np.full(len(planes), np.nan, np.float32)
