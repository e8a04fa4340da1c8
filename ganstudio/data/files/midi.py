"""MIDI files: which notes which voice plays, and the meter. Read with mido, which is loaded on first use."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator

MIDI = (".mid", ".midi", ".kar", ".rmi", ".smf")
"""How their names end."""
LARGEST = 2**20
"""Bytes of a file: a symphony takes some 300,000."""
MOST_TICKS = 2**31
"""Of a file's length: beyond that its times are no music."""
SHORTEST_BAR, LONGEST_BAR = 0.5, 64.0
"""Quarters of a bar: what a damaged file tells of others is no meter."""
_DRUMS = 9
"""The channel of percussion, counted from 0: what it plays has no pitch."""
_RIFF_HEAD = 20


class UnreadableMidi(ValueError):
    """A file that can't be read as MIDI; the message continues a sentence that begins with its name."""


@dataclass(frozen=True, eq=False)
class Voice:
    """What a channel of a track plays. notes (n, 3): start and end, in ticks, and pitch, in order of start.

    Of notes that begin together the highest comes first. track, channel: counted from 1.
    """

    track: int
    channel: int
    notes: npt.NDArray[np.int64]

    @property
    def overlaps(self) -> float:
        """Share of the notes that begin before the one before has ended, by more than a tenth of its length."""
        if len(self.notes) < 2:
            return 0.0
        start, end = self.notes[:, 0], self.notes[:, 1]
        return float(((end[:-1] - start[1:]) > 0.1 * (end - start)[:-1]).mean())


@dataclass(frozen=True, kw_only=True, eq=False)
class Score:
    """What a file says. quarter: ticks of one. meters: from which tick on a bar has how many quarters."""

    quarter: int
    voices: tuple[Voice, ...]
    meters: tuple[tuple[int, float], ...]


def is_midi(head: bytes) -> bool:
    """Whether a file that begins so is a MIDI file, as it is or inside RIFF."""
    return head.startswith(b"MThd") or (head.startswith(b"RIFF") and head[8:12] == b"RMID")


def read_score(data: bytes) -> Score:
    """The notes in the bytes of a MIDI file. Raises UnreadableMidi, and DatasetError where mido is missing."""
    if not is_midi(data):
        raise UnreadableMidi("is no MIDI file")
    if len(data) > LARGEST:
        raise UnreadableMidi(f"has {len(data) / 1e6:.1f} MB, more than the {LARGEST / 1e6:.0f} MB that are read of one")
    if data.startswith(b"RIFF"):
        data = data[_RIFF_HEAD:]
    if len(data) >= 14 and data[12] & 0x80:
        raise UnreadableMidi("counts its time in frames of a film, not in beats: there is no bar to tell")
    try:
        from mido import MidiFile
        from mido.midifiles.meta import KeySignatureError
    except ImportError:
        raise DatasetError("to read MIDI files: python -m pip install mido") from None
    try:
        file: Any = MidiFile(file=io.BytesIO(data), clip=True)
    except EOFError:
        raise UnreadableMidi("is damaged: it ends before what it tells of does") from None
    except KeySignatureError:
        raise UnreadableMidi("is damaged: it tells of a key that there is none of") from None
    except (OSError, ValueError, LookupError, TypeError, struct.error):
        raise UnreadableMidi("is damaged: what is between its notes can't be read") from None
    if file.type == 2:
        raise UnreadableMidi("holds several pieces that have nothing to do with each other (MIDI's format 2)")
    if file.ticks_per_beat < 1:
        raise UnreadableMidi("is damaged: it has no ticks to a beat")
    return _score_of(file)


def _score_of(file: Any) -> Score:
    voices, meters = [], {0: 4.0}
    for number, track in enumerate(file.tracks, start=1):
        found: dict[int, list[tuple[int, int, int]]] = {}
        open_: dict[tuple[int, int], int] = {}
        now = 0
        for message in track:
            now += int(message.time)
            if now > MOST_TICKS:
                raise UnreadableMidi("is damaged: it lasts for days")
            if message.type == "time_signature":
                quarters = 4.0 * message.numerator / message.denominator
                if SHORTEST_BAR <= quarters <= LONGEST_BAR:  # else the bars go on as they were
                    meters[now] = quarters
            elif message.type in ("note_on", "note_off") and message.channel != _DRUMS:
                key = message.channel, message.note
                begun = open_.pop(key, None)
                if begun is not None and now > begun:
                    found.setdefault(message.channel, []).append((begun, now, message.note))
                if message.type == "note_on" and message.velocity:
                    open_[key] = now
        voices += list(_voices(number, found))
    return Score(quarter=int(file.ticks_per_beat), voices=tuple(voices), meters=tuple(sorted(meters.items())))


def _voices(track: int, found: dict[int, list[tuple[int, int, int]]]) -> Iterator[Voice]:
    for channel, notes in sorted(found.items()):
        in_order = sorted(notes, key=lambda note: (note[0], -note[2]))
        yield Voice(track, channel + 1, np.array(in_order, np.int64))
