"""Sounds: where they come from."""

from __future__ import annotations

from typing import Literal

from ganstudio.experiment._base import Spec, knob


class NotesSpec(Spec):
    """Notes of a scale, made by a formula: their pitch, brightness, attack and decay are known, as truth for measures.

    Eight pitches from C4 to C5; partial h is b^(h - 1) times as strong as the first, for a brightness b.
    """

    kind: Literal["notes"] = "notes"
    representation: Literal["frequency", "wave"] = knob(
        "frequency",
        "What networks see: how loud each frequency is and how its phase turns, or the wave itself, as in 2016",
    )
    count: int = knob(2_000, "Notes to train on", unit="sounds", ge=10, le=20_000, log=True)
    seed: int = knob(0, "Seed that the notes are made from", ge=0, le=2**32 - 1)
    brightness: float = knob(0.3, "Furthest that the brightness is from its middle, 0.6", ge=0, le=0.35)
    attack: float = knob(80.0, "Longest attack; the shortest takes 5", unit="milliseconds", ge=5, le=200)
    decay: float = knob(8.0, "Fastest decay; the slowest is 1.5", unit="per second", ge=1.5, le=30)
    family: bool = knob(False, "Half of the notes have the odd partials alone, as a clarinet's low ones do")
    onset: float = knob(0.0, "Latest beginning of a note", unit="milliseconds", ge=0, le=250)
    held_out: int = knob(512, "Further notes, kept aside for measures", unit="sounds", ge=0, le=5_000)
