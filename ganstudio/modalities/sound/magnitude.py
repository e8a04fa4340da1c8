"""Log magnitude alone, for speech and noises: their phases tell little, and those that fit are searched for.

Griffin and Lim 1984 go back and forth between the magnitudes and waves; with momentum (Perraudin et al. 2013, the fast
Griffin-Lim algorithm) some tens of rounds are enough.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.modalities.sound import spectra

if TYPE_CHECKING:
    from ganstudio.modalities.modality import Floats
    from ganstudio.modalities.sound.spectra import Complex

_WINDOW = 256
_BINS = 128
_LOW, _HIGH = math.log(1e-2), math.log(30.0)  # magnitudes at -1 and 1
_SILENT = -0.98  # plane values up to it are none: what is nearly silent everywhere would add up to a hiss
ROUNDS, MOMENTUM = 40, 0.99


class Magnitude:
    """One plane (1, 128, frames) of a wave: log magnitude, up to half the rate."""

    name = "magnitude"
    words = "log magnitude"
    hop = 128
    shortest = 2 * _WINDOW
    top = _BINS / _WINDOW
    silence = -1.0
    is_framed = True

    def shape(self, length: int) -> tuple[int, int, int]:
        """(1, 128, frames)."""
        return 1, _BINS, length // self.hop

    def encode(self, waves: Floats) -> Floats:
        """Planes (n, 1, 128, frames) of waves (n, t), which are from -1 to 1."""
        magnitudes = np.abs(spectra.exact_spectra_of(waves, _WINDOW, self.hop)[:, :_BINS])
        levels = (np.log(np.maximum(magnitudes, np.exp(_LOW))) - _LOW) / (_HIGH - _LOW) * 2 - 1
        return levels.astype(np.float32)[:, None]

    def decode(self, planes: Floats) -> Floats:
        """Waves (n, t) of planes (n, 1, 128, frames), from the same phases each time: a sound stays what it is."""
        wanted = self._magnitudes(planes)
        found = wanted * _phases(planes.shape[3])
        before: Complex | np.complex64 = np.complex64(0)
        for _ in range(ROUNDS):
            made = spectra.spectra_of(spectra.waves_of(found, _WINDOW, self.hop), _WINDOW, self.hop)[:, :_BINS]
            ahead = made - np.complex64(MOMENTUM / (1 + MOMENTUM)) * before
            before = made
            found = ahead * (wanted / np.maximum(np.abs(ahead), np.float32(1e-9)))
        return spectra.waves_of(found, _WINDOW, self.hop)

    def levels(self, planes: Floats) -> Floats:
        """Log magnitudes (n, 128, frames) from -1 to 1: the first plane."""
        return planes[:, 0]

    def loudness(self, planes: Floats) -> Floats:
        """The root mean square of each frame (n, frames)."""
        return spectra.loudness_of(self._magnitudes(planes), _WINDOW)

    def pitches(self, planes: Floats, _rate: int) -> Floats:
        """None (n,), as NaN: magnitudes of these bins alone don't tell a pitch."""
        return np.full(len(planes), np.nan, np.float32)

    def _magnitudes(self, planes: Floats) -> Floats:
        levels = np.clip(planes[:, 0], -1, 1)
        values = np.exp((levels + 1) / 2 * (_HIGH - _LOW) + _LOW).astype(np.float32)
        return np.where(levels <= _SILENT, np.float32(0), values)


@lru_cache(maxsize=4)
def _phases(frames: int) -> Complex:
    """Phases that the search begins with (1, bins, frames)."""
    turns = np.random.default_rng(0).random((1, _BINS, frames), np.float32)
    phases: Complex = np.exp(2j * np.pi * turns).astype(np.complex64)
    return phases
