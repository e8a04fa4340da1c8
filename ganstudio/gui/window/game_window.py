"""The window as it shows a game: it tells what the session's events say, and holds no truth of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from ganstudio import __version__
from ganstudio.gui.opening.opener import Opener
from ganstudio.gui.seam.bridge import TrainingBridge
from ganstudio.gui.window import telling
from ganstudio.gui.window.actions import show_playing
from ganstudio.gui.window.mishaps import Standing
from ganstudio.gui.window.pace import Pace
from ganstudio.gui.window.questions import may_discard
from ganstudio.gui.window.shell import Shell
from ganstudio.gui.window.telling import Teller
from ganstudio.gui.window.vigil import Vigil
from ganstudio.gui.words import experiment_label
from ganstudio.system.logs import log_file
from ganstudio.training.messages import GoBack

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from PySide6.QtCore import QSettings

    from ganstudio.experiment import Experiment
    from ganstudio.gui.settings.panel import SettingsPanel
    from ganstudio.gui.window.mishaps import WayBack
    from ganstudio.gui.window.rooms import Rooms
    from ganstudio.gui.window.scene import Scene
    from ganstudio.training.messages import (
        Adjusted,
        AnyStart,
        Broken,
        Checkpointed,
        Failed,
        Frame,
        GroupOpened,
        Notice,
        Opened,
        Refused,
        RunCreated,
        Scalars,
        StateChanged,
    )

FIRST = "ring"
"""The preset that stands ready when the window opens."""


class GameWindow(Shell):
    """Shows one game at a time, or a group. Until it is furnished there are no views, no rooms and no settings."""

    settings: SettingsPanel

    def __init__(self, runs: Path, bridge: TrainingBridge | None, settings: QSettings | None) -> None:
        super().__init__(runs, settings)
        self._experiment: Experiment | None = None
        self._run: Path | None = None
        self._steps = 0
        self._state: str | None = None
        self._scene: Scene | None = None
        self._rooms: Rooms | None = None
        self._saving = self._on_plane = self._unsaved = False
        self._awaits = False  # another game that was asked for: the one before stands still, and is kept
        self._fell_back = False
        self._starts = self._kept_step = 0
        self._standing = Standing(runs)
        self._way_back: WayBack | None = None
        self._pace = Pace()
        self._teller = Teller(self.notices)
        self.bridge = bridge or TrainingBridge(self)
        self.opener = Opener(self, runs, lambda: self._experiment)
        self._vigil = Vigil(self.bridge, self.transport, self._teller, self._standing)
        self._listen()

    @property
    def scene(self) -> Scene | None:
        """The views of the game; None until the window is furnished."""
        return self._scene

    def _started(self) -> bool:
        return self._run is not None

    def _start(self, start: AnyStart) -> None:
        """Ask for another game."""
        raise NotImplementedError

    def _reselect(self) -> None:
        """Mark the preset that is in force."""
        raise NotImplementedError

    # --- events ---

    def _on_opened(self, opened: Opened) -> None:
        self._awaits = False
        self._experiment, self._run = opened.experiment, opened.run
        self._steps = opened.experiment.schedule.steps
        self._standing.opened(opened)
        self._way_back = None
        self._on_plane = opened.plane is not None
        self.settings.setEnabled(True)
        self._pace.clear(opened.seconds)
        self._unsaved = False
        self._kept_step = opened.step
        assert self._scene is not None
        self._scene.open(opened)
        self.settings.set_experiment(opened.experiment, self._started())
        self.transport.set_title(experiment_label(opened.experiment.name), telling.description(opened))
        self.transport.set_device(opened.device, opened.threads)
        self.presets.select(opened.experiment.name)
        self._teller.opened(opened)
        self._enable()
        self._show_progress()

    def _on_scalars(self, scalars: Scalars) -> None:
        assert self._scene is not None
        self._scene.show_scalars(scalars)
        self._pace.add(scalars.rows)

    def _on_state(self, event: StateChanged) -> None:
        if event.state == "playing" and self._unsaved:
            self._teller.hush()  # until the disk refuses again
        self._unsaved = event.why == "unwritable" or (self._unsaved and event.state != "playing")
        self._state = event.state
        show_playing(self.actions_by_id["play"], event.state == "playing")
        self.transport.set_state(event.state)
        self._enable()
        if event.state == "finished":
            self._teller.tell(telling.finished(event.step, self._steps))
        self._paint()

    def _on_run_created(self, event: RunCreated) -> None:
        self._run = event.run
        self._standing.recorded(event.run)
        assert self._experiment is not None
        self.settings.set_experiment(self._experiment, started=True)
        self.earlier_runs.refresh_run(event.run)

    def _on_group_opened(self, opened: GroupOpened) -> None:
        self._awaits = False
        self._experiment, self._run = opened.experiments[0], opened.run
        self._standing.group_opened(opened)
        self._way_back = None
        self._pace.clear(opened.seconds)
        self._unsaved = False
        self._steps = max(experiment.schedule.steps for experiment in opened.experiments)
        self._kept_step = opened.step
        self.settings.setEnabled(False)
        self.transport.set_title(*telling.group_title(opened))
        self.transport.set_device(opened.device, opened.threads)
        self._teller.group_opened(opened)
        self._show_progress()

    def _on_group_scalars(self, rows: np.ndarray) -> None:
        table = rows[0].copy()
        if self._rooms is not None and not self._rooms.group.band:
            table[:, 1] = rows[:, :, 1].sum(axis=0)  # the games of a duel take turns
        self._pace.add(table)

    def _on_frame(self, frame: Frame) -> None:
        assert self._scene is not None
        self._scene.show_frame(frame)

    def _on_adjusted(self, event: Adjusted) -> None:
        self._experiment = event.experiment
        if event.path == "schedule.steps":  # of games side by side, which may differ in it, the longest counts
            self._steps = event.experiment.schedule.steps
        self._standing.adjusted(event.experiment)
        assert self._scene is not None
        self._scene.adjusted(event)
        self.settings.set_experiment(event.experiment, self._started())

    def _on_checkpoint(self, event: Checkpointed) -> None:
        self._unsaved, self._kept_step = False, event.step
        self.earlier_runs.refresh_run(event.path.parent.parent)
        if self._saving:
            self._saving = False
            self._teller.tell(f"Step {event.step:,} is saved in {event.path.parent.parent}.")

    def _on_notice(self, event: Notice) -> None:
        self._unsaved = self._unsaved or event.unsaved
        self._teller.tell(event.message, wrong=True)
        if self._experiment is not None:
            self.settings.set_experiment(self._experiment, self._started())

    def _on_failed(self, event: Failed) -> None:
        """A game ended by itself: the way back to it stands in the notice, and its buttons take it too."""
        self._awaits = False
        if self._starts == 1 and self._experiment is None:  # else the user has chosen another game by now
            self._fall_back()
        self._way_back = way = self._standing.way_back()
        self._state = None if way is None else "failed"
        self.transport.set_state("failed")
        show_playing(self.actions_by_id["play"], playing=False)
        self.settings.setEnabled(False)
        self._unsaved = self._saving = False
        ended, self._vigil.ended = self._vigil.ended, False
        if way is None:
            self._teller.tell(event.message, event.details, wrong=True)
        elif ended:
            self._teller.tell_along(f"The training was ended. {way.kept}")
            self._revive()
        else:
            self._teller.tell(
                f"{event.message} {way.kept}", event.details, wrong=True, offers={way.offer: self._revive}
            )
        self._enable()

    def _on_broken(self, event: Broken) -> None:
        """Numbers went wrong: say which, and offer what can be done."""
        back = "Start Over" if event.kept is None else f"Go Back to Step {event.kept:,}"
        self._teller.tell(event.words, wrong=True, offers={f"{back} at Half the Rates": self._go_back})

    def _go_back(self) -> None:
        self._teller.leave(None)
        self.bridge.send(GoBack())

    def _on_refused(self, event: Refused) -> None:
        """What was asked for can't be opened; the game before it goes on."""
        self._awaits = False
        self._teller.stay()
        if self._experiment is not None:
            self.settings.set_experiment(self._experiment, self._started())
        self._reselect()
        self.earlier_runs.list.setCurrentRow(-1)  # the run that was chosen is not the one in force
        if event.unsaved:
            QTimer.singleShot(0, self, lambda: self._ask_to_discard(event))  # while it asks, events shall come
        else:
            self._teller.tell(event.message, event.details, wrong=True)

    def _ask_to_discard(self, event: Refused) -> None:
        if event.command is not None and may_discard(self, event.message):
            self._start(replace(event.command, discard=True))

    def _revive(self) -> None:
        """Open the game again that has ended by itself, if one has."""
        if self._way_back is not None:
            self._start(self._way_back.command)

    def tell_fault(self, text: str, details: str) -> None:
        """Something failed inside the window; the training has a process of its own, and goes on."""
        told = f"{text} The training is not touched by it."
        copied = f"GAN Studio {__version__}\n{details}"
        offers = {"Copy Details": lambda: QGuiApplication.clipboard().setText(copied)}
        self._teller.tell(told, f"{details}\nAlso in {log_file()}", wrong=True, offers=offers)

    def _on_told(self, text: str, wrong: bool) -> None:
        if not self._starts:
            self._fall_back()
        self._teller.tell(text, wrong=wrong)

    # --- what follows from them ---

    def open_preset(self, name: str) -> None:
        """Make a preset ready; what has been trained so far is kept on disk."""
        self.opener.preset(name)

    def _fall_back(self) -> None:
        """There is a game to play even where the window was opened with something that can't be."""
        if self._experiment is None and not self._fell_back:
            self._fell_back = True
            self.open_preset(FIRST)

    def _tick(self) -> None:
        """Fetch what has come and paint what has changed; the one place that decides how often."""
        self.bridge.drain()
        self._vigil.look()
        self._paint()

    def _paint(self) -> None:
        if self._rooms is not None:
            self._rooms.refresh()
        self._show_progress()

    def _show_progress(self) -> None:
        if self._experiment is None or self._rooms is None:
            return
        step = self._rooms.step()
        speed = self._pace.speed() if self._vigil.quiet is None else None
        self.transport.set_progress(step, self._steps, speed, self._pace.seconds)
        if not self._rooms.grouped:
            self.settings.show_step(step)

    def _enable(self) -> None:
        ready = self._state is not None
        lives = ready and self._way_back is None
        single = lives and not (self._rooms is not None and self._rooms.grouped)
        for name in ("play", "step_both", "reset", "fit"):
            self.actions_by_id[name].setEnabled(ready)
        for name in ("step_discriminator", "step_generator", "slow_motion", "measures", "randomise"):
            self.actions_by_id[name].setEnabled(single)
        self.actions_by_id["compare"].setEnabled(lives and self._on_plane)
        self.actions_by_id["save"].setEnabled(lives and self._started())

    # --- how it is built ---

    def _listen(self) -> None:
        self.opener.told.connect(self._on_told)
        self.bridge.opened.connect(self._on_opened)
        self.bridge.scalars.connect(self._on_scalars)
        self.bridge.state_changed.connect(self._on_state)
        self.bridge.run_created.connect(self._on_run_created)
        self.bridge.frame.connect(self._on_frame)
        self.bridge.adjusted.connect(self._on_adjusted)
        self.bridge.notice.connect(self._on_notice)
        self.bridge.failed.connect(self._on_failed)
        self.bridge.broken.connect(self._on_broken)
        self.bridge.refused.connect(self._on_refused)
        self.bridge.checkpointed.connect(self._on_checkpoint)
        self.bridge.group_opened.connect(self._on_group_opened)
        self.bridge.group_scalars.connect(self._on_group_scalars)
