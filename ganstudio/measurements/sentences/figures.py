"""All figures of a generator of sentences, each next to what real sentences get, and to what is no GAN.

Legend for names of arrays: n sentences, t places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.measurements.estimate import EstimationError
from ganstudio.measurements.figure import Figure
from ganstudio.measurements.sentences import ngrams
from ganstudio.measurements.sentences.sampling import drawn, log_q, truth
from ganstudio.modalities.sentences import END

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ganstudio.data import Dataset
    from ganstudio.measurements.figure import Better
    from ganstudio.measurements.sentences.exact import Exact
    from ganstudio.networks.sequence import SequenceGenerator

    Tokens = npt.NDArray[np.int32]

EXACT, COMPARED = 4_000, 500
"""Sentences of each side: of the exact figures, and of BLEU, where each is held against all others."""
_SHUFFLED, _SINGLE = "words shuffled", "each word by its frequency alone"
_TRAINED_ON = "sentences that it was trained on"
_LONGEST_RUN = 5
_FEWEST = 10
_AT_ONCE = 500


@dataclass(frozen=True)
class Sentences:
    """Some sentences (n, t), which are asked for what they are held to."""

    tokens: Tokens

    @cached_property
    def lines(self) -> list[ngrams.Sentence]:
        """The same, without what is behind their end."""
        return ngrams.sentences(self.tokens)

    @cached_property
    def compared(self) -> list[ngrams.Sentence]:
        """Those that BLEU is computed of."""
        return self.lines[:COMPARED]

    @property
    def distinct(self) -> float:
        """The share of them that is left where each is counted once."""
        return len(set(self.lines)) / len(self.lines)


def tokens_of(dataset: Dataset, indices: npt.NDArray[np.integer]) -> Tokens:
    """Sentences of the data (n, t), a few hundred at a time, as one-hot vectors are large."""
    assert dataset.at is not None
    parts = [
        dataset.modality.to_people(dataset.at(indices[start : start + _AT_ONCE]))
        for start in range(0, len(indices), _AT_ONCE)
    ]
    return np.concatenate(parts)


def aside_of(dataset: Dataset, most: int) -> Tokens:
    """Real sentences that were kept aside (n, t). Raises EstimationError where there are hardly any."""
    if dataset.at is None or dataset.count is None or dataset.held_out < _FEWEST:
        raise EstimationError(
            f"at least {_FEWEST} sentences must be kept aside for measures, and there are {dataset.held_out}"
        )
    return tokens_of(dataset, np.arange(dataset.count, dataset.count + min(dataset.held_out, most)))


def sentence_figures(
    dataset: Dataset, generator: SequenceGenerator, seed: int, others: Mapping[str, SequenceGenerator] | None = None
) -> list[Figure]:
    """The figures of G's sentences; others: generators that are no GAN's, by what they are called.

    Raises EstimationError where too few real sentences were kept aside.
    """
    aside = aside_of(dataset, EXACT)
    compared = _Comparison(dataset, generator, seed, aside, others or {})
    found = [*compared.exactly()] if dataset.log_probability is not None else []
    return [*found, *compared.by_words()]


class _Comparison:
    """G's sentences, real ones kept aside, and the controls."""

    def __init__(
        self,
        dataset: Dataset,
        generator: SequenceGenerator,
        seed: int,
        aside: Tokens,
        others: Mapping[str, SequenceGenerator],
    ) -> None:
        assert dataset.count is not None
        self._dataset, self._generator, self._seed, self._others = dataset, generator, seed, others
        self._aside = Sentences(aside)
        count = len(aside)
        # Two halves of what was kept aside are held against each other, as G's are against one of them.
        self._made = Sentences(drawn(generator, count, seed))
        self._of_others = {name: Sentences(drawn(one, count, seed)) for name, one in others.items()}
        self._of_others[_SHUFFLED] = Sentences(_shuffled(aside, np.random.default_rng(seed)))
        random = np.random.default_rng(seed)
        known = random.choice(dataset.count, min(dataset.count, 20_000), replace=False)
        self._known = Sentences(tokens_of(dataset, known))
        some = len(known) < dataset.count
        self._one = f"one of {len(known):,} training sentences" if some else "a training sentence"
        self._copies = f"Copies of {len(known):,} sentences" if some else "Copies"
        self._none = f"none of {len(known):,} training sentences" if some else "no training sentence"

    # --- where the probabilities are known ---

    def exactly(self) -> Iterator[Figure]:
        """The divergences, and the share of sentences that can be."""
        own = self._truth(self._generator)
        others = {name: self._truth(one) for name, one in self._others.items()}
        logs = self._dataset.log_probability
        assert logs is not None
        entropy = float(-logs(self._aside.tokens).mean())

        def figure(
            name: str, of: Callable[[Exact], float], floor: float, title: str, help: str, better: Better = "low"
        ) -> Figure:
            controls = tuple((called, of(one)) for called, one in others.items())
            share = name == "right"
            return Figure(
                name=name, value=of(own), floor=floor, title=title, help=help, better=better, share=share,
                controls=controls,
            )  # fmt: skip

        error = f"Nats a sentence, of probabilities known exactly; standard error {own.error:.3f}. log 2 = 0.693: "
        yield figure("right", lambda one: one.right, 1.0, "Sentences that can be", _RIGHT, "high")
        yield figure("exact_jsd", lambda one: one.jsd, 0.0, "Exact JSD", f"{error}nothing in common")
        yield figure("exact_forward", lambda one: one.forward, 0.0, "Exact KL(p_data || p_g)", _FORWARD)
        yield figure("exact_reverse", lambda one: one.reverse, 0.0, "Exact KL(p_g || p_data)", _REVERSE)
        yield figure("entropy", lambda one: one.entropy, entropy, "Entropy of G", _ENTROPY, "floor")

    def _truth(self, generator: SequenceGenerator) -> Exact:
        return truth(generator, self._dataset, self._aside.tokens, self._seed)

    # --- of all sentences ---

    def by_words(self) -> Iterator[Figure]:
        """Likelihood, BLEU and self-BLEU, runs of words that are new, copies."""
        yield self._of_likelihood()
        half = len(self._aside.tokens) // 2
        references, others = Sentences(self._aside.tokens[:half]), Sentences(self._aside.tokens[half:])
        yield from self._of_bleu(references, others)
        yield self._figure("distinct", lambda one: one.distinct, self._aside, "Different sentences", _DISTINCT, "floor")
        for length in (2, 3, 4):
            runs = ngrams.all_runs(self._known.lines, length)
            yield self._figure(
                f"unseen_{length}",
                lambda one, runs=runs, length=length: ngrams.unseen(one.lines, runs, length),  # type: ignore[misc]
                self._aside,
                f"Runs of {length} words that are new",
                f"Share of them that is in {self._none}: real ones have some too",
                "floor",
            )
        lines = set(self._known.lines)
        yield self._figure(
            "copies",
            lambda one: float(np.mean([line in lines for line in one.lines])),
            self._aside,
            self._copies,
            f"Share that is, word for word, {self._one}: more than real ones have were learnt by heart",
            "floor",
        )

    def _of_likelihood(self) -> Figure:
        """How unlikely G finds real sentences that it never saw; of words that it never saw it can know nothing."""
        seen = np.zeros(self._dataset.modality.shape[-1], bool)
        seen[self._known.tokens] = True
        readable = self._aside.tokens[seen[self._aside.tokens].all(1)]
        left_out = len(self._aside.tokens) - len(readable)
        told = f"; {left_out:,} with words that {self._none} has are left out" if left_out else ""
        logs = self._dataset.log_probability
        controls = {name: _nll(one, readable) for name, one in self._others.items()}
        controls[_SINGLE] = _by_frequency(self._known.tokens, readable, len(seen))
        controls[_TRAINED_ON] = _nll(self._generator, self._known.tokens[: len(self._aside.tokens)])
        return Figure(
            name="nll",
            value=_nll(self._generator, readable),
            floor=math.nan if logs is None or not len(readable) else float(-logs(readable).mean()),
            title="How unlikely real sentences are to G",
            help=f"Mean of -log p_g over sentences that were kept aside, nats a sentence{told}. Far above those it "
            "was trained on, these were learnt by heart",
            better="low",
            controls=tuple(controls.items()),
        )

    def _of_bleu(self, references: Sentences, others: Sentences) -> Iterator[Figure]:
        table = ngrams.References(references.compared, _LONGEST_RUN)
        sides = {"": self._made, "floor": others, **self._of_others}
        found = {
            name: np.mean([table.bleu(line) for line in side.compared], axis=0) if side.compared else np.zeros(5)
            for name, side in sides.items()
        }
        alike = {name: ngrams.self_bleu(side.compared, _LONGEST_RUN) for name, side in sides.items()}
        for length in range(2, _LONGEST_RUN + 1):
            for name, rows, title, help, better in (
                (f"bleu_{length}", found, f"BLEU-{length}", _BLEU, "high"),
                (f"self_bleu_{length}", alike, f"Self-BLEU-{length}", _SELF_BLEU, "floor"),
            ):
                yield Figure(
                    name=name,
                    value=float(rows[""][length - 1]),
                    floor=float(rows["floor"][length - 1]),
                    title=title,
                    help=help,
                    better=better,  # type: ignore[arg-type]
                    controls=tuple((called, float(rows[called][length - 1])) for called in self._of_others),
                )

    def _figure(
        self, name: str, of: Callable[[Sentences], float], floor: Sentences, title: str, help: str, better: Better
    ) -> Figure:
        controls = tuple((called, of(side)) for called, side in self._of_others.items())
        return Figure(
            name=name, value=of(self._made), floor=of(floor), title=title, help=help, better=better, share=True,
            controls=controls,
        )  # fmt: skip


