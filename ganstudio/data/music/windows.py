"""From the notes of a file to windows of a melody in eighths: which voice, on which grid, in which key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.modalities.music import SCALE
from ganstudio.scalars import percent

if TYPE_CHECKING:
    from ganstudio.data.files.midi import Score, Voice
    from ganstudio.experiment import MidiSpec
    from ganstudio.modalities import Melody

    Symbols = npt.NDArray[np.int8]

LONGEST = 2**14
"""Eighths of a tune: some two thousand bars."""
_ALONE = 0.1
"""Share of the notes that may begin while another sounds, where one note is played at a time."""
_FEWEST = 8
"""Notes of a voice that may be a melody."""
_TONICS = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_OF_QUARTER = 2


class NoTune(ValueError):
    """A score without a tune; the message continues a sentence that begins with its name."""


class OffGrid(NoTune):
    """A tune whose notes begin off the eighths too often."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Tune:
    """A melody (t,) in symbols. track: which it was of how many voices. tonic: of its major key before it was moved.

    bars: at which steps bars begin. meter: quarters of its first bar.
    """

    symbols: Symbols
    track: int
    voices: int
    tonic: str
    bars: tuple[int, ...]
    meter: float


def tune_of(score: Score, spec: MidiSpec, modality: Melody) -> Tune:
    """The melody of a score. Raises NoTune, and OffGrid, which is one."""
    voices = [voice for voice in score.voices if len(voice.notes)]
    if not voices:
        raise NoTune("has no notes")
    voice = _melody(voices, spec.track)
    notes = voice.notes
    step = score.quarter / _OF_QUARTER
    places = notes[:, :2] / step
    off = float((np.abs(places[:, 0] - np.rint(places[:, 0])) > 1e-6).mean())
    if off > spec.off_grid:
        raise OffGrid(f"has {percent(off, 0)} of its notes off the eighths")
    if places[:, 1].max() > LONGEST:
        raise NoTune(f"lasts for more than {LONGEST:,} eighths")
    shift = _to_c_major(notes[:, 2]) if spec.transpose else 0
    pitches = _folded(notes[:, 2] + shift, modality)
    starts = np.rint(places[:, 0]).astype(np.int64)
    ends = np.maximum(np.rint(places[:, 1]).astype(np.int64), starts + 1)
    bars, meter = _bars(score, step, int(ends.max()))
    return Tune(
        symbols=_symbols(starts, ends, pitches, modality),
        track=voice.track,
        voices=len(voices),
        tonic=_TONICS[-shift % 12],
        bars=bars,
        meter=meter,
    )


def windows_of(tune: Tune, spec: MidiSpec, modality: Melody) -> list[Symbols]:
    """Windows (steps,) from each bar line on that fit into the tune, whose last bar may be short, with enough notes."""
    found = []
    last = round(tune.bars[-1] + tune.meter * _OF_QUARTER) if tune.bars else 0
    missing = np.full(max(last - len(tune.symbols), 0), modality.rest, np.int8)
    symbols = np.concatenate([tune.symbols, missing])
    for start in tune.bars:
        window = symbols[start : start + modality.steps].copy()
        if len(window) < modality.steps:
            break
        if window[0] == modality.hold:  # a note that goes over the bar line begins with the window
            told = np.flatnonzero(tune.symbols[:start] != modality.hold)
            window[0] = tune.symbols[told[-1]] if len(told) else modality.rest
        if (window < modality.pitches).sum() >= spec.least_notes:
            found.append(window)
    return found


def _melody(voices: list[Voice], track: str) -> Voice:
    if track == "first":
        return voices[0]
    if track == "most_notes":
        return max(voices, key=lambda voice: len(voice.notes))
    if track == "highest":
        return max(voices, key=lambda voice: float(np.median(voice.notes[:, 2])))
    alone = [voice for voice in voices if len(voice.notes) >= _FEWEST and voice.overlaps <= _ALONE]
    return alone[0] if alone else max(voices, key=lambda voice: len(voice.notes) * (1 - voice.overlaps))


def _to_c_major(pitches: npt.NDArray[np.int64]) -> int:
    """By how many semitones most notes come into the scale; the least of those."""
    counts = np.bincount(pitches % 12, minlength=12)

    def of_scale(shift: int) -> int:
        return int(sum(counts[(degree - shift) % 12] for degree in SCALE))

    return max(range(-6, 6), key=lambda shift: (of_scale(shift), -abs(shift), shift))


def _folded(pitches: npt.NDArray[np.int64], modality: Melody) -> npt.NDArray[np.int64]:
    """Pitches above the lowest: all moved by the octaves that most of them are in reach with, the rest one by one."""
    above = pitches - modality.lowest

    def inside(octaves: int) -> int:
        moved = above + 12 * octaves
        return int(((moved >= 0) & (moved < modality.pitches)).sum())

    moved = above + 12 * max(range(-6, 7), key=lambda octaves: (inside(octaves), -abs(octaves)))
    low, high = moved < 0, moved >= modality.pitches
    folded: npt.NDArray[np.int64] = np.where(low, moved % 12, moved)
    return np.where(high, modality.pitches - 12 + moved % 12, folded)


def _symbols(
    starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], pitches: npt.NDArray[np.int64], modality: Melody
) -> Symbols:
    symbols = np.full(int(ends.max()), modality.rest, np.int8)
    last = -1
    for start, end, pitch in zip(starts.tolist(), ends.tolist(), pitches.tolist(), strict=True):
        if start == last:  # the highest of those that begin together came first
            continue
        symbols[start] = pitch
        symbols[start + 1 : end] = modality.hold
        if last >= 0 and end < len(symbols):  # what the note before would have held on for is over
            behind = symbols[end:]
            held = behind == modality.hold
            behind[: int(np.argmin(held)) if not held.all() else len(held)] = modality.rest
        last = start
    return symbols


def _bars(score: Score, step: float, steps: int) -> tuple[tuple[int, ...], float]:
    """At which steps bars begin, where they begin on one; and the meter that most of the tune has."""
    edges = [*(tick / step for tick, _ in score.meters), float(steps)]
    found: list[int] = []
    lengths: dict[float, float] = {}
    for (_, quarters), begin, end in zip(score.meters, edges[:-1], edges[1:], strict=True):
        length = quarters * _OF_QUARTER
        lengths[quarters] = lengths.get(quarters, 0.0) + max(min(end, steps) - begin, 0.0)
        count = min(int(max(min(end, steps) - begin, 0) / length) + 1, LONGEST)
        at = begin + length * np.arange(count)
        at = at[(at < min(end, steps)) & (np.abs(at - np.rint(at)) < 1e-6)]
        found += np.rint(at).astype(int).tolist()
    return tuple(sorted(set(found))), max(lengths, key=lambda quarters: lengths[quarters])
