"""What can be seen of a step while it is made: n samples, k classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.networks import Inputs

    Player = Literal["discriminator", "generator"]


class Sight(NamedTuple):
    """What a move has before it, its player not yet moved: tensors in model units, still in the graph.

    inputs: z, the codes and y, and what is given. g: G of them, and x: real samples, both (n, *shape) and
    as D sees them, with the instance noise; where D judges packs, (n / packing, packing, *shape).
    real, fake: D's logits (n,) for x and g. x and real are None where G's loss needs no real samples.
    information: L_I of each code (codes,), nats; None where there are no codes.
    total: the loss with its penalty and less the information, which is what the player descends.
    """

    inputs: Inputs
    x: Tensor | None
    g: Tensor
    real: Tensor | None
    fake: Tensor
    loss: Tensor
    total: Tensor
    information: Tensor | None = None
    labels: Tensor | None = None
    """The classes (n, k) of both g and x; None where the players are not told them."""
    given: Tensor | None = None
    """What D is shown with both g and x, as ``Discriminator.judge`` takes it; None where it is shown nothing."""


class Observer:
    """Looks on while a step is made. It may compute from what it sees and must change nothing; this one doesn't look.

    seconds: how long it has kept the step waiting, which is no training time.
    """

    seconds = 0.0

    def judged(self, player: Player, sight: Sight) -> None:
        """The loss of a player's move is known."""

    def differentiated(self, gradients: tuple[Tensor, ...], rate: float) -> None:
        """The gradients of the player's weights, in their order, and the learning rate are known."""

    def moved(self) -> None:
        """The player has moved."""
