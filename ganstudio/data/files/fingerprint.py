"""What tells the content of a file or folder from another's, without reading all of it."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import file_lists, loose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

WHOLE = 32 * 2**20
"""Files up to this long are read whole, which takes some hundredths of a second."""
_END = 2**20  # of a longer one so much of both ends
_PART = 2**18  # bytes that are hashed at once


def fingerprint(*paths: Path) -> str:
    """A word of 40 letters that is another when what lies at one of the paths is another.

    Of a file up to ``WHOLE`` all bytes count, so that a copy is the same. Of a longer one the length, the time it was
    changed, and the first and last megabyte: the last holds a zip archive's checksums of all that is in it. Of a
    folder the files' names, lengths and times; of files that were dropped together all of them. Where it lies, and
    what it is called, never counts.
    Raises DatasetError where there is nothing, or it may not be read.
    """
    digest = hashlib.sha256()
    for path in [one for named in paths for one in (named, *file_lists.behind(named))]:
        if path.is_dir():
            for line in sorted(_files(path)):
                digest.update(line)
        else:
            _add_file(digest, path)
    return digest.hexdigest()[:40]


def key_of(content: str, choices: Mapping[str, Any]) -> str:
    """The name of what is made of this content with these choices."""
    return hashlib.sha256(f"{content} {json.dumps(choices, sort_keys=True)}".encode()).hexdigest()[:40]


def _add_file(digest: hashlib._Hash, path: Path) -> None:
    digest.update(loose.read_head(path))  # says in words what is wrong
    try:
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            digest.update(b"%d" % facts.st_size)
            if facts.st_size <= WHOLE:
                part = memoryview(bytearray(_PART))
                while count := file.readinto(part):  # all at once would first have to be given memory
                    digest.update(part[:count])
                return
            digest.update(b" %d" % facts.st_mtime_ns + file.read(_END))
            file.seek(-_END, os.SEEK_END)
            digest.update(file.read(_END))
    except OSError as error:
        raise DatasetError(f'"{path.name}" can\'t be read: {error.strerror or error}') from error


def _files(path: Path) -> Iterator[bytes]:
    """A line for each file that counts; folders that can't be opened are told of when they are read."""
    top = os.fspath(path)
    for folder, _, names in loose.walk(path, lambda _: None):
        for name in names:
            try:
                facts = os.stat(os.path.join(folder, name))
            except OSError:
                continue
            inside = os.path.join(folder, name)[len(top) :].replace(os.sep, "/")
            yield b"%s\0%d\0%d\n" % (os.fsencode(inside), facts.st_size, facts.st_mtime_ns)
