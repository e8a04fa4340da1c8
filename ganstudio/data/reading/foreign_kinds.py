"""Files that are often dropped and hold no data: what they begin with, and what to do about them."""

from __future__ import annotations

import re

_PICKLE = "is a Python pickle, which is not loaded as it can run any code; save the array with numpy.save"


_PAGE = "is a web page, perhaps where a download was refused; fetch the file itself"


_COMPRESSED = "is a compressed file, not an archive of images; unpack it first"


# What a file begins with that is none of these, at which offset, and what to do about it.
FOREIGN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"version https://git-lfs", "only points to a file that Git LFS keeps; fetch that with: git lfs pull"),
    (0, b"<!DOCTYPE html", _PAGE),
    (0, b"<!doctype html", _PAGE),
    (0, b"<html", _PAGE),
    (4, b"ftypheic", "is a HEIC photograph, which can't be read here; save it as JPEG or PNG"),
    (4, b"ftypheix", "is a HEIC photograph, which can't be read here; save it as JPEG or PNG"),
    (4, b"ftypmif1", "is a HEIF photograph, which can't be read here; save it as JPEG or PNG"),
    (0, b"OggS", "is Ogg of a kind that can't be read here; save a sound as WAV, FLAC, MP3 or Ogg Vorbis"),
    (0, b"%PDF", "is a PDF document; save its pictures as images in a folder"),
    (0, b"7z\xbc\xaf\x27\x1c", "is a 7z archive; unpack it and drop the folder, or pack it as zip"),
    (0, b"Rar!", "is a RAR archive; unpack it and drop the folder, or pack it as zip"),
    (0, b"\x28\xb5\x2f\xfd", "is compressed with zstd; unpack it first, or pack it as zip"),
    (0, b"SQLite format 3", "is a database; save its columns as CSV"),
    (0, b"\x80\x02", _PICKLE),
    (0, b"\x80\x03", _PICKLE),
    (0, b"\x80\x04", _PICKLE),
    (0, b"\x80\x05", _PICKLE),
    (0, b"\x1f\x8b", _COMPRESSED),
    (0, b"\xfd7zXZ", _COMPRESSED),
    (0, b"BZh", _COMPRESSED),
)


ABC = ".abc"
MIDI_INSTEAD = "can't be read here; turn its tunes into MIDI, as abc2midi does, and drop those"
_TUNE, _KEY = re.compile(rb"^X:[ \t]*\d+[ \t]*\r?$", re.MULTILINE), re.compile(rb"^K:", re.MULTILINE)
"""The number of a tune, and its key: where one follows the other a text is ABC notation."""


PACKED_DOCUMENTS = {
    "[Content_Types].xml": "is an Office document; save tables as CSV and pictures as images in a folder",
    "META-INF/manifest.xml": "is an office document; save tables as CSV and pictures as images in a folder",
    "data.pkl": "is a PyTorch file, which holds weights rather than data; save an array with numpy.save",
}


def is_abc(head: bytes) -> bool:
    """Whether a text begins as one of tunes in ABC notation does."""
    tune = _TUNE.search(head)
    return tune is not None and _KEY.search(head, tune.end()) is not None


def foreign(head: bytes) -> str | None:
    """What a file that begins like this is, and what to do about it; None where it may be data."""
    if is_abc(head):
        return f"is ABC notation, which {MIDI_INSTEAD}"
    return next((verdict for offset, magic, verdict in FOREIGN if head[offset:].startswith(magic)), None)
