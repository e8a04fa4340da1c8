"""Files that are written whole or not at all: aside, synced to the disk, renamed."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

_OPEN_ALREADY = ("/dev", "/dev/fd", "/proc/self/fd")
"""Where names stand for devices, and for what the program has open, such as its output."""
_LONGEST = 200  # bytes
_NEVER_REPLACED = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a disk",
    stat.S_IFSOCK: "a socket",
}


def write_aside(
    path: Path, content: str | bytes | memoryview, *, durable: bool = True, mode: int | None = None
) -> None:
    """Write a file so that a crash or a full disk leaves the old one or the new one, never half of it. Raises OSError.

    A text is written as UTF-8 with the line ends that it has. durable: a power cut leaves no half of it, either. A link
    is replaced and not followed; what is no file, such as a device, is never replaced. mode: who may read and write it,
    where the system has that; None: as with any new file.
    """
    aside = _aside(path)
    _check_replaceable(path)
    try:
        aside.unlink(missing_ok=True)  # left by a crash, or a link that somebody put there: never written through
        with aside.open("xb") as file:
            if mode is not None and os.name == "posix":
                with suppress(OSError):  # a disk that keeps no modes, such as a memory card
                    os.fchmod(file.fileno(), mode)
            file.write(_bytes(content))
            file.flush()
            if durable:
                os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise


def write_out(path: Path, content: str | bytes | memoryview) -> None:
    """Write a file that somebody named: as ``write_aside`` does, but where they led it to. Raises OSError.

    A link stays, and the file that it leads to is written; whoever might read the file before may read the new one. A
    pipe that is read and a device such as /dev/null are written into; a disk and a socket never are.
    """
    path, before = _led_to(path)
    if _takes_in(path, before):
        _pour(path, _bytes(content))
    else:
        write_aside(path, content, mode=None if before is None else before & 0o777)


def check_out(path: Path) -> None:
    """Find out whether ``write_out`` can write there, before what is to be written is made. Raises OSError.

    Pipes and devices are not tried: whoever reads from a pipe would take that for its end.
    """
    path, before = _led_to(path)
    if _takes_in(path, before):
        return
    if path.is_dir():
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    aside = _aside(path)
    aside.unlink(missing_ok=True)
    aside.open("xb").close()
    aside.unlink()


def _led_to(path: Path) -> tuple[Path, int | None]:
    """Where what somebody named leads to, and the mode of what is there; None: nothing. Raises OSError."""
    path = Path(os.path.abspath(path))  # not resolved: a link may stand for what is open
    try:
        before = path.stat().st_mode
    except FileNotFoundError:  # or a link to what is not there yet
        before = None
    kind = stat.S_IFREG if before is None else stat.S_IFMT(before)
    if kind in (stat.S_IFBLK, stat.S_IFSOCK):
        raise OSError(errno.EINVAL, f"is {_NEVER_REPLACED[kind]}, into which no file is written", os.fspath(path))
    follow = path.is_symlink() and not _takes_in(path, before)
    return Path(os.path.realpath(path)) if follow else path, before


def _takes_in(path: Path, mode: int | None) -> bool:
    """Whether content is written into what is there, and takes no place."""
    kind = stat.S_IFREG if mode is None else stat.S_IFMT(mode)
    return kind in (stat.S_IFIFO, stat.S_IFCHR) or os.fspath(path.parent) in _OPEN_ALREADY


def _aside(path: Path) -> Path:
    """Where a file is written before it takes its place."""
    return path.with_name(f".{_end_of(path.name)}.new")


def _end_of(name: str) -> str:
    """As much of a name's end as leaves room for more: systems count its bytes, of which a character may have four."""
    while len(os.fsencode(name)) > _LONGEST:
        name = name[1:]
    return name


def _bytes(content: str | bytes | memoryview) -> bytes | memoryview:
    return content.encode() if isinstance(content, str) else content


def _check_replaceable(path: Path) -> None:
    try:
        kind = stat.S_IFMT(path.lstat().st_mode)
    except OSError:  # there is nothing, or what is wrong is told when it is written
        return
    if kind in _NEVER_REPLACED:
        raise OSError(errno.EINVAL, f"is {_NEVER_REPLACED[kind]}, whose place no file takes", os.fspath(path))


def _pour(path: Path, content: bytes | memoryview) -> None:
    """Write into what is there already. Opened so that a pipe which nobody reads is told, and not waited for."""
    waits = getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | waits)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        raise OSError(errno.ENXIO, "nobody reads from it: start the program that does first", os.fspath(path)) from None
    with open(descriptor, "wb") as file:
        if waits:
            os.set_blocking(descriptor, True)
        file.write(content)
