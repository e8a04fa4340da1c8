"""What moves all of z at once: draws from the prior, by a seed or at random, and the way back to its centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.gui.latent.head import LatentHead
    from ganstudio.gui.latent.state import LatentState
    from ganstudio.gui.latent.turns import LatentTurns


class LatentDraws:
    """Each is one step to be undone; before a game is open there is nothing to draw. changed: shows the state anew."""

    def __init__(self, turns: LatentTurns, changed: Callable[[], None]) -> None:
        self._turns, self._changed = turns, changed
        self._state: LatentState | None = None

    def open(self, state: LatentState) -> None:
        """Be of this state from now on."""
        self._state = state

    def attend(self, head: LatentHead) -> None:
        """Do what the buttons and fields above the sliders ask for."""
        head.randomise_wanted.connect(self.randomise)
        head.new_z_wanted.connect(self.randomise_z)
        head.reset_wanted.connect(self.reset)
        head.nudge_wanted.connect(self.nudge)
        head.seed_typed.connect(self.set_seed)
        head.truncation_moved.connect(self.set_truncation)
        head.truncation.typed.connect(self.set_truncation)

    def randomise(self) -> None:
        """Draw z from the truncated prior, and the codes from theirs."""
        self._move("Random z", lambda state: state.randomise())

    def randomise_z(self) -> None:
        """Draw z from the truncated prior, and keep the codes."""
        self._move("New z", lambda state: state.randomise_z())

    def set_seed(self, seed: int) -> None:
        """Draw z and the codes by a seed, as ``ganstudio export --seed`` does."""
        self._move("Seed", lambda state: state.draw(seed))

    def nudge(self) -> None:
        """Move z a little, at random."""
        self._move("Nudge of z", lambda state: state.nudge())

    def reset(self) -> None:
        """Set every dimension and every continuous code to 0, categorical codes to their first value."""
        self._move("Reset of z", lambda state: state.reset())

    def set_truncation(self, truncation: float) -> None:
        """Scale the prior and the sliders' range, and z with them."""
        self._move("Truncation", lambda state: state.set_truncation(truncation))

    def _move(self, called: str, how: Callable[[LatentState], None]) -> None:
        if self._state is not None:
            with self._turns.turning(called):
                how(self._state)
                self._changed()
