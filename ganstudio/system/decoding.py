"""Decodes sounds by libraries written in C, as a program of its own: what a file brings down is this, and no window.

Asked on standard input: a length of eight bytes, a letter for the library, a file's bytes. It answers on standard
output in messages, each with its length in four bytes and a letter before it: H the rate and the number of channels, V
values as 32-bit floats, channel by channel within each time, E that nothing can be made of the file, L that the library
does not load, Z the end.
"""

from __future__ import annotations

import faulthandler
import io
import os
import signal
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARIES = {b"m": "miniaudio", b"s": "soundfile"}
STUCK = 3.0
"""Seconds of computing for the next message; most take some thousandths."""
PORTION = 2**16
"""Values of all channels in a message."""
_MEMORY = 2**30  # bytes of address space beside what this program has, and the file
_PATIENCE = 600  # seconds of computing for a file, in which hours of sound are decoded


class _Unreadable(Exception):
    """The library makes nothing of a file."""


class _NoLibraryError(Exception):
    """The library is not there, or does not load."""


def serve() -> None:
    """Answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks decides when to stop
    _bound()
    answer(sys.stdin.buffer, sys.stdout.buffer)


def answer(asked: IO[bytes], answered: IO[bytes]) -> None:
    """Answer on one stream what is asked on another, until it ends."""
    while len(length := asked.read(8)) == 8:
        library = asked.read(1)
        data = asked.read(int.from_bytes(length, "big") - 1)
        _grant_time()
        _end_when_stuck()
        try:
            for message in _DECODERS[library](data):
                _say(answered, message)
                _end_when_stuck()
        except _Unreadable:
            _say(answered, b"E")
        except _NoLibraryError:
            _say(answered, b"L")
        else:
            _say(answered, b"Z")
        answered.flush()
        _may_rest()
        data = b""  # else it would take room beside the next file


def _end_when_stuck() -> None:
    """End this program where it computes for long without a word, as some damaged files have a decoder go in circles.

    The signal's own action, not Python's, ends it: a library that goes in circles never comes back to Python.
    """
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, STUCK)
    else:
        faulthandler.dump_traceback_later(10 * STUCK, exit=True)  # of the clock's seconds, of which it may get few


def _may_rest() -> None:
    """Until the next file comes nothing is stuck: it may take any time."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, 0)
    else:
        faulthandler.cancel_dump_traceback_later()


def _say(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(4, "big") + message)


def _by_miniaudio(data: bytes) -> Iterator[bytes]:
    try:
        import miniaudio
    except (ImportError, OSError):
        raise _NoLibraryError from None
    lib, ffi = miniaudio.lib, miniaudio.ffi
    decoder = ffi.new("ma_decoder *")
    # 0 channels and a rate of 0 leave both as they are: whoever asks mixes and resamples, and better.
    config = lib.ma_decoder_config_init(miniaudio.SampleFormat.FLOAT32.value, 0, 0)
    if lib.ma_decoder_init_memory(data, len(data), ffi.addressof(config), decoder) != lib.MA_SUCCESS:
        raise _Unreadable
    try:
        channels = int(decoder.outputChannels)
        yield _header(int(decoder.outputSampleRate), channels)
        frames = max(1, PORTION // max(1, channels))
        values, read = ffi.new("float[]", frames * max(1, channels)), ffi.new("ma_uint64 *")
        while True:
            lib.ma_decoder_read_pcm_frames(decoder, values, frames, read)
            if not (count := int(read[0])):
                return
            yield b"V" + bytes(ffi.buffer(values, 4 * count * channels))
    finally:
        lib.ma_decoder_uninit(decoder)


def _by_soundfile(data: bytes) -> Iterator[bytes]:
    try:
        import soundfile
    except (ImportError, OSError):  # OSError: what it is a shell around is missing
        raise _NoLibraryError from None
    try:
        file: Any = soundfile.SoundFile(io.BytesIO(data))
    except (RuntimeError, TypeError, ValueError, OSError):
        raise _Unreadable from None
    with file:
        yield _header(file.samplerate, file.channels)
        frame = 4 * max(1, file.channels)
        values = bytearray(max(1, 4 * PORTION // frame) * frame)
        while True:
            try:  # not all files tell how much is in them
                count = file.buffer_read_into(values, "float32")
            except (RuntimeError, ValueError, OSError):
                return  # what is damaged further on ends there
            if not count:
                return
            yield b"V" + bytes(values[: count * frame])


_DECODERS = {b"m": _by_miniaudio, b"s": _by_soundfile}


def _header(rate: int, channels: int) -> bytes:
    return b"H" + rate.to_bytes(8, "big") + channels.to_bytes(8, "big")


def _bound() -> None:
    """Let this program take so much memory beside what it has."""
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + _MEMORY
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))


def _grant_time() -> None:
    """Let this program compute for so long from now on: each file may, however many came before it."""
    if sys.platform != "linux":
        return
    import resource

    most = int(sum(os.times()[:2])) + _PATIENCE
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard < 0 else min(most, hard), hard))
