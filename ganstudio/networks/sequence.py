"""A recurrent generator of sentences, which draws one word after another.

Legend for names of tensors: n sentences, t places, v words, h units of the memory. Words are numbers (n, t); the first
of the vocabulary ends a sentence, and all behind it are the same. Other networks see one-hot vectors (n, t, v).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, log_softmax, one_hot

from ganstudio.modalities.sentences import END
from ganstudio.networks.generator import Generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ganstudio.experiment import SequenceGeneratorSpec
    from ganstudio.networks.generator import Inputs

    Memory = tuple[Tensor, Tensor]

LOGITS_AT_ONCE = 20_000_000
"""Numbers that ways to go on may take at a time: more are gone on with in turn."""


def words_of(samples_ntv: Tensor) -> Tensor:
    """The numbers of the words (n, t)."""
    return samples_ntv.argmax(-1)


def running(words_nt: Tensor) -> Tensor:
    """Which places belong to a sentence, its end among them, bool (n, t)."""
    ended = (words_nt == END).cumsum(1)
    return (ended - (words_nt == END).int()) == 0


class SequenceGenerator(Generator):
    """Uniform dice (n, t) from -1 to 1 to sentences: word t is the one whose share of the probability die t falls in.

    So the same dice give the same sentence, and a die that is turned changes its own word and those behind it alone.
    """

    differentiable = False

    def __init__(self, spec: SequenceGeneratorSpec, dimensions: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        if len(shape) != 2:
            raise ValueError(
                "generator.kind: 'sequence' makes sentences, word by word, and the data are of another kind: choose "
                "another generator"
            )
        self.length, self.words = shape
        if dimensions != self.length:
            raise ValueError(
                f"generator.kind: 'sequence' is given one die for each of {self.length} words and nothing else: set "
                "conditioning.labels to 'off', and remove latent.codes"
            )
        self.embedding = nn.Embedding(self.words + 1, spec.embedding)  # the last row stands before the first word
        self.memory = nn.LSTM(spec.embedding, spec.state, batch_first=True)
        self.logits = nn.Linear(spec.state, self.words)

    # --- samples ---

    @torch.no_grad()
    def forward(self, inputs: Inputs) -> Tensor:
        """One-hot vectors (n, t, v) of the sentences that the dice make."""
        return one_hot(self.draw(inputs.latents), self.words).to(self.logits.weight.dtype)

    @torch.no_grad()
    def draw(self, dice_nt: Tensor, *, temperature: float = 1.0, prefix: Sequence[int] = ()) -> Tensor:
        """The words (n, t) that dice make, after those of a prefix, whose dice count for nothing.

        temperature: below 1 likely words are likelier still, above 1 all are more alike.
        """
        count = dice_nt.shape[0]  # not its len, which a program that is exported would hold for good
        before, memory = self._start(count, dice_nt.device), self._empty(count, dice_nt.device)
        found = []
        for place in range(self.length):
            memory = self._remember(before, memory)
            if place < len(prefix):
                before = torch.full_like(before, prefix[place])
            else:
                before = self._thrown(memory[0], (dice_nt[:, place] + 1) / 2, before, temperature)
            found.append(before)
        return torch.stack(found, 1)

    def _thrown(self, h_nh: Tensor, shares_n: Tensor, before_n: Tensor, temperature: float = 1.0) -> Tensor:
        """The next words (n,) by shares from 0 to 1; behind the end there is the end."""
        sums = (self.logits(h_nh) / temperature).softmax(-1).cumsum(-1)
        if torch.compiler.is_exporting():  # the same as a search, which ONNX does not have
            words = (sums <= shares_n[:, None]).sum(-1).clamp_max(self.words - 1)
        else:
            words = torch.searchsorted(sums, shares_n[:, None].contiguous(), right=True)[:, 0].clamp_max(self.words - 1)
        return torch.where(before_n == END, END, words)

    # --- probabilities ---

    def log_probabilities(self, words_nt: Tensor, temperature: float = 1.0) -> Tensor:
        """Log G(x_t | x_<t) of each word (n, t), nats; 0 behind the end. A gradient passes."""
        logs = log_softmax(self.logits_of(words_nt) / temperature, -1)
        found: Tensor = logs.gather(2, words_nt[..., None])[..., 0] * running(words_nt)
        return found

    def logits_of(self, words_nt: Tensor) -> Tensor:
        """The logits (n, t, v) of the word at each place, knowing those before it."""
        shifted = torch.cat([self._start(len(words_nt), words_nt.device)[:, None], words_nt[:, :-1]], 1)
        logits: Tensor = self.logits(self.memory(self.embedding(shifted))[0])
        return logits

    def log_likelihood(self, samples: Tensor, inputs: Inputs) -> Tensor:
        """Log p_g(x) (n,), nats."""
        return self.log_probabilities(words_of(samples)).sum(1)

    # --- ways to go on ---

    @torch.no_grad()
    def rollouts(self, words_nt: Tensor, ways: int, random: torch.Generator) -> Iterator[tuple[range, Tensor]]:
        """From each beginning of each sentence so many ways to go on, in turn for some lengths of the beginning.

        Yields the lengths, from 1 to t - 1, and for them the whole sentences (lengths, ways, n, t). What G remembers of
        the beginnings is computed once, and all ways go on together.
        """
        count = len(words_nt)
        states, memory = [], self._empty(count, words_nt.device)
        before = self._start(count, words_nt.device)
        for place in range(self.length):
            memory = self._remember(before, memory)
            states.append(memory)
            before = words_nt[:, place]
        each = max(1, LOGITS_AT_ONCE // (count * ways * self.words))
        for first in range(1, self.length, each):
            lengths = range(first, min(first + each, self.length))
            yield lengths, self._going_on(words_nt, lengths, ways, states, random)

    def _going_on(
        self, words_nt: Tensor, lengths: range, ways: int, states: list[Memory], random: torch.Generator
    ) -> Tensor:
        count = len(words_nt)
        whole = words_nt.repeat(len(lengths) * ways, 1)
        rows, memory = 0, self._empty(0, words_nt.device)
        for place in range(lengths.start, self.length):
            if rows:
                memory = self._remember(whole[:rows, place - 1], memory)
            if place in lengths:
                joining = tuple(state.repeat(ways, 1) for state in states[place])
                memory = torch.cat([memory[0], joining[0]]), torch.cat([memory[1], joining[1]])
                rows += ways * count
            shares = torch.rand(rows, generator=random, device=words_nt.device)
            whole[:rows, place] = self._thrown(memory[0], shares, whole[:rows, place - 1])
        return whole.view(len(lengths), ways, count, self.length)

    # --- the memory ---

    def _start(self, count: int, device: torch.device) -> Tensor:
        return torch.full((count,), self.words, dtype=torch.long, device=device)

    def _empty(self, count: int, device: torch.device) -> Memory:
        empty = torch.zeros(count, self.memory.hidden_size, device=device, dtype=self.logits.weight.dtype)
        return empty, empty

    def _remember(self, words_n: Tensor, memory: Memory) -> Memory:
        """One step of the LSTM, which torch's own takes longer for, as it is made for whole sequences."""
        h, c = memory
        of_words, of_memory, *shifts = self.memory.all_weights[0]
        gates = linear(self.embedding(words_n), of_words, shifts[0]) + linear(h, of_memory, shifts[1])
        enters, stays, new, shown = gates.chunk(4, 1)
        c = stays.sigmoid() * c + enters.sigmoid() * new.tanh()
        return shown.sigmoid() * c.tanh(), c


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Without dropout, as long as it lasts."""
    was = network.training
    network.eval()
    try:
        yield
    finally:
        network.train(was)
