"""Where sounds go: the system's sound device, nowhere in real time, or by the clock alone."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from ganstudio.playing.waves import RATE
from ganstudio.system import programs

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from ganstudio.playing.mixer import Mixer

CHOICE = "GANSTUDIO_SOUND"
"""Environment variable: ``null`` plays into nothing, as tests do."""
NO_DEVICE = "No sound device here. Save as WAV instead."
_PERIOD_MS, _PERIODS = 25, 3
# JACK's library writes to the terminal where no server runs, and a server there is answers to one of the others too.
_BACKENDS = ("WASAPI", "DSOUND", "WINMM", "COREAUDIO", "SNDIO", "AUDIO4", "OSS", "PULSEAUDIO", "ALSA")
_FAILURES = (OSError, RuntimeError, ValueError, TypeError, LookupError, AttributeError, MemoryError)
"""What a library around one written in C raises beside its own error, as where its version is another."""
_TICK_S = 0.02
_LATE = RATE // 10  # values at most that the clock makes at once: after a sleep of the computer it makes up for nothing


class NoSoundError(OSError):
    """Sounds can't be played here; the message says why, and what can be done instead."""


class Device(Protocol):
    """Takes values from a mixer, in real time, between ``start`` and ``stop``. name: for people.

    Whatever the library or the system says against it, ``start`` raises as NoSoundError and the others pass over.
    """

    name: str

    def start(self) -> None:
        """Begin to take values. Raises NoSoundError."""

    def stop(self) -> None:
        """Take no more; it can be started again."""

    def close(self) -> None:
        """Give the device back."""


def no_library() -> str:
    """What is said where there is no miniaudio. Two short lines: there is not more room where it is shown."""
    if programs.is_frozen():
        return "This build can't play sounds. Save as WAV instead."
    return "To hear it: pip install miniaudio. Or save as WAV."


def open_device(mixer: Mixer) -> Device:
    """The system's sound device, which stands still. Raises NoSoundError where there is none, or no miniaudio.

    It may take a second: the library is loaded, and a sound server asked.
    """
    try:
        library = import_module("miniaudio")
    except (ImportError, *_FAILURES):  # it may be there and not load
        raise NoSoundError(no_library()) from None
    return _Speaker(library, mixer)


class _Speaker:
    """A device of miniaudio, which has a thread of its own that reads the mixer."""

    def __init__(self, library: Any, mixer: Mixer) -> None:
        names = ("NULL",) if os.environ.get(CHOICE) == "null" else _BACKENDS
        self._library, self._mixer = library, mixer
        self._failures = (getattr(library, "MiniaudioError", OSError), *_FAILURES)
        with self._told():
            self._device = library.PlaybackDevice(
                output_format=library.SampleFormat.FLOAT32,
                nchannels=1,
                sample_rate=RATE,
                buffersize_msec=_PERIOD_MS,
                callback_periods=_PERIODS,
                backends=[library.Backend[name] for name in names],
                app_name="GAN Studio",
            )
            self.name = str(self._device.backend)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise NoSoundError in place of whatever the library raises."""
        try:
            with alsa_quiet():
                yield
        except self._failures:
            raise NoSoundError(NO_DEVICE) from None

    def start(self) -> None:
        values = _values(self._mixer)
        next(values)
        with self._told():
            self._device.start(values)

    def stop(self) -> None:
        try:
            self._device.stop()
        except self._failures:  # it is gone, and has stopped by itself
            self._device.running = False

    def close(self) -> None:
        # closing a device leaves its context, which may have a thread that talks to a sound server
        context = getattr(self._device, "_context", None)
        with suppress(*self._failures):
            self._device.close()
            if context is not None:
                self._library.lib.ma_context_uninit(context)
                self._device._context = None


def _values(mixer: Mixer) -> Generator[bytes, int, None]:
    """What miniaudio asks for the next values."""
    frames = yield b""
    while True:
        frames = yield mixer.mix(frames).tobytes()


class Clock:
    """Lets time pass without a sound, so that the cursor moves where nothing can be heard."""

    name = "none"

    def __init__(self, mixer: Mixer) -> None:
        self._mixer = mixer
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to take values and throw them away."""
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, name="sound clock", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        last = time.monotonic()
        while not self._stopped.wait(_TICK_S):
            now = time.monotonic()
            self._mixer.mix(min(round((now - last) * RATE), _LATE))
            last = now

    def stop(self) -> None:
        """Take no more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """End its thread."""
        self.stop()


@contextmanager
def alsa_quiet() -> Iterator[None]:
    """Keep ALSA from writing some thirty lines to the terminal where there is no device.

    Its handler is set, not the stream put elsewhere: other threads may have something to say meanwhile, and a process
    that begins just then would keep the wrong stream.
    """
    alsa = _alsa()
    setters = [
        getattr(alsa, name)
        for name in ("snd_lib_error_set_handler", "snd_lib_log_set_handler")  # the second from 1.2.15 on
        if alsa is not None and hasattr(alsa, name)
    ]
    nothing = ctypes.CFUNCTYPE(None)(lambda: None)  # whatever it is called with
    for setter in setters:
        setter(nothing)
    try:
        yield
    finally:
        for setter in setters:
            setter(None)


def _alsa() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    try:
        return ctypes.CDLL("libasound.so.2")
    except OSError:
        return None
