"""All figures of a generator of sounds, each next to what real sounds get, and controls that are no GAN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.measurements.estimate import EstimationError
from ganstudio.measurements.fidelity import class_shares, shares_divergence
from ganstudio.measurements.figure import Figure
from ganstudio.measurements.sounds import controls
from ganstudio.measurements.sounds.classes import class_figures
from ganstudio.measurements.sounds.sides import HARMONIC, IN_TUNE, Real
from ganstudio.scalars import percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ganstudio.data import Dataset
    from ganstudio.measurements.figure import Better
    from ganstudio.measurements.sounds.sides import Floats, Heard, Labels

    Drawn = Callable[[int], tuple[Floats, Labels | None]]
    Doubles = npt.NDArray[np.float64]

COUNT = 512
"""Sounds of each side."""
_BINS = 16
_FOUND, _OF_EVEN = 0.02, 0.5
"""Share of the notes in tune from which a pitch counts as found; of many pitches, half of an even share."""
_OUTSIDE = 0.25  # of the range of real values, on either side of it, that a histogram reaches further


@dataclass(frozen=True, kw_only=True)
class Sides:
    """What is heard of G's sounds, of real ones kept aside, and of a control of this name."""

    made: Heard
    aside: Heard
    control: Heard
    name: str

    @property
    def all(self) -> tuple[Heard, Heard, Heard]:
        """The three, in the order in which a figure has them."""
        return self.made, self.aside, self.control

    def figure(
        self, key: str, values: Iterable[Any], title: str, help: str, *, share: bool = False, better: Better = "low"
    ) -> Figure:
        """A figure of the three values."""
        value, floor, control = map(float, values)
        return Figure(
            name=key,
            value=value,
            floor=floor,
            title=title,
            help=help,
            better=better,
            share=share,
            controls=((self.name, control),),
        )


def sound_figures(dataset: Dataset, draw: Drawn, seed: int) -> list[Figure]:
    """The figures of G's sounds.

    draw: how many -> sounds (n, *shape) in model units, and their classes (n,), where G is told any.
    Raises EstimationError where there are too few real sounds, or G's are no numbers.
    """
    real = Real.of(dataset, seed)
    made, asked = draw(COUNT)
    if not np.isfinite(made).all():
        raise EstimationError("what G makes are no finite numbers")
    found = heard_figures(real, dataset, made, asked, seed)
    if dataset.has_classes and (real.labels >= 0).any() and (real.of_aside >= 0).any():
        found += class_figures(real, made, asked, seed)
    return found


def heard_figures(real: Real, dataset: Dataset, made: Floats, asked: Labels | None, seed: int) -> list[Figure]:
    """Those that need no classifier: pitches where the classes name some, and what else is heard."""
    if asked is None:
        name, others = "a Gaussian", controls.gaussian(real.planes, COUNT, seed)
    else:
        name, others = "a Gaussian for each class", controls.gaussian_of_each(real.planes, real.labels, asked, seed)
    sides = Sides(made=real.heard(made), aside=real.heard(real.aside), control=real.heard(others), name=name)
    pitched, reference = len(real.pitches) > 0, real.heard(real.planes[:COUNT])
    found = list(_of_pitches(real, sides, asked)) if pitched else []
    return [*found, *_of_traits(sides, reference, pitched=pitched, factors=tuple(dataset.factors))]


def _of_pitches(real: Real, sides: Sides, asked: Labels | None) -> Iterator[Figure]:
    count, every = len(real.pitches), sides.all
    shares = [class_shares(side.nearest[side.in_tune], count) for side in every]
    least = min(_FOUND, _OF_EVEN / count)
    if asked is not None:
        wanted = (asked, real.of_aside, asked)
        yield sides.figure(
            "as_asked",
            [(side.in_tune & (side.nearest == own)).mean() for side, own in zip(every, wanted, strict=True)],
            "The pitch that was asked for",
            "In tune, and the note that G was told",
            share=True,
            better="high",
        )
    yield sides.figure(
        "in_tune",
        [side.in_tune.mean() for side in every],
        "In tune",
        f"Share within {IN_TUNE:.0f} cents of a pitch of the data, with over {percent(HARMONIC, 0)} of the energy at "
        f"its partials; by chance {percent(real.near_by_chance, 0)} of random pitches are as near",
        share=True,
        better="high",
    )
    yield sides.figure(
        "pitches",
        [(each > least).sum() for each in shares],
        f"Pitches found, of {count}",
        f"Those that more than {100 * least:.2g} % of the notes in tune have",
        better="high",
    )
    yield sides.figure(
        "pitch_jsd",
        [shares_divergence(each, class_shares(real.labels, count)) for each in shares],
        "JSD of the pitches' shares",
        "Whether G plays each pitch often enough, nats",
    )
    yield sides.figure(
        "harmonic",
        [np.median(side.traits.harmonic) for side in every],
        "Harmonic energy",
        "Share of the energy within 12 Hz of a partial, median",
        share=True,
        better="high",
    )
    made = sides.made
    for index, pitch in enumerate(real.classes):
        own = made.cents[made.in_tune & (made.nearest == index)]
        off = f"{np.median(own):+.1f} cents" if len(own) else "not found"
        yield sides.figure(
            f"pitch_{index}",
            [each[index] for each in shares],
            f"{pitch} ({off})",
            "Its share of the notes in tune, and how far they are off it, median",
            share=True,
            better="floor",
        )


_TRAITS = {
    "brightness": ("JSD of brightness", "Of histograms of how strong partials are next to the one below, nats"),
    "decay": ("JSD of decay", "Of histograms of how fast sounds fade, nats"),
    "even": ("JSD of even partials", "Of histograms of how strong even partials are, nats: two humps in the data"),
    "onset": ("JSD of onsets", "Of histograms of when sounds begin, nats"),
    "loudness": ("JSD of loudness", "Of histograms of the root mean square, nats"),
}
_ASKED_BY = {"even": "odd", "onset": "onset"}
"""Traits that are measured where the data vary in this factor."""


def _of_traits(sides: Sides, reference: Heard, *, pitched: bool, factors: tuple[str, ...]) -> Iterator[Figure]:
    known = {*factors, "decay", "loudness", *(["brightness"] if pitched else [])}
    for trait, (title, help) in _TRAITS.items():
        if _ASKED_BY.get(trait, trait) in known:
            usual = np.asarray(getattr(reference.traits, trait))
            values = [jsd_of(np.asarray(getattr(side.traits, trait)), usual) for side in sides.all]
            yield sides.figure(f"{trait}_jsd", values, title, help)
    yield sides.figure(
        "loudness",
        [side.traits.loudness.mean() for side in sides.all],
        "Loudness",
        "Root mean square, of 1 at most; sounds are not made equally loud here, which would hide silence",
        better="floor",
    )
    yield sides.figure(
        "silent",
        [side.traits.silent.mean() for side in sides.all],
        "Silent",
        "Share whose root mean square is below 0.01",
        share=True,
    )


def jsd_of(values: Doubles, reference: Doubles) -> float:
    """Divergence of two histograms of 16 bins over the reference's range and a quarter beyond, nats."""
    low, high = np.quantile(reference, [0.005, 0.995])
    reach = _OUTSIDE * max(float(high - low), 1e-9)
    edges = np.linspace(low - reach, high + reach, _BINS + 1)[1:-1]
    one, other = (class_shares(np.digitize(side, edges), _BINS) for side in (values, reference))
    return shares_divergence(one, other)
