"""Which game is open and how far it is, in the bar below the pictures and in the window's title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.text.words import experiment_label, left_text
from ganstudio.gui.window import telling

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.window.transport import TransportBar
    from ganstudio.gui.window.vigil import Vigil
    from ganstudio.training.messages import GroupOpened, Opened


class Readouts:
    """Follows the game by itself; ``refresh`` shows how far it has come since."""

    def __init__(self, window: QWidget, bar: TransportBar, game: Game, vigil: Vigil) -> None:
        self._window, self._bar, self._game, self._vigil = window, bar, game, vigil
        game.opened.connect(self._on_opened)
        game.group_opened.connect(self._on_group_opened)
        game.state_changed.connect(lambda event: bar.set_state(event.state))
        game.failed.connect(lambda _event: bar.set_state("failed"))

    def refresh(self) -> None:
        """Show the step, the speed and what is left; without news of the training there is no speed."""
        game, bar = self._game, self._bar
        if game.experiment is None:
            return
        speed = game.pace.speed() if self._vigil.quiet is None else None
        left = left_text(game.step, game.steps, speed) if game.state == "playing" else ""
        stage = telling.stage(game, speed if game.state == "playing" else None)
        bar.set_progress(game.step, game.steps, speed, game.pace.seconds, left, stage)
        if (title := telling.window_title(game, left)) != self._window.windowTitle():
            self._window.setWindowTitle(title)

    def _on_opened(self, opened: Opened) -> None:
        self._bar.set_title(experiment_label(opened.experiment.name), telling.description(opened))
        self._bar.set_device(opened.device, opened.threads)

    def _on_group_opened(self, opened: GroupOpened) -> None:
        self._bar.set_title(*telling.group_title(opened))
        self._bar.set_device(opened.device, opened.threads)
