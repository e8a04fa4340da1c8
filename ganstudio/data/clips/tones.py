"""Whether clips are steady tones, such as notes, or speech and noises: what decides how networks see them.

Legend: n clips, t samples, f frames, k frequencies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ganstudio.scalars import percent

FRAME_SECONDS = 0.064
STEADY = 0.9
"""Likeness of a frame's spectrum with the next one's, as the cosine between both, from which a clip is a steady tone.
Noise has pi / 4, as its magnitudes come and go."""
_HEARD = 0.1  # of the loudest frame's energy that counts; what is fainter is noise and echoes
_SHARE = 0.5  # of the clips that have to be steady
_LOW = 0.9  # of the energy that has to lie below a quarter of the rate


@dataclass(frozen=True)
class Tones:
    """steady: share of the clips that are steady tones. low: share of the energy below a quarter of the rate, mean."""

    steady: float
    low: float

    @property
    def representation(self) -> str:
        """The codec that suits them."""
        return "frequency" if self.steady >= _SHARE and self.low >= _LOW else "magnitude"

    @property
    def reason(self) -> str:
        """Why, in words that follow "taken as magnitude:" on a card."""
        steady = f"{percent(self.steady, 0)} of the clips are steady tones"
        if self.steady >= _SHARE and self.low < _LOW:
            return f"{steady}, but {percent(1 - self.low, 0)} of their energy lies above what frequency keeps"
        return steady


def measured(clips: npt.NDArray[np.int16], rate: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Likeness of each clip's neighbouring frames (n,), and the share of its energy below a quarter of the rate (n,).

    clips: (n, t), at least one frame long. A clip that is heard in one frame only is no steady tone, and gets 0.
    """
    size = 1 << round(np.log2(FRAME_SECONDS * rate))
    frames = clips[:, : clips.shape[1] // size * size].reshape(len(clips), -1, size).astype(np.float32)
    magnitudes_nfk = np.abs(np.fft.rfft(frames * np.hanning(size).astype(np.float32)))
    energies = np.square(magnitudes_nfk).sum(2)
    heard = energies > _HEARD * energies.max(1, keepdims=True)
    pairs = heard[:, 1:] & heard[:, :-1]
    products = (magnitudes_nfk[:, 1:] * magnitudes_nfk[:, :-1]).sum(2)
    likeness = np.where(pairs, products / np.maximum(np.sqrt(energies[:, 1:] * energies[:, :-1]), 1e-9), 0)
    counts = pairs.sum(1)
    low = np.square(magnitudes_nfk[:, :, : size // 4]).sum((1, 2)) / np.maximum(energies.sum(1), 1e-9)
    return np.where(counts > 0, likeness.sum(1) / np.maximum(counts, 1), 0).astype(float), low.astype(float)


def of_measures(likeness: npt.NDArray[np.float64], low: npt.NDArray[np.float64]) -> Tones:
    """What was measured of some clips, together."""
    if not len(likeness):
        return Tones(0.0, 1.0)
    return Tones(float((likeness >= STEADY).mean()), float(low.mean()))
