"""What players learn before the game, and what a reader that learnt then adds to G's loss in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torch.nn.functional import softplus

from ganstudio.networks import Inputs
from ganstudio.objectives.terms import Summand
from ganstudio.scalars import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from ganstudio.networks import Discriminator, Generator, Reader
    from ganstudio.objectives.terms import Sight, Term

CONTENT = Scalar(
    name="content",
    plot="Content",
    label="G",
    role="generator",
    player="generator",
    unit="squared model units",
    about="How far G's sample is from the real one that it was given something of, before the game",
    tip="Mean squared difference of G's sample and the real one",
    log=True,
    called="the content loss",
)
LIKELIHOOD = Scalar(
    name="likelihood",
    plot="Likelihood",
    label="G",
    role="generator",
    player="generator",
    unit="nats",
    about="How unlikely G finds real samples: with the weight that this has in its loss",
    tip="Mean of −log p_g(x) over real samples",
    called="how unlikely G finds real samples",
)
READING = Scalar(
    name="reading",
    plot="Reading",
    label="x",
    role="real",
    unit="squared model units",
    about="How far what the reader reads off samples lies from what was given with them",
    tip="Of real samples, which the reader learns from",
    log=True,
    called="the reader's error on real samples",
)
AGREEMENT = Scalar(
    name="agreement",
    plot="Reading",
    label="G",
    role="generated",
    player="generator",
    unit="squared model units",
    tip="Of G's samples: a term of its loss",
    log=True,
    called="the reader's error on generated samples",
)
TELLING = Scalar(
    name="telling",
    plot="Telling turns",
    label="x",
    role="real",
    unit="nats",
    about="How badly the features' network tells by how many quarters real images are turned. By chance it is 1.39; "
    "the lower, the more its features know of shapes and directions",
    tip="Cross-entropy of its guesses, of real images",
    called="the features' network's error",
)
FEATURES = Scalar(
    name="features",
    plot="Features",
    label="G",
    role="generated",
    player="generator",
    unit="squared",
    about="How far G's image is from the original in the features of the network that was trained before the game: "
    "without its weight in G's loss",
    tip="Mean squared difference of the features of G's image and of the original",
    log=True,
    called="the features' part of G's loss",
)
TOLD: Mapping[str, tuple[Scalar, Scalar]] = {"reading": (READING, AGREEMENT), "features": (TELLING, FEATURES)}
"""What readers' errors on real and on generated samples are told as."""


def content() -> Term:
    """E (G(z, y) - x)^2, of the x that gave y: the pixels' loss of Ledig et al. 2016 (arXiv:1609.04802)."""

    def distance(sight: Sight) -> Tensor:
        assert sight.made is not None
        assert sight.drawn is not None
        return (sight.made - sight.drawn).square().mean()

    return Summand(of=distance, scalar=CONTENT, separable=True)


def likelihood() -> Term:
    """-E log p_g(x | y)."""
    return Summand(of=unlikely, scalar=LIKELIHOOD, separable=True)


def unlikely(sight: Sight) -> Tensor:
    """-E log p_g(x | y) of the real samples that a move has before it, nats."""
    assert sight.drawn is not None
    assert sight.players is not None
    return -sight.players.generator.log_likelihood(sight.drawn, sight.inputs).mean()


def still_likely(weight: float) -> Term:
    """The same in the game, with a weight: what G learnt before it is not forgotten."""
    return Summand(of=lambda sight: weight * unlikely(sight), scalar=LIKELIHOOD, separable=True, pairs=True)


def reading(reader: Reader) -> Term:
    """E (F(x) - y)^2, of a reader F that is to read off x what it gave; or what else the reader has for an error."""

    def error(sight: Sight) -> Tensor:
        assert sight.drawn is not None
        assert sight.inputs.given is not None
        return reader.error(sight.drawn, sight.inputs.given)

    return Summand(of=error, scalar=_told(reader, TOLD[reader.told_as][0]), separable=True)


def agreement(reader: Reader) -> Term:
    """E (F(G(z, y)) - y)^2, of a reader F that stands still (Wang and Gupta 2016, arXiv:1603.05631).

    Of features phi it is E |phi(G(z, y)) - phi(x)|^2, of the x that gave y (Ledig et al. 2016, arXiv:1609.04802).
    """

    def error(sight: Sight) -> Tensor:
        assert sight.made is not None
        assert sight.inputs.given is not None
        with reader.at_rest():
            return reader.lost(sight.made, sight.drawn, sight.inputs.given)

    scalar = _told(reader, TOLD[reader.told_as][1])
    return Summand(of=error, scalar=scalar, separable=True, pairs=reader.pairs)


def _told(reader: Reader, scalar: Scalar) -> Scalar:
    return scalar if scalar is TELLING else replace(scalar, unit=reader.unit)


def passed_on(generator: Generator, judge: Discriminator, draw: Callable[[int], Tensor]) -> Term:
    """-E log D(G(z, y), y), of a second game's G and D, which are to stay as they are, and the y that the first G made.

    draw: so many latents of the second G. The joint training of Wang and Gupta 2016 (arXiv:1603.05631).
    """

    def unlikely(sight: Sight) -> Tensor:
        made = sight.made
        assert made is not None
        given = judge.pack(made) if judge.sees_given else None
        logits = judge(judge.pack(generator(Inputs(draw(len(made)), made))), None, given)
        return softplus(-logits).mean()

    return Summand(of=unlikely, separable=False)
