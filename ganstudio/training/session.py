"""A training session: owns the trainer and its run folder, takes commands, yields events. Knows no window."""

from __future__ import annotations

import queue
import time
import traceback
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.data import build_dataset
from ganstudio.presets import ExperimentError, is_live, load_experiment, with_setting
from ganstudio.run import RunFolder, default_runs, latest_checkpoint, new_run_path
from ganstudio.system import versions
from ganstudio.training.checkpoint import as_samples, load_checkpoint, save_checkpoint
from ganstudio.training.devices import choose_device, measure_threads
from ganstudio.training.messages import (
    SCALARS,
    Adjust,
    Adjusted,
    Checkpointed,
    Closed,
    Failed,
    Notice,
    Opened,
    Pause,
    Play,
    Quit,
    Reset,
    RunCreated,
    Save,
    Scalars,
    Start,
    StateChanged,
    Step,
)
from ganstudio.training.rendering import Renderer, plane_bounds
from ganstudio.training.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from ganstudio.experiment import Experiment
    from ganstudio.training.messages import Command, Event, State

REPORT_SECONDS = 0.1
COMMIT_SECONDS = 1.0
SHOWN_REAL = {True: 2000, False: 64}


class Session:
    """One experiment from Start to Quit, or to the next Start, which is left in ``successor``."""

    def __init__(
        self, start: Start, *, renderer: Renderer | None = None, inbox: queue.SimpleQueue[Command] | None = None
    ) -> None:
        self._start = start
        self._renderer = renderer
        self._inbox = inbox or queue.SimpleQueue()
        self._run: RunFolder | None = None
        self._state: State = "paused"
        self._saved_step = 0
        self._last_sampled = -1
        self._broken = False
        self.successor: Start | Quit | None = None

    def send(self, command: Command) -> None:
        """Hand in a command, from any thread; it is read between two steps."""
        self._inbox.put(command)

    def run(self) -> Iterator[Event]:
        """Train as commanded and yield what happens, until the session ends: the last event is Closed or Failed."""
        last: Event = Closed()
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
            if self._run is not None:
                self._run.close()
        yield last

    # --- opening and closing ---

    def _open(self) -> Iterator[Event]:
        checkpoint = None
        if self._start.resume is not None:
            run = RunFolder.open(self._start.resume)
            self._run = run
            checkpoint = latest_checkpoint(run.path)
            experiment = load_experiment(checkpoint / "experiment.toml") if checkpoint else run.experiment()
        else:
            assert self._start.experiment is not None
            experiment = self._start.experiment
        self._dataset = build_dataset(experiment.dataset)
        self._device = choose_device(experiment.device)
        torch.use_deterministic_algorithms(experiment.device.deterministic)
        self._threads = self._choose_threads(experiment)
        self._build(experiment)
        rows = np.empty((0, 2 + len(SCALARS)))
        if checkpoint is not None:
            load_checkpoint(checkpoint, self._trainer)
        if self._run is not None:
            # What was trained after the last checkpoint is trained again: it must not stand there twice.
            self._run.truncate(self._trainer.step_count)
            self._saved_step = self._last_sampled = self._trainer.step_count
            rows = self._run.scalars(SCALARS)
        yield from self._announce()
        if len(rows):
            yield Scalars(rows)

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
        self._saved_step, self._last_sampled, self._broken = 0, -1, False
        self._reported = self._committed = self._checkpointed = time.monotonic()

    def _announce(self) -> Iterator[Event]:
        trainer, dataset = self._trainer, self._dataset
        shown = dataset.draw(SHOWN_REAL[dataset.is_plane], np.random.default_rng(0))
        if self._renderer is not None:
            self._renderer.open(trainer)
        yield Opened(
            experiment=trainer.experiment,
            run=self._run.path if self._run else None,
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
        )
        yield self._change("paused")

    def _ensure_run(self) -> Iterator[Event]:
        if self._run is not None:
            return
        start = self._start
        runs = start.runs or (start.resume.parent if start.resume else default_runs())
        path = start.run or new_run_path(runs, self._trainer.experiment.name)
        # From here on a reset makes a new folder beside this one.
        self._start = Start(experiment=self._trainer.experiment, runs=start.runs or path.parent)
        experiment = self._trainer.experiment
        computed = {"device": str(self._device), "threads": self._threads, "seed": experiment.seed}
        self._run = RunFolder.create(path, experiment, computed | {"versions": versions()})
        yield RunCreated(path)

    # --- commands ---

    def _commands(self) -> Iterator[Event]:
        """Carry out what is in the inbox; wait for the next command when there is nothing else to do."""
        waits = self._state != "playing"
        while self.successor is None:
            try:
                command = self._inbox.get(block=waits)
            except queue.Empty:
                return
            yield from self._carry_out(command)
            waits = self._state != "playing"

    def _carry_out(self, command: Command) -> Iterator[Event]:
        if isinstance(command, (Start, Quit)):
            self.successor = command
            return
        handlers: dict[type, Callable[..., Iterator[Event]]] = {
            Play: lambda _: self._play(),
            Pause: lambda _: self._pause(),
            Step: self._step_by_hand,
            Adjust: self._adjust,
            Reset: lambda _: self._reset(),
            Save: lambda _: self._save(),
        }
        yield from handlers[type(command)](command)

    def _play(self) -> Iterator[Event]:
        if self._state == "playing":
            return
        schedule = self._trainer.experiment.schedule
        if self._trainer.step_count >= schedule.steps:
            asked = self._start.experiment.schedule.steps if self._start.experiment else schedule.steps
            yield from self._adjust(Adjust("schedule.steps", self._trainer.step_count + asked))
        yield from self._ensure_run()
        self._checkpointed = time.monotonic()
        yield self._change("playing")

    def _pause(self) -> Iterator[Event]:
        if self._state != "playing":
            return
        yield from self._report(force=True)
        yield self._change("paused")
        yield from self._checkpoint()

    def _step_by_hand(self, command: Step) -> Iterator[Event]:
        if self._state == "playing":
            yield from self._pause()
        yield from self._ensure_run()
        assert self._run is not None
        if command.phase != "both":
            # Written down, so that the run can be replayed move by move.
            self._run.record_change(self._trainer.step_count, "step", command.phase)
        self._trainer.step(command.phase)
        yield from self._report(force=True)
        yield self._change("paused")

    def _save(self) -> Iterator[Event]:
        yield from self._report(force=True)
        if self._run is not None and self._trainer.step_count == self._saved_step:
            # Nothing new to write; whoever asked still wants to hear that it is safe, and where.
            if (path := latest_checkpoint(self._run.path)) is not None:
                yield Checkpointed(self._saved_step, path)
            return
        yield from self._checkpoint()

    def _adjust(self, command: Adjust) -> Iterator[Event]:
        try:
            if not is_live(command.path):
                raise ExperimentError(f"{command.path} can't change while a run is going; it takes effect on a new run")
            experiment = with_setting(self._trainer.experiment, command.path, command.value)
        except ExperimentError as error:
            yield Notice(str(error))
            return
        self._trainer.adjust(experiment)
        if self._run is not None:
            self._run.record_change(self._trainer.step_count, command.path, command.value)
        yield Adjusted(self._trainer.step_count, command.path, command.value, experiment)

    def _reset(self) -> Iterator[Event]:
        yield from self._report(force=True)
        yield from self._checkpoint()
        if self._run is not None:
            self._run.close()
            self._run = None
        self._build(self._trainer.experiment)
        yield from self._announce()

    # --- training ---

    def _advance(self) -> Iterator[Event]:
        self._trainer.step()
        yield from self._report()
        if self._trainer.step_count >= self._trainer.experiment.schedule.steps and self._state == "playing":
            yield from self._report(force=True)
            yield from self._checkpoint()
            if self._state == "playing":
                yield self._change("finished")

    def _report(self, *, force: bool = False) -> Iterator[Event]:
        """Hand out and store what has come together, as far as it is time."""
        trainer, run = self._trainer, self._run
        if run is None:
            return
        if trainer.step_count % trainer.experiment.measures.samples_every == 0:
            self._keep_samples(run)
        now = time.monotonic()
        if not force and now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        rows = trainer.drain()
        if len(rows):
            run.record_scalars(SCALARS, rows)
            yield Scalars(rows)
            yield from self._watch_for_divergence(rows)
        if self._renderer is not None:
            self._renderer.publish(trainer, wait=force)
        if force or now - self._committed >= COMMIT_SECONDS:
            self._committed = now
            run.commit()
        if not force and now - self._checkpointed >= trainer.experiment.measures.checkpoint_seconds:
            yield from self._checkpoint()

    def _watch_for_divergence(self, rows: npt.NDArray[np.float64]) -> Iterator[Event]:
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

    def _keep_samples(self, run: RunFolder) -> None:
        if self._trainer.step_count == self._last_sampled:
            return
        self._last_sampled = self._trainer.step_count
        with torch.inference_mode():
            samples = self._trainer.average.module(self._trainer.fixed_latents)
        np.save(run.samples / f"step-{self._trainer.step_count:08d}.npy", as_samples(self._dataset, samples))

    def _checkpoint(self) -> Iterator[Event]:
        self._checkpointed = time.monotonic()
        step = self._trainer.step_count
        if self._run is None or self._broken or step == self._saved_step:
            return
        self._keep_samples(self._run)
        self._run.commit()
        try:
            path = save_checkpoint(self._run.checkpoints, self._trainer)
        except OSError as error:
            # Training in memory is worth more than the checkpoint: say so and go on.
            yield Notice(f"The checkpoint of step {step:,} could not be written: {error}. Training goes on.")
            return
        self._saved_step = step
        yield Checkpointed(step, path)

    def _change(self, state: State) -> StateChanged:
        self._state = state
        return StateChanged(state, self._trainer.step_count)
