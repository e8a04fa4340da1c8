"""Sentences: numbers of words to people, one-hot vectors to networks, strips of colours as pictures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ganstudio.modalities import Sentences, packed, unpacked
from ganstudio.modalities.sentences import joined, split_words

KIND = Sentences(("", "the", "cat", "sleeps", "."), 5)
TOKENS = np.array([[1, 2, 3, 4, 0], [1, 2, 0, 0, 0]], np.int32)


def test_there_and_back() -> None:
    model = KIND.to_model(TOKENS)
    assert (model.shape, model.dtype) == ((2, 5, 5), np.float32)
    np.testing.assert_array_equal(model.sum(-1), 1)
    np.testing.assert_array_equal(model[0, 1], [0, 0, 1, 0, 0])
    people = KIND.to_people(model + 0.3)  # what noise leaves the largest is the word
    assert people.dtype == np.int32
    np.testing.assert_array_equal(people, TOKENS)


def test_they_are_read_as_they_are_written() -> None:
    assert KIND.text(TOKENS) == ("the cat sleeps.", "the cat")
    assert KIND.read_first
    unspaced = Sentences(("", "今天", "猫", "睡了", "。"), 4, spaced=False)
    assert unspaced.text(np.array([[1, 2, 3, 4]])) == ("今天猫睡了。",)
    assert unspaced.split("今天猫们睡了。") == ["今天", "猫", "们", "睡了", "。"]
    assert unspaced.tokens_of(["今天", "猫", "们"]) == [1, 2, None]
    assert KIND.split("The cat sleeps.") == ["the", "cat", "sleeps", "."]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Is it? (don't)", ["Is", "it", "?", "(", "don't", ")"]),
        ("well-known, 3.5 …", ["well-known", ",", "3.5", "…"]),
        ("", []),
        ("?!", ["?", "!"]),
    ],
)
def test_marks_are_words_of_their_own(text: str, words: list[str]) -> None:
    assert split_words(text) == words
    assert split_words(joined(words)) == words


def test_alike_words_look_alike() -> None:
    pictures = KIND.pictures(TOKENS)
    assert (pictures.shape, pictures.dtype) == ((2, 6, 48, 3), np.uint8)
    np.testing.assert_array_equal(pictures[0, :, :12], pictures[1, :, :12])
    assert (pictures[0, 0, 12] != pictures[1, 0, 12]).any()
    np.testing.assert_array_equal(pictures[1, :, 12:].reshape(-1, 3), np.full((36 * 6, 3), 31))


def test_they_survive_json_and_numbers_that_are_none() -> None:
    assert unpacked(json.loads(json.dumps(packed(KIND)))) == KIND
    assert KIND.text(np.array([[9, -3, 2, 0, 0]])) == (".",)  # of a file that lies; -3 is taken as the end


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"vocabulary": ["", "a"]}, None),
        ({"vocabulary": [""]}, "a vocabulary of 1 to 20,001 words"),
        ({"vocabulary": ["a", "b"]}, "begins with the end"),
        ({"vocabulary": ["", "a", "a"]}, "each other word once"),
        ({"vocabulary": ["", "a", ""]}, "each other word once"),
        ({"vocabulary": ["", 3]}, "each other word once"),
        ({"length": 0}, "a length from 1 to 256 words, not 0"),
        ({"length": True}, "a length from 1 to 256 words, not True"),
        ({"spaced": 1}, "spaced or not, not 1"),
    ],
)
def test_what_is_no_vocabulary_is_told(fields: dict[str, object], told: str | None) -> None:
    facts = {"kind": "sentences", "vocabulary": ["", "a", "b"], "length": 3, "spaced": True} | fields
    if told is None:
        assert unpacked(facts).shape == (3, 2)
        return
    with pytest.raises(ValueError, match=told):
        unpacked(facts)
