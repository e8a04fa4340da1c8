"""The protocol that every kind of sample follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from ganstudio.scalars import counted as counted

Floats: TypeAlias = npt.NDArray[np.float32]
"""Samples in model units."""
Samples: TypeAlias = npt.NDArray[Any]
"""Samples in people's units, of whichever type their kind has."""
Pixels: TypeAlias = npt.NDArray[np.uint8]
Wave: TypeAlias = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Words:
    """What samples of a kind are called: "image", "images", "an image"."""

    one: str
    many: str
    a: str

    def counted(self, count: int) -> str:
        """A number of samples: "1 image", "2,000 images"."""
        return counted(count, self.one, self.many)


class Mark(NamedTuple):
    """A short word about a sample. hue: of its colour, a share of the circle, so that the same words look the same.

    None: no colour, as for what was asked for and is not found.
    """

    word: str
    hue: float | None


class Modality(Protocol):
    """A kind of sample: a frozen dataclass, whose fields JSON can hold, as runs keep them.

    Model units are what networks see, (n, *shape) float32; people's units are what messages and files carry.
    """

    def __hash__(self) -> int:
        """By its kind; a frozen dataclass has one by its fields."""
        return hash(self.kind)

    @property
    def kind(self) -> str:
        """The key of every table by kind: "points", "images"."""
        ...

    @property
    def words(self) -> Words:
        """What samples are called."""
        ...

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a sample in model units."""
        ...

    @property
    def fixed(self) -> int:
        """How many latents are kept to look at the same samples again."""
        ...

    @property
    def shown(self) -> int:
        """How many real samples are shown next to them."""
        ...

    @property
    def scale(self) -> float:
        """How much a difference of 1 in model units is to people, where that is the same everywhere."""
        return 1.0

    @property
    def side_by_side(self) -> bool:
        """Whether samples are looked at one next to another, those of a class in a column, rather than in one plot."""
        return True

    @property
    def parts(self) -> int:
        """Of how many parts of equal length a sound is made, such as bars: what is repeated may change at each."""
        return 1

    @property
    def read_first(self) -> bool:
        """Whether samples are rather read, a line each, than looked at as pictures."""
        return False

    @property
    def described(self) -> str:
        """What samples are, with their size, for people: "images of 28 x 28 pixels, grey"."""
        ...

    def to_people(self, model: Floats) -> Samples:
        """Samples in people's units (n, ...), of samples in model units (n, *shape)."""
        ...

    def to_model(self, samples: Samples) -> Floats:
        """Samples in model units (n, *shape), of samples in people's units."""
        ...

    def pictures(self, samples: Samples) -> Pixels:
        """A picture of each sample in people's units, uint8 (n, h, w, 1 or 3)."""
        ...

    def sound(self, _samples: Samples) -> tuple[Wave, int] | None:
        """How samples in people's units sound, int16 (n, t), and values a second; None: they are silent."""
        return None

    def marks(self, _samples: Samples) -> tuple[Mark | None, ...] | None:
        """What the picture of each sample bears, such as the pitch of a note, None where it has none.

        None in place of all: samples of this kind bear nothing, not their class either.
        """
        return None

    def text(self, _samples: Samples) -> tuple[str, ...] | None:
        """A line for each sample in people's units; None: they can't be read."""
        return None
