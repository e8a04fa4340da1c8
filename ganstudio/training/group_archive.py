"""What a group remembers of its members, so that any of them can be kept as a run of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganstudio.run import RunFolder, default_runs, new_run_path
from ganstudio.system import versions
from ganstudio.training.checkpoint import as_samples, save_checkpoint
from ganstudio.training.measuring import keep
from ganstudio.training.messages import SCALARS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from ganstudio.experiment import Experiment
    from ganstudio.training.group import Group
    from ganstudio.training.messages import Estimated

MOST_ROWS = 1 << 15
"""Steps of a member that are remembered: 38 MB for 16 members. When there are more, every other one is let go."""


class GroupArchive:
    """Nothing is on disk until a member is kept: a band is trained to be looked at, and most of it is not wanted.

    begun: the experiments at step 0, one a member; names: what sets each apart. runs: where folders are made.
    """

    def __init__(self, begun: Sequence[Experiment], names: Sequence[str], runs: Path | None, threads: int) -> None:
        self._begun = tuple(begun)
        self._names = tuple(names)
        self._runs = runs
        self._threads = threads
        self._rows: list[npt.NDArray[np.float64]] = []
        self._count, self._stride = 0, 1
        self._changes: list[tuple[int, str, Any]] = []
        self._estimates: list[list[Estimated]] = [[] for _ in begun]
        self._kept: dict[int, tuple[int, Path]] = {}

    def record(self, rows: npt.NDArray[np.float64]) -> None:
        """Remember rows (members, n, 2 + 7), or, of a long training, those of evenly spaced steps."""
        self._append(rows)
        while self._count > MOST_ROWS:
            self._stride *= 2
            together, self._rows, self._count = self.rows(), [], 0
            self._append(together)

    def _append(self, rows: npt.NDArray[np.float64]) -> None:
        chosen = rows[:, rows[0, :, 0] % self._stride == 0]
        self._rows.append(chosen)
        self._count += chosen.shape[1]

    def rows(self) -> npt.NDArray[np.float64]:
        """What is remembered, (members, n, 2 + 7)."""
        return np.concatenate([np.empty((len(self._begun), 0, 2 + len(SCALARS))), *self._rows], axis=1)

    def record_change(self, step: int, path: str, value: Any) -> None:
        """Remember what was changed by hand."""
        self._changes.append((step, path, value))

    def record_estimates(self, index: int, estimates: Sequence[Estimated]) -> None:
        """Remember what was measured of a member."""
        self._estimates[index].extend(estimates)

    def keep(self, group: Group, index: int) -> Path:
        """Write a member into a new run folder, with a checkpoint of where it stands, and return the folder.

        Asked again at the same step, it returns the same folder while that is there. Raises RunError and OSError.
        """
        step, path = self._kept.get(index, (-1, None))
        if path is not None and step == group.step_count and path.is_dir():
            return path
        begun = self._begun[index]
        path = new_run_path(self._runs or default_runs(), f"{begun.name}-{self._names[index]}")
        computed = {"device": str(group.device), "threads": self._threads, "seed": begun.seed}
        run = RunFolder.create(path, begun, computed | {"versions": versions()}, group.dataset)
        try:
            for change in self._changes:
                run.record_change(*change)
            run.record_scalars(SCALARS, self.rows()[index])
            for estimated in self._estimates[index]:
                keep(run, estimated)
            run.commit()
            with group.member(index) as trainer:
                with torch.inference_mode():
                    samples = trainer.average.module(trainer.fixed_latents)
                np.save(run.samples / f"step-{trainer.step_count:08d}.npy", as_samples(group.dataset, samples))
                save_checkpoint(run.checkpoints, trainer)
        finally:
            run.close()
        self._kept[index] = (group.step_count, path)
        return path
