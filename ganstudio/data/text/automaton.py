"""A probabilistic automaton: sentences drawn from it, and how likely each is, exactly.

Legend for names of arrays: n sentences, t places, s states, w words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ganstudio.modalities.sentences import END

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    State = Hashable

Doubles = npt.NDArray[np.float64]
Tokens = npt.NDArray[np.int32]

_AT_ONCE = 4_000


class Arc(NamedTuple):
    """A way on from a state: how likely it is, the word that it writes, and where it leads."""

    probability: float
    word: str
    to: State


class Automaton:
    """States and the arcs between them, as found from a first one. A word is "" where the sentence has ended.

    vocabulary: the words, the end first.
    """

    def __init__(self, first: State, arcs: Callable[[Any], Iterable[Arc]]) -> None:
        found: dict[State, list[Arc]] = {}
        ahead = [first]
        while ahead:
            state = ahead.pop()
            if state not in found:
                found[state] = list(arcs(state))
                assert abs(sum(arc.probability for arc in found[state]) - 1) < 1e-9, f"{state} leads on surely"
                ahead += [arc.to for arc in found[state]]
        places = {state: place for place, state in enumerate(found)}
        self.vocabulary = ("", *sorted({arc.word for arcs in found.values() for arc in arcs} - {""}))
        numbers = {word: number for number, word in enumerate(self.vocabulary)}
        moves = np.zeros((len(numbers), len(places), len(places)))
        self._arcs = []
        for state, ways in found.items():
            words, leads = [numbers[way.word] for way in ways], [places[way.to] for way in ways]
            for (probability, _, _), word, lead in zip(ways, words, leads, strict=True):
                moves[word, places[state], lead] += probability
            self._arcs.append((np.cumsum([way.probability for way in ways]), np.array(words), np.array(leads)))
        # Of each word the states that it may be written in, those that it leads to, and the matrix between them.
        self._moves = []
        for move in moves:
            sources, ends = np.flatnonzero(move.any(1)), np.flatnonzero(move.any(0))
            self._moves.append((sources, ends, move[np.ix_(sources, ends)]))

    @property
    def states(self) -> int:
        """How many states there are."""
        return len(self._arcs)

    def draw(self, count: int, length: int, rng: np.random.Generator) -> Tokens:
        """Sentences (count, length), cut where they are longer."""
        states = np.zeros(count, np.int64)
        found = np.zeros((count, length), np.int32)
        for place in range(length):
            shares, after = rng.random(count), states.copy()
            for state in np.unique(states):
                here = np.flatnonzero(states == state)
                sums, words, ends = self._arcs[state]
                chosen = np.minimum(np.searchsorted(sums, shares[here], side="right"), len(sums) - 1)
                found[here, place], after[here] = words[chosen], ends[chosen]
            states = after
        return found

    def log_probability(self, tokens_nt: npt.NDArray[np.integer]) -> Doubles:
        """How likely each of these sentences is (n,), nats; -inf where the automaton can't write it."""
        parts = [tokens_nt[start : start + _AT_ONCE] for start in range(0, len(tokens_nt), _AT_ONCE)]
        return np.concatenate([np.zeros(0), *map(self._forward, parts)])

    def first_fault(self, tokens_nt: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
        """The place (n,) of the first word with which each can't be right any more; the length where all can."""
        alive = np.stack([np.isfinite(logs) for logs in self.running(tokens_nt)], axis=1)
        places: npt.NDArray[np.int64] = np.where(alive.all(1), tokens_nt.shape[1], np.argmin(alive, axis=1))
        return places

    def _forward(self, tokens_nt: npt.NDArray[np.integer]) -> Doubles:
        *_, logs = self.running(tokens_nt)
        return logs

    def running(self, tokens_nt: npt.NDArray[np.integer]) -> Iterable[Doubles]:
        """After each place how likely the sentences are up to there (n,): the forward algorithm, scaled."""
        count, length = tokens_nt.shape
        weights, logs = np.zeros((count, self.states)), np.zeros(count)
        weights[:, 0] = 1
        known = (tokens_nt >= END) & (tokens_nt < len(self.vocabulary))
        for place in range(length):
            after = np.zeros_like(weights)
            for word in np.unique(tokens_nt[known[:, place], place]):
                here = np.flatnonzero(tokens_nt[:, place] == word)
                sources, ends, moves = self._moves[word]
                after[np.ix_(here, ends)] = weights[np.ix_(here, sources)] @ moves
            sums = after.sum(1)
            with np.errstate(divide="ignore"):
                logs = logs + np.log(sums)
            weights = after / np.where(sums > 0, sums, 1)[:, None]
            yield logs
