"""Datasets that the program does not bring, fetched from where they are published once somebody has agreed to it.

Nothing here happens by itself. Only the standard library, only HTTP, and only files whose length and checksum are
known before: what a mirror sends beside that is never kept.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import io
import os
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ganstudio.data.errors import DatasetError
from ganstudio.data.known import known

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ganstudio.data.known.known import KnownDataset, KnownFile

Progress = Callable[[int, int], None]
"""Called with (bytes there, bytes in all). What it raises ends the download; what is there by then is kept."""

MIRROR = "GANSTUDIO_MIRROR"
"""The environment variable that names a mirror to be used in place of the published ones."""
TIMEOUT = 30.0
"""Seconds without one byte after which a mirror is given up."""
PATIENCE = 60.0
"""Seconds over which a mirror must send ``LEAST`` bytes a second, or is given up: one that drips would never end."""
LEAST = 2_000
ATTEMPTS = 3
"""How often a mirror may break off before the next is asked."""

_CHUNK = 2**16
_NO_WAY = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EHOSTDOWN})
_TROUBLE = (urllib.error.URLError, http.client.HTTPException, OSError)  # a timeout is an OSError


class FetchError(DatasetError):
    """A dataset that could not be fetched; the message says from where, why, and what can be done."""


class _MirrorError(Exception):
    """Why one mirror is of no use for one file."""


class _NoWayError(_MirrorError):
    """No network leads to the mirror."""


def fetch(
    wanted: KnownDataset,
    *,
    mirror: str | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
    timeout: float = TIMEOUT,
) -> Path:
    """Fetch what is not there yet, and return the folder that holds the dataset's files.

    mirror: address of the folder to take the files from; without it ``GANSTUDIO_MIRROR``, else the published mirrors
    in turn. A download that was broken off goes on where it stopped. A file appears under its name only when its
    length and SHA-256 are right.
    Raises FetchError when no mirror gives a file, or the folder can't be written.
    """
    bases = _bases(wanted, mirror)
    folder = folder or known.folder_of(wanted)
    done, total = 0, sum(file.bound for file in wanted.files)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in wanted.files:
            if not is_whole(folder / file.name, file):
                _fetch_file(bases, folder, file, _shifted(progress, done, total), timeout)
            done += _length(folder / file.name)
            total += _length(folder / file.name) - file.bound  # where the size was not known before
            if progress:
                progress(done, total)
    except PermissionError as error:
        raise FetchError(
            f'"{folder}" can\'t be written ({error.strerror}); set GANSTUDIO_HOME to a folder of yours'
        ) from error
    return folder


def is_whole(path: Path, file: KnownFile) -> bool:
    """Whether ``path`` holds the very bytes that ``file`` describes."""
    return path.is_file() and file.size in (None, path.stat().st_size) and _checksum(path) == file.sha256


def _is_address(base: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(base)
    except ValueError:  # such as a bracket that is not closed
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _bases(wanted: KnownDataset, mirror: str | None) -> tuple[str, ...]:
    given = mirror or os.environ.get(MIRROR)
    bases = (given,) if given else wanted.mirrors
    for base in bases:
        if not _is_address(base):
            named = "" if mirror else f"{MIRROR} names "
            raise FetchError(f"{named}{base}: no address to fetch from; it should begin with https:// or http://")
    return tuple(base.rstrip("/") + "/" for base in bases)


def _shifted(progress: Progress | None, done: int, total: int) -> Callable[[int], None]:
    """Progress of one file, told as the progress of all."""
    return lambda here: progress(done + here, total) if progress else None


def _fetch_file(
    bases: tuple[str, ...], folder: Path, file: KnownFile, progress: Callable[[int], None], timeout: float
) -> None:
    part = folder / (file.name + ".part")
    reasons, is_offline = [], True
    for base in bases:
        try:
            _fetch_from(base + file.name, part, file, progress, timeout)
        except _MirrorError as error:
            reasons.append(f"{base}: {error}")
            is_offline = is_offline and isinstance(error, _NoWayError)
            continue
        os.replace(part, folder / file.name)
        return
    if is_offline:
        hosts = " and ".join(dict.fromkeys(urllib.parse.urlsplit(base).hostname or base for base in bases))
        raise FetchError(
            f"{file.name} could not be fetched: no network leads from here to {hosts}; connect this computer to the "
            f'internet and try again, or put the file into "{folder}" by hand'
        )
    raise FetchError(
        f"{file.name} could not be fetched ({'; '.join(reasons)}); try again later, name another mirror, "
        f'or put the file into "{folder}" by hand'
    )


def _fetch_from(url: str, part: Path, file: KnownFile, progress: Callable[[int], None], timeout: float) -> None:
    """The whole of a file into ``part``, asking again where the connection breaks off. Raises _MirrorError."""
    for _ in range(2):
        went_on = _length(part) > 0
        _fill(url, part, file, progress, timeout)
        if _checksum(part) == file.sha256:
            return
        part.unlink()
        if not went_on:  # else what was there before may be to blame, and it begins anew
            break
    raise _MirrorError("it sends other bytes than those published (wrong checksum)")


def _fill(url: str, part: Path, file: KnownFile, progress: Callable[[int], None], timeout: float) -> None:
    """Bytes into ``part`` until there are as many as there should be. Raises _MirrorError."""
    why = ""
    for _ in range(ATTEMPTS):
        try:
            _download(url, part, file, progress, timeout)
        except urllib.error.HTTPError as error:
            error.close()
            raise _MirrorError(f"it answers {error.code} {error.reason}") from error
        except PermissionError:
            raise  # of our own folder; no other mirror mends it
        except _TROUBLE as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, socket.gaierror) or getattr(reason, "errno", None) in _NO_WAY:
                raise _NoWayError("no network leads there") from error
            why = str(getattr(error, "reason", "") or error) or type(error).__name__
        else:
            if file.size is None:
                return  # the checksum tells whether that was all
        if file.size is not None and _length(part) >= file.size:
            return
    of_all = f" of {file.size:,}" if file.size is not None else ""
    raise _MirrorError(f"{why or 'it broke off'}, with {_length(part):,}{of_all} bytes")


def _download(url: str, part: Path, file: KnownFile, progress: Callable[[int], None], timeout: float) -> None:
    """Append what is missing to ``part``, as far as the connection lasts. Raises one of _TROUBLE or _MirrorError."""
    have = _length(part)
    if have >= file.size if file.size is not None else have and _checksum(part) == file.sha256:
        return  # broken off before it was checked
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.build_opener(_Http, _Https).open(request, timeout=timeout) as answer:
        goes_on = answer.status == 206 and (answer.headers.get("Content-Range") or "").startswith(f"bytes {have}-")
        if have and not goes_on:
            have = 0  # a mirror that can't go on begins anew
        with part.open("ab" if have else "wb") as out:
            for chunk in _chunks(answer):
                have += len(chunk)
                if have > file.bound:
                    published = "published" if file.size is not None else "that it may have"
                    raise _MirrorError(f"it sends more than the {file.bound:,} bytes {published}")
                out.write(chunk)
                progress(have)
        if file.size is None and answer.length:  # else the length of what came tells
            raise http.client.IncompleteRead(b"", answer.length)


class _Paced(io.RawIOBase):
    """What a server sends, which must not come too slowly; what it says of itself before a file counts too."""

    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream = stream
        self._came, self._since = 0, time.monotonic()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        count = self._stream.readinto(buffer)
        self._came += count or 0
        took = time.monotonic() - self._since
        if took >= PATIENCE:
            if self._came < LEAST * took:
                raise _MirrorError(f"it sends only {self._came / took:,.0f} bytes a second")
            self._came, self._since = 0, time.monotonic()
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_Paced(self.fp.detach()))


class _Connection(http.client.HTTPConnection):
    response_class = _Answer


class _SafeConnection(http.client.HTTPSConnection):
    response_class = _Answer


class _Http(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, request)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SafeConnection, request)


def _chunks(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while chunk := answer.read1(_CHUNK):
        yield chunk


def _length(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
