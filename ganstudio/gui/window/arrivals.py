"""What was asked for and does not come: why is told, the library marks what is in force, and there is a game at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from ganstudio.gui.text.words import in_words
from ganstudio.gui.window.questions import may_discard

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.opening.opener import Opener
    from ganstudio.gui.window.shell import Shell
    from ganstudio.gui.window.telling import Teller
    from ganstudio.training.messages import Refused

FIRST = "ring"
"""The preset that stands ready when the window opens."""


class Arrivals:
    """Follows the opener and the game. goes_on: whether the window is neither still to be furnished nor closing."""

    def __init__(
        self,
        window: QWidget,
        shell: Shell,
        game: Game,
        opener: Opener,
        teller: Teller,
        goes_on: Callable[[], bool],
    ) -> None:
        self._window, self._shell, self._game, self._opener, self._teller = window, shell, game, opener, teller
        self._goes_on = goes_on
        self._fell_back = False
        opener.told.connect(self._on_told)
        opener.fetcher.left.connect(self._reselect)
        game.refused.connect(self._on_refused)

    def fall_back(self) -> None:
        """Have a game to play even where the window was opened with something that can't be."""
        if self._game.experiment is None and not self._fell_back:
            self._fell_back = True
            self._opener.preset(FIRST)

    def _reselect(self) -> None:
        """Mark the preset that is in force: the one that was chosen did not come."""
        if self._game.experiment is not None:
            self._shell.presets.select(self._game.experiment.name)
        elif not self._game.starts and self._goes_on():
            self.fall_back()

    def _on_told(self, text: str, wrong: bool) -> None:
        if not self._game.starts:
            self.fall_back()
        self._teller.tell(text, wrong=wrong)

    def _on_refused(self, event: Refused) -> None:
        """What was asked for can't be opened; the game before it goes on."""
        self._teller.stay()
        self._reselect()
        self._shell.earlier_runs.list.setCurrentRow(-1)  # the run that was chosen is not the one in force
        if event.unsaved:
            # While it asks, events shall come.
            QTimer.singleShot(0, self._window, lambda: self._ask_to_discard(event))
        else:
            self._teller.tell(in_words(event.message), event.details, wrong=True)

    def _ask_to_discard(self, event: Refused) -> None:
        if event.command is not None and may_discard(self._window, event.message):
            self._game.start(replace(event.command, discard=True))
