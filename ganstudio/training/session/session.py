"""A training session: owns the trainer and its run folder, takes commands, yields events. Knows no window."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from ganstudio.presets import repeated, shared, skipped
from ganstudio.run import RunFolder
from ganstudio.training.arrangements import build_system, games_and_data
from ganstudio.training.checkpoints.checkpoint import load_checkpoint
from ganstudio.training.messages import (
    Adjusted,
    Alerted,
    Broken,
    Measured,
    Notice,
    OfMember,
    RepeatStage,
    Restage,
    Scalars,
    Share,
    SkipStage,
    SlowStep,
    Start,
)
from ganstudio.training.pictures.geometry import home
from ganstudio.training.pictures.slow_motion import slow_step
from ganstudio.training.session.announcing import announcement
from ganstudio.training.session.archive import Archive
from ganstudio.training.session.breaking import first_wrong, rates, slower
from ganstudio.training.session.changes import changed, restaged
from ganstudio.training.session.commanding import CommandedLoop
from ganstudio.training.session.devices import THREADS
from ganstudio.training.session.lookout import watched
from ganstudio.training.session.measuring import keep
from ganstudio.training.session.room import check_beside
from ganstudio.training.step.games import Solo

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from ganstudio.experiment import Experiment
    from ganstudio.training.messages import AnyCommand, AnyEvent, StepPhase
    from ganstudio.training.pictures.renderer import Renderer
    from ganstudio.training.session.inbox import Inbox
    from ganstudio.training.session.loop import Handlers
    from ganstudio.training.step.games import Games

_OF_ROWS = ("objective", "stages", "arrangement")
"""Settings that say which numbers a step has."""
_NAMES = {"discriminator": "D", "generator": "G", "both": "Nobody"}


class Session(CommandedLoop):
    """One experiment from Start to Quit, or to the next Start, which is left in ``successor``."""

    kept, place, owner = "the run", "run", "The run's"
    start, folder = Start, RunFolder
    _archive: Archive

    def __init__(self, start: Start, *, renderer: Renderer | None = None, inbox: Inbox | None = None) -> None:
        super().__init__(start, inbox)
        self._renderer = renderer
        self._archive = Archive(start)
        self._script = deque(start.changes)

    # --- opening and closing ---

    def _recall_curves(self) -> Iterator[AnyEvent]:
        for rows in self._archive.recorded(self._trainer.names):
            if not len(rows):
                continue
            self._lookout.recall(watched(rows, self._trainer.absent(rows[:, 0], "both"))[None])
            yield Scalars(rows, self._trainer.names)

    def _recall_findings(self) -> Iterator[AnyEvent]:
        if estimates := self._archive.estimates():
            self._lookout.hear(0, Measured(estimates))
            yield Measured(estimates)

    def _check_room(self, experiments: Sequence[Experiment]) -> None:
        for one, data in games_and_data(experiments[0], self._dataset).values():
            check_beside([one], data, self._device, self.beside)

    def _scratch(self, experiments: Sequence[Experiment]) -> Callable[[], None]:
        return build_system(experiments[0], self._dataset, self._device).step

    def _build(self, experiments: Sequence[Experiment]) -> Games:
        self._trainer = build_system(experiments[0], self._dataset, self._device)
        self._attend(Solo(self._trainer))
        return self._games

    def _put(self, checkpoint: Path) -> None:
        load_checkpoint(checkpoint, self._trainer)

    def _begin(self, experiments: Sequence[Experiment]) -> Iterator[AnyEvent]:
        self._load(experiments)
        run = self._archive.run
        opened = announcement(self._trainer, run=run.path if run else None, threads=self._threads)
        # Not before all that may go wrong has been done: until then the pictures are of the game before.
        if self._renderer is not None:
            opened = replace(opened, game=self._renderer.shut())
        yield opened
        if self._renderer is not None:
            self._renderer.open(self._trainer)
        yield self._change("paused")

    def _afresh(self, factor: float) -> Start:
        return Start(experiment=slower(self._trainer.experiment, factor))

    def _cannot_begin(self, why: str) -> Iterator[AnyEvent]:
        if not self._games.step_count:
            told = "Training can't begin"
        else:
            told = "What was trained can't be kept" if self._archive.run is None else "Training can't go on"
        yield Notice(f"{told}: {why}.", no_checkpoint=True)

    # --- commands ---

    def _handlers(self) -> Handlers:
        return {
            **super()._handlers(),
            SkipStage: lambda _: self._restage(skipped),
            Share: lambda command: self._restage(
                partial(shared, place=command.place, share=command.share), "arrangement.later"
            ),
            Restage: lambda command: self._restage(lambda _experiment, _step: dict(command.settings)),
            RepeatStage: lambda command: self._restage(partial(repeated, place=command.place)),
            SlowStep: self._slow,
        }

    def _misplaced(self, command: AnyCommand) -> Iterator[AnyEvent]:
        """It was meant for the group before."""
        yield from ()

    def _play(self) -> Iterator[AnyEvent]:
        yield from super()._play()
        yield from self._replay()

    def _idle(self, phase: StepPhase) -> str:
        moves = self._trainer.stage.moves_of(phase)
        return "" if moves else f"{_NAMES[phase]} doesn't move in this stage: step both."

    def _slow(self, command: SlowStep) -> Iterator[AnyEvent]:
        """One step like any other, and what each of its stages saw."""
        if not (yield from self._ready()):
            return
        at_home = home(self._trainer)
        stages = slow_step(self._trainer, at_home and (command.bounds or at_home))
        yield from self._report(force=True)
        if self._broken is None:
            yield self._change("paused")
        yield stages

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
            yield from self._put_in_force(path, value)

    def _put_in_force(self, path: str, value: object) -> Iterator[AnyEvent]:
        try:
            experiment = changed(self._trainer, path, value)
        except ValueError as error:
            yield Notice(str(error), setting=path)
            return
        if any(getattr(experiment, part) != getattr(self._trainer.experiment, part) for part in _OF_ROWS):
            yield from self._report(force=True)  # with others a step may have other numbers
        self._trainer.adjust(experiment)
        yield from self._write(self._archive.record_change, self._trainer.step_count, path, value)
        yield Adjusted(self._trainer.step_count, path, value, experiment, self._trainer.scalars)

    def _lower_rates(self, factor: float) -> Generator[AnyEvent, None, list[str]]:
        told = []
        for path, rate in rates(slower(self._trainer.experiment, factor)).items():
            *other, _, player, _ = path.split(".")
            whose = f"{self._trainer.experiment.arrangement.own_word} " if other else ""
            told.append(f"{whose}{player[0].upper()} at {rate:g}")
            yield from self._put_in_force(path, rate)
        return [f"The learning rates are lower now: {', '.join(told)}."]

    # --- training ---

    def _step(self, phase: StepPhase = "both") -> None:
        self._trainer.step(phase)

    def _stepped(self) -> Iterator[AnyEvent]:
        yield from self._report()
        yield from self._replay()
        if not self._script:  # whoever made these changes trained at least as far
            yield from self._finish()

    def _replay(self) -> Iterator[AnyEvent]:
        """Do again what was done by hand at this step in the run whose changes are replayed."""
        while self._script and self._script[0].step <= self._trainer.step_count and self._state == "playing":
            change = self._script.popleft()
            if change.path == "step":
                yield from self._report(force=True)
                yield from self._write(self._archive.record_change, change.step, change.path, change.value)
                yield from self._move(change.value)
            elif change.path == THREADS:
                self._threads = change.value
                torch.set_num_threads(self._threads)
                yield from self._write(self._archive.record_change, change.step, change.path, change.value)
            else:
                yield from self._put_in_force(change.path, change.value)

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

    def _report(self, *, force: bool = False, by_hand: bool = False) -> Iterator[AnyEvent]:
        trainer, archive = self._trainer, self._archive
        if archive.run is None:
            return
        yield from self._write(archive.sample, trainer)
        if archive.run is None or not self._is_time(force=force):
            return  # its folder was deleted, and there can be no other one yet: it waits for that
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
        yield from self._keep_up(force=force)

    def _written(self, *, by_itself: bool) -> Path:
        return self._archive.write(self._trainer, by_itself=by_itself)
