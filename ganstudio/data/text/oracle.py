"""The oracle of Yu et al. 2016 (SeqGAN): an LSTM whose weights are standard normal draws, and the nonsense it writes.

Its words are their numbers, from 1 on. Legend for names of arrays: n sentences, t places, w words, h units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.text.dataset import sentence_dataset
from ganstudio.modalities import Sentences

if TYPE_CHECKING:
    from ganstudio.data.dataset import Dataset
    from ganstudio.data.text.automaton import Doubles, Tokens
    from ganstudio.experiment import OracleSpec

_AT_ONCE = 2_000


class Oracle:
    """The network. embedding: as many numbers stand for a word as it has units."""

    def __init__(self, words: int, state: int, rng: np.random.Generator) -> None:
        self._words, self._state = words, state
        self._embedding = rng.standard_normal((words + 1, state))
        self._gates = rng.standard_normal((2 * state, 4 * state))
        self._shift = rng.standard_normal(4 * state)
        self._out, self._out_shift = rng.standard_normal((state, words)), rng.standard_normal(words)

    def draw(self, count: int, length: int, rng: np.random.Generator) -> Tokens:
        """Sentences (count, length); none ends before."""
        parts = [min(_AT_ONCE, count - start) for start in range(0, count, _AT_ONCE)]
        return np.concatenate([self._drawn(part, length, rng) for part in parts])

    def _drawn(self, count: int, length: int, rng: np.random.Generator) -> Tokens:
        found = np.zeros((count, length), np.int32)
        before, memory = np.full(count, self._words), self._empty(count)
        for place in range(length):
            logs, memory = self._next(before, memory)
            sums = np.exp(logs).cumsum(1)
            before = np.minimum((sums < rng.random(count)[:, None]).sum(1), self._words - 1)
            found[:, place] = before + 1
        return found

    def log_probability(self, tokens_nt: npt.NDArray[np.integer]) -> Doubles:
        """How likely each of these sentences is (n,), nats; -inf of one that ends early."""
        parts = [tokens_nt[start : start + _AT_ONCE] for start in range(0, len(tokens_nt), _AT_ONCE)]
        return np.concatenate([np.zeros(0), *map(self._told, parts)])

    def _told(self, tokens_nt: npt.NDArray[np.integer]) -> Doubles:
        count, length = tokens_nt.shape
        before, memory, told = np.full(count, self._words), self._empty(count), np.zeros(count)
        for place in range(length):
            logs, memory = self._next(before, memory)
            before = np.maximum(tokens_nt[:, place] - 1, 0)
            told += np.where(tokens_nt[:, place] > 0, logs[np.arange(count), before], -np.inf)
        return told

    def _empty(self, count: int) -> tuple[Doubles, Doubles]:
        return np.zeros((count, self._state)), np.zeros((count, self._state))

    def _next(
        self, before_n: npt.NDArray[np.integer], memory: tuple[Doubles, Doubles]
    ) -> tuple[Doubles, tuple[Doubles, Doubles]]:
        """Log probabilities (n, w) of the next word, and the memory after the one before."""
        h, c = memory
        gates = np.concatenate([self._embedding[before_n], h], 1) @ self._gates + self._shift
        enters, stays, new, shown = np.split(gates, 4, axis=1)
        c = _sigmoid(stays) * c + _sigmoid(enters) * np.tanh(new)
        h = _sigmoid(shown) * np.tanh(c)
        logits = h @ self._out + self._out_shift
        logits -= logits.max(1, keepdims=True)
        return logits - np.log(np.exp(logits).sum(1, keepdims=True)), (h, c)


def _sigmoid(values: Doubles) -> Doubles:
    return np.asarray(0.5 * (1 + np.tanh(values / 2)))


def build_oracle(spec: OracleSpec) -> Dataset:
    """``spec.count`` + ``spec.held_out`` sentences of ``spec.length`` words, by a network made from ``spec.seed``."""
    oracle = Oracle(spec.words, spec.state, np.random.default_rng([spec.seed, 1]))
    modality = Sentences(("", *(str(number + 1) for number in range(spec.words))), spec.length)
    return sentence_dataset(
        "Oracle",
        modality,
        lambda count, rng: oracle.draw(count, spec.length, rng),
        count=spec.count,
        held_out=spec.held_out,
        seed=spec.seed,
        source=f"{spec.count:,} sentences of a network with random weights, made from seed {spec.seed}",
        log_probability=oracle.log_probability,
    )
