"""A member of a group as a run of its own."""

from __future__ import annotations

import io
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.run import MEGABYTE, Moments, RunError, moment_path, write_aside
from ganstudio.training.checkpoints.checkpoint import save_checkpoint
from ganstudio.training.checkpoints.moments import load_moment, packed_moment
from ganstudio.training.pictures.plane import frozen_copy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.run import GroupFolder, RunFolder
    from ganstudio.training.group.group import Group


MOST_COPIED = 200
"""Moments that a member takes along: of 64 games, a thousand would be read for many seconds."""


@contextmanager
def whole_or_gone(run: RunFolder) -> Iterator[None]:
    """Close a new run once all of it is written; where it can't be, remove it. Raises RunError and OSError."""
    try:
        yield
        run.close()
    except (RunError, OSError):
        with suppress(RunError):
            run.close()
        shutil.rmtree(run.path, ignore_errors=True)
        raise


def write_where_it_stands(run: RunFolder, group: Group, index: int) -> None:
    """A checkpoint of a member, and what its G makes. Raises RunError and OSError."""
    with group.member(index) as trainer:
        with torch.inference_mode():
            samples = trainer.average.module(trainer.fixed_inputs)
        packed = io.BytesIO()  # numpy does not say why a file can't be written
        np.save(packed, group.dataset.modality.to_people(samples.cpu().numpy()))
        write_aside(run.samples / f"step-{trainer.step_count:08d}.npy", packed.getbuffer())
        save_checkpoint(run.checkpoints, trainer)


def copy_moments(of: GroupFolder, group: Group, index: int, run: RunFolder, until: int) -> None:
    """Keep a member's part of the group's moments up to a step, evenly spaced ones where there are many.

    One that can't be read, or in which the member has gone wrong, is left out; so are all from where the disk won't
    take them: the run is whole without them.
    """
    with suppress(OSError, RunError):
        _copy_moments(of, group, index, run, until)


def _copy_moments(of: GroupFolder, group: Group, index: int, run: RunFolder, until: int) -> None:
    steps = [step for step in Moments(of.path).steps if step <= until]
    room = group.experiments[index].measures.timeline * MEGABYTE
    generators, own = frozen_copy(group.generators(average=True)), Moments(run.path)
    every = -(-len(steps) // MOST_COPIED) or 1
    for step in reversed(steps[::-every]):  # the newest is one of them
        path = moment_path(of.path, step)
        if path is None:  # somebody has removed them all
            return
        try:
            load_moment(path, generators, whole=False)
        except RunError:
            continue
        if (content := packed_moment(group.of_member(generators, index))) is not None:
            own.keep(step, content, room)
