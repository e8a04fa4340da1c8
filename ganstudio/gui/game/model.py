"""The open game as the session's events tell it, and the one reader of the bridge."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal

from ganstudio.gui.game.pace import Pace
from ganstudio.gui.game.past import Past
from ganstudio.gui.game.way_back import way_back
from ganstudio.run import latest_checkpoint, step_of_checkpoint
from ganstudio.training.messages import (
    Adjusted,
    AnyEvent,
    Checkpointed,
    Failed,
    GroupOpened,
    GroupScalars,
    Measured,
    Notice,
    Opened,
    Pause,
    Refused,
    Reset,
    RunCreated,
    Save,
    Scalars,
    Start,
    StartGroup,
    StateChanged,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ganstudio.experiment import Experiment
    from ganstudio.gui.game.way_back import WayBack
    from ganstudio.gui.seam.bridge import TrainingBridge
    from ganstudio.training.messages import AnyCommand, AnyStart
    from ganstudio.training.records.estimates import EstimateHistory
    from ganstudio.training.records.history import History

SIGNALS = {kind: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower() for kind in get_args(AnyEvent)}
"""The signal of ``Game`` that carries an event of a kind: it is called as the event is."""

SETTLE_MS = 10_000
"""How long closing waits for the last steps to be written before the session is ended in order, which writes them."""


class Game(QObject):
    """A single game, or several side by side; nothing until the first is opened.

    Every event of the session has a signal, which comes once the attributes hold what it tells. ``asked`` carries
    a Start, a StartGroup or a Reset just before another game is asked for; ``saved`` comes with a checkpoint that was
    asked for with ``save``, ``retried`` where it trains again after the disk would not take the run. ``not_saved``
    carries why a checkpoint that somebody may wait for does not come.

    single, group: how the game that stands was opened, one of them; experiment, run: what is in force now, of several
    games the first one's, and where it is recorded, None before the first step. state: None where there is nothing to
    play. steps: the schedule's; step: the last one that is known here, kept_step: the last one that is on disk.
    unsaved: the disk would not take the last steps. past: the moment of its training that is seen. way_back: to the
    game that ended by itself, until another stands.
    """

    opened, run_created, state_changed, adjusted = Signal(object), Signal(object), Signal(object), Signal(object)
    scalars, measured, alerted = Signal(object), Signal(object), Signal(object)
    covered, stages = Signal(object), Signal(object)
    frame, rendered, inspected, enlarged = Signal(object), Signal(object), Signal(object), Signal(object)
    walked, composed = Signal(object), Signal(object)
    found_directions, found_latents = Signal(object), Signal(object)
    group_opened, group_scalars, group_frame = Signal(object), Signal(object), Signal(object)
    of_member, member_kept = Signal(object), Signal(object)
    moments_kept = Signal(object)
    notice, checkpointed, broken = Signal(object), Signal(object), Signal(object)
    failed, refused = Signal(object), Signal(object)
    asked, saved, not_saved, retried = Signal(object), Signal(object), Signal(str), Signal()

    def __init__(self, bridge: TrainingBridge, runs: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bridge, self.runs = bridge, runs
        self.single: Opened | None = None
        self.group: GroupOpened | None = None
        self.experiment: Experiment | None = None
        self.run: Path | None = None
        self.state: str | None = None
        self.steps = self.step = self.kept_step = 0
        self.unsaved = self._unwritable = False
        self.way_back: WayBack | None = None
        self.awaited: AnyStart | None = None
        """The other game that was asked for: this one stands still until the answer comes, and is kept."""
        self.starts = 0
        """How many games were asked for here."""
        self.ended = False
        """Whether the last one that failed was ended by hand."""
        self.pace = Pace()
        self.past = Past(self)
        self._before: Start | None = None
        self._ending = self._saving = False
        self._follow: Mapping[type, Callable[[Any], None]] = {
            Opened: self._on_opened,
            GroupOpened: self._on_group_opened,
            Scalars: self._on_scalars,
            Measured: self._on_measured,
            GroupScalars: self._on_group_scalars,
            StateChanged: self._on_state,
            RunCreated: self._on_run_created,
            Adjusted: self._on_adjusted,
            Checkpointed: self._on_checkpointed,
            Notice: self._on_notice,
            Failed: self._on_failed,
            Refused: self._on_refused,
        }
        bridge.came.connect(self.take)

    @cached_property
    def history(self) -> History:
        """The numbers of each step of a single game."""
        from ganstudio.training.records.history import History  # with numpy: not before the window is painted

        return History()

    @cached_property
    def estimates(self) -> EstimateHistory:
        """Divergences of a single game, as they were measured."""
        from ganstudio.training.records.estimates import EstimateHistory

        return EstimateHistory()

    @property
    def started(self) -> bool:
        """Whether it has trained, so that it is recorded."""
        return self.run is not None

    @property
    def awaits(self) -> bool:
        """Whether another game was asked for."""
        return self.awaited is not None

    @property
    def on_plane(self) -> bool:
        """Whether the data are points of the plane."""
        stands = self.single or self.group
        return stands is not None and stands.plane is not None

    # --- what is asked of it ---

    def start(self, start: AnyStart) -> None:
        """Ask for another game, which takes the place of this one once it is opened."""
        self.asked.emit(start)
        if isinstance(start, StartGroup) and self.group is None and self.experiment is not None:
            again = Start(experiment=self.experiment, runs=self.runs)
            self._before = Start(resume=self.run) if self.run is not None else again
        self.starts += 1
        self.awaited = start
        self.bridge.send(start)

    def branch(self, step: int) -> None:
        """Ask for a new run that goes on from a checkpoint of this one."""
        if self.run is not None:
            self.start(Start(resume=self.run, at=step, branch=True, runs=self.runs))

    def reset(self) -> None:
        """Begin again at step 0."""
        self.revive()
        self.asked.emit(Reset())
        self.bridge.send(Reset())

    def act(self, command: AnyCommand) -> None:
        """Send a command to the game in force, or the one awaited; one that has ended by itself is opened again."""
        if not self.awaits:
            self.revive()
        self.bridge.send(command)

    def save(self) -> None:
        """Have a checkpoint written now, and told of."""
        self._saving = True
        self.keep()

    def keep(self) -> None:
        """Have a checkpoint written now, for who makes something of it and tells of that instead.

        Of a game that has ended by itself nobody writes one: the last that is kept is told of, or that there is none.
        """
        if self.way_back is None:
            self.bridge.send(Save())
        elif self.run is not None and (kept := latest_checkpoint(self.run)) is not None:
            self.take(Checkpointed(step_of_checkpoint(kept), kept))
        else:
            self.take(Notice(self.way_back.kept, no_checkpoint=True))

    def revive(self) -> None:
        """Open the game again that has ended by itself, if one has, and that is not asked for already."""
        if self.way_back is not None and self.awaited is not self.way_back.command:
            self.start(self.way_back.command)

    def leave_group(self) -> None:
        """Back to the single game that there was before games side by side, or to the first of these alone."""
        if self._before is not None:
            self.start(self._before)
        elif self.group is not None:
            self.start(Start(experiment=self.group.experiments[0], runs=self.runs))

    def end(self) -> None:
        """End a training that does not answer."""
        self._ending = True
        self.bridge.end()

    def find_way_back(self) -> WayBack | None:
        """How it could be opened again, from what the disk holds now; None where nothing stood."""
        return None if self.experiment is None else way_back(self._anew(), self.run, self.runs)

    def settle(self) -> None:
        """Have the last steps written while there still is somebody to tell that they can't be; wait for word."""
        if self.bridge.quiet() is not None or self.awaits or self.state in (None, "failed") or not self.started:
            return
        self.bridge.drain()
        if self.state != "playing" and self.step <= self.kept_step and not self.unsaved:
            return
        waiting = QEventLoop(self)
        for signal in (self.checkpointed, self.not_saved):
            signal.connect(waiting.quit)
        QTimer.singleShot(SETTLE_MS, waiting, waiting.quit)
        for command in (Pause(), Save()):
            self.bridge.send(command)
        waiting.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        waiting.deleteLater()

    def close(self) -> None:
        """End the session in order; nothing comes after that."""
        self.state = None
        self.bridge.close()

    def _anew(self) -> Start | StartGroup:
        """The same once more, from step 0."""
        if self.group is None:
            return Start(experiment=self.experiment, runs=self.runs)
        games = self.group.experiments
        if self.group.band:
            return StartGroup(experiments=games[:1], seeds=len(games), runs=self.runs)
        return StartGroup(experiments=games, runs=self.runs)

    # --- what it is told ---

    def take(self, event: AnyEvent) -> None:
        """Take over what an event tells, and pass it on."""
        if (follow := self._follow.get(type(event))) is not None:
            follow(event)
        if (signal := getattr(self, SIGNALS[type(event)], None)) is not None:
            signal.emit(event)
        if isinstance(event, Failed) or (isinstance(event, Notice) and event.no_checkpoint):
            self._saving = False
            self.not_saved.emit(event.message)

    def _on_opened(self, opened: Opened) -> None:
        self.single, self.group, self.experiment = opened, None, opened.experiment
        self.steps = opened.experiment.schedule.steps
        self.history.clear([scalar.name for scalar in opened.scalars])
        self.estimates.clear()
        self._stands(opened)

    def _on_group_opened(self, opened: GroupOpened) -> None:
        self.single, self.group, self.experiment = None, opened, opened.experiments[0]
        self.steps = max(experiment.schedule.steps for experiment in opened.experiments)
        self._stands(opened)

    def _stands(self, opened: Opened | GroupOpened) -> None:
        self.run, self.step, self.kept_step = opened.run, opened.step, opened.step
        self.unsaved, self.way_back, self.awaited = False, None, None
        self.pace.clear(opened.seconds)

    def _on_scalars(self, event: Scalars) -> None:
        self.step = int(event.rows[-1, 0])
        self.history.append(event.rows, event.names)
        self.pace.add(event.rows)

    def _on_measured(self, event: Measured) -> None:
        self.estimates.add(event.estimates)

    def _on_group_scalars(self, event: GroupScalars) -> None:
        table = event.rows[0].copy()
        if self.group is not None and not self.group.band:
            table[:, 1] = event.rows[:, :, 1].sum(axis=0)  # the games of a duel take turns
        self.step = int(table[-1, 0])
        self.pace.add(table)

    def _on_state(self, event: StateChanged) -> None:
        retried = event.state == "playing" and (self.unsaved or self._unwritable)
        self._unwritable = event.why == "unwritable" or (self._unwritable and not retried)
        self.unsaved = event.why == "unwritable" or (self.unsaved and not retried)
        self.state = event.state
        if retried:
            self.retried.emit()

    def _on_run_created(self, event: RunCreated) -> None:
        self.run = event.run

    def _on_adjusted(self, event: Adjusted) -> None:
        self.experiment = event.experiment
        if event.scalars is not None:
            self.history.expect([scalar.name for scalar in event.scalars])
        if event.path == "schedule.steps":  # of games side by side, which may differ in it, the longest counts
            self.steps = event.experiment.schedule.steps

    def _on_checkpointed(self, event: Checkpointed) -> None:
        self.unsaved, self.kept_step = False, event.step
        if self._saving:
            self._saving = False
            self.saved.emit(event)

    def _on_notice(self, event: Notice) -> None:
        self.unsaved = self.unsaved or event.unsaved

    def _on_failed(self, _event: Failed) -> None:
        self.way_back = self.find_way_back()
        self.state = None if self.way_back is None else "failed"
        self.unsaved = self._saving = False
        self.awaited = None
        self.ended, self._ending = self._ending, False

    def _on_refused(self, event: Refused) -> None:
        if event.command in (None, self.awaited):  # else another one was asked for since
            self.awaited = None
