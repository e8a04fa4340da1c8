"""One sound: from the bytes of a file to a wave of one channel at the rate that is asked for.

miniaudio decodes WAV, AIFF, FLAC, MP3 and Ogg Vorbis; where it isn't installed, the standard library reads WAV. Further
kinds are read where soundfile is. Everything comes in portions, so that a file that claims, or holds, hours of sound is
left before it has filled the memory.
"""

from __future__ import annotations

import importlib.util
import io
import struct
import wave as waves
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ganstudio.data import limits
from ganstudio.data.files import foreign
from ganstudio.data.files.resampling import Resampler
from ganstudio.data.files.sound_kinds import kind_of, with_length
from ganstudio.data.watching import still_wanted
from ganstudio.system import programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from ganstudio.data.files.resampling import Wave

LEAST_RATE, MOST_RATE = 2_000, 768_000
MOST_SECONDS = 3 * 3600
"""Of one recording, where the memory holds it."""
MOST_VALUES = 2**30
"""Of all channels of one recording: some seconds of decoding, whatever a few bytes claim to unpack to."""
SILENCE = 1e-3
"""Of full scale: what never swings further is silence, 60 dB below the loudest that a file can hold."""
_AT_ONCE, _BYTES = 4, 12  # recordings that are decoded at once, and what a value of one takes until it is cut
_PORTION = 2**16  # values of all channels that are decoded at once
_FULL, _RUN = 0.99, 4  # of full scale; that many equal values in a row there were cut off
_CANCELLED = 0.02  # of the loudest channel's energy, below which the channels' mean has lost the sound

BY_MINIAUDIO = ("WAV", "AIFF", "FLAC", "MP3", "Ogg Vorbis")


class UnreadableSound(ValueError):
    """A sound that can't be used; the message is a predicate, such as ``is silent``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A recording as a wave (t,) of one channel, and what its original was like.

    rate: of the original, in values a second; seconds: its length. clipped: share of its values that were cut off at
    full scale. is_one_channel: whether the wave is of its loudest channel, as its channels cancel each other.
    is_cut_short: whether its header tells of more than there is.
    """

    wave: Wave
    rate: int
    channels: int
    seconds: float
    kind: str
    clipped: float
    is_one_channel: bool = False
    is_cut_short: bool = False


class _Stream(NamedTuple):
    """portions: float32 (n, channels)."""

    rate: int
    channels: int
    portions: Iterator[npt.NDArray[np.float32]]


def decoded(data: bytes, rate: int) -> Decoded:
    """A recording at this rate, in values a second. Raises UnreadableSound, and what a watch raises."""
    if not data:
        raise UnreadableSound("is empty")
    kind = kind_of(data)
    if kind is None:
        raise UnreadableSound("is not a sound")
    data, is_cut_short = with_length(data, kind)
    opener = _opener(kind)
    taken = _Taken(opener(data), rate)
    if not taken.count:
        raise UnreadableSound("holds no sound")
    is_one = taken.has_cancelled
    if is_one:
        taken = _Taken(opener(data), rate, channel=taken.loudest)
    if not taken.peak > SILENCE:
        raise UnreadableSound("is silent")
    return Decoded(
        wave=taken.wave,
        rate=taken.rate,
        channels=taken.channels,
        seconds=taken.count / taken.rate,
        kind=kind,
        clipped=taken.clipped / (taken.count * taken.channels),
        is_one_channel=is_one,
        is_cut_short=is_cut_short,
    )


class _Taken:
    """What came of a stream: its mean, or one channel, at another rate, and what its values were like."""

    def __init__(self, stream: _Stream, rate: int, channel: int | None = None) -> None:
        self.rate, self.channels = stream.rate, stream.channels
        self.count = self.clipped = 0
        self.peak = 0.0
        self._energy, self._energies = 0.0, np.zeros(stream.channels)
        resampler, longest = Resampler(stream.rate, rate), _longest(rate)
        parts: list[Wave] = []
        for portion in stream.portions:
            still_wanted()
            self.count += len(portion)
            _check_length(self.count, self.rate, self.channels, longest)
            mono = self._mono(portion, channel)
            self.peak = max(self.peak, float(np.abs(mono).max(initial=0)))
            parts += resampler.take(mono)
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


# --- openers ----------------------------------------------------------------------------------------------------------


def is_there(library: str) -> bool:
    """Whether a library that reads sounds is installed."""
    return importlib.util.find_spec(library) is not None


def _opener(kind: str) -> Callable[[bytes], _Stream]:
    """What opens a file of this kind here. Raises UnreadableSound, which says what would."""
    if kind in BY_MINIAUDIO and is_there("miniaudio"):
        return _miniaudio_or_soundfile if is_there("soundfile") else _miniaudio
    if is_there("soundfile"):
        return _soundfile
    if kind == "WAV":
        return _wave
    raise UnreadableSound(_lacking(kind))


