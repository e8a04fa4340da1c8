"""What a session leaves on disk: its run folder, made at the first step, and what goes into it."""

from __future__ import annotations

import io
import shutil
import time
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.run import (
    Choice,
    RunError,
    RunFolder,
    as_kept,
    branch,
    in_force,
    keep_modality,
    new_run_path,
    run_and_step,
    summarise,
    write_aside,
)
from ganstudio.system import versions
from ganstudio.training.checkpoints.checkpoint import (
    check_finite,
    load_checkpoint,
    save_checkpoint,
)
from ganstudio.training.messages import Notice, RunCreated
from ganstudio.training.session.folder import FolderArchive
from ganstudio.training.session.measuring import kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.training.messages import Estimated, Event, Start
    from ganstudio.training.step.games import System

MOST_SAMPLES = 200
"""Pictures of the fixed latents that a run keeps; when there are more, every other one goes."""
PICTURE_SECONDS = 30.0


class Archive(FolderArchive[RunFolder]):
    """Keeps one trainer's run."""

    _start: Start
    _dataset: Dataset | None

    def __init__(self, start: Start) -> None:
        super().__init__(start)
        self._fresh: Path | None = None  # the folder of a branch that is not open yet
        self.begin()

    def open(self) -> tuple[Experiment, Experiment]:
        """What was asked for when the run began, and what is in force now.

        Raises RunError and ExperimentError where a run is to be gone on with that can't be.
        """
        if self._start.resume is None:
            assert self._start.experiment is not None
            return self._start.experiment, self._start.experiment
        if self._start.branch:
            path, at = self._branched(self._start.resume), None
        else:
            path, at = run_and_step(self._start.resume)
            at = at if self._start.at is None else self._start.at
        self.run = RunFolder.open(path)
        self._choice = Choice(path, at)
        in_force = self._in_force()
        try:
            return self.run.experiment(), in_force
        except RunError as error:  # no reason not to go on with good weights
            if self._choice.path is None:
                raise
            self._notices.append(Notice(f"What was asked for when the run began is not known. {error}."))
            return in_force, in_force

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

    def _in_force(self) -> Experiment:
        assert self.run is not None
        assert self._choice is not None
        experiment, amiss = in_force(self.run, self._choice)
        self._notices += map(Notice, amiss)
        return experiment

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
        self._last_sampled = -1
        self._sampled_at = float("-inf")
        self._forget()

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
        self._last_sampled = trainer.step_count
        self._go_on(trainer.step_count, self._choice.experiment, threads, trainer.device.type)
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
        if self._fresh is not None:
            yield RunCreated(self._fresh)
            self._fresh = None
        yield from super().told()

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
        if self.run is None or not self._behind:
            return
        if self._dataset is not None:
            self.run.keep_data(self._dataset)  # of a run that was begun before data were kept
        super()._settle()

    def record_scalars(self, names: tuple[str, ...], rows: npt.NDArray[np.float64]) -> None:
        """Keep rows as ``Trainer.drain`` has them."""
        assert self.run is not None
        self.run.record_scalars(names, rows)

    def saved(self, trainer: System) -> Path | None:
        """The checkpoint on disk that holds the trainer as it is now; None when there is none."""
        return self._kept_as(trainer.step_count, trainer.experiment)

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

    def save(self, trainer: System, *, by_itself: bool = False) -> Iterator[Event]:
        """Write a checkpoint if there is anything new.

        by_itself: it was time, nobody asked. A picture for the list of runs then comes at most every half minute.
        """

        def write() -> Path:
            assert self.run is not None
            if not by_itself or time.monotonic() - self._sampled_at >= PICTURE_SECONDS:
                check_finite(trainer)
                self._keep_samples(trainer)
            self.run.commit(durable=True)
            return save_checkpoint(self.run.checkpoints, trainer)

        yield from self._keep(trainer.step_count, trainer.experiment, write)


def thin_samples(folder: Path) -> None:
    """Let every other of the kept samples go where there are more than ``MOST_SAMPLES``; the first and newest stay.

    What is left is thinned again each time that there are too many, so that older ones stand further apart.
    """
    kept = sorted(folder.glob("step-*.npy"), key=lambda path: (len(path.name), path.name))
    if len(kept) > MOST_SAMPLES:
        for path in kept[1:-1:2]:
            path.unlink(missing_ok=True)
