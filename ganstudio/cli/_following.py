"""What the command line makes of a session's events, and how it ends one."""

from __future__ import annotations

import math
import signal
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ganstudio.cli._results import Stop, finish
from ganstudio.cli._terminal import Progress, quoted, warn
from ganstudio.modalities import counted
from ganstudio.system.ending import asked_to_end, status_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ganstudio.cli._plan import Begun, Plan
    from ganstudio.training.group.session import GroupSession
    from ganstudio.training.messages import AnyEvent, Command, Failed, Notice, Opened, Scalars, StateChanged
    from ganstudio.training.session.session import Session


EXIT: dict[Stop, int] = {"finished": 0, "seconds": 0, "diverged": 1, "unwritable": 2}
"""The status by why a training ended; where a signal ended it, that of the signal."""


NAMED = 5
"""How many skipped files are named before the others are only counted."""


def trained(
    asked: Plan[Begun],
    arguments: argparse.Namespace,
    begin: Callable[[Begun, Progress], Following],
    finish: Callable[..., int],
) -> int:
    """Train as planned; the exit status.

    begin: has the session follow that is started so. finish: tells the figures of a run in which nothing is left to do.
    """
    progress = Progress(quiet=arguments.quiet)
    if asked.done is not None:
        progress.note(f"{asked.run}: already at step {asked.done:,}; --steps with a larger number trains on")
        assert asked.run is not None
        if asked.told:
            warn(asked.told)
        return finish(asked.run, stop="finished", as_json=arguments.json, at=asked.done)
    following = begin(asked.start, progress)
    following.ask(asked.commands)
    with following.interruptible():
        for event in following.session.run():
            following.follow(event)
    progress.close()
    return following.conclude(as_json=arguments.json)


