"""Waves made ready to be played, and as WAV files."""

from __future__ import annotations

import io
import wave
from math import gcd
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Sound = npt.NDArray[np.float32]
"""(n,) values at RATE."""

RATE = 44_100
"""Values a second that are played."""
CEILING = 10 ** (-3 / 20)
"""The largest value that is played: a full-scale wave, or several that together would be louder, peak at -3 dB."""
FADE = round(0.005 * RATE)
"""Values of a ramp: 5 ms."""
_LEAST = 64  # values of a sound; a shorter one is followed by silence
_AIR = 256  # values of silence, so that what rings over one end does not come in at the other
_FULL = 32_768.0
GAP_S = 0.25
"""Seconds of silence between the sounds of one file."""


def prepared(waves: npt.NDArray[np.int16], rate: int) -> Sound:
    """One or several waves, int16 (n,) or (k, n), as one sound at RATE that begins and ends in a ramp of 5 ms.

    Full scale is -3 dB, so that what is quieter stays quieter; several at once are made softer where their sum would
    be above it.
    """
    together = np.atleast_2d(waves).astype(np.float64).sum(0) / _FULL
    sound = resampled(together, rate) * CEILING
    peak = float(np.abs(sound).max(initial=0.0))
    if peak > CEILING:
        sound *= CEILING / peak
    return _ramped(sound).astype(np.float32)


def resampled(values: npt.NDArray[np.floating], rate: int) -> npt.NDArray[np.float64]:
    """Values (n,) at a rate as values at RATE, band-limited: nothing above either rate's half comes in."""
    count = len(values)
    if rate == RATE or not count:
        return np.asarray(values, np.float64)
    step = gcd(rate, RATE)
    unit = rate // step  # so many values are a whole number at the other rate
    padded = -(-(count + _AIR) // unit) * unit
    made = padded // unit * (RATE // step)
    spectrum = np.fft.rfft(values, padded)
    kept = np.zeros(made // 2 + 1, complex)
    shared = min(len(spectrum), len(kept))
    kept[:shared] = spectrum[:shared]
    return np.fft.irfft(kept, made)[: max(round(count * RATE / rate), 1)] * (made / padded)


def fade_of(count: int) -> int:
    """How many values of a sound of so many its ramps have: 5 ms, at most half of it."""
    return min(FADE, count // 2)


def _ramped(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The same between two ramps, whose sum is 1 where the end of one sound meets the beginning of the next."""
    values = np.pad(values, (0, max(_LEAST - len(values), 0)))
    fade = fade_of(len(values))
    ramp = (np.arange(fade) + 0.5) / fade
    values[:fade] *= ramp
    values[-fade:] *= ramp[::-1]
    return values


def in_a_row(waves: npt.NDArray[np.int16], rate: int) -> npt.NDArray[np.int16]:
    """Waves (k, n) one after another (m,), a quarter of a second of silence between them."""
    waves = np.atleast_2d(waves)
    spaced = np.pad(waves, ((0, 0), (0, round(GAP_S * rate))))
    return spaced.reshape(-1)[: spaced.size - round(GAP_S * rate)]


def crossfaded(waves: npt.NDArray[np.int16], rate: int) -> npt.NDArray[np.int16]:
    """Waves (k, n), such as of a walk from latent to latent, as one (m,) in which each goes over into the next.

    They overlap by a quarter of their length, at most a quarter of a second, in ramps of equal power: what is not in
    step with the next neither swells nor sinks there. What would be too loud for the moment is held at full scale.
    """
    waves = np.atleast_2d(waves)
    count, length = waves.shape
    overlap = min(length // 4, round(GAP_S * rate))
    shares = (np.arange(overlap) + 0.5) / max(overlap, 1)
    ramp = np.sin(np.pi / 2 * shares)
    step = length - overlap
    joined = np.zeros(step * count + overlap)
    for index, wave_n in enumerate(waves.astype(np.float64)):
        if index:
            wave_n[:overlap] *= ramp
        if index < count - 1:
            wave_n[step:] *= ramp[::-1]
        joined[index * step : index * step + length] += wave_n
    return np.clip(np.rint(joined), -32_768, 32_767).astype(np.int16)


def as_wav(values: npt.NDArray[np.int16] | Sequence[int], rate: int) -> bytes:
    """One channel of values (n,) as a WAV file of 16 bits."""
    packed = io.BytesIO()
    with wave.open(packed, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.asarray(values, "<i2").tobytes())
    return packed.getvalue()
