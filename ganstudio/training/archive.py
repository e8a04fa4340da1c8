"""What a session leaves on disk: its run folder, made at the first step, and what goes into it."""

from __future__ import annotations

import io
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganstudio.experiment import EnergySpec
from ganstudio.presets import load_experiment
from ganstudio.run import RunError, RunFolder, as_kept, default_runs, latest_checkpoint, new_run_path, reason
from ganstudio.system import versions
from ganstudio.training.checkpoint import as_samples, load_checkpoint, save_checkpoint
from ganstudio.training.messages import LIKENESS, SCALARS, Checkpointed, Notice, RunCreated
from ganstudio.training.saving import SavingClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.training.messages import Event, Start
    from ganstudio.training.trainer import Trainer

COMMIT_SECONDS = 1.0
MOST_SAMPLES = 200
"""Pictures of the fixed latents that a run keeps; when there are more, every other one goes."""


def names_of(experiment: Experiment) -> tuple[str, ...]:
    """The scalars of a run, in the order of a row.

    Of InfoGAN's codes the information that is known of each, nats; of energies how alike D's codes are.
    """
    told = (f"information_{index}" for index in range(len(experiment.latent.codes)))
    return (*SCALARS, *told, *(LIKENESS if isinstance(experiment.objective, EnergySpec) else ()))


