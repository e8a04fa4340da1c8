"""The window's other rooms: data, games side by side, one step in slow motion, measures, a drawn distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ganstudio.gui.card.room import DataRoom
from ganstudio.gui.parts.beside import Beside
from ganstudio.gui.parts.panes import Pane
from ganstudio.gui.parts.ways_out import grabbed, picture_for
from ganstudio.gui.rooms.group.view import GroupView
from ganstudio.gui.rooms.measures.room import MeasuresRoom
from ganstudio.gui.rooms.slow_motion.view import SlowMotionView
from ganstudio.gui.window.own_rooms import OWN_ROOMS, Gathering
from ganstudio.modalities import Points
from ganstudio.training.messages import OpenMember, Play, Reset, Start, StartGroup, WatchPlanes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtCore import QSize
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QWidget

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.opening.opener import Opener
    from ganstudio.gui.sound.sounds import Sounds
    from ganstudio.gui.window.own_rooms import OwnRoom
    from ganstudio.gui.window.scene import Scene
    from ganstudio.gui.window.shell import Shell
    from ganstudio.training.messages import AnyStart, Broken, Failed, GroupOpened, Opened, StateChanged


class Rooms(QObject):
    """Which room is shown, and what is done in those that are not the game's own scene."""

    def __init__(self, shell: Shell, scene: Scene, game: Game, opener: Opener, sounds: Sounds) -> None:
        super().__init__(shell)
        self._shell = shell
        self.scene = scene
        self._game = game
        self._opener = opener
        self._folded: bool | None = None  # not for games side by side
        self._folded_for_data = False
        self._trains = False
        """Whether the game that is asked for is to train at once, as a button has said."""
        self.group = GroupView(game)
        self.slow = SlowMotionView()
        self.measures = MeasuresRoom(self, game, opener.fetcher, sounds)
        self.data = DataRoom(opener, shell.datasets, sounds, self, in_process=game.bridge.in_process)
        self._own = [make(self, game) for make in OWN_ROOMS]
        own = [room.view for room in self._own]
        for room in (self.group, self.slow, self.measures.view, self.data.view, *own):
            shell.put_middle(room)
        shell.show_middle(scene)
        self._wire()
        self._listen(game)

    def _wire(self) -> None:
        bridge = self._game.bridge
        self.group.member_chosen.connect(lambda index: self._game.act(OpenMember(index)))
        self.group.plane_seen.connect(lambda bounds: bridge.send(WatchPlanes(bounds)))
        self.group.closed.connect(self._game.leave_group)
        self.slow.step_wanted.connect(bridge.send)
        self.slow.closed.connect(self.leave_room)
        self.measures.view.closed.connect(self.leave_room)
        self.measures.measured.connect(self.scene.show_measured)
        for room in self._own:
            room.closed.connect(self.leave_room)
            if isinstance(room, Gathering):
                room.data_wanted.connect(self._opener.paths)
        self._shell.middle_changed.connect(self._tell_own)
        self.data.shown.connect(self._show_data)
        self.data.cleared.connect(self._leave_data)
        self.data.drawing_wanted.connect(self.draw)
        self.data.trained.connect(self._will_train)

    def _listen(self, game: Game) -> None:
        game.asked.connect(self._on_asked)
        game.opened.connect(self._on_opened)
        game.state_changed.connect(self._on_state)
        game.stages.connect(self.slow.show_stages)
        game.group_opened.connect(self._on_group_opened)
        game.group_scalars.connect(lambda event: self.group.add_scalars(event.rows))
        game.group_frame.connect(self.group.show_frame)
        game.of_member.connect(self.group.hear)
        game.member_kept.connect(lambda event: game.start(Start(resume=event.run)))
        game.failed.connect(self._on_lost)
        game.broken.connect(self._on_lost)
        game.refused.connect(lambda _event: self._on_refused())

    # --- going there ---

    def compare(self) -> None:
        """Ask what games are to stand side by side, and begin; where these can't, say why."""
        if self._game.experiment is None:
            return
        if not self._game.on_plane:
            made = "" if self._game.single is None else f"; this one makes {self._game.single.modality.words.many}"
            self._opener.told.emit(f"Side by side stand games of points of the plane alone{made}.", False)
            return
        from ganstudio.gui.rooms.group.setup import DuelSetup

        dialog = DuelSetup(self._game.experiment, self._shell)
        if dialog.exec() == DuelSetup.DialogCode.Accepted:
            games = StartGroup(experiments=dialog.experiments(), seeds=dialog.seeds(), runs=self._game.runs)
            self._game.start(games)
        dialog.deleteLater()

    def draw(self) -> None:
        """Let the user draw what is to be trained on."""
        from ganstudio.gui.rooms.draw.dialog import DrawDialog

        experiment = self._game.experiment
        dialog = DrawDialog(experiment.dataset if experiment else None, self._shell)
        dialog.chosen.connect(lambda spec: self._opener.data(spec, Points(), name=dialog.name()))
        dialog.chosen.connect(self._will_train)
        dialog.exec()
        dialog.deleteLater()

    def _will_train(self) -> None:
        """The game that was just asked for trains as soon as it is open."""
        self._trains = self._game.awaits

    def slow_motion(self) -> None:
        """Walk through one step; where it is shown already, go back to the game."""
        self._visit(self.slow)

    def show_measures(self) -> None:
        """Show what the run is worth; where it is shown already, go back to the game."""
        self._visit(self.measures.view)

    @property
    def own(self) -> OwnRoom | None:
        """The room that only such a game has as the one in force; None: it has none."""
        opened = self._game.single
        return None if opened is None else next((room for room in self._own if room.fits(opened)), None)

    def show_own(self) -> None:
        """Show the room that only such a game has; where it is shown already, go back to the game."""
        if self.own is not None:
            self._visit(self.own.view)

    def take(self, paths: Sequence[Path]) -> bool:
        """Let what is shown, the game's own room or the view of its samples, take what was dropped on the window."""
        if self._shell.middle() is self.scene:
            return self.scene.samples.take(paths)
        room = self.own
        return room is not None and self._shell.middle() is room.view and room.take(paths)

    def _tell_own(self) -> None:
        """Tell the games' own rooms which of them is seen."""
        for room in self._own:
            (room.enter if self._shell.middle() is room.view else room.leave)()

    def _visit(self, room: QWidget) -> None:
        if self._shell.middle() is room:
            self.leave_room()
        elif self._game.group is None:
            self.data.desk.leave()
            self._shell.show_middle(room)
            room.setFocus()

    def leave_room(self) -> None:
        """Back to the game."""
        self._shell.show_middle(self.scene)

    def close(self) -> None:
        """End what goes on beside the training."""
        self.measures.close()
        self.data.close()
        for process in self.scene.findChildren(Beside):  # its view may be hidden, and hears of no end
            process.stop()
        for room in self._own:
            room.close()

    # --- what the window asks ---

    def shown(self) -> QWidget:
        """The room that is shown."""
        return self._shell.middle() or self.scene

    def panes(self) -> list[Pane]:
        """The parts of the room that is shown, for F6."""
        room = self._shell.middle()
        if room is self.scene:
            return self.scene.panes()
        if room is self.group:
            games, curves = self.group.halves
            return [Pane(games, self.group.wall), Pane(curves)]
        if room is self.data.view:
            return self.data.view.panes()
        return [] if room is None else [Pane(room)]

    def everything(self, room: QSize | None = None) -> QImage:
        """All that G makes, or the Gs of games side by side, as it is shown; also while another room is.

        room: as for ``Scene.everything``.
        """
        if self._game.group is None:
            return self.scene.everything(room)
        wall = self.group.wall
        wall.refresh()
        return (grabbed(wall) if room is None else picture_for(wall, room)).toImage()

    def refresh(self) -> None:
        """Paint what is new in the room that is shown."""
        (self.group if self._game.group else self.scene).refresh()

    def fit(self) -> None:
        """Bring everything in the room into view."""
        (self.group if self._game.group else self.scene).fit()

    # --- events ---

    def _on_asked(self, start: AnyStart) -> None:
        """Another game is on its way: data that it was not begun from are put away."""
        self._trains = False
        if not isinstance(start, Reset) and not self.data.desk.starting:
            self.data.desk.leave()

    def _on_opened(self, opened: Opened) -> None:
        if self._folded:
            self._shell.show_settings(True)
        self._folded = None
        self.slow.open(opened)
        if self.data.desk.starting:
            self.data.desk.leave()
        if self._trains:
            self._trains = False
            self._game.act(Play())  # the button says Train
        self.data.reader.warm()  # now that torch is loaded, nobody waits for the processors
        self._show_game()

    def _on_state(self, event: StateChanged) -> None:
        if self._game.group is not None:
            self.group.set_state(event.state)
        elif event.state == "playing" and self._shell.middle() is self.slow:
            self.leave_room()  # whoever presses Play wants to see the training

    def _on_group_opened(self, opened: GroupOpened) -> None:
        if self._folded is None:
            # They belong to a single game; the room that they take is wanted for many.
            self._folded = self._shell.show_settings(False)
        self.group.open(opened)
        self._show_game()
        self._shell.setFocus()  # else the dialog leaves it to a button, which would take Space for itself

    def _on_refused(self) -> None:
        if self._game.awaits:  # another one that was asked for since may still come
            return
        self._trains = False
        self.data.desk.failed()

    def _on_lost(self, _event: Failed | Broken) -> None:
        self._trains = False
        self.data.desk.failed()
        if self._shell.middle() is self.slow:
            self.leave_room()  # its next step does not come

    def _show_game(self) -> None:
        """Show the game in force, unless data are being looked at."""
        if not self.data.desk.visible:
            self._shell.show_middle(self.group if self._game.group else self.scene)

    def _show_data(self) -> None:
        self._shell.notices.hide()
        # They belong to the game; the room that they take is wanted.
        self._folded_for_data = self._shell.show_settings(False)
        self._shell.show_middle(self.data.view)
        self.data.view.setFocus()

    def _leave_data(self) -> None:
        if self._folded_for_data:
            self._shell.show_settings(True)
        self._show_game()
        self._shell.setFocus()
