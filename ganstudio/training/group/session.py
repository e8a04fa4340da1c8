"""A session of several games at once: the same commands and events as a ``Session``'s, for a duel or a seed band."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data import build_dataset
from ganstudio.presets import is_live
from ganstudio.run import GroupFolder, RunError, step_of_checkpoint
from ganstudio.training.checkpoints.checkpoint import NotFinite
from ganstudio.training.group.archive import GroupArchive
from ganstudio.training.group.band import Band
from ganstudio.training.group.camera import GroupCamera
from ganstudio.training.group.checkpoint import sound_members
from ganstudio.training.group.duel import Duel
from ganstudio.training.group.group import members_of, with_setting_in_all
from ganstudio.training.group.names import differing_paths
from ganstudio.training.messages import (
    Adjust,
    Adjusted,
    Alerted,
    Broken,
    Checkpointed,
    Covered,
    GoBack,
    GroupOpened,
    GroupScalars,
    Measured,
    MemberKept,
    Notice,
    OfMember,
    OpenMember,
    Pause,
    Play,
    Refused,
    Reset,
    Revisit,
    Save,
    StartGroup,
    Step,
    WatchPlanes,
)
from ganstudio.training.pictures.geometry import plane_bounds
from ganstudio.training.session.breaking import RATES, first_wrong, slower
from ganstudio.training.session.devices import choose_device, set_determinism
from ganstudio.training.session.keeping import KeptLoop
from ganstudio.training.session.room import check_beside, check_change

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from ganstudio.experiment import Experiment
    from ganstudio.run import Lineup
    from ganstudio.training.group.group import Group
    from ganstudio.training.messages import AnyCommand, AnyEvent
    from ganstudio.training.session.inbox import Inbox
    from ganstudio.training.session.loop import Handlers

REPORT_SECONDS = 0.1
SHOWN_REAL = 2000


class GroupSession(KeptLoop):
    """One group from StartGroup to Quit, or to the next Start or StartGroup, which is left in ``successor``."""

    kept = "the run of these games"
    _archive: GroupArchive

    def __init__(self, start: StartGroup, *, inbox: Inbox | None = None) -> None:
        super().__init__(start, inbox)
        self._archive = GroupArchive(start)
        self._wrong: dict[str, str] = {}

    # --- opening and closing ---

    def _open(self) -> Iterator[AnyEvent]:
        lineup = self._archive.open()
        experiments = _members(lineup)
        first = experiments[0]
        self._band = lineup.seeds > 0
        self._dataset = self._read(lambda: self._archive.fitted(build_dataset(first.dataset), first))
        self._device = choose_device(first.device)
        check_beside(experiments, self._dataset, self._device, self.beside)
        set_determinism(first.device)
        self._asked_steps = max(experiment.schedule.steps for experiment in experiments)
        self._do("threads")
        few = self._use_threads(first.device, lambda: self._build(experiments).step)
        self._do("opening")
        yield from self._begin(experiments)
        yield from self._slow_down()
        yield from self._archive.told()
        if few:
            yield Notice(few)
        if missing := self._archive.missing:
            yield Notice(" ".join(missing))

    def _unkept(self) -> str:
        return "" if self._all_broken else self._archive.unkept(self._group)

    def again(self) -> StartGroup | None:
        """The folder at its last checkpoint, or the same games where nothing was trained yet."""
        lineup, run, playing = self._archive.lineup, self._archive.held, self._state == "playing"
        if run is None and not self._group.step_count:
            first = self._group.experiments[: len(lineup.experiments)]
            start = StartGroup(experiments=first, seeds=lineup.seeds, runs=self._archive.runs)
        elif run is not None and not self._all_broken and self._archive.kept_step == self._group.step_count:
            start = StartGroup(resume=run, runs=self._archive.runs)
        else:
            return None
        return replace(start, measure=self._measures, play=playing)

    def take_back(self) -> Iterator[AnyEvent]:
        """Write on in the folder."""
        try:
            self._archive.take_back(GroupFolder)
        except RunError as error:
            yield Notice(f"{error}. What is trained from now on goes into a new folder.")
            if self._state == "playing":
                yield from self._ensure_run()

    def _build(self, experiments: Sequence[Experiment]) -> Group:
        family: type[Band | Duel] = Band if self._band else Duel
        return family(experiments, self._dataset, self._device)

    def _begin(self, experiments: Sequence[Experiment]) -> Iterator[AnyEvent]:
        self._archive.begin(experiments)
        self._group = group = self._build(experiments)
        while (before := self._archive.load(group, self._threads)) is not None:
            self._group = group = self._build(_members(before))
        self._attend(group)
        self._names = self._archive.lineup.names
        self._broken = {index for index, sound in enumerate(sound_members(group)) if not sound}
        self._reported = time.monotonic()
        dataset = self._dataset
        shown = dataset.draw(SHOWN_REAL, np.random.default_rng(0))
        with group.member(0) as trainer:
            home = plane_bounds(trainer)
        self._camera = GroupCamera(group, home)
        run = self._archive.run
        yield GroupOpened(
            experiments=group.experiments,
            names=self._names,
            band=self._band,
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
        yield from self._recall()
        if isinstance(group, Duel) and group.step_count == 0 and (unequal := group.unequal_starts()):
            players = " and ".join({"generator": "G", "discriminator": "D"}[player] for player in unequal)
            yield Notice(f"The members' networks differ, so that {players} can't start from the same weights in all.")
        yield self._camera.frame()

    def _recall(self) -> Iterator[AnyEvent]:
        """Tell what the folder holds of the steps before."""
        if self._archive.run is None:
            return
        yield from self._remembered(self._recall_curves(), "The games' curves so far")
        yield from self._remembered(self._recall_findings(), "What was measured before")
        yield from self._remembered(self._recall_alarms(self._archive.run), "What was warned of before")

    def _recall_curves(self) -> Iterator[AnyEvent]:
        for rows in self._archive.recall():
            self._lookout.recall(rows)
            yield GroupScalars(rows)

    def _recall_findings(self) -> Iterator[AnyEvent]:
        for found in self._archive.findings():
            if isinstance(found.event, Measured):
                self._lookout.hear(found.index, found.event)
            yield found

    def _ensure_run(self) -> Generator[AnyEvent, None, bool]:
        """Make the group's folder if there is none; whether there is one now."""
        try:
            yield from self._archive.ensure(self._group, self._threads)
        except (OSError, RunError) as error:
            yield self._change("paused", "unwritable")
            why = self._archive.reason(error)
            yield Notice(f"These games can't be kept, so that they are not trained: {why}.", no_checkpoint=True)
            return False
        if self._group.step_count == 0:
            yield from self._archive.remember(self._group, force=True)
        return True

    # --- commands ---

    def _handlers(self) -> Handlers:
        return {
            Play: lambda _: self._play(),
            Pause: lambda _: self._pause(),
            Step: self._step_by_hand,
            Adjust: self._adjust,
            Reset: self._reset,
            OpenMember: lambda command: self._keep(command.index),
            GoBack: self._go_back,
            Save: lambda _: self._save(),
            WatchPlanes: self._watch,
            Revisit: self._revisit,
        }

    def _misplaced(self, command: AnyCommand) -> Iterator[AnyEvent]:
        yield Notice("That is not possible while several games are trained at once: open one of them first.")

    def _play(self) -> Iterator[AnyEvent]:
        if self._state == "playing":
            return
        if self._all_broken:
            yield self._what_broke()
            return
        group = self._group
        if group.step_count >= self._last_step():
            steps = group.step_count + self._asked_steps
            yield from self._put_in_force("schedule.steps", steps)
        if not (yield from self._ensure_run()):
            return
        self._archive.wait()
        yield self._change("playing")

    def _step_by_hand(self, command: Step) -> Iterator[AnyEvent]:
        yield from self._pause()
        if self._all_broken:
            yield self._what_broke()
            return
        if not (yield from self._ensure_run()):
            return
        if command.phase != "both":
            yield from self._write(self._archive.record_change, self._group.step_count, "step", command.phase)
        self._group.step(command.phase)
        self._moving = command.phase
        yield from self._report(force=True)
        self._moving = "both"
        if not self._all_broken:
            yield self._change("paused")

    def _adjust(self, command: Adjust) -> Iterator[AnyEvent]:
        if not is_live(command.path):
            told = f"{command.path} can't change while games are going; it takes effect on a new duel or band"
            yield Notice(told, setting=command.path)
            return
        compared = [] if self._band else differing_paths(self._group.experiments)
        if any(path == command.path or path.startswith(f"{command.path}.") for path in compared):
            told = f"{command.path} is what these games are compared in: it stays as it is in each of them"
            yield Notice(told, setting=command.path)
            return
        yield from self._put_in_force(command.path, command.value)

    def _put_in_force(self, path: str, value: object) -> Iterator[AnyEvent]:
        """Change a setting in every member that has it."""
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

    def _reset(self, command: Reset) -> Iterator[AnyEvent]:
        yield from self._end()
        if (lost := self._unkept()) and not command.discard:
            yield Refused(lost, expected=True, unsaved=True, command=command)
            return
        self._archive.leave()
        yield from self._begin(self._group.experiments)

    def _go_back(self, command: GoBack) -> Iterator[AnyEvent]:
        """Have the games opened again where their numbers were good, or begin others."""
        if self._all_broken:
            runs, lineup, sound = self._archive.runs, self._archive.lineup, self._archive.soundest()
            if sound is None:
                experiments = tuple(slower(each, command.rate) for each in lineup.experiments)
                self.successor = StartGroup(
                    experiments=experiments, seeds=lineup.seeds, runs=runs, measure=self._measures
                )
            else:
                self.successor = StartGroup(resume=sound, runs=runs, measure=self._measures, slower=command.rate)
        yield from ()

    def _slow_down(self) -> Iterator[AnyEvent]:
        """Change the rates as asked for, at the checkpoint that the games were opened at."""
        if self._slower is None:
            return
        told = yield from self._went_back()
        for path in RATES:
            player = path.split(".")[1]
            rates = {getattr(each.optimisers, player).learning_rate for each in self._group.experiments}
            name = {"generator": "G", "discriminator": "D"}[player]
            if len(rates) > 1:
                told.append(f"The games differ in {name}'s learning rate, which stays as it is.")
                continue
            rate = rates.pop() * self._slower
            told.append(f"{name}'s learning rate is {rate:g} now.")
            yield from self._put_in_force(path, rate)
        yield Notice(" ".join(told))

    def _keep(self, index: int) -> Iterator[AnyEvent]:
        if not 0 <= index < len(self._names):
            yield Notice(f"There is no game {index + 1} among these {len(self._names)}.")
            return
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
            yield Notice(f"{self._names[index]} could not be kept: {error}")
            return
        yield MemberKept(index=index, run=path)

    def _save(self) -> Iterator[AnyEvent]:
        # Only what was trained needs a folder: it has none where the one that it was in could not be taken back.
        unkept = self._archive.run is None and self._group.step_count > 0
        if unkept and not (yield from self._ensure_run()):
            return
        yield from self._report(force=True)
        if (path := self._archive.saved(self._group)) is not None:
            # Nothing new to write; whoever asked still wants to hear that it is safe, and where.
            yield Checkpointed(self._group.step_count, path)
            return
        if self._all_broken:
            kept = self._archive.last_kept()
            why = "weights are no longer finite numbers in any of these games"
            yield Notice(f"Nothing was saved: {why}. {kept}", no_checkpoint=True)
        yield from self._checkpoint()

    def _watch(self, command: WatchPlanes) -> Iterator[AnyEvent]:
        self._camera.cover(command.bounds)
        if self._state != "playing":  # else with the next report
            yield self._camera.frame()

    def _revisit(self, command: Revisit) -> Iterator[AnyEvent]:
        if self._archive.run is not None and command.run != self._archive.run.path:
            return  # asked of the game before this one
        try:
            if (
                self._archive.run is None
            ):  # its folder could not be taken back, and a new one is made with the next step
                self._camera.stay(command)
            else:
                self._camera.revisit(command)
        except RunError as error:
            yield Notice(f"This moment can't be shown. {error}.")
        yield self._camera.frame(asked=True)

    # --- training ---

    def _last_step(self) -> int:
        return max(experiment.schedule.steps for experiment in self._group.experiments)

    def _step(self) -> None:
        self._group.step()

    def _stepped(self) -> Iterator[AnyEvent]:
        yield from self._report()
        if self._group.step_count >= self._last_step() and self._state == "playing":
            yield from self._report(force=True)
            yield from self._checkpoint()
            if self._state == "playing":
                yield self._change("finished")

    def _pass_on(self, found: OfMember | Notice) -> Iterator[AnyEvent]:
        if isinstance(found, OfMember) and isinstance(found.event, Measured):
            self._archive.record_estimates(found.index, found.event.estimates)
        elif isinstance(found, OfMember) and isinstance(found.event, Covered):
            self._archive.record_look(found.index, found.event)
        elif isinstance(found, OfMember) and isinstance(found.event, Alerted):
            yield from self._write(self._archive.keep_alarms, self._group.step_count, self._lookout.alarms)
        yield found

    def _report(self, *, force: bool = False) -> Iterator[AnyEvent]:
        """Hand out and store what has come together, as far as it is time."""
        now = time.monotonic()
        if not force and now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        rows = self._group.drain()
        by_hand = self._state != "playing"  # before a number gone wrong pauses the games
        if rows.shape[1]:
            self._archive.record(rows)
            yield GroupScalars(rows)
            yield from self._watch_for_divergence(rows)
        yield from self._heard(self._lookout.see(rows, by_hand=by_hand, force=force))
        if self._camera.is_due(now, force=force):
            yield self._camera.frame()
        yield from self._write(self._archive.commit, force=force)
        if self._state == "playing":
            yield from self._archive.remember(self._group)
        if not force and self._state == "playing" and self._archive.is_due(self._group.experiments[0]):
            yield from self._checkpoint(by_itself=True)

    def _checkpoint(self, *, by_itself: bool = False) -> Iterator[AnyEvent]:
        if self._all_broken:
            self._archive.wait()  # the last checkpoint is from before the numbers went wrong: it stays the last
            return
        yield from self._archive.save(self._group)
        if not by_itself and self._archive.saved(self._group) is not None:
            yield from self._archive.remember(self._group, force=True)

    @property
    def _all_broken(self) -> bool:
        return len(self._broken) == len(self._names)

    def _watch_for_divergence(self, rows: np.ndarray) -> Iterator[AnyEvent]:
        """Say once which members' numbers went wrong; the others go on, and with none left the training stops."""
        told = []
        for index, name in enumerate(self._names):
            if (
                index not in self._broken
                and (wrong := first_wrong(rows[index], self._group.scalars, self._moving)) is not None
            ):
                row, what = wrong
                self._broken.add(index)
                self._wrong[name] = what
                told.append(f"In {name} {what} at step {int(rows[index, row, 0]):,}.")
        if told and not self._all_broken:
            yield Notice(f"{' '.join(told)} Nothing recovers from that; the other games go on.")
        elif told:
            yield self._change("paused", "diverged")
            yield self._what_broke()

    def _what_broke(self) -> Broken:
        what = "; ".join(f"in {name} {what}" for name, what in self._wrong.items())
        what = what or "in none of these games the weights are finite numbers"
        sound = self._archive.soundest()
        return Broken(self._group.step_count, what, None if sound is None else step_of_checkpoint(sound))


def _members(lineup: Lineup) -> tuple[Experiment, ...]:
    return members_of(StartGroup(experiments=lineup.experiments, seeds=lineup.seeds))
