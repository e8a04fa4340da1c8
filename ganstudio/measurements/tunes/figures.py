"""All figures of a generator of tunes, each next to what tunes kept aside get, and controls that are no GAN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ganstudio.measurements.estimate import EstimationError
from ganstudio.measurements.figure import Figure
from ganstudio.measurements.tunes import controls
from ganstudio.measurements.tunes.traits import Traits, divergence, nearest, traits_of
from ganstudio.modalities import Melody
from ganstudio.scalars import percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ganstudio.data import Dataset
    from ganstudio.measurements.estimate import Draw
    from ganstudio.measurements.figure import Better

    Symbols = npt.NDArray[np.integer[Any]]

COUNT = 1_000
"""Tunes of each side."""
FEWEST = 50
"""Tunes kept aside, or a fifth of the others."""
COPIED = 0.1
"""Share of the symbols up to which a tune that differs from a training tune counts as copied: three of 32."""
CHAIN, LONGER_CHAIN, LSTM = "a chain of one symbol", "a chain of three", "an LSTM by likelihood"
"""Controls that learned real tunes, and are no GAN."""
SHUFFLED = "real notes shuffled"
_PORTION = 4_096


class Real(NamedTuple):
    """Real tunes as symbols: those to learn from, and those kept aside."""

    training: Symbols
    aside: Symbols
    melody: Melody

    @classmethod
    def of(cls, dataset: Dataset, seed: int) -> Real:
        """Of a dataset: those held out are aside, or a fifth of the others. Raises EstimationError: too few."""
        count, melody = dataset.count or 0, dataset.modality
        assert isinstance(melody, Melody)
        if dataset.at is None or count + dataset.held_out < 5 * FEWEST:
            raise EstimationError(f"fewer than {5 * FEWEST} real tunes are too few to hold others against")
        places = np.arange(count + dataset.held_out)
        parts = [
            melody.to_people(dataset.at(places[start : start + _PORTION])) for start in range(0, len(places), _PORTION)
        ]
        tunes = np.concatenate(parts)
        if dataset.held_out >= FEWEST:
            return cls(tunes[:count], tunes[count:], melody)
        order = np.random.default_rng(seed).permutation(count)
        aside = max(FEWEST, count // 5)
        return cls(tunes[order[aside:]], tunes[order[:aside]], melody)


def sides_of(dataset: Dataset, draw: Draw, seed: int) -> tuple[Real, Symbols, dict[str, Symbols]]:
    """Real tunes, G's (n, t), and those of what is no GAN.

    Raises EstimationError where there are too few real ones, or G's are no numbers.
    """
    real = Real.of(dataset, seed)
    made = draw(COUNT)
    if not np.isfinite(made).all():
        raise EstimationError("what G makes are no finite numbers")
    return real, dataset.modality.to_people(made), of_controls(real, seed)


def of_controls(real: Real, seed: int) -> dict[str, Symbols]:
    """Tunes that are no GAN's, by what they are of; they take half a minute, and any number of Gs is held to them."""
    return {
        CHAIN: controls.markov(real.training, COUNT, 1, seed),
        LONGER_CHAIN: controls.markov(real.training, COUNT, 3, seed),
        LSTM: controls.lstm(real.training, COUNT, seed),
        SHUFFLED: controls.shuffled(real.training, COUNT, seed),
    }


_MEANS: Mapping[str, tuple[str, str, bool, Better]] = {
    "in_scale": ("In the scale", "Share of the notes that are of the major scale", True, "floor"),
    "tonic": ("Last note the tonic", "Share of the tunes: a chain of notes can't know where the end is", True, "floor"),
    "repeats": (
        "Halves that come again",
        "Share of the tunes whose second half has nine tenths of the first one's symbols: what only a whole has",
        True,
        "floor",
    ),
    "unique": ("Pitches of a tune", "How many different ones it has, mean", False, "floor"),
    "notes": ("Notes of a tune", "Mean", False, "floor"),
    "leaps": ("Leaps", "Share of the intervals that are wider than an octave", True, "floor"),
    "distinct": ("Different tunes", "Share of the tunes that are there once", True, "high"),
}
_HISTOGRAMS: Mapping[str, tuple[str, str]] = {
    "intervals": ("JSD of intervals", "Of how often a note is so many semitones above the one before, nats"),
    "lengths": ("JSD of lengths", "Of how long notes are, nats"),
    "pitches": ("JSD of pitches", "Of how often each pitch is there, nats"),
}


def tune_figures(real: Real, made: Symbols, others: Mapping[str, Symbols]) -> Iterator[Figure]:
    """Of G's tunes (n, t), next to those kept aside and to others."""
    pitches = real.melody.pitches
    of_made, aside = traits_of(made, pitches), traits_of(real.aside, pitches)
    beside = {name: traits_of(tunes, pitches) for name, tunes in others.items()}

    def figure(
        key: str, of: Callable[[Traits], float], floor: float, title: str, help: str, share: bool, better: Better
    ) -> Figure:
        return Figure(
            name=key,
            value=of(of_made),
            floor=floor,
            title=title,
            help=help,
            share=share,
            better=better,
            controls=tuple((name, of(traits)) for name, traits in beside.items()),
        )

    for key, (title, help, share, better) in _MEANS.items():
        yield figure(key, lambda traits, key=key: getattr(traits, key), getattr(aside, key), title, help, share, better)  # type: ignore[misc]
    some = traits_of(real.training[: len(real.aside)], pitches)
    for key, (title, help) in _HISTOGRAMS.items():
        usual = getattr(aside, key)

        def apart(traits: Traits, key: str = key, usual: Any = usual) -> float:
            return divergence(getattr(traits, key), usual)

        yield figure(f"{key}_jsd", apart, apart(some), title, help, share=False, better="low")
    yield from _copies(real, made, others)


def _copies(real: Real, made: Symbols, others: Mapping[str, Symbols]) -> Iterator[Figure]:
    """How near the nearest training tune is: copies are nearer than tunes kept aside are."""
    sides = {"": made, "aside": real.aside[:COUNT], **others}
    apart = {name: nearest(tunes, real.training)[1] for name, tunes in sides.items()}
    kinds: tuple[tuple[str, str, str, bool, Callable[[Any], float]], ...] = (
        ("copied", "Copied",
         f"Share with a training tune that {percent(COPIED, 0)} of the symbols or fewer tell apart", True,
         lambda far: float((far <= COPIED + 1e-6).mean())),
        ("nearest", "From the nearest tune", "Share of the symbols that differ from the nearest training tune's, mean",
         True, lambda far: float(far.mean())),
    )  # fmt: skip
    for key, title, help, share, of in kinds:
        yield Figure(
            name=key,
            value=of(apart[""]),
            floor=of(apart["aside"]),
            title=title,
            help=help,
            share=share,
            controls=tuple((name, of(apart[name])) for name in others),
        )
