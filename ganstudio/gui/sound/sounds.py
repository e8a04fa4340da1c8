"""The window's player: whoever has something to be heard plays it here, and is told how far it is."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from ganstudio.playing import Player, prepared

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ganstudio.modalities import Modality, Samples, Wave
    from ganstudio.playing import Voice

_MOVES_MS = 33


@lru_cache(maxsize=16)
def has_sound(modality: Modality) -> bool:
    """Whether samples of a kind can be heard: the one in the middle of what networks see is tried."""
    return modality.sound(modality.to_people(np.zeros((1, *modality.shape), np.float32))) is not None


def waves_of(modality: Modality, samples: Samples) -> tuple[Wave, int]:
    """The waves (n, t) of samples that have a sound, and their rate."""
    sound = modality.sound(samples)
    assert sound is not None, f"{modality.words.many} have no sound"
    return sound


class Sounds(QObject):
    """One of a window. ``play`` returns at once; the sound device is opened in a thread, on the first sound.

    ``moved`` carries what sounds, ((tag, share from 0 to 1), ...), some thirty times a second and once more, empty, at
    the end. ``told`` carries why nothing can be heard, once, and an empty text when it can be again.
    """

    moved = Signal(object)
    told = Signal(str)

    def __init__(self, parent: QObject | None = None, player: Player | None = None) -> None:
        super().__init__(parent)
        self.player = player or Player()
        self._said = ""
        self._timer = QTimer(self, interval=_MOVES_MS)
        self._timer.timeout.connect(self._look)

    @property
    def sounding(self) -> bool:
        """Whether something sounds or is about to."""
        return self._timer.isActive()

    def play(
        self,
        waves: Wave,
        rate: int,
        tag: Hashable = None,
        *,
        looped: bool = False,
        alone: bool = True,
        parts: int = 1,
    ) -> Voice:
        """Play a wave (n,), or several (k, n) together, whose values are int16 and come at this rate.

        tag: by which ``moved`` tells of it. looped: again and again, until the voice is told otherwise. alone: in place
        of what sounds now. parts: of how many of equal length a wave is made, at each of which it may change.
        """
        voice = self.player.play(prepared(waves, rate), tag, looped=looped, alone=alone, parts=parts)
        self._timer.start()
        return voice

    def stop(self) -> None:
        """Let everything fade."""
        self.player.stop()

    def close(self) -> None:
        """Give the device back and wait for its thread."""
        self._timer.stop()
        self.player.close()

    def _look(self) -> None:
        if (why := self.player.trouble) != self._said:
            self._said = why
            self.told.emit(why)
        if self.player.silent:
            self._timer.stop()
        self.moved.emit(self.player.heard)
