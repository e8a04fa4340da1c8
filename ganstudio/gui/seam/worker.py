"""The training's thread on the window's side: it hosts the session in a process of its own, or in itself."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QThread

from ganstudio.gui.seam.processes import spawn
from ganstudio.system.serving import Ready
from ganstudio.training.messages import Closed, Failed, Quit

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from ganstudio.training.host import Host
    from ganstudio.training.messages import AnyCommand, AnyEvent


class Worker(QThread):
    """Pumps a host: commands are sent from the window's thread, events are taken in this one."""

    def __init__(self, take: Callable[[AnyEvent], None], *, in_process: bool) -> None:
        super().__init__()
        self._take = take
        self._in_process = in_process
        self.ended = False
        """Set before the last event is handed over: nobody reads commands any more."""
        self.ready = in_process
        """Whether the process has torch loaded; until then it has begun nothing, and may be ended at any time."""
        self._gate = threading.Condition()
        self._host: Host | None = None
        self._waiting: list[AnyCommand] = []
        self._connection: Connection | None = None
        self._process: BaseProcess | None = None
        if not in_process:
            self._spawn()

    def send(self, command: AnyCommand) -> None:
        """Hand a command on; before there is a host it waits."""
        if self._connection is not None:
            try:
                self._connection.send(command)
            except OSError:
                return  # the process is gone; its end is reported by the pump
        else:
            with self._gate:
                if self._host is None:
                    self._waiting.append(command)
                    return
            self._host.send(command)

    def abandon(self) -> None:
        """End a process that does not answer; the run on disk is as of its last checkpoint."""
        if self._process is not None:
            self._process.kill()

    def run(self) -> None:
        """Host or pump until the session is closed."""
        if self._in_process:
            self._host_here()
        else:
            self._pump()

    def _spawn(self) -> None:
        self._process, self._connection = spawn(_serve, "ganstudio-training", Quit(abandoned=True))

    def _pump(self) -> None:
        assert self._connection is not None
        assert self._process is not None
        event: AnyEvent | None = None
        try:
            while not isinstance(event, Closed):
                event = self._connection.recv()
                if isinstance(event, Ready):
                    self.ready = True
                else:
                    self._take(event)
        except (EOFError, OSError):
            self._process.join()
            self.ended = True
            self._take(Failed("The training process ended unexpectedly.", f"exit code {self._process.exitcode}"))
        self._process.join()
        self._connection.close()

    def _host_here(self) -> None:
        from ganstudio.training.host import Host

        host = Host(self._take)
        with self._gate:
            self._host = host
            for command in self._waiting:
                host.send(command)
        host.run()


def _serve(connection: Connection) -> None:
    from ganstudio.system.logs import crashes_watched

    with crashes_watched():
        from ganstudio.training.host import serve

        serve(connection)
