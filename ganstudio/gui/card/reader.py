"""What is dropped or opened is read in a process of its own: the window stays live, and a decoder that dies does too.

``in_process`` reads in a thread instead, which starts at once: tests use it. ``make bench NAME=import_gap`` measures
what the window feels of either.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from ganstudio.data.reading.errands import (
    Carded,
    Forget,
    Hear,
    Pictured,
    Preview,
    Previewed,
    Progressed,
    Quit,
    Read,
    Refused,
    Show,
    Sounded,
)
from ganstudio.gui.seam.processes import LOADING_CLOSE_SECONDS, spawn
from ganstudio.system.serving import Ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from ganstudio.data.reading.errands import Answer, Errand, Source
    from ganstudio.data.reading.host import Host
    from ganstudio.experiment import DatasetSpec

CLOSE_SECONDS = 5
"""A reader that hangs on a network folder gets so long to end, and is then ended; nothing of it is left on disk."""


class Reader(QObject):
    """Reads one source at a time, the newest asked for; every signal is emitted on the window's thread.

    ``progressed``, ``pictured``, ``carded``, ``refused``, ``previewed`` and ``sounded`` carry the messages of their
    names. However slow the window is, only the newest card, progress, preview and sound wait for it.
    """

    progressed = Signal(object)
    pictured = Signal(object)
    carded = Signal(object)
    refused = Signal(object)
    previewed = Signal(object)
    sounded = Signal(object)

    _woken = Signal()

    def __init__(self, parent: QObject | None = None, *, in_process: bool = False) -> None:
        super().__init__(parent)
        self._in_process = in_process
        self._lock = threading.Lock()
        self._pictures: list[Pictured] = []
        self._latest: dict[type, Answer] = {}
        self._desk: _Thread | _Process | None = None
        self._signals = {
            Progressed: self.progressed,
            Pictured: self.pictured,
            Carded: self.carded,
            Refused: self.refused,
            Previewed: self.previewed,
            Sounded: self.sounded,
        }
        self._requests = 0
        self._reading = self._previewing = 0
        self._closed = False
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def warm(self) -> None:
        """Start the process, so that what is dropped next is looked at without waiting for it."""
        if self._closed or (self._desk is not None and self._desk.alive):
            return
        if self._desk is not None:
            self._desk.close()
        self._desk = _Thread(self._take) if self._in_process else _Process(self._take)

    def read(self, source: Source, spec: DatasetSpec | None = None) -> None:
        """Read a source; spec: the choices, None: they are proposed. What was being read is given up."""
        self._reading = self._number()
        self._send(Read(request=self._reading, source=source, spec=spec))

    def preview(self, source: Source, spec: DatasetSpec) -> None:
        """Ask for the first images under these choices; answers to earlier ones are dropped."""
        self._previewing = self._number()
        self._send(Preview(request=self._previewing, source=source, spec=spec))

    def show(self, first: int, count: int) -> None:
        """Ask for small pictures of what was read."""
        if self._reading:
            self._send(Show(request=self._reading, first=first, count=count))

    def hear(self, index: int) -> None:
        """Ask how a sample sounds of what was read; of several that are asked for at once, only the last."""
        if self._reading:
            self._send(Hear(request=self._reading, index=index))

    def forget(self) -> None:
        """Stop reading, and let go of what was read."""
        self._reading = self._previewing = 0
        if self._desk is not None:
            self._send(Forget())

    def close(self) -> None:
        """Stop reading and wait until nothing is read; nothing comes after that."""
        self._closed = True
        self._reading = self._previewing = 0
        if self._desk is not None:
            self._desk.close()
            self._desk = None

    def _number(self) -> int:
        self._requests += 1
        return self._requests

    def _send(self, errand: Errand) -> None:
        self.warm()
        if self._desk is not None:
            self._desk.send(errand)

    # --- answers ---

    def _take(self, answer: Answer) -> None:
        """Keep an answer for the window; called from the reader's threads."""
        with self._lock:
            wake = not self._pictures and not self._latest
            if isinstance(answer, Pictured):
                self._pictures.append(answer)
            else:
                self._latest[type(answer)] = answer
        if wake:
            self._woken.emit()

    @Slot()
    def _drain(self) -> None:
        with self._lock:
            pictures, self._pictures = self._pictures, []
            latest, self._latest = self._latest, {}
        # Pictures before the card that is complete: what is still missing then is asked for.
        for answer in (
            latest.get(Progressed),
            latest.get(Previewed),
            *pictures,
            latest.get(Carded),
            latest.get(Sounded),
            latest.get(Refused),
        ):
            self._emit(answer)

    def _emit(self, answer: Answer | None) -> None:
        if answer is None or self._closed:
            return
        wanted = self._previewing if isinstance(answer, Previewed) else self._reading
        # A reader that died says so with the number 0: it concerns whatever is wanted.
        if wanted and answer.request in (wanted, 0):
            self._signals[type(answer)].emit(answer)


class _Thread:
    """A host in a thread of this process."""

    def __init__(self, take: Callable[[Answer], None]) -> None:
        self._take = take
        self._gate = threading.Condition()
        self._host: Host | None = None
        self._thread = threading.Thread(target=self._run, name="reader")
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def send(self, errand: Errand) -> None:
        with self._gate:
            self._gate.wait_for(lambda: self._host is not None)
        assert self._host is not None
        self._host.send(errand)

    def close(self) -> None:
        self.send(Quit())
        self._thread.join()

    def _run(self) -> None:
        from ganstudio.data.reading.host import Host

        with self._gate:
            self._host = Host(self._take)
            self._gate.notify_all()
        self._host.run()


class _Process:
    """A host in a process of its own, and a thread here that takes its answers."""

    def __init__(self, take: Callable[[Answer], None]) -> None:
        from ganstudio.data.reading.host import serve  # which knows no Qt, and so the process does not load it

        self._take = take
        self._closing = self._ready = False
        self._process, self._connection = spawn(serve, "ganstudio-reading", Quit())
        self._pump = threading.Thread(target=self._receive, args=(self._connection,), name="answers", daemon=True)
        self._pump.start()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def send(self, errand: Errand) -> None:
        try:
            self._connection.send(errand)
        except OSError:
            return  # the process is gone; its end is reported by the pump

    def close(self) -> None:
        self._closing = True
        self.send(Quit())
        self._process.join(CLOSE_SECONDS if self._ready else LOADING_CLOSE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._pump.join()
        self._connection.close()

    def _receive(self, connection: Connection) -> None:
        try:
            while True:
                answer = connection.recv()
                if isinstance(answer, Ready):
                    self._ready = True
                else:
                    self._take(answer)
        except (EOFError, OSError):
            if not self._closing:
                self._process.join()
                code = self._process.exitcode
                why = f"The process that reads data ended unexpectedly (exit code {code}). Nothing was changed."
                self._take(Refused(request=0, why=why))
                self._take(Previewed(request=0, images=None, why=why))
