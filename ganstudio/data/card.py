"""What is known of a dataset, for people to look at before they train on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ganstudio.modalities import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data.errors import Skipped
    from ganstudio.experiment import DatasetSpec
    from ganstudio.modalities import Modality

FEW = 50
"""Samples, of which fewer are few to learn from."""
_SHADES = " .:-=+*#%@"
MAX_SIZES = 12
"""How many sizes of originals are listed; photographs may come in thousands."""


def few_to_learn_from(count: int | None, one: str, many: str = "") -> tuple[str, ...]:
    """What to say of so many samples that are drawn from: nothing where they are enough, or there is no end of them."""
    if count is None or count >= FEW:
        return ()
    if count == 1:
        return (f"1 {one} is little to learn from: D may learn it by heart",)
    return (f"{counted(count, one, many)} are few to learn from: D may learn them by heart",)


@dataclass(frozen=True, kw_only=True)
class ClassCount:
    """A class and how many samples are of it."""

    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A way to take the data, and what it makes of them: an array's ``n,hw`` and ``100 images of 8 x 8``.

    name: of the spec's field that says so, ``layout`` or ``labels``; value: of that field. more: other fields that are
    to be set with it.
    """

    name: str
    value: str
    words: str
    more: tuple[tuple[str, object], ...] = ()

    @property
    def fields(self) -> dict[str, object]:
        """The fields of the spec that are to be set, by name."""
        return {self.name: self.value, **dict(self.more)}


@dataclass(frozen=True, eq=False)
class SomePoints:
    """Some of the points, or of the density: float32 (at most 2,000, 2) in data units."""

    points: npt.NDArray[np.float32]

    def values(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"points": self.points.tolist()}

    def line(self) -> str:
        """For a terminal, where there is no room for it."""
        return ""


@dataclass(frozen=True, eq=False)
class MeanImage:
    """The mean uint8 (h, w, c) of the images, and the histogram int64 (c, 256) of their pixels."""

    mean: npt.NDArray[np.uint8]
    histogram: npt.NDArray[np.int64]

    def values(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"mean": self.mean.tolist(), "histogram": self.histogram.tolist()}

    def line(self) -> str:
        """For a terminal: how often each of 32 shades is there, drawn darker for more."""
        counts = self.histogram.sum(axis=0).reshape(32, 8).sum(axis=1)
        shares = (counts / max(1, counts.max())) ** 0.5  # the root, as drawings are nearly all ground
        levels = (shares * (len(_SHADES) - 1)).round().astype(int).tolist()
        return f"shades from black to white: [{''.join(_SHADES[level] for level in levels)}]"


@dataclass(frozen=True, kw_only=True, eq=False)
class Card:
    """What is known of a dataset so far.

    name: of the file or folder. kind: of the samples, or "density" of points without end.
    verdict: what it was taken for and why, in one sentence. modality: what a sample is.
    spec: what would be trained on, proposals filled in.
    complete: whether everything was read. count: samples so far, those held out included.
    facts: what is known of the originals, a label and a text each, as their kind's own cards tell it; values: the same
    and more as JSON holds it. picture: what all samples are like, where they are shown at one glance.
    classes: in the order of the dataset's; empty: none. skipped_more: how many beyond those named.
    duplicates: dropped because another is the same, or nearly.
    notes: what else is worth knowing, a sentence each.
    held_out: how many of the samples are kept aside for measures, those of a test split among them.
    readings: the ways to take an array, or to sort images, the likeliest first.
    question: why one of them has to be chosen before it can be trained on, empty where none has.
    partners: what belongs to each sample, such as the normals of what a picture shows; None: nothing does.
    """

    name: str
    kind: str
    verdict: str
    spec: DatasetSpec
    modality: Modality
    complete: bool
    count: int
    facts: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    picture: SomePoints | MeanImage | None = None
    classes: tuple[ClassCount, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    skipped_more: int = 0
    held_out: int = 0
    duplicates: int = 0
    notes: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    question: str = ""
    partners: Modality | None = None

    @property
    def reading(self) -> Reading | None:
        """The reading that is taken; None where there is nothing to choose, or a choice is owed."""
        if not self.readings or self.question:
            return None
        chosen = getattr(self.spec, self.readings[0].name)
        return self.readings[0] if chosen is None else next((one for one in self.readings if one.value == chosen), None)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a sample in model units."""
        return self.modality.shape

    @property
    def endless(self) -> bool:
        """Whether it is a density, of which samples never run out."""
        return self.kind == "density"

    @property
    def pictured(self) -> bool:
        """Whether its samples are looked at one by one, as images and sounds are."""
        return self.modality.side_by_side
