"""Whether most of what lies at a path is of a kind: of a file by what it begins with, else by the names inside."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import archives, entry_names, file_lists, loose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES = 2_000
"""Names that are looked at: enough to tell sounds with a cover picture from pictures with a jingle."""


def holds(
    path: Path,
    head: bytes,
    are_such: Callable[[Iterator[str], Path | None], bool],
    is_such: Callable[[Path, bytes], bool],
) -> bool:
    """Whether there is such a file, or a folder, archive or list that holds more of them than of others.

    are_such: of names, and the folder that they are in, if it is one; is_such: of a file that begins so. What can't be
    read holds none; whatever reads it says why.
    """
    try:
        if path.is_dir():
            return are_such(_in_folder(path), path)
        if file_lists.is_list(path, head):
            listed = file_lists.listed(path)[:NAMES]
            return any(one.exists() and holds(one, _head(one), are_such, is_such) for one in listed)
        if archives.is_zip(head):
            with zipfile.ZipFile(path) as archive:
                return are_such((name for _, name in entry_names.named(archive)), None)
        if archives.is_tar(path, head):
            return are_such(_in_tar(path), None)
        return is_such(path, head)
    except (DatasetError, *archives.BROKEN, NotImplementedError, ValueError):
        return False


def _head(path: Path) -> bytes:
    return b"" if path.is_dir() else loose.read_head(path)


def _in_folder(path: Path) -> Iterator[str]:
    """The names of all files below a folder, from there on."""
    for base, _, names in loose.walk(path, lambda _: None):
        inside_path = Path(base).relative_to(path)
        yield from (str(inside_path / name) for name in names)


def _in_tar(path: Path) -> Iterator[str]:
    """The names of the files in a tar archive, as far as it can be read."""
    with archives.opened_tar(path) as archive:
        try:
            while (member := archive.next()) is not None:
                if member.isfile() and not loose.is_clutter(member.name):
                    yield entry_names.of_tar(member.name)
        except tarfile.TarError:
            return
