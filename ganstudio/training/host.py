"""Runs one session after another, in whatever thread or process it is given."""

from __future__ import annotations

import gc
import sys
import threading
import time
from typing import TYPE_CHECKING

from ganstudio.system import serving
from ganstudio.training.group.session import GroupSession
from ganstudio.training.messages import (
    Closed,
    Failed,
    GroupOpened,
    Opened,
    Pulse,
    Quit,
    Refused,
    Revisit,
    Start,
    StartGroup,
    Superseded,
    Watch,
)
from ganstudio.training.pictures.renderer import Renderer
from ganstudio.training.pictures.requests import REQUESTS
from ganstudio.training.session.devices import surroundings
from ganstudio.training.session.inbox import Inbox
from ganstudio.training.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from ganstudio.training.messages import AnyCommand, AnyEvent
    from ganstudio.training.session.loop import Loop


PULSE_SECONDS = 1.0


class Host:
    """Takes commands from any thread; ``emit`` gets events from the session's thread and those beside it."""

    def __init__(self, emit: Callable[[AnyEvent], None]) -> None:
        self._emit = emit
        self._inbox = Inbox()
        self._renderer = Renderer(emit)
        self._game: _Game | None = None
        self._session: Loop | None = None
        self._ended = threading.Event()

    def send(self, command: AnyCommand) -> None:
        """Pass a command on: what is only looked at goes to the renderer, past the training."""
        if isinstance(command, REQUESTS) and not (isinstance(command, Revisit) and self._of_several):
            self._renderer.ask(command)
        elif isinstance(command, Watch):
            self._renderer.watch(command)
        else:
            self._inbox.put(command)

    @property
    def _of_several(self) -> bool:
        """Whether the game in force is a group, which makes its frames itself."""
        game = self._game
        return game is not None and isinstance(game.session, GroupSession)

    def run(self) -> None:
        """Run sessions until told to quit."""
        beating = threading.Thread(target=self._beat, name="pulse", daemon=True)
        beating.start()
        command = self._inbox.get()
        while not isinstance(command, Quit):
            following: AnyCommand | None = None
            # A command that is no start was meant for a session that has ended by itself.
            if isinstance(command, (Start, StartGroup)):
                following = self._replace(command)
            if self._game is not None:
                following = self._play(self._game)
                if self._game.over:
                    self._game = None
            command = following if following is not None else self._inbox.get()
        self._ended.set()
        beating.join()
        self._renderer.close()
        self._emit(Closed())

    def _beat(self) -> None:
        """Say every second that the process lives, and what its session is busy with, however long that takes."""
        while not self._ended.wait(PULSE_SECONDS):
            self._emit(self._pulse())

    def _pulse(self) -> Pulse:
        # In a method of its own: a name that outlived it would keep a session in memory until the next beat.
        session, now = self._session, time.monotonic()
        doing, since = session.doing if session is not None else ("", now)
        return Pulse(doing, now - since)

    def _play(self, game: _Game) -> AnyCommand | None:
        """Run a game until another one is asked for, or the end; None where it ends by an error."""
        self._session = game.session
        for event in game.events:
            if isinstance(event, Superseded):
                assert isinstance(event.command, (Start, StartGroup))
                return event.command
            if not isinstance(event, Closed):
                self._emit(event)
        game.over = True
        self._session = None
        return game.session.successor

    def _replace(self, command: Start | StartGroup) -> Start | StartGroup | Quit | None:
        """Open another game; the one before ends once that stands, and goes on as it was where it can't be opened.

        Both are in memory for that moment; where that is too small for both, the one before is ended first, and opened
        again from its run where the other one can't be opened even so. What is asked for while data are read for it is
        told to the one before, or returned where there is none.
        """
        put_back = surroundings()
        if self._game is not None:
            self._game.session.lend(command)
        last = self._open(command)
        again = self._make_room() if isinstance(last, Failed) and last.crowded else None
        if again is not None:
            last = self._open(command)
        if isinstance(last, (Opened, GroupOpened)):
            return None
        newer = self._inbox.next_ending() if isinstance(last, Closed) else None
        if self._game is not None:
            put_back()
            self._game.session.stay(newer)
            for event in self._game.session.take_back():
                self._emit(event)
            newer = None
        elif again is not None and newer is None:
            put_back()
            if isinstance(lost := self._open(again), Failed):
                self._emit(lost)
            elif isinstance(lost, Closed):
                newer = self._inbox.next_ending()
        elif isinstance(last, Failed):
            self._emit(last)
            return None
        if isinstance(last, Failed):
            self._emit(Refused(last.message, last.details, last.expected, command=command))
        return newer

    def _open(self, command: Start | StartGroup) -> Opened | GroupOpened | Failed | Closed:
        """Have a game stand in the place of the one before, or tell why not; Closed: something else is asked for."""
        game, last = _Game(self._make(command)), None
        if self._game is not None:
            game.session.beside = self._game.session.held
        self._session = game.session
        for event in game.events:
            if isinstance(event, (Opened, GroupOpened)):
                if self._game is not None:
                    self._game.end()
                self._game = game
                if isinstance(command, StartGroup):
                    self._renderer.shut()  # a group makes its frames itself
                self._emit(event)
                return event
            if isinstance(event, (Failed, Closed)):
                last = event
            else:
                self._emit(event)
        self._session = None  # else the pulse goes on telling that it is being opened
        assert last is not None  # a session opens, fails or is overtaken
        return last

    def _make_room(self) -> Start | StartGroup | None:
        """End the game in force, if the disk holds it as it stands, and tell how it is opened again."""
        if self._game is None or (again := self._game.session.again()) is None:
            return None
        self._game.end()
        self._game = None
        self._renderer.shut()
        gc.collect()  # a game knows its parts, and these know it
        return again

    def _make(self, command: Start | StartGroup) -> Loop:
        if isinstance(command, StartGroup):
            return GroupSession(command, inbox=self._inbox)
        return Session(command, renderer=self._renderer, inbox=self._inbox)


class _Game:
    """A session, and what has not happened in it yet."""

    def __init__(self, session: Loop) -> None:
        self.session = session
        self.over = False
        self.events: Iterator[AnyEvent] = session.run()

    def end(self) -> None:
        """End a session that has given way: it has kept what there was to keep."""
        for _ in self.events:
            pass


def serve(connection: Connection) -> None:
    """Host sessions in a process of their own: commands and events travel through the connection.

    When the other side is gone, the session in progress writes its checkpoint and the process ends.
    """
    # Three threads share the interpreter: a latent render must not wait 5 ms for each of its turns.
    sys.setswitchinterval(0.001)
    serving.serve(connection, Host, Quit(abandoned=True))
