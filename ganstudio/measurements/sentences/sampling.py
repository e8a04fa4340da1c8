"""Sentences drawn from a generator and held against others, at any temperature. Needs torch.

Legend for names of arrays: n sentences, t places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from ganstudio.measurements.sentences.exact import Exact, exact
from ganstudio.measurements.sentences.ngrams import bleu, self_bleu, sentences

if TYPE_CHECKING:
    from ganstudio.data import Dataset
    from ganstudio.networks.sequence import SequenceGenerator

    Tokens = npt.NDArray[np.int32]
    Doubles = npt.NDArray[np.float64]

AT_ONCE = 500
_ORDER = 4
"""Words of the runs that quality and diversity are told by, where no probabilities are known."""
_COMPARED = 300


@torch.no_grad()
def drawn(generator: SequenceGenerator, count: int, seed: int, temperature: float = 1.0) -> Tokens:
    """Sentences (count, t), the same for the same seed, by the same dice at all temperatures."""
    random = torch.Generator().manual_seed(seed)
    place = generator.logits.weight.device
    parts = []
    for start in range(0, count, AT_ONCE):
        dice = torch.rand((min(AT_ONCE, count - start), generator.length), generator=random) * 2 - 1
        parts.append(generator.draw(dice.to(place), temperature=temperature).cpu().numpy().astype(np.int32))
    return np.concatenate(parts)


@torch.no_grad()
def log_q(generator: SequenceGenerator, tokens_nt: Tokens, temperature: float = 1.0) -> Doubles:
    """How likely G is to write each of these (n,), nats."""
    place = generator.logits.weight.device
    parts = torch.split(torch.from_numpy(tokens_nt.astype(np.int64)), AT_ONCE)
    found = [generator.log_probabilities(part.to(place), temperature).sum(1).cpu().double() for part in parts]
    return torch.cat(found).numpy()


def truth(
    generator: SequenceGenerator, dataset: Dataset, real_nt: Tokens, seed: int, temperature: float = 1.0
) -> Exact:
    """The exact divergences from as many of G's sentences as there are real ones (n, t)."""
    assert dataset.log_probability is not None
    made = drawn(generator, len(real_nt), seed, temperature)
    logs = dataset.log_probability
    of_real, of_made = log_q(generator, real_nt, temperature), log_q(generator, made, temperature)
    return exact(logs(real_nt), of_real, logs(made), of_made)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """How good and how various sentences are, at a temperature.

    quality: the share of those that can be; where all can be how likely they are, mean log p in nats; or BLEU-4 against
    real ones. various: the entropy of G, nats, or 1 less self-BLEU-4. jsd: exact, nats; None where it is not known.
    error: standard error of the JSD.
    """

    temperature: float
    quality: float
    various: float
    jsd: float | None = None
    error: float = 0.0


def mark(generator: SequenceGenerator, dataset: Dataset, real_nt: Tokens, seed: int, temperature: float = 1.0) -> Mark:
    """Where a generator stands in the plane of quality and diversity at a temperature."""
    if dataset.log_probability is not None:
        found = truth(generator, dataset, real_nt, seed, temperature)
        quality = found.likely if dataset.first_fault is None else found.right
        return Mark(temperature=temperature, quality=quality, various=found.entropy, jsd=found.jsd, error=found.error)
    made = drawn(generator, min(len(real_nt), _COMPARED), seed, temperature)
    return _by_runs(made, real_nt, temperature)


def real_mark(dataset: Dataset, real_nt: Tokens, others_nt: Tokens) -> Mark:
    """Where real sentences stand, held against others that are real."""
    if dataset.log_probability is not None:
        likely = float(dataset.log_probability(real_nt).mean())
        quality = likely if dataset.first_fault is None else 1.0
        return Mark(temperature=1.0, quality=quality, various=-likely, jsd=0.0)
    return _by_runs(real_nt[:_COMPARED], others_nt, 1.0)


def _by_runs(made_nt: Tokens, others_nt: Tokens, temperature: float) -> Mark:
    made, others = sentences(made_nt), sentences(others_nt[:_COMPARED])
    quality, alike = bleu(made, others, _ORDER)[-1], self_bleu(made, _ORDER)[-1]
    return Mark(temperature=temperature, quality=quality, various=1 - alike)
