"""InfoGAN's bound on the information that samples hold of their codes (Chen et al. 2016, arXiv:1606.03657).

L_I(G, Q) = H(c) + E log Q(c | G(z, c)) <= I(c; G(z, c)), nats: equal where Q is the true posterior. It is subtracted,
with a weight lambda, from the losses of both players, so that Q learns on D's trunk. For a categorical code H(c) is its
ceiling; a continuous one has none.

The bound says nothing of real samples. That Q reads the same category off two views of a real image, and all
categories equally often, is asked for by I(c; c') of what it reads of both (IIC: Ji, Henriques and Vedaldi 2018,
arXiv:1807.06653). It keeps InfoGAN's categories from following what views change, as Elastic-InfoGAN does by another
loss (Ojha et al. 2019, arXiv:1910.01112).

What G was led to first, Q and G hold each other to: two classes that share a category part no more. Where the
comparison of views has a head start (``recogniser.head_start``), categories are of real images before G is led by
them in earnest.

Nor does it say that a continuous code means the same in all classes: half of the digits may turn one way with it and
half the other. That turning real images alike moves what Q reads of all of them alike is asked for by the variance of
that shift. It chooses no code for the turn, and no direction.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import cross_entropy

from ganstudio.experiment import (
    EARLY_WEIGHT,
    AugmentationSpec,
    CategoricalCodeSpec,
    ContinuousCodeSpec,
    code_names,
)
from ganstudio.objectives.terms import Number
from ganstudio.scalars import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from ganstudio.experiment import CodeSpec, LatentSpec, RecogniserSpec
    from ganstudio.networks import Recogniser
    from ganstudio.objectives.terms import Sight

LOG_VARIANCE = (-10.0, 4.0)
"""Where the log variance is held: a code that is read without error would have an infinite density."""


def information_scalars(latent: LatentSpec) -> tuple[Scalar, ...]:
    """L_I of each code, nats."""
    return tuple(
        Scalar(
            name=f"information_{index}",
            plot="Information",
            label=name,
            player=None,
            unit="nats",
            about="Information: what samples tell of each code c against its ceiling, and what they tell of being real",
            called=f"the information on {name}",
        )
        for index, name in enumerate(code_names(latent.codes))
    )


class Gain:
    """The information term, subtracted from both players' losses: - sum of lambda L_I. early: with EARLY_WEIGHT.

    What it finds stays in the move's ``information``, of which each code's number is told.
    """

    scalar = None
    separable = True
    pairs = penalises = fades = False

    def __init__(self, information: Information, recogniser: Recogniser, *, early: bool) -> None:
        self._information, self._recogniser, self._early = information, recogniser, early

    def __call__(self, sight: Sight) -> Tensor:
        """- sum of lambda L_I, from what Q says of D's features of G(z, c)."""
        assert sight.of_fake is not None
        said, latents = self._recogniser(sight.of_fake), sight.inputs.latents
        sight.information = self._information.bounds(said, latents, self._recogniser.columns)
        return -self.weighed(sight.information)

    def weighed(self, bounds: Tensor) -> Tensor:
        """Sum of lambda L_I."""
        return self._information.gain(bounds, early=self._early)


class _OfViews:
    """Compares what Q reads of real images as D saw them with what it reads of other views of the same."""

    scalar = None
    separable = False
    pairs = penalises = fades = False

    def __init__(self, information: Information, recogniser: Recogniser, spec: RecogniserSpec) -> None:
        self._information, self._recogniser, self._spec = information, recogniser, spec


class Consistency(_OfViews):
    """- sum of lambda I(c; c') of what Q reads of real images as D saw them, and of the same seen anew."""

    def __call__(self, sight: Sight) -> Tensor:
        """- I(c; c'); the average of what was seen so far takes part in it."""
        assert sight.drawn is not None
        assert sight.of_real is not None
        assert sight.views is not None
        q, spec = self._recogniser, self._spec
        anew = q(sight.views.features_of(sight.drawn, sight, spec.views))
        return -self._information.consistency(q(sight.of_real), anew, q.columns, q.together, spec.memory)


class Evenness(_OfViews):
    """Sum of lambda Var(shift) of what Q reads of real images as D saw them, and of the same turned alike."""

    def __call__(self, sight: Sight) -> Tensor:
        """Var(shift), over the minibatch."""
        assert sight.drawn is not None
        assert sight.of_real is not None
        assert sight.views is not None
        q, turned = self._recogniser, sight.views.turned(sight.drawn, self._spec.view_rotation)
        anew = q(sight.views.features_of(turned, sight, AugmentationSpec()))
        return self._information.unevenness(q(sight.of_real), anew, q.columns)


def information_numbers(latent: LatentSpec) -> tuple[Number, ...]:
    """L_I of each code, as the move's information term has found it."""

    def of_code(index: int) -> Callable[[Sight], Tensor]:
        def told(sight: Sight) -> Tensor:
            assert sight.information is not None, "the term has been asked"
            return sight.information[index]

        return told

    return tuple(Number(scalar, of_code(index)) for index, scalar in enumerate(information_scalars(latent)))


