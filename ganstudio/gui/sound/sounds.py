"""The window's player: whoever has something to be heard plays it here, and is told how far it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QTimer, Signal

from ganstudio.modalities import Modality
from ganstudio.playing import Player, Voice, prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from concurrent.futures import Future

    from ganstudio.modalities import Samples, Wave

    Made = tuple[Wave, int]

_MOVES_MS = 33


def has_sound(modality: Modality) -> bool:
    """Whether samples of a kind can be heard. Told by its kind, as finding a phase for one would take half a second."""
    return getattr(type(modality), "sound", Modality.sound) is not Modality.sound


def waves_of(modality: Modality, samples: Samples) -> Made:
    """The waves (n, t) of samples that have a sound, and their rate."""
    sound = modality.sound(samples)
    assert sound is not None, f"{modality.words.many} have no sound"
    return sound


class Sounds(QObject):
    """One of a window. ``play`` returns at once: waves are made in a thread, in which the sound device is opened too.

    ``moved`` carries what sounds, ((tag, share from 0 to 1), ...), some thirty times a second and once more, empty, at
    the end. ``told`` carries why nothing can be heard, once, and an empty text when it can be again.
    """

    moved = Signal(object)
    told = Signal(str)

    def __init__(self, parent: QObject | None = None, player: Player | None = None) -> None:
        super().__init__(parent)
        self.player = player or Player()
        self._said = ""
        self._maker: ThreadPoolExecutor | None = None
        self._making: list[Future[None]] = []
        self._closed = False
        self._turn = 0
        self._changes: WeakKeyDictionary[Voice, int] = WeakKeyDictionary()
        self._lock = Lock()
        self._timer = QTimer(self, interval=_MOVES_MS)
        self._timer.timeout.connect(self._look)

    @property
    def sounding(self) -> bool:
        """Whether something sounds or is about to."""
        return self._timer.isActive()

    def state(self) -> dict[str, Any]:
        """How loud everything is: to be kept."""
        return {"volume": self.player.volume}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Be as loud as was kept."""
        volume = state.get("volume")
        if isinstance(volume, int | float):
            self.set_volume(volume)

    def set_volume(self, share: float) -> None:
        """How loud everything is from now on, from 0 to 1; what sounds goes over to it."""
        self.player.volume = share

    def play(
        self,
        make: Callable[[], Made],
        tag: Hashable = None,
        *,
        looped: bool = False,
        alone: bool = True,
        parts: int = 1,
    ) -> Voice:
        """Play a wave (n,), or several (k, n) together, whose values are int16; ``make`` makes it, and tells its rate.

        tag: by which ``moved`` tells of it. looped: again and again, until the voice is told otherwise. alone: in place
        of what sounds now, and of what is still being made. parts: of how many of equal length a wave is made, at each
        of which it may change.
        """
        voice = Voice(tag=tag, looped=looped, parts=parts)
        with self._lock:
            self._turn += alone
            turn = self._turn

        def begin() -> None:
            if turn != self._turn:
                return
            voice.begin(prepared(*make()))
            with self._lock:
                if turn == self._turn:  # else another was asked for meanwhile, or silence
                    self.player.start(voice, alone=alone)

        self._have_made(begin)
        self._timer.start()
        return voice

    def change(self, voice: Voice, make: Callable[[], Made]) -> None:
        """Let a voice be another sound from its next turn on; of several that are asked for, the last."""
        asked = self._changes[voice] = self._changes.get(voice, 0) + 1

        def go_over() -> None:
            if asked == self._changes[voice] and voice.looped:
                voice.sound = prepared(*make())

        self._have_made(go_over)

    def stop(self) -> None:
        """Let everything fade."""
        with self._lock:
            self._turn += 1
            self.player.stop()

    def settle(self) -> None:
        """Wait until all that was asked for has been made."""
        for each in self._making:
            each.result()

    def close(self) -> None:
        """Give the device back and wait for the threads."""
        self._timer.stop()
        self._turn += 1  # what is still being made is not played
        self._closed = True
        if self._maker is not None:
            self._maker.shutdown(cancel_futures=True)
        self.player.close()

    def _have_made(self, job: Callable[[], None]) -> None:
        if self._closed:
            return
        if self._maker is None:
            self._maker = ThreadPoolExecutor(1, thread_name_prefix="sounds")
        self._making = [each for each in self._making if not each.done() or each.exception() is not None]
        self._making.append(self._maker.submit(job))

    def _look(self) -> None:
        done = [each for each in self._making if each.done()]
        self._making = [each for each in self._making if not each.done()]
        if (why := self.player.trouble) != self._said:
            self._said = why
            self.told.emit(why)
        if self.player.silent and not self._making:
            self._timer.stop()
        self.moved.emit(self.player.heard)
        for each in done:
            each.result()  # raises here what went wrong there, so that it is told and logged
