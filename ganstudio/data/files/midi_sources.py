"""Whether MIDI files lie at a path: told by what a file begins with; of folders and archives by names in them."""

from __future__ import annotations

import zipfile
from itertools import islice
from typing import TYPE_CHECKING

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import archives, entry_names, file_lists, inside
from ganstudio.data.files.midi import MIDI, is_midi
from ganstudio.data.files.sound_kinds import is_sound
from ganstudio.data.files.sound_sources import in_folder, in_tar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_NAMES = 2_000
"""Names that are looked at."""


def holds_midi(path: Path, head: bytes) -> bool:
    """Whether there is a MIDI file, or a folder, archive or list that holds more of them than sounds and pictures.

    What can't be read holds none; whatever reads it says why.
    """
    try:
        if path.is_dir():
            return _are_midi(in_folder(path))
        if file_lists.is_list(path, head):
            return any(one.exists() and holds_midi(one, _head(one)) for one in file_lists.listed(path)[:_NAMES])
        if archives.is_zip(head):
            with zipfile.ZipFile(path) as archive:
                return _are_midi(name for _, name in entry_names.named(archive))
        if archives.is_tar(path, head):
            return _are_midi(in_tar(path))
        return is_midi(head)
    except (DatasetError, *archives.BROKEN, NotImplementedError, ValueError):
        return False


def _head(path: Path) -> bytes:
    return b"" if path.is_dir() else archives.read_head(path)


def _are_midi(names: Iterable[str]) -> bool:
    found = others = 0
    for name in islice(names, _NAMES):
        found += name.lower().endswith(MIDI)
        others += inside.is_picture(name) or is_sound(name)
    return found > others
