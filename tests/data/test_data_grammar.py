"""The grammar and the oracle: what they write, and how likely each sentence is, exactly."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset
from ganstudio.data.text.automaton import Arc, Automaton
from ganstudio.data.text.grammar import LENGTH, grammar_of
from ganstudio.data.text.oracle import Oracle
from ganstudio.experiment import GrammarSpec, OracleSpec


@pytest.fixture(scope="module", params=["english", "chinese"])
def grammar(request):
    return build_dataset(GrammarSpec(language=request.param, count=2000, held_out=500))


def numbers(dataset, text: str) -> np.ndarray:
    tokens = dataset.modality.tokens_of(dataset.modality.split(text))
    assert None not in tokens, text
    return np.array([[*tokens, *[0] * (LENGTH - len(tokens))]])


def test_it_is_the_grammar_of_the_page(grammar) -> None:
    assert grammar.shape == (15, 47)
    assert (grammar.count, grammar.held_out) == (2000, 500)
    tokens = grammar.modality.to_people(grammar.at(np.arange(2500)))
    logs = grammar.log_probability(tokens)
    assert np.isfinite(logs).all()
    assert -logs.mean() == pytest.approx(13.89, abs=0.15)  # 13.9 nats a sentence
    assert 0.85 < len(np.unique(tokens, axis=0)) / 2500 < 0.97
    np.testing.assert_array_equal(tokens[:, -1], 0)  # 14 words at most
    assert len({grammar.modality.written(row) for row in tokens.tolist()}) == len(np.unique(tokens, axis=0))


def test_both_languages_are_one_automaton() -> None:
    english, chinese = grammar_of("english"), grammar_of("chinese")
    assert english.states == chinese.states
    draws = [one.draw(300, LENGTH, np.random.default_rng(4)) for one in (english, chinese)]
    one, other = (of.log_probability(tokens) for of, tokens in zip((english, chinese), draws, strict=True))
    np.testing.assert_allclose(one, other, rtol=1e-9)


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("today the cat sleeps.", 0.35 * (0.5 * 0.4 * 0.6 / 6) * 0.65 * 0.4 / 2 * 0.5),
        ("perhaps two dogs waited quietly?", 0.15 * (0.5 * 0.3 * 0.6 / 6) * 0.65 * 0.4 / 2 * 0.5),
        # The king counts, not the cats between.
        (
            "today a king near two cats sleeps.",
            0.35 * (0.5 * 0.3 * 0.6 / 6) * (0.35 / 3 * 0.5 * 0.3 / 6) * 0.4 / 2 * 0.5,
        ),
        ("today a king near two cats sleep.", 0.0),
        ("yesterday the cat sleeps.", 0.0),
        ("today the cat sleeps?", 0.0),
        ("today two cat sleep.", 0.0),
    ],
)
def test_how_likely_a_sentence_is_can_be_counted_by_hand(text: str, likely: float) -> None:
    dataset = build_dataset(GrammarSpec(count=100, held_out=0))
    (log,) = dataset.log_probability(numbers(dataset, text))
    assert np.exp(log) == pytest.approx(likely, rel=1e-9)


def test_the_first_word_that_is_wrong_is_found() -> None:
    dataset = build_dataset(GrammarSpec(count=100, held_out=0))
    texts = ["today the cat sleeps.", "today the cats sleeps.", "today today the cat"]
    tokens = np.concatenate([numbers(dataset, text) for text in texts])
    np.testing.assert_array_equal(grammar_of("english").first_fault(tokens), [15, 3, 1])


def test_all_sentences_of_an_automaton_together_are_certain() -> None:
    def arcs(state):
        if state < 2:
            yield Arc(0.25, "a", state + 1)
            yield Arc(0.75, "b", 2)
        else:
            yield Arc(1.0, "", 2)

    automaton = Automaton(0, arcs)
    every = np.array(list(itertools.product(range(3), repeat=3)))
    assert np.exp(automaton.log_probability(every)).sum() == pytest.approx(1, abs=1e-12)
    drawn = automaton.draw(4000, 3, np.random.default_rng(0))
    assert (drawn[:, 0] == 1).mean() == pytest.approx(0.25, abs=0.03)  # four standard errors


def test_the_oracle_tells_how_likely_its_nonsense_is() -> None:
    oracle = Oracle(3, 4, np.random.default_rng(0))
    every = np.array(list(itertools.product(range(1, 4), repeat=3)))
    shares = np.exp(oracle.log_probability(every))
    assert shares.sum() == pytest.approx(1, abs=1e-9)
    drawn = oracle.draw(6000, 3, np.random.default_rng(1))
    counts = np.array([(drawn == row).all(1).mean() for row in every])
    errors = np.sqrt(shares * (1 - shares) / 6000)
    assert (np.abs(counts - shares) <= 4 * errors).all()
    assert oracle.log_probability(np.array([[1, 0, 0]]))[0] == -np.inf
    data = build_dataset(OracleSpec(words=6, length=4, state=3, count=100, held_out=20))
    assert (data.shape, data.count, data.held_out) == ((4, 7), 100, 20)
    assert data.modality.text(data.modality.to_people(data.at(np.arange(1))))[0].replace(" ", "").isdigit()


def test_data_is_the_same_each_time_and_memory_is_asked(monkeypatch) -> None:
    one, other, third = (build_dataset(GrammarSpec(count=200, held_out=10, seed=seed)) for seed in (3, 3, 4))
    some = np.arange(200)
    np.testing.assert_array_equal(one.at(some), other.at(some))
    assert (one.at(some) != third.at(some)).any()
    indices = np.random.default_rng(7).integers(0, 200, 5)
    np.testing.assert_array_equal(one.draw(5, np.random.default_rng(7)), one.at(indices))
    monkeypatch.setattr("ganstudio.data.text.dataset.limits.memory_bytes", lambda: 3_000)
    with pytest.raises(DatasetError, match=r"take at most 50, or set"):
        build_dataset(GrammarSpec(count=200, held_out=10))
