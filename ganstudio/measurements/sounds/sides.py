"""The sounds that are held against each other: real ones, real ones kept aside, G's, and controls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.measurements.estimate import EstimationError
from ganstudio.measurements.sounds.traits import Traits, traits_of
from ganstudio.modalities.sound import Sound, frequency_of, midi_of

if TYPE_CHECKING:
    from ganstudio.data import Dataset

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

MOST, ASIDE = 2_000, 512
"""Real sounds that are looked at, and of those kept aside."""
FEWEST = 80
"""Kept aside: a Frechet distance in 64 features needs more samples than that."""
IN_TUNE, HARMONIC = 25.0, 0.8
"""Cents from a pitch, and the share of energy at partials, up to where a note counts as in tune: of C major by
chance 31 % of random pitches are as near, and with 50 cents twice as many."""
MUSICAL = (25.0, 4_300.0)
"""Hz: a piano's lowest and highest key, and a little beyond."""
AGREED = 50.0
"""Cents that a sound may be off the pitch that its class names, for it to be of that pitch: a quarter tone."""
_DEFAULT_RANGE = (80.0, 800.0)
_ROOM = 1.3  # beyond the lowest and the highest pitch, in which others are looked for


@dataclass(frozen=True, kw_only=True, eq=False)
class Real:
    """Real sounds in model units, their classes (n,), -1: of none; the same of those kept aside.

    sound: what they are. classes: their names. pitches: of the classes, Hz, where all of them name one and real sounds
    agree; else empty: A1 and B2 may be places in a room.
    """

    planes: Floats
    labels: Labels
    aside: Floats
    of_aside: Labels
    sound: Sound
    classes: tuple[str, ...]
    pitches: npt.NDArray[np.float64]

    @classmethod
    def of(cls, dataset: Dataset, seed: int) -> Real:
        """Sounds of a dataset: those held out are aside, or a fifth of the others. Raises EstimationError: too few."""
        at, count, random = dataset.at, dataset.count or 0, np.random.default_rng(seed)
        assert isinstance(dataset.modality, Sound)
        if at is None or count + dataset.held_out < 5 * FEWEST:
            raise EstimationError(f"fewer than {5 * FEWEST} real sounds are too few to hold others against")
        order = random.permutation(count)
        if dataset.held_out >= FEWEST:
            aside = count + random.permutation(dataset.held_out)[:ASIDE]
        else:
            some = min(ASIDE, max(FEWEST, count // 5))
            aside, order = order[:some], order[some:]
        order = order[:MOST]
        labels = dataset.labels if dataset.labels is not None else np.full(count + dataset.held_out, -1)
        midis = [midi for name in dataset.classes if (midi := midi_of(name)) is not None]
        named = len(midis) == len(dataset.classes) and len(set(midis)) > 1
        real = cls(
            planes=at(order),
            labels=labels[order],
            aside=at(aside),
            of_aside=labels[aside],
            sound=dataset.modality,
            classes=dataset.classes,
            pitches=np.array([frequency_of(midi) for midi in midis] if named else []),
        )
        return real if real._agree() else replace(real, pitches=np.array([]))

    def _agree(self) -> bool:
        """Whether most real sounds have the pitch that their class is called by."""
        known = np.flatnonzero(self.labels >= 0)[:ASIDE]
        if not len(self.pitches) or not len(known):
            return False
        top = self.sound.means.top * self.sound.rate
        if self.pitches.min() < MUSICAL[0] or self.pitches.max() > min(MUSICAL[1], top):
            return False
        heard = self.heard(self.planes[known])
        right = (heard.nearest == self.labels[known]) & (np.abs(heard.cents) < AGREED)
        return bool(right.mean() > 0.5)

    @property
    def near_by_chance(self) -> float:
        """Share of random pitches, up to a quarter tone beyond the lowest and the highest, that are so near to one."""
        span = 1200 * float(np.log2(self.pitches.max() / self.pitches.min())) + 4 * IN_TUNE
        return 2 * IN_TUNE * len(np.unique(self.pitches)) / span

    def heard(self, planes: Floats) -> Heard:
        """What is heard of sounds (n, *shape) in model units."""
        waves = self.sound.waves(self.sound.to_people(planes))
        low, high = _DEFAULT_RANGE
        if len(self.pitches):
            low, high = float(self.pitches.min()) / _ROOM, float(self.pitches.max()) * _ROOM
        traits = traits_of(waves, self.sound.rate, low, high)
        if not len(self.pitches):
            nobody = np.zeros(len(planes))
            return Heard(traits=traits, nearest=nobody.astype(np.int64), cents=nobody)
        cents = 1200 * np.log2(traits.frequency[:, None] / self.pitches)
        nearest = np.abs(cents).argmin(1)
        return Heard(traits=traits, nearest=nearest, cents=cents[np.arange(len(cents)), nearest])


@dataclass(frozen=True, kw_only=True, eq=False)
class Heard:
    """Traits of sounds, the nearest (n,) of the classes' pitches, and how many cents (n,) they are above it."""

    traits: Traits
    nearest: Labels
    cents: npt.NDArray[np.float64]

    @property
    def in_tune(self) -> npt.NDArray[np.bool_]:
        """Which are notes of one of the pitches."""
        found: npt.NDArray[np.bool_] = (
            (np.abs(self.cents) <= IN_TUNE) & (self.traits.harmonic > HARMONIC) & ~self.traits.silent
        )
        return found
