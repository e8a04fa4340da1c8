"""The verb ``datasets``: what can be fetched, and fetching it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from ganstudio.cli._terminal import LINE_SECONDS, TERMINAL_SECONDS, say

if TYPE_CHECKING:
    import argparse


def known(arguments: argparse.Namespace) -> int:
    """List the datasets that can be fetched, a line each."""
    from ganstudio.data.known import is_here
    from ganstudio.data.weights import fetchable

    for one in fetchable().values():
        say(f"{one.name}  {one.title}, {one.megabytes:.1f} MB, {one.licence}{', already here' if is_here(one) else ''}")
    return 0


def get(arguments: argparse.Namespace) -> int:
    """Fetch a dataset into the program's folder; the result is that folder."""
    from ganstudio.data.fetching import fetch
    from ganstudio.data.weights import fetchable

    wanted = fetchable()[arguments.name]
    progress = _Bytes(quiet=arguments.quiet)
    progress.note(f"{wanted.title}: {wanted.licence}; {wanted.citation}")
    try:
        folder = fetch(wanted, mirror=arguments.mirror, progress=progress.update)
    finally:
        progress.close()
    say(str(folder))
    return 0


class _Bytes:
    """How much is there: a line that is written over on a terminal, else a line every few seconds."""

    def __init__(self, *, quiet: bool) -> None:
        self._stream = None if quiet else sys.stderr
        self._over = self._stream is not None and self._stream.isatty()
        self._shown = time.monotonic()
        self._open_line = False

    def update(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self._stream is None or now - self._shown < (TERMINAL_SECONDS if self._over else LINE_SECONDS):
            return
        self._shown = now
        text = f"{done / 1e6:.1f} of {total / 1e6:.1f} MB"
        self._stream.write(f"\r{text}" if self._over else f"{text}\n")
        self._stream.flush()
        self._open_line = self._over

    def note(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(text + "\n")

    def close(self) -> None:
        if self._open_line and self._stream is not None:
            self._stream.write("\n")
