"""Whether MIDI files lie at a path: told by what a file begins with; of folders and archives by names in them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ganstudio.data.files import inside
from ganstudio.data.files.midi import MIDI, is_midi
from ganstudio.data.files.names_inside import NAMES, holds
from ganstudio.data.files.sound_kinds import is_sound

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def holds_midi(path: Path, head: bytes) -> bool:
    """Whether there is a MIDI file, or a folder, archive or list that holds more of them than sounds and pictures.

    What can't be read holds none; whatever reads it says why.
    """
    return holds(path, head, _are_midi, lambda _, begins: is_midi(begins))


def _are_midi(names: Iterable[str], _folder: Path | None) -> bool:
    found = others = 0
    for name in islice(names, NAMES):
        found += name.lower().endswith(MIDI)
        others += inside.is_picture(name) or is_sound(name)
    return found > others
