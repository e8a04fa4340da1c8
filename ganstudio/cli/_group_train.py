"""``ganstudio train`` of several games side by side: a duel, or a band of seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.cli._following import Following, trained
from ganstudio.cli._group_plan import plan_group
from ganstudio.cli._group_results import finish_group
from ganstudio.modalities import counted

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from ganstudio.cli._terminal import Progress
    from ganstudio.training.messages import AnyEvent, GroupOpened, GroupScalars, StartGroup


def train_group(arguments: argparse.Namespace) -> int:
    """Train as the command line says; the exit status."""

    def begin(start: StartGroup, progress: Progress) -> GroupFollowing:
        from ganstudio.training.group.session import GroupSession

        return GroupFollowing(GroupSession(start), progress, limit=arguments.seconds)

    return trained(plan_group(arguments), arguments, begin, finish_group)


@dataclass
class GroupFollowing(Following):
    """What the command line makes of a group's events. Of the losses it shows the medians over the games."""

    _band: bool = False

    def follow(self, event: AnyEvent) -> None:
        """React to one event."""
        from ganstudio.training import messages

        if isinstance(event, messages.GroupOpened):
            self._group_opened(event)
        elif isinstance(event, messages.GroupScalars):
            self._group_scalars(event)
        else:
            super().follow(event)

    def _group_opened(self, event: GroupOpened) -> None:
        self.run, self._band = event.run, event.band
        self._begin(event.step, event.seconds, max(one.schedule.steps for one in event.experiments))
        threads = f"{event.threads} thread{'s' if event.threads > 1 else ''}"
        begins = f", from step {event.step:,}" if event.step else ""
        games = f"{counted(len(event.names), 'seed' if event.band else 'game')} of {event.experiments[0].name}"
        listed = ", ".join(event.names[:4]) + (", …" if len(event.names) > 4 else "")
        self.progress.note(f"{games} on {event.data_name}: {listed}; on {event.device}, {threads}{begins}")

    def _group_scalars(self, event: GroupScalars) -> None:
        last = event.rows[:, -1]
        seconds = float(last[0, 1] if self._band else last[:, 1].sum())
        # Where a game's numbers went wrong the median is that of the others.
        finite = (last[np.isfinite(last[:, column]), column] for column in (2, 3))
        d_loss, g_loss = (float(np.median(some)) if len(some) else np.nan for some in finite)
        self._reached(int(last[0, 0]), seconds, (d_loss, g_loss))

    def _finish(self, run: Path, *, as_json: bool, rate: float | None) -> int:
        return finish_group(run, stop=self.stop, as_json=as_json, steps_per_second=rate)
