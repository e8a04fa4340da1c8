"""What a session leaves on disk: its run folder, made at the first step, and what goes into it."""

from __future__ import annotations

import io
import shutil
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganstudio.run import (
    Choice,
    RunError,
    RunFolder,
    branch,
    in_force,
    keep_modality,
    new_run_path,
    run_and_step,
    summarise,
    write_aside,
)
from ganstudio.training.checkpoints.checkpoint import check_finite, save_checkpoint
from ganstudio.training.messages import Notice, RunCreated
from ganstudio.training.session.folder import FolderArchive
from ganstudio.training.session.measuring import kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import numpy.typing as npt

    from ganstudio.experiment import Experiment
    from ganstudio.training.messages import Estimated, Event, Start
    from ganstudio.training.step.games import Games, System

MOST_SAMPLES = 200
"""Pictures of the fixed latents that a run keeps; when there are more, every other one goes."""
PICTURE_SECONDS = 30.0


class Archive(FolderArchive[RunFolder]):
    """Keeps one trainer's run."""

    _start: Start
    _fresh: Path | None = None
    """The folder of a branch that is not open yet."""

    def open(self) -> tuple[Experiment, ...]:
        """The settings in force. Raises RunError and ExperimentError where a run can't be gone on with."""
        if self._start.resume is None:
            assert self._start.experiment is not None
            self.asked_steps = self._start.experiment.schedule.steps
            return (self._start.experiment,)
        if self._start.branch:
            path, at = self._branched(self._start.resume), None
        else:
            path, at = run_and_step(self._start.resume)
            at = at if self._start.at is None else self._start.at
        self.run = RunFolder.open(path)
        self._choice = Choice(path, at)
        (begun,) = in_force = self._in_force()
        try:
            begun = self.run.experiment()
        except RunError as error:  # no reason not to go on with good weights
            if self._choice.path is None:
                raise
            self._notices.append(Notice(f"What was asked for when the run began is not known. {error}."))
        self.asked_steps = begun.schedule.steps
        return in_force

    def _branched(self, parent: Path) -> Path:
        """The folder of a new run that goes on from where another one stood. Raises RunError."""
        described = summarise(run_and_step(parent)[0])
        path = self._asked or new_run_path(self.runs, "run" if described is None else described.name)
        step = branch(parent, self._start.at, path)
        self._asked, self._fresh = None, path
        told = f"This is a new run, branched from {run_and_step(parent)[0].name} at step {step:,}."
        self._notices.append(Notice(told, wrong=False))
        return path

    def leave(self, *, abandoned: bool = False) -> None:
        """Let go of the run. A branch that could not be opened is no run."""
        try:
            super().leave(abandoned=abandoned)
        finally:  # also where the folder can't be let go of in order
            if self._fresh is not None:
                shutil.rmtree(self._fresh, ignore_errors=True)
                self._fresh = None

    def _settings(self) -> tuple[Experiment, ...]:
        assert self._choice is not None
        return (self._choice.experiment,)

    def _in_force(self) -> tuple[Experiment, ...]:
        assert self.run is not None
        assert self._choice is not None
        experiment, amiss = in_force(self.run, self._choice)
        self._notices += map(Notice, amiss)
        return (experiment,)

    def forget(self) -> None:
        """Nothing of the trainer at hand has been kept yet, nor is it of an earlier run's checkpoint."""
        super().forget()
        self._last_sampled = -1
        self._sampled_at = float("-inf")

    def _go_on(self, step: int, threads: int, device: str) -> None:
        super()._go_on(step, threads, device)
        self._last_sampled = step

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
        if self._fresh is not None:
            yield RunCreated(self._fresh)
            self._fresh = None
        yield from super().told()

    def _created(self, games: Games, environment: Mapping[str, Any]) -> RunFolder:
        (experiment,) = games.experiments
        path = self._asked or new_run_path(self.runs, experiment.name)
        return RunFolder.create(path, experiment, environment, games.dataset)

    def record_scalars(self, names: tuple[str, ...], rows: npt.NDArray[np.float64]) -> None:
        """Keep rows as ``Trainer.drain`` has them."""
        assert self.run is not None
        self.run.record_scalars(names, rows)

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

    def write(self, trainer: System, *, by_itself: bool) -> Path:
        """Write a checkpoint. by_itself: it was time, nobody asked.

        A picture for the list of runs then comes at most every half minute. Raises OSError, RunError and NotFinite.
        """
        assert self.run is not None
        if not by_itself or time.monotonic() - self._sampled_at >= PICTURE_SECONDS:
            check_finite(trainer)
            self._keep_samples(trainer)
        self.run.commit(durable=True)
        return save_checkpoint(self.run.checkpoints, trainer)


def thin_samples(folder: Path) -> None:
    """Let every other of the kept samples go where there are more than ``MOST_SAMPLES``; the first and newest stay.

    What is left is thinned again each time that there are too many, so that older ones stand further apart.
    """
    kept = sorted(folder.glob("step-*.npy"), key=lambda path: (len(path.name), path.name))
    if len(kept) > MOST_SAMPLES:
        for path in kept[1:-1:2]:
            path.unlink(missing_ok=True)
