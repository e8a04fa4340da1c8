"""A member of a group as a run of its own."""

from __future__ import annotations

import io
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.run import RunError, write_aside
from ganstudio.training.checkpoints.checkpoint import save_checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.run import RunFolder
    from ganstudio.training.group.group import Group


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
