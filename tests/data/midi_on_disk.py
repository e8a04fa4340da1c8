"""MIDI files for tests, written byte by byte, so that they are right or wrong as asked."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

QUARTER = 480
EIGHTH = QUARTER // 2
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def varying(value: int) -> bytes:
    """A number as MIDI writes lengths."""
    found = [value & 127]
    while value := value >> 7:
        found.append(value & 127 | 128)
    return bytes(reversed(found))


def track(events: Iterable[tuple[int, bytes]]) -> bytes:
    """A track of (tick, message), with its end."""
    now, body = 0, b""
    for tick, message in sorted(events, key=lambda one: one[0]):
        body += varying(tick - now) + message
        now = tick
    body += b"\x00\xff\x2f\x00"
    return b"MTrk" + struct.pack(">I", len(body)) + body


def notes(pitches: Sequence[int], step: int = EIGHTH, *, channel: int = 0, start: int = 0, held: float = 1.0):
    """Events of notes one after another."""
    for place, pitch in enumerate(pitches):
        at = start + place * step
        yield at, bytes([0x90 | channel, pitch, 80])
        yield at + round(held * step), bytes([0x80 | channel, pitch, 0])


def meter(over: int, under: int, tick: int = 0) -> tuple[int, bytes]:
    """A time signature."""
    return tick, b"\xff\x58\x04" + bytes([over, under.bit_length() - 1, 24, 8])


def midi(*tracks: bytes, quarter: int = QUARTER) -> bytes:
    """A file of tracks."""
    return b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), quarter) + b"".join(tracks)


def tune(shift: int = 0, count: int = 64, **more: object) -> bytes:
    """A file of one voice that goes up and down the scale."""
    up_and_down = [SCALE[min(k % 14, 14 - k % 14)] + shift for k in range(count)]
    return midi(track(notes(up_and_down, **more)))
