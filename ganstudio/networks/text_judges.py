"""Discriminators of sentences: one that judges after each word, and one that looks for patterns of words.

Legend: n sentences, t places, v words, e numbers that stand for a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ganstudio.networks.discriminator import Discriminator
from ganstudio.networks.sequence import running, words_of

if TYPE_CHECKING:
    from ganstudio.experiment import PrefixDiscriminatorSpec, TextDiscriminatorSpec


def _check(kind: str, shape: tuple[int, ...]) -> None:
    if len(shape) != 2:
        raise ValueError(
            f"discriminator.kind: '{kind}' judges sentences, and the data are of another kind: choose another one"
        )


class PrefixDiscriminator(Discriminator):
    """Sentences (n, t, v) to logits (n,); its features are the logits after each word (n, t), the last for all behind.

    Trained by cross-entropy at every place, the best of them is l_t = log p(x_1..t) / q(x_1..t): then l_t - l_(t-1) is
    the log ratio of the word itself.
    """

    def __init__(self, spec: PrefixDiscriminatorSpec, shape: tuple[int, ...]) -> None:
        super().__init__()
        _check(spec.kind, shape)
        self.feature_size = shape[0]
        self.represent = nn.Linear(shape[1], spec.embedding, bias=False)
        nn.init.normal_(self.represent.weight)
        self.memory = nn.LSTM(spec.embedding, spec.state, batch_first=True)
        self.dropout = nn.Dropout(spec.dropout)
        self.verdict = nn.Linear(spec.state, 1)

    def read(self, samples: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The logit of each whole sentence (n,), and those after each word (n, t)."""
        seen = self.dropout(self.memory(self.dropout(self.represent(samples)))[0])
        logits = self.verdict(seen)[..., 0]
        last = running(words_of(samples)).sum(1, keepdim=True) - 1
        places = torch.arange(logits.shape[1], device=logits.device)
        held = logits.gather(1, torch.minimum(places, last))
        return held[:, -1], held


class TextDiscriminator(Discriminator):
    """Sentences (n, t, v) to logits (n,): convolutions of several widths, the strongest answer of each, a highway."""

    def __init__(self, spec: TextDiscriminatorSpec, shape: tuple[int, ...]) -> None:
        super().__init__()
        _check(spec.kind, shape)
        widths = range(1, min(spec.widest, shape[0]) + 1)
        self.represent = nn.Linear(shape[1], spec.embedding, bias=False)
        nn.init.normal_(self.represent.weight)
        self.patterns = nn.ModuleList(nn.Conv1d(spec.embedding, spec.channels, width) for width in widths)
        self.feature_size = spec.channels * len(widths)
        self.gate, self.way = (nn.Linear(self.feature_size, self.feature_size) for _ in range(2))
        self.dropout = nn.Dropout(spec.dropout)
        self.verdict = nn.Linear(self.feature_size, 1)

    def read(self, samples: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The logit of each sentence (n,), and the features (n, f)."""
        words_net = self.represent(samples).transpose(1, 2)
        strongest = torch.cat([pattern(words_net).relu().amax(2) for pattern in self.patterns], 1)
        gate = self.gate(strongest).sigmoid()
        features = self.dropout(gate * self.way(strongest).relu() + (1 - gate) * strongest)
        return self.verdict(features)[:, 0], features
