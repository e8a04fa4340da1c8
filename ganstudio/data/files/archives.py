"""Zip and tar archives, read where they lie: nothing is unpacked to disk."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import entry_names, loose
from ganstudio.data.files.loose import Source, printable
from ganstudio.data.watching import still_wanted, while_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ganstudio.data.skips import Skips

BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError)
"""What reading damaged archives raises."""
_LEAP = 16 * 2**20
"""Bytes of a stream that are passed over at one go."""
_COMPRESSIONS: dict[bytes, Callable[[Path], io.BufferedIOBase]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
    b"BZh": bz2.BZ2File,
}


def is_zip(head: bytes) -> bool:
    """Whether a file that begins so is a zip archive."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_tar(path: Path, head: bytes) -> bool:
    """Whether the file is a tar archive, compressed or not; a damaged compressed one is told by its name."""
    if not any(head.startswith(magic) for magic in _COMPRESSIONS):
        return _is_tar_header(head)
    try:
        with _decompressed(path, head) as file:
            return _is_tar_header(file.read(512))
    except BROKEN:
        return bool({".tar", ".tgz", ".txz", ".tbz2"} & {one.lower() for one in path.suffixes[-2:]})


def _is_tar_header(head: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")  # checks its checksum
    except tarfile.TarError:
        return False
    return True


def _decompressed(path: Path, head: bytes) -> io.BufferedIOBase:
    for magic, opener in _COMPRESSIONS.items():
        if head.startswith(magic):
            return opener(path)
    return path.open("rb")


def opened_zip(path: Path) -> zipfile.ZipFile:
    """A zip archive by its list of contents. Raises DatasetError where that can't be read."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise DatasetError(f'"{path.name}" is a damaged or cut short zip archive; fetch or pack it again') from error


@contextmanager
def open_zip(path: Path, skips: Skips, largest: int | None = None) -> Iterator[Source]:
    """A zip archive's files, up to so many bytes each. Raises DatasetError where it is damaged or holds too many."""
    with opened_zip(path) as archive:
        if len(archive.infolist()) > loose.MAX_MEMBERS:
            raise loose.too_many(path)
        named = [(one, name) for one, name in entry_names.named(archive) if name]
        for _ in range(len(archive.infolist()) - len(named)):
            skips.add(path.name, "has an entry without a name")
        members = [
            (one, name) for one, name in named if not entry_names.is_folder(one, name) and not loose.is_clutter(name)
        ]
        if members and all(one.flag_bits & 1 for one, _ in members):
            raise DatasetError(f'"{path.name}" is encrypted; unpack it with its password and drop the folder')
        if sum(one.file_size for one, _ in members) > loose.MAX_TOTAL_BYTES:
            raise loose.too_much(path)
        yield Source(total=len(members), files=_zip_files(archive, members, skips, largest))


def _zip_files(
    archive: zipfile.ZipFile, members: list[tuple[zipfile.ZipInfo, str]], skips: Skips, largest: int | None
) -> Iterator[tuple[str, bytes]]:
    for member, name in while_wanted(members, 1):
        kind = stat.S_IFMT(member.external_attr >> 16)
        reason = loose.refusal(name, member.file_size, largest)
        if kind not in (0, stat.S_IFREG):
            reason = "is a link, not a file"
        elif member.flag_bits & 1:
            reason = "is encrypted"
        data = b""
        if not reason:
            try:
                data = archive.read(member)  # never more than file_size bytes, whatever is packed in it
            except NotImplementedError:
                reason = "is packed in a way that can't be read here"
            except (*BROKEN, ValueError):
                reason = "is damaged in the archive"
        if reason:
            skips.add(printable(name), reason)
        else:
            yield printable(name), data


class _Guarded(io.BufferedIOBase):
    """A stream that refuses to be read beyond the limits: a tar's headers may claim any length for themselves."""

    def __init__(self, path: Path, stream: io.BufferedIOBase, largest: int | None) -> None:
        self._path, self._stream, self._largest = path, stream, largest or loose.MAX_MEMBER_BYTES

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or not 0 <= size <= self._largest:
            raise loose.too_much(self._path)
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        if offset > loose.MAX_TOTAL_BYTES:
            raise loose.too_much(self._path)
        if whence == os.SEEK_SET:  # a compressed one unpacks all that lies between
            for place in while_wanted(range(self._stream.tell() + _LEAP, offset, _LEAP), 1):
                self._stream.seek(place)
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()


@contextmanager
def opened_tar(path: Path, largest: int | None = None) -> Iterator[tarfile.TarFile]:
    """A tar archive, compressed or not, that can't be read beyond the limits. Raises DatasetError."""
    with _decompressed(path, loose.read_head(path)) as stream:
        try:
            archive = tarfile.open(fileobj=_Guarded(path, stream, largest), mode="r:")  # noqa: SIM115  (closed below)
        except BROKEN as error:
            raise DatasetError(f'"{path.name}" is a damaged or cut short tar archive; fetch it again') from error
        with archive:
            yield archive


@contextmanager
def open_tar(path: Path, skips: Skips, largest: int | None = None) -> Iterator[Source]:
    """A tar archive's files, up to so many bytes each. Raises DatasetError where it is damaged or holds too many."""
    with opened_tar(path, largest) as archive:
        yield Source(total=0, files=_tar_files(path, archive, skips, largest))


def _tar_files(path: Path, archive: tarfile.TarFile, skips: Skips, largest: int | None) -> Iterator[tuple[str, bytes]]:
    seen = 0
    while True:
        still_wanted()
        try:
            member = archive.next()
            if member is None:
                return
            seen += 1
            if seen > loose.MAX_MEMBERS:
                raise loose.too_many(path)
            if member.isdir() or loose.is_clutter(member.name):
                continue
            name = entry_names.of_tar(member.name)
            reason = loose.refusal(name, member.size, largest)
            if not member.isreg() or member.issparse():
                reason = "is a link or a device, not a file"
            content = None if reason else archive.extractfile(member)
            data = content.read() if content else b""
        except BROKEN:
            skips.add(path.name, f"is damaged or cut short after {seen:,} entries")
            return
        if reason:
            skips.add(printable(name), reason)
        else:
            yield printable(name), data