def _lacking(kind: str) -> str:
    if kind in BY_MINIAUDIO:
        return f"is {kind}, which miniaudio reads, and that is not installed; save it as WAV, or pip install miniaudio"
    if kind in ("AAC", "Windows Media"):
        return f"is {kind}, which can't be read here; save it as WAV, FLAC, MP3 or Ogg Vorbis"
    how = "not in this bundle" if programs.is_frozen() else f"not installed; {foreign.EXTRA}"
    return f"is {kind}, which soundfile reads, and that is {how}, or save it as WAV, FLAC, MP3 or Ogg Vorbis"


def _checked(rate: int, channels: int) -> None:
    if not LEAST_RATE <= rate <= MOST_RATE:
        raise UnreadableSound(f"has {rate:,} values a second; {LEAST_RATE:,} to {MOST_RATE:,} can be read")
    if channels < 1:
        raise UnreadableSound("has no channels")


def _miniaudio_or_soundfile(data: bytes) -> _Stream:
    """By soundfile where miniaudio doesn't know how a file is packed, such as WAV in GSM 6.10."""
    try:
        return _miniaudio(data)
    except UnreadableSound as error:
        try:
            return _soundfile(data)
        except UnreadableSound:
            raise error from None


def _miniaudio(data: bytes) -> _Stream:
    import miniaudio

    lib, ffi = miniaudio.lib, miniaudio.ffi
    decoder, kept = ffi.new("ma_decoder *"), ffi.from_buffer(data)
    # 0 channels and a rate of 0 leave both as they are: they are mixed and resampled here, and better.
    config = lib.ma_decoder_config_init(miniaudio.SampleFormat.FLOAT32.value, 0, 0)
    if lib.ma_decoder_init_memory(kept, len(data), ffi.addressof(config), decoder) != lib.MA_SUCCESS:
        raise UnreadableSound("is damaged, or packed in a way that can't be read here")
    rate, channels = int(decoder.outputSampleRate), int(decoder.outputChannels)
    try:
        _checked(rate, channels)
    except UnreadableSound:
        lib.ma_decoder_uninit(decoder)
        raise
    frames = max(1, _PORTION // channels)

    def portions() -> Iterator[npt.NDArray[np.float32]]:
        values, read = np.empty((frames, channels), np.float32), ffi.new("ma_uint64 *")
        try:
            while True:
                lib.ma_decoder_read_pcm_frames(decoder, ffi.from_buffer(values), frames, read)
                if not (count := int(read[0])):
                    return
                yield values[:count]
        finally:
            lib.ma_decoder_uninit(decoder)
            ffi.release(kept)

    return _Stream(rate, channels, portions())


def _wave(data: bytes) -> _Stream:
    """By the standard library, which knows whole numbers of 8, 16, 24 and 32 bits."""
    try:
        file = waves.open(io.BytesIO(data), "rb")  # noqa: SIM115  (read from where it is in memory)
    except (waves.Error, EOFError, struct.error, ValueError, RuntimeError, OverflowError) as error:
        raise UnreadableSound(
            f"is WAV of a kind that takes miniaudio to read ({error}), and that is not installed"
        ) from error
    rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
    _checked(rate, channels)
    if width not in (1, 2, 3, 4):
        raise UnreadableSound(f"has {8 * width} bits; 8, 16, 24 or 32 can be read")
    frames = max(1, _PORTION // channels)

    def portions() -> Iterator[npt.NDArray[np.float32]]:
        while raw := file.readframes(frames):
            count = len(raw) // (width * channels)
            if not count:
                return
            yield _floats(raw[: count * width * channels], width).reshape(count, channels)

    return _Stream(rate, channels, portions())


def _floats(raw: bytes, width: int) -> npt.NDArray[np.float32]:
    """Whole numbers of some bytes, little end first, as floats from -1 to 1."""
    if width == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.float32) - 128) / np.float32(128)
    if width == 3:
        wide = np.zeros((len(raw) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        raw, width = wide.tobytes(), 4
    values = np.frombuffer(raw, f"<i{width}").astype(np.float32)
    return values / np.float32(2 ** (8 * width - 1))


def _soundfile(data: bytes) -> _Stream:
    import soundfile

    try:
        file: Any = soundfile.SoundFile(io.BytesIO(data))
        rate, channels = int(file.samplerate), int(file.channels)
    except (RuntimeError, TypeError, ValueError, OSError) as error:
        raise UnreadableSound("is damaged, or packed in a way that can't be read here") from error
    _checked(rate, channels)
    frames = max(1, _PORTION // channels)

    def portions() -> Iterator[npt.NDArray[np.float32]]:
        try:
            while len(some := file.read(frames, dtype="float32", always_2d=True)):
                yield some
        except (RuntimeError, ValueError, OSError):
            return  # what is damaged further on ends there
        finally:
            file.close()

    return _Stream(rate, channels, portions())
