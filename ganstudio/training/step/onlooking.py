"""Who looks on while a step is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.objectives import Sight
    from ganstudio.scalars import Player
    from ganstudio.training.step.moves import Move


class Observer:
    """Looks on while a step is made. It may compute from what it sees and must change nothing; this one doesn't look.

    seconds: how long it has kept the step waiting, which is no training time.
    """

    seconds = 0.0

    def turn(self, game: str) -> None:
        """Of several games the step comes to this one, by its name."""

    def learned(self, move: Move, sight: Sight) -> None:
        """The loss of a move without D is known."""

    def judged(self, player: Player, sight: Sight) -> None:
        """The loss of a player's move is known."""

    def differentiated(self, gradients: tuple[Tensor, ...], rate: float) -> None:
        """The gradients of the player's weights, in their order, and the learning rate are known."""

    def moved(self) -> None:
        """The player has moved."""
