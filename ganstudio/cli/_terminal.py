"""What people see in a terminal: results, warnings, a progress bar. A program without a console says nothing."""

from __future__ import annotations

import io
import json
import math
import os
import re
import shlex
import shutil
import sys
import time
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

TERMINAL_SECONDS = 0.1
LINE_SECONDS = 5.0
_JOINERS = "\u200c\u200d"


class UsageError(ValueError):
    """A command line that can't be carried out; the message says why and what would be right."""


def write_anything() -> None:
    """From now on what the terminal's encoding lacks is written escaped, as names of files may hold any letters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def shown(text: str) -> str:
    """A text on one line, with every character escaped that a terminal would obey rather than show.

    The names of files, classes and runs are somebody else's: they may hold a colour, a bell, a line of their own or a
    mark that turns the text round.
    """
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    # isprintable counts every blank but the space as not to be printed, and the joiners that scripts and emoji need.
    if character.isprintable() or character in _JOINERS or unicodedata.category(character) == "Zs":
        return character
    return character.encode("unicode_escape").decode("ascii")


def quoted(path: Path) -> str:
    """A path as a word of a command line that somebody may copy."""
    text = str(path)
    if os.name == "nt":
        return f'"{text}"' if re.search(r"[^\w.:\\-]", text) else text
    return shlex.quote(text)


def say(text: str) -> None:
    """Print a result, of one or several lines."""
    if sys.stdout is not None:
        sys.stdout.write("\n".join(map(shown, text.split("\n"))) + "\n")


def warn(text: str) -> None:
    """Print one line for people to standard error."""
    _tell(f"ganstudio: {shown(' '.join(text.split()))}\n")


def note(text: str) -> None:
    """Say on standard error what is being done, a line each."""
    _tell(f"{shown(text)}\n")


def _tell(text: str) -> None:
    if sys.stderr is not None:
        with suppress(OSError):  # a terminal that was closed meanwhile: what is being done goes on
            sys.stderr.write(text)
            sys.stderr.flush()


def to_json(values: Mapping[str, Any], *, indent: int | None = None) -> str:
    """One JSON object; numbers that aren't finite become null, because JSON has no NaN."""
    return json.dumps(_finite(values), indent=indent, allow_nan=False, default=str)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def number(value: float | None) -> str:
    """A measured number for people, ``-`` where there is none."""
    return "-" if value is None or not math.isfinite(value) else f"{value:.3f}"


class Progress:
    """A bar on a terminal; a plain line every few seconds where standard error is none."""

    def __init__(self, *, quiet: bool) -> None:
        self._stream = None if quiet else sys.stderr
        self._bar = self._stream is not None and self._stream.isatty()
        self._shown = -math.inf
        self._open_line = False

    def update(self, step: int, total: int, *, rate: float, d_loss: float, g_loss: float, last: bool = False) -> None:
        """Show where training stands, as far as it is time. rate: steps a second, 0 when not known."""
        now = time.monotonic()
        if not last and now - self._shown < (TERMINAL_SECONDS if self._bar else LINE_SECONDS):
            return
        self._shown = now
        left = f"{clock((total - step) / rate)} left" if rate > 0 else "-"
        text = f"{step:,}/{total:,}  {rate:.1f} it/s  {left}  D {number(d_loss)}  G {number(g_loss)}"
        if not self._bar:
            self._write(text + "\n")
            return
        width = shutil.get_terminal_size().columns - 1
        room = width - len(text) - 3
        if room >= 10:
            done = min(room, room * step // max(1, total))
            text = f"[{'=' * done}{' ' * (room - done)}] {text}"
        self._write("\r" + text[:width].ljust(width))
        self._open_line = True

    def note(self, text: str) -> None:
        """A line of its own, that the bar doesn't overwrite."""
        self.close()
        self._write(shown(text) + "\n")

    def close(self) -> None:
        """Leave the bar's line."""
        if self._open_line:
            self._open_line = False
            self._write("\n")

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            # Nobody watches any more, the pipe's reader or the terminal is gone; that is no reason to stop training.
            self._stream = None


def clock(seconds: float) -> str:
    """A duration for people: 0:07, 12:34 or 1:02:03."""
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes}:{whole:02}"
