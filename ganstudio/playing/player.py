"""The player: one of a window. Nobody waits for the device, which a thread of its own opens on the first sound."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ganstudio.playing.devices import NO_DEVICE, Clock, NoSoundError, open_device
from ganstudio.playing.mixer import Mixer, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from ganstudio.playing.devices import Device
    from ganstudio.playing.waves import Sound

_REST_S = 3.0
"""Seconds of silence after which the device stands still, until there is something to hear again."""
_LOOK_S = 0.25
_LOST = 12
"""Looks in a row at a device that takes nothing: somebody has pulled it out. A wireless one may take 2 s to begin."""
_TRIES = 2
"""Devices in a row that take nothing, after which the time passes without one: a sound server may have died."""
_CLOSE_S = 5.0
_EVEN = 1.66
"""Half as loud to the ear are 10 dB less, a factor of .316 of the wave."""


class Player:
    """Plays sounds through the system's device, or lets their time pass where there is none.

    trouble: why nothing can be heard, in words for people; empty as long as nothing speaks against it.
    """

    def __init__(self, opener: Callable[[Mixer], Device] = open_device) -> None:
        self.mixer = Mixer()
        self.trouble = ""
        self._volume = 1.0
        self._opener = opener
        self._device: Device | None = None
        self._wanted, self._closing = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def device(self) -> str:
        """What the sounds go to, as its library calls it; empty before it is open."""
        return "" if self._device is None else self._device.name

    @property
    def heard(self) -> tuple[tuple[Hashable, float], ...]:
        """What sounds now: of each voice its tag, and how far it is from 0 to 1."""
        return self.mixer.heard

    @property
    def silent(self) -> bool:
        """Whether nothing sounds and nothing is about to."""
        return self.mixer.silent

    @property
    def volume(self) -> float:
        """How loud everything is, from 0, silent, to 1; to the ear evenly, so that a half is half as loud."""
        return self._volume

    @volume.setter
    def volume(self, share: float) -> None:
        self._volume = min(max(float(share), 0.0), 1.0)
        self.mixer.gain = self._volume**_EVEN

    def play(
        self, sound: Sound, tag: Hashable = None, *, looped: bool = False, alone: bool = True, parts: int = 1
    ) -> Voice:
        """Play a sound, as ``prepared`` makes it; ``alone``: in place of all others, which fade. Returns at once.

        parts: as a ``Voice`` has them.
        """
        voice = Voice(sound, tag, looped=looped, parts=parts)
        self.start(voice, alone=alone)
        return voice

    def start(self, voice: Voice, *, alone: bool = True) -> None:
        """Play a voice that has begun, as ``play`` does; from any thread, though from one alone."""
        if self._closing.is_set():
            return
        self.mixer.play(voice, alone=alone)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
            self._thread.start()
        self._wanted.set()

    def stop(self) -> None:
        """Let everything fade."""
        self.mixer.fade()

    def close(self) -> None:
        """Give the device back and wait for its thread; nothing is played afterwards."""
        self._closing.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(_CLOSE_S)  # a sound server that hangs shall not keep the window open
            self._thread = None

    # --- the thread ---

    def _run(self) -> None:
        lost = 0
        try:
            while self._wanted.wait() and not self._closing.is_set():
                self._wanted.clear()
                self._begin(usable=lost < _TRIES)
                if self._until_silent():
                    lost = _TRIES - 1 if self.trouble else 0  # a device may have been plugged in meanwhile
                    self._end(keep=not self.trouble)
                else:
                    lost += 1
                    self._end(keep=False)
                    self._wanted.set()
        finally:
            self._end(keep=False)

    def _begin(self, *, usable: bool) -> None:
        try:
            if not usable:
                raise NoSoundError(NO_DEVICE)
            if self._device is None:
                self._device = self._opener(self.mixer)
            self._device.start()
        except NoSoundError as error:
            self._end(keep=False)
            self.trouble = str(error)
            self._device = Clock(self.mixer)
            self._device.start()

    def _until_silent(self) -> bool:
        """Wait until nothing has been heard for a while; False: the device takes nothing any more."""
        quiet = stuck = 0
        before = -1
        while not self._closing.wait(_LOOK_S):
            quiet = quiet + 1 if self.mixer.silent else 0
            if quiet * _LOOK_S >= _REST_S:
                return True
            stuck = stuck + 1 if self.mixer.mixed == before else 0
            if stuck == _LOST:
                return False
            if not stuck and before >= 0 and not isinstance(self._device, Clock):
                self.trouble = ""  # it takes what it is given
            before = self.mixer.mixed
        return True

    def _end(self, *, keep: bool) -> None:
        if self._device is not None:
            self._device.stop()
            if not keep:
                self._device.close()
                self._device = None
