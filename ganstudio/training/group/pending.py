"""The scalars of a band's steps, computed of many steps at once, which costs little more than of one.

Legend for names of tensors: s members, n samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.objectives import value
from ganstudio.scalars import COMMON, D_FAKE, D_GRADIENT, D_LOSS, D_REAL, G_GRADIENT, G_LOSS, VALUE

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from torch import Tensor

    from ganstudio.objectives import Game
    from ganstudio.scalars import Scalar

PENDING_STEPS = 64
"""Steps whose logits are kept until their scalars are computed, all at once."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What a step's scalars come from: logits (s, n), gradients' norms (s,); None where the player stood still."""

    step: int
    seconds: float
    judged: tuple[Tensor, Tensor] | None  # D's of x and g, before D's last move
    d_gradient: Tensor | None
    answered: tuple[Tensor, Tensor | None] | None  # D's of g, and of x where the objective pairs them, before G's move
    g_gradient: Tensor | None


class Pending:
    """Steps of so many members, and the rows of those whose scalars are computed: COMMON, as every game has them."""

    def __init__(self, members: int) -> None:
        self._members = members
        self._moves: list[Moves] = []
        self._tables: list[npt.NDArray[np.float64]] = []

    def add(self, moves: Moves) -> None:
        """Take one more step."""
        self._moves.append(moves)

    @property
    def is_waiting(self) -> bool:
        """Whether there are steps that were not settled yet."""
        return bool(self._moves)

    @property
    def is_full(self) -> bool:
        """Whether there are so many that they are to be settled."""
        return len(self._moves) >= PENDING_STEPS

    def drain(self) -> npt.NDArray[np.float64]:
        """The rows (s, n, 2 + 7) of the steps that were settled since the last call."""
        tables, self._tables = self._tables, []
        return np.concatenate([np.empty((self._members, 0, 2 + len(COMMON))), *tables], axis=1)

    def settle(self, objective: Game) -> None:
        """Compute the scalars of the steps at hand, which were all made with this objective."""
        moves, self._moves = self._moves, []
        if not moves:
            return
        table = np.full((self._members, len(moves), 2 + len(COMMON)), np.nan)
        table[:, :, 0] = [move.step for move in moves]
        table[:, :, 1] = [move.seconds for move in moves]

        def enter(scalar: Scalar, by_step: Tensor) -> None:
            table[:, :, 2 + COMMON.index(scalar)] = by_step.T.cpu().numpy()

        judged = [move.judged for move in moves if move.judged is not None]
        if judged:
            real, fake = (torch.stack(logits) for logits in zip(*judged, strict=True))
            enter(D_LOSS, _each(objective.discriminator_loss)(real, fake))
            enter(VALUE, _each(value)(real, fake))
            enter(D_REAL, real.sigmoid().mean(2))
            enter(D_FAKE, fake.sigmoid().mean(2))
            enter(D_GRADIENT, torch.stack([move.d_gradient for move in moves if move.d_gradient is not None]))
        answered = [move.answered for move in moves if move.answered is not None]
        if answered:
            fake = torch.stack([fake for fake, _ in answered])
            paired = [real for _, real in answered if real is not None]
            if paired:
                enter(G_LOSS, _each(objective.generator_loss)(fake, torch.stack(paired)))
            else:
                enter(G_LOSS, _each(lambda logits: objective.generator_loss(logits, None))(fake))
            enter(G_GRADIENT, torch.stack([move.g_gradient for move in moves if move.g_gradient is not None]))
        self._tables.append(table)


def _each(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A function of logits (n,), for every step and member of logits (steps, s, n)."""
    per_step: Callable[..., Tensor] = torch.vmap(torch.vmap(function))
    return per_step
