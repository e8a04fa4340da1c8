"""The averaged generators of games that stand side by side, off their group's checkpoint, ready to make samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from ganstudio.data import build_dataset
from ganstudio.data.identity import stand_in
from ganstudio.latent import Prior
from ganstudio.run import GroupChoice, RunError, as_kept, kept_data, run_and_step
from ganstudio.training.checkpoints.loaded import LoadedGenerator
from ganstudio.training.group.band import Band
from ganstudio.training.group.checkpoint import load_group
from ganstudio.training.group.duel import Duel
from ganstudio.training.group.group import members_of
from ganstudio.training.group.rows import unpack_rows
from ganstudio.training.messages import StartGroup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.run import GroupFolder
    from ganstudio.training.group.group import Group


def load_members(run: Path, *, at: int | None = None, with_data: bool = True) -> list[LoadedGenerator]:
    """The generators of all members, as ``load_generator`` loads that of a single run. Raises RunError."""
    path, named = run_and_step(run)
    choice = GroupChoice(path, named if at is None else at)
    while choice.path is not None:
        first = choice.lineup.experiments[0]
        kept = None if with_data else kept_data(path)
        dataset = as_kept(path, build_dataset(first.dataset), first) if kept is None else stand_in(kept)
        experiments = members_of(StartGroup(experiments=choice.lineup.experiments, seeds=choice.lineup.seeds))
        family: type[Band | Duel] = Band if choice.lineup.seeds else Duel
        group: Group = family(experiments, dataset, torch.device("cpu"))
        try:
            load_group(choice.path, group)
        except RunError as error:
            choice.reject(str(error))
            continue
        of_member = group.freeze(average=True)
        return [
            LoadedGenerator(
                experiment=experiment,
                dataset=dataset,
                prior=Prior.of(experiment, dataset),
                step=choice.step,
                network=of_member(index).eval().requires_grad_(False),
                device=torch.device("cpu"),
                told=choice.told(),
            )
            for index, experiment in enumerate(experiments)
        ]
    raise RunError(f"{path}: holds no checkpoint yet: train it for a while first")


def member_rows(folder: GroupFolder, members: int) -> Iterator[npt.NDArray[np.float64]]:
    """The recorded scalars of so many members, (m, n, 2 + 7), a piece at a time."""
    yield from unpack_rows(folder.packed("steps"), members)
