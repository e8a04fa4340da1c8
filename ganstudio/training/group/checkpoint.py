"""A moment of several games on disk, of all of them or not there at all.

checkpoints/step-00006000/ holds group.toml with the settings in force, samples.npy, and folders that are each like a
single game's checkpoint: of a duel one a member, of a band, whose weights are stacked, one in all; broken.json has
the places of those whose weights are no longer finite numbers, where there are such.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.run import BROKEN
from ganstudio.training.checkpoints.checkpoint import NotFinite, keep_whole, load_checkpoint, write_state

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ganstudio.run import Lineup
    from ganstudio.training.group.group import Group
    from ganstudio.training.step.games import Kept

SHOWN = 4
"""Members that samples.npy has points of, for the list of runs."""
POINTS = 400


def save_group(folder: Path, group: Group, lineup: Lineup) -> Path:
    """Write the state of all members under ``folder`` and return the checkpoint's path.

    OSError when the disk won't, NotFinite when no member's weights are finite numbers: then nothing of it is left
    there, and the checkpoints before are.
    """
    sound = _finite_weights(group)
    if not any(sound):
        raise NotFinite("in none of these games the weights are finite numbers")

    def write(aside: Path) -> None:
        for name, part in _named_parts(group):
            with part as kept:
                (aside / name).mkdir()
                write_state(aside / name, kept)
        (aside / "samples.npy").write_bytes(_samples(group))
        (aside / "group.toml").write_text(lineup.dumps(), encoding="utf-8")
        if not all(sound):
            broken = [place for place, good in enumerate(sound) if not good]
            (aside / BROKEN).write_text(json.dumps(broken), encoding="utf-8")

    return keep_whole(folder, group.step_count, write, seconds=sum(group.member_seconds))


def load_group(path: Path, group: Group) -> None:
    """Put a group built from the checkpoint's settings where it stood; RunError when a file is damaged."""
    for name, part in _named_parts(group):
        with part as kept:
            load_checkpoint(path / name, kept, finite=False)  # a game gone wrong leaves the others whole


def sound_members(group: Group) -> list[bool]:
    """Of each member whether its G makes numbers."""
    made = group.generate(group.fixed_inputs, average=False).flatten(1)
    return [bool(finite) for finite in torch.isfinite(made).all(1)]


def _finite_weights(group: Group) -> list[bool]:
    """Of each member whether the weights of all its networks are finite numbers."""
    count = len(group.experiments)
    sound = torch.ones(count, dtype=torch.bool)
    parts = group.parts()
    for index, part in enumerate(parts):
        with part as kept:
            for parameter in (*kept.generator.parameters(), *kept.discriminator.parameters()):
                finite = torch.isfinite(parameter.detach()).cpu()
                if len(parts) == count:
                    sound[index] &= finite.all()
                else:  # stacked, a member's in a row
                    sound &= finite.flatten(1).all(1)
    return [bool(each) for each in sound]


def _named_parts(group: Group) -> list[tuple[str, AbstractContextManager[Kept]]]:
    parts = group.parts()
    return [(f"part-{index:02d}", part) for index, part in enumerate(parts)]


def _samples(group: Group) -> bytes:
    """Points (m, n, 2) of the first members' averaged Gs, data units, as an .npy file."""
    generated = group.generate(group.fixed_inputs.rows(slice(POINTS)), average=True)[:SHOWN]
    packed = io.BytesIO()
    points = group.dataset.modality.to_people(generated.flatten(0, 1).cpu().numpy())
    np.save(packed, points.reshape(generated.shape))
    return packed.getvalue()
