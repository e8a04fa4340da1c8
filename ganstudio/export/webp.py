"""Animated WebPs of whole frames: each is packed by itself, and the container written around them.

Pillow's animation encoder tries for every frame what has changed, and takes twice the time.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ganstudio.modalities import Pixels

LARGEST = 16_383
"""Pixels to a side."""
_QUALITY = 85


def webp_of(frames: Sequence[Pixels], rate: float, told: Iterable[int] = ()) -> bytes:
    """A film that goes on and on, of frames (h, w, 1 or 3) of one size, so many a second; told: as of ``gif_of``."""
    height, width, _ = frames[0].shape
    sides = b"".join(struct.pack("<I", side - 1)[:3] for side in (width, height))
    parts = [_chunk(b"VP8X", bytes([0x02, 0, 0, 0]) + sides), _chunk(b"ANIM", struct.pack("<IH", 0xFFFFFFFF, 0))]
    progress, shown = iter(told), 0
    for index, frame in enumerate(frames):
        until = round(1000 * (index + 1) / rate)
        head = b"\0" * 6 + sides + struct.pack("<I", until - shown)[:3] + b"\x02"  # nothing of the one before shows
        parts.append(_chunk(b"ANMF", head + _packed(frame)))
        shown = until
        next(progress, None)
    whole = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _packed(frame: Pixels) -> bytes:
    """The chunks of one frame."""
    from PIL import Image

    image = Image.fromarray(frame[..., 0] if frame.shape[2] == 1 else frame)
    packed = io.BytesIO()
    image.save(packed, "WEBP", method=0, quality=_QUALITY)
    data = packed.getvalue()
    if data[12:16] == b"VP8X":  # with a header of its own, of which an animation takes none
        (length,) = struct.unpack("<I", data[16:20])
        return data[20 + length + length % 2 :]
    return data[12:]


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
