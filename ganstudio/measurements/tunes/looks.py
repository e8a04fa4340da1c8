"""What is shown of measured tunes besides their figures: histograms of notes, and tunes next to their nearest ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.measurements.figure import Histogram, told
from ganstudio.measurements.tunes.figures import SHUFFLED, Real, sides_of, tune_figures
from ganstudio.measurements.tunes.traits import LONGEST, WIDEST, nearest, traits_of
from ganstudio.modalities import packed
from ganstudio.modalities.sound import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.measurements.estimate import Draw

    Symbols = npt.NDArray[np.integer[Any]]
    Counts = npt.NDArray[np.float64]

OCTAVE = 12
"""Semitones up to which intervals have a bar of their own; wider ones share the outermost."""
PAIRS = 12
"""Tunes that are kept with the training tune that each is nearest to."""


def melody_measures(dataset: Dataset, draw: Draw, seed: int) -> dict[str, Any]:
    """All that is measured of tunes as JSON has it. Raises EstimationError where there are too few of them."""
    real, made, others = sides_of(dataset, draw, seed)
    figures = told(tune_figures(real, made, others), histograms(real, made, others))
    return {**figures, "nearest_tunes": nearest_tunes(real, made)}


def histograms(real: Real, made: Symbols, others: Mapping[str, Symbols]) -> Iterator[Histogram]:
    """Of intervals, lengths and pitches: of G's tunes (n, t), next to those kept aside and to others that learned them.

    Shuffled notes are left out: they have the real ones' lengths and pitches, and are nobody's.
    """
    melody = real.melody
    learned = {name: tunes for name, tunes in others.items() if name != SHUFFLED}
    sides = {
        name: traits_of(tunes, melody.pitches) for name, tunes in {"": made, "aside": real.aside, **learned}.items()
    }
    intervals = tuple(f"{step:+d}".replace("-", "\u2212") if step else "0" for step in range(-OCTAVE, OCTAVE + 1))
    longest = min(LONGEST, melody.steps)
    kinds: tuple[tuple[str, str, str, tuple[str, ...], Callable[[Counts], Counts]], ...] = (
        ("intervals", "Intervals", "Semitones from a note to the next; the outermost bars have all that is wider",
         intervals, _within_octave),
        ("lengths", "Lengths of notes", "Eighths; the last bar has all that is longer",
         tuple(str(steps) for steps in range(1, longest + 1)), lambda counts: _up_to(counts, longest)),
        ("pitches", "Pitches", "How often each is there",
         tuple(name_of(melody.lowest + pitch) for pitch in range(melody.pitches)), lambda counts: counts),
    )  # fmt: skip
    for name, title, help, labels, of in kinds:
        shares = {side: _shares(of(getattr(traits, name))) for side, traits in sides.items()}
        yield Histogram(
            name=name,
            title=title,
            help=help,
            labels=labels,
            made=shares.pop(""),
            floor=shares.pop("aside"),
            controls=tuple(shares.items()),
        )


def _within_octave(counts: Counts) -> Counts:
    inside = counts[WIDEST - OCTAVE : WIDEST + OCTAVE + 1].copy()
    inside[0] += counts[: WIDEST - OCTAVE].sum()
    inside[-1] += counts[WIDEST + OCTAVE + 1 :].sum()
    return inside


def _up_to(counts: Counts, longest: int) -> Counts:
    inside = counts[1 : longest + 1].copy()
    inside[-1] += counts[longest + 1 :].sum()
    return inside


def _shares(counts: Counts) -> tuple[float, ...]:
    return tuple((counts / max(counts.sum(), 1.0)).tolist())


def nearest_tunes(real: Real, made: Symbols) -> dict[str, Any]:
    """Those of G's tunes (n, t) that come nearest to a training tune, each with that one, as JSON has them.

    different: in how many steps. aside: of the tunes kept aside the same, least and median: no copy can be among them.
    """
    which, apart = nearest(made, real.training)
    order = np.argsort(apart, kind="stable")[:PAIRS]
    far = nearest(real.aside, real.training)[1] * real.melody.steps
    return {
        "modality": packed(real.melody),
        "made": made[order].tolist(),
        "training": real.training[which[order]].tolist(),
        "different": np.rint(apart[order] * real.melody.steps).astype(int).tolist(),
        "aside": [round(float(far.min())), round(float(np.median(far)))],
    }
