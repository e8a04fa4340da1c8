"""What decodes sounds: the standard library simple WAV files, here; everything else a program of its own.

Decoders are written in C, for files of friends. What is dropped may come from anybody: a damaged Ogg file is enough to
bring one down. ``system/decoding`` is the program; it is started for the first file that needs it.
"""

from __future__ import annotations

import importlib.util
import io
import queue
import struct
import subprocess
import wave as waves
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np

from ganstudio.data.files import foreign
from ganstudio.data.files.sound_kinds import data_chunk
from ganstudio.system import decoding, programs

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from contextvars import Token
    from types import TracebackType

    import numpy.typing as npt

BY_MINIAUDIO = ("WAV", "AIFF", "FLAC", "MP3", "Ogg Vorbis")
_BY_NONE = ("AAC", "Windows Media")
LEAST_RATE, MOST_RATE = 2_000, 768_000
_MINIAUDIO, _SOUNDFILE = decoding.LIBRARIES
_MOST_CHANNELS = 1_000
_BROKEN = "is damaged, or packed in a way that can't be read here"


class UnreadableSound(ValueError):
    """A sound that can't be used; the message is a predicate, such as ``is silent``."""


@dataclass(eq=False)
class Stream:
    """A sound that is being decoded. portions: float32 (n, channels), to be used up or closed.

    is_broken: whether what decodes it broke down before its end; known once all is used up.
    """

    rate: int
    channels: int
    portions: Generator[npt.NDArray[np.float32]]
    is_broken: bool = False


