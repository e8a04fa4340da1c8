"""Keeps moments of G, or of the Gs of several games, while they are trained: with a hundredth of the time at most."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ganstudio.run import MEGABYTE, MOST_MOMENTS, Moments, RunError, reason
from ganstudio.training.checkpoints.moments import packed_moment
from ganstudio.training.messages import MomentsKept, Notice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ganstudio.training.messages import Event
    from ganstudio.training.step.games import Games

LEAST_SECONDS = 0.5
"""Of training between two moments: G shows little new in less."""
SHARE = 100
"""A moment that took t to keep is followed by 100 t of training."""
AGAIN_SECONDS = 10.0
"""Of training after which a disk that would not take a moment is tried again."""


class TimelineKeeper:
    """The timeline of the run at hand. Nothing of it changes the training: it copies weights and draws nothing."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Another run comes, or none."""
        self._moments: Moments | None = None
        self._step, self._due = -1, 0.0
        self._told = ""

    def moments(self, run: Path) -> Moments:
        """Those of the run. Raises RunError."""
        if self._moments is None or self._moments.folder.parent != run:
            self._moments = Moments(run)
        return self._moments

    def known(self, run: Path, step: int) -> Iterator[Event]:
        """Tell which moments there are up to a step."""
        try:
            steps = self.moments(run).steps
        except RunError as error:
            yield from self._say(f"The timeline can't be shown. {error}.")
            return
        yield MomentsKept(tuple(each for each in steps if each <= step))

    def keep(self, run: Path, games: Games, *, force: bool = False) -> Iterator[Event]:
        """Keep the moment at hand, where it is time; ``force``: also where it is not.

        A moment of several games is that of each at one step, and they share the room of one: they lie in one folder.
        """
        room = max(experiment.measures.timeline for experiment in games.experiments) * MEGABYTE
        if not room or games.step_count == self._step or not (force or games.seconds >= self._due):
            return
        began = time.perf_counter()
        several = len(games.experiments) > 1
        self._step, self._due = games.step_count, games.seconds + AGAIN_SECONDS
        content = packed_moment(games.generators(average=True), whole=not several)
        if content is None:  # of which the session tells
            return
        try:
            moments = self.moments(run)
            kept = moments.keep(games.step_count, content, room)
        except (OSError, RunError) as error:
            why = reason(error)
            place = "" if str(run) in why else f"{run}: "
            yield from self._say(f"The timeline can't be kept: {place}{why}. The training goes on without it.")
            return
        if not kept:
            whose = "these games" if several else "this G"
            takes = f"a moment of {whose} takes {len(content) / MEGABYTE:,.1f} MB"
            yield from self._say(f"There is no timeline: {takes}, and measures.timeline has room for less. Raise it.")
            return
        self._told = ""
        many = min(MOST_MOMENTS, room // len(content))
        pause = max(LEAST_SECONDS, SHARE * (time.perf_counter() - began), games.seconds / many)
        self._due = games.seconds + pause
        yield MomentsKept(moments.steps)

    def _say(self, told: str) -> Iterator[Event]:
        """Once, till it is kept again."""
        if told != self._told:
            self._told = told
            yield Notice(told)
