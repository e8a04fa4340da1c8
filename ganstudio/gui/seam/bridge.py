"""THE seam: the one training QThread, commands going in and events coming out of it.

The thread hosts the sessions in a process of their own, so that neither side waits for the other's interpreter lock and
a crash of the training leaves the window standing; CONTRIBUTING.md says how to measure both. ``in_process`` hosts them
in the thread itself, which starts at once where torch is loaded already: tests use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from ganstudio.gui.seam.listening import Listening, Quiet
from ganstudio.gui.seam.mailbox import Mailbox
from ganstudio.gui.seam.processes import LOADING_CLOSE_SECONDS
from ganstudio.gui.seam.worker import Worker
from ganstudio.training.messages import (
    Compose,
    Composed,
    Enlarge,
    Enlarged,
    Failed,
    FindDirections,
    FindLatents,
    FoundDirections,
    FoundLatents,
    GroupOpened,
    Inspect,
    Inspected,
    Opened,
    Quit,
    Rendered,
    RenderLatent,
    Revisit,
    Start,
    StartGroup,
    Walk,
    Walked,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np

    from ganstudio.training.messages import AnyCommand, AnyEvent

CLOSE_MS = 20_000
SILENT_CLOSE_MS = 2_000
"""How long closing waits for a process that has not answered for a while."""

_ANSWERS = (Rendered, Walked, Inspected, Enlarged, Composed, FoundDirections, FoundLatents)


class TrainingBridge(QObject):
    """Owns the training thread; ``came`` carries each event on the window's thread, from ``drain``.

    Lossless events keep their order; scalars that piled up come as one table; of frames and latent renders only the
    newest comes. However slow the window is, no queue of posted events grows.
    """

    came = Signal(object)
    _woken = Signal()

    def __init__(self, parent: QObject | None = None, *, in_process: bool = False) -> None:
        super().__init__(parent)
        self.in_process = in_process
        self._mailbox = Mailbox()
        self.listening = Listening()
        self._worker: Worker | None = None
        self._held: list[AnyCommand] = []
        self._latents: np.ndarray | None = None
        self._sent: dict[int, np.ndarray | None] = {}
        self._like, self._nearest = 0, False
        self._requests = self._inspections = self._walks = self._visits = 0
        self._game: int | None = None
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
        if self._is_over and self._worker is not None:
            self._worker.wait()
            self._worker = None
        if self._worker is None:
            self.listening.begin()
            self._worker = Worker(self._take, in_process=self.in_process)
            self._worker.start()

    def send(self, command: AnyCommand) -> None:
        """Send a command; the worker is started if there is none.

        Where the last one has ended another begins with the next game: of all else nobody there would know anything.
        """
        if self._is_over and not isinstance(command, (Start, StartGroup)):
            return
        self.start()
        if self._worker is None:
            return
        quiet = self.listening.quiet()
        if quiet is not None and not quiet.doing and self.can_end:
            self._held.append(command)  # the pipe to a process that does not read would fill up, and the window wait
            return
        held, self._held = self._held, []
        for each in (*held, command):
            self._worker.send(each)

    @property
    def _is_over(self) -> bool:
        """Whether the worker has ended, and its game with it."""
        return self._worker is not None and (self._worker.ended or self._worker.isFinished())

    def quiet(self) -> Quiet | None:
        """Whether the training gives no news, and for how long; None where all is well, or nothing is trained."""
        worker = self._worker
        if worker is None or self._is_over:
            return None
        quiet = self.listening.quiet()
        if self._held and (quiet is None or quiet.doing):
            held, self._held = self._held, []
            for each in held:
                worker.send(each)
        return quiet

    @property
    def can_end(self) -> bool:
        """Whether the training has a process of its own, that can be ended."""
        return not self.in_process

    def end(self) -> None:
        """End the training's process at once, as it does not answer; ``Failed`` follows. What is on disk stays."""
        self._held = []
        if self._worker is not None:
            self._worker.abandon()

    def render(self, latents: np.ndarray, like: int = 0, *, nearest: bool = False) -> None:
        """Ask for G(z) of latents (n, d), answered by ``Rendered``; while one is asked, only the newest waits.

        like: the fixed sample that G is given the same as, where it is given more than latents. nearest: ask for the
        real sample that the first is nearest to, too.
        """
        self._latents, self._like, self._nearest = latents, like, nearest
        self._ask()

    @property
    def asked(self) -> bool:
        """Whether an answer to ``render`` is still to come."""
        return self._in_flight or self._latents is not None

    def latents_of(self, rendered: Rendered) -> np.ndarray | None:
        """The latents (n, d) that an answer to ``render`` is of; None where it is older than the last but one."""
        return self._sent.get(rendered.request)

    def inspect(self, samples: np.ndarray) -> None:
        """Ask what D's autoencoder makes of samples (n, ...), answered by ``Inspected``."""
        self._request(Inspect, samples=samples)

    def enlarge(self, picture: np.ndarray | None, *, shrink: bool = False, invention: float = 1.0) -> int:
        """Ask what G makes of a small picture, answered by ``Enlarged``, and again with every frame; None: no more.

        Returns the number of the request, which its answers carry.
        """
        return self._request(Enlarge, picture=picture, shrink=shrink, invention=invention)

    def compose(self, **asked: Any) -> int:
        """Ask what G writes, answered by ``Composed``, and again with every frame; what can be said is in ``Compose``.

        Returns the number of the request, which its answers carry.
        """
        return self._request(Compose, **asked)

    def walk(self, latents: np.ndarray, real: np.ndarray | None, at: frozenset[int]) -> None:
        """Ask what each level of a pyramid makes on the way, answered by ``Walked``; the rest is as in ``Walk``."""
        self._walks += 1
        self.send(Walk(request=self._walks, game=self._game, latents=latents, real=real, at=at))

    def revisit(self, run: Path, step: int | None, beside: int | None) -> int:
        """Have G shown as it was at a step, None: as it is now; and as it was at another one next to that.

        Returns the number of the request, which frames carry from its answer on.
        """
        self._visits += 1
        self.send(Revisit(request=self._visits, run=run, step=step, beside=beside, game=self._game))
        return self._visits

    def find_directions(self, like: int = 0, *, wanted: bool = True) -> int:
        """Ask for principal directions of z, answered by ``FoundDirections``; not wanted: look for them no more.

        Returns the number of the request.
        """
        return self._request(FindDirections, like=like, wanted=wanted)

    def find_latents(self, sample: np.ndarray | None) -> int:
        """Ask for the latents of a sample, answered by ``FoundLatents`` several times; None: look no more.

        Returns the number of the request, which its answers carry.
        """
        return self._request(FindLatents, sample=sample)

    def _request(self, kind: Callable[..., AnyCommand], **asked: Any) -> int:
        """Send a command that is answered by its number, about the game in force. Returns the number."""
        self._inspections += 1
        self.send(kind(request=self._inspections, game=self._game, **asked))
        return self._inspections

    def close(self) -> None:
        """End the session in order (it writes its checkpoint) and wait for the thread; nothing comes after that."""
        self._closed = True
        if self._worker is None:
            return
        if self._worker.isRunning():
            patience = self._patience()
            self._worker.send(Quit())
            if not self._worker.wait(patience):
                self._worker.abandon()
                self._worker.wait()
        self._worker = None

    def _patience(self) -> int:
        """How long the worker is waited for at the end, milliseconds."""
        assert self._worker is not None
        if not self._worker.ready:
            return round(1000 * LOADING_CLOSE_SECONDS)
        quiet = self.listening.quiet()
        return SILENT_CLOSE_MS if quiet is not None and not quiet.doing else CLOSE_MS

    def _ask(self) -> None:
        if self._is_over:
            self._latents = None  # the next game asks for its own
        if self._latents is None or self._in_flight or self._worker is None:
            return
        self._requests += 1
        self._in_flight = True
        self.send(
            RenderLatent(
                request=self._requests,
                game=self._game,
                latents=self._latents,
                like=self._like,
                nearest=self._nearest,
            )
        )
        self._sent = {self._requests - 1: self._sent.get(self._requests - 1), self._requests: self._latents}
        self._latents = None

    # --- events ---

    def _take(self, event: AnyEvent) -> None:
        """Keep an event for the window; called from the worker's threads."""
        self.listening.hear(event)
        if self._mailbox.put(event):
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
        for event in self._mailbox.fetch():
            answered = isinstance(event, Rendered) and event.request == self._requests
            if answered or isinstance(event, (Opened, GroupOpened, Failed)):
                self._in_flight = False
            if isinstance(event, Opened):
                self._game = event.game
            # An answer to the game before, or of one that is not announced yet, is for nobody.
            if not isinstance(event, _ANSWERS) or self._game in (None, event.game):
                self.came.emit(event)
            if isinstance(event, Rendered):
                self._ask()
