"""Energy-based GAN (Zhao et al. 2016, arXiv:1609.03126): real samples get low energy, generated ones at least a margin.

D's score is minus the energy E. At equilibrium p_g = p_data, and E is the same constant, from 0 to the margin m, on all
of their support, so that D's loss is m (theorems 1 and 2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.nn.functional import normalize, relu

from ganstudio.objectives.base import Unpenalised

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.experiment import EnergySpec


def pulling_away(codes_nc: Tensor) -> Tensor:
    """PT = 1/(n (n - 1)) sum over i != j of cos^2 of the codes: 0 when all are orthogonal, 1 when all are parallel."""
    count = len(codes_nc)
    assert count > 1, "the term compares pairs"
    unit = normalize(codes_nc, dim=1)  # each code by its own length, never over the minibatch
    squares = (unit @ unit.T).square()
    return (squares.sum() - squares.trace()) / (count * (count - 1))


class Energy(Unpenalised):
    """The hinge is inside the mean: a generated sample beyond the margin does not make up for another within it."""

    def __init__(self, spec: EnergySpec) -> None:
        self.margin = spec.margin
        self.weight = spec.pulling_away
        self.repels = spec.pulling_away > 0

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """E E(x) + E [m - E(G(z))]+."""
        return relu(self.margin + fake).mean() - real.mean()

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """E E(G(z)), without the pulling-away term, which is of codes and not of scores."""
        return -fake.mean()

    def repulsion(self, codes_nc: Tensor) -> Tensor:
        """What ``repels`` adds to G's loss: the weighted pulling-away term of the encoder's codes of G(z)."""
        return self.weight * pulling_away(codes_nc)
