"""A session of several games at once: the same commands and events as a ``Session``'s, for a duel or a seed band."""

from __future__ import annotations

import queue
import time
import traceback
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.data import build_dataset
from ganstudio.presets import ExperimentError, check_game, is_live, with_setting
from ganstudio.run import RunError
from ganstudio.training.band import Band
from ganstudio.training.checkpoint import as_samples
from ganstudio.training.devices import choose_device, measure_threads
from ganstudio.training.duel import Duel
from ganstudio.training.group import cell_centres, members_of
from ganstudio.training.group_archive import GroupArchive
from ganstudio.training.group_names import differing_paths, member_names
from ganstudio.training.messages import (
    Adjust,
    Adjusted,
    Closed,
    Failed,
    GroupFrame,
    GroupOpened,
    GroupScalars,
    MemberKept,
    Notice,
    OpenMember,
    Pause,
    Play,
    Quit,
    Reset,
    Save,
    Start,
    StartGroup,
    StateChanged,
    Step,
)
from ganstudio.training.rendering import plane_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ganstudio.experiment import Experiment
    from ganstudio.training.group import Group
    from ganstudio.training.messages import Command, Event, GroupCommand, GroupEvent, State

REPORT_SECONDS = 0.1
FRAME_SECONDS = 0.25
FRAME_REST = 24
"""A frame that took t to make is followed by at least this many t of training: frames take 4 % of the time."""
SHOWN_REAL = 2000
LANDSCAPE_CELLS = 48


