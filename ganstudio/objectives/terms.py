"""What a player's loss is made of: terms, each a summand that reads like its equation.

Legend for names of tensors: n samples, d latent dimensions, k classes; x real samples, g generated ones, all in model
units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from torch import Tensor

if TYPE_CHECKING:
    import torch

    from ganstudio.experiment import AugmentationSpec
    from ganstudio.networks import Discriminator, Generator, Inputs
    from ganstudio.scalars import Scalar

Judge = Callable[[Tensor], Tensor]


class Slopes(Protocol):
    """D where it can be asked for its slopes."""

    def slopes(self, sight: Sight, every: int) -> tuple[Judge, Tensor, Tensor]:
        """D as a penalty asks it, with each so many-th of the real samples and of the generated ones."""
        ...


class Views(Slopes, Protocol):
    """D where it can be asked of other samples, too, than the minibatch as it was seen."""

    def features_of(self, samples: Tensor, sight: Sight, augmentation: AugmentationSpec) -> Tensor:
        """D's features (n, f) of samples in place of the real ones, augmented so and seen with the noise in force."""
        ...

    def turned(self, samples: Tensor, degrees: float) -> Tensor:
        """Samples turned alike, by one random angle of up to so many degrees to either side."""
        ...


class Players(Protocol):
    """Both networks as they are now, for terms that ask them of more than the minibatch."""

    @property
    def generator(self) -> Generator:
        """G."""
        ...

    @property
    def discriminator(self) -> Discriminator:
        """D."""
        ...

    @property
    def latent_random(self) -> torch.Generator:
        """What further dice come from."""
        ...


@dataclass(slots=True)
class Sight:
    """What a move has before it, its player not yet moved: tensors in model units, still in the graph.

    inputs: z, the codes and y, and what is given. g: G of them, and x: real samples, both (n, *shape) and as D sees
    them, with the instance noise; where D judges packs, (n / packing, packing, *shape). drawn, made: x as it was drawn
    and g as it was made, before that. labels: the classes (n, k) of both; None where the players are not told them.
    given: what D is shown with both, as ``Discriminator.judge`` takes it; None where it is shown nothing.
    real, fake: D's logits (n,) for x and g; of_real, of_fake: D's features of them. What is of real samples is None
    where no term needs any.
    asks: D, for terms that ask it of more; views: the same, where it can be shown other samples.
    players: both networks, of whom terms may ask more still.
    information: L_I of each code (codes,), nats, once a term has asked Q; None where there are no codes.
    loss: the first term, and total: all of them with their weights, which is what the player descends; both are known
    once the terms are added up.
    """

    inputs: Inputs
    x: Tensor | None
    g: Tensor
    real: Tensor | None
    fake: Tensor
    of_real: Tensor | None = None
    of_fake: Tensor | None = None
    drawn: Tensor | None = None
    made: Tensor | None = None
    labels: Tensor | None = None
    given: Tensor | None = None
    asks: Slopes | None = None
    views: Views | None = None
    players: Players | None = None
    information: Tensor | None = None
    loss: Tensor = field(init=False, repr=False)
    total: Tensor = field(init=False, repr=False)


class Term(Protocol):
    """A summand of a player's loss.

    scalar: what it is recorded and plotted as, without its weight; None: it is not. separable: whether it is a mean of
    terms with one sample, or one pair, each, so that the mean over several games' minibatches is that of their losses.
    pairs: whether G's move needs real samples for it. penalises: whether its weight falls, and is borne by some steps
    for all, as the schedule says of penalties; fades: whether it then falls with the instance noise.
    """

    @property
    def scalar(self) -> Scalar | None:
        """What it is recorded and plotted as."""
        ...

    @property
    def separable(self) -> bool:
        """Whether it is a mean over single samples or pairs."""
        ...

    @property
    def pairs(self) -> bool:
        """Whether G's move needs real samples for it."""
        ...

    @property
    def penalises(self) -> bool:
        """Whether it follows the schedule of penalties."""
        ...

    @property
    def fades(self) -> bool:
        """Whether it falls with the instance noise."""
        ...

    def __call__(self, sight: Sight) -> Tensor:
        """Its value, a single number."""
        ...


@dataclass(frozen=True, kw_only=True)
class Summand:
    """A term that is a function of what the move has before it."""

    of: Callable[[Sight], Tensor]
    separable: bool
    scalar: Scalar | None = None
    pairs: bool = False
    penalises: bool = False
    fades: bool = False

    def __call__(self, sight: Sight) -> Tensor:
        """Its value."""
        return self.of(sight)


@dataclass(frozen=True)
class Number:
    """A number of a move that nobody descends: it is told, recorded and plotted. of: computed without a graph."""

    scalar: Scalar
    of: Callable[[Sight], Tensor]
