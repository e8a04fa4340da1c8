"""Watches over what is waited for: says in the bar what it is, and offers to end a training that does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.text.words import experiment_label
from ganstudio.training.messages import Start

if TYPE_CHECKING:
    from ganstudio.gui.game.model import Game
    from ganstudio.gui.seam.listening import Quiet
    from ganstudio.gui.window.telling import Teller
    from ganstudio.gui.window.transport import TransportBar

_BUSY = {
    "step": "One step takes {} so far",
    "data": "Reading the data, {}",
    "threads": "Measuring how many threads suit it, {}",
    "opening": "Opening, {}",
    "command": "Busy for {}",
}


class Vigil:
    """Asked at every tick of the window. ``quiet`` says whether there is no news of the training."""

    def __init__(self, game: Game, bar: TransportBar, teller: Teller) -> None:
        self._game, self._bar, self._teller = game, bar, teller
        self.quiet: Quiet | None = None
        self._told = ""

    def look(self) -> None:
        """Say what there is to say now, and take back what holds no longer."""
        self.quiet = quiet = self._game.bridge.quiet()
        told = self._opening() if quiet is None else _words(quiet)
        self._bar.set_quiet(told, wrong=quiet is not None and not quiet.doing)
        if quiet is not None and quiet.hangs and self._game.bridge.can_end:
            if not self._told:
                self._tell(quiet)
        elif self._told:
            self._teller.take_back(self._told)
            self._told = ""

    def _opening(self) -> str | None:
        """That another game is on its way, while the one before stands still; the first one of all is Loading."""
        start = self._game.awaited
        if start is None or self._game.experiment is None:
            return None
        name = start.experiment.name if isinstance(start, Start) and start.experiment is not None else ""
        return f"Opening {experiment_label(name)}…" if name else "Opening…"

    def _tell(self, quiet: Quiet) -> None:
        way = self._game.find_way_back()
        what = "The training does not answer." if not quiet.doing else "A single step has taken minutes; it may hang."
        self._told = what if way is None else f"{what} {way.kept} Ending it loses what came after."
        if way is not None and way.kept.startswith("Nothing"):
            self._told = f"{what} {way.kept}"
        self._teller.tell(self._told, wrong=True, offers={"End the Training": self._end})

    def _end(self) -> None:
        self._told = ""
        self._game.end()


def _words(quiet: Quiet) -> str:
    minutes, seconds = divmod(int(quiet.seconds), 60)
    told = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    return _BUSY[quiet.doing].format(told) if quiet.doing else f"Has not answered for {told}"