class GroupSession:
    """One group from StartGroup to Quit, or to the next Start or StartGroup, which is left in ``successor``."""

    def __init__(self, start: StartGroup, *, inbox: queue.SimpleQueue[Command | GroupCommand] | None = None) -> None:
        self._start = start
        self._inbox = inbox or queue.SimpleQueue()
        self._state: State = "paused"
        self.successor: Start | StartGroup | Quit | None = None

    def send(self, command: Command | GroupCommand) -> None:
        """Hand in a command, from any thread; it is read between two steps."""
        self._inbox.put(command)

    def run(self) -> Iterator[Event | GroupEvent]:
        """Train as commanded and yield what happens, until the session ends: the last event is Closed or Failed."""
        last: Event = Closed()
        try:
            yield from self._open()
            if self._start.play:
                yield from self._play()
            while self.successor is None:
                yield from self._commands()
                if self._state == "playing":
                    yield from self._advance()
            yield from self._report(force=True)
        except (ValueError, OSError) as error:  # what a user can mend: data, settings, disk
            last = Failed(str(error), traceback.format_exc(), expected=True)
        except Exception as error:  # noqa: BLE001  as in Session: whatever goes wrong is told, not lost
            last = Failed(f"{type(error).__name__}: {error}", traceback.format_exc())
        yield last

    # --- opening ---

    def _open(self) -> Iterator[Event | GroupEvent]:
        experiments = members_of(self._start)
        first = experiments[0]
        self._dataset = build_dataset(first.dataset)
        self._device = choose_device(first.device)
        torch.use_deterministic_algorithms(first.device.deterministic)
        self._asked_steps = max(experiment.schedule.steps for experiment in experiments)
        self._threads = self._choose_threads(experiments)
        yield from self._begin(experiments)

    def _choose_threads(self, experiments: Sequence[Experiment]) -> int:
        spec = experiments[0].device
        asked = spec.threads
        if asked == 0 and (spec.deterministic or self._device.type != "cpu"):
            asked = 1
        if asked == 0:
            asked = measure_threads(self._build(experiments).step)
        torch.set_num_threads(asked)
        return asked

    def _build(self, experiments: Sequence[Experiment]) -> Group:
        family: type[Band | Duel] = Band if self._start.seeds else Duel
        return family(experiments, self._dataset, self._device)

    def _begin(self, experiments: Sequence[Experiment]) -> Iterator[Event | GroupEvent]:
        self._group = group = self._build(experiments)
        self._names = member_names(experiments)
        self._archive = GroupArchive(experiments, self._names, self._start.runs, self._threads)
        self._broken: set[int] = set()
        self._reported, self._frame_due = time.monotonic(), 0.0
        dataset = self._dataset
        shown = dataset.draw(SHOWN_REAL, np.random.default_rng(0))
        with group.member(0) as trainer:
            self._bounds = plane_bounds(trainer)
        points = (cell_centres(self._bounds, LANDSCAPE_CELLS) - dataset.centre) / np.float32(dataset.scale)
        self._points = torch.from_numpy(points).to(self._device)
        yield GroupOpened(
            experiments=group.experiments,
            names=self._names,
            band=self._start.seeds > 0,
            step=group.step_count,
            data_name=dataset.name,
            real=dataset.to_data(shown),
            plane=self._bounds,
        )
        yield self._change("paused")
        if isinstance(group, Duel) and (unequal := group.unequal_starts()):
            players = " and ".join({"generator": "G", "discriminator": "D"}[player] for player in unequal)
            yield Notice(f"The members' networks differ, so that {players} can't start from the same weights in all.")
        yield self._frame()

    # --- commands ---

    def _commands(self) -> Iterator[Event | GroupEvent]:
        """Carry out what is in the inbox; wait for the next command when there is nothing else to do."""
        waits = self._state != "playing"
        while self.successor is None:
            try:
                command = self._inbox.get(block=waits)
            except queue.Empty:
                return
            yield from self._carry_out(command)
            waits = self._state != "playing"

    def _carry_out(self, command: Command | GroupCommand) -> Iterator[Event | GroupEvent]:
        if isinstance(command, (Start, StartGroup, Quit)):
            self.successor = command
            return
        handlers: dict[type, Callable[..., Iterator[Event | GroupEvent]]] = {
            Play: lambda _: self._play(),
            Pause: lambda _: self._pause(),
            Step: self._step_by_hand,
            Adjust: self._adjust,
            Reset: lambda _: self._reset(),
            OpenMember: lambda command: self._keep(command.index),
            Save: lambda _: self._save(),
        }
        if handler := handlers.get(type(command)):
            yield from handler(command)
        else:
            yield Notice("That is not possible while several games are trained at once: open one of them first.")

    def _play(self) -> Iterator[Event | GroupEvent]:
        if self._state == "playing":
            return
        group = self._group
        if group.step_count >= self._last_step():
            steps = group.step_count + self._asked_steps
            yield from self._put_in_force("schedule.steps", steps)
        yield self._change("playing")

    def _pause(self) -> Iterator[Event | GroupEvent]:
        if self._state == "playing":
            yield from self._report(force=True)
            yield self._change("paused")

    def _step_by_hand(self, command: Step) -> Iterator[Event | GroupEvent]:
        yield from self._pause()
        if command.phase != "both":
            self._archive.record_change(self._group.step_count, "step", command.phase)
        self._group.step(command.phase)
        yield from self._report(force=True)
        yield self._change("paused")

    def _adjust(self, command: Adjust) -> Iterator[Event | GroupEvent]:
        if not is_live(command.path):
            yield Notice(f"{command.path} can't change while games are going; it takes effect on a new duel or band")
            return
        compared = [] if self._start.seeds else differing_paths(self._group.experiments)
        if any(path == command.path or path.startswith(f"{command.path}.") for path in compared):
            yield Notice(f"{command.path} is what these games are compared in: it stays as it is in each of them")
            return
        yield from self._put_in_force(command.path, command.value)

    def _put_in_force(self, path: str, value: object) -> Iterator[Event | GroupEvent]:
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
        group.adjust(experiments)
        self._archive.record_change(group.step_count, path, value)
        yield Adjusted(group.step_count, path, value, experiments[0])

    def _reset(self) -> Iterator[Event | GroupEvent]:
        yield from self._report(force=True)
        yield from self._begin(self._group.experiments)

    def _keep(self, index: int) -> Iterator[Event | GroupEvent]:
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

    def _save(self) -> Iterator[Event | GroupEvent]:
        """Keep every member."""
        for index in range(len(self._names)):
            yield from self._keep(index)

    # --- training ---

    def _last_step(self) -> int:
        return max(experiment.schedule.steps for experiment in self._group.experiments)

    def _advance(self) -> Iterator[Event | GroupEvent]:
        self._group.step()
        yield from self._report()
        if self._group.step_count >= self._last_step() and self._state == "playing":
            yield from self._report(force=True)
            yield self._change("finished")

    def _report(self, *, force: bool = False) -> Iterator[Event | GroupEvent]:
        """Hand out what has come together, as far as it is time."""
        now = time.monotonic()
        if not force and now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        rows = self._group.drain()
        if rows.shape[1]:
            self._archive.record(rows)
            yield GroupScalars(rows)
            yield from self._watch_for_divergence(rows[:, :, 2:])
        if self._framed != self._group.step_count and (force or now >= self._frame_due):
            yield self._frame()

    def _frame(self) -> GroupFrame:
        began = time.monotonic()
        generated, logits = self._group.look(self._group.fixed_latents, self._points)
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

    def _watch_for_divergence(self, scalars: np.ndarray) -> Iterator[Event | GroupEvent]:
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

    def _change(self, state: State) -> StateChanged:
        self._state = state
        return StateChanged(state, self._group.step_count)
