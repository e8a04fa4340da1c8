"""Pictures of several games: what each G makes, and what each D says of a part of the plane."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.training.messages import GroupFrame
from ganstudio.training.pictures.geometry import cell_centres

if TYPE_CHECKING:
    from ganstudio.training.group.group import Group
    from ganstudio.training.pictures.geometry import Bounds

FRAME_SECONDS = 0.25
FRAME_REST = 24
"""A frame that took t to make is followed by at least this many t of training: frames take 4 % of the time."""
LANDSCAPE_CELLS = 48


class GroupCamera:
    """Takes a group's frames, of the part of the plane within ``bounds``, and says when one is due."""

    def __init__(self, group: Group, bounds: Bounds) -> None:
        self._group = group
        self._due = 0.0
        self.cover(bounds)

    def cover(self, bounds: Bounds) -> None:
        """Landscapes are drawn over this part of the plane from now on; a frame is due at once."""
        points = self._group.dataset.modality.to_model(cell_centres(bounds, LANDSCAPE_CELLS))
        self._points = torch.from_numpy(points).to(self._group.device)
        self._bounds = bounds
        self._framed, self._due = -1, 0.0

    def is_due(self, now: float, *, force: bool) -> bool:
        """Whether there is anything new to show, and, unless it is forced, time for it."""
        return self._framed != self._group.step_count and (force or now >= self._due)

    def frame(self) -> GroupFrame:
        """What the members look like now."""
        began = time.monotonic()
        group = self._group
        generated = group.generate(group.fixed_inputs, average=True)
        logits = group.judge(self._points)
        members, count, _ = generated.shape
        points = group.dataset.modality.to_people(generated.flatten(0, 1).cpu().numpy()).reshape(members, count, 2)
        belief = logits.sigmoid().cpu().numpy().reshape(members, LANDSCAPE_CELLS, LANDSCAPE_CELLS)
        self._framed = group.step_count
        frame = GroupFrame(
            step=self._framed,
            generated=points.astype(np.float32, copy=False),
            landscapes=belief,
            bounds=self._bounds,
        )
        took = time.monotonic() - began
        self._due = began + took + max(FRAME_SECONDS, FRAME_REST * took)
        return frame
