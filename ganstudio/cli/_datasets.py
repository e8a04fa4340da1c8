"""The verb ``datasets``: the card of what lies at a path; what can be fetched, and fetching it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from ganstudio.cli._cards import as_lines, as_values
from ganstudio.cli._terminal import LINE_SECONDS, TERMINAL_SECONDS, clock, say, shown, to_json
from ganstudio.modalities import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def look(arguments: argparse.Namespace) -> int:
    """Print the card of what lies at the path; without one, list what can be fetched."""
    if arguments.path is None:
        return _known()
    from ganstudio.data.reading.reading import Watch, read

    progress = Progress(quiet=arguments.quiet)

    class Told(Watch):
        def progress(self, done: int, total: int) -> None:
            progress.files(done, total)

    try:
        card, _ = read(arguments.path, watch=Told())
    finally:
        progress.close()
    say(to_json(as_values(card)) if arguments.json else "\n".join(map(shown, as_lines(card))))
    return 0


def _known() -> int:
    from ganstudio.data import limits
    from ganstudio.data.cache import entries as cache
    from ganstudio.data.known.known import is_here
    from ganstudio.data.published.weights import fetchable

    for one in fetchable().values():
        say(f"{one.name}  {one.title}, {one.cost}, {one.licence}{', already here' if is_here(one) else ''}")
    if sys.stderr is not None:
        sys.stderr.write(f"{limits.sentence()}, of which {cache.total_bytes() / 1e9:.1f} GB are used.\n")
    return 0


def get(arguments: argparse.Namespace) -> int:
    """Fetch a dataset into the program's folder; the result is that folder."""
    from ganstudio.data.published.fetching import fetch
    from ganstudio.data.published.weights import fetchable

    wanted = fetchable()[arguments.name]
    progress = Progress(quiet=arguments.quiet)
    progress.note(f"{wanted.title}: {wanted.licence}; {wanted.citation}")
    try:
        folder = fetch(wanted, mirror=arguments.mirror, progress=progress.bytes)
    finally:
        progress.close()
    say(str(folder))
    return 0


class Progress:
    """How much is there: a line that is written over on a terminal, else a line every few seconds."""

    def __init__(self, *, quiet: bool) -> None:
        self._stream = None if quiet else sys.stderr
        self._over = self._stream is not None and self._stream.isatty()
        self._began = self._shown = time.monotonic()
        self._width = 0

    def bytes(self, done: int, total: int) -> None:
        """So many bytes are there."""
        self._show(lambda _seconds: f"{done / 1e6:.1f} of {total / 1e6:.1f} MB")

    def files(self, done: int, total: int) -> None:
        """So many files were read; total: 0 while it is unknown."""

        def text(seconds: float) -> str:
            rate = done / seconds
            if not total:
                return f"{counted(done, 'file')}  {rate:,.0f} files/s"
            return f"{done:,} of {counted(total, 'file')}  {rate:,.0f} files/s  {clock((total - done) / rate)} left"

        self._show(text)

    def note(self, text: str) -> None:
        """A line of its own."""
        if self._stream is not None:
            self._stream.write(text + "\n")

    def close(self) -> None:
        """Leave the line that is written over."""
        if self._width and self._stream is not None:
            self._stream.write("\n")
            self._width = 0

    def _show(self, text_after: Callable[[float], str]) -> None:
        now = time.monotonic()
        if self._stream is None or now - self._shown < (TERMINAL_SECONDS if self._over else LINE_SECONDS):
            return
        self._shown = now
        text = text_after(now - self._began)
        self._stream.write(f"\r{text:<{self._width}}" if self._over else f"{text}\n")
        self._stream.flush()
        self._width = len(text) if self._over else 0
