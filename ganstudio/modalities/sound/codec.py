"""Codecs: how a wave becomes planes that a network can learn, and how these become a wave again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from ganstudio.modalities.sound.frequency import InstantaneousFrequency
from ganstudio.modalities.sound.magnitude import Magnitude
from ganstudio.modalities.sound.waveform import Waveform

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.modalities.modality import Floats

    Array = npt.NDArray[Any]


class Codec(Protocol):
    """A representation of sound. Waves are float32 (n, t) from -1 to 1, planes (n, p, bins, frames), mostly -1 to 1.

    name: its key in ``CODECS``. words: for people. hop: samples from frame to frame, which waves are multiples of.
    shortest: the fewest samples that a wave may have. top: the highest frequency kept, as a share of the rate.
    silence: the value that stands in planes for what is no number. is_framed: whether planes end in frames, each of
    which can be looked at by itself.
    """

    name: str
    words: str
    hop: int
    shortest: int
    top: float
    silence: float
    is_framed: bool

    def shape(self, length: int) -> tuple[int, int, int]:
        """Of the planes of a wave of this many samples: (planes, bins, frames)."""
        ...

    def encode(self, waves: Floats) -> Floats:
        """Planes of waves."""
        ...

    def decode(self, planes: Floats) -> Floats:
        """Waves of planes, which may be out of range; not clipped."""
        ...

    def levels(self, planes: Floats) -> Floats:
        """Log magnitudes (n, bins, frames), mostly -1 to 1, for pictures: cheap, as each frame shown asks for them."""
        ...

    def loudness(self, planes: Floats) -> Floats:
        """The root mean square of each frame (n, frames) by its magnitudes: as cheap."""
        ...

    def pitches(self, planes: Floats, rate: int) -> Floats:
        """The pitch (n,) of each sound, Hz, as cheaply; NaN where it has none, or planes don't tell it."""
        ...


CODECS: dict[str, Codec] = {codec.name: codec for codec in (InstantaneousFrequency(), Magnitude(), Waveform())}
"""Codecs by name. A modality holds the name, as runs keep it in files."""


def in_portions(convert: Callable[[Floats], Array], arrays: Floats, most: int = 256) -> Array:
    """What a codec makes of many sounds, some at a time, as spectra take many times the room of waves."""
    parts: Array = np.concatenate(
        [convert(arrays[start : start + most]) for start in range(0, max(len(arrays), 1), most)]
    )
    return parts
