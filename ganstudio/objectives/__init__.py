"""What D and G minimise, one idea a file, on logits throughout: l is D's output before the sigmoid, sp is softplus.

Losses are means over the minibatch. ``real`` and ``fake`` below are D's logits (n,) for x and G(z).
"""

from __future__ import annotations

from ganstudio.experiment import (
    EnergySpec,
    HingeSpec,
    LeastSquaresSpec,
    MinimaxSpec,
    PolicySpec,
    RelativisticSpec,
    Spec,
    SuperResolutionSpec,
    WassersteinSpec,
)
from ganstudio.objectives.base import Game, value
from ganstudio.objectives.energy import Energy
from ganstudio.objectives.hinge import Hinge
from ganstudio.objectives.least_squares import LeastSquares
from ganstudio.objectives.minimax import Minimax
from ganstudio.objectives.policy import Policy
from ganstudio.objectives.relativistic import Relativistic
from ganstudio.objectives.super_resolution import SuperResolution
from ganstudio.objectives.terms import Judge, Number, Sight, Summand, Term
from ganstudio.objectives.wasserstein import Wasserstein

__all__ = ["BUILDERS", "Game", "Judge", "Number", "Sight", "Summand", "Term", "build_objective", "value"]

BUILDERS: dict[type[Spec], type[Game]] = {
    MinimaxSpec: Minimax,
    LeastSquaresSpec: LeastSquares,
    HingeSpec: Hinge,
    WassersteinSpec: Wasserstein,
    RelativisticSpec: Relativistic,
    SuperResolutionSpec: SuperResolution,
    EnergySpec: Energy,
    PolicySpec: Policy,
}


def build_objective(spec: Spec) -> Game:
    """Return the game that a spec describes."""
    return BUILDERS[type(spec)](spec)
