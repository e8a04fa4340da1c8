"""One sound: from the bytes of a file to a wave of one channel at the rate that is asked for.

Everything comes in portions, so that a file that claims, or holds, hours of sound is left before it fills the memory.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data import limits
from ganstudio.data.files import sound_ends
from ganstudio.data.files.resampling import Resampler
from ganstudio.data.files.sound_decoders import Decoders, UnreadableSound
from ganstudio.data.files.sound_kinds import kind_of, with_length
from ganstudio.data.watching import still_wanted

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.data.files.resampling import Wave
    from ganstudio.data.files.sound_decoders import Stream

__all__ = ["Decoded", "Decoders", "UnreadableSound", "decoded"]

MOST_SECONDS = 3 * 3600
"""Of one recording, where the memory holds it."""
MOST_VALUES = 2**30
"""Of all channels of one recording: some seconds of decoding, whatever a few bytes claim to unpack to."""
SILENCE = 1e-3
"""Of full scale: what never swings further is silence, 60 dB below the loudest that a file can hold."""
_AT_ONCE, _BYTES = 4, 12  # recordings that are decoded at once, and what a value of one takes until it is cut
_MOST = 1e6  # times full scale; beside such floats, which came from anywhere, sums lose all others
_FULL, _RUN = 0.99, 4  # of full scale; that many equal values in a row there were cut off
_CANCELLED = 0.02  # of the loudest channel's energy, below which the channels' mean has lost the sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A recording as a wave (t,) of one channel, and what its original was like.

    rate: of the original, in values a second; seconds: its length. clipped: share of its values that were cut off at
    full scale. is_one_channel: whether the wave is of its loudest channel, as its channels cancel each other.
    is_cut_short: whether there should be more of it than there is, or could be decoded.
    """

    wave: Wave
    rate: int
    channels: int
    seconds: float
    kind: str
    clipped: float
    is_one_channel: bool = False
    is_cut_short: bool = False


def decoded(data: bytes, rate: int, decoders: Decoders, *, until: float | None = None) -> Decoded:
    """A recording at this rate, in values a second; until: seconds after which the rest is left, about.

    Raises UnreadableSound, and what a watch raises.
    """
    if not data:
        raise UnreadableSound("is empty")
    kind = kind_of(data)
    if kind is None:
        raise UnreadableSound("is not a sound")
    data, is_cut_short = with_length(data, kind)
    taken = _Taken(decoders.stream(data, kind), rate, until)
    if not taken.count:
        raise UnreadableSound("holds no sound")
    is_one = taken.has_cancelled
    if is_one:
        taken = _Taken(decoders.stream(data, kind), rate, until, channel=taken.loudest)
    wave = taken.wave - taken.wave.mean()  # what a recorder adds to each value alike is not heard
    if not np.abs(wave).max() > SILENCE:
        raise UnreadableSound("is silent")
    is_early = taken.is_all and sound_ends.is_cut_short(data, kind, taken.count)
    return Decoded(
        wave=wave,
        rate=taken.rate,
        channels=taken.channels,
        seconds=taken.count / taken.rate,
        kind=kind,
        clipped=taken.clipped / (taken.count * taken.channels),
        is_one_channel=is_one,
        is_cut_short=is_cut_short or taken.is_broken or is_early,
    )


class _Taken:
    """What came of a stream: its mean, or one channel, at another rate, and what its values were like."""

    def __init__(self, stream: Stream, rate: int, until: float | None, channel: int | None = None) -> None:
        self.rate, self.channels = stream.rate, stream.channels
        self.count = self.clipped = 0
        self.is_all = True
        self._energy, self._energies = 0.0, np.zeros(stream.channels)
        resampler, longest = Resampler(stream.rate, rate), _longest(rate)
        parts: list[Wave] = []
        with closing(stream.portions) as portions:
            for portion in portions:
                still_wanted()
                self.count += len(portion)
                _check_length(self.count, self.rate, self.channels, longest)
                mono = self._mono(portion, channel)
                parts += resampler.take(mono)
                if until is not None and self.count >= until * self.rate:
                    self.is_all = False
                    break
        self.is_broken = stream.is_broken
        self.wave: Wave = np.concatenate([*parts, resampler.rest()])

    @property
    def loudest(self) -> int:
        """The channel with the most energy."""
        return int(self._energies.argmax())

    @property
    def has_cancelled(self) -> bool:
        """Whether the mean of the channels has lost what is in them, as where one is the other's opposite."""
        return self.channels > 1 and self._energy < _CANCELLED * float(self._energies.max())

    def _mono(self, portion: npt.NDArray[np.float32], channel: int | None) -> Wave:
        if not np.isfinite(portion).all():
            raise UnreadableSound("holds values that are no numbers")
        if (largest := float(np.abs(portion).max(initial=0))) > _MOST:
            raise UnreadableSound(f"holds values that are no sound's: of up to {largest:.0e} times full scale")
        self.clipped += _cut_off(portion)
        mono: Wave = portion.mean(axis=1, dtype=np.float32) if channel is None else portion[:, channel].copy()
        self._energies += np.square(portion, dtype=np.float64).sum(axis=0)
        self._energy += float(np.square(mono, dtype=np.float64).sum())
        return mono


def _cut_off(portion: npt.NDArray[np.float32]) -> int:
    """How many of the values (n, channels) stand in a row of equal ones at full scale."""
    at_full = np.abs(portion) >= _FULL
    if not at_full.any() or len(portion) < _RUN:
        return 0
    same = at_full[1:] & (portion[1:] == portion[:-1])
    begins = same[: len(same) - _RUN + 2].copy()
    for step in range(1, _RUN - 1):
        begins &= same[step : len(same) - _RUN + 2 + step]
    runs = np.zeros_like(at_full)
    for step in range(_RUN):
        runs[step : step + len(begins)] |= begins
    return int(runs.sum())


def _longest(rate: int) -> float:
    """Seconds of a recording at this rate that there is memory for, several being decoded at once."""
    return min(MOST_SECONDS, limits.memory_bytes() / (_AT_ONCE * _BYTES * rate))


def _check_length(count: int, rate: int, channels: int, longest: float) -> None:
    if count > longest * rate:
        more = "" if longest == MOST_SECONDS else f", or set {limits.MEMORY} to more"
        span = f"{longest:.1f} seconds" if longest < 120 else f"{longest / 60:.0f} minutes"
        raise UnreadableSound(f"is longer than {span}; cut it into parts{more}")
    if count * channels > MOST_VALUES:
        raise UnreadableSound(f"holds more than {MOST_VALUES:,} values; cut it into parts")
