"""What sounds now, added up. The sound device's thread calls ``mix``, which waits for nothing."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.playing.waves import CEILING, FADE, fade_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ganstudio.playing.waves import Sound

_RISE = 10 * FADE
"""Values over which others become louder again when one has ended; they become softer in one ramp."""


class Voice:
    """A sound that is played, once or again and again.

    Any thread may set ``sound``, which is what the next turn plays: the turn before goes over into it in 5 ms; and
    ``looped``, without which the turn that has begun is the last. The device's thread alone does the rest. A voice
    whose sound is still being made is given it by ``begin``, before a mixer is to play it.

    parts: of how many of equal length the sound is made, such as the bars of a tune: then it changes where the next of
    them begins, to the same part of the new one.
    """

    sound: Sound

    def __init__(
        self, sound: Sound | None = None, tag: Hashable = None, *, looped: bool = False, parts: int = 1
    ) -> None:
        self.tag, self.looped, self.parts = tag, looped, parts
        self._turns: list[_Turn] = []
        self._left: int | None = None  # values until it has faded out
        if sound is not None:
            self.begin(sound)

    def begin(self, sound: Sound) -> None:
        """Make ready to play a sound from its beginning."""
        self.sound = sound
        self._turns = [_Turn(sound)]

    @property
    def share(self) -> float:
        """How far its present turn is, from 0 to 1."""
        heard = [turn for turn in self._turns if turn.wait <= 0]
        return min(heard[-1].place / len(heard[-1].sound), 1.0) if heard else 1.0

    @property
    def peak(self) -> float:
        """The largest value that it may have now."""
        return max((turn.peak for turn in self._turns), default=0.0)

    @property
    def over(self) -> bool:
        """Whether nothing of it is left to be heard."""
        return self._left == 0 or not self._turns

    def fade(self) -> None:
        """End in one ramp from now on."""
        if self._left is None:
            self._left = FADE

    def read(self, frames: int) -> Sound:
        """The next values (frames,)."""
        out = np.zeros(frames, np.float32)
        self._change(frames)
        while self.looped and self._left is None:
            seam = max(self._turns[-1].seam, 0)
            if seam >= frames:
                break
            self._turns.append(_Turn(self.sound, wait=seam))
        for turn in self._turns:
            turn.add_to(out)
        self._turns = [turn for turn in self._turns if turn.place < turn.end]
        if self._left is not None:
            ramp = np.arange(self._left, 0, -1, dtype=np.float32)[:frames] / FADE
            out[: len(ramp)] *= ramp
            out[len(ramp) :] = 0
            self._left -= len(ramp)
        return out

    def _change(self, frames: int) -> None:
        """Go over into the new sound where the next of its parts begins, if that is among the next values."""
        new = self.sound
        if self.parts < 2 or not self._turns or self._left is not None or self._turns[-1].sound is new:
            return
        now = self._turns[-1]
        part = -(-now.place * self.parts // len(now.sound))
        here = part * len(now.sound) // self.parts
        wait = max(here - now.place, 0) + now.wait
        if 0 < part < self.parts and wait < frames:
            now.leave(here)
            self._turns.append(_Turn(new, part * len(new) // self.parts, wait))


class _Turn:
    """One time through a sound. place: of the next value; wait: how many values before it; end: behind its last one.

    From a place within the sound it begins in a ramp, and ``leave`` lets it end in one before the sound does.
    """

    def __init__(self, sound: Sound, place: int = 0, wait: int = 0) -> None:
        self.sound, self.place, self.wait, self.end = sound, place, wait, len(sound)
        self._begin, self._left_at = place, len(sound)
        self.peak = float(np.abs(sound).max(initial=0.0))

    @property
    def seam(self) -> int:
        """How many values on the next turn begins, so that both ramps meet."""
        return len(self.sound) - fade_of(len(self.sound)) - self.place + self.wait

    def leave(self, place: int) -> None:
        """End in a ramp from this place on."""
        self._left_at, self.end = place, min(place + FADE, self.end)

    def add_to(self, out: Sound) -> None:
        start = min(self.wait, len(out))
        part = self.sound[self.place : min(self.place + len(out) - start, self.end)]
        out[start : start + len(part)] += part if self._is_whole(len(part)) else part * self._ramps(len(part))
        self.place += len(out) - start
        self.wait -= start

    def _is_whole(self, count: int) -> bool:
        """Whether the next values are as loud as the sound is."""
        begun = not self._begin or self.place >= self._begin + FADE
        return begun and self.place + count <= self._left_at

    def _ramps(self, count: int) -> Sound:
        """How loud the next values are, where it begins or ends within its sound."""
        places = np.arange(self.place, self.place + count, dtype=np.float32)
        loud: Sound = np.clip(1 - (places - self._left_at) / FADE, 0, 1).astype(np.float32)
        if self._begin:
            loud *= np.clip((places - self._begin) / FADE, 0, 1)
        return loud


class Mixer:
    """Voices added up, never above the ceiling.

    ``play`` and ``fade`` may be called from any thread, and any may set ``gain``, from 0 to 1, by which everything is
    multiplied; ``heard`` is what sounds, (tag, share) for each voice, and ``mixed`` how many values have been made.
    """

    def __init__(self) -> None:
        self.mixed = 0
        self.gain = 1.0
        self.heard: tuple[tuple[Hashable, float], ...] = ()
        self._coming: deque[Voice | None] = deque()  # None: all that sound till then fade
        self._voices: list[Voice] = []
        self._gain = 1.0

    @property
    def silent(self) -> bool:
        """Whether nothing sounds and nothing is about to."""
        return not self._coming and not self._voices

    def play(self, voice: Voice, *, alone: bool) -> None:
        """Let a voice begin; ``alone``: the others fade."""
        if alone:
            self._coming.append(None)
        self._coming.append(voice)

    def fade(self) -> None:
        """Let all voices end in one ramp."""
        if not self.silent:  # else it would count as something to come, for nobody may take it for long
            self._coming.append(None)

    def mix(self, frames: int) -> Sound:
        """The next values (frames,) for the device."""
        sounded = bool(self._voices)
        self._take()
        out = np.zeros(frames, np.float32)
        peaks = sum(voice.peak for voice in self._voices)
        for voice in self._voices:
            out += voice.read(frames)
        self._soften(out, self.gain * (min(1.0, CEILING / peaks) if peaks else 1.0), at_once=not sounded)
        self._voices = [voice for voice in self._voices if not voice.over]
        self.heard = tuple((voice.tag, voice.share) for voice in self._voices)
        self.mixed += frames
        return out

    def _take(self) -> None:
        while self._coming:
            voice = self._coming.popleft()
            if voice is None:
                for each in self._voices:
                    each.fade()
            else:
                self._voices.append(voice)

    def _soften(self, out: Sound, gain: float, *, at_once: bool) -> None:
        """Go over to a gain; what is louder for the moment until it is reached is held at the ceiling."""
        if at_once:
            self._gain = gain
        if self._gain != gain:
            step = 1 / (FADE if gain < self._gain else _RISE)
            way = np.arange(1, len(out) + 1, dtype=np.float32) * step
            gains = np.maximum(self._gain - way, gain) if gain < self._gain else np.minimum(self._gain + way, gain)
            out *= gains
            self._gain = float(gains[-1]) if len(out) else self._gain
        else:
            out *= np.float32(gain)
        np.clip(out, -CEILING, CEILING, out=out)
