"""Which kind of sound a file is, by what it begins with; and how long a WAV file is whose header can't be trusted."""

from __future__ import annotations

import struct

SOUNDS = (
    ".wav", ".wave", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".aifc", ".au", ".snd", ".caf", ".w64",
    ".rf64", ".m4a", ".aac", ".wma",
)  # fmt: skip
"""How the names of sounds end."""

_BEGINNINGS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"fLaC", "FLAC"),
    (8, b"WAVE", "WAV"),
    (8, b"AIFF", "AIFF"),
    (8, b"AIFC", "AIFF"),
    (0, b"riff\x2e\x91\xcf\x11", "WAV"),  # Sony's Wave64
    (28, b"\x01vorbis", "Ogg Vorbis"),
    (28, b"OpusHead", "Opus"),
    (28, b"\x7fFLAC", "FLAC in Ogg"),
    (28, b"Speex   ", "Speex"),
    (0, b".snd", "AU"),
    (0, b"caff", "CAF"),
    (4, b"ftypM4A", "AAC"),
    (4, b"ftypM4B", "AAC"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media"),
)
_MP3_BITRATES, _MP3_RATES = range(1, 15), range(3)
_MOST_TAGS, _MOST_CHUNKS = 16, 4_096
"""What is walked over at most, as nobody writes more and a damaged file may seem to have millions."""
_ENOUGH = 4_096  # bytes that tell a kind
_UNKNOWN = (0, 0x7FFFFFFF, 0x7FFFF000, 0xFFFFFFFF)
"""Lengths that a recorder writes before it knows."""


def kind_of(head: bytes) -> str | None:
    """The kind of sound that a file is which begins so; None: it is none. 128 bytes are enough, but behind ID3 tags."""
    at = 0
    for _ in range(_MOST_TAGS):
        if not head.startswith(b"ID3", at):
            break
        at += _tag_length(head[at : at + 10])
    if not at:
        return _kind_of(head)
    return _kind_of(head[at : at + _ENOUGH]) or "MP3"


def _kind_of(head: bytes) -> str | None:
    if head.startswith((b"RIFF", b"RIFX", b"RF64", b"FORM")) and head[8:12] not in (b"WAVE", b"AIFF", b"AIFC"):
        return None
    for offset, magic, kind in _BEGINNINGS:
        if head[offset:].startswith(magic) and (offset != 28 or head.startswith(b"OggS")):
            return kind
    if _is_adts(head):
        return "AAC"
    return "MP3" if _is_mp3(head) else None


def is_sound(name: str) -> bool:
    """Whether a file is a sound, by its name."""
    return name.lower().endswith(SOUNDS)


def _tag_length(head: bytes) -> int:
    length = 0
    for byte in head[6:10]:
        length = length << 7 | byte & 127
    return length + 10


def _is_adts(head: bytes) -> bool:
    return len(head) > 6 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0 and head[2] >> 2 & 15 < 13


def _is_mp3(head: bytes) -> bool:
    """Whether a frame of MPEG's layer II or III begins here, and another where that one ends."""
    length = _frame_length(head)
    behind = head[length : length + 4] if length else b""
    return bool(length) and (len(behind) < 4 or _frame_length(behind) > 0)


def _frame_length(header: bytes) -> int:
    """Of the frame that begins so, in bytes; 0 where none does. Only layer III, as nobody keeps others."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or layer != 1 or bitrate not in _MP3_BITRATES or rate not in _MP3_RATES:
        return 0
    table = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
    low = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
    hertz = (44_100, 48_000, 32_000)[rate] >> {3: 0, 2: 1, 0: 2}[version]
    kilobits = (table if version == 3 else low)[bitrate - 1]
    return (144 if version == 3 else 72) * kilobits * 1000 // hertz + padding


def with_length(data: bytes, kind: str) -> tuple[bytes, bool]:
    """The same with a length that fits, and whether the header tells of more than there is.

    A recorder that was switched off leaves 0 for the length; what lies behind that is sound all the same.
    """
    if kind != "WAV" or (found := data_chunk(data)) is None:
        return data, False
    at, length = found
    there = len(data) - at - 8
    fits = there if length == 0 and there > 1 else length
    told = struct.unpack_from("<I", data, 4)[0]
    if fits != length or told < min(at + fits, len(data) - 8):  # of the whole file it may be what stood before them
        whole = struct.pack("<I", len(data) - 8)
        data = data[:4] + whole + data[8 : at + 4] + struct.pack("<I", fits) + data[at + 8 :]
    return data, there < fits and fits not in _UNKNOWN


def data_chunk(data: bytes) -> tuple[int, int] | None:
    """Where the values of a WAV file begin, with their header, and the length that it tells; None where none do."""
    if not data.startswith(b"RIFF"):
        return None
    at = 12
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(data):
            break
        length = struct.unpack_from("<I", data, at + 4)[0]
        if data[at : at + 4] == b"data":
            return at, length
        at += 8 + length + length % 2
    return None
