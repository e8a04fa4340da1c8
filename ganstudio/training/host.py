"""Runs one session after another, in whatever thread or process it is given."""

from __future__ import annotations

import queue
import sys
from typing import TYPE_CHECKING

from ganstudio.data import serving
from ganstudio.training.group_session import GroupSession
from ganstudio.training.messages import Closed, Inspect, Quit, RenderLatent, Start, StartGroup, Watch
from ganstudio.training.rendering import Renderer
from ganstudio.training.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from ganstudio.training.messages import AnyCommand, AnyEvent


class Host:
    """Takes commands from any thread; ``emit`` gets events from the session's and the renderer's thread."""

    def __init__(self, emit: Callable[[AnyEvent], None]) -> None:
        self._emit = emit
        self._inbox: queue.SimpleQueue[AnyCommand] = queue.SimpleQueue()
        self._renderer = Renderer(emit)

    def send(self, command: AnyCommand) -> None:
        """Pass a command on: what is only looked at goes to the renderer, past the training."""
        if isinstance(command, RenderLatent):
            self._renderer.request(command)
        elif isinstance(command, Inspect):
            self._renderer.inspect(command)
        elif isinstance(command, Watch):
            self._renderer.watch(command)
        else:
            self._inbox.put(command)

    def run(self) -> None:
        """Run sessions until told to quit."""
        command: AnyCommand | None = None
        while not isinstance(command, Quit):
            session = self._session(command)
            command = None
            if session is not None:
                for event in session.run():
                    if not isinstance(event, Closed):
                        self._emit(event)
                command = session.successor
            if command is None:
                command = self._inbox.get()
        self._renderer.close()
        self._emit(Closed())

    def _session(self, command: AnyCommand | None) -> Session | GroupSession | None:
        """What a command begins; None where it was meant for a session that has ended by itself."""
        if isinstance(command, StartGroup):
            self._renderer.shut()  # a group makes its frames itself
            return GroupSession(command, inbox=self._inbox)
        return Session(command, renderer=self._renderer, inbox=self._inbox) if isinstance(command, Start) else None


def serve(connection: Connection) -> None:
    """Host sessions in a process of their own: commands and events travel through the connection.

    When the other side is gone, the session in progress writes its checkpoint and the process ends.
    """
    # Three threads share the interpreter: a latent render must not wait 5 ms for each of its turns.
    sys.setswitchinterval(0.001)
    serving.serve(connection, Host, Quit(abandoned=True))