@dataclass
class Following:
    """What the command line makes of a session's events."""

    session: Session | GroupSession
    progress: Progress
    limit: float | None
    stop: Stop = "finished"
    run: Path | None = None
    failure: Failed | None = None
    _playing: bool = False
    _asked_to_quit: bool = False
    _total: int = 0
    _first: tuple[int, float] = (0, 0.0)
    _last: tuple[int, float] = (0, 0.0)
    _losses: tuple[float, float] = (float("nan"), float("nan"))
    _unsaved: bool = False
    _kept: int | None = None
    _notices: list[str] = field(default_factory=list)
    _signal: int = signal.SIGINT
    _asked: list[Command] = field(default_factory=list)

    def ask(self, commands: Sequence[Command]) -> None:
        """Send commands in turn: after the change of a setting the next one only once that is in force."""
        self._asked = list(commands)
        self._send()

    def _send(self) -> None:
        if self._asked:
            self.session.send(self._asked[0])

    @property
    def _changing(self) -> str:
        """The path of the setting whose change is awaited; none: empty."""
        return getattr(self._asked[0], "path", "") if self._asked else ""

    def follow(self, event: AnyEvent) -> None:
        """React to one event."""
        from ganstudio.training import messages

        match event:
            case messages.Opened():
                self._opened(event)
            case messages.RunCreated():
                if event.run != self.run:
                    self._kept = None  # what the one before held was deleted with it
                self.run = event.run
            case messages.Adjusted():
                self._total = event.experiment.schedule.steps
                if event.path == self._changing:
                    self._asked.pop(0)
                    self._send()
            case messages.Scalars():
                self._scalars(event)
            case messages.StateChanged():
                self._state(event)
            case messages.Notice():
                self._notice(event)
            case messages.Checkpointed():
                self._unsaved, self._kept = False, event.step
            case messages.Broken():
                self._notices.append(event.words)
                self.progress.note(event.words)
                self._quit("diverged")
            case messages.Failed():
                self.failure = event

    def _opened(self, event: Opened) -> None:
        self.run = event.run
        self._begin(event.step, event.seconds, event.experiment.schedule.steps)
        count = "" if event.data_count is None else f" ({counted(event.data_count, 'sample')})"
        threads = f"{event.threads} thread{'s' if event.threads > 1 else ''}"
        begins = f", from step {event.step:,}" if event.step else ""
        self.progress.note(f"{event.data_name}{count} on {event.device}, {threads}{begins}")
        for note in event.notes:
            self.progress.note(f"{event.data_name}: {note}")
        for name, reason in event.skipped[:NAMED]:
            self.progress.note(f"skipped {name}: {reason}")
        if event.skipped_count > NAMED:
            self.progress.note(f"skipped {event.skipped_count:,} in all")

    def _begin(self, step: int, seconds: float, total: int) -> None:
        self._kept = step or None
        self._total = total
        self._first = self._last = (step, seconds)

    def _scalars(self, event: Scalars) -> None:
        step, seconds = event.rows[-1, :2].tolist()
        # Of several games a step may be another's, without these numbers.
        d_loss, g_loss = (
            next((loss for loss in reversed(column) if not math.isnan(loss)), before)
            for column, before in zip(event.rows[:, 2:4].T.tolist(), self._losses, strict=True)
        )
        self._reached(int(step), seconds, (d_loss, g_loss))

    def _reached(self, step: int, seconds: float, losses: tuple[float, float]) -> None:
        if not self._playing:
            return  # what an earlier session recorded
        self._last, self._losses = (step, seconds), losses
        self._show()
        if self.limit is not None and seconds - self._first[1] >= self.limit:
            self._quit("seconds")

    def _show(self, *, last: bool = False) -> None:
        steps, seconds = self._last[0] - self._first[0], self._last[1] - self._first[1]
        rate = steps / seconds if seconds > 0 else 0.0
        d_loss, g_loss = self._losses
        self.progress.update(self._last[0], self._total, rate=rate, d_loss=d_loss, g_loss=g_loss, last=last)

    def _state(self, event: StateChanged) -> None:
        if event.state == "playing":
            self._playing = True
        elif event.state == "finished":
            self._quit("finished")
        elif self._playing or event.why == "unwritable":
            # Nobody here asked for a pause: the session does so by itself.
            self._quit("unwritable" if event.why == "unwritable" else "diverged")

    def _notice(self, event: Notice) -> None:
        cannot_begin = event.no_checkpoint and not self._playing
        if cannot_begin or (event.setting and event.setting == self._changing):
            self._refused(event)
            return
        self._unsaved = self._unsaved or event.unsaved
        told = event.alone or event.message
        self._notices.append(told)
        self.progress.note(told)

    def _refused(self, event: Notice) -> None:
        """What was asked for can't be: nothing is trained without it."""
        from ganstudio.training.messages import Failed, Quit

        # Of a run that there is already the place is known, and can't be another.
        elsewhere = " --out names another place for this run." if event.no_checkpoint and self.run is None else ""
        failure = Failed(event.message + elsewhere, expected=True)
        self.failure, self._asked, self._asked_to_quit = failure, [], True
        self.session.send(Quit())

    def _quit(self, why: Stop) -> None:
        if self._asked_to_quit:
            return
        from ganstudio.training.messages import Quit

        self.stop, self._asked_to_quit = why, True
        self._show(last=True)
        self.session.send(Quit())

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Ctrl+C, kill and a terminal that is closed end the training in order, with a checkpoint.

        A second Ctrl+C ends it at once; the others may come twice, and to all processes, without anybody's wish.
        """
        from ganstudio.training.messages import Quit

        def interrupt(number: int) -> None:
            if self.stop != "interrupted":
                # The session's inbox may be written to in the middle of anything.
                self.stop, self._asked_to_quit, self._signal = "interrupted", True, number
                self.session.send(Quit())
            elif number == signal.SIGINT:
                raise KeyboardInterrupt

        with asked_to_end(interrupt):
            yield

    def conclude(self, *, as_json: bool) -> int:
        """Leave pictures and the summary in the run, print the results; the exit status."""
        if self.failure is not None:
            return self._failed(self.failure)
        if self.stop == "diverged":
            warn(self._notices[-1] if self._notices else "training stopped by itself")
        if self._unsaved:
            self.stop = "unwritable"
        if self.stop == "unwritable":
            warn(self._what_is_kept())
        status = status_of(self._signal) if self.stop == "interrupted" else EXIT[self.stop]
        if self.run is None or self._gone:
            return status
        steps, seconds = self._last[0] - self._first[0], self._last[1] - self._first[1]
        rate = steps / seconds if seconds > 0 else None
        return self._finish(self.run, as_json=as_json, rate=rate) or status

    def _finish(self, run: Path, *, as_json: bool, rate: float | None) -> int:
        return finish(run, stop=self.stop, as_json=as_json, steps_per_second=rate)

    @property
    def _gone(self) -> bool:
        """Whether somebody deleted the run, and there could be no other one."""
        from ganstudio.training.session.lending import is_deleted

        return self.stop == "unwritable" and self.run is not None and is_deleted(self.run, self.session.folder.MARK)

    def _what_is_kept(self) -> str:
        """What of the training is on disk, and what is lost with the end of this program."""
        last = self._last[0]
        assert self.run is not None
        if self._gone:
            lost = counted(last, "step is", "steps are")
            return f"{self.run} was deleted, and no other run could be made: nothing is kept, and {lost} lost"
        resume = f"make room, then ganstudio train {quoted(self.run)} --resume"
        if self._kept is None:
            lost = counted(last, "step is", "steps are")
            return f"{self.run}: nothing could be kept, and {lost} lost; {resume} starts over"
        lost = "" if last <= self._kept else f", and what came after it, up to step {last:,}, is lost"
        return f"{self.run}: kept is the checkpoint of step {self._kept:,}{lost}; {resume} goes on from there"

    def _failed(self, failure: Failed) -> int:
        """Tell why the session ended: 2 when the user can mend it, 1 with the traceback when the program is wrong."""
        if failure.expected:
            warn(failure.message)
            return 2
        for line in failure.details.splitlines():
            self.progress.note(line)
        warn(f"training broke down: {failure.message}")
        return 1
