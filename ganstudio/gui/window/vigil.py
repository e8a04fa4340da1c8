"""Watches over a training that does not answer: says so in the bar, and offers to end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        self._bar.set_quiet(None if quiet is None else _words(quiet), wrong=quiet is not None and not quiet.doing)
        if quiet is not None and quiet.hangs and self._game.bridge.can_end:
            if not self._told:
                self._tell(quiet)
        elif self._told:
            self._teller.take_back(self._told)
            self._told = ""

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
