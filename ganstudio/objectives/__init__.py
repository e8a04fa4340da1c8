"""What D and G minimise, one idea a file, on logits throughout: l is D's output before the sigmoid, sp is softplus.

Losses are means over the minibatch. ``real`` and ``fake`` below are D's logits (n,) for x and G(z).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from torch import Tensor

from ganstudio.experiment import (
    EnergySpec,
    HingeSpec,
    LeastSquaresSpec,
    MinimaxSpec,
    RelativisticSpec,
    Spec,
    WassersteinSpec,
)
from ganstudio.objectives.energy import Energy
from ganstudio.objectives.hinge import Hinge
from ganstudio.objectives.least_squares import LeastSquares
from ganstudio.objectives.minimax import Minimax, value
from ganstudio.objectives.relativistic import Relativistic
from ganstudio.objectives.wasserstein import Wasserstein

__all__ = ["BUILDERS", "Judge", "Objective", "build_objective", "value"]

Judge = Callable[[Tensor], Tensor]


class Objective(Protocol):
    """The losses of a game.

    pairs: whether G's loss compares its samples with real ones. penalises: whether D's loss has a penalty on its
    gradient in the samples. every: the penalty is a mean that each so many-th sample of the minibatch is enough for.
    fades: whether the penalty's weight falls with the instance noise.
    repels: whether G's loss has a term that compares the codes of its samples, for which D must be an autoencoder.
    """

    pairs: bool
    penalises: bool
    every: int
    fades: bool
    repels: bool

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """D's loss from its logits for x and G(z)."""
        ...

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """G's loss from D's logits for G(z), and for x where ``pairs``."""
        ...

    def penalty(self, judge: Judge, x: Tensor, g: Tensor) -> Tensor:
        """What is added to D's loss where ``penalises``, from samples x of the data and g of G; D is ``judge``."""
        ...

    def repulsion(self, codes_nc: Tensor) -> Tensor:
        """What is added to G's loss where ``repels``, from the codes that D's encoder gives a minibatch of G(z)."""
        ...


BUILDERS: dict[type[Spec], Callable[..., Objective]] = {
    MinimaxSpec: Minimax,
    LeastSquaresSpec: LeastSquares,
    HingeSpec: Hinge,
    WassersteinSpec: Wasserstein,
    RelativisticSpec: Relativistic,
    EnergySpec: Energy,
}


def build_objective(spec: Spec) -> Objective:
    """Return the game that a spec describes."""
    return BUILDERS[type(spec)](spec)
