"""Pictures of several games: what each G makes, and what each D says of a part of the plane."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.training.messages import GroupFrame
from ganstudio.training.pictures.geometry import cell_centres
from ganstudio.training.pictures.moment import Visited
from ganstudio.training.pictures.plane import frozen_copy

if TYPE_CHECKING:
    import numpy.typing as npt
    from torch import Tensor, nn

    from ganstudio.training.group.group import Group
    from ganstudio.training.messages import Revisit
    from ganstudio.training.pictures.geometry import Bounds
    from ganstudio.training.pictures.moment import Moment

FRAME_SECONDS = 0.25
FRAME_REST = 24
"""A frame that took t to make is followed by at least this many t of training: frames take 4 % of the time."""
LANDSCAPE_CELLS = 48


class GroupCamera:
    """Takes a group's frames, of the part of the plane within ``bounds``, and says when one is due."""

    def __init__(self, group: Group, bounds: Bounds) -> None:
        self._group = group
        self._due = 0.0
        self._visited: Visited[nn.Module] = Visited(lambda: frozen_copy(group.generators(average=True)), whole=False)
        self.cover(bounds)

    def cover(self, bounds: Bounds) -> None:
        """Landscapes are drawn over this part of the plane from now on; a frame is due at once."""
        points = self._group.dataset.modality.to_model(cell_centres(bounds, LANDSCAPE_CELLS))
        self._points = torch.from_numpy(points).to(self._group.device)
        self._bounds = bounds
        self._framed, self._due = -1, 0.0

    def is_due(self, now: float, *, force: bool) -> bool:
        """Whether there is anything new to show, and, unless it is forced, time for it."""
        new = self._visited.at is None and self._framed != self._group.step_count  # the past does not change
        return new and (force or now >= self._due)

    def revisit(self, request: Revisit) -> None:
        """Show the members at another moment from now on. Raises RunError where that can't be read: now is shown."""
        self._visited.go(request)
        self._framed, self._due = -1, 0.0

    def stay(self, request: Revisit) -> None:
        """Show the members as they are now, as no moment is kept that could be shown."""
        self.revisit(replace(request, step=None, beside=None))

    def frame(self, *, asked: bool = False) -> GroupFrame:
        """What the members look like now, or did at the moment that is looked at. asked: somebody waits for it."""
        began = time.monotonic()
        at, beside = self._visited.at, self._visited.beside
        frame = replace(
            self._now() if at is None else self._then(at),
            beside=None if beside is None else self._then(beside),
            visit=self._visited.visit,
            asked=asked,
        )
        self._framed = self._group.step_count
        took = time.monotonic() - began
        self._due = began + took + max(FRAME_SECONDS, FRAME_REST * took)
        return frame

    def _now(self) -> GroupFrame:
        group = self._group
        generated = group.generate(group.fixed_inputs, average=True)
        belief = group.judge(self._points).sigmoid().cpu().numpy()
        return GroupFrame(
            step=group.step_count,
            generated=self._to_people(generated),
            landscapes=belief.reshape(len(belief), LANDSCAPE_CELLS, LANDSCAPE_CELLS),
            bounds=self._bounds,
        )

    def _then(self, moment: Moment[nn.Module]) -> GroupFrame:
        group = self._group
        made = group.made_by(moment.generator, group.fixed_inputs)
        return GroupFrame(
            step=moment.step, generated=self._to_people(made), landscapes=None, bounds=self._bounds, past=True
        )

    def _to_people(self, generated: Tensor) -> npt.NDArray[np.float32]:
        members, count, _ = generated.shape
        points = self._group.dataset.modality.to_people(generated.flatten(0, 1).cpu().numpy())
        return points.reshape(members, count, 2).astype(np.float32, copy=False)
