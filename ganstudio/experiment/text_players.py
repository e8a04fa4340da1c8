"""G and D for sentences."""

from __future__ import annotations

from typing import ClassVar, Literal

from ganstudio.experiment._base import Spec, knob


class DiceSpec(Spec):
    """Base of generators that make a sample bit by bit, by throwing a die for each: the dice are their z."""


class SequenceGeneratorSpec(DiceSpec):
    """A recurrent network (LSTM) that draws one word after another, knowing those before it; fits sentences.

    Its z are the dice, one number from -1 to 1 for each word, whatever is set of the latent space.
    """

    kind: Literal["sequence"] = "sequence"
    state: int = knob(32, "Units of its memory: with few of them, as 4, it can't learn all", ge=1, le=1024, log=True)
    embedding: int = knob(32, "Numbers that stand for each word", ge=1, le=1024, log=True)


class PrefixDiscriminatorSpec(Spec):
    """A recurrent network (LSTM) that judges a sentence after each of its words; fits sentences.

    At its best the output after t words is the log of how much likelier these are among real than among G's sentences,
    so that each word has a reward of its own: what it adds.
    """

    kind: Literal["prefix"] = "prefix"
    state: int = knob(64, "Units of its memory", ge=1, le=1024, log=True)
    embedding: int = knob(32, "Numbers that stand for each word", ge=1, le=1024, log=True)
    dropout: float = knob(0.1, "Share of the numbers that are left out at random while it learns", ge=0, lt=1)

    judges_prefixes: ClassVar[bool] = True


class TextDiscriminatorSpec(Spec):
    """Convolutions over the words and their strongest answers, as in SeqGAN (Yu et al. 2016); fits sentences."""

    kind: Literal["text"] = "text"
    widest: int = knob(5, "Words that the widest pattern spans; there are some of each width up to it", ge=1, le=40)
    channels: int = knob(32, "Patterns of each width", ge=1, le=512, log=True)
    embedding: int = knob(32, "Numbers that stand for each word", ge=1, le=1024, log=True)
    dropout: float = knob(0.25, "Share of the numbers that are left out at random while it learns", ge=0, lt=1)
