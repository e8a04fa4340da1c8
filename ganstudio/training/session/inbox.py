"""Commands on their way to a session."""

from __future__ import annotations

import queue
from collections import deque
from typing import TYPE_CHECKING

from ganstudio.training.messages import Quit, Start, StartGroup

if TYPE_CHECKING:
    from ganstudio.training.messages import AnyCommand

ENDINGS = (Start, StartGroup, Quit)
"""What ends the game in force, where it can."""


class Inbox:
    """A queue that any thread puts commands into, also in the middle of a signal, and that one thread takes them from.

    What is opened from one of them may ask meanwhile whether it was overtaken.
    """

    def __init__(self) -> None:
        # Neither takes a lock of Python's: a signal's handler may come in between.
        self._commands: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
        self._endings: deque[Start | StartGroup | Quit] = deque()

    def put(self, command: AnyCommand) -> None:
        """Add a command."""
        if isinstance(command, ENDINGS):
            self._endings.append(command)
        self._commands.put(command)

    def get(self, *, block: bool = True) -> AnyCommand:
        """Take the oldest command; wait for one, or raise ``queue.Empty``."""
        command = self._commands.get(block=block)
        if isinstance(command, ENDINGS):
            self._endings.popleft()
        return command

    def next_ending(self) -> Start | StartGroup | Quit:
        """Take what was asked for in the place of a game that was overtaken; what came before was meant for that."""
        while not isinstance(command := self.get(), ENDINGS):
            pass
        return command

    def newest_ending(self) -> Start | StartGroup | Quit | None:
        """The last of those commands that wait which end a game, left where it is."""
        try:
            return self._endings[-1]
        except IndexError:
            return None
