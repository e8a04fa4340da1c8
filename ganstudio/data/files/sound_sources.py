"""Whether sounds lie at a path: told by what a file begins with, and of folders and archives by the names in them."""

from __future__ import annotations

import tarfile
import zipfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import archives, entry_names, file_lists, inside
from ganstudio.data.files.sound_kinds import is_sound, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = 2_000
"""Names that are looked at: enough to tell sounds with a cover picture from pictures with a jingle."""
_OPENED = 16  # files without an ending that are looked into


def holds_sounds(path: Path, head: bytes) -> bool:
    """Whether there is a sound, or a folder, archive or list that holds more sounds than pictures.

    What can't be read holds none; whatever reads it says why.
    """
    try:
        if path.is_dir():
            return _are_sounds(in_folder(path), path)
        if file_lists.is_list(path, head):
            return any(one.exists() and holds_sounds(one, _head(one)) for one in file_lists.listed(path)[:_NAMES])
        if archives.is_zip(head):
            with zipfile.ZipFile(path) as archive:
                return _are_sounds(name for _, name in entry_names.named(archive))
        if archives.is_tar(path, head):
            return _are_sounds(in_tar(path))
        return kind_of(archives.read_head(path, 2**12)) is not None
    except (DatasetError, *archives.BROKEN, NotImplementedError, ValueError):
        return False


def _head(path: Path) -> bytes:
    return b"" if path.is_dir() else archives.read_head(path)


def _are_sounds(names: Iterator[str], folder: Path | None = None) -> bool:
    """Whether sounds are most of what has these names; folder: where they are, to look into those without an ending."""
    found = pictures = others = 0
    bare: list[Path] = []
    for name in islice(names, _NAMES):
        found += is_sound(name)
        pictures += inside.is_picture(name)
        others += inside.is_data(name)
        if folder is not None and not Path(name).suffix and len(bare) < _OPENED:
            bare.append(folder / name)
    if not found and not pictures and not others:
        found = sum(one.is_file() and kind_of(archives.read_head(one)) is not None for one in bare)
    return found > pictures


def in_folder(path: Path) -> Iterator[str]:
    """The names of all files below a folder, from there on."""
    for base, _, names in archives.walk(path, lambda _: None):
        inside_path = Path(base).relative_to(path)
        yield from (str(inside_path / name) for name in names)


def in_tar(path: Path) -> Iterator[str]:
    """The names of the files in a tar archive, as far as it can be read."""
    with archives.opened_tar(path) as archive:
        try:
            while (member := archive.next()) is not None:
                if member.isfile() and not archives.is_clutter(member.name):
                    yield entry_names.of_tar(member.name)
        except tarfile.TarError:
            return
