"""Rooms that only some games have, entered by one action that is called as the room of the game in force is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ganstudio.gui.rooms.sentences.room import SentencesRoom
from ganstudio.gui.rooms.upscale.room import UpscaleRoom

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtCore import QObject, SignalInstance
    from PySide6.QtWidgets import QWidget

    from ganstudio.gui.game.model import Game
    from ganstudio.training.messages import Opened


class OwnRoom(Protocol):
    """A room of some games. name, icon, tip: of its action. closed: asks to leave it."""

    name: str
    icon: str
    tip: str

    @property
    def closed(self) -> SignalInstance:
        """Emitted to leave it."""
        ...

    @property
    def view(self) -> QWidget:
        """What is shown in the middle of the window."""
        ...

    def fits(self, opened: Opened) -> bool:
        """Whether this game has it."""
        ...

    def enter(self) -> None:
        """It is shown from now on, or still is with another game."""
        ...

    def leave(self) -> None:
        """It is not shown, or no longer; said each time that another room is."""
        ...

    def take(self, paths: Sequence[Path]) -> bool:
        """Take what was dropped while it is shown; False: it is for the window, as ever."""
        ...

    def close(self) -> None:
        """End what goes on in it."""
        ...


@runtime_checkable
class Gathering(Protocol):
    """A room in which somebody may choose files to train on: the card shows them, as if they had been dropped."""

    @property
    def data_wanted(self) -> SignalInstance:
        """Emitted with their paths."""
        ...


OWN_ROOMS: tuple[Callable[[QObject, Game], OwnRoom], ...] = (UpscaleRoom, SentencesRoom)
"""Each is made once for the window. A game has the first of them that fits it."""
