"""The game of a run that a command line means: the only one, or one of several side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ganstudio.cli._terminal import UsageError, note
from ganstudio.run import GroupChoice, GroupFolder, RunFolder, is_group, run_and_step
from ganstudio.training.messages import SCALARS

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.training.checkpoints.loaded import LoadedGenerator


class Member(NamedTuple):
    """A game of several: which in their order, and of how many."""

    place: int
    of: int


def check_member(path: Path, member: str | None, at: int | None = None) -> Member | None:
    """Which of the games in a run's folder is meant; None of a single one. Raises RunError and UsageError.

    at: the step of the checkpoint that it is asked about. Where the games are known from that alone, it is noted.
    """
    run, _ = run_and_step(path)
    if is_group(run):
        GroupFolder.open(run, read_only=True)
        lineup, amiss = GroupChoice(run, at).begun()
        if amiss:
            note(amiss)
        return Member(lineup.index(run, member), len(lineup.names))
    RunFolder.open(run, read_only=True)
    if member is not None:
        raise UsageError(f"--member {member}: {run} is the run of a single game, not of a duel or a band")
    return None


def generator_of(path: Path, member: Member | None, **options: Any) -> LoadedGenerator:
    """The averaged generator; options as ``load_generator`` takes them."""
    from ganstudio.training.checkpoints.loaded import load_generator

    if member is None:
        return load_generator(path, **options)
    from ganstudio.training.group.loaded import load_members

    return load_members(path, **options)[member.place]


def rows_of(path: Path, member: Member | None) -> npt.NDArray[np.float64]:
    """The recorded scalars (n, 2 + 7); what is damaged of them is told of as it is for a run."""
    import numpy as np

    run, _ = run_and_step(path)
    folder: RunFolder
    if member is None:
        folder = RunFolder.open(run, read_only=True)
        rows = folder.scalars(SCALARS)
    else:
        from ganstudio.training.group.loaded import member_rows

        folder = GroupFolder.open(run, read_only=True)
        parts = [part[member.place] for part in member_rows(folder, member.of)]
        rows = np.concatenate([np.empty((0, 2 + len(SCALARS))), *parts])
    folder.close()
    for fault in folder.missing:
        note(fault)
    return rows
