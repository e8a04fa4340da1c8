"""What a session leaves on disk: its run folder, made at the first step, and what goes into it."""

from __future__ import annotations

import io
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganstudio.run import (
    Choice,
    RunError,
    RunFolder,
    as_kept,
    default_runs,
    in_force,
    keep_modality,
    new_run_path,
    reason,
    run_and_step,
    write_aside,
)
from ganstudio.system import versions
from ganstudio.training.checkpoints.checkpoint import (
    NotFinite,
    check_finite,
    load_checkpoint,
    save_checkpoint,
)
from ganstudio.training.messages import Checkpointed, Notice, RunCreated
from ganstudio.training.session.devices import MOST_THREADS, THREADS
from ganstudio.training.session.lending import Lending, unkept
from ganstudio.training.session.measuring import kept
from ganstudio.training.session.saving import SavingClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.run import Alarms, Change
    from ganstudio.training.messages import Estimated, Event, Start
    from ganstudio.training.step.games import System

COMMIT_SECONDS = 1.0
MOST_SAMPLES = 200
"""Pictures of the fixed latents that a run keeps; when there are more, every other one goes."""
PICTURE_SECONDS = 30.0


class Archive(Lending[RunFolder]):
    """Keeps one trainer's run. ``run`` is None until ``ensure`` makes the folder: looking at a game leaves nothing.

    Nor does looking at a run change it: what stands behind the checkpoint that it was opened at is moved out of the way
    once the run is gone on with.
    """

    _choice: Choice | None
    _dataset: Dataset | None

    def __init__(self, start: Start) -> None:
        self._start = start
        self._asked = start.run
        beside = start.resume or start.run
        self.runs = start.runs or (beside.parent if beside else default_runs())
        self._notices: list[str] = []
        self.run: RunFolder | None = None
        self.begin()

    def open(self) -> tuple[Experiment, Experiment]:
        """What was asked for when the run began, and what is in force now.

        Raises RunError and ExperimentError where a run is to be gone on with that can't be.
        """
        if self._start.resume is None:
            assert self._start.experiment is not None
            return self._start.experiment, self._start.experiment
        path, named = run_and_step(self._start.resume)
        self.run = RunFolder.open(path)
        self._choice = Choice(path, named if self._start.at is None else self._start.at)
        in_force = self._in_force()
        try:
            return self.run.experiment(), in_force
        except RunError as error:  # no reason not to go on with good weights
            if self._choice.path is None:
                raise
            self._notices.append(f"What was asked for when the run began is not known. {error}.")
            return in_force, in_force

    def _in_force(self) -> Experiment:
        assert self.run is not None
        assert self._choice is not None
        experiment, amiss = in_force(self.run, self._choice)
        self._notices += amiss
        return experiment

    @property
    def missing(self) -> tuple[str, ...]:
        """What of the run that is gone on with could not be read so far, in words."""
        return self.run.missing if self.run else ()

    def fitted(self, dataset: Dataset, experiment: Experiment) -> Dataset:
        """The data as the run took them when it began, with notes on what changed since.

        Raises DatasetError where the run can't go on with these.
        """
        if self.run is None:
            return dataset
        dataset = self._dataset = as_kept(self.run.path, dataset, experiment)
        return dataset

    def begin(self) -> None:
        """Nothing of the trainer at hand has been kept yet, nor is it of an earlier run's checkpoint."""
        self._choice = None
        self._dataset = None  # of the run that was opened
        self._behind = False  # whether the run may hold what came after the checkpoint at hand
        self._other_threads: int | None = None  # with which it goes on from there, where it had another count before
        self._alarms: list[list[tuple[str, int]]] = []
        self._saved: tuple[int, Experiment | None] = (0, None)
        self._checkpoint: Path | None = None
        self._last_sampled = -1
        self._sampled_at = float("-inf")
        self._committed = time.monotonic()
        self._clock = SavingClock()

    def load(self, trainer: System, threads: int) -> Experiment | None:
        """Bring the trainer to where the run stands, from where it goes on with so many threads.

        Where its checkpoint can't be loaded: the settings of the one before, that a new trainer is to be built with.
        Raises RunError where there is none.
        """
        if self._choice is None:
            return None
        if self._choice.path is not None:
            try:
                load_checkpoint(self._choice.path, trainer)
            except RunError as error:
                self._choice.reject(str(error))
                return self._in_force()
        self._checkpoint, self._behind = self._choice.path, True
        self._saved = trainer.step_count, self._choice.experiment
        self._last_sampled = trainer.step_count
        before = self.threads(trainer.device.type)
        self._other_threads = threads if before is not None and before != threads else None
        return None

    def recorded(self, names: tuple[str, ...]) -> Iterator[npt.NDArray[np.float64]]:
        """The scalars of these names up to the checkpoint at hand, as ``Trainer.drain`` has them, a part at a time."""
        if self.run is None:
            return
        for rows in self.run.scalar_parts(names):
            yield rows[rows[:, 0] <= self._saved[0]]

    def estimates(self) -> tuple[Estimated, ...]:
        """What was measured up to there."""
        return () if self.run is None else tuple(each for each in kept(self.run) if each.step <= self._saved[0])

    def told(self) -> Iterator[Event]:
        """What is to be known of the run that was opened."""
        if self._choice is not None and (passed := self._choice.told()) is not None:
            yield Notice(passed)
        yield from self._say()

    def _say(self) -> Iterator[Event]:
        told, self._notices = self._notices, []
        yield from map(Notice, told)

    def threads(self, device: str) -> int | None:
        """With how many threads the run was trained last, on a device of this type; None where that is not known."""
        if self.run is None or self._choice is None:
            return None
        known = self.run.environment()
        counts = [known.get("threads"), *(each.value for each in self.run.changes() if self._counts_threads(each))]
        count = counts[-1]
        fits = type(count) is int and 1 <= count <= MOST_THREADS
        return count if fits and str(known.get("device", "")).partition(":")[0] == device else None

    def _counts_threads(self, change: Change) -> bool:
        assert self._choice is not None
        return change.path == THREADS and change.step <= self._choice.step

    def ensure(self, trainer: System, threads: int) -> Iterator[Event]:
        """Make the run's folder if there is none; have it end at the checkpoint that it is gone on from.

        Raises RunError and OSError where the disk won't.
        """
        if self.run is not None:
            self._settle()
            yield from self._say()
            return
        experiment, device = trainer.experiment, str(trainer.device)
        path = self._asked or new_run_path(self.runs, experiment.name)
        computed = {"device": device, "threads": threads, "seed": experiment.seed}
        self.run = RunFolder.create(path, experiment, computed | {"versions": versions()}, trainer.dataset)
        self._asked = None  # a reset makes a new folder beside this one
        # This folder holds nothing of what another one, that had to be let go of, may hold.
        self.begin()
        self.hand_on()  # but what could not be written there
        yield RunCreated(path)

    def _settle(self) -> None:
        """What was trained after the checkpoint is trained again: it must not stand there twice, nor be lost."""
        if self.run is None or not self._behind:
            return
        assert self._choice is not None
        step, choice = self._choice.step, self._choice
        if self._dataset is not None:  # of a run that was begun before data were kept
            self.run.keep_data(self._dataset)
        # After a kill the same steps are made again to the bit; here they may not be.
        back = choice.path is None or bool(choice.damaged or choice.newer) or self._start.slower is not None
        aside = self.run.truncate(step, keep=back)
        aside += choice.set_aside()
        self._behind = False
        if aside:
            names = ", ".join(str(path.relative_to(self.run.path)) for path in aside)
            where = f"after step {step:,}" if choice.path is not None else "before, as there is no checkpoint of it,"
            self._notices.append(f"What this run held {where} is kept in {names}.")
        if self._other_threads is not None:
            self.run.record_change(step, THREADS, self._other_threads)

    def leave(self, *, abandoned: bool = False) -> None:
        """Let go of the run: what is kept next goes into another folder. Leaving twice is fine.

        abandoned: as in ``RunFolder.close``.
        """
        if self.run is not None:
            with suppress(RunError):  # what could not be written was told when it was to be
                self.run.close(abandoned=abandoned)
            self.run = None
        self._unwritten = None

    def unkept(self, trainer: System) -> str:
        """Which steps of the trainer are in memory alone, in a sentence; empty where there are none."""
        return unkept(trainer.step_count - self._saved[0], self.run.path if self.run is not None else self.runs)

    def record_scalars(self, names: tuple[str, ...], rows: npt.NDArray[np.float64]) -> None:
        """Keep rows as ``Trainer.drain`` has them."""
        assert self.run is not None
        self.run.record_scalars(names, rows)

    def record_change(self, step: int, path: str, value: Any) -> None:
        """Write down what was changed by hand."""
        if self.run is not None:
            self._settle()
            self.run.record_change(step, path, value)

    def keep_alarms(self, step: int, alarms: Alarms) -> None:
        """Write down which alarms hold, where others do than did. A run that is only looked at stays as it is.

        Raises OSError where the disk won't.
        """
        held = [[(each.kind, each.since) for each in own] for own in alarms]
        if self.run is not None and not self._behind and held != self._alarms:
            self.run.keep_alarms(step, alarms)
            self._alarms = held

    def saved(self, trainer: System) -> Path | None:
        """The checkpoint on disk that holds the trainer as it is now; None when there is none."""
        if self.run is None or (trainer.step_count, trainer.experiment) != self._saved:
            return None
        return self._checkpoint

    @property
    def kept_step(self) -> int | None:
        """The step of the newest checkpoint on disk; None where there is none."""
        return None if self._checkpoint is None else self._saved[0]

    def last_kept(self) -> str:
        """Where the training can be gone on from, in a sentence."""
        if self.kept_step is None:
            return "There is no checkpoint of it."
        return f"The last checkpoint is of step {self.kept_step:,}."

    def commit(self, *, force: bool) -> None:
        """Make the recorded scalars safe against a kill, at most once a second unless forced.

        Raises RunError where the disk won't; they are kept for the next time.
        """
        now = time.monotonic()
        if self.run is not None and (force or now - self._committed >= COMMIT_SECONDS):
            self._committed = now
            self.run.commit()

    def sample(self, trainer: System) -> None:
        """Keep what G makes of the fixed latents, where the step is one of those that the experiment keeps.

        Raises OSError where the disk won't.
        """
        if trainer.step_count % trainer.experiment.measures.samples_every == 0:
            self._keep_samples(trainer)

    def _keep_samples(self, trainer: System) -> None:
        if self.run is None or trainer.step_count == self._last_sampled:
            return
        with torch.inference_mode():
            made = trainer.average.module(trainer.fixed_inputs)
        modality = trainer.dataset.modality
        samples = modality.to_people(made.cpu().numpy())
        packed = io.BytesIO()  # numpy does not say why a file can't be written
        np.save(packed, samples)
        keep_modality(self.run.samples, modality, samples)
        write_aside(self.run.samples / f"step-{trainer.step_count:08d}.npy", packed.getbuffer())
        self._last_sampled, self._sampled_at = trainer.step_count, time.monotonic()
        thin_samples(self.run.samples)

    def reason(self, error: Exception) -> str:
        """Why the run can't be written, and which: the system does not always name the file."""
        told = reason(error)
        return told if self.run is None or str(self.run.path) in told else f"{self.run.path}: {told}"

    def is_due(self, trainer: System) -> bool:
        """Whether it is time for the next checkpoint."""
        return self._clock.is_due(trainer.experiment.measures.checkpoint_seconds)

    def wait(self) -> None:
        """Count the time to the next checkpoint from now."""
        self._clock.restart()

    def save(self, trainer: System, *, by_itself: bool = False) -> Iterator[Event]:
        """Write a checkpoint if there is anything new.

        by_itself: it was time, nobody asked. A picture for the list of runs then comes at most every half minute.
        """
        step = trainer.step_count
        if self.run is None or step == 0 or self.saved(trainer) is not None:
            self.wait()
            return
        try:
            with self._clock.saving():
                if not by_itself or time.monotonic() - self._sampled_at >= PICTURE_SECONDS:
                    check_finite(trainer)
                    self._keep_samples(trainer)
                self.run.commit(durable=True)
                path = save_checkpoint(self.run.checkpoints, trainer)
        except NotFinite as error:
            yield Notice(f"Nothing was saved at step {step:,}: {error}. {self.last_kept()}")
            return
        except (OSError, RunError) as error:
            # Training in memory is worth more than the checkpoint: say so and go on.
            told = f"The checkpoint of step {step:,} could not be written. {self.reason(error)}."
            yield Notice(
                f"{told} What is trained stays in memory: make room, then save again.", unsaved=True, alone=told
            )
            return
        self._saved, self._checkpoint = (step, trainer.experiment), path
        yield Checkpointed(step, path)


def thin_samples(folder: Path) -> None:
    """Let every other of the kept samples go where there are more than ``MOST_SAMPLES``; the first and newest stay.

    What is left is thinned again each time that there are too many, so that older ones stand further apart.
    """
    kept = sorted(folder.glob("step-*.npy"), key=lambda path: (len(path.name), path.name))
    if len(kept) > MOST_SAMPLES:
        for path in kept[1:-1:2]:
            path.unlink(missing_ok=True)
