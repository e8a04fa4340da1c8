"""What the session of one game and that of several do alike with what they keep on disk."""

from __future__ import annotations

import time
from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from ganstudio.run import RunError
from ganstudio.training.messages import Checkpointed, MomentsKept, Notice, Quit
from ganstudio.training.session.loop import Loop

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from pathlib import Path

    from ganstudio.experiment import Experiment
    from ganstudio.run import RunFolder
    from ganstudio.training.messages import AnyEvent, Broken, Start, StartGroup, StepPhase
    from ganstudio.training.session.folder import FolderArchive
    from ganstudio.training.session.inbox import Inbox
    from ganstudio.training.step.games import Games

REPORT_SECONDS = 0.1


class KeptLoop(Loop):
    """A loop whose games are kept by an archive.

    kept, place, owner, among: what it keeps, what a folder of that is called, whose curves it holds, and which games
    all are, in a sentence. start: how such a session begins; folder: what it keeps things in.
    """

    kept: ClassVar[str]
    place: ClassVar[str]
    owner: ClassVar[str]
    among: ClassVar[str] = ""
    start: ClassVar[type[Start] | type[StartGroup]]
    folder: ClassVar[type[RunFolder]]
    _archive: FolderArchive[Any]
    _threads: int

    def __init__(self, start: Start | StartGroup, inbox: Inbox | None) -> None:
        super().__init__(start, inbox)
        self._moving: StepPhase = "both"
        self._broken: Broken | None = None
        """What ended the training; None as long as there is something to train."""

    @abstractmethod
    def _build(self, experiments: Sequence[Experiment]) -> Games:
        """Make the games that are trained from now on."""

    @abstractmethod
    def _put(self, checkpoint: Path) -> None:
        """Bring the games to where a checkpoint stands. Raises RunError where it can't be used."""

    @abstractmethod
    def _recall_curves(self) -> Iterator[AnyEvent]:
        """Tell the scalars of the steps before."""

    @abstractmethod
    def _recall_findings(self) -> Iterator[AnyEvent]:
        """Tell what was measured in the steps before."""

    @abstractmethod
    def _cannot_begin(self, why: str) -> Iterator[AnyEvent]:
        """Tell why there can be no folder, and so no training."""

    @abstractmethod
    def _afresh(self, factor: float) -> Start | StartGroup:
        """The same games from the beginning, with their learning rates times ``factor``."""

    @abstractmethod
    def _report(self, *, force: bool = False, by_hand: bool = False) -> Iterator[AnyEvent]:
        """Hand out and store what has come together, as far as it is time. by_hand: it is of such a step."""

    @abstractmethod
    def _written(self, *, by_itself: bool) -> Path:
        """Write a checkpoint. by_itself: it was time, nobody asked."""

    # --- opening ---

    def _load(self, experiments: Sequence[Experiment]) -> None:
        """Build the games, and bring them to where their folder stands, if there is one."""
        games = self._build(experiments)
        while (before := self._archive.load(games, self._threads, self._put)) is not None:
            games = self._build(before)

    def _attend(self, games: Games) -> None:
        super()._attend(games)
        self._broken = None
        self._reported = time.monotonic()

    def _recall(self) -> Iterator[AnyEvent]:
        """Tell what the folder holds of the steps before."""
        if self._archive.run is None:
            return
        yield from self._remembered(self._recall_curves(), f"{self.owner} curves so far")
        yield from self._remembered(self._recall_findings(), "What was measured before")
        yield from self._remembered(self._recall_alarms(self._archive.run), "What was warned of before")

    # --- the folder ---

    def _ensure_run(self) -> Generator[AnyEvent, None, bool]:
        """Have a folder to write to, and whether there is one; where there can't be, say why.

        A new one where the one at hand was deleted. One that is made in mid-training gets a checkpoint at once: nothing
        else may hold what was trained.
        """
        gone = self._archive.held if self._archive.gone else None
        if gone is not None:
            self._archive.let_go()
            yield Notice(f"{gone} was deleted. What is trained from now on goes into a new {self.place}.")
            yield MomentsKept(())
        new = self._archive.run is None
        try:
            yield from self._archive.ensure(self._games, self._threads)
        except (OSError, RunError) as error:
            yield from self._cannot_begin(self._archive.reason(error))
            if self._state == "playing":
                yield self._change("paused", "unwritable")
            return False
        if new and self._games.step_count:
            yield from self._checkpoint()
        if self._games.step_count == 0:
            yield from self._archive.remember(self._games, force=True)
        return True

    def _unkept(self) -> str:
        return "" if self._broken is not None else self._archive.unkept(self._games)

    def again(self) -> Start | StartGroup | None:
        """The run at its last checkpoint, or the same games where nothing was trained yet."""
        run, step = self._archive.held, self._games.step_count
        if run is None and not step:
            start = self._afresh(1.0)
        elif run is not None and self._broken is None and self._archive.kept_step == step:
            start = self.start(resume=self._archive.looked_at or run)
        else:
            return None
        return replace(start, runs=self._archive.runs, measure=self._measures, play=self._state == "playing")

    def lend(self, command: Start | StartGroup) -> None:
        """Let go of the folder where it is the one to be opened."""
        self._archive.lend(command.resume)

    def take_back(self) -> Iterator[AnyEvent]:
        """Write on in the folder."""
        try:
            self._archive.take_back(self.folder)
        except RunError as error:
            yield Notice(f"{error}. What is trained from now on goes into a new {self.place}.")
            if self._state == "playing":
                yield from self._ensure_run()

    def _leave(self) -> None:
        self._archive.leave(abandoned=isinstance(self.successor, Quit) and self.successor.abandoned)

    def _write(self, act: Callable[..., None], *args: Any, **options: Any) -> Iterator[AnyEvent]:
        """Keep something on disk; where that can't be done the training is paused, all of it in memory."""
        try:
            act(*args, **options)
        except (OSError, RunError) as error:
            if self._archive.gone:
                yield from self._ensure_run()
                return
            yield self._change("paused", "unwritable")
            told = f"Training stopped: {self.kept} can't be written. {self._archive.reason(error)}."
            yield Notice(f"{told} What is trained stays in memory: make room, then go on.", alone=told)

    def _save(self) -> Iterator[AnyEvent]:
        # Only what was trained needs a folder: it has none where its own is gone, or could not be taken back.
        away = self._archive.run is None or self._archive.gone
        unkept = away and self._games.step_count > 0 and self._broken is None
        if unkept and not (yield from self._ensure_run()):
            return
        yield from self._report(force=True)
        if (path := self._archive.saved(self._games)) is not None:
            # Nothing new to write; whoever asked still wants to hear that it is safe, and where.
            yield Checkpointed(self._games.step_count, path)
            return
        if self._broken is not None:
            why = f"weights are no longer finite numbers{self.among}"
            yield Notice(f"Nothing was saved: {why}. {self._archive.last_kept()}", no_checkpoint=True)
        yield from self._checkpoint()

    def _is_time(self, *, force: bool) -> bool:
        """Whether the next report is due."""
        now = time.monotonic()
        if not force and now - self._reported < REPORT_SECONDS:
            return False
        self._reported = now
        return True

    def _keep_up(self, *, force: bool) -> Iterator[AnyEvent]:
        """Have the disk follow what was reported, as far as it is time."""
        if self._state == "playing" and self._archive.gone:
            yield from self._ensure_run()
        yield from self._write(self._archive.commit, force=force)
        if self._state == "playing":
            yield from self._archive.remember(self._games)
        if not force and self._state == "playing" and self._archive.is_due(self._games.experiments[0]):
            yield from self._checkpoint(by_itself=True)

    def _end(self) -> Iterator[AnyEvent]:
        yield from self._report(force=True)
        yield from self._checkpoint()

    def _checkpoint(self, *, by_itself: bool = False) -> Iterator[AnyEvent]:
        """Write a checkpoint, if there is anything new and sound. by_itself: it is time, nobody asked."""
        if self._broken is not None:
            self._archive.wait()  # the last checkpoint is from before the numbers went wrong: it stays the last
            return
        if self._archive.gone and self._unkept():
            yield from self._ensure_run()  # which writes one
            return
        yield from self._archive.keep_checkpoint(self._games, lambda: self._written(by_itself=by_itself))
        if not by_itself and self._archive.saved(self._games) is not None:
            yield from self._archive.remember(self._games, force=True)
