"""A training session: owns the trainer and its run folder, takes commands, yields events. Knows no window."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from ganstudio.data import build_dataset
from ganstudio.presets import (
    repeated,
    shared,
    skipped,
)
from ganstudio.run import RunError, RunFolder
from ganstudio.training.arrangements import build_system, games_and_data
from ganstudio.training.messages import (
    Adjust,
    Adjusted,
    Alerted,
    Broken,
    Checkpointed,
    GoBack,
    Measured,
    Notice,
    OfMember,
    Pause,
    Play,
    Refused,
    RepeatStage,
    Reset,
    Restage,
    Save,
    Scalars,
    Share,
    SkipStage,
    SlowStep,
    Start,
    Step,
)
from ganstudio.training.pictures.geometry import home
from ganstudio.training.pictures.slow_motion import slow_step
from ganstudio.training.session.announcing import announcement
from ganstudio.training.session.archive import Archive
from ganstudio.training.session.breaking import first_wrong, rates, slower
from ganstudio.training.session.changes import changed, restaged
from ganstudio.training.session.devices import THREADS, choose_device, set_determinism
from ganstudio.training.session.keeping import KeptLoop
from ganstudio.training.session.lookout import watched
from ganstudio.training.session.measuring import keep
from ganstudio.training.session.room import check_beside
from ganstudio.training.step.games import Solo

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from ganstudio.experiment import Experiment
    from ganstudio.training.messages import AnyCommand, AnyEvent, StepPhase
    from ganstudio.training.pictures.renderer import Renderer
    from ganstudio.training.session.inbox import Inbox
    from ganstudio.training.session.loop import Handlers

REPORT_SECONDS = 0.1
_OF_ROWS = ("objective", "stages", "arrangement")
"""Settings that say which numbers a step has."""
_NAMES = {"discriminator": "D", "generator": "G", "both": "Nobody"}


class Session(KeptLoop):
    """One experiment from Start to Quit, or to the next Start, which is left in ``successor``."""

    kept = "the run"
    _archive: Archive

    def __init__(self, start: Start, *, renderer: Renderer | None = None, inbox: Inbox | None = None) -> None:
        super().__init__(start, inbox)
        self._renderer = renderer
        self._archive = Archive(start)
        self._script = deque(start.changes)
        self._broken: Broken | None = None

    # --- opening and closing ---

    def _open(self) -> Iterator[AnyEvent]:
        begun, experiment = self._archive.open()
        self._asked_steps = begun.schedule.steps
        self._dataset = self._read(lambda: self._archive.fitted(build_dataset(experiment.dataset), experiment))
        self._device = choose_device(experiment.device)
        for one, data in games_and_data(experiment, self._dataset).values():
            check_beside([one], data, self._device, self.beside)
        set_determinism(experiment.device)
        self._do("threads")
        data, device = self._dataset, self._device
        few = self._use_threads(experiment.device, lambda: build_system(experiment, data, device).step)
        self._do("opening")
        self._build(experiment)
        while (before := self._archive.load(self._trainer, self._threads)) is not None:
            self._build(before)
        yield from self._announce()
        yield from self._slow_down()
        yield from self._archive.told()
        if few:
            yield Notice(few)
        # Behind the game itself: of a long run it takes seconds.
        yield from self._remembered(self._recall_curves(), "The run's curves so far")
        yield from self._remembered(self._recall_estimates(), "What was measured before")
        if self._archive.run is not None:
            yield from self._remembered(self._recall_alarms(self._archive.run), "What was warned of before")
        if missing := self._archive.missing:
            yield Notice(" ".join(missing))

    def _recall_curves(self) -> Iterator[AnyEvent]:
        for rows in self._archive.recorded(self._trainer.names):
            if not len(rows):
                continue
            self._lookout.recall(watched(rows, self._trainer.absent(rows[:, 0], "both"))[None])
            yield Scalars(rows, self._trainer.names)

    def _recall_estimates(self) -> Iterator[AnyEvent]:
        if estimates := self._archive.estimates():
            self._lookout.hear(0, Measured(estimates))
            yield Measured(estimates)

    def _unkept(self) -> str:
        return "" if self._broken is not None else self._archive.unkept(self._trainer)

    def again(self) -> Start | None:
        """The run at its last checkpoint, or the same experiment where nothing was trained yet."""
        trainer, run, playing = self._trainer, self._archive.held, self._state == "playing"
        if run is None and not trainer.step_count:
            start = Start(experiment=trainer.experiment, runs=self._archive.runs)
        elif run is not None and self._broken is None and self._archive.kept_step == trainer.step_count:
            start = Start(resume=run, runs=self._archive.runs)
        else:
            return None
        return replace(start, measure=self._measures, play=playing)

    def take_back(self) -> Iterator[AnyEvent]:
        """Write on in the run."""
        try:
            self._archive.take_back(RunFolder)
        except RunError as error:
            yield Notice(f"{error}. What is trained from now on goes into a new run.")
            if self._state == "playing" and not (yield from self._ensure_run()):
                yield self._change("paused", "unwritable")

    def _build(self, experiment: Experiment) -> None:
        self._trainer = build_system(experiment, self._dataset, self._device)
        self._attend(Solo(self._trainer))
        self._broken = None
        self._reported = time.monotonic()

    def _announce(self) -> Iterator[AnyEvent]:
        run = self._archive.run
        opened = announcement(self._trainer, run=run.path if run else None, threads=self._threads)
        # Not before all that may go wrong has been done: until then the pictures are of the game before.
        if self._renderer is not None:
            opened = replace(opened, game=self._renderer.shut())
        yield opened
        if self._renderer is not None:
            self._renderer.open(self._trainer)
        yield self._change("paused")

    def _ensure_run(self) -> Generator[AnyEvent, None, bool]:
        """Have a run to write to, and whether there is one; where there can't be, say why."""
        try:
            yield from self._archive.ensure(self._trainer, self._threads)
        except (OSError, RunError) as error:
            yield Notice(f"Training can't begin: {self._archive.reason(error)}.", no_checkpoint=True)
            return False
        if self._trainer.step_count == 0:
            yield from self._archive.remember(self._games, force=True)
        return True

    # --- commands ---

    def _handlers(self) -> Handlers:
        return {
            Play: lambda _: self._play(),
            Pause: lambda _: self._pause(),
            Step: self._step_by_hand,
            Adjust: self._adjust,
            SkipStage: lambda _: self._restage(skipped),
            Share: lambda command: self._restage(
                partial(shared, place=command.place, share=command.share), "arrangement.later"
            ),
            Restage: lambda command: self._restage(lambda _experiment, _step: dict(command.settings)),
            RepeatStage: lambda command: self._restage(partial(repeated, place=command.place)),
            Reset: self._reset,
            GoBack: self._go_back,
            Save: lambda _: self._save(),
            SlowStep: self._slow,
        }

    def _misplaced(self, command: AnyCommand) -> Iterator[AnyEvent]:
        """It was meant for the group before."""
        yield from ()

    def _play(self) -> Iterator[AnyEvent]:
        if self._state == "playing":
            return
        if self._broken is not None:
            yield self._broken
            return
        schedule = self._trainer.experiment.schedule
        if self._trainer.step_count >= schedule.steps:
            yield from self._adjust(Adjust("schedule.steps", self._trainer.step_count + self._asked_steps))
        if not (yield from self._ensure_run()):
            return
        self._archive.wait()
        yield self._change("playing")
        yield from self._replay()

    def _step_by_hand(self, command: Step) -> Iterator[AnyEvent]:
        if self._state == "playing":
            yield from self._pause()
        if self._broken is not None:
            yield self._broken
            return
        if not self._trainer.stage.moves_of(command.phase):
            yield Notice(f"{_NAMES[command.phase]} doesn't move in this stage: step both.")
            return
        if not (yield from self._ensure_run()):
            return
        if command.phase != "both":
            # Written down, so that the run can be replayed move by move.
            yield from self._write(self._archive.record_change, self._trainer.step_count, "step", command.phase)
        self._trainer.step(command.phase)
        yield from self._report_move(command.phase)
        if self._broken is None:
            yield self._change("paused")

    def _slow(self, command: SlowStep) -> Iterator[AnyEvent]:
        """One step like any other, and what each of its stages saw."""
        if self._state == "playing":
            yield from self._pause()
        if self._broken is not None:
            yield self._broken
            return
        if not (yield from self._ensure_run()):
            return
        at_home = home(self._trainer)
        stages = slow_step(self._trainer, at_home and (command.bounds or at_home))
        yield from self._report(force=True)
        if self._broken is None:
            yield self._change("paused")
        yield stages

    def _save(self) -> Iterator[AnyEvent]:
        yield from self._report(force=True)
        if (path := self._archive.saved(self._trainer)) is not None:
            # Nothing new to write; whoever asked still wants to hear that it is safe, and where.
            yield Checkpointed(self._trainer.step_count, path)
            return
        if self._broken is not None:
            kept = self._archive.last_kept()
            yield Notice(f"Nothing was saved: weights are no longer finite numbers. {kept}", no_checkpoint=True)
        yield from self._checkpoint()

    def _restage(
        self, change: Callable[[Experiment, int], Mapping[str, Any]], of: str = "stages"
    ) -> Iterator[AnyEvent]:
        """Take over the settings with which a stage is skipped or repeated, as changes by hand. of: their path."""
        if self._broken is not None:
            yield self._broken
            return
        try:
            settings = restaged(self._trainer, change)
        except ValueError as error:
            yield Notice(str(error), setting=of)
            return
        for path, value in settings.items():
            yield from self._adjust(Adjust(path, value))

    def _adjust(self, command: Adjust) -> Iterator[AnyEvent]:
        try:
            experiment = changed(self._trainer, command.path, command.value)
        except ValueError as error:
            yield Notice(str(error), setting=command.path)
            return
        if any(getattr(experiment, part) != getattr(self._trainer.experiment, part) for part in _OF_ROWS):
            yield from self._report(force=True)  # with others a step may have other numbers
        self._trainer.adjust(experiment)
        yield from self._write(self._archive.record_change, self._trainer.step_count, command.path, command.value)
        yield Adjusted(self._trainer.step_count, command.path, command.value, experiment, self._trainer.scalars)

    def _reset(self, command: Reset) -> Iterator[AnyEvent]:
        yield from self._end()
        if (lost := self._unkept()) and not command.discard:
            yield Refused(lost, expected=True, unsaved=True, command=command)
            return
        self._build(self._trainer.experiment)
        self._archive.leave()
        self._archive.begin()
        yield from self._announce()

    def _go_back(self, command: GoBack) -> Iterator[AnyEvent]:
        """Have the run opened again where its numbers were good, or begin another."""
        if self._broken is None:
            return
        run = self._archive.run
        if run is None or self._archive.kept_step is None:
            experiment = slower(self._trainer.experiment, command.rate)
            self.successor = Start(experiment=experiment, runs=self._archive.runs, measure=self._measures)
        else:
            self.successor = Start(
                resume=run.path, runs=self._archive.runs, measure=self._measures, slower=command.rate
            )
        yield from ()

    def _slow_down(self) -> Iterator[AnyEvent]:
        """Change the rates as asked for, at the checkpoint that the run was opened at; the rest is moved aside."""
        if self._slower is None:
            return
        told = yield from self._went_back()
        told_rates = []
        for path, rate in rates(slower(self._trainer.experiment, self._slower)).items():
            *other, _, player, _ = path.split(".")
            whose = f"{self._trainer.experiment.arrangement.own_word} " if other else ""
            told_rates.append(f"{whose}{player[0].upper()} at {rate:g}")
            yield from self._adjust(Adjust(path, rate))
        lower = f"The learning rates are lower now: {', '.join(told_rates)}."
        yield Notice(" ".join([*told, lower]), wrong=False)

    # --- training ---

    def _step(self) -> None:
        self._trainer.step()

    def _stepped(self) -> Iterator[AnyEvent]:
        yield from self._report()
        yield from self._replay()
        if self._script:  # whoever made these changes trained at least as far
            return
        if self._trainer.step_count >= self._trainer.experiment.schedule.steps and self._state == "playing":
            yield from self._report(force=True)
            yield from self._checkpoint()
            if self._state == "playing":
                yield self._change("finished")

    def _replay(self) -> Iterator[AnyEvent]:
        """Do again what was done by hand at this step in the run whose changes are replayed."""
        while self._script and self._script[0].step <= self._trainer.step_count and self._state == "playing":
            change = self._script.popleft()
            if change.path == "step":
                yield from self._report(force=True)
                yield from self._write(self._archive.record_change, change.step, change.path, change.value)
                self._trainer.step(change.value)
                yield from self._report_move(change.value)
            elif change.path == THREADS:
                self._threads = change.value
                torch.set_num_threads(self._threads)
                yield from self._write(self._archive.record_change, change.step, change.path, change.value)
            else:
                yield from self._adjust(Adjust(change.path, change.value))

    def _pass_on(self, found: OfMember | Notice) -> Iterator[AnyEvent]:
        if not isinstance(found, OfMember):
            yield found
            return
        if isinstance(found.event, Measured) and self._archive.run is not None:
            for estimated in found.event.estimates:
                keep(self._archive.run, estimated)
        elif isinstance(found.event, Alerted):
            yield from self._write(self._archive.keep_alarms, self._trainer.step_count, self._lookout.alarms)
        yield found.event

    def _report_move(self, phase: StepPhase) -> Iterator[AnyEvent]:
        """Report a step that was made by hand."""
        self._moving = phase
        yield from self._report(force=True, by_hand=True)
        self._moving = "both"

    def _report(self, *, force: bool = False, by_hand: bool = False) -> Iterator[AnyEvent]:
        """Hand out and store what has come together, as far as it is time. by_hand: the rows are of such a step."""
        trainer, archive = self._trainer, self._archive
        if archive.run is None:
            return
        yield from self._write(archive.sample, trainer)
        now = time.monotonic()
        if not force and now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        rows = trainer.drain()
        absent = trainer.absent(rows[:, 0], self._moving)
        # Before a number gone wrong pauses the game. A stage before it lacks numbers as a move by hand does.
        by_hand = by_hand or self._state != "playing" or (absent is not None and bool(absent.any()))
        wrong = first_wrong(rows, trainer.scalars, self._moving, absent) if self._broken is None else None
        if wrong is not None:
            # Where they went wrong the training ends: what was trained on top of that since the last report is nothing.
            rows = rows[: wrong[0] + 1]
            trainer.step_count, trainer.seconds = int(rows[-1, 0]), float(rows[-1, 1])
            self._broken = Broken(trainer.step_count, wrong[1], archive.kept_step)
        if len(rows):
            archive.record_scalars(trainer.names, rows)
            yield Scalars(rows, trainer.names)
        if wrong is not None and self._broken is not None:
            yield self._change("paused", "diverged")
            yield self._broken
        yield from self._heard(self._lookout.see(watched(rows, absent)[None], by_hand=by_hand, force=force))
        if self._renderer is not None:
            self._renderer.publish(trainer, wait=force)
        yield from self._write(archive.commit, force=force)
        if self._state == "playing":
            yield from archive.remember(self._games)
        if not force and self._state == "playing" and archive.is_due(trainer.experiment):
            yield from self._checkpoint(by_itself=True)

    def _checkpoint(self, *, by_itself: bool = False) -> Iterator[AnyEvent]:
        if self._broken is not None:
            self._archive.wait()  # the last checkpoint is from before the numbers went wrong: it stays the last
            return
        yield from self._archive.save(self._trainer, by_itself=by_itself)
        if not by_itself and self._archive.saved(self._trainer) is not None:
            yield from self._archive.remember(self._games, force=True)
