"""Log magnitude and instantaneous frequency (Engel et al. 2019, arXiv:1902.08710, GANSynth): for tones.

A steady partial turns its bin's phase by the same angle from frame to frame. That angle, less what the bin's own
frequency turns it by, is a plane that is smooth where the sound is, while phases themselves look like noise.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.modalities.sound import spectra

if TYPE_CHECKING:
    from ganstudio.modalities.modality import Floats

_WINDOW = 512
_BINS = 128
_LOW, _HIGH = math.log(1e-2), math.log(1e2)  # magnitudes at -1 and 1
_SILENT = np.float32(1.05e-2)  # magnitudes up to it are none
_GATE = np.float32(-0.6)
"""Log magnitude up to which the frequency is 0: the phase of silence is noise, which D would learn to look for."""
_AFTER = 2
"""Frames behind the loudest at which phases are known best: there the window no longer sees the attack."""
_STEADY = 3
"""Frames from there on that tell the pitch."""
_PEAK, _CANDIDATES, _HOLDS, _OFF = 0.1, 3, 0.93, 0.015
"""Of the strongest peak that another has to reach; peaks that may be the first partial; share of the peaks' magnitude
that its multiples have to hold; and how far off a multiple a peak may be."""


class InstantaneousFrequency:
    """Two planes (2, 128, frames) of a wave: log magnitude, and by how much the phase turns, in half turns a frame."""

    name = "frequency"
    words = "log magnitude and instantaneous frequency"
    hop = 128
    shortest = 2 * _WINDOW
    top = _BINS / _WINDOW
    silence = -1.0
    is_framed = True

    def shape(self, length: int) -> tuple[int, int, int]:
        """(2, 128, frames)."""
        return 2, _BINS, length // self.hop

    def encode(self, waves: Floats) -> Floats:
        """Planes (n, 2, 128, frames) of waves (n, t), which are from -1 to 1."""
        spectrum = spectra.exact_spectra_of(waves, _WINDOW, self.hop)[:, :_BINS]
        planes = np.empty((len(waves), *self.shape(waves.shape[1])), np.float32)
        planes[:, 0] = (np.log(np.maximum(np.abs(spectrum), np.exp(_LOW))) - _LOW) / (_HIGH - _LOW) * 2 - 1
        turned = np.diff(np.angle(spectrum), axis=2) - self._own_turn
        planes[:, 1, :, 1:] = np.remainder(turned + np.pi, 2 * np.pi) / np.pi - 1
        planes[:, 1, :, 0] = planes[:, 1, :, 1]  # nothing comes before the first frame
        planes[:, 1][planes[:, 0] <= _GATE] = 0
        return planes

    def decode(self, planes: Floats) -> Floats:
        """Waves (n, t) of planes (n, 2, 128, frames).

        Phases add up from shortly behind the loudest frame, both ways. There bin k starts at k half turns, since in a
        window about a steady tone neighbouring bins of one partial have opposite signs: started alike, they would
        cancel. Started in the first frame, which may be silent, they lose half of the loudness of late notes.
        """
        magnitudes = self._magnitudes(planes)
        turns = np.clip(planes[:, 1], -1, 1) * np.float32(np.pi) + self._own_turn
        phases = np.cumsum(turns, axis=2, dtype=np.float32)
        start = np.minimum(np.square(magnitudes).sum(1).argmax(1) + _AFTER, planes.shape[3] - 1)
        phases -= np.take_along_axis(phases, start[:, None, None], axis=2)
        phases += np.float32(np.pi) * (np.arange(_BINS, dtype=np.float32) % 2)[:, None]
        spectrum = (magnitudes * np.exp(1j * phases)).astype(np.complex64)
        return spectra.waves_of(spectrum, _WINDOW, self.hop)

    def levels(self, planes: Floats) -> Floats:
        """Log magnitudes (n, 128, frames) from -1 to 1: the first plane."""
        return planes[:, 0]

    def loudness(self, planes: Floats) -> Floats:
        """The root mean square of each frame (n, frames), as far as its magnitudes tell: phases may cancel."""
        return spectra.loudness_of(self._magnitudes(planes), _WINDOW)

    def pitches(self, planes: Floats, rate: int) -> Floats:
        """The pitch (n,) of each sound at this rate, Hz, told by its planes alone; NaN where it has none.

        Of the peaks in the frames behind the loudest, the lowest whose multiples hold nearly all of their magnitude.
        """
        magnitudes = self._magnitudes(planes)
        loudest = np.square(magnitudes).sum(1).argmax(1)
        frames = np.minimum(loudest[:, None] + _AFTER + np.arange(_STEADY), planes.shape[3] - 1)[:, None]
        strength = np.take_along_axis(magnitudes, frames, axis=2).mean(2)
        turned = np.median(np.take_along_axis(planes[:, 1], frames, axis=2), axis=2)
        bins = np.arange(_BINS) + turned * np.float32(_WINDOW / (2 * self.hop))
        peaks = strength > _PEAK * strength.max(1, keepdims=True)
        peaks[:, 1:] &= strength[:, 1:] >= strength[:, :-1]
        peaks[:, :-1] &= strength[:, :-1] > strength[:, 1:]
        peaks[:, [0, -1]] = False
        found = np.full(len(planes), np.nan, np.float32)
        for index in np.flatnonzero(peaks.any(1)):
            places, weights = bins[index, peaks[index]], strength[index, peaks[index]]
            for candidate in places[:_CANDIDATES]:
                orders = places / max(candidate, 1e-3)
                own = (np.abs(orders - np.rint(orders)) < _OFF * orders) & (orders > 0.5)
                if candidate > 1 and weights[own].sum() > _HOLDS * weights.sum():
                    found[index] = candidate * rate / _WINDOW
                    break
        return found

    @property
    def _own_turn(self) -> Floats:
        """By how much a bin's own frequency turns its phase in a frame, (bins, 1), less whole turns."""
        turns = np.arange(_BINS) * self.hop % _WINDOW / _WINDOW
        return (2 * np.pi * turns).astype(np.float32)[:, None]

    def _magnitudes(self, planes: Floats) -> Floats:
        values = np.exp((np.clip(planes[:, 0], -1, 1) + 1) / 2 * (_HIGH - _LOW) + _LOW).astype(np.float32)
        return np.where(values <= _SILENT, np.float32(0), values)
