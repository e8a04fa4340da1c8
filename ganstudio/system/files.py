"""Reading small files that anybody may have put there: regular ones only, up to a size, every fault in words.

A name in a folder may lead to a pipe that never answers, to a device without an end, or to gigabytes; whoever reads
a folder that is handed on from hand to hand reads its files through here.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


class FileFault(ValueError):
    """A file that can't be read; the message names it and says why."""


class FileMissing(FileFault):
    """There is no such file."""


def check_regular(path: Path, limit: int) -> int:
    """The size in bytes of a regular file, or of one that a link leads to; nothing is opened.

    Raises FileFault: it is no regular file, or has more than ``limit`` bytes; FileMissing: there is none.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise _fault(path, error) from None
    return _checked(path, found, limit)


def read_bytes(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most ``limit`` bytes.

    Raises FileFault and FileMissing as ``check_regular``, and where the system can't read it.
    """
    check_regular(path, limit)  # before it is opened: that alone may hang, or set a device to work
    # Should it be exchanged for a pipe just now, O_NONBLOCK keeps the opening from waiting. Windows has neither flag.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise _fault(path, error) from None
    with os.fdopen(descriptor, "rb") as file:
        try:
            size = _checked(path, os.fstat(descriptor), limit)
            # As many as there are: for as many as may be the memory would be taken at once. And one more, by which to
            # see whether it has grown since, or tells no size, as files under /proc.
            content = file.read(size + 1)
            if len(content) > size:
                content += file.read(limit - size)
        except OSError as error:
            raise _fault(path, error) from None
    if len(content) > limit:
        raise _too_large(path, len(content), limit)
    return content


def read_text(path: Path, limit: int) -> str:
    """The UTF-8 text of a regular file of at most ``limit`` bytes. Raises FileFault and FileMissing."""
    try:
        return read_bytes(path, limit).decode("utf-8")
    except UnicodeDecodeError:
        raise FileFault(f"{path}: not a text file: it holds bytes that are no UTF-8") from None


def _checked(path: Path, found: os.stat_result, limit: int) -> int:
    if not stat.S_ISREG(found.st_mode):
        kind = next((name for is_kind, name in _KINDS if is_kind(found.st_mode)), "something else")
        raise FileFault(f"{path}: not a regular file but {kind}")
    if found.st_size > limit:
        raise _too_large(path, found.st_size, limit)
    return found.st_size


def _too_large(path: Path, size: int, limit: int) -> FileFault:
    return FileFault(f"{path}: too large: {size:,} bytes or more, where such a file has at most {limit:,}")


def _fault(path: Path, error: Exception) -> FileFault:
    kind = FileMissing if isinstance(error, FileNotFoundError) else FileFault
    return kind(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}")
