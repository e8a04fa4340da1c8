"""A small grammar in English and in Chinese, as one automaton with the words of either.

What opens a sentence sets the tense and the mark at its end; nouns carry the number, and so do the verbs that follow
them, across a phrase between that may be of another number. At most 14 words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ganstudio.data.text.automaton import Arc, Automaton
from ganstudio.data.text.dataset import sentence_dataset
from ganstudio.modalities import Sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import GrammarSpec

LENGTH = 15
_ONE, _MANY = 0, 1
_SUBJECT, _BETWEEN, _OBJECT = range(3)
_BETWEEN_OFTEN, _OBJECT_OFTEN = 0.35, 0.6
_ADJECTIVES_OFTEN = (0.4, 0.25, 0.0)
_DETERMINED = (0.4, 0.3, 0.3)
_OPENED = (("today", 0.35), ("yesterday", 0.35), ("perhaps", 0.3))


@dataclass(frozen=True)
class Lexicon:
    """The words of a language. In pairs: of one, and of many; in threes: at present of one and of many, and past."""

    openers: tuple[str, str, str]
    marks: tuple[str, str]
    determiners: tuple[tuple[str, ...], tuple[str, ...]]
    adjectives: tuple[str, ...]
    nouns: tuple[tuple[str, ...], tuple[str, ...]]
    between: tuple[str, ...]
    verbs: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    doings: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    adverb: str
    spaced: bool


LEXICONS = {
    "english": Lexicon(
        openers=("today", "yesterday", "perhaps"),
        marks=(".", "?"),
        determiners=(("the", "a", "every"), ("the", "some", "two")),
        adjectives=("small", "old", "red", "happy", "quiet"),
        nouns=(
            ("cat", "dog", "girl", "bird", "robot", "king"),
            ("cats", "dogs", "girls", "birds", "robots", "kings"),
        ),
        between=("near", "behind", "with"),
        verbs=(("sees", "likes", "finds"), ("see", "like", "find"), ("saw", "liked", "found")),
        doings=(("sleeps", "waits"), ("sleep", "wait"), ("slept", "waited")),
        adverb="quietly",
        spaced=True,
    ),
    "chinese": Lexicon(
        openers=("今天", "昨天", "也许"),
        marks=("。", "吗？"),
        determiners=(("我的", "一只", "每只"), ("我的", "有些", "两只")),
        adjectives=("小的", "老的", "红的", "快乐的", "安静的"),
        nouns=(("猫", "狗", "鸟", "猴", "虎", "兔"), ("猫们", "狗们", "鸟们", "猴们", "虎们", "兔们")),
        between=("靠着", "跟着", "带着"),
        verbs=(("看见", "喜欢", "找到"), ("都看见", "都喜欢", "都找到"), ("看见了", "喜欢了", "找到了")),
        doings=(("睡", "等"), ("都睡", "都等"), ("睡了", "等了")),
        adverb="很久",
        spaced=False,
    ),
}


def build_grammar(spec: GrammarSpec) -> Dataset:
    """``spec.count`` + ``spec.held_out`` sentences of at most 14 words, drawn from ``spec.seed``.

    Raises DatasetError where they would not fit in memory.
    """
    automaton = grammar_of(spec.language)
    modality = Sentences(automaton.vocabulary, LENGTH, LEXICONS[spec.language].spaced)
    return sentence_dataset(
        f"Grammar, {spec.language.capitalize()}",
        modality,
        lambda count, rng: automaton.draw(count, LENGTH, rng),
        count=spec.count,
        held_out=spec.held_out,
        seed=spec.seed,
        source=f"{spec.count:,} sentences of a grammar of {automaton.states} states, drawn from seed {spec.seed}",
        log_probability=automaton.log_probability,
        first_fault=automaton.first_fault,
    )


@cache
def grammar_of(language: str) -> Automaton:
    """The automaton of a language."""
    return Automaton(("open",), _Grammar(LEXICONS[language]))


@dataclass(frozen=True)
class _Grammar:
    """The arcs of each state, which is a tuple of its name and of what is known: tense, mark, role, numbers."""

    words: Lexicon

    def __call__(self, state: tuple[object, ...]) -> Iterator[Arc]:
        name, *known = state
        yield from getattr(self, f"_{name}")(*known)

    def _open(self) -> Iterator[Arc]:
        stated, asked = self.words.marks
        tenses = (
            (("present", stated, 1.0),),
            (("past", stated, 1.0),),
            (("present", asked, 0.5), ("past", asked, 0.5)),
        )
        for opener, (_, often), ways in zip(self.words.openers, _OPENED, tenses, strict=True):
            for tense, mark, share in ways:
                for number in (_ONE, _MANY):
                    yield Arc(often * share / 2, opener, ("determiner", tense, mark, _SUBJECT, number, number))

    def _determiner(self, tense: str, mark: str, role: int, number: int, subject: int) -> Iterator[Arc]:
        for word, often in zip(self.words.determiners[number], _DETERMINED, strict=True):
            yield Arc(often, word, ("noun", tense, mark, role, number, subject, 0))

    def _noun(self, tense: str, mark: str, role: int, number: int, subject: int, adjectives: int) -> Iterator[Arc]:
        more = 0.0 if role == _BETWEEN else _ADJECTIVES_OFTEN[adjectives]
        if more:
            for word in self.words.adjectives:
                to = ("noun", tense, mark, role, number, subject, adjectives + 1)
                yield Arc(more / len(self.words.adjectives), word, to)
        nouns = self.words.nouns[number]
        for word in nouns:
            yield Arc((1 - more) / len(nouns), word, ("after", tense, mark, role, subject))

    def _after(self, tense: str, mark: str, role: int, subject: int) -> Iterator[Arc]:
        if role == _OBJECT:
            yield Arc(1.0, mark, ("done",))
            return
        between = _BETWEEN_OFTEN if role == _SUBJECT else 0.0
        if between:
            for word in self.words.between:
                for number in (_ONE, _MANY):
                    to = ("determiner", tense, mark, _BETWEEN, number, subject)
                    yield Arc(between / len(self.words.between) / 2, word, to)
        form = 2 if tense == "past" else subject
        verbs, doings = self.words.verbs[form], self.words.doings[form]
        for word in verbs:
            for number in (_ONE, _MANY):
                to = ("determiner", tense, mark, _OBJECT, number, _ONE)
                yield Arc((1 - between) * _OBJECT_OFTEN / len(verbs) / 2, word, to)
        for word in doings:
            yield Arc((1 - between) * (1 - _OBJECT_OFTEN) / len(doings), word, ("doing", mark))

    def _doing(self, mark: str) -> Iterator[Arc]:
        yield Arc(0.5, self.words.adverb, ("end", mark))
        yield Arc(0.5, mark, ("done",))

    def _end(self, mark: str) -> Iterator[Arc]:
        yield Arc(1.0, mark, ("done",))

    def _done(self) -> Iterator[Arc]:
        yield Arc(1.0, "", ("done",))
