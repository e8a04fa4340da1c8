"""Where the bytes of pictures come from: folders, zip and tar archives, single files. Nothing is unpacked to disk.

Limits keep an archive that was made to do harm, or dropped by mistake, from filling the memory or the afternoon.
"""

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
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import entry_names
from ganstudio.data.watching import still_wanted, while_wanted
from ganstudio.experiment.places import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ganstudio.data.skips import Skips

MAX_MEMBERS = 500_000
"""Entries of a folder or archive; their list alone takes some 300 MB. CelebA has 200,000."""
_LEAP = 16 * 2**20
"""Bytes of a stream that are passed over at one go."""
MAX_MEMBER_BYTES = 64 * 2**20
"""One file; a photograph of 100 million pixels is about that long, more than Pillow is let to decode."""
MAX_TOTAL_BYTES = 32 * 2**30
"""All that is read or decompressed; far above the data sets of a desktop, and minutes of reading."""

BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError)
"""What reading damaged archives raises."""
_PACKED = (".zip", ".tar", ".gz", ".tgz", ".xz", ".txz", ".bz2", ".tbz2", ".7z", ".rar", ".zst")
_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
}
_CLUTTER = {"__macosx", "thumbs.db", "desktop.ini"}
_COMPRESSIONS: dict[bytes, Callable[[Path], io.BufferedIOBase]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
    b"BZh": bz2.BZ2File,
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """Files to be tried, in fixed order: (name, bytes). total: how many there are; 0 where only the end tells."""

    total: int
    files: Iterator[tuple[str, bytes]]


def read_head(path: Path, length: int = 512) -> bytes:
    """The file's first bytes. Raises DatasetError when there is none, it is no file, or it may not be read."""
    try:
        check_regular(path)
        with path.open("rb") as file:
            return file.read(min(length, os.fstat(file.fileno()).st_size))  # so much is set aside before it is read
    except FileNotFoundError:
        raise DatasetError(f'there is nothing at "{path}"; it may have been moved or renamed') from None
    except PermissionError:
        raise DatasetError(f'"{path.name}" may not be read: you have no permission for it') from None
    except OSError as error:
        raise DatasetError(f'"{path.name}" can\'t be read: {error.strerror or error}') from error


def check_regular(path: Path) -> None:
    """Raise DatasetError where something is no file: a pipe would be waited for, and a device may have no end.

    Raises OSError where there is nothing.
    """
    kind = stat.S_IFMT(path.stat().st_mode)
    if kind != stat.S_IFREG:
        what = _KINDS.get(kind, "no file")
        raise DatasetError(f'"{path.name}" is {what}, not a file; save what comes from it as a file, and open that')


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


def is_clutter(name: str) -> bool:
    """Whether a file of this path is nobody's picture: hidden, or what systems leave behind in folders."""
    return any(
        (part.startswith(".") and part != "..") or part.lower() in _CLUTTER for part in PurePosixPath(name).parts
    )


def _refusal(name: str, size: int, largest: int | None) -> str | None:
    """Why a file should not be read at all."""
    largest = largest or MAX_MEMBER_BYTES
    if name.lower().endswith(_PACKED):
        return "is an archive inside; unpack it, or drop it by itself"
    if size > largest:
        return f"is larger than {largest / 2**20:.0f} MB"
    return None


def printable(name: str) -> str:
    """A file's name with what is no UTF-8 in it escaped, so that two names stay two."""
    return text_of(name).encode("utf-8", "backslashreplace").decode()  # and other lone surrogates, of archives


def _too_many(path: Path) -> DatasetError:
    return DatasetError(f'"{path.name}" holds more than {MAX_MEMBERS:,} files; choose a part of it')


def too_much(path: Path) -> DatasetError:
    """What to say of what would go beyond ``MAX_TOTAL_BYTES``."""
    return DatasetError(f'"{path.name}" unpacks to more than {MAX_TOTAL_BYTES / 2**30:.0f} GB; choose a part of it')


# --- folders and files ------------------------------------------------------------------------------------------------


@contextmanager
def open_file(path: Path, largest: int | None = None) -> Iterator[Source]:
    """A single file. Raises DatasetError where it is larger than so many bytes."""
    most, advice = (MAX_MEMBER_BYTES, "too large for one image") if largest is None else (largest, "cut it into parts")
    if path.stat().st_size > most:
        raise DatasetError(f'"{path.name}" is larger than {most / 2**20:.0f} MB, {advice}')
    yield Source(total=1, files=iter([(printable(path.name), read_head(path, most))]))


@contextmanager
def open_folder(path: Path, skips: Skips, largest: int | None = None) -> Iterator[Source]:
    """Files of a folder and its subfolders, up to so many bytes each. Raises DatasetError where there are too many."""
    found: list[str] = []

    def note(error: OSError) -> None:
        name = os.path.relpath(error.filename, path) if error.filename else path.name
        skips.add(printable(path.name if name == "." else name), f"can't be opened ({error.strerror})")

    for folder, subfolders, names in walk(path, note):
        for name in subfolders:
            if os.path.islink(os.path.join(folder, name)):  # passed by, so that none leads in circles
                inside = printable(os.path.relpath(os.path.join(folder, name), path))
                skips.add(inside, "is a link to a folder; drop that one")
        found += [os.path.join(folder, name) for name in names]
        if len(found) > MAX_MEMBERS:
            raise _too_many(path)
    yield Source(total=len(found), files=_folder_files(path, found, skips, largest))


def walk(path: Path, failed: Callable[[OSError], None]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each folder, from the outermost on, with the names of its folders and its files, sorted and without clutter.

    Not ``os.walk``, which on older Pythons goes no deeper than calls may be nested. failed: told of folders that can't
    be opened. Links to folders are listed and not followed.
    """
    waiting = [os.fspath(path)]
    while waiting:
        still_wanted()
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                listed = sorted((one.name, _is_folder(one)) for one in entries if not is_clutter(one.name))
        except OSError as error:
            failed(error)
            continue
        folders = [name for name, is_folder in listed if is_folder]
        yield folder, folders, [name for name, is_folder in listed if not is_folder]
        inside = [os.path.join(folder, name) for name in folders]
        waiting += reversed([one for one in inside if not os.path.islink(one)])


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _folder_files(path: Path, found: list[str], skips: Skips, largest: int | None) -> Iterator[tuple[str, bytes]]:
    read = 0
    for file in while_wanted(found, 1):
        name = printable(os.path.relpath(file, path).replace(os.sep, "/"))
        try:
            facts = os.stat(file)
            reason = _refusal(name, facts.st_size, largest) if stat.S_ISREG(facts.st_mode) else "is not a file"
            # No more than it is told to hold: what the system makes up, as under /proc, may have no end.
            data = b"" if reason else read_head(Path(file), facts.st_size)
        except OSError as error:
            reason, data = f"can't be read ({error.strerror})", b""
        except DatasetError as error:  # it was there a moment ago
            reason, data = f"can't be read ({error})", b""
        if reason:
            skips.add(name, reason)
            continue
        read += len(data)
        if read > MAX_TOTAL_BYTES:
            raise too_much(path)
        yield name, data


# --- zip --------------------------------------------------------------------------------------------------------------


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
        if len(archive.infolist()) > MAX_MEMBERS:
            raise _too_many(path)
        named = [(one, name) for one, name in entry_names.named(archive) if name]
        for _ in range(len(archive.infolist()) - len(named)):
            skips.add(path.name, "has an entry without a name")
        members = [(one, name) for one, name in named if not entry_names.is_folder(one, name) and not is_clutter(name)]
        if members and all(one.flag_bits & 1 for one, _ in members):
            raise DatasetError(f'"{path.name}" is encrypted; unpack it with its password and drop the folder')
        if sum(one.file_size for one, _ in members) > MAX_TOTAL_BYTES:
            raise too_much(path)
        yield Source(total=len(members), files=_zip_files(archive, members, skips, largest))


def _zip_files(
    archive: zipfile.ZipFile, members: list[tuple[zipfile.ZipInfo, str]], skips: Skips, largest: int | None
) -> Iterator[tuple[str, bytes]]:
    for member, name in while_wanted(members, 1):
        kind = stat.S_IFMT(member.external_attr >> 16)
        reason = _refusal(name, member.file_size, largest)
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


# --- tar --------------------------------------------------------------------------------------------------------------


class _Guarded(io.BufferedIOBase):
    """A stream that refuses to be read beyond the limits: a tar's headers may claim any length for themselves."""

    def __init__(self, path: Path, stream: io.BufferedIOBase, largest: int | None) -> None:
        self._path, self._stream, self._largest = path, stream, largest or MAX_MEMBER_BYTES

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or not 0 <= size <= self._largest:
            raise too_much(self._path)
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        if offset > MAX_TOTAL_BYTES:
            raise too_much(self._path)
        if whence == os.SEEK_SET:  # a compressed one unpacks all that lies between
            for place in while_wanted(range(self._stream.tell() + _LEAP, offset, _LEAP), 1):
                self._stream.seek(place)
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()


@contextmanager
def opened_tar(path: Path, largest: int | None = None) -> Iterator[tarfile.TarFile]:
    """A tar archive, compressed or not, that can't be read beyond the limits. Raises DatasetError."""
    with _decompressed(path, read_head(path)) as stream:
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
            if seen > MAX_MEMBERS:
                raise _too_many(path)
            if member.isdir() or is_clutter(member.name):
                continue
            name = entry_names.of_tar(member.name)
            reason = _refusal(name, member.size, largest)
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
