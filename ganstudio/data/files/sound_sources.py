"""Whether sounds lie at a path: told by what a file begins with, and of folders and archives by the names in them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.data.files import inside, loose
from ganstudio.data.files.names_inside import NAMES, holds
from ganstudio.data.files.sound_kinds import is_sound, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENED = 16  # files without an ending that are looked into


def holds_sounds(path: Path, head: bytes) -> bool:
    """Whether there is a sound, or a folder, archive or list that holds more sounds than pictures.

    What can't be read holds none; whatever reads it says why.
    """
    return holds(path, head, _are_sounds, lambda one, _: kind_of(loose.read_head(one, 2**12)) is not None)


def _are_sounds(names: Iterator[str], folder: Path | None = None) -> bool:
    """Whether sounds are most of what has these names; folder: where they are, to look into those without an ending."""
    found = pictures = others = 0
    bare: list[Path] = []
    for name in islice(names, NAMES):
        found += is_sound(name)
        pictures += inside.is_picture(name)
        others += inside.is_data(name)
        if folder is not None and not Path(name).suffix and len(bare) < _OPENED:
            bare.append(folder / name)
    if not found and not pictures and not others:
        found = sum(one.is_file() and kind_of(loose.read_head(one)) is not None for one in bare)
    return found > pictures
