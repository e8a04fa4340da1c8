"""A training session: owns the trainer and its run folder, takes commands, yields events. Knows no window."""

from __future__ import annotations

import queue
import time
import traceback
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.data import build_dataset
from ganstudio.presets import ExperimentError, is_live, with_setting
from ganstudio.training.archive import Archive
from ganstudio.training.checkpoint import as_samples
from ganstudio.training.devices import choose_device, measure_threads
from ganstudio.training.lookout import Lookout
from ganstudio.training.measuring import Measurer, kept
from ganstudio.training.messages import (
    SCALARS,
    Adjust,
    Adjusted,
    Checkpointed,
    Closed,
    Failed,
    Informed,
    Likened,
    Measured,
    Notice,
    Opened,
    Pause,
    Play,
    Quit,
    Reset,
    Save,
    Scalars,
    SlowStep,
    Start,
    StartGroup,
    StateChanged,
    Step,
)
from ganstudio.training.rendering import Renderer, plane_bounds
from ganstudio.training.stages import slow_step
from ganstudio.training.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from ganstudio.experiment import Experiment
    from ganstudio.training.messages import AnyCommand, AnyEvent, State

REPORT_SECONDS = 0.1
WIDTH = 2 + len(SCALARS)
SHOWN_REAL = {True: 2000, False: 64}


