"""Files of arrays and tables out of an archive, unpacked where their readers find them: these need a file on disk.

Each archive has a folder of its own under ``datasets/unpacked``, written aside and renamed. Only what is data by its
name is unpacked, under its own name; no link, and nothing outside that folder.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from ganstudio.data import limits
from ganstudio.data.cache.storing import RESERVE
from ganstudio.data.dataset import DatasetError
from ganstudio.data.files import archives, entry_names, inside
from ganstudio.data.files.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

_PORTION = 2**20
_LOOKED_AT = 1_000  # entries of an archive; one of arrays has few


def is_archive_of_data(path: Path, head: bytes) -> bool:
    """Whether an archive holds files of arrays or tables, and no pictures; by their names."""
    if path.is_dir() or not (archives.is_zip(head) or archives.is_tar(path, head)):
        return False
    names: list[str] = []
    try:
        for name in _names(path, head):
            if inside.is_picture(name) or len(names) > _LOOKED_AT:
                return False
            names.append(name)
    except (DatasetError, *archives.BROKEN):
        return False  # reading its images says what is wrong
    return any(inside.is_data(name) for name in names)


def unpacked(path: Path) -> Path:
    """The folder in which the archive's data lie. Raises DatasetError where there is no room for them."""
    folder = limits.home() / "datasets" / "unpacked" / fingerprint(path)[:16]
    if folder.is_dir():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".being-written-", dir=folder.parent))
        try:
            _unpack(path, aside)
            os.rename(aside, folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except archives.BROKEN as error:
        if folder.is_dir():  # another program was faster
            return folder
        if isinstance(error, OSError) and error.errno is not None:
            raise DatasetError(f'"{path.name}" can\'t be unpacked in "{folder.parent}": {error.strerror}') from error
        raise DatasetError(f'"{path.name}" is damaged or cut short; fetch or pack it again') from error
    return folder


def _unpack(path: Path, folder: Path) -> None:
    left = min(limits.cache_bytes(), shutil.disk_usage(folder).free - RESERVE)
    for name, stream in _members(path, archives.read_head(path)):
        target = folder.joinpath(*_safe(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            while part := stream.read(_PORTION):
                left -= len(part)
                if left < 0:
                    raise DatasetError(
                        f'"{path.name}" unpacks to more than there is room for; unpack it yourself and drop the '
                        f"folder, or set {limits.CACHE} to more"
                    )
                file.write(part)


def _safe(name: str) -> list[str]:
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("..", "/", ".")]
    return [archives.printable(part).replace(":", "_")[:200] for part in parts]


def _names(path: Path, head: bytes) -> Iterator[str]:
    if archives.is_zip(head):
        with zipfile.ZipFile(path) as archive:
            yield from (name for one, name in entry_names.named(archive) if _is_file(one, name) and _counts(name))
        return
    with archives.opened_tar(path) as tar:
        while (member := tar.next()) is not None:
            if member.isreg() and _counts(member.name):
                yield entry_names.of_tar(member.name)


def _members(path: Path, head: bytes) -> Iterator[tuple[str, IO[bytes]]]:
    if archives.is_zip(head):
        with zipfile.ZipFile(path) as archive:
            for one, name in entry_names.named(archive):
                if _is_file(one, name) and _counts(name) and inside.is_data(name):
                    if one.flag_bits & 1:
                        raise DatasetError(
                            f'"{path.name}" is encrypted; unpack it with its password and drop the folder'
                        )
                    with archive.open(one) as stream:
                        yield name, stream
        return
    with archives.opened_tar(path) as tar:
        while (member := tar.next()) is not None:
            content = tar.extractfile(member) if member.isreg() and not member.issparse() else None
            name = entry_names.of_tar(member.name)
            if content is not None and _counts(name) and inside.is_data(name):
                yield name, content


def _is_file(one: zipfile.ZipInfo, name: str) -> bool:
    return not entry_names.is_folder(one, name) and stat.S_IFMT(one.external_attr >> 16) in (0, stat.S_IFREG)


def _counts(name: str) -> bool:
    return bool(name) and not archives.is_clutter(name)
