"""One sample of a run's kind out of a file: a picture, or a recording, to be looked for in a latent space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.clips import cutting
from ganstudio.data.files import sounds
from ganstudio.data.files.sound_decoders import Decoders, UnreadableSound
from ganstudio.data.files.sound_kinds import kind_of
from ganstudio.data.images.fitting import UnfitPictureError, read_sample
from ganstudio.modalities import ByKind
from ganstudio.modalities.sound import Sound
from ganstudio.system.files import FileFault, read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ganstudio.modalities import Modality, Samples

_MOST_BYTES = 256 << 20
_SPARE_SECONDS = 60.0
"""Of a recording that is looked at for its first sound."""


def sample_in(path: Path, modality: Modality) -> Samples:
    """The sample in a file as (1, ...) in people's units. Raises UnfitPictureError, without the file's name."""
    return _READERS[modality.kind](path, modality)


def _picture(path: Path, modality: Modality) -> Samples:
    return read_sample(path, modality)


def _sound(path: Path, modality: Modality) -> Samples:
    """A recording that is as long as the run's sounds as it is; of another the first sound, as loud as data are."""
    assert isinstance(modality, Sound)
    try:
        data = read_bytes(path, _MOST_BYTES)
    except FileFault as error:
        raise UnfitPictureError(str(error).removeprefix(f"{path}: ")) from None
    if kind_of(data) is None:
        raise UnfitPictureError(f"the run makes {modality.words.many}: choose a sound, such as a WAV file")
    try:
        with Decoders() as decoders:
            found = sounds.decoded(data, modality.rate, decoders, until=modality.seconds + _SPARE_SECONDS)
    except UnreadableSound as error:
        raise UnfitPictureError(str(error)) from None
    if len(found.wave) == modality.length:
        return modality.encode(np.clip(found.wave[None], -1, 1).astype(np.float32))
    begins = cutting.starts(found.wave, modality.rate, modality.length, "beginning")
    clip = cutting.clips(found.wave, begins[:1], modality.length)
    return modality.encode(clip.astype(np.float32) / np.float32(32767))


_READERS: ByKind[Callable[[Path, Modality], Samples]] = ByKind(_picture, sound=_sound)
"""How a file becomes a sample of a kind; a picture says itself where it can't."""
