"""Watches games in training for what goes wrong with them, and counts the modes that each G reaches."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.latent import Prior
from ganstudio.measurements import mode_coverage
from ganstudio.measurements.alerts import CHECK_EVERY, SEES_SAMPLES, Watcher
from ganstudio.measurements.coverage import SAMPLES
from ganstudio.run import Alarm
from ganstudio.training.messages import SCALARS, Alerted, Covered, OfMember

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from ganstudio.measurements.alerts import Alert
    from ganstudio.run import Alarms
    from ganstudio.training.messages import Measured
    from ganstudio.training.step.games import Games

LOOK_SECONDS = 1.0
PATIENCE = 50
"""A look that took t is followed by at least this many t of training: it costs 2 % of the time at most."""
REAL, SEEN = 2000, 2000


class Lookout:
    """Tells ``Alerted`` when what holds has changed, and ``Covered`` at each look where the data's modes are known.

    Its draws are its own, so that a watched training is the same as an unwatched one; all members get the same latents.
    """

    def __init__(self, games: Games) -> None:
        self._games = games
        dataset, first = games.dataset, games.experiments[0]
        random = np.random.default_rng(first.seed)
        self._sees = SEES_SAMPLES[dataset.modality.kind]
        real = dataset.modality.to_people(dataset.draw(REAL, random)) if self._sees else None
        self._watchers = [Watcher(SCALARS, experiment, real, dataset.modes) for experiment in games.experiments]
        latents = torch.Generator(games.device).manual_seed(first.seed)
        self._inputs = Prior.of(first, dataset).draw(SAMPLES, latents)
        self._told: list[tuple[Alert, ...]] = [()] * len(self._watchers)
        self._unseen: list[tuple[bool, npt.NDArray[np.float64]]] = []
        self._looked, self._due = games.step_count, 0.0

    def see(self, rows: npt.NDArray[np.float64], *, by_hand: bool, force: bool) -> Iterator[OfMember]:
        """See the scalars (m, n, 2 + names) of the next steps, and G's samples; when it is time, or when forced."""
        self._unseen.append((by_hand, rows[:, :, : 2 + len(SCALARS)]))
        now = time.monotonic()
        if not force and now < self._due:
            return
        self._see_scalars()
        since = self._games.step_count - self._looked
        if self._sees and (since >= CHECK_EVERY or (force and since > 0)):
            yield from self._look()
        yield from self._tell()
        self._due = time.monotonic() + max(LOOK_SECONDS, PATIENCE * (time.monotonic() - now))

    def recall(self, rows: npt.NDArray[np.float64]) -> None:
        """Take in rows (m, n, 2 + names) that an earlier session recorded; single moves by hand may be among them."""
        for watcher, own in zip(self._watchers, rows, strict=True):
            watcher.see_scalars(own[:, : 2 + len(SCALARS)], by_hand=True)

    def remember(self, alarms: Alarms) -> None:
        """Let those hold that held when the games were left, of each member."""
        for watcher, own in zip(self._watchers, alarms, strict=True):
            watcher.remember({alarm.kind: (alarm.since, alarm.evidence) for alarm in own})

    @property
    def alarms(self) -> Alarms:
        """Which hold now, of each member, to be kept."""
        told = (watcher.alerts() for watcher in self._watchers)
        return tuple(tuple(Alarm(alert.kind, alert.step, alert.evidence) for alert in own) for own in told)

    def hear(self, index: int, measured: Measured) -> None:
        """Hear of an independent estimate of a member's divergence."""
        for each in measured.estimates:
            self._watchers[index].see_divergence(each.step, each.estimate.jsd_low)

    def _see_scalars(self) -> None:
        """Show the watchers what has come together: 64 of them at every report would take 3 % of the time."""
        unseen, self._unseen = self._unseen, []
        for by_hand, pieces in itertools.groupby(unseen, key=lambda piece: piece[0]):
            rows = np.concatenate([rows for _, rows in pieces], axis=1)
            for watcher, own, experiment in zip(self._watchers, rows, self._games.experiments, strict=True):
                watcher.adjust(experiment)
                watcher.see_scalars(own, by_hand=by_hand)

    def _look(self) -> Iterator[OfMember]:
        games, dataset = self._games, self._games.dataset
        step = self._looked = games.step_count
        playing = self._points(average=False)
        for watcher, points in zip(self._watchers, playing, strict=True):
            watcher.see_samples(step, points[:SEEN])
        if dataset.modes is not None and dataset.mode_sigma is not None:
            average = games.experiments[0].measures.measured == "average"
            shown = self._points(average=True) if average else playing
            for index, points in enumerate(shown):
                yield OfMember(index, Covered(step, mode_coverage(points, dataset.modes, dataset.mode_sigma)))

    def _points(self, *, average: bool) -> npt.NDArray[np.float32]:
        with torch.inference_mode():
            model = self._games.generate(self._inputs, average=average).cpu().numpy()
        return self._games.dataset.modality.to_people(model)

    def _tell(self) -> Iterator[OfMember]:
        for index, watcher in enumerate(self._watchers):
            alerts = watcher.alerts()
            if alerts != self._told[index]:
                self._told[index] = alerts
                yield OfMember(index, Alerted(alerts))


def watched(rows: npt.NDArray[np.float64], absent: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.float64]:
    """The rows (n, 2 + scalars) of steps in which the game moves that alarms are of: where there are several, the last.

    absent: (n, scalars), which of them a step's stage does not make. A step of another game has none of that one's.
    """
    return rows if absent is None else rows[~absent[:, : len(SCALARS)].all(axis=1)]
