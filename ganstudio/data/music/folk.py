"""Folk tunes made by rules, of which everything is known. The same spec gives the same tunes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.music.dataset import as_seen, music_dataset
from ganstudio.modalities import Melody

if TYPE_CHECKING:
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import FolkSpec

    Symbols = npt.NDArray[np.int8]

RHYTHMS = ("x.x.x.x.", "x.xxx.xx", "x...x.x.", "xxxxx.x.", "x.x.x...", "x..xx.x.")
"""Of a bar in eighths: x begins a note, which is held at the dots."""
_OFTEN = (0.3, 0.2, 0.1, 0.15, 0.15, 0.1)
DEGREES = (0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19, 21, 23)
"""Two octaves of the major scale, in semitones above the tonic."""
CHORDS = ((0, 2, 4), (3, 5, 0), (4, 6, 1), (0, 2, 4))
"""Of each bar, as degrees of the scale: I, IV, V, I. Its first note is one of them."""
_MOVES = (-4, -2, -1, 0, 1, 2, 4)
_MOVED = (0.05, 0.15, 0.25, 0.1, 0.25, 0.15, 0.05)
_BARS, _BAR = 4, 8


def build_folk(spec: FolkSpec) -> Dataset:
    """``spec.count`` + ``spec.held_out`` tunes of four bars from C4 to B5. Factor: repeated, 0 or 1."""
    modality, total = Melody(), spec.count + spec.held_out
    seen = as_seen(modality, spec.seen)
    rng = np.random.default_rng(spec.seed)
    made = [_tune(rng, spec, modality) for _ in range(total)]
    return music_dataset(
        "Folk tunes",
        np.stack([tune for tune, _ in made]),
        seen,
        source=f"{spec.count:,} tunes made from seed {spec.seed}, and {spec.held_out:,} more held out",
        held_out=spec.held_out,
        factors={"repeated": np.array([again for _, again in made], np.float64)},
    )


def _tune(rng: np.random.Generator, spec: FolkSpec, modality: Melody) -> tuple[Symbols, bool]:
    """A tune (32,), and whether its second half is the first one again."""
    degree, bars, again = int(rng.integers(2, 8)), list[npt.NDArray[np.int8]](), False
    for number in range(_BARS):
        if number == _BARS // 2 and rng.random() < spec.repeated:
            bars, again = bars + [bar.copy() for bar in bars], True
            break
        bar, degree = _bar(rng, degree, number, spec.rests, modality)
        bars.append(bar)
    tune = np.concatenate(bars)
    last = int(np.flatnonzero(tune < modality.pitches)[-1])
    tune[last] = min((0, 12), key=lambda tonic: abs(tonic - int(tune[last])))
    return tune, again


def _bar(rng: np.random.Generator, degree: int, number: int, rests: float, modality: Melody) -> tuple[Symbols, int]:
    """A bar (8,), and the degree that it ends on: a walk on the scale from a chord's note on."""
    bar = np.full(_BAR, modality.hold, np.int8)
    rhythm = RHYTHMS[rng.choice(len(RHYTHMS), p=_OFTEN)]
    for place in (place for place, mark in enumerate(rhythm) if mark == "x"):
        degree = int(np.clip(degree + rng.choice(_MOVES, p=_MOVED), 0, len(DEGREES) - 1))
        if place == 0:
            of_chord = [each for each in range(len(DEGREES)) if each % 7 in CHORDS[number]]
            degree = min(of_chord, key=lambda each: (abs(each - degree), each))
        bar[place] = DEGREES[degree]
        if place > 0 and rng.random() < rests:
            bar[place] = modality.rest
    return bar, degree
