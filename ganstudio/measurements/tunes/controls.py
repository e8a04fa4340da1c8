"""Tunes that are no GAN's: what they get, a figure says nothing above.

A chain of notes has the scale, the intervals and the lengths, and no whole; so has an LSTM, which learns the last note.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, softmax

if TYPE_CHECKING:
    import numpy.typing as npt

    Symbols = npt.NDArray[np.integer[Any]]

LSTM_STEPS = 1_500
"""Some 20 s on one core, after which it knows where the end is; a GAN of tunes makes 400 steps in that time."""
_STATE, _EMBEDDING, _BATCH = 64, 16, 64
_RATE, _LEFT, _CLIP = 1e-2, 0.03, 5.0


def shuffled(symbols_nt: Symbols, count: int, seed: int) -> Symbols:
    """Real tunes whose symbols stand in another order each."""
    random = np.random.default_rng(seed)
    return random.permuted(symbols_nt[random.integers(0, len(symbols_nt), count)], axis=1)


def markov(symbols_nt: Symbols, count: int, order: int, seed: int) -> Symbols:
    """Tunes of a chain whose next symbol depends on so many before it, counted in real tunes.

    Where nothing ever followed these, as they were the end of a tune, it depends on fewer.
    """
    random = np.random.default_rng(seed)
    symbols, steps = int(symbols_nt.max()) + 1, symbols_nt.shape[1]
    counts: dict[tuple[int, ...], Any] = defaultdict(lambda: np.zeros(symbols))
    for tune in symbols_nt.tolist():
        for step in range(steps):
            for back in range(min(order, step) + 1):
                counts[tuple(tune[step - back : step])][tune[step]] += 1
    sums = {before: np.cumsum(each) / each.sum() for before, each in counts.items()}
    made = np.zeros((count, steps), np.int8)
    dice = random.random((count, steps))
    for row, own in zip(made, dice, strict=True):
        for step in range(steps):
            before = tuple(row[max(0, step - order) : step].tolist())
            while before not in sums:
                before = before[1:]
            row[step] = np.searchsorted(sums[before], own[step], side="right")
    return made


class _Lstm(nn.Module):
    """The next symbol of all before it."""

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.symbols = symbols
        self.embed = nn.Embedding(symbols + 1, _EMBEDDING)
        self.recurrent = nn.LSTM(_EMBEDDING, _STATE, batch_first=True)
        self.last = nn.Linear(_STATE, symbols)

    def forward(self, tunes_nt: Tensor) -> Tensor:
        """Logits (n, t, symbols) of each symbol, of those before it."""
        begin = torch.full((len(tunes_nt), 1), self.symbols)
        hidden, _ = self.recurrent(self.embed(torch.cat([begin, tunes_nt[:, :-1]], 1)))
        logits: Tensor = self.last(hidden)
        return logits

    def sample(self, count: int, steps: int, dice: torch.Generator) -> Tensor:
        """Tunes (count, steps), drawn."""
        symbol, state, made = torch.full((count, 1), self.symbols), None, []
        for _ in range(steps):
            hidden, state = self.recurrent(self.embed(symbol), state)
            symbol = torch.multinomial(softmax(self.last(hidden[:, 0]), -1), 1, generator=dice)
            made.append(symbol)
        return torch.cat(made, 1)


def lstm(symbols_nt: Symbols, count: int, seed: int, steps: int = LSTM_STEPS) -> Symbols:
    """Tunes of an LSTM that learned real ones by their likelihood. The training's random streams stay as they were."""
    data = torch.from_numpy(np.asarray(symbols_nt, np.int64))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        network = _Lstm(int(data.max()) + 1)
        optimiser = torch.optim.Adam(network.parameters(), _RATE)
        for step in range(steps):
            for group in optimiser.param_groups:
                group["lr"] = _RATE * max(_LEFT, 1 - step / steps)
            tunes = data[torch.randint(len(data), (_BATCH,))]
            loss = cross_entropy(network(tunes).flatten(0, 1), tunes.flatten())
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
            optimiser.step()
        with torch.no_grad():
            made = network.sample(count, data.shape[1], torch.default_generator)
    return made.numpy().astype(np.int8)
