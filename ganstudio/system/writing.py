"""Files that are written whole or not at all: aside, synced to the disk, renamed."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_aside(path: Path, content: str | bytes | memoryview, *, durable: bool = True) -> None:
    """Write a file so that a crash or a full disk leaves the old one or the new one, never half of it. Raises OSError.

    A text is written as UTF-8 with the line ends that it has. durable: a power cut leaves no half of it, either.
    """
    aside = path.with_name(f".{path.name[-200:]}.new")
    try:
        aside.unlink(missing_ok=True)  # left by a crash, or a link that somebody put there: never written through
        with aside.open("xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
