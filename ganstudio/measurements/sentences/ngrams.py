"""BLEU and self-BLEU (Papineni et al. 2002; Zhu et al. 2018, arXiv:1802.01886), and runs of words that are new.

Counts are clipped once over all references, by a table of the most that any of them has. A sentence's zero counts are
taken as a tenth, as in the first smoothing of Chen and Cherry 2014. Sentences are tuples of numbers without their end.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    import numpy.typing as npt

Sentence = tuple[int, ...]
Run = tuple[int, ...]

_SMOOTHED = 0.1


def sentences(tokens_nt: npt.NDArray[np.integer]) -> list[Sentence]:
    """Rows of numbers up to their end, the number 0."""
    found = []
    for row in tokens_nt.tolist():
        found.append(tuple(row[: row.index(0)] if 0 in row else row))
    return found


def runs(sentence: Sentence, length: int) -> Iterable[Run]:
    """All runs of so many words."""
    return (sentence[start : start + length] for start in range(len(sentence) - length + 1))


class _Most(NamedTuple):
    """The most that a run is in one reference, and in any but that one."""

    first: int = 0
    second: int = 0
    where: int = -1


class References:
    """Sentences to be held against: of each run of up to ``longest`` words the most that one of them has."""

    def __init__(self, references: Sequence[Sentence], longest: int) -> None:
        self.longest = longest
        self._lengths = Counter(map(len, references))
        self._most: list[dict[Run, _Most]] = [{} for _ in range(longest)]
        for place, sentence in enumerate(references):
            for length, table in enumerate(self._most, start=1):
                for run, count in Counter(runs(sentence, length)).items():
                    known = table.get(run, _Most())
                    if count > known.first:
                        table[run] = _Most(count, known.first, place)
                    elif count > known.second:
                        table[run] = known._replace(second=count)

    def bleu(self, sentence: Sentence, *, but: int | None = None) -> tuple[float, ...]:
        """BLEU with runs of up to 1, 2, ... words, each from 0 to 1; but: the place of a reference that is left out."""
        if not sentence:
            return (0.0,) * self.longest
        logs, found, total = 0.0, [], 0.0
        brief = self._briefness(len(sentence), but is not None)
        for length, table in enumerate(self._most, start=1):
            clipped = 0
            for run, count in Counter(runs(sentence, length)).items():
                most = table.get(run, _Most())
                clipped += min(count, most.second if but is not None and most.where == but else most.first)
            whole = max(1, len(sentence) - length + 1)
            total += math.log((clipped or _SMOOTHED) / whole)
            logs = total / length
            found.append(math.exp(brief + logs))
        return tuple(found)

    def _briefness(self, own: int, left_out: bool) -> float:
        """The penalty of a sentence that is shorter than the reference nearest in length, as a logarithm."""
        others = self._lengths - Counter([own]) if left_out else self._lengths
        nearest = min(others, key=lambda length: (abs(length - own), length))
        return 0.0 if own >= nearest else 1 - nearest / own


def bleu(made: Sequence[Sentence], references: Sequence[Sentence], longest: int = 5) -> list[float]:
    """The mean over sentences of their BLEU with runs of up to 1, 2, ... words against all references."""
    table = References(references, longest)
    return _means([table.bleu(sentence) for sentence in made])


def self_bleu(made: Sequence[Sentence], longest: int = 5) -> list[float]:
    """The mean BLEU of each sentence against all the others: the higher, the more alike they are. Of two or more."""
    table = References(made, longest)
    return _means([table.bleu(sentence, but=place) for place, sentence in enumerate(made)])


def _means(rows: Sequence[tuple[float, ...]]) -> list[float]:
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]


def unseen(made: Iterable[Sentence], known: set[Run], length: int) -> float:
    """The share of the runs of so many words that are not among the known ones; NaN where there are none."""
    found = [run not in known for sentence in made for run in runs(sentence, length)]
    return sum(found) / len(found) if found else math.nan


def all_runs(known: Iterable[Sentence], length: int) -> set[Run]:
    """All runs of so many words that there are."""
    return {run for sentence in known for run in runs(sentence, length)}
