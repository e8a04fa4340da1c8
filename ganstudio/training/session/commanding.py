"""The commands that the session of one game and that of several carry out alike."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING

from ganstudio.data import build_dataset
from ganstudio.training.messages import (
    Adjust,
    GoBack,
    Notice,
    Pause,
    Play,
    Refused,
    Reset,
    Save,
    Start,
    StartGroup,
    Step,
)
from ganstudio.training.session.devices import choose_device, keep_threads, set_determinism, set_threads
from ganstudio.training.session.keeping import KeptLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    import torch

    from ganstudio.experiment import DeviceSpec, Experiment
    from ganstudio.training.messages import AnyEvent, StepPhase
    from ganstudio.training.session.inbox import Inbox
    from ganstudio.training.session.loop import Handlers


class CommandedLoop(KeptLoop):
    """A loop that is played, paused and stepped by hand, whose settings change while it goes, and that begins anew."""

    _device: torch.device

    def __init__(self, start: Start | StartGroup, inbox: Inbox | None) -> None:
        super().__init__(start, inbox)
        self._threads_asked, self._slower = start.threads, start.slower

    @abstractmethod
    def _check_room(self, experiments: Sequence[Experiment]) -> None:
        """Raise Crowded where such games don't fit into memory beside those before."""

    @abstractmethod
    def _scratch(self, experiments: Sequence[Experiment]) -> Callable[[], None]:
        """A step of such games, to try threads with."""

    @abstractmethod
    def _begin(self, experiments: Sequence[Experiment]) -> Iterator[AnyEvent]:
        """Build the games, at the checkpoint at hand if there is one, and tell that they are there."""

    @abstractmethod
    def _put_in_force(self, path: str, value: object) -> Iterator[AnyEvent]:
        """Change a setting of all games from the next step on, or tell why it can't be changed."""

    @abstractmethod
    def _lower_rates(self, factor: float) -> Generator[AnyEvent, None, list[str]]:
        """Multiply the learning rates of all players: what is to be said of that, in sentences."""

    @abstractmethod
    def _step(self, phase: StepPhase = "both") -> None:
        """One step of what is trained; or, by hand, one move of one player."""

    def _idle(self, _phase: StepPhase) -> str:
        """Why nobody would move in such a step, in a sentence; empty where somebody would."""
        return ""

    # --- opening ---

    def _open(self) -> Iterator[AnyEvent]:
        experiments = self._archive.open()
        told = self._furnish(experiments)
        yield from self._begin(experiments)
        yield from self._slow_down()
        yield from self._archive.told()
        if told:
            yield Notice(told)
        # Behind the games themselves: of a long run it takes seconds.
        yield from self._recall()
        if missing := self._archive.missing:
            yield Notice(" ".join(missing))

    def _furnish(self, experiments: Sequence[Experiment]) -> str:
        """Have data, a device and threads for these games. What is to be said of the threads."""
        first = experiments[0]
        self._dataset = self._read(lambda: self._archive.fitted(build_dataset(first.dataset), first))
        self._device = choose_device(first.device)
        self._check_room(experiments)
        set_determinism(first.device)
        self._do("threads")
        told = self._use_threads(first.device, lambda: self._scratch(experiments))
        self._do("opening")
        return told

    def _use_threads(self, spec: DeviceSpec, scratch: Callable[[], Callable[[], None]]) -> str:
        """As many threads as asked for, or as the run had; else as suit the game. What is to be said of it.

        scratch: makes a step of such a game, to try them with.
        """
        asked, before = self._threads_asked, self._archive.threads(self._device.type)
        if asked is None and before is not None:
            self._threads, told = keep_threads(before)
            return told
        spec = spec if asked is None else spec.model_copy(update={"threads": asked})
        self._threads = set_threads(spec, self._device, scratch)
        return ""

    # --- commands ---

    def _handlers(self) -> Handlers:
        return {
            Play: lambda _: self._play(),
            Pause: lambda _: self._pause(),
            Step: self._step_by_hand,
            Adjust: self._adjust,
            Reset: self._reset,
            GoBack: self._go_back,
            Save: lambda _: self._save(),
        }

    def _play(self) -> Iterator[AnyEvent]:
        if self._state == "playing":
            return
        if self._broken is not None:
            yield self._broken
            return
        if self._games.step_count >= self._last_step:
            yield from self._put_in_force("schedule.steps", self._games.step_count + self._archive.asked_steps)
        if not (yield from self._ensure_run()):
            return
        self._archive.wait()
        yield self._change("playing")

    def _pause(self) -> Iterator[AnyEvent]:
        if self._state == "playing":
            yield from self._report(force=True)
            yield self._change("paused")
            yield from self._checkpoint()

    def _step_by_hand(self, command: Step) -> Iterator[AnyEvent]:
        if not (yield from self._ready(command.phase)):
            return
        if command.phase != "both":
            # Written down, so that the run can be replayed move by move.
            yield from self._write(self._archive.record_change, self._games.step_count, "step", command.phase)
        yield from self._move(command.phase)
        if self._broken is None:
            yield self._change("paused")

    def _ready(self, phase: StepPhase = "both") -> Generator[AnyEvent, None, bool]:
        """Pause for a step by hand; whether it can be made, and kept."""
        yield from self._pause()
        if self._broken is not None:
            yield self._broken
            return False
        if idle := self._idle(phase):
            yield Notice(idle)
            return False
        return (yield from self._ensure_run())

    def _move(self, phase: StepPhase) -> Iterator[AnyEvent]:
        """Make a step by hand, and report it."""
        self._step(phase)
        self._moving = phase
        yield from self._report(force=True, by_hand=True)
        self._moving = "both"

    def _adjust(self, command: Adjust) -> Iterator[AnyEvent]:
        yield from self._put_in_force(command.path, command.value)

    def _reset(self, command: Reset) -> Iterator[AnyEvent]:
        yield from self._end()
        if (lost := self._unkept()) and not command.discard:
            yield Refused(lost, expected=True, unsaved=True, command=command)
            return
        self._archive.leave()
        self._archive.forget()
        yield from self._begin(self._games.experiments)

    def _go_back(self, command: GoBack) -> Iterator[AnyEvent]:
        """Have the games opened again where their numbers were good, or begin others."""
        if self._broken is not None:
            sound = self._archive.soundest()
            start = self._afresh(command.rate) if sound is None else self.start(resume=sound, slower=command.rate)
            self.successor = replace(start, runs=self._archive.runs, measure=self._measures)
        yield from ()

    def _slow_down(self) -> Iterator[AnyEvent]:
        """Change the rates as asked for, at the checkpoint that was opened; what came after that is moved aside."""
        if self._slower is None:
            return
        told = [f"Went back to step {self._games.step_count:,}."]
        wrong = no_checkpoint = False
        for event in self._ensure_run():
            if isinstance(event, Notice):
                told.append(event.message)
                wrong, no_checkpoint = wrong or event.wrong, no_checkpoint or event.no_checkpoint
            else:
                yield event
        told += yield from self._lower_rates(self._slower)
        yield Notice(" ".join(told), wrong=wrong, no_checkpoint=no_checkpoint)

    # --- training ---

    @property
    def _last_step(self) -> int:
        return max(experiment.schedule.steps for experiment in self._games.experiments)

    def _stepped(self) -> Iterator[AnyEvent]:
        yield from self._report()
        yield from self._finish()

    def _finish(self) -> Iterator[AnyEvent]:
        """Stand still once the last step is made."""
        if self._games.step_count >= self._last_step and self._state == "playing":
            yield from self._end()
            if self._state == "playing":
                yield self._change("finished")
