"""What games share: G judged alone, D's gradient free, or its slope held small; and how they hand out their terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import softplus as sp

from ganstudio.objectives.terms import Number, Summand
from ganstudio.scalars import D_FAKE, D_LOSS, D_REAL, G_LOSS, VALUE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from ganstudio.experiment import Spec
    from ganstudio.objectives.terms import Judge, Sight, Term
    from ganstudio.scalars import Player, Scalar


def value(real: Tensor, fake: Tensor) -> Tensor:
    """V(D, G) in nats from logits (n,): -log 4 + 2 JSD at the optimal D, and never more than that on fresh samples."""
    return -(sp(-real).mean() + sp(fake).mean())


class Game:
    """A game of one G and one D: the losses of its logits, and what it adds to them.

    separable: whether both losses are means of terms with one sample, or one pair, each. pairs: whether G's compares
    its samples with real ones. penalises: whether D's has a penalty on its gradient in the samples. every: the penalty
    is a mean that each so many-th sample of the minibatch is enough for. fades: whether the penalty's weight falls with
    the instance noise. real_label: the probability that its best D gives where there are real samples alone.
    through_samples: whether G learns by the gradient in its samples, which must then pass on to its weights.
    margin: up to where D raises the energy of generated samples; None where it has logits.
    """

    separable = False
    pairs = False
    penalises = False
    every = 1
    fades = False
    real_label = 1.0
    through_samples = True
    margin: float | None = None

    def __init__(self, spec: Spec) -> None:
        """Take the settings that the losses have."""

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """D's loss from its logits for x and G(z)."""
        raise NotImplementedError

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """G's loss from D's logits for G(z), and for x where ``pairs``."""
        raise NotImplementedError

    def penalty(self, judge: Judge, x: Tensor, g: Tensor) -> Tensor:
        """What is added to D's loss where ``penalises``, from samples x of the data and g of G; D is ``judge``."""
        raise AssertionError("this objective has no penalty")

    # --- what it hands out ---

    def terms(self, player: Player) -> tuple[Term, ...]:
        """The summands of a player's loss, its own first."""
        if player == "generator":
            return (Summand(of=self._of_generator, scalar=G_LOSS, separable=self.separable, pairs=self.pairs),)
        loss = Summand(of=self._of_discriminator, scalar=D_LOSS, separable=self.separable)
        if not self.penalises:
            return (loss,)
        return loss, Summand(of=self._of_slopes, separable=True, penalises=True, fades=self.fades)

    def numbers(self, player: Player) -> tuple[Number, ...]:
        """What else is told of a player's move."""
        if player == "generator":
            return ()
        of_real, of_fake = self.opinions()
        return (
            Number(of_real, lambda sight: self.opinion(_real(sight)).mean()),
            Number(of_fake, lambda sight: self.opinion(sight.fake).mean()),
            Number(VALUE, lambda sight: value(_real(sight), sight.fake)),
        )

    def opinions(self) -> tuple[Scalar, Scalar]:
        """What the means of D's opinions of x and G(z) are called."""
        return D_REAL, D_FAKE

    def opinion(self, outputs: Tensor) -> Tensor:
        """What D's outputs say of samples, in its own terms: the probability that each is real."""
        return outputs.sigmoid()

    def verdict(self, outputs: Tensor) -> Tensor:
        """How real D takes samples to be, from 0 to 1."""
        return outputs.sigmoid()

    def updates(self) -> Mapping[str, Callable[[Tensor], Tensor]]:
        """By name, other losses of D's logits for G(z) that its G could descend; none: there is but its own."""
        return {}

    def _of_discriminator(self, sight: Sight) -> Tensor:
        return self.discriminator_loss(_real(sight), sight.fake)

    def _of_generator(self, sight: Sight) -> Tensor:
        return self.generator_loss(sight.fake, sight.real)

    def _of_slopes(self, sight: Sight) -> Tensor:
        assert sight.asks is not None, "a penalty is of D's move"
        return self.penalty(*sight.asks.slopes(sight, self.every))


def _real(sight: Sight) -> Tensor:
    assert sight.real is not None, "D judges real samples in its own move"
    return sight.real


def squared_slopes(judge: Judge, x: Tensor, g: Tensor) -> Tensor:
    """R1 + R2: E ||grad l(x)||^2 + E ||grad l(G(z))||^2, from as many real samples x as generated ones g, (n, *shape).

    Roth et al. 2017 (arXiv:1705.09367), Mescheder et al. 2018 (arXiv:1801.04406).
    """
    here = torch.cat([x, g]).detach().requires_grad_()
    (slopes,) = torch.autograd.grad(judge(here).sum(), here, create_graph=True)
    return slopes.square().sum() / len(x)
