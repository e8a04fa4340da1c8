"""Files of arrays and tables out of an archive, unpacked where their readers find them: these need a file on disk.

Each archive has a folder of its own under ``datasets/unpacked``, written aside and renamed. Only what is data by its
name is unpacked, under its own name; no link, and nothing outside that folder. Like what was prepared it makes room
when it was not used for longest, and is unpacked again from where the archive lay. What is held is never removed.

    datasets/unpacked/KEY.json    where the archive lay
    datasets/unpacked/KEY/        .used, and a folder called as the archive
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from ganstudio.data import limits
from ganstudio.data.cache import entries as cache
from ganstudio.data.cache.storing import RESERVE
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import archives, entry_names, inside, loose
from ganstudio.data.files.fingerprint import fingerprint, key_of
from ganstudio.data.locks import Hold
from ganstudio.experiment.places import place_of, text_of
from ganstudio.system.writing import write_aside

if TYPE_CHECKING:
    import zipfile
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
    """The folder in which the archive's data lie, held while this program runs, or reads the next few archives.

    Raises DatasetError where there is no room for them.
    """
    entry = cache.unpacked_folder() / _key(path)
    folder = entry / (_safe(path.name.split(".")[0] or path.name) or ["data"])[0]
    if not folder.is_dir():
        _unpack_aside(path, entry, folder.name)
        told = json.dumps({"archive": text_of(path.absolute())})
        with suppress(OSError):  # it then can't be unpacked again by itself
            write_aside(entry.with_suffix(".json"), told)
    _hold(entry)
    return folder


def at_hand(path: Path) -> None:
    """Hold what a path means that lies in what was unpacked, and unpack it again where it had to make room."""
    found = _entry_of(path)
    if found is None:
        return
    if not path.exists() and (archive := _archive_of(found)) is not None and archive.exists():
        with suppress(DatasetError):  # what reads the path says that nothing is there
            if _key(archive) == found.name:
                unpacked(archive)
                return
    _hold(found)


def told_of(path: Path) -> str:
    """A note on where a path lies that is in what was unpacked; empty for others."""
    found = _entry_of(path)
    if found is None:
        return ""
    archive = _archive_of(found)
    of = f' from "{archive.name}"' if archive is not None else ""
    return f'unpacked{of} to "{text_of(found)}", as long as there is room under {limits.CACHE}'


def _key(path: Path) -> str:
    """The same for the same archive of the same name, by which people know what is in it."""
    return key_of(fingerprint(path), {"unpacked": text_of(path.name)})[:16]


def _entry_of(path: Path) -> Path | None:
    try:
        return cache.unpacked_folder() / path.relative_to(cache.unpacked_folder()).parts[0]
    except (ValueError, IndexError):
        return None


def _archive_of(entry: Path) -> Path | None:
    try:
        return place_of(json.loads(loose.read_head(entry.with_suffix(".json"), 2**16))["archive"])
    except (DatasetError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _hold(entry: Path) -> None:
    try:
        _held(entry, entry.stat().st_ino)
        (entry / cache.USED).touch()
    except OSError:
        return  # a place that can't be written serves all the same


@lru_cache(maxsize=4)
def _held(entry: Path, _which: int) -> Hold:
    return Hold(entry, alone=False)


def _unpack_aside(path: Path, entry: Path, name: str) -> None:
    hold = None
    try:
        _held.cache_clear()  # what this program looked at before may make room
        entry.parent.mkdir(parents=True, exist_ok=True)
        cache.make_room()
        aside = Path(tempfile.mkdtemp(prefix=".being-written-", dir=entry.parent))
        try:
            hold = Hold(aside, alone=True)
            size = _unpack(path, aside / name)
            cache.make_room(size)
            if size + cache.total_bytes() > limits.cache_bytes():
                raise _no_room(path)
            (aside / cache.USED).touch()
            hold.release()  # Windows renames no folder while a file in it is open
            os.rename(aside, entry)
        finally:
            if hold is not None:
                hold.release()
            shutil.rmtree(aside, ignore_errors=True)
    except archives.BROKEN as error:
        if (entry / name).is_dir():  # another program was faster
            return
        if isinstance(error, OSError) and error.errno is not None:
            raise DatasetError(f'"{path.name}" can\'t be unpacked in "{entry.parent}": {error.strerror}') from error
        raise DatasetError(f'"{path.name}" is damaged or cut short; fetch or pack it again') from error


def _unpack(path: Path, folder: Path) -> int:
    """Unpack what is data into a folder that is made for it; return how many bytes it is."""
    folder.mkdir()
    on_disk = shutil.disk_usage(folder).free - RESERVE
    room = min(limits.cache_bytes(), on_disk)
    size = 0
    for name, stream in _members(path, loose.read_head(path)):
        target = folder.joinpath(*_safe(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            while part := stream.read(_PORTION):
                size += len(part)
                if size > room:
                    raise _full(path, folder.parent.parent) if on_disk < limits.cache_bytes() else _no_room(path)
                file.write(part)
    return size


def _full(path: Path, cache: Path) -> DatasetError:
    return DatasetError(
        f'"{path.name}" unpacks to more than there is room for on the disk of "{cache}", of which '
        f"{RESERVE / 1e9:.1g} GB stay free; make room there, or unpack it yourself elsewhere and drop the folder"
    )


def _no_room(path: Path) -> DatasetError:
    return DatasetError(
        f'"{path.name}" unpacks to more than there is room for; unpack it yourself and drop the folder, or set '
        f"{limits.CACHE} to more"
    )


def _safe(name: str) -> list[str]:
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("..", "/", ".")]
    return [loose.printable(part).replace(":", "_")[:200] for part in parts]


def _names(path: Path, head: bytes) -> Iterator[str]:
    if archives.is_zip(head):
        with archives.opened_zip(path) as archive:
            yield from (name for one, name in entry_names.named(archive) if _is_file(one, name) and _counts(name))
        return
    with archives.opened_tar(path) as tar:
        while (member := tar.next()) is not None:
            if member.isreg() and _counts(member.name):
                yield entry_names.of_tar(member.name)


def _members(path: Path, head: bytes) -> Iterator[tuple[str, IO[bytes]]]:
    if archives.is_zip(head):
        with archives.opened_zip(path) as archive:
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
    return bool(name) and not loose.is_clutter(name)