class Decoders:
    """Decoders for any number of threads, within a ``with`` statement, at whose end their programs end too.

    A statement within another shares the outer one's programs, as starting one takes as long as many files.
    """

    def __init__(self) -> None:
        self._free: queue.LifoQueue[_Program] = queue.LifoQueue()
        self._token: Token[Decoders | None] | None = None

    def __enter__(self) -> Decoders:
        outer = _OUTER.get()
        if outer is not None:
            self._free = outer._free
        else:
            self._token = _OUTER.set(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._token is None:
            return
        _OUTER.reset(self._token)
        self._token = None
        with suppress(queue.Empty):
            while True:
                self._free.get_nowait().end()

    def stream(self, data: bytes, kind: str) -> Stream:
        """Begin to decode a file of this kind. Raises UnreadableSound, which says what would be right."""
        if kind == "WAV" and (plain := _plain_wav(data)) is not None:
            return _checked(plain)
        libraries = _libraries(kind)
        for library in libraries[:-1]:
            with suppress(UnreadableSound):
                return self._asked(library, data)
        return self._asked(libraries[-1], data)

    def _asked(self, library: bytes, data: bytes) -> Stream:
        try:
            program = self._free.get_nowait()
        except queue.Empty:
            try:
                program = _Program()
            except OSError as error:  # no memory or processes are left, or the program is gone
                why = error.strerror or str(error)
                raise UnreadableSound(f"can't be read, as the program that decodes it does not start: {why}") from None
        answer = program.ask(library, data)
        try:
            header = next(answer, b"")
        except BaseException:
            program.end()
            raise
        if header[:1] == b"E":
            self._free.put(program)
            raise UnreadableSound(_BROKEN)
        if header[:1] == b"L":
            self._free.put(program)
            raise UnreadableSound(f"can't be read, as {decoding.LIBRARIES[library]} is there but does not load")
        if header[:1] != b"H":
            program.end()
            raise UnreadableSound(f"{_BROKEN}: it broke down what decodes it")
        rate, channels = struct.unpack(">QQ", header[1:17])
        stream = Stream(rate, channels, _nothing())
        stream.portions = self._portions(program, answer, stream)
        try:
            return _checked(stream)
        except UnreadableSound:  # closing portions that nobody began ends nothing
            program.end()
            raise

    def _portions(
        self, program: _Program, answer: Iterator[bytes], stream: Stream
    ) -> Generator[npt.NDArray[np.float32]]:
        is_whole = False
        try:
            for message in answer:
                if message[:1] == b"V":
                    yield np.frombuffer(message, np.float32, offset=1).reshape(-1, stream.channels)
                is_whole = message[:1] == b"Z"
            stream.is_broken = not is_whole
        finally:
            if is_whole:
                self._free.put(program)
            else:  # it broke down, or goes on with what nobody wants any more
                program.end()


class _Program:
    """One program that decodes, a file after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            programs.inside("decoding"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=programs.surroundings(),
            creationflags=programs.WITHOUT_CONSOLE,
        )

    def ask(self, library: bytes, data: bytes) -> Iterator[bytes]:
        """The messages of the answer, the last of which is E, L or Z; fewer where it breaks down."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return asked(self._process.stdin, self._process.stdout, library, data)

    def end(self) -> None:
        """End the program."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                assert stream is not None
                stream.close()
        self._process.wait()


def asked(asking: IO[bytes], answered: IO[bytes], library: bytes, data: bytes) -> Iterator[bytes]:
    """The messages of the answer on one stream to what is asked on another, as ``_Program.ask`` gives them."""
    with suppress(OSError):
        asking.write((len(data) + 1).to_bytes(8, "big") + library)
        asking.write(data)
        asking.flush()
        while (message := _message(answered))[:1] not in (b"", b"E", b"L", b"Z"):
            yield message
        yield message


_OUTER: ContextVar[Decoders | None] = ContextVar("decoders", default=None)


def _message(stream: IO[bytes]) -> bytes:
    """The next message, empty where there is none, or it is not whole, or none of ours."""
    length = int.from_bytes(stream.read(4), "big")
    if not 0 < length <= 4 * max(decoding.PORTION, _MOST_CHANNELS) + 1:
        return b""
    message = stream.read(length)
    return message if len(message) == length else b""


# --- which library ----------------------------------------------------------------------------------------------------


def is_there(library: str) -> bool:
    """Whether a library that reads sounds is installed."""
    return importlib.util.find_spec(library) is not None


def _libraries(kind: str) -> list[bytes]:
    """Those that may know a file of this kind, the likelier first. Raises UnreadableSound, which says what would."""
    found = [_MINIAUDIO] if kind in BY_MINIAUDIO and is_there("miniaudio") else []
    found += [_SOUNDFILE] if kind not in _BY_NONE and is_there("soundfile") else []
    if not found:
        raise UnreadableSound(_lacking(kind))
    return found


def _lacking(kind: str) -> str:
    if kind in BY_MINIAUDIO:
        which = "WAV of a kind" if kind == "WAV" else kind
        return f"is {which} that miniaudio reads, which is not installed; save it as WAV of 16 bits"
    if kind in _BY_NONE:
        return f"is {kind}, which can't be read here; save it as WAV, FLAC, MP3 or Ogg Vorbis"
    how = programs.lacking(foreign.EXTRA)
    return f"is {kind}, which soundfile reads, and that is {how}, or save it as WAV, FLAC, MP3 or Ogg Vorbis"


def _nothing() -> Generator[npt.NDArray[np.float32]]:
    yield from ()


def _checked(stream: Stream) -> Stream:
    rate, channels, portions = stream.rate, stream.channels, stream.portions
    if LEAST_RATE <= rate <= MOST_RATE and 0 < channels <= _MOST_CHANNELS:
        return stream
    portions.close()
    if not 0 < channels <= _MOST_CHANNELS:
        raise UnreadableSound(f"has {channels:,} channels; 1 to {_MOST_CHANNELS:,} can be read")
    raise UnreadableSound(f"has {rate:,} values a second; {LEAST_RATE:,} to {MOST_RATE:,} can be read")


# --- WAV --------------------------------------------------------------------------------------------------------------


def _plain_wav(data: bytes) -> Stream | None:
    """A WAV file of whole numbers of 8, 16, 24 or 32 bits, by the standard library; None: it is another."""
    if data_chunk(data) is None:
        return None
    try:
        file = waves.open(io.BytesIO(data), "rb")  # noqa: SIM115  (read from where it is in memory)
    except (waves.Error, EOFError, struct.error, ValueError, RuntimeError, OverflowError):
        return None
    rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
    if width not in (1, 2, 3, 4):
        return None
    frames = max(1, decoding.PORTION // channels)

    def portions() -> Generator[npt.NDArray[np.float32]]:
        while raw := file.readframes(frames):
            count = len(raw) // (width * channels)
            if not count:
                return
            yield _floats(raw[: count * width * channels], width).reshape(count, channels)

    return Stream(rate, channels, portions())


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
