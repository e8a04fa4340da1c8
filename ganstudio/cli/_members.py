"""The game of a run that a command line means: the only one, or one of several side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganstudio.cli._terminal import UsageError
from ganstudio.run import GroupFolder, RunFolder, is_group, run_and_step
from ganstudio.training.messages import SCALARS

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.training.checkpoints.loaded import LoadedGenerator


def check_member(path: Path, member: str | None) -> int | None:
    """Which of the games in a run's folder is meant; None of a single one. Raises RunError and UsageError."""
    run, _ = run_and_step(path)
    if is_group(run):
        return GroupFolder.open(run, read_only=True).lineup().index(run, member)
    RunFolder.open(run, read_only=True)
    if member is not None:
        raise UsageError(f"--member {member}: {run} is the run of a single game, not of a duel or a band")
    return None


def generator_of(path: Path, index: int | None, **options: Any) -> LoadedGenerator:
    """The averaged generator; options as ``load_generator`` takes them."""
    from ganstudio.training.checkpoints.loaded import load_generator

    if index is None:
        return load_generator(path, **options)
    from ganstudio.training.group.loaded import load_members

    return load_members(path, **options)[index]


def rows_of(path: Path, index: int | None) -> npt.NDArray[np.float64]:
    """The recorded scalars (n, 2 + 7); what is damaged of them is told of as it is for a run."""
    import numpy as np

    from ganstudio.cli._terminal import note

    run, _ = run_and_step(path)
    folder: RunFolder
    if index is None:
        folder = RunFolder.open(run, read_only=True)
        rows = folder.scalars(SCALARS)
    else:
        from ganstudio.training.group.loaded import member_rows

        folder = GroupFolder.open(run, read_only=True)
        rows = np.concatenate([np.empty((0, 2 + len(SCALARS))), *(part[index] for part in member_rows(folder))])
    folder.close()
    for fault in folder.missing:
        note(fault)
    return rows
