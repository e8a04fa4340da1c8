"""A host in a process of its own: what it is asked and what it answers travel through one connection."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from ganstudio.system.ending import leave_it_to_others

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection


class Hosting(Protocol):
    """Does what it is sent, from any thread, until it is told to quit."""

    def send(self, message: Any, /) -> None:
        """Hand in a message."""
        ...

    def run(self) -> None:
        """Work until told to quit."""
        ...


class Ready:
    """The first word of a host: what it needs is loaded, and from now on it does what it is sent."""


def serve(connection: Connection, build: Callable[[Callable[[Any], None]], Hosting], quit_message: object) -> None:
    """Run the host that ``build`` makes of a function that emits, until it quits or the other side is gone.

    The other side hears ``Ready`` first.
    """
    leave_it_to_others()  # to the window, which tells this process to quit once all is kept
    sending = threading.Lock()

    def emit(answer: Any) -> None:
        with sending:
            try:
                connection.send(answer)
            except (BrokenPipeError, ConnectionResetError):
                host.send(quit_message)

    host = build(emit)
    emit(Ready())

    def listen() -> None:
        try:
            while True:
                host.send(connection.recv())
        except (EOFError, OSError):
            host.send(quit_message)

    threading.Thread(target=listen, name="commands", daemon=True).start()
    host.run()
    connection.close()
