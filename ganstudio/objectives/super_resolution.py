"""Super-resolution by squared errors and a judge (Ledig et al. 2016, arXiv:1609.04802, SRGAN).

The judge is relativistic (Jolicoeur-Martineau 2018, arXiv:1807.00734) with R1. In place of features of a published
network there is a term that keeps the small image, so that the weight of the pixels' own can be small: what the small
image does not tell is then left to D. Legend: y small images, x originals, g = G(y), d makes images smaller.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import softplus as sp

from ganstudio.data.givens import shrinking
from ganstudio.objectives.base import Game
from ganstudio.objectives.terms import Number, Summand
from ganstudio.scalars import G_LOSS, Scalar

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.experiment import SuperResolutionSpec
    from ganstudio.objectives.terms import Judge, Sight, Term
    from ganstudio.scalars import Player

PIXELS = Scalar(
    name="part_pixels",
    plot="Parts of G's loss",
    label="pixels",
    role="real",
    player="generator",
    unit="with its weight",
    about="What G's loss is the sum of, each with its weight: squared errors of the pixels and of the small image, and "
    "what D says. The largest leads",
    tip="a E (G(z) − x)²: how far the pixels are from the original's",
    log=True,
    called="the pixels' part of G's loss",
)
SMALL_IMAGE = replace(
    PIXELS,
    name="part_small_image",
    label="small image",
    role="generated",
    tip="b E (d(G(z)) − d(x))²: how far G's image, made small again, is from the small original",
    called="the small image's part of G's loss",
)
ADVERSARIAL = replace(
    PIXELS,
    name="part_adversarial",
    label="D",
    role="discriminator",
    tip="λ E softplus(l(x) − l(G(z))): how well D tells the two apart",
    called="D's part of G's loss",
)


class SuperResolution(Game):
    """D says which of an original and what was made of its small copy is the original; G is held to both as well."""

    separable = True
    pairs = True
    penalises = True

    def __init__(self, spec: SuperResolutionSpec) -> None:
        self.adversarial, self.pixels, self.small_image = spec.adversarial, spec.pixels, spec.small_image
        self.gamma = spec.gamma

    def discriminator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """E sp(l(g) - l(x))."""
        return sp(fake - real).mean()

    def generator_loss(self, fake: Tensor, real: Tensor | None) -> Tensor:
        """Lambda E sp(l(x) - l(g)), without the squared errors, which are of images and not of logits."""
        assert real is not None
        return self.adversarial * sp(real - fake).mean()

    def of_pixels(self, g: Tensor, x: Tensor) -> Tensor:
        """The pixels' part, a E (g - x)^2."""
        return self.pixels * (g - x).square().mean()

    def of_small_image(self, g: Tensor, x: Tensor, small: tuple[int, ...]) -> Tensor:
        """The small image's part, b E (d(g) - d(x))^2: of the original, as G would copy the noise on y otherwise.

        small: the shape (h, w) of what d makes.
        """
        rows, columns = (_shrinking(*sides).to(g) for sides in zip(g.shape[2:], small, strict=True))
        return self.small_image * (rows @ (g - x) @ columns.T).square().mean()

    def penalty(self, judge: Judge, x: Tensor, g: Tensor) -> Tensor:
        """Gamma/2 R1: gamma/2 E ||grad l(x)||^2, at real images alone (Mescheder et al. 2018, arXiv:1801.04406)."""
        here = x.detach().requires_grad_()
        (slopes,) = torch.autograd.grad(judge(here).sum(), here, create_graph=True)
        return self.gamma / 2 * slopes.square().sum() / len(x)

    # --- what it hands out ---

    def terms(self, player: Player) -> tuple[Term, ...]:
        """G's loss is one term, the sum of three parts; each is told by itself."""
        if player == "discriminator":
            return super().terms(player)
        return (Summand(of=self._of_all, scalar=G_LOSS, separable=True, pairs=True),)

    def numbers(self, player: Player) -> tuple[Number, ...]:
        """The parts of G's loss."""
        if player == "discriminator":
            return super().numbers(player)
        return (
            Number(PIXELS, lambda sight: self.of_pixels(*_pair(sight))),
            Number(SMALL_IMAGE, lambda sight: self.of_small_image(*_pair(sight), _small(sight))),
            Number(ADVERSARIAL, lambda sight: self.generator_loss(sight.fake, sight.real)),
        )

    def _of_all(self, sight: Sight) -> Tensor:
        g, x = _pair(sight)
        held = self.of_pixels(g, x) + self.of_small_image(g, x, _small(sight))
        return held + self.generator_loss(sight.fake, sight.real)


def _pair(sight: Sight) -> tuple[Tensor, Tensor]:
    assert sight.made is not None
    assert sight.drawn is not None
    return sight.made, sight.drawn


def _small(sight: Sight) -> tuple[int, ...]:
    assert sight.inputs.given is not None, "G is given small images"
    return tuple(sight.inputs.given.shape[2:])


@cache
def _shrinking(side: int, small: int) -> Tensor:
    return torch.from_numpy(shrinking(side, side // small))
