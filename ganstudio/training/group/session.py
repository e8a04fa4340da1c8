"""A session of several games at once: the same commands and events as a ``Session``'s, for a duel or a seed band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.presets import is_live
from ganstudio.run import GroupFolder, RunError, reason, step_of_checkpoint
from ganstudio.training.checkpoints.checkpoint import NotFinite
from ganstudio.training.group.archive import GroupArchive
from ganstudio.training.group.band import Band
from ganstudio.training.group.camera import GroupCamera
from ganstudio.training.group.checkpoint import load_group, sound_members
from ganstudio.training.group.duel import Duel
from ganstudio.training.group.group import with_setting_in_all
from ganstudio.training.group.names import differing_paths
from ganstudio.training.messages import (
    Adjust,
    Adjusted,
    Alerted,
    Broken,
    Covered,
    GroupOpened,
    GroupScalars,
    Measured,
    MemberKept,
    Notice,
    OfMember,
    OpenMember,
    Revisit,
    StartGroup,
    WatchPlanes,
)
from ganstudio.training.pictures.geometry import plane_bounds
from ganstudio.training.session.breaking import RATES, first_wrong, slower
from ganstudio.training.session.commanding import CommandedLoop
from ganstudio.training.session.room import check_beside, check_change

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from pathlib import Path

    from ganstudio.experiment import Experiment
    from ganstudio.training.group.group import Group
    from ganstudio.training.messages import AnyCommand, AnyEvent, StepPhase
    from ganstudio.training.session.inbox import Inbox
    from ganstudio.training.session.loop import Handlers

SHOWN_REAL = 2000


class GroupSession(CommandedLoop):
    """One group from StartGroup to Quit, or to the next Start or StartGroup, which is left in ``successor``."""

    kept, place, owner = "the run of these games", "folder", "The games'"
    among = " in any of these games"
    start, folder = StartGroup, GroupFolder
    _archive: GroupArchive

    def __init__(self, start: StartGroup, *, inbox: Inbox | None = None) -> None:
        super().__init__(start, inbox)
        self._archive = GroupArchive(start)
        self._wrong: dict[str, str] = {}

    # --- opening and closing ---

    def _check_room(self, experiments: Sequence[Experiment]) -> None:
        check_beside(experiments, self._dataset, self._device, self.beside)

    def _scratch(self, experiments: Sequence[Experiment]) -> Callable[[], None]:
        return self._made(experiments).step

    @property
    def _is_band(self) -> bool:
        return self._archive.lineup.seeds > 0

    def _made(self, experiments: Sequence[Experiment]) -> Group:
        family: type[Band | Duel] = Band if self._is_band else Duel
        return family(experiments, self._dataset, self._device)

    def _build(self, experiments: Sequence[Experiment]) -> Group:
        self._group = self._made(experiments)
        return self._group

    def _put(self, checkpoint: Path) -> None:
        load_group(checkpoint, self._group)

    def _begin(self, experiments: Sequence[Experiment]) -> Iterator[AnyEvent]:
        self._archive.begin(experiments)
        self._load(experiments)
        group = self._group
        self._attend(group)
        self._names = self._archive.lineup.names
        self._gone = {index for index, sound in enumerate(sound_members(group)) if not sound}
        self._wrong.clear()
        self._look_for_the_end()
        dataset = self._dataset
        shown = dataset.draw(SHOWN_REAL, np.random.default_rng(0))
        with group.member(0) as trainer:
            home = plane_bounds(trainer)
        self._camera = GroupCamera(group, home)
        run = self._archive.run
        yield GroupOpened(
            experiments=group.experiments,
            names=self._names,
            band=self._is_band,
            step=group.step_count,
            data_name=dataset.name,
            real=dataset.modality.to_people(shown),
            plane=home,
            run=run.path if run else None,
            seconds=group.seconds,
            device=str(self._device),
            threads=self._threads,
            scalars=group.scalars,
        )
        yield self._change("paused")
        if isinstance(group, Duel) and group.step_count == 0 and (unequal := group.unequal_starts()):
            players = " and ".join({"generator": "G", "discriminator": "D"}[player] for player in unequal)
            yield Notice(f"The members' networks differ, so that {players} can't start from the same weights in all.")
        yield self._camera.frame()

    def _recall_curves(self) -> Iterator[AnyEvent]:
        for rows in self._archive.recall():
            self._lookout.recall(rows)
            yield GroupScalars(rows)

    def _recall_findings(self) -> Iterator[AnyEvent]:
        for found in self._archive.findings():
            if isinstance(found.event, Measured):
                self._lookout.hear(found.index, found.event)
            yield found

    def _cannot_begin(self, why: str) -> Iterator[AnyEvent]:
        yield self._change("paused", "unwritable")
        kept = not self._games.step_count or self._archive.run is not None
        told = "These games can't be kept, so that they are not trained" if kept else "What was trained can't be kept"
        yield Notice(f"{told}: {why}.", no_checkpoint=True)

    def _afresh(self, factor: float) -> StartGroup:
        lineup = self._archive.lineup_of(self._group.experiments)
        return StartGroup(experiments=tuple(slower(each, factor) for each in lineup.experiments), seeds=lineup.seeds)

    # --- commands ---

    def _handlers(self) -> Handlers:
        return {
            **super()._handlers(),
            OpenMember: lambda command: self._keep(command.index),
            WatchPlanes: self._watch,
            Revisit: self._revisit,
        }

    def _misplaced(self, command: AnyCommand) -> Iterator[AnyEvent]:
        yield Notice("That is not possible while several games are trained at once: open one of them first.")

    def _adjust(self, command: Adjust) -> Iterator[AnyEvent]:
        if not is_live(command.path):
            told = f"{command.path} can't change while games are going; it takes effect on a new duel or band"
            yield Notice(told, setting=command.path)
            return
        compared = [] if self._is_band else differing_paths(self._group.experiments)
        if any(path == command.path or path.startswith(f"{command.path}.") for path in compared):
            told = f"{command.path} is what these games are compared in: it stays as it is in each of them"
            yield Notice(told, setting=command.path)
            return
        yield from self._put_in_force(command.path, command.value)

    def _put_in_force(self, path: str, value: object) -> Iterator[AnyEvent]:
        group = self._group
        try:
            experiments = with_setting_in_all(group.experiments, path, value)
            check_change(group.experiments, experiments, self._dataset, self._device)
            group.adjust(experiments)
        except ValueError as error:
            yield Notice(str(error), setting=path)
            return
        yield from self._write(self._archive.record_change, group.step_count, path, value)
        yield Adjusted(group.step_count, path, value, experiments[0])

    def _lower_rates(self, factor: float) -> Generator[AnyEvent, None, list[str]]:
        told = []
        for path in RATES:
            player = path.split(".")[1]
            rates = {getattr(each.optimisers, player).learning_rate for each in self._group.experiments}
            name = {"generator": "G", "discriminator": "D"}[player]
            if len(rates) > 1:
                told.append(f"The games differ in {name}'s learning rate, which stays as it is.")
                continue
            rate = rates.pop() * factor
            told.append(f"{name}'s learning rate is {rate:g} now.")
            yield from self._put_in_force(path, rate)
        return told

    def _keep(self, index: int) -> Iterator[AnyEvent]:
        if not 0 <= index < len(self._names):
            yield Notice(f"There is no game {index + 1} among these {len(self._names)}.")
            return
        if self._archive.gone and not (yield from self._ensure_run()):
            return  # what it would take along lay there
        yield from self._report(force=True)
        try:
            path = self._archive.keep(self._group, index, self._threads)
        except NotFinite as error:
            sound = self._archive.last_sound(index)
            where = "" if sound is None else f" They were in {sound}, which can be opened."
            yield Notice(f"{self._names[index]} could not be kept: {error}.{where}")
            return
        except (RunError, OSError) as error:
            # The training in memory is worth more than the run on disk: say so and go on.
            yield Notice(f"{self._names[index]} could not be kept: {reason(error)}.")
            return
        yield MemberKept(index=index, run=path)

    def _watch(self, command: WatchPlanes) -> Iterator[AnyEvent]:
        self._camera.cover(command.bounds)
        if self._state != "playing":  # else with the next report
            yield self._camera.frame()

    def _revisit(self, command: Revisit) -> Iterator[AnyEvent]:
        if self._archive.run is not None and command.run != self._archive.run.path:
            return  # asked of the game before this one
        try:
            if self._archive.run is None:  # it could not be taken back, and a new one is made with the next step
                self._camera.stay(command)
            else:
                self._camera.revisit(command)
        except RunError as error:
            yield Notice(f"This moment can't be shown. {error}.")
        yield self._camera.frame(asked=True)

    # --- training ---

    def _step(self, phase: StepPhase = "both") -> None:
        self._group.step(phase)

    def _pass_on(self, found: OfMember | Notice) -> Iterator[AnyEvent]:
        if isinstance(found, OfMember) and isinstance(found.event, Measured):
            self._archive.record_estimates(found.index, found.event.estimates)
        elif isinstance(found, OfMember) and isinstance(found.event, Covered):
            self._archive.record_look(found.index, found.event)
        elif isinstance(found, OfMember) and isinstance(found.event, Alerted):
            yield from self._write(self._archive.keep_alarms, self._group.step_count, self._lookout.alarms)
        yield found

    def _report(self, *, force: bool = False, by_hand: bool = False) -> Iterator[AnyEvent]:
        if self._archive.run is None or not self._is_time(force=force):
            return  # without a folder there is nothing yet, or it waits for the next one
        rows = self._group.drain()
        by_hand = by_hand or self._state != "playing"  # before a number gone wrong pauses the games
        if rows.shape[1]:
            self._archive.record(rows)
            yield GroupScalars(rows)
            yield from self._watch_for_divergence(rows)
        yield from self._heard(self._lookout.see(rows, by_hand=by_hand, force=force))
        if self._camera.is_due(self._reported, force=force):
            yield self._camera.frame()
        yield from self._keep_up(force=force)

    def _written(self, *, by_itself: bool) -> Path:
        return self._archive.write(self._group)

    def _watch_for_divergence(self, rows: np.ndarray) -> Iterator[AnyEvent]:
        """Say once which members' numbers went wrong; the others go on, and with none left the training stops."""
        told = []
        for index, name in enumerate(self._names):
            if index in self._gone:
                continue
            if (wrong := first_wrong(rows[index], self._group.scalars, self._moving)) is not None:
                row, what = wrong
                self._gone.add(index)
                self._wrong[name] = what
                told.append(f"In {name} {what} at step {int(rows[index, row, 0]):,}.")
        if not told:
            return
        self._look_for_the_end()
        if self._broken is None:
            yield Notice(f"{' '.join(told)} Nothing recovers from that; the other games go on.")
        else:
            yield self._change("paused", "diverged")
            yield self._broken

    def _look_for_the_end(self) -> None:
        """Once all games have gone wrong there is nothing left to train."""
        if len(self._gone) < len(self._names):
            return
        what = "; ".join(f"in {name} {what}" for name, what in self._wrong.items())
        what = what or "in none of these games the weights are finite numbers"
        sound = self._archive.soundest()
        self._broken = Broken(self._group.step_count, what, None if sound is None else step_of_checkpoint(sound))