def _nll(generator: SequenceGenerator, tokens_nt: Tokens) -> float:
    return float(-log_q(generator, tokens_nt).mean()) if len(tokens_nt) else math.nan


def _by_frequency(known_nt: Tokens, tokens_nt: Tokens, words: int) -> float:
    """The same of who draws each word by how often it is there, whatever stands before it; up to the end, with it."""
    counts = np.bincount(known_nt[_running(known_nt)], minlength=words) + 1.0  # none is impossible
    logs = np.log(counts / counts.sum())
    return float(-(logs[tokens_nt] * _running(tokens_nt)).sum(1).mean()) if len(tokens_nt) else math.nan


def _running(tokens_nt: Tokens) -> npt.NDArray[np.bool_]:
    """Which places belong to a sentence, its end among them (n, t)."""
    ended = tokens_nt == END
    return np.asarray((ended.cumsum(1) - ended) == 0)


def _shuffled(tokens_nt: Tokens, random: np.random.Generator) -> Tokens:
    """The same words of each sentence in any order: what counts single words alone is passed by it."""
    found = tokens_nt.copy()
    for row in found:
        own = row[row > 0]
        random.shuffle(own)
        row[: len(own)] = own
    return found


_RIGHT = "Share of G's sentences that the data's grammar can write at all"
_FORWARD = "Nats a sentence: high where real sentences are all but impossible to G. 0 is perfect"
_REVERSE = "Nats a sentence: infinite as soon as one of G's sentences can't be"
_ENTROPY = "Nats: how many different sentences G makes, and how evenly. Below the data's it has forgotten some"
_DISTINCT = "Share that is left where each sentence is counted once"
_BLEU = (
    "How much of each sentence's runs of up to so many words real ones have, 0 to 1. Shuffled words, and one sentence "
    "said again and again, can score high: read it with self-BLEU"
)
_SELF_BLEU = "The same of each of G's sentences against its others: above what real ones have, G repeats itself"
