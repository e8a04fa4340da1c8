"""Every kind of sample, by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.modalities.images import Images
from ganstudio.modalities.music import Melody
from ganstudio.modalities.normals import Normals
from ganstudio.modalities.points import Points
from ganstudio.modalities.sentences import Sentences
from ganstudio.modalities.sound import Sound

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.modalities.modality import Modality, Words


MODALITIES: dict[str, Callable[..., Modality]] = {
    Points.kind: Points,
    Images.kind: Images,
    Sound.kind: Sound,
    Melody.kind: Melody,
    Normals.kind: Normals,
    Sentences.kind: Sentences,
}
"""What makes a kind again from its fields, raising ValueError or TypeError where they are not right: its class."""


def words_of(kind: str) -> Words:
    """What samples of a kind are called."""
    words: Words = MODALITIES[kind].words  # type: ignore[attr-defined]
    return words