class Information:
    """L_I of each code of a latent space, and the weighted sum that both players descend less of."""

    def __init__(self, latent: LatentSpec) -> None:
        self._codes = list(zip(latent.codes, latent.code_columns, strict=True))
        self._weights = torch.tensor([code.weight for code in latent.codes])
        shares = [EARLY_WEIGHT if isinstance(code, CategoricalCodeSpec) else 1.0 for code in latent.codes]
        self._early_weights = self._weights * torch.tensor(shares)
        self.has_categorical = any(isinstance(code, CategoricalCodeSpec) for code in latent.codes)
        self.has_continuous = any(isinstance(code, ContinuousCodeSpec) for code in latent.codes)

    def bounds(self, parameters_np: Tensor, latents_nd: Tensor, columns: tuple[slice, ...]) -> Tensor:
        """L_I of each code (codes,), nats, from what Q says (n, p) of G(z, c) for latents [z, c] (n, d).

        columns: where Q's parameters of each code stand.
        """
        return torch.stack(
            [
                code.entropy - _cross_entropy(code, parameters_np[:, said], latents_nd[:, true])
                for (code, true), said in zip(self._codes, columns, strict=True)
            ]
        )

    def gain(self, bounds: Tensor, *, early: bool = False) -> Tensor:
        """Sum of lambda L_I over the codes: what is subtracted from a player's loss. early: in Q's head start."""
        weights = self._early_weights if early else self._weights
        return (weights.to(bounds.device) * bounds).sum()

    def consistency(
        self,
        one_np: Tensor,
        other_np: Tensor,
        columns: tuple[slice, ...],
        together: Callable[[int], Tensor],
        memory: float,
    ) -> Tensor:
        """Sum of lambda I(c; c') over the categorical codes, of what Q says (n, p) of two views of the same images.

        together: the averaged table (size, size) of a code, by its place; what is seen now enters it with weight
        1 - memory, and I is of the table after that.
        """
        total = one_np.new_zeros(())
        for index, ((code, _), said) in enumerate(zip(self._codes, columns, strict=True)):
            if isinstance(code, CategoricalCodeSpec):
                seen = pairs(one_np[:, said], other_np[:, said])
                table = together(index).lerp_(seen.detach(), 1 - memory)
                total = total + code.weight * (agreement(table) + _steer(table, seen))
        return total

    def unevenness(self, one_np: Tensor, other_np: Tensor, columns: tuple[slice, ...]) -> Tensor:
        """Sum of lambda Var(shift) over the continuous codes, of Q (n, p) on images and on the same, changed alike.

        A shift is how far the change moves Q's mean of the code for one image, in units of the code's reach. Where all
        shift alike the code means the same in every image, whatever that is, or is not moved by such a change at all.
        """
        total = one_np.new_zeros(())
        for (code, _), said in zip(self._codes, columns, strict=True):
            if isinstance(code, ContinuousCodeSpec):
                shift = (other_np[:, said.start] - one_np[:, said.start]) / code.reach
                total = total + code.weight * shift.var()
        return total


def pairs(one_nk: Tensor, other_nk: Tensor) -> Tensor:
    """How often two views of the same images are read as each pair of categories, (k, k): logits (n, k) of each.

    The mean over the images of the product of both distributions, made symmetric (equation 2 of Ji et al. 2018).
    """
    joint = one_nk.softmax(1).T @ other_nk.softmax(1) / len(one_nk)
    return (joint + joint.T) / 2


def agreement(joint_kk: Tensor) -> Tensor:
    """I(c; c'), nats, of a table of pairs (k, k); log k where both are always the same and no value is the rarer."""
    return (joint_kk * _surprise(joint_kk)).sum()


def _steer(table: Tensor, seen: Tensor) -> Tensor:
    """Zero, with the gradient in ``seen`` that the table's I(c; c') has in its entries.

    I of a minibatch's own table would be another objective. A minibatch of 128 has some classes twice as often as
    others and leaves most of the pairs out, so that Q is led to part what is whole and to join what is apart. On the
    infogan preset all classes were read rightly after 3,000 steps with a memory, and .87 after 8,000 without (seed 0).
    """
    part = (seen * _surprise(table)).sum()
    return part - part.detach()


def _surprise(joint_kk: Tensor) -> Tensor:
    joint = joint_kk.clamp_min(torch.finfo(joint_kk.dtype).tiny)
    margin = joint.sum(0).log()
    return joint.log() - margin - margin[:, None]


def _cross_entropy(code: CodeSpec, parameters: Tensor, values: Tensor) -> Tensor:
    """-E log Q(c | x): values (n, width) as G was given them."""
    if isinstance(code, CategoricalCodeSpec):
        return cross_entropy(parameters, values)
    mean, log_variance = parameters[:, :1], parameters[:, 1:].clamp(*LOG_VARIANCE)
    squares = (values - mean).square() / log_variance.exp()
    return 0.5 * (squares + log_variance + math.log(2 * math.pi)).mean()
