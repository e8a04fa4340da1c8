"""Where the program writes down what went wrong inside it. Nothing of it leaves the machine."""

from __future__ import annotations

import faulthandler
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_BYTES = 100_000
"""A log that has grown to this is put aside; two older ones are kept, so that all together stay below 300 kB."""


def log_folder(environment: Mapping[str, str] = os.environ, system: str = sys.platform) -> Path:
    """Where the platform keeps logs; ``GANSTUDIO_HOME/logs`` where that is set."""
    if home := environment.get("GANSTUDIO_HOME"):
        return Path(home).expanduser() / "logs"
    if system == "darwin":
        return Path.home() / "Library" / "Logs" / "GAN Studio"
    if system == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "GAN Studio" / "Logs"
    return Path(environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "ganstudio"


def log_file() -> Path:
    """What went wrong inside the window, with the place in the program."""
    return log_folder() / "ganstudio.log"


def crash_file() -> Path:
    """Where each thread was when the window or the training was ended by a fault of the machine's kind."""
    return log_folder() / "crashes.txt"


@contextmanager
def crashes_watched() -> Iterator[None]:
    """Have a crash of this process written down meanwhile, as far as the disk takes it."""
    path = crash_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MOST_BYTES:
            path.replace(path.with_name(f"{path.name}.1"))
        file = path.open("a", encoding="utf-8")
    except OSError:
        yield  # a disk that takes no log takes no run either, and that is told
        return
    with file:
        faulthandler.enable(file)
        try:
            yield
        finally:
            faulthandler.disable()
