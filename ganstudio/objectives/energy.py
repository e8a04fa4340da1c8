"""Energy-based GAN (Zhao et al. 2016, arXiv:1609.03126): real samples get low energy, generated ones at least a margin.

D's score is minus the energy E. At equilibrium p_g = p_data, and E is the same constant, from 0 to the margin m, on all
of their support, so that D's loss is m (theorems 1 and 2).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torch.nn.functional import normalize, relu

from ganstudio.objectives.base import Game
from ganstudio.objectives.terms import Number, Summand
from ganstudio.scalars import D_REAL, Scalar

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.experiment import EnergySpec
    from ganstudio.objectives.terms import Term
    from ganstudio.scalars import Player


ENERGY_REAL = replace(
    D_REAL,
    plot="Energy",
    label="E(x)",
    unit="mean",
    about="Mean energies: D's squared reconstruction error of a sample, per component. Dashed: the margin m, up to "
    "which D raises the energy of generated samples; at the equilibrium it is close to m",
    tip="Mean energy of real samples",
    span=None,
    levels=(),
    called="E(x)",
)
ENERGY_FAKE = replace(
    ENERGY_REAL,
    name="d_fake",
    label="E(G(z))",
    role="generated",
    tip="Mean energy of generated samples",
    called="E(G(z))",
)
LIKENESS_REAL = Scalar(
    name="likeness_real",
    plot="Codes alike",
    label="PT(x)",
    role="real",
    unit="cos²",
    about="Pulling-away term PT: the mean squared cosine between the codes that D's encoder gives two samples of a "
    "minibatch. 0: all codes are at right angles, 1: all point the same way. G's loss has the one of its own "
    "samples, with its weight. Where G's is far above the data's, G's samples are too much alike. Where both rise "
    "though the term has weight, D answers it: it makes more of what all codes share. A weight decay of D's limits "
    "that",
    called="how alike the codes of real samples are",
)
LIKENESS_FAKE = replace(
    LIKENESS_REAL,
    name="likeness_fake",
    label="PT(G(z))",
    role="generated",
    called="how alike the codes of generated samples are",
)


def pulling_away(codes_nc: Tensor) -> Tensor:
    """PT = 1/(n (n - 1)) sum over i != j of cos^2 of the codes: 0 when all are orthogonal, 1 when all are parallel."""
    count = len(codes_nc)
    assert count > 1, "the term compares pairs"
    unit = normalize(codes_nc, dim=1)  # each code by its own length, never over the minibatch
    squares = (unit @ unit.T).square()
    return (squares.sum() - squares.trace()) / (count * (count - 1))


class Energy(Game):
    """The hinge is inside the mean: a generated sample beyond the margin does not make up for another within it."""

    separable = True

    def __init__(self, spec: EnergySpec) -> None:
        self.margin = self._margin = spec.margin
        self.weight = spec.pulling_away
        self.repels = spec.pulling_away > 0

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """E E(x) + E [m - E(G(z))]+."""
        return relu(self._margin + fake).mean() - real.mean()

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """E E(G(z)), without the pulling-away term, which is of codes and not of scores."""
        return -fake.mean()

    def repulsion(self, codes_nc: Tensor) -> Tensor:
        """What ``repels`` adds to G's loss: the weighted pulling-away term of the encoder's codes of G(z)."""
        return self.weight * pulling_away(codes_nc)

    def terms(self, player: Player) -> tuple[Term, ...]:
        """The pulling-away term stands beside G's loss."""
        terms = super().terms(player)
        if player != "generator" or not self.repels:
            return terms
        return *terms, Summand(of=lambda sight: self.repulsion(_codes(sight.of_fake)), separable=False)

    def numbers(self, player: Player) -> tuple[Number, ...]:
        """How alike the codes of samples are, real and generated, before D moves on them."""
        numbers = super().numbers(player)
        if player != "discriminator":
            return numbers
        return (
            *numbers,
            Number(LIKENESS_REAL, lambda sight: pulling_away(_codes(sight.of_real))),
            Number(LIKENESS_FAKE, lambda sight: pulling_away(_codes(sight.of_fake))),
        )

    def opinions(self) -> tuple[Scalar, Scalar]:
        """Energies are plotted by themselves."""
        return ENERGY_REAL, ENERGY_FAKE

    def opinion(self, outputs: Tensor) -> Tensor:
        """The energy of each sample."""
        return -outputs

    def verdict(self, outputs: Tensor) -> Tensor:
        """How far an energy is below the margin."""
        return (1 + outputs / self._margin).clamp(0, 1)


def _codes(features: Tensor | None) -> Tensor:
    assert features is not None, "D is an autoencoder and sees such samples"
    return features
