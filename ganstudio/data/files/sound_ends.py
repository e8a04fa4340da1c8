"""Whether a file of sound ends before its sound does: by what its header promises, and by how its last part ends.

WAV is told in ``sound_kinds``, as there a length has to be mended too.
"""

from __future__ import annotations

import struct

_OGG, _LAST_PAGE, _PAGE = b"OggS", 4, 2**16 + 300
_LATE = 2_400
"""Values that an MP3's decoder may leave out at both ends, as its coder padded them: two frames, and a little more."""


def is_cut_short(data: bytes, kind: str, count: int) -> bool:
    """Whether there should be more than what was decoded; count: values of a channel that were."""
    if data.startswith(_OGG):
        return not _has_last_page(data)
    promised = _PROMISES.get(kind, lambda _data: None)(data)
    if promised is None:
        return False
    return count + (_LATE if kind == "MP3" else 0) < promised


def _has_last_page(data: bytes) -> bool:
    """Whether an Ogg file ends with the page that says of itself that it is the last, and all of it is there."""
    at = data.rfind(_OGG, max(0, len(data) - _PAGE))
    if at < 0 or at + 27 > len(data):
        return False
    segments = data[at + 26]
    table = data[at + 27 : at + 27 + segments]
    return bool(data[at + 5] & _LAST_PAGE) and len(table) == segments and at + 27 + segments + sum(table) <= len(data)


def _of_flac(data: bytes) -> int | None:
    """Values of a channel by STREAMINFO, which stands first; 0 there: its coder did not know."""
    at = data.find(b"fLaC")
    if at < 0 or len(data) < at + 26 or data[at + 4] & 0x7F:
        return None
    return int.from_bytes(data[at + 18 : at + 26], "big") & (2**36 - 1) or None


def _of_aiff(data: bytes) -> int | None:
    at = data.find(b"COMM", 12, 2**16)
    return None if at < 0 or len(data) < at + 14 else struct.unpack_from(">I", data, at + 10)[0]


def _of_mp3(data: bytes) -> int | None:
    """Values of a channel by the first frame, where a coder wrote there how many follow (Xing, Info)."""
    head = data[: 2**20]
    at = max(head.find(b"Xing"), head.find(b"Info"))
    frame = head.rfind(b"\xff", max(0, at - 40), at) if at > 0 else -1
    if frame < 0 or len(data) < at + 12 or not data[at + 7] & 1:
        return None
    frames = struct.unpack_from(">I", data, at + 8)[0]
    return int(frames) * (1152 if data[frame + 1] >> 3 & 3 == 3 else 576)


def _of_au(data: bytes) -> int | None:
    """Bytes of values, over those of all channels together; where the header knows them."""
    if len(data) < 24:
        return None
    start, length, coding, _, channels = struct.unpack_from(">5I", data, 4)
    width = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}.get(coding)
    if width is None or length == 0xFFFFFFFF or not channels or start < 24:
        return None
    return int(length) // (width * int(channels))


_PROMISES = {"FLAC": _of_flac, "AIFF": _of_aiff, "MP3": _of_mp3, "AU": _of_au}
