"""Sounds: networks see a codec's planes, people hear a wave and see its spectrogram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ganstudio.modalities.modality import Mark, Modality, Words
from ganstudio.modalities.sound.codec import CODECS, in_portions
from ganstudio.modalities.sound.pictures import pictures_of, seen
from ganstudio.modalities.sound.pitches import name_of, nearest_to

if TYPE_CHECKING:
    from ganstudio.modalities.modality import Floats, Pixels, Samples, Wave
    from ganstudio.modalities.sound.codec import Codec

SLOWEST, FASTEST = 1_000, 192_000
"""Rates, samples a second."""
LONGEST = 1 << 17
"""Samples of a sound at most: 16 s at 8 kHz."""


@dataclass(frozen=True)
class Sound(Modality):
    """Sounds as the planes of a codec (n, planes, bins, frames), about -1 to 1; float16 from -1 to 1 to people.

    People's units are planes too, since frames are made many times a second and only what is played needs a wave:
    ``waves`` decodes. Half precision is beyond hearing there: some .03 % of a magnitude, .1 degree of a turn a frame.

    codec: its name in ``CODECS``. rate: samples a second. length: samples of a sound, a multiple of the codec's hop.
    """

    codec: str = "frequency"
    rate: int = 8_000
    length: int = 4_096

    kind: ClassVar[str] = "sound"
    words: ClassVar[Words] = Words("sound", "sounds", "a sound")
    fixed: ClassVar[int] = 40
    shown: ClassVar[int] = 40

    def __post_init__(self) -> None:
        """Raise ValueError for sounds that there are not."""
        if not isinstance(self.codec, str) or self.codec not in CODECS:
            raise ValueError(f"sounds have one of the codecs {', '.join(CODECS)}, not {self.codec!r}")
        for name, least, most in (("rate", SLOWEST, FASTEST), ("length", self.means.shortest, LONGEST)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise ValueError(f"sounds have a {name} from {least:,} to {most:,}, not {value!r}")
        if self.length % self.means.hop:
            raise ValueError(f"sounds have a length in steps of {self.means.hop} samples, not {self.length}")

    @property
    def means(self) -> Codec:
        """The codec itself."""
        return CODECS[self.codec]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a sound's planes."""
        return self.means.shape(self.length)

    @property
    def seconds(self) -> float:
        """How long a sound is."""
        return self.length / self.rate

    @property
    def described(self) -> str:
        """How long they are, at which rate, and what networks see of them."""
        return f"sounds of {self.seconds:.3g} s at {self.rate / 1000:g} kHz, as {self.means.words}"

    def to_people(self, model: Floats) -> Samples:
        """Planes (n, planes, bins, frames), float16; what is out of range is clipped."""
        return np.clip(model, -1, 1).astype(np.float16)

    def to_model(self, samples: Samples) -> Floats:
        """The same planes as float32."""
        return np.asarray(samples, np.float32)

    def encode(self, waves: Floats) -> Samples:
        """Sounds in people's units of waves (n, length) from -1 to 1, such as a dataset keeps."""
        return in_portions(lambda some: self.to_people(self.means.encode(some)), waves)

    def waves(self, samples: Samples) -> Floats:
        """The waves of sounds, float32 (n, length) from -1 to 1, as loud as they are; what is not finite is silent."""
        planes = self._known(samples)
        return np.clip(in_portions(self.means.decode, planes), -1, 1)

    def _known(self, samples: Samples) -> Floats:
        """Planes in model units, where what is no number is silence."""
        return np.nan_to_num(self.to_model(samples), nan=self.means.silence)

    def pictures(self, samples: Samples) -> Pixels:
        """Spectrograms, the low frequencies below, with how far the wave swings under each."""
        if self.means.is_framed:  # a gallery is pictured many times a second: no more is looked at than is seen
            samples = samples[..., seen(samples.shape[-1])]
        planes = self._known(samples)
        return pictures_of(self.means.levels(planes), self.means.loudness(planes))

    def marks(self, samples: Samples) -> tuple[Mark | None, ...]:
        """The pitch that each is nearest to, such as C4, in a colour for each of the twelve; None where it has none."""
        found = self.means.pitches(self._known(samples), self.rate)
        midis = [nearest_to(hertz) if np.isfinite(hertz) else None for hertz in found.tolist()]
        return tuple(None if midi is None else Mark(name_of(midi), midi % 12 / 12) for midi in midis)

    def sound(self, samples: Samples) -> tuple[Wave, int]:
        """The waves as 16-bit samples (n, length), and the rate."""
        return np.rint(self.waves(samples) * 32767).astype(np.int16), self.rate
