"""Short-time Fourier transforms of waves and back: a Hann window around each frame, ``hop`` samples apart.

Legend: n sounds, t samples, k bins, f frames.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Complex = npt.NDArray[np.complex64]


def hann(size: int) -> Floats:
    """A Hann window as long as a period (size,), so that shifted ones add up evenly."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)


def spectra_of(waves_nt: Floats, size: int, hop: int) -> Complex:
    """Spectra (n, size / 2 + 1, t / hop) of waves; frame f has its middle at sample f * hop.

    Before its start a wave is mirrored, and behind its end is silence.
    """
    return _framed(waves_nt, size, hop).astype(np.complex64, copy=False)


def exact_spectra_of(waves_nt: Floats, size: int, hop: int) -> npt.NDArray[np.complex128]:
    """The same in double precision, for what data are made of.

    In single precision the logarithms and angles of two processors differ in the last digit, so that of what is kept at
    half precision one value in a thousand would be another one.
    """
    return _framed(waves_nt.astype(np.float64), size, hop)


def _framed(waves_nt: npt.NDArray[Any], size: int, hop: int) -> npt.NDArray[Any]:
    count, length = waves_nt.shape
    padded = np.zeros((count, length + size), waves_nt.dtype)
    padded[:, size // 2 : size // 2 + length] = waves_nt
    padded[:, : size // 2] = waves_nt[:, size // 2 : 0 : -1]
    framed = np.lib.stride_tricks.sliding_window_view(padded, size, axis=1)[:, :length:hop]
    return np.fft.rfft(framed * hann(size)).transpose(0, 2, 1)


def waves_of(spectra_nkf: Complex, size: int, hop: int) -> Floats:
    """Waves (n, f * hop) whose frames are nearest to these spectra; the highest bins may be left out, as silent.

    Griffin and Lim 1984: windowed once more, added, and divided by what the squared windows add up to.
    """
    count, _, frames = spectra_nkf.shape
    parts, window = size // hop, hann(size)
    framed = np.fft.irfft(spectra_nkf.transpose(0, 2, 1), size).astype(np.float32, copy=False) * window
    added = np.zeros((count, frames + parts - 1, hop), np.float32)
    weight = np.zeros((frames + parts - 1, hop), np.float32)
    for part in range(parts):
        own = slice(part * hop, (part + 1) * hop)
        added[:, part : part + frames] += framed[:, :, own]
        weight[part : part + frames] += np.square(window[own])
    first = size // 2
    kept = slice(first, first + frames * hop)
    waves = added.reshape(count, added.shape[1] * hop)[:, kept] / np.maximum(weight.ravel()[kept], np.float32(1e-3))
    return waves.astype(np.float32, copy=False)


def loudness_of(magnitudes_nkf: Floats, size: int) -> Floats:
    """Root mean square of each frame (n, f) that these are the magnitudes of: Parseval, for a steady sound."""
    energy = np.square(magnitudes_nkf).sum(1)
    loudness: Floats = np.sqrt(2 * energy / (size * np.square(hann(size)).sum()))
    return loudness
