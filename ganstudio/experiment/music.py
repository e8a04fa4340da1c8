"""Music: where tunes come from, and G and D for them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob

Seen = Literal["symbols", "events"]
_SEEN = (
    "What networks see of a tune: symbols, one for each eighth; or events, a note as four real numbers, as C-RNN-GAN "
    "has them: its length, its pitch, how loud it is, how long after the one before it begins"
)


class FolkSpec(Spec):
    """Tunes of four bars, made by rules: in C major, on chords, with a repeated half and the tonic at the end.

    Each rule is known, as truth for measures. What single steps tell, chains of symbols learn as well; that a half
    comes again, and which note is last, only what sees a tune as a whole.
    """

    kind: Literal["folk"] = "folk"
    count: int = knob(2_000, "Tunes to train on", unit="tunes", ge=10, le=50_000, log=True)
    held_out: int = knob(1_000, "Further tunes, kept aside for measures", unit="tunes", ge=0, le=10_000)
    repeated: float = knob(0.7, "Share of the tunes whose last two bars are the first two again", ge=0, le=1)
    rests: float = knob(0.04, "Share of the notes, but the first of each bar, that are rests", ge=0, le=0.5)
    seed: int = knob(0, "Seed that the tunes are made from", ge=0, le=2**32 - 1)
    seen: Seen = knob("symbols", _SEEN)


class MidiSpec(Spec):
    """Melodies of MIDI files in a file, a folder, a zip or tar archive: windows of four bars in eighths, in C major."""

    kind: Literal["midi"] = "midi"
    path: str = Field(description="Folder, archive or file that holds the MIDI files", min_length=1)
    track: Literal["auto", "first", "most_notes", "highest"] = knob(
        "auto",
        "Which track or channel is the melody: the first that has notes, the one with most notes, or the highest; "
        "auto: the first that plays one note at a time, else the one with most notes and fewest together",
    )
    off_grid: float = knob(0.15, "A tune with a larger share of its onsets off the eighths is left out", ge=0, le=1)
    transpose: bool = knob(True, "Tunes are moved to C major, by the shift that has most of their notes in its scale")
    least_notes: int = knob(12, "A window of four bars with fewer notes is left out", unit="notes", ge=1, le=32)
    aside: float = knob(0.1, "Share of the tunes, not of their windows, that is kept aside for measures", ge=0, le=0.5)
    seen: Seen = knob("symbols", _SEEN)


class MelodyGeneratorSpec(Spec):
    """Fully connected layers that add up, then a symbol for each step: straight through. Fits tunes."""

    kind: Literal["melody"] = "melody"
    width: int = knob(256, "Units in each hidden layer", ge=1, le=4096)
    depth: int = knob(3, "Number of hidden layers", ge=1, le=12)


class MelodyDiscriminatorSpec(Spec):
    """Symbols as vectors, looked at as a whole and by convolutions of widths 3 and 5. Fits tunes."""

    kind: Literal["melody"] = "melody"
    width: int = knob(256, "Units in each hidden layer", ge=1, le=4096)
    embedding: int = knob(16, "Dimensions of the vector that a symbol becomes", ge=1, le=256)
    channels: int = knob(64, "Patterns that convolutions of each width look for", ge=1, le=1024)
    group: int = knob(
        8, "D also sees how much the samples of each group of so many differ, so that it notices collapse", ge=2, le=256
    )


class EventGeneratorSpec(Spec):
    """Recurrent layers that are fed noise and their own last event, one event after another (C-RNN-GAN). Fits events.

    Each event has noise of its own: a share of z.
    """

    kind: Literal["events"] = "events"
    width: int = knob(100, "Numbers that each layer remembers", ge=1, le=1024)
    depth: int = knob(2, "Number of layers", ge=1, le=4)
    dropout: float = knob(0.5, "Share of what a layer says that is left out at random while it learns", ge=0, lt=1)


class EventDiscriminatorSpec(Spec):
    """Recurrent layers over the events, forwards and backwards; what they say after each is averaged. Fits events."""

    kind: Literal["events"] = "events"
    width: int = knob(100, "Numbers that each layer remembers, each way", ge=1, le=1024)
    depth: int = knob(2, "Number of layers", ge=1, le=4)
    dropout: float = knob(0.5, "Share of what a layer says that is left out at random while it learns", ge=0, lt=1)
