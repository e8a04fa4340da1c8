"""What sessions of one game and of several leave on disk alike: a folder, checkpoints, and what was done by hand."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from ganstudio.run import RunError, as_kept, default_runs, reason
from ganstudio.system import versions
from ganstudio.training.checkpoints.checkpoint import NotFinite
from ganstudio.training.messages import Checkpointed, Notice, RunCreated
from ganstudio.training.session.devices import MOST_THREADS, THREADS
from ganstudio.training.session.lending import Folder, Lending
from ganstudio.training.session.saving import SavingClock
from ganstudio.training.session.timeline import TimelineKeeper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.run import Alarms, Choice
    from ganstudio.training.messages import Event, Start, StartGroup
    from ganstudio.training.step.games import Games

COMMIT_SECONDS = 1.0


class Stepping(Protocol):
    """What is trained step by step."""

    @property
    def step_count(self) -> int:
        """How many steps were made."""
        ...


class FolderArchive(Lending[Folder], ABC):
    """Keeps what a session trains. ``run`` is None until a folder is made: looking at a game leaves nothing.

    Nor does looking at a run change it: what stands behind the checkpoint that it was opened at is moved out of the way
    once the run is gone on with.

    these, them: what is kept, in a sentence. asked_steps: how many steps were asked for when it began.
    """

    these: ClassVar[str] = "this run"
    them: ClassVar[str] = "it"
    asked_steps: int
    _choice: Choice | None

    def __init__(self, start: Start | StartGroup) -> None:
        self._start = start
        self._asked = start.run
        beside = start.resume or start.run
        self.runs = start.runs or (beside.parent if beside else default_runs())
        self._notices: list[Notice] = []
        self._timeline = TimelineKeeper()
        self.run = None
        self.forget()

    @abstractmethod
    def open(self) -> tuple[Experiment, ...]:
        """The settings in force of each game. Raises RunError and ValueError where these can't be gone on with."""

    @abstractmethod
    def _created(self, games: Games, environment: Mapping[str, Any]) -> Folder:
        """A new folder for these games. Raises RunError."""

    @abstractmethod
    def _settings(self) -> tuple[Experiment, ...]:
        """The settings of each game, as the checkpoint that was chosen has them."""

    @abstractmethod
    def _in_force(self) -> tuple[Experiment, ...]:
        """The same with what was changed after it was written, at the step that it is of."""

    def forget(self) -> None:
        """Nothing of what is trained from now on has been kept yet, nor does it go on from a checkpoint."""
        self._choice = None
        self._dataset: Dataset | None = None  # of the run that was opened
        self._saved: tuple[int, tuple[Experiment, ...]] = (0, ())
        self._checkpoint: Path | None = None
        self._behind = False  # whether the folder may hold what came after the checkpoint at hand
        self._other_threads: int | None = None  # with which it goes on from there, where it had another count before
        self._alarms: list[list[tuple[str, int]]] = []
        self._committed = time.monotonic()
        self._clock = SavingClock()
        self._timeline.begin()

    # --- what is gone on with ---

    def fitted(self, dataset: Dataset, experiment: Experiment) -> Dataset:
        """The data as they were taken when the run began, with notes on what changed since.

        Raises DatasetError where it can't go on with these.
        """
        if self.run is None:
            return dataset
        dataset = self._dataset = as_kept(self.run.path, dataset, experiment)
        return dataset

    def load(self, games: Games, threads: int, put: Callable[[Path], None]) -> tuple[Experiment, ...] | None:
        """Bring the games to where the folder stands, from where they go on with so many threads.

        put: loads a checkpoint into them. Where it can't be loaded: the settings of the one before, that new games are
        to be built with. Raises RunError where there is none.
        """
        if self._choice is None:
            return None
        if self._choice.path is not None:
            try:
                put(self._choice.path)
            except RunError as error:
                self._choice.reject(str(error))
                return self._in_force()
        self._go_on(games.step_count, threads, games.device.type)
        return None

    @property
    def missing(self) -> tuple[str, ...]:
        """What of the run that is gone on with could not be read so far, in words."""
        return self.run.missing if self.run else ()

    def told(self) -> Iterator[Event]:
        """What is to be known of the run that was opened."""
        if self.run is not None:
            yield from self._timeline.known(self.run.path, self._saved[0])
        if self._choice is not None and (passed := self._choice.told()) is not None:
            yield Notice(passed)
        yield from self._say()

    def _say(self) -> Iterator[Event]:
        told, self._notices = self._notices, []
        yield from told

    def threads(self, device: str) -> int | None:
        """With how many threads it was trained last, on a device of this type; None where that is not known."""
        if self.run is None or self._choice is None:
            return None
        known, step = self.run.environment(), self._choice.step
        changed = [each.value for each in self.run.changes() if each.path == THREADS and each.step <= step]
        count = [known.get("threads"), *changed][-1]
        fits = type(count) is int and 1 <= count <= MOST_THREADS
        return count if fits and str(known.get("device", "")).partition(":")[0] == device else None

    def _go_on(self, step: int, threads: int, device: str) -> None:
        """The checkpoint that was chosen is loaded; from there it goes on with so many threads on such a device."""
        assert self._choice is not None
        self._checkpoint, self._behind = self._choice.path, True
        self._saved = step, self._settings()
        before = self.threads(device)
        self._other_threads = threads if before is not None and before != threads else None

    def ensure(self, games: Games, threads: int) -> Iterator[Event]:
        """Make a folder if there is none; have it end at the checkpoint that it is gone on from.

        Raises RunError and OSError where the disk won't.
        """
        if self.run is not None:
            self._settle()
            yield from self._say()
            return
        computed = {"device": str(games.device), "threads": threads, "seed": games.experiments[0].seed}
        self.run = self._created(games, computed | {"versions": versions()})
        self._asked = None  # a reset makes a new folder beside this one
        # This folder holds nothing of what another one, that had to be let go of, may hold.
        self.forget()
        self.hand_on()  # but what could not be written there
        yield RunCreated(self.run.path)

    def _settle(self) -> None:
        """What was trained after the checkpoint is trained again: it must not stand there twice, nor be lost."""
        if self.run is None or self._choice is None or not self._behind:
            return
        if self._dataset is not None:
            self.run.keep_data(self._dataset)  # of a run that was begun before data were kept
        step, choice = self._choice.step, self._choice
        # After a kill the same steps are made again to the bit; here they may not be.
        back = choice.path is None or bool(choice.damaged or choice.newer) or self._start.slower is not None
        aside = [*self.run.truncate(step, keep=back), *choice.set_aside()]
        self._behind = False
        self._timeline.begin()  # what came later is there no more
        if aside:
            names = ", ".join(str(path.relative_to(self.run.path)) for path in aside)
            where = f"after step {step:,}" if choice.path is not None else "before, as there is no checkpoint of it,"
            self._notices.append(Notice(f"What {self.these} held {where} is kept in {names}.", wrong=False))
        if self._other_threads is not None:
            self.run.record_change(step, THREADS, self._other_threads)

    def leave(self, *, abandoned: bool = False) -> None:
        """Let go of the folder: what is kept next goes into another one. Leaving twice is fine.

        abandoned: as in ``RunFolder.close``.
        """
        if self.run is not None:
            with suppress(RunError):  # what could not be written was told when it was to be
                self.run.close(abandoned=abandoned)
            self.run = self._choice = None
        self._unwritten = None

    def let_go(self) -> None:
        """Hold the folder no longer, as it is gone; what was kept there is kept no more."""
        super().let_go()
        self._saved, self._checkpoint = (0, ()), None

    # --- what is recorded ---

    def record_change(self, step: int, path: str, value: Any) -> None:
        """Write down what was changed by hand.

        Raises RunError and OSError where the disk won't; it is kept for the next time.
        """
        if self.run is not None:
            try:
                self._settle()
            except (OSError, RunError):
                self.run.record_change(step, path, value, later=True)
                raise
            self.run.record_change(step, path, value)

    def keep_alarms(self, step: int, alarms: Alarms) -> None:
        """Write down which alarms hold, where others do than did. A run that is only looked at stays as it is.

        Raises OSError where the disk won't.
        """
        held = [[(each.kind, each.since) for each in own] for own in alarms]
        if self.run is not None and not self._behind and held != self._alarms:
            self.run.keep_alarms(step, alarms)
            self._alarms = held

    def commit(self, *, force: bool) -> None:
        """Make what was recorded safe against a kill, at most once a second unless forced.

        Raises RunError where the disk won't; it is kept for the next time.
        """
        now = time.monotonic()
        if self.run is not None and (force or now - self._committed >= COMMIT_SECONDS):
            self._committed = now
            self.run.commit()

    def reason(self, error: Exception) -> str:
        """Why the folder can't be written, and which: the system does not always name the file."""
        told = reason(error)
        return told if self.run is None or str(self.run.path) in told else f"{self.run.path}: {told}"

    def remember(self, games: Games, *, force: bool = False) -> Iterator[Event]:
        """Keep the moment on the timeline, where it is time; ``force``: also where it is not."""
        if self.run is not None and not self._behind:
            told = list(self._timeline.keep(self.run.path, games, force=force))
            if not self.gone:  # else the session tells of that, which is the reason
                yield from told

    # --- checkpoints ---

    def unkept(self, trained: Stepping) -> str:
        """Which steps are in memory alone, in a sentence; empty where there are none."""
        lost = trained.step_count - self._saved[0]
        if lost <= 0:
            return ""
        what = "The last step" if lost == 1 else f"The last {lost:,} steps"
        place = self.run.path if self.run is not None else self.runs
        return f"{what} could not be written to {place}, and would be lost."

    def is_due(self, experiment: Experiment) -> bool:
        """Whether it is time for the next checkpoint."""
        return self._clock.is_due(experiment.measures.checkpoint_seconds)

    def wait(self) -> None:
        """Count the time to the next checkpoint from now."""
        self._clock.restart()

    @property
    def kept_step(self) -> int | None:
        """The step of the newest checkpoint on disk; None where there is none, also as somebody deleted the folder."""
        return None if self._checkpoint is None or self.gone else self._saved[0]

    @property
    def looked_at(self) -> Path | None:
        """The checkpoint that was opened, as long as it was not gone on with; the folder may hold later ones."""
        return self._checkpoint if self._behind else None

    def last_kept(self) -> str:
        """Where the training can be gone on from, in a sentence."""
        if self.kept_step is None:
            return f"There is no checkpoint of {self.them}."
        return f"The last checkpoint is of step {self.kept_step:,}."

    def soundest(self) -> Path | None:
        """Where the games can be opened with numbers that are good; None where there is no such place."""
        return None if self.run is None or self.kept_step is None else self.run.path

    def saved(self, games: Games) -> Path | None:
        """The checkpoint on disk that holds the games as they are now; None when there is none."""
        as_now = (games.step_count, games.experiments) == self._saved
        return self._checkpoint if self.run is not None and as_now else None

    def keep_checkpoint(self, games: Games, write: Callable[[], Path]) -> Iterator[Event]:
        """Have a checkpoint written, if there is anything new."""
        step = games.step_count
        if self.run is None or step == 0 or self.saved(games) is not None:
            self.wait()
            return
        try:
            with self._clock.saving():
                path = write()
        except NotFinite as error:
            yield Notice(f"Nothing was saved at step {step:,}: {error}. {self.last_kept()}", no_checkpoint=True)
            return
        except (OSError, RunError) as error:
            # Training in memory is worth more than the checkpoint: say so and go on.
            told = f"The checkpoint of step {step:,} could not be written. {self.reason(error)}."
            yield Notice(
                f"{told} What is trained stays in memory: make room, then save again.",
                unsaved=True,
                no_checkpoint=True,
                alone=told,
            )
            return
        self._saved, self._checkpoint = (step, games.experiments), path
        yield Checkpointed(step, path)
