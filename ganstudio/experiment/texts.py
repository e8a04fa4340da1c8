"""Sentences: where they come from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob
from ganstudio.experiment.written import Encoding, encoding


class GrammarSpec(Spec):
    """Sentences of a small grammar, whose probabilities are known exactly: 47 words, 13.9 nats a sentence.

    What opens a sentence decides the tense and the mark that ends it; nouns and verbs agree across the phrase between.
    """

    kind: Literal["grammar"] = "grammar"
    language: Literal["english", "chinese"] = knob("english", "The same grammar with the words of either")
    count: int = knob(20_000, "Sentences to train on", unit="sentences", ge=100, le=200_000, log=True)
    seed: int = knob(0, "Seed that the sentences are drawn from", ge=0, le=2**32 - 1)
    held_out: int = knob(4_000, "Further sentences, kept aside for measures", unit="sentences", ge=0, le=50_000)


class OracleSpec(Spec):
    """Nonsense of a network whose weights are random, as in the SeqGAN paper: its probabilities are known exactly.

    Hardly any judge finds what is wrong with another network's nonsense: it is here to be seen, not to succeed.
    """

    kind: Literal["oracle"] = "oracle"
    words: int = knob(50, "Words that there are; 5,000 in the paper", unit="words", ge=2, le=5_000, log=True)
    length: int = knob(12, "Words of each sentence; 20 in the paper", unit="words", ge=2, le=40)
    state: int = knob(32, "Units of the network that makes them", ge=1, le=256)
    count: int = knob(10_000, "Sentences to train on", unit="sentences", ge=100, le=100_000, log=True)
    seed: int = knob(0, "Seed of the network and of the sentences", ge=0, le=2**32 - 1)
    held_out: int = knob(4_000, "Further sentences, kept aside for measures", unit="sentences", ge=0, le=50_000)


class TextsSpec(Spec):
    """Sentences in a text, a column of a table, or a field of JSON lines."""

    kind: Literal["texts"] = "texts"
    path: str = Field(description="File that holds the sentences", min_length=1)
    column: str = knob("", "Column or field that holds the sentences, by name; empty: the one with the longest text")
    split: Literal["auto", "lines", "sentences"] = knob(
        "auto",
        "What a text is parted at. lines: each line is a sentence; sentences: lines are joined up to an empty one and "
        "parted where sentences end. auto: sentences where most lines have several, or are broken at a width",
    )
    unit: Literal["auto", "words", "characters"] = knob(
        "auto",
        "What sentences are made of. auto: characters where over 30 % of the letters are Chinese or Japanese, and for "
        "lists of single words",
    )
    lower_case: bool = knob(False, "Take capital letters as small ones, so that words at the beginning are no others")
    vocabulary: int = knob(
        5_000,
        "Words at most, the most frequent; rarer ones are told as unknown",
        unit="words",
        ge=10,
        le=20_000,
        log=True,
    )
    longest: int = knob(40, "Words of a sentence at most; longer ones are skipped", unit="words", ge=2, le=200)
    held_out: int = knob(0, "Sentences that are kept aside for measures", unit="of them", ge=0, zero="a tenth")
    encoding: Encoding = encoding()
