"""A file's text: its encoding, and what of it can't be read."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import encodings, loose
from ganstudio.data.files.loose import read_head
from ganstudio.data.watching import still_wanted, while_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_BYTES = 1 << 28
UNKNOWN = "�"
"""Stands for words that are too rare to be known, and for what can't be read."""
_UNSEEN = re.compile("[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff]")
"""Signs that nobody sees: controls, soft hyphens, spaces without a width. What parts words or lines is none."""
_PARTED = re.compile("[ \n]")
_PORTION = 1 << 20
"""Letters that are made plain at one go."""
_MIXED = 0.2
"""Share of the lines beyond ASCII that are UTF-8 from which on the others are a second encoding's."""


class Text(NamedTuple):
    """A text, NFC. encoding: its name, one of ``encodings.CODECS``; notes: what is to be told of it, for people."""

    text: str
    encoding: str
    notes: tuple[str, ...]


def text_of(path: Path, encoding: str) -> Text:
    """The text of a file. encoding: "auto", or its name. Raises DatasetError."""
    try:
        loose.check_regular(path)
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise DatasetError(
                f'"{path.name}" has {size / 1e6:,.0f} MB, and a text may have {MOST_BYTES / 1e6:,.0f}: take a part'
            )
        data = path.read_bytes()
        name = encodings.of_file(path, read_head(path)) if encoding == "auto" else encoding
    except OSError as error:
        raise DatasetError(f'"{path.name}" cannot be read: {error.strerror or error}') from None
    still_wanted()
    text, notes = None, []
    if encoding == "auto" and not name.startswith("utf-16") and (mixed := _of_two(data)) is not None:
        text, name, told = mixed
        notes.append(told)
    if text is None:
        text = data.decode(encodings.CODECS[name], "replace")
        if unread := text.count(UNKNOWN) - data.count(UNKNOWN.encode()):
            signs = "sign" if unread == 1 else "signs"
            if unread > 0:
                notes.append(f"{unread:,} {signs} can't be read as {encodings.TITLES[name]}, and stand as {UNKNOWN}")
    text, unseen = _plain(text)
    if unseen:
        notes.append(f"{unseen:,} signs that can't be seen, such as controls and NUL, are left out")
    return Text(text, name, tuple(notes))


def _plain(text: str) -> tuple[str, int]:
    """A text, NFC, without the signs that nobody sees, and how many of these there were."""
    parts, unseen = [], 0
    for part in while_wanted(_portions(text), 1):
        seen, gone = _UNSEEN.subn("", part)
        parts.append(unicodedata.normalize("NFC", seen))
        unseen += gone
    return "".join(parts), unseen


def _portions(text: str) -> Iterator[str]:
    """A text in parts that end behind a space or a line's end, which no sign behind them is composed with."""
    start = 0
    while start < len(text):
        parted = _PARTED.search(text, start + _PORTION)
        end = parted.end() if parted else len(text)
        yield text[start:end]
        start = end


def _of_two(data: bytes) -> tuple[str, str, str] | None:
    """A text some lines of which are UTF-8 and others of an older encoding; None where it is in one.

    Files that were put together from several are so.
    """
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    else:
        return None
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    beyond = [place for place, line in enumerate(while_wanted(lines)) if not line.isascii()]
    others = [place for place in while_wanted(beyond) if not _is_utf8(lines[place])]
    if len(beyond) - len(others) < max(2, _MIXED * len(beyond)):
        return None
    second = encodings.likeliest(word[:200] for place in others for word in lines[place].split() if not word.isascii())
    if second == "utf-8":  # a few bytes are damaged
        return None
    elsewhere = set(others)
    codec = encodings.CODECS[second]
    text = "\n".join(
        line.decode(codec, "replace") if place in elsewhere else line.decode()
        for place, line in enumerate(while_wanted(lines))
    )
    many = "1 line is" if len(others) == 1 else f"{len(others):,} lines are"
    return text, "utf-8", f"{many} not in UTF-8 as the others, and read as {encodings.TITLES[second]}"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
