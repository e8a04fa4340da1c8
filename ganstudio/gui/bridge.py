"""THE seam: the one training QThread, commands going in and events coming out of it.

The thread hosts the sessions in a process of their own, so that neither side waits for the other's interpreter lock and
a crash of the training leaves the window standing; CONTRIBUTING.md says how to measure both. ``in_process`` hosts them
in the thread itself, which starts at once where torch is loaded already: tests use it.
"""

from __future__ import annotations

import multiprocessing
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from ganstudio.training.messages import (
    Adjusted,
    Checkpointed,
    Closed,
    Failed,
    Frame,
    Notice,
    Opened,
    Quit,
    Rendered,
    RenderLatent,
    RunCreated,
    Scalars,
    StateChanged,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    import numpy as np

    from ganstudio.training.host import Host
    from ganstudio.training.messages import Command, Event

CLOSE_SECONDS = 20


class TrainingBridge(QObject):
    """Owns the training thread; every signal below is emitted on the window's thread, from ``drain``.

    Lossless events keep their order; scalars that piled up come as one table; of frames and latent renders only the
    newest comes. However slow the window is, no queue of posted events grows.
    """

    opened = Signal(Opened)
    run_created = Signal(RunCreated)
    scalars = Signal(object)
    state_changed = Signal(StateChanged)
    frame = Signal(Frame)
    rendered = Signal(Rendered)
    adjusted = Signal(Adjusted)
    notice = Signal(Notice)
    checkpointed = Signal(Checkpointed)
    failed = Signal(Failed)

    _woken = Signal()

    def __init__(self, parent: QObject | None = None, *, in_process: bool = False) -> None:
        super().__init__(parent)
        self._in_process = in_process
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._frame: Frame | None = None
        self._rendered: Rendered | None = None
        self._awake = False
        self._worker: _Worker | None = None
        self._latents: np.ndarray | None = None
        self._requests = 0
        self._in_flight = False
        self._draining = False
        self._closed = False
        # Queued whatever thread emits it: the worker only ever leaves one note at the window's door.
        self._woken.connect(self.drain, Qt.ConnectionType.QueuedConnection)

    # --- commands ---

    def start(self) -> None:
        """Begin loading torch, so that the first Start finds it there; nothing is begun once the bridge is closed."""
        if self._closed:
            return
        if self._worker is not None and (self._worker.ended or self._worker.isFinished()):
            self._worker.wait()
            self._worker = None
        if self._worker is None:
            self._worker = _Worker(self._take, in_process=self._in_process)
            self._worker.start()

    def send(self, command: Command) -> None:
        """Send a command; the worker is started if there is none, or if the last one died."""
        self.start()
        if self._worker is not None:
            self._worker.send(command)

    def render(self, latents: np.ndarray) -> None:
        """Ask for G(z) of latents (n, d), answered by ``rendered``; while one is asked, only the newest waits."""
        self._latents = latents
        self._ask()

    def close(self) -> None:
        """End the session in order (it writes its checkpoint) and wait for the thread; nothing comes after that."""
        self._closed = True
        if self._worker is None:
            return
        if self._worker.isRunning():
            self._worker.send(Quit())
            if not self._worker.wait(CLOSE_SECONDS * 1000):
                self._worker.abandon()
                self._worker.wait()
        self._worker = None

    def _ask(self) -> None:
        if self._latents is None or self._in_flight or self._worker is None:
            return
        self._requests += 1
        self._in_flight = True
        self.send(RenderLatent(request=self._requests, latents=self._latents))
        self._latents = None

    # --- events ---

    def _take(self, event: Event) -> None:
        """Keep an event for the window; called from the worker's threads."""
        with self._lock:
            if isinstance(event, Frame):
                self._frame = event
            elif isinstance(event, Rendered):
                self._rendered = event
            else:
                if isinstance(event, Opened):
                    self._frame = self._rendered = None
                self._events.append(event)
            # Curves and frames come when the window's timer fetches them; all else is shown at once.
            wake = not isinstance(event, (Frame, Scalars)) and not self._awake
            self._awake = self._awake or wake
        if wake:
            self._woken.emit()

    @Slot()
    def drain(self) -> None:
        """Emit what has come since the last call; on the window's thread."""
        if self._closed or self._draining:  # a slot that drains would overtake the events that are still in hand
            return
        self._draining = True
        try:
            self._emit_all()
        finally:
            self._draining = False

    def _emit_all(self) -> None:
        with self._lock:
            events, self._events = self._events, []
            frame, self._frame = self._frame, None
            rendered, self._rendered = self._rendered, None
            self._awake = False
        signals = {
            Opened: self.opened,
            RunCreated: self.run_created,
            StateChanged: self.state_changed,
            Adjusted: self.adjusted,
            Notice: self.notice,
            Checkpointed: self.checkpointed,
            Failed: self.failed,
        }
        if rendered is not None:
            self._in_flight = False
            self.rendered.emit(rendered)
            self._ask()
        rows: list[np.ndarray] = []
        for event in events:
            if isinstance(event, Scalars):
                rows.append(event.rows)
                continue
            self._flush(rows)
            if isinstance(event, (Opened, Failed)):
                self._in_flight = False
            if type(event) in signals:
                signals[type(event)].emit(event)
        self._flush(rows)
        if frame is not None:
            self.frame.emit(frame)

    def _flush(self, rows: list[np.ndarray]) -> None:
        if rows:
            import numpy as np  # loaded with the first data, not before the first painting

            self.scalars.emit(np.concatenate(rows))
            rows.clear()


class _Worker(QThread):
    """Pumps a host: commands are sent from the window's thread, events are taken in this one."""

    def __init__(self, take: Callable[[Event], None], *, in_process: bool) -> None:
        super().__init__()
        self._take = take
        self._in_process = in_process
        self.ended = False
        """Set before the last event is handed over: nobody reads commands any more."""
        self._gate = threading.Condition()
        self._host: Host | None = None
        self._waiting: list[Command] = []
        self._connection: Connection | None = None
        self._process: BaseProcess | None = None
        if not in_process:
            self._spawn()

    def send(self, command: Command) -> None:
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
        if self._in_process:
            self._host_here()
        else:
            self._pump()

    def _spawn(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), name="ganstudio-training", daemon=True)
        self._process.start()
        theirs.close()

    def _pump(self) -> None:
        assert self._connection is not None
        assert self._process is not None
        event: Event | None = None
        try:
            while not isinstance(event, Closed):
                event = self._connection.recv()
                self._take(event)
        except (EOFError, OSError):
            self._process.join()
            self.ended = True
            self._take(
                Failed(
                    "The training process ended unexpectedly. The run is kept as of its last checkpoint: open it again "
                    "to go on.",
                    f"exit code {self._process.exitcode}",
                )
            )
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
    from ganstudio.training.host import serve

    serve(connection)
