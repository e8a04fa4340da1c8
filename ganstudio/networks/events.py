"""The players of C-RNN-GAN (Mogren 2016, arXiv:1611.09904): recurrent, over events of four real numbers each.

What its code does wrong is not done here. It bounds probabilities by ``clip(p, 1e-1000000, 1)``, whose literal is 0, so
that logarithms are not bounded; logits need no such bounds. D's verdict is the mean of its sigmoids over the events, in
which a certain one hides the others; here logits are averaged.

Legend: n tunes, e events, d latents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from ganstudio.modalities.music import NUMBERS
from ganstudio.networks.discriminator import Discriminator
from ganstudio.networks.generator import Generator

if TYPE_CHECKING:
    from ganstudio.experiment import EventDiscriminatorSpec, EventGeneratorSpec
    from ganstudio.networks.generator import Inputs


class EventGenerator(Generator):
    """Latents (n, d) to events (n, e, 4): each is made of its share of the noise and of the event before it."""

    def __init__(self, spec: EventGeneratorSpec, dimensions: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        _check("generator", shape)
        self.events, self.width = shape[0], spec.width
        if dimensions % self.events:
            raise ValueError(
                f"latent.dimensions: found {dimensions}, but each of {self.events} events has as much noise as the "
                f"others: set it to {self.events}, {2 * self.events} or another multiple"
            )
        widths = [dimensions // self.events + NUMBERS, *[spec.width] * (spec.depth - 1)]
        self.cells = nn.ModuleList(nn.LSTMCell(width, spec.width) for width in widths)
        self.dropout = nn.Dropout(spec.dropout)
        self.last = nn.Linear(spec.width, NUMBERS)

    @property
    def tells_likelihood(self) -> bool:
        """By how far each event is from what it would make next of the real ones before."""
        return True

    def forward(self, inputs: Inputs) -> Tensor:
        """Make the events one after another."""
        return self._run(inputs.latents, None)

    def log_likelihood(self, samples: Tensor, inputs: Inputs) -> Tensor:
        """Minus half the squared distance (n,) of real events from those made of the real ones before them.

        The likelihood of normal distributions of variance 1 around these, but for a constant: the paper's first epochs.
        """
        return -(self._run(inputs.latents, samples) - samples).square().sum((1, 2)) / 2

    def _run(self, latents: Tensor, told: Tensor | None) -> Tensor:
        """Events (n, e, 4), each made of the one before it: of ``told``, else of those made."""
        count = latents.shape[0]  # len() would make a number of it, where an exported G takes any
        noise_ned = latents.view(count, self.events, -1)
        silent = latents.new_zeros(count, self.width)
        states = [(silent, silent) for _ in self.cells]
        before, made = latents.new_zeros(count, NUMBERS), []
        for place in range(self.events):
            hidden = torch.cat([noise_ned[:, place], before], 1)
            for layer, cell in enumerate(self.cells):
                states[layer] = state = cell(hidden, states[layer])
                hidden = self.dropout(state[0])
            made.append(self.last(hidden))
            before = made[-1] if told is None else told[:, place]
        return torch.stack(made, 1)


class EventDiscriminator(Discriminator):
    """Events (n, e, 4) to logits (n,), the mean of those after each event; its features are what these are read off."""

    def __init__(self, spec: EventDiscriminatorSpec, shape: tuple[int, ...]) -> None:
        super().__init__()
        _check("discriminator", shape)
        between = spec.dropout if spec.depth > 1 else 0.0
        self.memory = nn.LSTM(NUMBERS, spec.width, spec.depth, batch_first=True, dropout=between, bidirectional=True)
        self.dropout = nn.Dropout(spec.dropout)
        self.verdict = nn.Linear(2 * spec.width, 1)
        self.feature_size = 2 * spec.width

    def read(self, samples: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits (n,), and the mean over the events of what they are linear in (n, feature_size)."""
        assert given is None, "this family is shown nothing else"
        features = self.dropout(self.memory(samples)[0]).mean(1)
        return self.verdict(features).squeeze(1), features


def _check(player: str, shape: tuple[int, ...]) -> None:
    """Raise ValueError where samples are no events."""
    if shape[1:] != (NUMBERS,):
        raise ValueError(
            f"{player}.kind: 'events' is for tunes seen as events, {NUMBERS} numbers each, not for samples of the "
            f"shape {shape}: of tunes, set dataset.seen to 'events'; else choose 'mlp'"
        )
