"""Files that lie loose, singly or in folders, and how much of any file may be read, also of those in archives.

The limits keep what was made to do harm, or dropped by mistake, from filling the memory or the afternoon.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ganstudio.data.errors import DatasetError
from ganstudio.data.watching import still_wanted, while_wanted
from ganstudio.experiment.places import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ganstudio.data.skips import Skips

MAX_MEMBERS = 500_000
"""Entries of a folder or archive; their list alone takes some 300 MB. CelebA has 200,000."""
MAX_MEMBER_BYTES = 64 * 2**20
"""One file; a photograph of 100 million pixels is about that long, more than Pillow is let to decode."""
MAX_TOTAL_BYTES = 32 * 2**30
"""All that is read or decompressed; far above the data sets of a desktop, and minutes of reading."""

_PACKED = (".zip", ".tar", ".gz", ".tgz", ".xz", ".txz", ".bz2", ".tbz2", ".7z", ".rar", ".zst")
_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
}
_CLUTTER = {"__macosx", "thumbs.db", "desktop.ini"}


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


def is_clutter(name: str) -> bool:
    """Whether a file of this path is nobody's picture: hidden, or what systems leave behind in folders."""
    return any(
        (part.startswith(".") and part != "..") or part.lower() in _CLUTTER for part in PurePosixPath(name).parts
    )


def refusal(name: str, size: int, largest: int | None) -> str | None:
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


def too_many(path: Path) -> DatasetError:
    """What to say of what holds more than ``MAX_MEMBERS``."""
    return DatasetError(f'"{path.name}" holds more than {MAX_MEMBERS:,} files; choose a part of it')


def too_much(path: Path) -> DatasetError:
    """What to say of what would go beyond ``MAX_TOTAL_BYTES``."""
    return DatasetError(f'"{path.name}" unpacks to more than {MAX_TOTAL_BYTES / 2**30:.0f} GB; choose a part of it')


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
            raise too_many(path)
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
            reason = refusal(name, facts.st_size, largest) if stat.S_ISREG(facts.st_mode) else "is not a file"
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
