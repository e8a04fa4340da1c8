"""A session of several games at once: the same commands and events as a ``Session``'s, for a duel or a seed band."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.data import build_dataset
from ganstudio.presets import ExperimentError, check_game, is_live, with_setting
from ganstudio.run import RunError
from ganstudio.training.band import Band
from ganstudio.training.checkpoint import as_samples
from ganstudio.training.devices import choose_device, set_determinism, set_threads
from ganstudio.training.duel import Duel
from ganstudio.training.group import cell_centres, members_of
from ganstudio.training.group_archive import GroupArchive
from ganstudio.training.group_names import differing_paths, member_names
from ganstudio.training.loop import Loop
from ganstudio.training.messages import (
    Adjust,
    Adjusted,
    GroupFrame,
    GroupOpened,
    GroupScalars,
    Measured,
    MemberKept,
    Notice,
    OfMember,
    OpenMember,
    Pause,
    Play,
    Reset,
    Save,
    StartGroup,
    Step,
    WatchPlanes,
)
from ganstudio.training.rendering import plane_bounds
from ganstudio.training.room import NotEnoughMemory, check_change, check_memory

if TYPE_CHECKING:
    import queue
    from collections.abc import Iterator, Sequence

    from ganstudio.experiment import Experiment
    from ganstudio.training.group import Group
    from ganstudio.training.loop import Handlers
    from ganstudio.training.messages import AnyCommand, AnyEvent
    from ganstudio.training.optimal import Bounds

REPORT_SECONDS = 0.1
FRAME_SECONDS = 0.25
FRAME_REST = 24
"""A frame that took t to make is followed by at least this many t of training: frames take 4 % of the time."""
SHOWN_REAL = 2000
LANDSCAPE_CELLS = 48


class GroupSession(Loop):
    """One group from StartGroup to Quit, or to the next Start or StartGroup, which is left in ``successor``."""

    def __init__(self, start: StartGroup, *, inbox: queue.SimpleQueue[AnyCommand] | None = None) -> None:
        super().__init__(start, inbox)
        self._start = start

    # --- opening and closing ---

    def _open(self) -> Iterator[AnyEvent]:
        experiments = members_of(self._start)
        first = experiments[0]
        self._dataset = build_dataset(first.dataset)
        self._device = choose_device(first.device)
        check_memory(experiments, self._dataset, self._device)
        set_determinism(first.device)
        self._asked_steps = max(experiment.schedule.steps for experiment in experiments)
        self._threads = set_threads(first.device, self._device, lambda: self._build(experiments).step)
        yield from self._begin(experiments)

    def _end(self) -> Iterator[AnyEvent]:
        yield from self._report(force=True)

    def _leave(self) -> None:
        """Nothing is held: a folder is open only while a member is kept."""

    def _build(self, experiments: Sequence[Experiment]) -> Group:
        family: type[Band | Duel] = Band if self._start.seeds else Duel
        return family(experiments, self._dataset, self._device)

    def _begin(self, experiments: Sequence[Experiment]) -> Iterator[AnyEvent]:
        self._group = group = self._build(experiments)
        self._attend(group)
        self._names = member_names(experiments)
        self._archive = GroupArchive(experiments, self._names, self._start.runs, self._threads)
        self._broken: set[int] = set()
        self._reported, self._frame_due = time.monotonic(), 0.0
        dataset = self._dataset
        shown = dataset.draw(SHOWN_REAL, np.random.default_rng(0))
        with group.member(0) as trainer:
            home = plane_bounds(trainer)
        self._cover(home)
        yield GroupOpened(
            experiments=group.experiments,
            names=self._names,
            band=self._start.seeds > 0,
            step=group.step_count,
            data_name=dataset.name,
            real=dataset.to_data(shown),
            plane=home,
        )
        yield self._change("paused")
        if isinstance(group, Duel) and (unequal := group.unequal_starts()):
            players = " and ".join({"generator": "G", "discriminator": "D"}[player] for player in unequal)
            yield Notice(f"The members' networks differ, so that {players} can't start from the same weights in all.")
        yield self._frame()

    # --- commands ---

    def _handlers(self) -> Handlers:
        return {
            Play: lambda _: self._play(),
            Pause: lambda _: self._pause(),
            Step: self._step_by_hand,
            Adjust: self._adjust,
            Reset: lambda _: self._reset(),
            OpenMember: lambda command: self._keep(command.index),
            Save: lambda _: self._save(),
            WatchPlanes: self._watch,
        }

    def _misplaced(self, command: AnyCommand) -> Iterator[AnyEvent]:
        yield Notice("That is not possible while several games are trained at once: open one of them first.")

    def _play(self) -> Iterator[AnyEvent]:
        if self._state == "playing":
            return
        group = self._group
        if group.step_count >= self._last_step():
            steps = group.step_count + self._asked_steps
            yield from self._put_in_force("schedule.steps", steps)
        yield self._change("playing")

    def _pause(self) -> Iterator[AnyEvent]:
        if self._state == "playing":
            yield from self._report(force=True)
            yield self._change("paused")

    def _step_by_hand(self, command: Step) -> Iterator[AnyEvent]:
        yield from self._pause()
        if command.phase != "both":
            self._archive.record_change(self._group.step_count, "step", command.phase)
        self._group.step(command.phase)
        yield from self._report(force=True)
        yield self._change("paused")

    def _adjust(self, command: Adjust) -> Iterator[AnyEvent]:
        if not is_live(command.path):
            yield Notice(f"{command.path} can't change while games are going; it takes effect on a new duel or band")
            return
        compared = [] if self._start.seeds else differing_paths(self._group.experiments)
        if any(path == command.path or path.startswith(f"{command.path}.") for path in compared):
            yield Notice(f"{command.path} is what these games are compared in: it stays as it is in each of them")
            return
        yield from self._put_in_force(command.path, command.value)

    def _put_in_force(self, path: str, value: object) -> Iterator[AnyEvent]:
        """Change a setting in every member that has it."""
        group, experiments, refused = self._group, [], None
        for experiment in group.experiments:
            try:
                changed = with_setting(experiment, path, value)
                check_game(changed)
                experiments.append(changed)
            except ExperimentError as error:
                experiments.append(experiment)
                refused = error
        if refused is not None and tuple(experiments) == group.experiments:
            yield Notice(str(refused))
            return
        try:
            check_change(group.experiments, experiments, self._dataset, self._device)
        except NotEnoughMemory as error:
            yield Notice(str(error))
            return
        group.adjust(experiments)
        self._archive.record_change(group.step_count, path, value)
        yield Adjusted(group.step_count, path, value, experiments[0])

    def _reset(self) -> Iterator[AnyEvent]:
        yield from self._report(force=True)
        yield from self._begin(self._group.experiments)

    def _keep(self, index: int) -> Iterator[AnyEvent]:
        if not 0 <= index < len(self._names):
            yield Notice(f"There is no game {index + 1} among these {len(self._names)}.")
            return
        yield from self._report(force=True)
        try:
            path = self._archive.keep(self._group, index)
        except (RunError, OSError) as error:
            # The training in memory is worth more than the run on disk: say so and go on.
            yield Notice(f"{self._names[index]} could not be kept: {error}")
            return
        yield MemberKept(index=index, run=path)

    def _save(self) -> Iterator[AnyEvent]:
        """Keep every member."""
        for index in range(len(self._names)):
            yield from self._keep(index)

    def _watch(self, command: WatchPlanes) -> Iterator[AnyEvent]:
        self._cover(command.bounds)
        self._framed = -1
        if self._state == "playing":
            self._frame_due = 0.0  # with the next report
        else:
            yield self._frame()

    def _cover(self, bounds: Bounds) -> None:
        """Landscapes are drawn over this part of the plane from now on."""
        dataset = self._dataset
        points = (cell_centres(bounds, LANDSCAPE_CELLS) - dataset.centre) / np.float32(dataset.scale)
        self._points = torch.from_numpy(points).to(self._device)
        self._bounds = bounds

    # --- training ---

    def _last_step(self) -> int:
        return max(experiment.schedule.steps for experiment in self._group.experiments)

    def _step(self) -> None:
        self._group.step()

    def _stepped(self) -> Iterator[AnyEvent]:
        yield from self._report()
        if self._group.step_count >= self._last_step() and self._state == "playing":
            yield from self._report(force=True)
            yield self._change("finished")

    def _pass_on(self, found: OfMember | Notice) -> Iterator[AnyEvent]:
        if isinstance(found, OfMember) and isinstance(found.event, Measured):
            self._archive.record_estimates(found.index, found.event.estimates)
        yield found

    def _report(self, *, force: bool = False) -> Iterator[AnyEvent]:
        """Hand out what has come together, as far as it is time."""
        now = time.monotonic()
        if not force and now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        rows = self._group.drain()
        by_hand = self._state != "playing"  # before a number gone wrong pauses the games
        if rows.shape[1]:
            self._archive.record(rows)
            yield GroupScalars(rows)
            yield from self._watch_for_divergence(rows[:, :, 2:])
        yield from self._heard(self._lookout.see(rows, by_hand=by_hand, force=force))
        if self._framed != self._group.step_count and (force or now >= self._frame_due):
            yield self._frame()

    def _frame(self) -> GroupFrame:
        began = time.monotonic()
        generated = self._group.generate(self._group.fixed_latents, average=True)
        logits = self._group.judge(self._points)
        members, count, _ = generated.shape
        points = as_samples(self._dataset, generated.flatten(0, 1)).reshape(members, count, 2)
        belief = logits.sigmoid().cpu().numpy().reshape(members, LANDSCAPE_CELLS, LANDSCAPE_CELLS)
        self._framed = self._group.step_count
        frame = GroupFrame(
            step=self._framed,
            generated=points.astype(np.float32, copy=False),
            landscapes=belief,
            bounds=self._bounds,
        )
        took = time.monotonic() - began
        self._frame_due = began + took + max(FRAME_SECONDS, FRAME_REST * took)
        return frame

    def _watch_for_divergence(self, scalars: np.ndarray) -> Iterator[AnyEvent]:
        """Say once which members' numbers went wrong; the others go on, and with none left the training stops."""
        if self._state != "playing":
            return
        wrong = set(np.flatnonzero(~np.isfinite(scalars).all(axis=(1, 2))).tolist()) - self._broken
        if not wrong:
            return
        self._broken |= wrong
        names = ", ".join(self._names[index] for index in sorted(wrong))
        told = f"In {names} a loss or gradient is no longer a finite number: try a smaller learning rate."
        if len(self._broken) < len(self._names):
            yield Notice(f"{told} The others go on.")
            return
        yield self._change("paused")
        yield Notice(f"{told} Training stopped at step {self._group.step_count:,}.")
