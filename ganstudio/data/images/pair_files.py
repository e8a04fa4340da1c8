"""The files of a folder, a zip or a tar archive by name: listed, looked at here and there, and read one by one.

An archive is not unpacked. A zip's files are found by its list; a tar is read from its beginning each time.
"""

from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING

from ganstudio.data.files import archives, entry_names, loose
from ganstudio.data.files.sources import open_source
from ganstudio.data.skips import Skips
from ganstudio.data.watching import still_wanted
from ganstudio.system.files import FileFault, read_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_ASKED_EVERY = 256  # files between two questions whether it is still wanted


def is_container(path: Path) -> bool:
    """Whether a path is a folder, or a zip or tar archive by what it begins with. Raises DatasetError: unreadable."""
    if path.is_dir():
        return True
    head = loose.read_head(path)
    return archives.is_zip(head) or archives.is_tar(path, head)


def is_stream(path: Path) -> bool:
    """Whether files are found only by reading all before them, as in a tar archive."""
    return not path.is_dir() and not archives.is_zip(loose.read_head(path))


def names_in(path: Path) -> Iterator[str]:
    """The name of each file, with slashes, as ``open_source`` has it. Raises DatasetError for what can't be read."""
    for place, name in enumerate(_names(path)):
        if place % _ASKED_EVERY == 0:
            still_wanted()
        if place >= loose.MAX_MEMBERS:
            raise loose.too_many(path)
        if not loose.is_clutter(name):
            yield loose.printable(name)


def _names(path: Path) -> Iterator[str]:
    if path.is_dir():
        for folder, _, names in loose.walk(path, lambda _error: None):
            inside = os.path.relpath(folder, path).replace(os.sep, "/")
            yield from (name if inside == "." else f"{inside}/{name}" for name in names)
    elif archives.is_zip(loose.read_head(path)):
        with archives.opened_zip(path) as archive:
            yield from (name for one, name in entry_names.named(archive) if not entry_names.is_folder(one, name))
    else:
        try:
            with archives.opened_tar(path) as tar:
                while (member := tar.next()) is not None:
                    if member.isreg():
                        yield entry_names.of_tar(member.name)
        except archives.BROKEN:
            return  # cut short: what is before that can be read


def some_of(path: Path, wanted: Collection[str]) -> dict[str, bytes]:
    """The bytes of a few files by name; what can't be read is not among them. Raises DatasetError as ``names_in``."""
    if path.is_dir():
        return _of_folder(path, wanted)
    if archives.is_zip(loose.read_head(path)):
        return _of_zip(path, wanted)
    found: dict[str, bytes] = {}
    with open_source(path, Skips()) as source:
        for place, (name, data) in enumerate(source.files):
            if place % _ASKED_EVERY == 0:
                still_wanted()
            if name in wanted:
                found[name] = data
                if len(found) == len(wanted):
                    break
    return found


def _of_folder(path: Path, wanted: Collection[str]) -> dict[str, bytes]:
    found = {}
    for name in wanted:
        try:
            found[name] = read_bytes(path / name, loose.MAX_MEMBER_BYTES)
        except FileFault:
            continue
    return found


def _of_zip(path: Path, wanted: Collection[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    with archives.opened_zip(path) as archive:
        for one, name in entry_names.named(archive):
            known = loose.printable(name)
            if known in wanted and one.file_size <= loose.MAX_MEMBER_BYTES and not one.flag_bits & 1:
                try:
                    found[known] = archive.read(one)
                except (*archives.BROKEN, NotImplementedError, ValueError, zipfile.LargeZipFile):
                    continue
    return found