class Archive:
    """Keeps one trainer's run. ``run`` is None until ``ensure`` makes the folder: looking at a game leaves nothing."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._asked = start.run
        beside = start.resume or start.run
        self._runs = start.runs or (beside.parent if beside else default_runs())
        self._checkpoint: Path | None = None
        self.run: RunFolder | None = None
        self.begin()

    def open(self) -> tuple[Experiment, Experiment]:
        """What was asked for when the run began, and what is in force now.

        Raises RunError and ExperimentError where a run is to be gone on with that can't be.
        """
        if self._start.resume is None:
            assert self._start.experiment is not None
            return self._start.experiment, self._start.experiment
        self.run = RunFolder.open(self._start.resume)
        self._checkpoint = latest_checkpoint(self.run.path)
        begun = self.run.experiment()
        return begun, load_experiment(self._checkpoint / "experiment.toml") if self._checkpoint else begun

    def fitted(self, dataset: Dataset, experiment: Experiment) -> Dataset:
        """The data as the run took them when it began, with notes on what changed since.

        Raises DatasetError where the run can't go on with these.
        """
        if self.run is None:
            return dataset
        dataset = as_kept(self.run.path, dataset, experiment)
        with suppress(OSError):  # of a run that was begun before data were kept; what can't be written is told later
            self.run.keep_data(dataset)
        return dataset

    def begin(self) -> None:
        """Nothing of the trainer at hand has been kept yet."""
        self._saved_step = 0
        self._last_sampled = -1
        self._committed = time.monotonic()
        self._clock = SavingClock()

    def resume(self, trainer: Trainer) -> None:
        """Bring the trainer to where the run stands."""
        self._names = names_of(trainer.experiment)
        if self._checkpoint is not None:
            load_checkpoint(self._checkpoint, trainer)
        if self.run is None:
            return
        # What was trained after the last checkpoint is trained again: it must not stand there twice.
        self.run.truncate(trainer.step_count)
        self._saved_step = self._last_sampled = trainer.step_count

    def recorded(self) -> Iterator[npt.NDArray[np.float64]]:
        """The scalars recorded so far, as ``Trainer.drain`` has them, a part at a time."""
        if self.run is not None:
            yield from self.run.scalar_parts(self._names)

    def ensure(self, trainer: Trainer, threads: int) -> Iterator[Event]:
        """Make the run's folder if there is none."""
        if self.run is not None:
            return
        experiment, device = trainer.experiment, str(trainer.device)
        path = self._asked or new_run_path(self._runs, experiment.name)
        computed = {"device": device, "threads": threads, "seed": experiment.seed}
        self.run = RunFolder.create(path, experiment, computed | {"versions": versions()}, trainer.dataset)
        self._asked = None  # a reset makes a new folder beside this one
        yield RunCreated(path)

    def leave(self, *, abandoned: bool = False) -> None:
        """Let go of the run: what is kept next goes into another folder. Leaving twice is fine.

        abandoned: as in ``RunFolder.close``.
        """
        if self.run is not None:
            with suppress(RunError):  # what could not be written was told when it was to be
                self.run.close(abandoned=abandoned)
            self.run = None

    def record_scalars(self, rows: npt.NDArray[np.float64]) -> None:
        """Keep rows as ``Trainer.drain`` has them."""
        assert self.run is not None
        self.run.record_scalars(self._names, rows)

    def record_change(self, step: int, path: str, value: Any) -> None:
        """Write down what was changed by hand."""
        if self.run is not None:
            self.run.record_change(step, path, value)

    def saved(self, trainer: Trainer) -> Path | None:
        """The checkpoint on disk that holds the trainer as it is now; None when there is none."""
        if self.run is None or trainer.step_count != self._saved_step:
            return None
        return latest_checkpoint(self.run.path)

    def commit(self, *, force: bool) -> None:
        """Make the recorded scalars safe against a kill, at most once a second unless forced.

        Raises RunError where the disk won't; they are kept for the next time.
        """
        now = time.monotonic()
        if self.run is not None and (force or now - self._committed >= COMMIT_SECONDS):
            self._committed = now
            self.run.commit()

    def sample(self, trainer: Trainer) -> None:
        """Keep what G makes of the fixed latents, where the step is one of those that the experiment keeps.

        Raises OSError where the disk won't.
        """
        if trainer.step_count % trainer.experiment.measures.samples_every == 0:
            self._keep_samples(trainer)

    def _keep_samples(self, trainer: Trainer) -> None:
        if self.run is None or trainer.step_count == self._last_sampled:
            return
        with torch.inference_mode():
            samples = trainer.average.module(trainer.fixed_latents)
        packed = io.BytesIO()  # numpy does not say why a file can't be written
        np.save(packed, as_samples(trainer.dataset, samples))
        path = self.run.samples / f"step-{trainer.step_count:08d}.npy"
        try:
            path.write_bytes(packed.getbuffer())
        except OSError:
            path.unlink(missing_ok=True)
            raise
        self._last_sampled = trainer.step_count
        thin_samples(self.run.samples)

    def reason(self, error: Exception) -> str:
        """Why the run can't be written, and which: the system does not always name the file."""
        told = reason(error)
        return told if self.run is None or str(self.run.path) in told else f"{self.run.path}: {told}"

    def is_due(self, trainer: Trainer) -> bool:
        """Whether it is time for the next checkpoint."""
        return self._clock.is_due(trainer.experiment.measures.checkpoint_seconds)

    def wait(self) -> None:
        """Count the time to the next checkpoint from now."""
        self._clock.restart()

    def save(self, trainer: Trainer) -> Iterator[Event]:
        """Write a checkpoint if there is anything new."""
        step = trainer.step_count
        if self.run is None or step == self._saved_step:
            self.wait()
            return
        try:
            with self._clock.saving():
                self._keep_samples(trainer)
                self.run.commit(durable=True)
                path = save_checkpoint(self.run.checkpoints, trainer)
        except (OSError, RunError) as error:
            # Training in memory is worth more than the checkpoint: say so and go on.
            yield Notice(
                f"The checkpoint of step {step:,} could not be written. {self.reason(error)}. What is trained "
                "stays in memory: make room, then save again.",
                unsaved=True,
            )
            return
        self._saved_step = step
        yield Checkpointed(step, path)


def thin_samples(folder: Path) -> None:
    """Let every other of the kept samples go where there are more than ``MOST_SAMPLES``; the first and newest stay.

    What is left is thinned again each time that there are too many, so that older ones stand further apart.
    """
    kept = sorted(folder.glob("step-*.npy"), key=lambda path: (len(path.name), path.name))
    if len(kept) > MOST_SAMPLES:
        for path in kept[1:-1:2]:
            path.unlink(missing_ok=True)
