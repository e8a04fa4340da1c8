"""Waves at another rate: by Fourier transforms of overlapping blocks, so that long recordings take little room.

One way for all computers, whichever libraries are there: the same file is the same data everywhere.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

Wave = npt.NDArray[np.float32]

_BLOCK = 2**18
"""Values of a block, before those that overlap: some seconds of sound."""
_OVERLAP_SECONDS = 0.03
"""Of each end of a block: long beside the filter's answer, which dies away within some milliseconds."""
_PASSED = 0.9
"""Of the lower of both Nyquist frequencies what passes unchanged; from there a raised cosine falls to 0."""


class Resampler:
    """Takes a wave in portions at one rate, in values a second, and gives it in portions at another."""

    def __init__(self, rate: int, wanted: int) -> None:
        common = math.gcd(rate, wanted)
        self._up, self._down = wanted // common, rate // common
        self._margin = -(-int(_OVERLAP_SECONDS * rate) // self._down) * self._down
        self._block = max(1, _BLOCK // self._down) * self._down
        self._passes = rate == wanted
        self._left: Wave = np.zeros(self._margin, np.float32)  # before its beginning there is silence
        self._taken = self._given = 0

    def take(self, wave: Wave) -> Iterator[Wave]:
        """Some more of the wave (n,): what is known of the answer by then."""
        self._taken += len(wave)
        if self._passes:
            yield wave
            return
        self._left = np.concatenate([self._left, wave])
        while len(self._left) >= self._block + 2 * self._margin:
            yield self._of_block(self._left[: self._block + 2 * self._margin])
            self._left = self._left[self._block :]

    def rest(self) -> Wave:
        """The end of the answer, once all of the wave was taken."""
        wanted = -(-self._taken * self._up // self._down) - self._given
        if self._passes or wanted <= 0:
            return np.empty(0, np.float32)
        length = _fast_multiple(len(self._left) + self._margin, self._down)
        padded = np.concatenate([self._left, np.zeros(length - len(self._left), np.float32)])
        return self._of_block(padded)[:wanted]

    def _of_block(self, values: Wave) -> Wave:
        """The answer without its margins."""
        spectrum = np.fft.rfft(values)
        length = len(values) // self._down * self._up
        made = np.zeros(length // 2 + 1, spectrum.dtype)
        kept = min(len(spectrum), len(made))
        made[:kept] = spectrum[:kept] * _gains(kept)
        resampled = np.fft.irfft(made, length) * (self._up / self._down)
        edge = self._margin // self._down * self._up
        inside: Wave = resampled[edge : len(resampled) - edge].astype(np.float32, copy=False)
        self._given += len(inside)
        return inside


def resampled(wave: Wave, rate: int, wanted: int) -> Wave:
    """A whole wave (n,) at another rate, both in values a second: (n * wanted / rate,), rounded up."""
    resampler = Resampler(rate, wanted)
    return np.concatenate([*resampler.take(wave), resampler.rest()])


@lru_cache(maxsize=8)
def _gains(count: int) -> Wave:
    """How much of each frequency passes, from none to the lower Nyquist frequency (count,)."""
    place = np.clip((np.arange(count) / max(1, count - 1) - _PASSED) / (1 - _PASSED), 0, 1)
    return np.asarray((1 + np.cos(np.pi * place)) / 2, np.float32)


def _fast_multiple(least: int, of: int) -> int:
    """The next multiple of a number for which a Fourier transform is fast, as its other factors are small."""
    parts = -(-least // of)
    while _largest_factor(parts) > 7:
        parts += 1
    return parts * of


def _largest_factor(number: int) -> int:
    for prime in (2, 3, 5, 7):
        while number % prime == 0:
            number //= prime
    return max(number, 1)
