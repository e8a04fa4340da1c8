"""Sentences: words or characters of a vocabulary, one after another, up to an end."""

from __future__ import annotations

import colorsys
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ganstudio.modalities.modality import Modality, Words

if TYPE_CHECKING:
    from ganstudio.modalities.modality import Floats, Pixels, Samples

END = 0
"""The token that ends a sentence, the vocabulary's first, which is written as nothing. All behind it are the same."""
LONGEST, MOST_WORDS = 256, 20_001  # one of which may stand for all others
_LONGEST_WORD = 100
_ACROSS, _CELL = 8, 6  # of a sentence's picture: tokens in a row, and their side in pixels
_GOLDEN = 0.618034
_NO_SPACE_BEFORE = frozenset(".,;:!?…)]}’”%。，、；：！？）】》")
_NO_SPACE_AFTER = frozenset("([{‘“（【《")


@dataclass(frozen=True)
class Sentences(Modality):
    """Sentences as one-hot vectors (n, length, words) in model units, as numbers of words int32 (n, length) to people.

    vocabulary: the words; the first is empty and ends a sentence. length: words of a sentence at most, its end
    included where there is one. spaced: whether words are written with spaces between them.
    """

    vocabulary: tuple[str, ...] = ("", "?")
    length: int = 1
    spaced: bool = True

    kind: ClassVar[str] = "sentences"
    words: ClassVar[Words] = Words("sentence", "sentences", "a sentence")
    fixed: ClassVar[int] = 40
    shown: ClassVar[int] = 40
    read_first: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Raise ValueError for words that are none."""
        known = self.vocabulary
        if not isinstance(known, tuple) or not 2 <= len(known) <= MOST_WORDS + 1:
            raise ValueError(f"sentences have a vocabulary of 1 to {MOST_WORDS:,} words, and the end before them")
        right = all(isinstance(word, str) and 0 < len(word) <= _LONGEST_WORD for word in known[1:])
        if known[0] != "" or not right or len(set(known)) < len(known):
            raise ValueError("a vocabulary begins with the end, which is empty, and has each other word once")
        whole = isinstance(self.length, int) and not isinstance(self.length, bool)
        if not whole or not 1 <= self.length <= LONGEST:
            raise ValueError(f"sentences have a length from 1 to {LONGEST} words, not {self.length!r}")
        if not isinstance(self.spaced, bool):
            raise ValueError(f"sentences are spaced or not, not {self.spaced!r}")

    @property
    def shape(self) -> tuple[int, ...]:
        """(length, words)."""
        return self.length, len(self.vocabulary)

    @property
    def described(self) -> str:
        """How long they are, and how many words they are made of."""
        units = "words and marks" if self.spaced else "characters"
        return f"sentences of at most {self.length} of {len(self.vocabulary) - 1:,} {units}"

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each word."""
        return {word: number for number, word in enumerate(self.vocabulary)}

    def to_people(self, model: Floats) -> Samples:
        """The numbers of the words, int32 (n, length), each the likeliest."""
        numbers: Samples = np.asarray(model).argmax(-1).astype(np.int32)
        return numbers

    def to_model(self, samples: Samples) -> Floats:
        """One-hot vectors float32 (n, length, words)."""
        found = np.zeros((*samples.shape, len(self.vocabulary)), np.float32)
        np.put_along_axis(found, self._known(samples)[..., None], 1.0, axis=-1)
        return found

    def pictures(self, samples: Samples) -> Pixels:
        """A strip of coloured squares in rows of eight, a colour for each word: alike sentences look alike."""
        tokens = self._known(samples)
        rows = -(-self.length // _ACROSS)
        cells = np.zeros((len(tokens), rows * _ACROSS), np.int64)
        cells[:, : self.length] = tokens
        colours = self._colours[cells].reshape(-1, rows, _ACROSS, 3)
        pictures: Pixels = colours.repeat(_CELL, axis=1).repeat(_CELL, axis=2)
        return pictures

    def text(self, samples: Samples) -> tuple[str, ...]:
        """The sentences as they are written."""
        return tuple(self.written(row) for row in self._known(samples).tolist())

    def tokens_of(self, words: list[str]) -> list[int | None]:
        """The numbers of words; None: of one that is not in the vocabulary."""
        return [self.numbers.get(word) or None for word in words]

    def written(self, tokens: list[int]) -> str:
        """A row of numbers up to its end, as it is written."""
        words: list[str] = []
        for token in tokens:
            if token == END:
                break
            words.append(self.vocabulary[token])
        return joined(words, spaced=self.spaced)

    def split(self, text: str) -> list[str]:
        """What a person wrote in words as they are in the vocabulary: by spaces and marks, or in the longest that fit.

        What is in no vocabulary comes as it is written.
        """
        text = unicodedata.normalize("NFC", text).strip()
        if self.spaced:
            found = split_words(text)
            return [word if word in self.numbers else _in_lower_case(word, self.numbers) for word in found]
        return self._in_longest((" " if " " in self.numbers else "").join(text.split()))

    def _in_longest(self, text: str) -> list[str]:
        longest = max(map(len, self.vocabulary))
        found, at = [], 0
        while at < len(text):
            ends = range(min(len(text), at + longest), at, -1)
            end = next((end for end in ends if text[at:end] in self.numbers), at + 1)
            found.append(text[at:end])
            at = end
        return found

    def _known(self, samples: Samples) -> Samples:
        """Numbers that there are, whatever a file says."""
        return np.clip(np.asarray(samples).astype(np.int64), 0, len(self.vocabulary) - 1)

    @cached_property
    def _colours(self) -> Pixels:
        hues = [(number * _GOLDEN) % 1.0 for number in range(len(self.vocabulary))]
        colours = np.array([colorsys.hls_to_rgb(hue, 0.6, 0.6) for hue in hues])
        colours[END] = 0.12
        pixels: Pixels = np.rint(255 * colours).astype(np.uint8)
        return pixels


def split_words(text: str) -> list[str]:
    """Words and marks of a text: "Is it?" is ``Is``, ``it``, ``?``; what stands within a word stays, as in don't."""
    found: list[str] = []
    for part in text.split():
        begin, end = 0, len(part)
        while begin < end and not part[begin].isalnum():
            begin += 1
        while end > begin and not part[end - 1].isalnum():
            end -= 1
        found += [*part[:begin], *([part[begin:end]] if end > begin else []), *part[end:]]
    return found


def joined(words: list[str], *, spaced: bool = True) -> str:
    """Words as they are written: with spaces, but for marks."""
    if not spaced:
        return "".join(words)
    text = ""
    for place, word in enumerate(words):
        close = place == 0 or word in _NO_SPACE_BEFORE or words[place - 1] in _NO_SPACE_AFTER
        text += word if close else f" {word}"
    return text


def _in_lower_case(word: str, known: dict[str, int]) -> str:
    return word.lower() if word.lower() in known else word
