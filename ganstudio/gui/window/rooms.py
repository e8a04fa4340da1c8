"""The window's other rooms: data, games side by side, one step in slow motion, measures, a drawn distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganstudio.gui.card.room import DataRoom
from ganstudio.gui.group.view import GroupView
from ganstudio.gui.measures.room import MeasuresRoom
from ganstudio.gui.slow_motion.view import SlowMotionView
from ganstudio.training.messages import OpenMember, Start, StartGroup, WatchPlanes

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from ganstudio.experiment import Experiment
    from ganstudio.gui.opening.opener import Opener
    from ganstudio.gui.seam.bridge import TrainingBridge
    from ganstudio.gui.window.scene import Scene
    from ganstudio.gui.window.shell import Shell
    from ganstudio.training.messages import AnyStart, Broken, Failed, GroupOpened, MemberKept, Opened, StateChanged


class Rooms(QObject):
    """Which room is shown, and what is done in those that are not the game's own scene.

    ``wanted`` carries a Start or a StartGroup.
    """

    wanted = Signal(object)

    def __init__(self, window: Shell, scene: Scene, bridge: TrainingBridge, opener: Opener, runs: Path) -> None:
        super().__init__(window)
        self._window = window
        self._scene = scene
        self._bridge = bridge
        self._opener = opener
        self._runs = runs
        self._before: Start | None = None
        self._first: Experiment | None = None
        self._settings = window.actions_by_id["toggle_settings"]
        self._folded = self._folded_for_data = False
        self.grouped = False
        """Whether several games are trained, rather than one."""
        self.group = GroupView()
        self.slow = SlowMotionView()
        self.measures = MeasuresRoom(self, bridge, opener.fetcher)
        self.data = DataRoom(opener, window.datasets, self, in_process=bridge.in_process)
        for room in (scene, self.group, self.slow, self.measures.view, self.data.view):
            window.put_middle(room)
        window.show_middle(scene)
        self.group.member_chosen.connect(lambda index: bridge.send(OpenMember(index)))
        self.group.plane_seen.connect(lambda bounds: bridge.send(WatchPlanes(bounds)))
        self.group.closed.connect(self._leave_group)
        self.slow.step_wanted.connect(bridge.send)
        self.slow.closed.connect(self.leave_room)
        self.measures.view.closed.connect(self.leave_room)
        self.data.shown.connect(self._show_data)
        self.data.cleared.connect(self._leave_data)
        self.data.drawing_wanted.connect(window.actions_by_id["draw"].trigger)
        bridge.opened.connect(self._on_opened)
        bridge.state_changed.connect(self._on_state)
        bridge.stages.connect(self.slow.show_stages)
        bridge.group_opened.connect(self._on_group_opened)
        bridge.group_scalars.connect(self.group.add_scalars)
        bridge.group_frame.connect(self.group.show_frame)
        bridge.of_member.connect(self.group.hear)
        bridge.member_kept.connect(self._on_member_kept)
        bridge.failed.connect(self._on_lost)
        bridge.broken.connect(self._on_lost)
        bridge.refused.connect(lambda _event: self.data.desk.failed())

    # --- going there ---

    def compare(self, experiment: Experiment) -> None:
        """Ask what games are to stand side by side, and begin."""
        from ganstudio.gui.group.setup import DuelSetup

        dialog = DuelSetup(experiment, self._window)
        if dialog.exec() == DuelSetup.DialogCode.Accepted:
            self.wanted.emit(StartGroup(experiments=dialog.experiments(), seeds=dialog.seeds(), runs=self._runs))
        dialog.deleteLater()

    def draw(self, experiment: Experiment | None) -> None:
        """Let the user draw what is to be trained on."""
        from ganstudio.gui.draw.dialog import DrawDialog

        dialog = DrawDialog(experiment.dataset if experiment else None, self._window)
        dialog.chosen.connect(lambda spec: self._opener.data(spec, (2,), name=dialog.name()))
        dialog.exec()
        dialog.deleteLater()

    def slow_motion(self) -> None:
        """Walk through one step; where it is shown already, go back to the game."""
        self._visit(self.slow)

    def show_measures(self) -> None:
        """Show what the run is worth; where it is shown already, go back to the game."""
        self._visit(self.measures.view)

    def _visit(self, room: QWidget) -> None:
        if self._window.middle() is room:
            self.leave_room()
        elif not self.grouped:
            self.data.desk.leave()
            self._window.show_middle(room)
            room.setFocus()

    def leave_room(self) -> None:
        """Back to the game."""
        self._window.show_middle(self._scene)

    def close(self) -> None:
        """End what goes on beside the training."""
        self.measures.close()
        self.data.close()

    def begin(self, start: AnyStart, experiment: Experiment | None, run: Path | None) -> None:
        """A game is on its way: data that it was not begun from are put away.

        experiment, run: what is in force until then, and where it is kept, which games side by side are left for again.
        """
        if isinstance(start, StartGroup) and not self.grouped and experiment is not None:
            self._before = Start(resume=run) if run else Start(experiment=experiment, runs=self._runs)
        if not self.data.desk.starting:
            self.data.desk.leave()

    # --- what the window asks ---

    def refresh(self) -> None:
        """Paint what is new in the room that is shown."""
        (self.group if self.grouped else self._scene).refresh()

    def fit(self) -> None:
        """Bring everything in the room into view."""
        (self.group if self.grouped else self._scene).fit()

    def step(self) -> int:
        """The last step that is known here."""
        return self.group.step() if self.grouped else self._scene.step()

    # --- events ---

    def _on_opened(self, opened: Opened) -> None:
        if self.grouped and self._folded:
            self._settings.setChecked(True)
        self.grouped = False
        self.slow.open(opened)
        if self.data.desk.starting:
            self.data.desk.leave()
        self.data.reader.warm()  # now that torch is loaded, nobody waits for the processors
        self._show_game()

    def _on_state(self, event: StateChanged) -> None:
        if self.grouped:
            self.group.set_state(event.state)
        elif event.state == "playing" and self._window.middle() is self.slow:
            self.leave_room()  # whoever presses Play wants to see the training

    def _on_group_opened(self, opened: GroupOpened) -> None:
        if not self.grouped:
            # They belong to a single game; the room that they take is wanted for many.
            self._folded = self._settings.isChecked()
            self._settings.setChecked(False)
        self.grouped = True
        self._first = opened.experiments[0]
        self.group.open(opened)
        self._show_game()
        self._window.take_focus()  # else the dialog leaves it to a button, which would take Space for itself

    def _on_lost(self, _event: Failed | Broken) -> None:
        self.data.desk.failed()
        if self._window.middle() is self.slow:
            self.leave_room()  # its next step does not come

    def _on_member_kept(self, event: MemberKept) -> None:
        self.wanted.emit(Start(resume=event.run))

    def _leave_group(self) -> None:
        before = self._before
        if before is None and self._first is not None:  # the window was opened with these games
            before = Start(experiment=self._first, runs=self._runs)
        if before is not None:
            self.wanted.emit(before)

    def _show_game(self) -> None:
        """Show the game in force, unless data are being looked at."""
        if not self.data.desk.visible:
            self._window.show_middle(self.group if self.grouped else self._scene)

    def _show_data(self) -> None:
        self._window.notices.hide()
        self._folded_for_data = self._settings.isChecked()
        self._settings.setChecked(False)  # they belong to the game; the room that they take is wanted
        self._window.show_middle(self.data.view)
        self.data.view.setFocus()

    def _leave_data(self) -> None:
        if self._folded_for_data:
            self._settings.setChecked(True)
        self._show_game()
        self._window.take_focus()