class Session:
    """One experiment from Start to Quit, or to the next Start, which is left in ``successor``."""

    def __init__(
        self, start: Start, *, renderer: Renderer | None = None, inbox: queue.SimpleQueue[AnyCommand] | None = None
    ) -> None:
        self._start = start
        self._renderer = renderer
        self._inbox = inbox or queue.SimpleQueue()
        self._archive = Archive(start)
        self._state: State = "paused"
        self._broken = False
        self.successor: Start | StartGroup | Quit | None = None

    def send(self, command: AnyCommand) -> None:
        """Hand in a command, from any thread; it is read between two steps."""
        self._inbox.put(command)

    def run(self) -> Iterator[AnyEvent]:
        """Train as commanded and yield what happens, until the session ends: the last event is Closed or Failed."""
        last: AnyEvent = Closed()
        try:
            yield from self._open()
            if self._start.play:
                yield from self._play()
            while self.successor is None:
                yield from self._commands()
                if self._state == "playing":
                    yield from self._advance()
            yield from self._report(force=True)
            yield from self._checkpoint()
        except (ValueError, OSError) as error:  # what a user can mend: data, settings, disk
            last = Failed(str(error), traceback.format_exc(), expected=True)
        except Exception as error:  # noqa: BLE001  the one place: whatever goes wrong is told, not lost
            last = Failed(f"{type(error).__name__}: {error}", traceback.format_exc())
        finally:
            # Before the last event: whoever sees that may open the run again at once.
            self._archive.leave()
        yield last

    # --- opening and closing ---

    def _open(self) -> Iterator[AnyEvent]:
        begun, experiment = self._archive.open()
        self._asked_steps = begun.schedule.steps
        self._dataset = build_dataset(experiment.dataset)
        self._device = choose_device(experiment.device)
        torch.use_deterministic_algorithms(experiment.device.deterministic)
        self._threads = self._choose_threads(experiment)
        self._build(experiment)
        rows = self._archive.resume(self._trainer)
        yield from self._announce()
        if len(rows):
            self._lookout.recall(rows[:, :WIDTH])
            yield from self._told(rows)
        if self._archive.run is not None and (estimates := kept(self._archive.run)):
            yield Measured(estimates)

    def _choose_threads(self, experiment: Experiment) -> int:
        asked = experiment.device.threads
        if asked == 0 and (experiment.device.deterministic or self._device.type != "cpu"):
            asked = 1
        if asked == 0:
            asked = measure_threads(Trainer(experiment, self._dataset, self._device).step)
        torch.set_num_threads(asked)
        return asked

    def _build(self, experiment: Experiment) -> None:
        self._trainer = Trainer(experiment, self._dataset, self._device)
        self._measurer = Measurer(self._trainer, on=self._start.measure)
        self._lookout = Lookout(self._trainer)
        self._broken = False
        self._reported = time.monotonic()

    def _announce(self) -> Iterator[AnyEvent]:
        trainer, dataset, run = self._trainer, self._dataset, self._archive.run
        shown = dataset.draw(SHOWN_REAL[dataset.is_plane], np.random.default_rng(0))
        if self._renderer is not None:
            self._renderer.open(trainer)
        yield Opened(
            experiment=trainer.experiment,
            run=run.path if run else None,
            step=trainer.step_count,
            seconds=trainer.seconds,
            data_name=dataset.name,
            data_count=dataset.count,
            data_shape=dataset.shape,
            real=as_samples(dataset, torch.from_numpy(shown)),
            latents=trainer.fixed_latents.cpu().numpy(),
            plane=plane_bounds(trainer) if dataset.is_plane else None,
            skipped=tuple((skipped.name, skipped.reason) for skipped in dataset.skipped),
            skipped_count=dataset.skipped_count,
            generator_parameters=sum(p.numel() for p in trainer.generator.parameters()),
            discriminator_parameters=sum(p.numel() for p in trainer.discriminator.parameters()),
            device=str(self._device),
            threads=self._threads,
            notes=dataset.notes,
        )
        yield self._change("paused")

    def _ensure_run(self) -> Iterator[AnyEvent]:
        yield from self._archive.ensure(self._trainer.experiment, str(self._device), self._threads)

    # --- commands ---

    def _commands(self) -> Iterator[AnyEvent]:
        """Carry out what is in the inbox; wait for the next command when there is nothing else to do."""
        waits = self._state != "playing"
        while self.successor is None:
            try:
                command = self._inbox.get(block=waits and not self._measurer.busy)
            except queue.Empty:
                if not waits:
                    return
                yield from self._heard(self._measurer.work(self._archive.run))
                continue
            yield from self._carry_out(command)
            waits = self._state != "playing"

    def _carry_out(self, command: AnyCommand) -> Iterator[AnyEvent]:
        if isinstance(command, (Start, StartGroup, Quit)):
            self.successor = command
            return
        handlers: dict[type, Callable[..., Iterator[AnyEvent]]] = {
            Play: lambda _: self._play(),
            Pause: lambda _: self._pause(),
            Step: self._step_by_hand,
            Adjust: self._adjust,
            Reset: lambda _: self._reset(),
            Save: lambda _: self._save(),
            SlowStep: self._slow,
        }
        if (handler := handlers.get(type(command))) is not None:  # else it was meant for the group before
            yield from handler(command)

    def _play(self) -> Iterator[AnyEvent]:
        if self._state == "playing":
            return
        schedule = self._trainer.experiment.schedule
        if self._trainer.step_count >= schedule.steps:
            yield from self._adjust(Adjust("schedule.steps", self._trainer.step_count + self._asked_steps))
        yield from self._ensure_run()
        self._archive.wait()
        yield self._change("playing")

    def _pause(self) -> Iterator[AnyEvent]:
        if self._state != "playing":
            return
        yield from self._report(force=True)
        yield self._change("paused")
        yield from self._checkpoint()

    def _step_by_hand(self, command: Step) -> Iterator[AnyEvent]:
        if self._state == "playing":
            yield from self._pause()
        yield from self._ensure_run()
        if command.phase != "both":
            # Written down, so that the run can be replayed move by move.
            self._archive.record_change(self._trainer.step_count, "step", command.phase)
        self._trainer.step(command.phase)
        yield from self._report(force=True)
        yield self._change("paused")

    def _slow(self, command: SlowStep) -> Iterator[AnyEvent]:
        """One step like any other, and what each of its stages saw."""
        if self._state == "playing":
            yield from self._pause()
        yield from self._ensure_run()
        bounds = (command.bounds or plane_bounds(self._trainer)) if self._dataset.is_plane else None
        stages = slow_step(self._trainer, bounds)
        yield from self._report(force=True)
        yield self._change("paused")
        yield stages

    def _save(self) -> Iterator[AnyEvent]:
        yield from self._report(force=True)
        if (path := self._archive.saved(self._trainer)) is not None:
            # Nothing new to write; whoever asked still wants to hear that it is safe, and where.
            yield Checkpointed(self._trainer.step_count, path)
            return
        if self._broken:
            yield Notice("Nothing was saved: weights are no longer finite numbers. The last checkpoint is from before.")
        yield from self._checkpoint()

    def _adjust(self, command: Adjust) -> Iterator[AnyEvent]:
        try:
            if not is_live(command.path):
                raise ExperimentError(f"{command.path} can't change while a run is going; it takes effect on a new run")
            experiment = with_setting(self._trainer.experiment, command.path, command.value)
            self._trainer.adjust(experiment)  # which refuses an objective that this D is not for
        except ExperimentError as error:
            yield Notice(str(error))
            return
        self._archive.record_change(self._trainer.step_count, command.path, command.value)
        yield Adjusted(self._trainer.step_count, command.path, command.value, experiment)

    def _reset(self) -> Iterator[AnyEvent]:
        yield from self._report(force=True)
        yield from self._checkpoint()
        self._archive.leave()
        self._archive.begin()
        self._build(self._trainer.experiment)
        yield from self._announce()

    # --- training ---

    def _advance(self) -> Iterator[AnyEvent]:
        began = self._trainer.seconds
        self._trainer.step()
        yield from self._heard(self._measurer.spend(self._trainer.seconds - began, self._archive.run))
        yield from self._report()
        if self._trainer.step_count >= self._trainer.experiment.schedule.steps and self._state == "playing":
            yield from self._report(force=True)
            yield from self._checkpoint()
            if self._state == "playing":
                yield self._change("finished")

    def _heard(self, events: Iterator[AnyEvent]) -> Iterator[AnyEvent]:
        """Let the lookout know of what was measured."""
        for event in events:
            if isinstance(event, Measured):
                self._lookout.hear(event)
            yield event

    def _report(self, *, force: bool = False) -> Iterator[AnyEvent]:
        """Hand out and store what has come together, as far as it is time."""
        trainer, archive = self._trainer, self._archive
        if archive.run is None:
            return
        archive.sample(trainer)
        now = time.monotonic()
        if not force and now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        rows = trainer.drain()
        by_hand = self._state != "playing"  # before a number gone wrong pauses the game
        if len(rows):
            archive.record_scalars(rows)
            yield from self._told(rows)
            yield from self._watch_for_divergence(rows)
            yield from self._lookout.see(rows[:, :WIDTH], by_hand=by_hand, force=force)
        if self._renderer is not None:
            self._renderer.publish(trainer, wait=force)
        archive.commit(force=force)
        if not force and archive.is_due(trainer):
            yield from self._checkpoint()

    def _told(self, rows: npt.NDArray[np.float64]) -> Iterator[AnyEvent]:
        """What the trainer's rows say: the game's scalars, the codes' information, how alike codes of samples are."""
        end = WIDTH + len(self._trainer.experiment.latent.codes)
        yield Scalars(rows[:, :WIDTH])
        if end > WIDTH:
            yield Informed(np.concatenate([rows[:, :2], rows[:, WIDTH:end]], axis=1))
        if rows.shape[1] > end:
            yield Likened(np.concatenate([rows[:, :2], rows[:, end:]], axis=1))

    def _watch_for_divergence(self, rows: npt.NDArray[np.float64]) -> Iterator[AnyEvent]:
        # While playing both players move in every step, so that nothing is absent: NaN then is a number gone wrong.
        moved = self._state == "playing"
        wrong = ~np.isfinite(rows[:, 2:]).all(axis=1)
        if moved and wrong.any() and not self._broken:
            self._broken = True
            step = int(rows[np.argmax(wrong), 0])
            yield self._change("paused")
            yield Notice(
                f"Training stopped at step {step:,}: a loss or gradient is no longer a finite number. The last "
                "checkpoint is from before that. Try a smaller learning rate, then start over."
            )

    def _checkpoint(self) -> Iterator[AnyEvent]:
        if self._broken:
            self._archive.wait()  # the last checkpoint is from before the numbers went wrong: it stays the last
        else:
            yield from self._archive.save(self._trainer)

    def _change(self, state: State) -> StateChanged:
        self._state = state
        return StateChanged(state, self._trainer.step_count)
