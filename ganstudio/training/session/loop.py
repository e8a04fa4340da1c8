"""What every session is, of one game or of several: commands go in, events come out, the training goes on between.

A game gives way to another only once that stands: where it can't be opened, the one before goes on as it was. Its data
are read for as long as nothing else is asked for.
"""

from __future__ import annotations

import queue
import time
import traceback
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.watching import Watch, watched_by
from ganstudio.run import reason
from ganstudio.training.messages import (
    Closed,
    Failed,
    Measured,
    Notice,
    OfMember,
    Quit,
    Refused,
    Start,
    StartGroup,
    StateChanged,
    Superseded,
)
from ganstudio.training.session.inbox import Inbox
from ganstudio.training.session.lookout import Lookout
from ganstudio.training.session.measuring import Measurer
from ganstudio.training.session.room import Crowded, held_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ganstudio.data import Dataset
    from ganstudio.run import RunFolder
    from ganstudio.training.messages import AnyCommand, AnyEvent, Doing, State, Why
    from ganstudio.training.step.games import Games

    Handlers = Mapping[type, Callable[..., Iterator[AnyEvent]]]


class Overtaken(Exception):
    """Ends the reading of data for a game that nobody waits for any more."""


class Loop(ABC):
    """From a start to Quit, or to the next Start or StartGroup, which is left in ``successor``.

    What is trained, and what is done with it, the sessions say.
    """

    _dataset: Dataset

    def __init__(self, start: Start | StartGroup, inbox: Inbox | None) -> None:
        self._plays_at_once, self._measures = start.play, start.measure
        self._inbox = inbox or Inbox()
        self._has_host = inbox is not None
        self._foreseen: Start | StartGroup | Quit | None = None
        self._first: Start | StartGroup | Quit | None = None
        self._state: State = "paused"
        self.doing: tuple[Doing, float] = ("opening", time.monotonic())
        """What it is busy with, and since when (``time.monotonic``); other threads read it."""
        self.successor: Start | StartGroup | Quit | None = None
        self.beside: Callable[[], int] | None = None
        """How many bytes the game before holds while this one is opened; None where there is none."""

    def send(self, command: AnyCommand) -> None:
        """Hand in a command, from any thread; it is read between two steps."""
        self._inbox.put(command)

    def run(self) -> Iterator[AnyEvent]:
        """Train as commanded and yield what happens, until the session ends: the last event is Closed or Failed.

        Where another game is asked for comes ``Superseded``: ``stay`` then goes on with this one; else it ends. Where
        something else is asked for while its data are still read, it ends at once, unopened.
        """
        last: AnyEvent = Closed()
        if not self._has_host:  # what was sent beforehand is to happen in its turn
            self._foreseen = self._inbox.newest_ending()
        try:
            yield from self._open()
            self._do("")
            if self._plays_at_once:
                yield from self._play()
            while self.successor is None:
                yield from self._commands()
                if self.successor is not None:
                    yield from self._give_way(self.successor)
                elif self._state == "playing":
                    yield from self._advance()
        except Overtaken:
            pass
        except (ValueError, OSError) as error:  # what a user can mend: data, settings, disk
            last = Failed(str(error), traceback.format_exc(), expected=True, crowded=isinstance(error, Crowded))
        except Exception as error:  # noqa: BLE001  the one place: whatever goes wrong is told, not lost
            last = Failed(f"{type(error).__name__}: {error}", traceback.format_exc())
        finally:
            # Before the last event: whoever sees that may open the run again at once.
            self._leave()
        yield last

    def _do(self, doing: Doing) -> None:
        self.doing = doing, time.monotonic()

    def stay(self, then: Start | StartGroup | Quit | None = None) -> None:
        """Go on with this game: what was to take its place does not. then: what is asked for in the stead of that."""
        self.successor, self._first = None, then

    def _read(self, read: Callable[[], Dataset]) -> Dataset:
        """Have data read. Raises what reading raises, and Overtaken where something else is asked for meanwhile."""
        self._do("data")
        with watched_by(_Waiting(self._is_overtaken)):
            return read()

    def _is_overtaken(self) -> bool:
        newest = self._inbox.newest_ending()
        return newest is not None and newest is not self._foreseen

    def _give_way(self, successor: Start | StartGroup | Quit) -> Iterator[AnyEvent]:
        """Keep what there is to keep, and let another game come, if there is one, and nothing is lost by it."""
        yield from self._end()
        if isinstance(successor, Quit):
            return
        if (lost := self._unkept()) and not successor.discard:
            self.stay()
            yield Refused(lost, expected=True, unsaved=True, command=successor)
        else:
            yield Superseded(successor)

    # --- what a session does in its own way ---

    @abstractmethod
    def _open(self) -> Iterator[AnyEvent]:
        """Build what is trained, and tell of it."""

    @abstractmethod
    def _handlers(self) -> Handlers:
        """What is done for a command, by its type."""

    @abstractmethod
    def _misplaced(self, command: AnyCommand) -> Iterator[AnyEvent]:
        """A command that there is no handler for."""

    @abstractmethod
    def _play(self) -> Iterator[AnyEvent]:
        """Begin to train."""

    @abstractmethod
    def _step(self) -> None:
        """One step of what is trained."""

    @abstractmethod
    def _stepped(self) -> Iterator[AnyEvent]:
        """What comes after each step while playing: report, and stop after the last one."""

    @abstractmethod
    def _pass_on(self, found: OfMember | Notice) -> Iterator[AnyEvent]:
        """Keep and tell what was measured or seen of the games."""

    @abstractmethod
    def _end(self) -> Iterator[AnyEvent]:
        """Hand out what is left."""

    def _unkept(self) -> str:
        """Which steps of the training could not be kept on disk, in a sentence; empty where nothing would be lost."""
        return ""

    def lend(self, command: Start | StartGroup) -> None:
        """Let go of files that what takes this game's place needs for itself: its run may be opened once more."""
        return

    def take_back(self) -> Iterator[AnyEvent]:
        """Hold again what was lent."""
        yield from ()

    @abstractmethod
    def again(self) -> Start | StartGroup | None:
        """How the game is opened again just as it stands, which is kept; None where the disk does not hold that."""

    def held(self) -> int:
        """Bytes of memory that would be free without this game, at least."""
        return held_by(self._games.experiments, self._dataset)

    @abstractmethod
    def _leave(self) -> None:
        """Let go of what others may want: files."""

    # --- what all do alike ---

    def _attend(self, games: Games) -> None:
        """Train these games from now on, measured and watched."""
        self._games = games
        self._measurer = Measurer(games, on=self._measures)
        self._lookout = Lookout(games)

    def _commands(self) -> Iterator[AnyEvent]:
        """Carry out what is in the inbox; wait for the next command when there is nothing else to do."""
        waits = self._state != "playing"
        while self.successor is None:
            if waits:
                self._do("")
            try:
                command = self._first or self._inbox.get(block=waits and not self._measurer.busy)
            except queue.Empty:
                if not waits:
                    return
                yield from self._heard(self._measurer.work())
                continue
            self._first = None
            self._do("command")
            yield from self._carry_out(command)
            waits = self._state != "playing"

    def _carry_out(self, command: AnyCommand) -> Iterator[AnyEvent]:
        if isinstance(command, (Start, StartGroup, Quit)):
            self.successor = command
        elif (handler := self._handlers().get(type(command))) is not None:
            yield from handler(command)
        else:
            yield from self._misplaced(command)

    def _advance(self) -> Iterator[AnyEvent]:
        began = time.perf_counter()
        self._do("step")
        self._step()
        yield from self._heard(self._measurer.spend(time.perf_counter() - began))
        yield from self._stepped()

    def _heard(self, findings: Iterator[OfMember | Notice]) -> Iterator[AnyEvent]:
        """Let the lookout know of what was measured."""
        for found in findings:
            if isinstance(found, OfMember) and isinstance(found.event, Measured):
                self._lookout.hear(found.index, found.event)
            yield from self._pass_on(found)

    def _remembered(self, events: Iterator[AnyEvent], what: str) -> Iterator[AnyEvent]:
        """Tell what a run says of its past, as far as that can be read; why not is told, and the game goes on.

        By then it has taken the place of the game before. what: of the past, the beginning of a sentence.
        """
        try:
            yield from events
        except (ValueError, OSError) as error:  # as damage and disks raise them
            yield Notice(f"{what} can't be shown. {reason(error)}.")

    def _recall_alarms(self, run: RunFolder) -> Iterator[AnyEvent]:
        """Tell which alarms held when a run was left; of one that does not say, those that its scalars show."""
        members, step = len(self._games.experiments), self._games.step_count
        if (alarms := run.alarms(step, members)) is not None:
            self._lookout.remember(alarms)
        nothing = np.empty((members, 0, 2 + len(self._games.scalars)))
        yield from self._heard(self._lookout.see(nothing, by_hand=True, force=True))

    def _change(self, state: State, why: Why = "asked") -> StateChanged:
        self._state = state
        return StateChanged(state, self._games.step_count, why)


class _Waiting(Watch):
    """Ends a reading once it is overtaken."""

    def __init__(self, is_overtaken: Callable[[], bool]) -> None:
        self._is_overtaken = is_overtaken

    def go_on(self) -> None:
        if self._is_overtaken():
            raise Overtaken

    def progress(self, done: int, total: int) -> None:
        self.go_on()
